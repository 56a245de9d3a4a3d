# SPDX-License-Identifier: Apache-2.0
"""Remembers what families said, append-only. Fields and constraints, nothing else."""

import pgtrigger
from django.db import models


class Answered(models.Model):
    """One adult's answer for one child at one scope. Never changed, never deleted: a newer row replaces it."""

    person = models.UUIDField()
    adult = models.CharField(max_length=64, db_collation="C")
    scope = models.CharField(max_length=10, db_collation="C")
    target = models.CharField(max_length=60, blank=True, db_collation="C")
    answer = models.CharField(max_length=10, db_collation="C")
    at = models.DateTimeField()
    receipt = models.CharField(max_length=12, db_collation="C")
    letter = models.UUIDField()
    salt = models.BinaryField()

    class Meta:
        indexes = [
            models.Index(fields=["scope", "target"], name="choices_by_scope"),
            models.Index(fields=["letter"], name="choices_by_letter"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(scope__in=["use", "purpose", "all"]), name="choices_scope_known"
            ),
            models.CheckConstraint(
                condition=models.Q(answer__in=["keep_out", "leave_in"]), name="choices_answer_known"
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="choices_append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]


class Day(models.Model):
    """A day whose answers have been committed in the public log."""

    day = models.DateField(primary_key=True)
    band = models.PositiveIntegerField()
    root = models.CharField(max_length=64, db_collation="C")
    outbox = models.BigIntegerField()
