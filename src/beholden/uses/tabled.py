# SPDX-License-Identifier: Apache-2.0
"""Answers which tables stand beside a request that was refused: in words, and as the link that makes them (D20)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from beholden.catalogue import Catalogue
from beholden.kinds import UseRef
from beholden.tables import address
from beholden.uses.models import Paper


@dataclass(frozen=True, slots=True)
class Offered:
    """One table that answers a request: what it shows, of which data set, the question, and its address' query."""

    words: str
    about: str
    question: Mapping[str, Any]
    query: str


def tables_for(ref: UseRef, catalogue: Catalogue) -> tuple[Offered, ...]:
    """Return the tables that answer a request, the oldest first; of a data set that is no more, none."""
    papers = Paper.objects.filter(use=ref, kind="table").order_by("pk")
    asked = (paper.body["question"] for paper in papers)
    return tuple(_offered(one, catalogue) for one in asked if one["about"] in catalogue.data_sets)


def _offered(asked: Mapping[str, Any], catalogue: Catalogue) -> Offered:
    data_set = catalogue.data_set(asked["about"])
    labels = {one.name: one.label for one in data_set.columns}
    labels |= {one.name: one.label for one in data_set.shares}
    by = ", ".join(labels.get(name, name) for name in asked["by"])
    what = "How many"
    if asked["ask"] != "count" and "rate" in asked["ask"]:
        of = asked["ask"]["of"]
        what = f"How many in a hundred have {labels.get(of, of)}: {asked['ask']['rate']}"
    elif asked["ask"] != "count":
        what = f"The mean of {labels.get(asked['ask']['mean'], asked['ask']['mean'])}"
    return Offered(f"{what}. By: {by}", data_set.name, asked, address.query(asked))
