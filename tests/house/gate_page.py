# SPDX-License-Identifier: Apache-2.0
"""Writes the tables in the gate's page from the rules and the catalogue; the prose is people's.

What is generated stands between `<!-- generated: name -->` and `<!-- end -->`. `make reference` writes it; a test
compares.
"""

import re
from collections.abc import Mapping
from pathlib import Path

from beholden.catalogue import Effect, Flag, load
from beholden.uses.rules import ALONE, BUILT, OPEN
from house.catalogue_page import table

PAGE = Path(__file__).resolve().parents[2] / "docs" / "explanation" / "the-gate.md"
PART = re.compile(r"(<!-- generated: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)

_EFFECTS = {
    Effect.OUT: "out",
    Effect.OUT_UNLESS_AUTHORITY: "out, or in under a named authority",
    Effect.FIELDS_OUT: "in, hidden fields out",
    Effect.FIELDS_PER_VIEWER: "fields by viewer",
    Effect.FLAG_TRAVELS: "in, flag travels",
    Effect.IN: "in",
}


def page() -> str:
    """The page as it stands, with every generated part made anew."""
    return filled(PAGE, {"exits": _exits(), "parcels": _parcels()})


def filled(page: Path, made: Mapping[str, str]) -> str:
    """A page with each of its generated parts put in anew."""
    return PART.sub(lambda found: f"{found[1]}{made[found[2]]}\n{found[3]}", page.read_text("utf-8"))


def _exits() -> str:
    rows = (
        (f"*{one.name}*", *(_EFFECTS[one.effect(flag)] for flag in Flag)) for one in load().exits.values()
    )
    return table(("way out", *(flag.value.replace("_", " ") for flag in Flag)), rows)


def _parcels() -> str:
    rows = (
        (
            f"*{one.name}*",
            one.label,
            _yes(one.personal_rows_leave),
            _yes(one.commits_tags),
            _yes(one.carries_tags),
            _yes(one.needs_recipient_key),
            "any" if one.most_children is None else str(one.most_children),
            "yes"
            if one.name in BUILT | ALONE
            else "yes: for anybody, no use"
            if one.name in OPEN
            else "not yet: refused",
        )
        for one in load().exits.values()
    )
    heads = (
        "way out",
        "in a family's words",
        "rows leave",
        "list in the log",
        "tag on each row",
        "locked",
        "children",
    )
    return table((*heads, "built"), rows)


def _yes(holds: bool) -> str:  # noqa: FBT001  a word for a table
    return "yes" if holds else "no"
