# SPDX-License-Identifier: Apache-2.0
"""Remembers uses, their steps, papers and comments, and the panel's seats. Fields and constraints, nothing else."""

import pgtrigger
from django.db import models


class Use(models.Model):
    """One proposed use. Its texts are public; `salt` commits them in the log (SHA-256(salt || texts))."""

    ref = models.CharField(primary_key=True, max_length=20, db_collation="C")
    applicant = models.CharField(max_length=40, db_collation="C")
    title = models.TextField()
    why = models.TextField()
    what = models.TextField()
    where = models.TextField()
    purpose = models.CharField(max_length=60, db_collation="C")
    exit = models.CharField(max_length=20, db_collation="C")
    items = models.JSONField()
    population = models.JSONField()
    starts_on = models.DateField()
    ends_on = models.DateField()
    state = models.CharField(max_length=20, db_collation="C")
    rule = models.CharField(max_length=40, blank=True, db_collation="C")
    refused_sentence = models.TextField(blank=True)
    instead = models.TextField(blank=True)
    answer_by = models.DateTimeField(null=True)
    salt = models.BinaryField()
    drafted_at = models.DateTimeField()
    drafted_by = models.CharField(max_length=40, blank=True, default="", db_collation="C")
    application = models.JSONField(default=dict)  # empty: drafted before there were typed answers
    amends = models.CharField(max_length=20, blank=True, default="", db_collation="C")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__gt=models.F("starts_on")), name="uses_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=models.Q(state="refused") ^ models.Q(rule=""), name="uses_a_refusal_names_its_rule"
            ),
        ]
        triggers = [
            # What was approved is what is released: nobody alters a use; a changed one is a new one (D7).
            pgtrigger.ReadOnly(
                name="uses_use_stays",
                fields=[
                    *("ref", "applicant", "title", "why", "what", "where", "purpose", "exit", "items"),
                    *("population", "starts_on", "ends_on", "salt", "drafted_at"),
                    *("drafted_by", "application", "amends"),
                ],
            ),
            pgtrigger.Protect(name="uses_use_not_deleted", operation=pgtrigger.Delete),
        ]


class Step(models.Model):
    """One step in the life of a use, with the outbox row that carries it to the public log."""

    use = models.ForeignKey(Use, on_delete=models.PROTECT, related_name="steps")
    state = models.CharField(max_length=20, db_collation="C")
    at = models.DateTimeField()
    by = models.CharField(max_length=40, db_collation="C")
    outbox = models.BigIntegerField(null=True)

    class Meta:
        triggers = [
            pgtrigger.Protect(name="uses_step_append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]


class Paper(models.Model):
    """One text about a use, as it was filed: an agreement, a review, a school's objection, a minister's direction.

    `salt` commits kind, round and body in the log. `key` is whose it is, so that nobody files the same twice.
    """

    use = models.ForeignKey(Use, on_delete=models.PROTECT, related_name="papers")
    kind = models.CharField(max_length=20, db_collation="C")
    round = models.PositiveSmallIntegerField()  # how often the use had come before the panel
    key = models.CharField(max_length=60, db_collation="C")
    body = models.JSONField()
    salt = models.BinaryField()
    at = models.DateTimeField()
    by = models.CharField(max_length=40, db_collation="C")
    outbox = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["use", "kind", "key"], name="uses_one_paper_each")]
        triggers = [
            pgtrigger.Protect(name="uses_paper_append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]


class Comment(models.Model):
    """What somebody said about a use while it stood open for comment. Who it was is nowhere: `ref` is random."""

    ref = models.CharField(primary_key=True, max_length=16, db_collation="C")
    use = models.ForeignKey(Use, on_delete=models.PROTECT, related_name="comments")
    text = models.TextField()
    at = models.DateTimeField()

    class Meta:
        triggers = [
            pgtrigger.Protect(name="uses_comment_append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]


class Seat(models.Model):
    """For whom an officer sits on the panel: one officer, one seat."""

    officer = models.CharField(primary_key=True, max_length=40, db_collation="C")
    seat = models.CharField(max_length=10, db_collation="C")
    at = models.DateTimeField()
    by = models.CharField(max_length=40, db_collation="C")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(seat__in=["lay", "parent", "young", "expert"]), name="uses_seat_known"
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="uses_seat_append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]


class Sketch(models.Model):
    """A request that an applicant still writes: private to its organisation, in no log, and no use yet.

    Once it is handed in it `became` a use, and what it said stands there and here no longer.
    """

    ref = models.CharField(primary_key=True, max_length=16, db_collation="C")
    organisation = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="+")
    answers = models.JSONField(default=dict)
    amends = models.ForeignKey(Use, on_delete=models.PROTECT, null=True, related_name="+")
    became = models.OneToOneField(Use, on_delete=models.PROTECT, null=True, related_name="+")
    begun_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    by = models.CharField(max_length=40, db_collation="C")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(became__isnull=True) | models.Q(answers={}),
                name="uses_sketch_handed_in_is_empty",
            ),
            models.CheckConstraint(
                condition=models.Q(saved_at__gte=models.F("begun_at")),
                name="uses_sketch_saved_after_it_began",
            ),
        ]
