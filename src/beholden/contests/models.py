# SPDX-License-Identifier: Apache-2.0
"""Remembers what was said against a match, what was decided, and each month as the log has it. Append-only."""

import pgtrigger
from django.db import models

from beholden.contests.rules import Reason, Verdict, Why

_APPEND_ONLY = pgtrigger.Update | pgtrigger.Delete


class Contest(models.Model):
    """Somebody says that one use's answers about one person are about somebody else.

    It is an adult of a letter, by the digest of that letter's reader, or somebody by post, by the keeper's number of
    the paper; never both.
    """

    use = models.CharField(max_length=20, db_collation="C", db_index=True)
    person = models.UUIDField(db_index=True)
    adult = models.CharField(max_length=64, blank=True, db_collation="C")
    paper = models.CharField(max_length=40, blank=True, db_collation="C")
    why = models.CharField(max_length=20, db_collation="C")
    decide_by = models.DateField()
    salt = models.BinaryField()
    at = models.DateTimeField()
    by = models.CharField(max_length=40, db_collation="C")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["use", "person", "adult", "paper"], name="contests_said_once"),
            models.CheckConstraint(
                condition=models.Q(adult="") ^ models.Q(paper=""), name="contests_by_letter_or_by_post"
            ),
            models.CheckConstraint(
                condition=models.Q(why__in=[one.value for one in Why]), name="contests_why_known"
            ),
        ]
        triggers = [pgtrigger.Protect(name="contests_contest_append_only", operation=_APPEND_ONLY)]


class Decided(models.Model):
    """What a reviewer found about one contest. `pair` names the pair for measuring, and nothing of it can be read."""

    contest = models.OneToOneField(
        Contest, primary_key=True, on_delete=models.PROTECT, related_name="decided"
    )
    verdict = models.CharField(max_length=20, db_collation="C")
    reason = models.CharField(max_length=20, db_collation="C")
    pair = models.CharField(max_length=32, db_collation="C")
    salt = models.BinaryField()
    at = models.DateTimeField()
    by = models.CharField(max_length=40, db_collation="C")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(verdict__in=[one.value for one in Verdict]), name="contests_verdict_known"
            ),
            models.CheckConstraint(
                condition=models.Q(reason__in=[one.value for one in Reason]), name="contests_reason_known"
            ),
        ]
        triggers = [pgtrigger.Protect(name="contests_decided_append_only", operation=_APPEND_ONLY)]


class Month(models.Model):
    """One month of one use as the log has it. `leaves` is what its root was made of: `count` lines, and padding."""

    use = models.CharField(max_length=20, db_collation="C")
    month = models.DateField()
    band = models.PositiveIntegerField()
    count = models.PositiveIntegerField()
    root = models.CharField(max_length=64, db_collation="C")
    leaves = models.BinaryField()
    contested = models.PositiveIntegerField()
    reversed = models.PositiveIntegerField()
    upheld = models.PositiveIntegerField()
    late = models.PositiveIntegerField()
    outbox = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["use", "month"], name="contests_month_once")]
        triggers = [pgtrigger.Protect(name="contests_month_append_only", operation=_APPEND_ONLY)]
