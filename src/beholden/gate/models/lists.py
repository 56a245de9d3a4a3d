# SPDX-License-Identifier: Apache-2.0
"""Remembers lists handed in for a match, and each pair of a list of names. Fields and constraints only."""

import pgtrigger
from django.db import models

from beholden.gate.models.sets import SetFile

_APPEND_ONLY = pgtrigger.Update | pgtrigger.Delete


class Roster(models.Model):
    """One list that a recipient handed in for a match: how many rows, its hash, and who of it is in scope.

    `matched` is person (16) || own reference (32), sorted; whoever was not found stands nowhere. `rule` names the rule
    by which it was refused, and then nothing of it is kept.
    """

    use = models.CharField(max_length=20, db_collation="C")
    rows = models.IntegerField()
    digest = models.CharField(max_length=64, db_collation="C")
    salt = models.BinaryField()
    rule = models.CharField(max_length=40, blank=True, db_collation="C")
    matched = models.ForeignKey(SetFile, on_delete=models.PROTECT, null=True, related_name="+")
    outbox = models.BigIntegerField()
    at = models.DateTimeField()
    by = models.CharField(max_length=40, db_collation="C")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(rule="") ^ models.Q(matched__isnull=True),
                name="gate_roster_kept_exactly_if_taken",
            ),
        ]
        triggers = [pgtrigger.Protect(name="gate_roster_append_only", operation=_APPEND_ONLY)]


class Linking(models.Model):
    """What a list of names came to: its key in the key folder, exact figures, and its public entry once all is settled.

    `seal` binds the figures to the list under that key. `audited` are counts of what people said of the drawn pairs,
    with the entry that has them in public: none, where a list was matched before anything was drawn.
    """

    roster = models.OneToOneField(Roster, on_delete=models.PROTECT, primary_key=True, related_name="linking")
    key = models.CharField(max_length=32, unique=True, db_collation="C")
    figures = models.JSONField()
    seal = models.BinaryField()
    outbox = models.BigIntegerField(null=True)
    settled_at = models.DateTimeField(null=True)
    audited = models.JSONField(null=True)
    audit_outbox = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(outbox__isnull=True, settled_at__isnull=True)
                | models.Q(outbox__isnull=False, settled_at__isnull=False),
                name="gate_linking_settled_exactly_if_said",
            ),
            models.CheckConstraint(
                condition=models.Q(audited__isnull=True, audit_outbox__isnull=True)
                | models.Q(audited__isnull=False, audit_outbox__isnull=False, outbox__isnull=False),
                name="gate_linking_audited_exactly_if_said",
            ),
        ]


class LinkedPair(models.Model):
    """One record of a list of names and somebody it may be: sealed, why. Whom it is not, is in no row.

    `known` is same or different where it was made up, and then it is in no answer. `sampled` is the stratum that it was
    drawn from for people to look at; of a record that came to nobody neither person nor reference stands here, and
    `why` alone has how they agree. `why` is bound to all of this.
    """

    roster = models.ForeignKey(Roster, on_delete=models.PROTECT, related_name="pairs", db_index=False)
    person = models.UUIDField(null=True)
    reference = models.CharField(max_length=32, blank=True, db_collation="C")
    accepted = models.BooleanField()
    known = models.CharField(max_length=9, blank=True, db_collation="C")
    sampled = models.CharField(max_length=5, blank=True, db_collation="C")
    why = models.BinaryField()

    class Meta:
        indexes = [models.Index(fields=["person"], name="gate_pair_person")]
        constraints = [
            models.UniqueConstraint(
                fields=["roster", "person"], condition=models.Q(known=""), name="gate_pair_person_once"
            ),
            models.CheckConstraint(
                condition=models.Q(person__isnull=False) ^ models.Q(sampled__in=("near", "far")),
                name="gate_pair_of_nobody_exactly_if_passed",
            ),
        ]
        triggers = [pgtrigger.Protect(name="gate_pair_append_only", operation=_APPEND_ONLY)]


class PairOpinion(models.Model):
    """What one reviewer said of one pair. `seal` binds it to the pair under the list's key."""

    pair = models.ForeignKey(LinkedPair, on_delete=models.PROTECT, related_name="opinions", db_index=False)
    says = models.CharField(max_length=10, db_collation="C")
    at = models.DateTimeField()
    by = models.CharField(max_length=40, db_collation="C")
    seal = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pair", "by"], name="gate_opinion_once"),
        ]
        triggers = [pgtrigger.Protect(name="gate_opinion_append_only", operation=_APPEND_ONLY)]


class LinkedYear(models.Model):
    """How often lists of names were matched wrongly, of all that were settled in a year: its public entry."""

    since = models.DateField()
    until = models.DateField(unique=True)
    outbox = models.BigIntegerField()

    class Meta:
        triggers = [pgtrigger.Protect(name="gate_linkedyear_append_only", operation=_APPEND_ONLY)]
