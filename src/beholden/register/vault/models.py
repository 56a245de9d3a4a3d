# SPDX-License-Identifier: Apache-2.0
"""Remembers who a person is, sealed under that person's own key. Fields and constraints, nothing else.

The tables stand in a schema of their own, which the doors' role cannot enter. What is written there is noted by the
database itself.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Person(models.Model):
    """One person: five sealed blobs by reader group, a sealed proof seed, and the slot that holds the key.

    `placed`: the seed has been looked at since the number came, and says its place; nobody unseals it to see that.
    """

    id = models.UUIDField(primary_key=True)
    slot = models.BigIntegerField(unique=True)
    names = models.BinaryField()
    birth = models.BinaryField()
    address = models.BinaryField()
    contacts = models.BinaryField(null=True)
    numbers = models.BinaryField()
    proof = models.BinaryField()
    placed = models.BooleanField(default=False, db_default=False)

    class Meta:
        db_table = '"vault"."person"'
        indexes = [models.Index(fields=["id"], condition=models.Q(placed=False), name="vault_person_waiting")]


class Written(models.Model):
    """One statement that wrote who people are: of whom, or of nobody knows whom, and a mark that none had before.

    Triggers on `Person` write it in the same transaction (migration 0005), so nobody can forget to. It says no value of
    anybody. Whatever follows from the vault names the last one that it has seen; a vault that was put back has others.
    """

    mark = models.UUIDField()
    people = ArrayField(models.UUIDField(), null=True)

    class Meta:
        db_table = '"vault"."written"'


class Lookup(models.Model):
    """A keyed digest by which a person is found: of the pupil number, or of number and birth date together."""

    scheme = models.CharField(max_length=20, db_collation="C")
    digest = models.BinaryField()
    person = models.ForeignKey(Person, on_delete=models.PROTECT, db_index=False)

    class Meta:
        db_table = '"vault"."lookup"'
        constraints = [
            models.UniqueConstraint(fields=["digest", "scheme", "person"], name="vault_lookup_once"),
        ]


class Question(models.Model):
    """Two records that may be one person: a person decides, and until then both are restricted.

    A line is decided once. Who finds that it was decided wrongly asks again: of a pair, the last decision counts.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="asked_of", db_index=False)
    candidate = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="candidate_of", db_index=False
    )
    rule = models.CharField(max_length=40, db_collation="C")
    receipt = models.CharField(max_length=40, db_collation="C")
    asked_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=40, blank=True, db_collation="C")
    evidence = models.CharField(max_length=20, blank=True, db_collation="C")
    same = models.BooleanField(null=True)

    class Meta:
        db_table = '"vault"."question"'
        constraints = [
            models.CheckConstraint(
                condition=models.Q(decided_at__isnull=True, same__isnull=True, decided_by="", evidence="")
                | (
                    models.Q(decided_at__isnull=False, same__isnull=False)
                    & ~models.Q(decided_by="")
                    & ~models.Q(evidence="")
                ),
                name="vault_question_decided_whole",
            ),
        ]


class Suggestion(models.Model):
    """Two records that look alike, the smaller id first, and why: levels and bits, and no value. It restricts nobody.

    Whether it was asked since, and what was decided, `Question` knows.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    candidate = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    why = models.JSONField()
    at = models.DateTimeField()
    by = models.CharField(max_length=40, db_collation="C")

    class Meta:
        db_table = '"vault"."suggestion"'
        constraints = [
            models.UniqueConstraint(fields=["person", "candidate"], name="vault_suggested_once"),
            models.CheckConstraint(
                condition=models.Q(person__lt=models.F("candidate")), name="vault_suggested_in_order"
            ),
        ]
