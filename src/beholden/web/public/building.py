# SPDX-License-Identifier: Apache-2.0
"""Turns the builder's form into a question, and a question into the form as it was filled in. Asks nobody.

A browser sends every field of a form, also those that another answer makes idle. They are left out here, so that the
address of a table says what the table is and nothing else.
"""

from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from beholden.tables import address, document
from beholden.tables.document import Table
from beholden.tables.question import QuestionRefused
from beholden.tables.shelf import DataSet, Field, Release, Shelf

NO_AREA = "-"
"""What the form sends where no area is chosen; no field can be called so."""

MOST_NAMED = 3
"""So many of the categories that somebody wanted to see are named in a line of the log; its files name all."""


@dataclass(frozen=True, slots=True)
class Filled:
    """A form as it is filled in: what is asked, of what, by which fields, what of them to show, and which release."""

    ask: str = "count"
    rate: str = ""
    mean: str = ""
    by: tuple[str, ...] = ()
    show: tuple[str, ...] = ()
    release: str = ""

    def fields(self, found: DataSet) -> tuple[Field, ...]:
        """Return the fields that a table of this form has, in the order of the data set."""
        return tuple(one for one in found.fields if one.name in self.by)


def filled(said: QueryDict) -> Filled:
    """Return the form that an address fills in."""
    return Filled(
        said.get("ask", ""),
        said.get("rate", ""),
        said.get("mean", ""),
        tuple(dict.fromkeys(one for one in said.getlist("by") if one != NO_AREA)),
        tuple(dict.fromkeys(said.getlist("show"))),
        said.get("release", ""),
    )


def pairs(form: Filled, found: DataSet) -> list[tuple[str, str]]:
    """Return what an address says for this form, without what means nothing beside the rest."""
    said = [("ask", form.ask)]
    said += [(form.ask, getattr(form, form.ask))] if form.ask in {"rate", "mean"} else []
    said += [("by", one) for one in form.by]
    for name in form.by:
        shown = [one for one in form.show if one.startswith(f"{name}:")]
        every = {f"{name}:{of}" for one in found.fields if one.name == name for of in one.categories}
        said += [("show", one) for one in shown] if set(shown) != every else []
    return said + ([("release", form.release)] if form.release else [])


def check(form: Filled) -> None:
    """Refuse a form in which something was left out, in the words of the form."""
    if form.ask == "rate" and not form.rate:
        raise QuestionRefused(
            "left_out", "You did not say who of 100 children.", "Choose from the list under your answer."
        )
    if form.ask == "mean" and not form.mean:
        raise QuestionRefused(
            "left_out", "You did not say the mean of what.", "Choose from the list under your answer."
        )
    if not form.by:
        raise QuestionRefused(
            "left_out", "You did not say by what.", "Choose an area, or tick one thing or more."
        )


def in_words(shelf: Shelf, question: dict[str, Any]) -> str:
    """Return a question in words."""
    found, show = named(shelf, question["about"]), question.get("show", {})
    says = words(found) if found else {}
    title = document.title(question, says, {name: of[0] for name, of in show.items() if len(of) == 1})
    some = [
        f"{document.lowered(says.get(name, name))}: {_few(of)}" for name, of in show.items() if len(of) > 1
    ]
    return f"{title} ({'; '.join(some)})" if some else title


def _few(names: list[str]) -> str:
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def named(shelf: Shelf, name: str) -> DataSet | None:
    """Return a data set by its name, or nothing."""
    return next((one for one in shelf.sets if one.name == name), None)


def area_of(found: DataSet, by: tuple[str, ...]) -> str:
    """Return the field of a table that is its area, or nothing."""
    return next((one.name for one in found.fields if one.area and one.name in by), "")


def standing(found: DataSet) -> tuple[Release, ...]:
    """Return the releases that can be asked: not taken back, and the public log has them. The newest first."""
    return tuple(one for one in found.releases if not one.withdrawn and one.entry is not None)


def lasting(found: DataSet, table: Table) -> str:
    """Return the query that makes this very table again, also when there are newer releases."""
    release = next((one.release for one in found.releases if one.name == table.release), "")
    return address.query({**table.question, "release": release} if release else table.question)


def words(found: DataSet) -> dict[str, str]:
    """Return the words for the names of fields and measures."""
    return {one.name: one.says for one in found.fields} | {one.name: one.says for one in found.measures}


def plain(shelf: Shelf) -> dict[str, Any]:
    """Return the shelf as JSON: what there is, and what may be asked of it."""
    return {
        "data_sets": [
            {
                "name": one.name,
                "says": one.says,
                "period": one.period,
                "policy": one.policy,
                "fields": [
                    {
                        "name": field.name,
                        "says": field.says,
                        "categories": list(field.categories),
                        "area": field.area,
                        "sensitive": field.sensitive,
                        "finest": field.finest,
                    }
                    for field in one.fields
                ],
                "measures": [{"name": measure.name, "says": measure.says} for measure in one.measures],
                "withheld": [{"name": name, "why": why} for name, why in one.withheld],
                "releases": [
                    {
                        "name": release.name,
                        "release": release.release,
                        "moments": list(release.moments),
                        "frozen_at": release.frozen_at.isoformat(),
                        "log": "events",
                        "entry": release.entry,
                        "withdrawn": release.withdrawn or None,
                    }
                    for release in one.releases
                ],
            }
            for one in shelf.sets
        ]
    }
