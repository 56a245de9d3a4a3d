# SPDX-License-Identifier: Apache-2.0
"""Remembers what families said, append-only. Fields and constraints, nothing else."""

import pgtrigger
from django.db import models

_APPEND_ONLY = pgtrigger.Update | pgtrigger.Delete


class Answered(models.Model):
    """One adult's answer for one child at one scope. Never changed, never deleted: a newer row speaks beside it.

    `receipt` is a keyed digest of the number that the family was given; `undoes` is that of the *keep out* which a
    *leave in* was given with, or empty. `seal` is ours on every *leave in* and every yes; one without it is nobody's
    answer. A yes (*agree*) also says who gave it, and `asked`, the digest of what was asked.
    """

    person = models.UUIDField()
    adult = models.CharField(max_length=64, db_collation="C")
    scope = models.CharField(max_length=10, db_collation="C")
    target = models.CharField(max_length=60, blank=True, db_collation="C")
    answer = models.CharField(max_length=10, db_collation="C")
    at = models.DateTimeField()
    receipt = models.CharField(max_length=64, db_collation="C")
    undoes = models.CharField(max_length=64, blank=True, db_collation="C")
    giver = models.CharField(max_length=10, blank=True, default="", db_default="", db_collation="C")
    asked = models.CharField(max_length=64, blank=True, default="", db_default="", db_collation="C")
    seal = models.BinaryField()
    letter = models.UUIDField()
    salt = models.BinaryField()

    class Meta:
        indexes = [
            models.Index(fields=["scope", "target"], name="choices_by_scope"),
            models.Index(fields=["letter"], name="choices_by_letter"),
            models.Index(fields=["adult", "person"], name="choices_by_adult"),
            models.Index(fields=["receipt"], name="choices_by_receipt"),
            models.Index(fields=["undoes"], name="choices_by_undoing", condition=models.Q(undoes__gt="")),
            models.Index(fields=["at"], name="choices_by_time"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(scope__in=["use", "purpose", "contact", "all"]), name="choices_scope_known"
            ),
            models.CheckConstraint(
                condition=models.Q(answer__in=["keep_out", "leave_in", "agree"]), name="choices_answer_known"
            ),
            models.CheckConstraint(
                condition=models.Q(receipt__regex="^[0-9a-f]{64}$"), name="choices_receipt_is_a_digest"
            ),
            models.CheckConstraint(
                condition=(
                    models.Q(answer="agree", scope="use", giver__in=["guardian", "self"])
                    & models.Q(asked__regex="^[0-9a-f]{64}$")
                )
                | (~models.Q(answer="agree") & models.Q(giver="", asked="")),
                name="choices_yes_is_whole",
            ),
            models.CheckConstraint(
                condition=models.Q(undoes="") | models.Q(answer="leave_in"), name="choices_no_undoes_nothing"
            ),
        ]
        triggers = [pgtrigger.Protect(name="choices_append_only", operation=_APPEND_ONLY)]


class Day(models.Model):
    """A day whose answers have been committed in the public log.

    `leaves` is everything the root was made of, answers and padding alike, so that a family can be shown its path.
    """

    day = models.DateField(primary_key=True)
    band = models.PositiveIntegerField()
    root = models.CharField(max_length=64, db_collation="C")
    leaves = models.BinaryField()
    outbox = models.BigIntegerField()

    class Meta:
        triggers = [pgtrigger.Protect(name="choices_day_append_only", operation=_APPEND_ONLY)]


class Committed(models.Model):
    """Says by which day's root an answer is bound: each by one, the first that was closed after it was written."""

    answered = models.OneToOneField(Answered, primary_key=True, on_delete=models.PROTECT)
    day = models.ForeignKey(Day, on_delete=models.PROTECT)

    class Meta:
        triggers = [pgtrigger.Protect(name="choices_committed_append_only", operation=_APPEND_ONLY)]


class Asked(models.Model):
    """What one use asks a yes for: fixed when its telling begins, in the words that every family reads."""

    use = models.CharField(max_length=20, primary_key=True, db_collation="C")
    consent = models.JSONField()
    words = models.TextField()
    catalogue = models.CharField(max_length=64, db_collation="C")
    at = models.DateTimeField()
    digest = models.CharField(max_length=64, db_collation="C")

    class Meta:
        triggers = [pgtrigger.Protect(name="choices_asked_append_only", operation=_APPEND_ONLY)]


class Weighed(models.Model):
    """What the gate read of the answers when it decided about one use: how many rows, up to which, and their digest."""

    use = models.CharField(max_length=20, db_collation="C")
    at = models.DateTimeField()
    last = models.BigIntegerField()
    answers = models.PositiveIntegerField()
    digest = models.CharField(max_length=64, db_collation="C")

    class Meta:
        triggers = [pgtrigger.Protect(name="choices_weighed_append_only", operation=_APPEND_ONLY)]
