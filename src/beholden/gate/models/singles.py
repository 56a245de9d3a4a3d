# SPDX-License-Identifier: Apache-2.0
"""Remembers what left about one person at a time, and who held what back. Fields and constraints only."""

import pgtrigger
from django.db import models

_APPEND_ONLY = pgtrigger.Update | pgtrigger.Delete


class SingleExit(models.Model):
    """One line of the journal: what left about one person, for whom. The file is the truth, this is its index."""

    seq = models.BigIntegerField(primary_key=True)
    exit = models.CharField(max_length=20, db_collation="C")
    what = models.CharField(max_length=80, db_collation="C")
    person = models.UUIDField(db_index=True)
    by = models.CharField(max_length=64, db_collation="C")
    at = models.DateTimeField()
    digest = models.CharField(max_length=64, db_collation="C")

    class Meta:
        triggers = [pgtrigger.Protect(name="gate_single_append_only", operation=_APPEND_ONLY)]


class SingleBatch(models.Model):
    """Some lines of the journal, from the one after the last batch up to `last`, as the public log binds them.

    `leaves` is everything the root was made of, lines and padding alike, so that a family can be shown its path.
    """

    last = models.BigIntegerField()
    count = models.PositiveIntegerField()
    until = models.DateTimeField(unique=True)
    band = models.PositiveIntegerField()
    root = models.CharField(max_length=64, db_collation="C")
    leaves = models.BinaryField()
    outbox = models.BigIntegerField()

    class Meta:
        triggers = [pgtrigger.Protect(name="gate_batch_append_only", operation=_APPEND_ONLY)]


class UrgentReview(models.Model):
    """What the review of one urgent exit found. `digest` is the hash of its line, the spool's or the journal's.

    `line` is the number under which the exit was known on that day: where a spool was lost and put back, another one's.
    """

    digest = models.CharField(primary_key=True, max_length=64, db_collation="C")
    line = models.BigIntegerField()
    sound = models.BooleanField()
    may_tell = models.BooleanField()
    by = models.CharField(max_length=40, db_collation="C")
    at = models.DateTimeField()

    class Meta:
        triggers = [pgtrigger.Protect(name="gate_urgent_append_only", operation=_APPEND_ONLY)]


class LookHold(models.Model):
    """One finding of a harm: until a day, a family does not read of one look. `digest` is that line's hash."""

    line = models.ForeignKey(SingleExit, on_delete=models.PROTECT, related_name="holds")
    digest = models.CharField(max_length=64, db_collation="C")
    harm = models.CharField(max_length=40, db_collation="C")
    until = models.DateField()
    by = models.CharField(max_length=40, db_collation="C")
    at = models.DateTimeField()

    class Meta:
        triggers = [pgtrigger.Protect(name="gate_hold_append_only", operation=_APPEND_ONLY)]


class LookConflict(models.Model):
    """An officer who said that they know a child or its family, and so looks at this record never."""

    officer = models.CharField(max_length=40, db_collation="C")
    person = models.UUIDField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["officer", "person"], name="gate_one_conflict_an_officer")
        ]
        triggers = [pgtrigger.Protect(name="gate_conflict_append_only", operation=_APPEND_ONLY)]
