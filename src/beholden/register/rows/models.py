# SPDX-License-Identifier: Apache-2.0
"""Remembers returns and the manifest of row files. Fields and constraints, nothing else."""

import pgtrigger
from django.db import models


class Return(models.Model):
    """One file that a school sent: taken in, or refused with its findings. A refused file is not kept in any part."""

    receipt = models.CharField(max_length=40, unique=True, db_collation="C")
    collection = models.CharField(max_length=20, blank=True, db_collation="C")
    term = models.CharField(max_length=10, blank=True, db_collation="C")
    year = models.IntegerField(null=True)
    school = models.CharField(max_length=10, blank=True, db_collation="C")
    digest = models.CharField(max_length=64, db_collation="C")
    status = models.CharField(max_length=12, db_collation="C")
    pupils = models.IntegerField()
    findings = models.JSONField()
    exported_at = models.DateTimeField(null=True)  # when the school's system says it made the file
    at = models.DateTimeField()
    by = models.CharField(max_length=40, db_collation="C")
    supersedes = models.OneToOneField("self", on_delete=models.PROTECT, null=True)
    salt = models.BinaryField(null=True)  # of the log's commitment to the file; a refused file is in no log
    outbox = models.BigIntegerField(null=True)

    class Meta:
        # A school looks at its own files: of a whole country's, for all its years.
        indexes = [
            models.Index(fields=["school"], name="rows_return_of_school"),
            models.Index(fields=["by"], name="rows_return_by_sender"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status="refused", salt__isnull=True, outbox__isnull=True)
                | (~models.Q(status="refused") & models.Q(salt__isnull=False, outbox__isnull=False)),
                name="rows_return_said_exactly_if_taken_in",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=["accepted", "superseded", "refused"]),
                name="rows_return_status",
            ),
            models.UniqueConstraint(
                fields=["collection", "term", "year", "school"],
                condition=models.Q(status="accepted"),
                name="rows_one_return_in_force",
            ),
        ]


class Stored(models.Model):
    """One immutable row file. `path` is below the home's row folder; `schema` names the columns' version."""

    path = models.CharField(max_length=120, unique=True, db_collation="C")
    digest = models.CharField(max_length=64, db_collation="C")
    rows = models.IntegerField()
    schema = models.IntegerField()
    source = models.ForeignKey(Return, on_delete=models.PROTECT, related_name="files")
    made_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "rows_manifest"


class Correction(models.Model):
    """What a registrar found about one value of one census: put right, or disputed and left standing. Append-only.

    A newer line about the same value stands in place of an older one. The row file is not touched: readers put what
    was corrected over it. `statement` is the family's own words, sealed under the person's key; `salt` commits the line
    in the log of its day.
    """

    person = models.UUIDField(db_index=True)
    collection = models.CharField(max_length=20, db_collation="C")
    term = models.CharField(max_length=10, db_collation="C")
    year = models.IntegerField()
    school = models.CharField(max_length=10, db_collation="C")
    item = models.CharField(max_length=60, db_collation="C")
    verdict = models.CharField(max_length=10, db_collation="C")
    value = models.JSONField(null=True)
    evidence = models.CharField(max_length=20, db_collation="C")
    statement = models.BinaryField()
    salt = models.BinaryField()
    at = models.DateTimeField()
    by = models.CharField(max_length=40, db_collation="C")

    class Meta:
        indexes = [models.Index(fields=["collection", "term", "year"], name="rows_correction_of_census")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(verdict="put_right", statement=b"")
                | (models.Q(verdict="disputed", value__isnull=True) & ~models.Q(statement=b"")),
                name="rows_correction_is_one_or_other",
            ),
            models.CheckConstraint(
                condition=models.Q(evidence__in=["document", "school", "family", "own_record"]),
                name="rows_correction_evidence_known",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="rows_correction_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]
