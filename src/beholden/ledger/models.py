# SPDX-License-Identifier: Apache-2.0
"""Remembers what is to be said in the logs, and where it was said. Fields and constraints, nothing else.

The tile files are the ledger's truth; these rows are its index, and its letter box.
"""

import pgtrigger
from django.db import models


class Outbox(models.Model):
    """One entry that an action has put in the letter box, in its own transaction.

    The action owns every field but the last four; those belong to the sequencer, which sets them once: where
    the entry stands, or that it may never stand there, and why. `body` is the entry's body as canonical JSON,
    without the `seq` of a handover: no position is known yet. `by` is an opaque reference and never reaches the
    log.
    """

    log = models.CharField(max_length=20, db_collation="C")
    kind = models.CharField(max_length=20, db_collation="C")
    body = models.TextField(db_collation="C")
    at = models.DateTimeField()
    by = models.CharField(max_length=40, db_collation="C")
    entry_index = models.BigIntegerField(null=True)
    sequenced_at = models.DateTimeField(null=True)
    refused_at = models.DateTimeField(null=True)
    refused_because = models.TextField(default="")  # the sentence of a Refusal: never a pupil's value

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(log__in=["handovers", "events"]), name="ledger_outbox_log_known"
            ),
            models.CheckConstraint(
                condition=models.Q(entry_index__isnull=True, sequenced_at__isnull=True)
                | models.Q(entry_index__gte=0, sequenced_at__isnull=False),
                name="ledger_outbox_index_and_time_together",
            ),
            models.CheckConstraint(
                condition=models.Q(refused_at__isnull=True, refused_because="")
                | (
                    models.Q(refused_at__isnull=False, entry_index__isnull=True)
                    & ~models.Q(refused_because="")
                ),
                name="ledger_outbox_refused_with_a_reason_and_never_said",
            ),
            models.UniqueConstraint(fields=["log", "entry_index"], name="ledger_outbox_one_row_per_index"),
        ]
        indexes = [
            models.Index(
                fields=["log", "id"],
                condition=models.Q(entry_index__isnull=True, refused_at__isnull=True),
                name="ledger_outbox_waiting",
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="ledger_outbox_said_once",
                exclude=["entry_index", "sequenced_at", "refused_at", "refused_because"],
            ),
            pgtrigger.Protect(
                name="ledger_outbox_index_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__entry_index__isnull=False)
                | pgtrigger.Q(old__refused_at__isnull=False),
            ),
            pgtrigger.Protect(name="ledger_outbox_keeps_all", operation=pgtrigger.Delete),
        ]
