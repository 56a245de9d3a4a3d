# SPDX-License-Identifier: Apache-2.0
"""Remembers schools' biometric systems and the book about each, append-only. Fields and constraints, nothing else."""

import pgtrigger
from django.db import models

from beholden.biometrics.rules import How, Said

_APPEND_ONLY = pgtrigger.Update | pgtrigger.Delete


class System(models.Model):
    """One system that one school uses, what for, and the other way that is open to everybody."""

    ref = models.CharField(primary_key=True, max_length=60, db_collation="C")
    school = models.CharField(max_length=40, db_collation="C")
    what = models.TextField()
    used_for = models.TextField()
    instead = models.TextField()
    at = models.DateTimeField()
    by = models.CharField(max_length=40, db_collation="C")
    seal = models.BinaryField()

    class Meta:
        indexes = [models.Index(fields=["school"], name="biometrics_by_school")]
        triggers = [pgtrigger.Protect(name="biometrics_system_append_only", operation=_APPEND_ONLY)]


class Entry(models.Model):
    """One line about one child in the book of one system. `seal` binds it to the line before it, or to the system."""

    system = models.ForeignKey(System, on_delete=models.PROTECT)
    person = models.UUIDField()
    number = models.PositiveIntegerField()
    adult = models.CharField(max_length=64, blank=True, db_collation="C")
    said = models.CharField(max_length=20, db_collation="C")
    how = models.CharField(max_length=10, db_collation="C")
    ground = models.CharField(max_length=40, blank=True, db_collation="C")
    at = models.DateTimeField()
    by = models.CharField(max_length=40, db_collation="C")
    seal = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["system", "person", "number"], name="biometrics_line_once"),
            models.CheckConstraint(
                condition=models.Q(said__in=[one.value for one in Said]), name="biometrics_said_known"
            ),
            models.CheckConstraint(
                condition=models.Q(how__in=[one.value for one in How]), name="biometrics_how_known"
            ),
        ]
        triggers = [pgtrigger.Protect(name="biometrics_entry_append_only", operation=_APPEND_ONLY)]
