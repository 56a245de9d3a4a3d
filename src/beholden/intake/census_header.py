# SPDX-License-Identifier: Apache-2.0
"""Read who sent a return, for which census, and when it was made; refuse a census that is not expected.

It decides whether the header names a census we know and is complete. It refuses to know whether this school was
to send it: that is the register's question.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache

from beholden import catalogue
from beholden.intake.findings import Finding
from beholden.intake.pupils import Window
from beholden.intake.sent_bytes import finding
from beholden.intake.structure import Leaf

_PLACE = "the header"
_CORRECT = "Correct the school's details in your system, export the return again and send it."
_RIGHT_CENSUS = "Send the return of the census that is open now; the one you sent is not."
_NAMES = {"School Census": "SC", "SC": "SC"}
"""How software writes the collection, and its code in the catalogue."""


@dataclass(frozen=True, slots=True)
class Census:
    """One census that may be sent: its code, term and year, and the day it is about."""

    collection: str
    term: str
    year: int
    day: date

    @property
    def window(self) -> Window:
        """Return the days it speaks about. A spring census tells attendance and suspensions of the autumn term."""
        return Window(self.day, date(self.year - 1, 8, 1), date(self.year - 1, 12, 31))


@dataclass(frozen=True, slots=True)
class Header:
    """What a return says of itself. `lea` and `estab` name the school; `serial` counts its exports."""

    collection: str
    term: str
    year: int
    reference_date: date
    lea: str
    estab: str
    urn: str
    software: str
    serial: int
    made_at: datetime
    """By the clock of the school's software; a time without a zone is taken as UTC. It orders files, no more."""

    @property
    def census(self) -> str:
        """Return the census as the catalogue names it, like `SC/SPR/2026`."""
        return f"{self.collection}/{self.term}/{self.year}"


def censuses_of(pack: catalogue.Catalogue) -> tuple[Census, ...]:
    """Return the spring censuses that a catalogue takes; other terms have another structure."""
    return tuple(
        Census(one.collection, one.term, one.year, one.reference_date)
        for one in pack.collections.values()
        if one.collection == "SC" and one.term == "SPR"
    )


@cache
def expected_by_catalogue() -> tuple[Census, ...]:
    """Return the censuses that the pack takes whose return this is."""
    return censuses_of(catalogue.load("england"))


def is_school_number(text: str) -> bool:
    """Say whether a text is a school's number as returns give it: the authority's three digits and its own four."""
    return re.fullmatch("[0-9]{7}", text) is not None


def read(
    leaves: Mapping[str, Leaf], expected: tuple[Census, ...]
) -> tuple[Header | None, Census | None, tuple[Finding, ...]]:
    """Return the header, the census it names, and what is wrong; either is None where it cannot be made out."""
    census, wrong = _census(leaves, expected)
    for name, pattern, what in _FORMS:
        leaf = leaves.get(name, _MISSING)
        if not re.fullmatch(pattern, leaf.text):
            wrong.append(
                _fault(f"header.{name.lower()}", leaf, f"{what} is missing or not written as it must be.")
            )
    reference, made_at = _day(leaves.get("ReferenceDate", _MISSING)), _time(leaves.get("DateTime", _MISSING))
    if census is not None and reference != census.day:
        sentence = "The reference date is missing, or is not the day of this census."
        wrong.append(_fault("100", leaves.get("ReferenceDate", _MISSING), sentence))
    if made_at is None:
        wrong.append(
            _fault("header.datetime", leaves.get("DateTime", _MISSING), "The time of export is no time.")
        )
    if census is None or reference is None or made_at is None or wrong:
        return None, census, tuple(wrong)
    texts = {name: leaf.text for name, leaf in leaves.items()}
    return (
        Header(
            collection=census.collection,
            term=census.term,
            year=census.year,
            reference_date=reference,
            lea=texts["LEA"],
            estab=texts["Estab"],
            urn=texts.get("URN", ""),
            software=texts.get("SoftwareCode", ""),
            serial=int(texts["SerialNo"]),
            made_at=made_at,
        ),
        census,
        (),
    )


_MISSING = Leaf("", 1)
_FORMS = (
    ("SourceLevel", "S", "The source level (S: sent by a school)"),
    ("LEA", "[0-9]{3}", "The number of the local authority"),
    ("Estab", "[0-9]{4}", "The number of the school (Estab)"),
    ("URN", "([0-9]{6})?", "The school's URN"),
    ("SoftwareCode", r"[\w .()/+-]{0,60}", "The name of the software"),
    ("SerialNo", "[0-9]{3,6}", "The serial number of the export"),
)


def _census(leaves: Mapping[str, Leaf], expected: tuple[Census, ...]) -> tuple[Census | None, list[Finding]]:
    """Return the census that the header names, narrowing by collection, then term, then year."""
    known: tuple[Census, ...] = expected
    steps = (
        ("Collection", "header.unknown_collection", "This is not a collection that is taken in here."),
        ("Term", "header.unknown_term", "Returns of this term are not taken in."),
        ("Year", "header.unknown_year", "Returns of this year are not taken in."),
    )
    for name, rule, sentence in steps:
        leaf = leaves.get(name, _MISSING)
        known = tuple(one for one in known if _same(one, name, leaf.text))
        if not known:
            return None, [finding(rule, leaf.line, sentence, _RIGHT_CENSUS, place=_PLACE)]
    return known[0], []


def _same(census: Census, name: str, text: str) -> bool:
    if name == "Collection":
        return _NAMES.get(text) == census.collection
    return text == (census.term if name == "Term" else str(census.year))


def _fault(rule: str, leaf: Leaf, sentence: str) -> Finding:
    return finding(rule, leaf.line, sentence, _CORRECT, place=_PLACE)


def _day(leaf: Leaf) -> date | None:
    if not re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", leaf.text):
        return None
    try:
        return date.fromisoformat(leaf.text)
    except ValueError:
        return None


def _time(leaf: Leaf) -> datetime | None:
    # xs:dateTime, to the second or finer; Python's own reading allows more than that.
    if not re.fullmatch(
        r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})?", leaf.text
    ):
        return None
    try:
        made = datetime.fromisoformat(leaf.text)
        return made.replace(tzinfo=UTC) if made.tzinfo is None else made.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
