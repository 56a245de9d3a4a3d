# SPDX-License-Identifier: Apache-2.0
"""Remembers what was decided and handed over, in the open or under seal. Fields and constraints only."""

from django.db import models

from beholden.gate.models.lists import Roster
from beholden.gate.models.sets import Registry, SetFile


class Decision(models.Model):
    """What the gate decided for one use: exact figures here, rounded ones in the log, bound by a salted commitment."""

    use = models.CharField(max_length=20, db_collation="C")
    catalogue = models.CharField(max_length=64, db_collation="C")
    registry = models.ForeignKey(Registry, on_delete=models.PROTECT)
    scope = models.ForeignKey(SetFile, on_delete=models.PROTECT, related_name="+")
    released = models.ForeignKey(SetFile, on_delete=models.PROTECT, related_name="+")
    combinations = models.JSONField()
    left_out = models.IntegerField(null=True)
    missing = models.JSONField(null=True)  # who of the scope is missing, by group, as the recipient is told
    roster = models.ForeignKey(Roster, on_delete=models.PROTECT, null=True, related_name="+")
    untold_under = models.CharField(max_length=64, blank=True, default="", db_collation="C")
    untold = models.IntegerField(null=True)  # the public figure of those let in under that law
    untold_outbox = models.BigIntegerField(null=True)
    salt = models.BinaryField()
    outbox = models.BigIntegerField()
    at = models.DateTimeField()
    by = models.CharField(max_length=40, db_collation="C")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(untold_under="", untold__isnull=True, untold_outbox__isnull=True)
                | (~models.Q(untold_under="") & models.Q(untold_outbox__isnull=False)),
                name="gate_untold_said_exactly_if_let_in",
            ),
        ]


class Disclosure(models.Model):
    """One release on its way: header fixed, built, logged, releasing, released; or withdrawn before it goes.

    `marks` is the digest of who in it is kept safe or restricted, as its rows were built; empty where none can be.
    `upto_file` and `upto_correction`: what of the census was there to read then, so that an auditor can read it again.
    """

    id = models.CharField(primary_key=True, max_length=32, db_collation="C")
    decision = models.OneToOneField(Decision, on_delete=models.PROTECT)
    header = models.JSONField()
    state = models.CharField(max_length=12, db_collation="C")
    payload = models.CharField(max_length=64, blank=True, db_collation="C")
    file = models.CharField(max_length=120, blank=True, db_collation="C")
    tags = models.ForeignKey(SetFile, on_delete=models.PROTECT, null=True, related_name="+")
    depth = models.IntegerField(null=True)
    root = models.CharField(max_length=64, blank=True, db_collation="C")
    intent = models.BigIntegerField(null=True)
    logged_at = models.DateTimeField(null=True)
    marks = models.CharField(max_length=64, blank=True, default="", db_collation="C")
    upto_file = models.BigIntegerField(null=True)
    upto_correction = models.BigIntegerField(null=True)
    outcome = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    state__in=["fixed", "built", "logged", "releasing", "released", "withdrawn"]
                ),
                name="gate_disclosure_state",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["fixed", "withdrawn"]) | ~models.Q(payload="", root=""),
                name="gate_built_has_payload_and_root",
            ),
        ]


class Compulsion(models.Model):
    """One handover under seal on its way: built, agreed by two officers, signed outside, logged, released, opened.

    `report` is what the regulator is told with the details: who decided, by which paper, for how many. `salt` and
    `report_salt` open the two commitments of the entry. `order` is a keyed digest of the paper's number: one paper, one
    handover. No number or birth date of a child is here.
    """

    id = models.CharField(primary_key=True, max_length=32, db_collation="C")
    order = models.CharField(max_length=64, db_collation="C")
    catalogue = models.CharField(max_length=64, db_collation="C")
    registry = models.ForeignKey(Registry, on_delete=models.PROTECT)
    people = models.ForeignKey(SetFile, on_delete=models.PROTECT, related_name="+")
    tags = models.ForeignKey(SetFile, on_delete=models.PROTECT, related_name="+")
    details = models.JSONField()
    salt = models.BinaryField()
    report = models.JSONField()
    report_salt = models.BinaryField()
    opens_by = models.DateField()
    file = models.CharField(max_length=120, db_collation="C")
    regulator = models.CharField(max_length=40, db_collation="C")
    told = models.CharField(max_length=64, default="", db_collation="C")  # SHA-256 of the regulator's file
    second = models.JSONField(null=True)
    state = models.CharField(max_length=12, db_collation="C")
    sealed = models.BigIntegerField(null=True)
    seen = models.BigIntegerField(null=True)
    unsealed = models.BigIntegerField(null=True)
    outcome = models.BigIntegerField(null=True)
    logged_at = models.DateTimeField(null=True)
    at = models.DateTimeField()
    by = models.CharField(max_length=40, db_collation="C")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    state__in=["built", "agreed", "signed", "logged", "releasing", "released", "withdrawn"]
                ),
                name="gate_compulsion_state",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["built", "agreed", "withdrawn"])
                | models.Q(second__isnull=False),
                name="gate_compelled_only_with_a_signature_from_outside",
            ),
            models.UniqueConstraint(
                fields=["order"], condition=~models.Q(state="withdrawn"), name="gate_one_paper_one_handover"
            ),
        ]


class Lengthening(models.Model):
    """A seal that is to stand longer, on its way: asked, agreed by two officers, signed outside, logged.

    `order` is the further paper's keyed digest; `report` is what the regulator is told, and `told` the SHA-256 of its
    file. `extended` is the letter box's row of the log's entry: from then on the seal opens by the new day.
    """

    compulsion = models.ForeignKey(Compulsion, on_delete=models.PROTECT, related_name="longer")
    order = models.CharField(max_length=64, db_collation="C")
    catalogue = models.CharField(max_length=64, db_collation="C")
    opens_by = models.DateField()
    report = models.JSONField()
    report_salt = models.BinaryField()
    file = models.CharField(max_length=120, db_collation="C")
    told = models.CharField(max_length=64, default="", db_collation="C")
    second = models.JSONField(null=True)
    state = models.CharField(max_length=12, db_collation="C")
    extended = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    by = models.CharField(max_length=40, db_collation="C")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["asked", "agreed", "signed", "logged", "withdrawn"]),
                name="gate_lengthening_state",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["asked", "agreed", "withdrawn"])
                | models.Q(second__isnull=False),
                name="gate_longer_only_with_a_signature_from_outside",
            ),
            models.CheckConstraint(
                condition=models.Q(state="logged", extended__isnull=False)
                | (~models.Q(state="logged") & models.Q(extended__isnull=True)),
                name="gate_longer_only_by_the_log",
            ),
            models.UniqueConstraint(
                fields=["compulsion"], condition=~models.Q(state="withdrawn"), name="gate_longer_once"
            ),
            models.UniqueConstraint(
                fields=["order"],
                condition=~models.Q(state="withdrawn"),
                name="gate_one_paper_one_longer_seal",
            ),
        ]
