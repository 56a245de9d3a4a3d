# SPDX-License-Identifier: Apache-2.0
"""Remembers the set files, and registry snapshots of committed keys. Fields and constraints only."""

from django.db import models


class SetFile(models.Model):
    """One immutable list on disk: sorted ids, tags or registry elements. `path` is below the home's set folder."""

    path = models.CharField(max_length=120, unique=True, db_collation="C")
    digest = models.CharField(max_length=64, db_collation="C")
    count = models.IntegerField()
    made_at = models.DateTimeField()


class Registry(models.Model):
    """One full snapshot of committed keys. The key of its keys lies in the key folder, never here."""

    id = models.CharField(primary_key=True, max_length=32, db_collation="C")
    header = models.JSONField()
    elements = models.ForeignKey(SetFile, on_delete=models.PROTECT, related_name="+")
    keyed = models.ForeignKey(SetFile, on_delete=models.PROTECT, related_name="+")
    outbox = models.BigIntegerField()
    made_at = models.DateTimeField()
