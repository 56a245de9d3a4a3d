# SPDX-License-Identifier: Apache-2.0
"""Remembers that the children of an order were looked for by name. Fields and constraints only."""

from django.db import models


class Search(models.Model):
    """One search for the children whom a court's order names by name: begun, compared, looked at, ended.

    `order` is the keyed digest of the paper's number, `children` that of whom it names, as it was typed. `sought` is
    sealed under the search's own key and bound to the columns before it; without it nobody was compared yet. No name,
    birth date or postcode is here, and whoever was not found stands nowhere.
    """

    id = models.CharField(primary_key=True, max_length=32, db_collation="C")
    order = models.CharField(max_length=64, db_collation="C")
    children = models.CharField(max_length=64, db_collation="C")
    named = models.IntegerField()
    opens_by = models.DateField()
    at = models.DateTimeField()
    by = models.CharField(max_length=40, db_collation="C")
    sought = models.BinaryField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["order"],
                condition=models.Q(ended_at__isnull=True),
                name="gate_one_paper_one_search",
            ),
        ]
