# SPDX-License-Identifier: Apache-2.0
"""Remembers releases of tables, and how often each question was asked of them. Fields and constraints only."""

import pgtrigger
from django.db import models
from django.db.models.functions import MD5


class TableRelease(models.Model):
    """One frozen cube, from its freezing on, also when it was withdrawn. The cube itself lies in the home's folder.

    `policy` is the text under which it is asked for ever; `cells` and `manifest` are the digests of the cube's two
    files, which the log's commitment binds with `salt`. Of one data set and moment one stands, and a withdrawn name
    stays taken.
    """

    name = models.CharField(primary_key=True, max_length=129, db_collation="C")
    data = models.CharField(max_length=64, db_collation="C")
    release = models.CharField(max_length=64, db_collation="C")
    moment = models.CharField(max_length=64, db_collation="C")
    catalogue = models.CharField(max_length=64, db_collation="C")
    policy = models.TextField()
    cells = models.CharField(max_length=64, db_collation="C")
    manifest = models.CharField(max_length=64, db_collation="C")
    band = models.PositiveIntegerField()
    salt = models.BinaryField()
    outbox = models.BigIntegerField()
    at = models.DateTimeField()
    by = models.CharField(max_length=40, db_collation="C")
    withdrawn_why = models.TextField(blank=True, default="")
    withdrawn_salt = models.BinaryField(null=True)
    withdrawn_outbox = models.BigIntegerField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.CharField(max_length=40, blank=True, default="", db_collation="C")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["data", "moment"],
                condition=models.Q(withdrawn_outbox__isnull=True),
                name="gate_one_table_a_moment",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    withdrawn_why="",
                    withdrawn_salt__isnull=True,
                    withdrawn_outbox__isnull=True,
                    withdrawn_at__isnull=True,
                )
                | (
                    ~models.Q(withdrawn_why="")
                    & models.Q(
                        withdrawn_salt__isnull=False,
                        withdrawn_outbox__isnull=False,
                        withdrawn_at__isnull=False,
                    )
                ),
                name="gate_table_withdrawn_with_its_reason",
            ),
        ]
        triggers = [pgtrigger.Protect(name="gate_table_stays", operation=pgtrigger.Delete)]


class TableAsked(models.Model):
    """How often one question was answered on one day, from one release. Who asked is kept nowhere."""

    day = models.DateField()
    release = models.ForeignKey(TableRelease, on_delete=models.PROTECT, related_name="asked")
    question = models.TextField(db_collation="C")  # JSON in its one order
    often = models.PositiveIntegerField()

    class Meta:
        constraints = [
            # By hash: a question may be longer than an index takes.
            models.UniqueConstraint(
                models.F("day"), models.F("release"), MD5("question"), name="gate_one_line_a_question_and_day"
            ),
        ]
        triggers = [pgtrigger.Protect(name="gate_asked_stays", operation=pgtrigger.Delete)]
