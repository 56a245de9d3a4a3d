# SPDX-License-Identifier: Apache-2.0
"""Remembers organisations, officers, their access keys, lines of power, safety flags. Fields and constraints alone."""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models

from beholden.catalogue import PowerSays

SEVERED = "severed"
FLAGS = ("hidden", "restricted", SEVERED)
"""Hidden for safety; restricted (UK GDPR Art 18), also while a record is contested; tied to nobody any more."""

_APPEND_ONLY = pgtrigger.Update | pgtrigger.Delete


class Organisation(models.Model):
    """A body that asks for, receives, reviews or sends. `ref` is opaque and stands in the public log."""

    ref = models.CharField(primary_key=True, max_length=40, db_collation="C")
    name = models.TextField()
    kind = models.TextField()
    country = models.TextField()
    encryption_key = models.TextField(default="")  # an age recipient; empty: nothing can be sent to it
    check_key = models.TextField(default="")  # Ed25519 public key, hex: signs what it recomputed
    enrolled_at = models.DateTimeField()
    enrolled_by = models.CharField(max_length=40, db_collation="C")


class Officer(models.Model):
    """A person acting in a role for an organisation, by opaque reference: one reference, one role."""

    ref = models.CharField(primary_key=True, max_length=40, db_collation="C")
    role = models.CharField(max_length=20, db_collation="C")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    appointed_at = models.DateTimeField()
    appointed_by = models.CharField(max_length=40, db_collation="C")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["role"],
                condition=models.Q(appointed_by=models.F("ref")),
                name="people_one_first_registrar",
            ),
            models.CheckConstraint(
                condition=~models.Q(appointed_by=models.F("ref")) | models.Q(role="registrar"),
                name="people_only_a_registrar_is_first",
            ),
        ]


class AccessKey(models.Model):
    """What an officer shows at a door, kept as a keyed digest. A newer key ends the one before; none is deleted."""

    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="access_keys")
    digest = models.CharField(max_length=64, unique=True, db_collation="C")
    given_at = models.DateTimeField()
    given_by = models.CharField(max_length=40, db_collation="C")
    tries = models.PositiveSmallIntegerField(default=0)
    locked_until = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=40, blank=True, db_collation="C")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["officer"],
                condition=models.Q(ended_at__isnull=True),
                name="people_one_key_an_officer",
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True, ended_by="")
                | (models.Q(ended_at__gte=models.F("given_at")) & ~models.Q(ended_by="")),
                name="people_key_ended_and_by_whom",
            ),
        ]


class PowerLine(models.Model):
    """One line of power about one child, never changed, never deleted. `seal` binds it to the line before it."""

    person = models.UUIDField()
    number = models.PositiveIntegerField()
    adult = models.CharField(max_length=64, db_collation="C")
    body = models.CharField(max_length=40, blank=True, db_collation="C")
    says = models.CharField(max_length=12, db_collation="C")
    evidence = models.CharField(max_length=40, db_collation="C")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    takes = ArrayField(models.CharField(max_length=12, db_collation="C"))
    about = ArrayField(models.CharField(max_length=60, db_collation="C"))
    at = models.DateTimeField()
    by = models.CharField(max_length=40, db_collation="C")
    seal = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "number"], name="people_power_line_once"),
            models.CheckConstraint(
                condition=models.Q(says__in=[one.value for one in PowerSays]), name="people_power_says_known"
            ),
            models.CheckConstraint(
                condition=models.Q(until__isnull=True) | models.Q(until__gt=models.F("since")),
                name="people_power_ends_after_it_begins",
            ),
        ]
        triggers = [pgtrigger.Protect(name="people_power_append_only", operation=_APPEND_ONLY)]


class SafetyFlag(models.Model):
    """Somebody who is hidden for safety, restricted or severed, from one moment until another, or without an end.

    `carried_from`: the other record of the same child about which it was raised; None where it was raised about this.
    """

    person = models.UUIDField(db_index=True)
    kind = models.CharField(max_length=20, db_collation="C")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    by = models.CharField(max_length=40, db_collation="C")
    carried_from = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=FLAGS),
                name="people_flag_kind_known",
            ),
            models.CheckConstraint(
                condition=models.Q(until__isnull=True) | models.Q(until__gt=models.F("since")),
                name="people_flag_ends_after_it_begins",
            ),
        ]
