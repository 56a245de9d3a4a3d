# SPDX-License-Identifier: Apache-2.0
"""Remembers that the children of an order were looked for by name. Fields and constraints only."""

from django.db import models


class Search(models.Model):
    """One search for the children whom a court's order names by name: begun, compared, looked at, ended.

    `order` is the keyed digest of the paper's number, `asks` that of what it asks, as it is compared; `by` and `second`
    are the registrars who brought it. `sought` is sealed under the search's own key and bound to the columns before it;
    without it nothing came of it yet. No name, birth date or postcode stands here in the clear, and a child whom
    nobody is like stands nowhere.
    """

    id = models.CharField(primary_key=True, max_length=32, db_collation="C")
    order = models.CharField(max_length=64, db_collation="C")
    asks = models.CharField(max_length=64, db_collation="C")
    named = models.IntegerField()
    opens_by = models.DateField()
    at = models.DateTimeField()
    by = models.CharField(max_length=40, db_collation="C")
    second = models.CharField(max_length=40, blank=True, db_collation="C")
    sought = models.BinaryField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["order"],
                condition=models.Q(ended_at__isnull=True),
                name="gate_one_paper_one_search",
            ),
            models.CheckConstraint(
                condition=models.Q(sought__isnull=True)
                | (~models.Q(second="") & ~models.Q(second=models.F("by"))),
                name="gate_nobody_sought_by_one_alone",
            ),
        ]
