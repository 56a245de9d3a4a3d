# SPDX-License-Identifier: Apache-2.0
"""The contacts that a school's own system holds, as the relay meets them. Text out: no file.

The census carries no contacts and the keeper keeps none. A national keeper hands each school a pack keyed
by the school's own pupil numbers and learns only that a code was used; these files play the school's side
of that. Only adults who may decide for a pupil on the roll are here. A pupil whose family the school cannot
reach is in no list of `decides_for`: that pupil stays untold.
"""

import hashlib
import json
from collections.abc import Iterator

from beholden.town.calendar import REFERENCE_DATE
from beholden.town.folk import Address, Adult, Family
from beholden.town.schools import School


def head(school: School) -> str:
    """Return the beginning of a school's contacts, up to the first adult; `tail` ends it."""
    fields = {"laestab": school.laestab, "school": school.name, "reference_date": REFERENCE_DATE.isoformat()}
    return _json(fields)[:-1] + ',"contacts":['


def tail() -> str:
    return "\n]}\n"


def entries(family: Family, *, seed: int) -> Iterator[tuple[str, str]]:
    """Yield school number and entry: one for each adult at each school that has a child the adult decides for."""
    if not family.reachable:
        return
    for laestab in sorted({child.roll.laestab for child in family.children if child.roll}):
        for adult in family.adults:
            upns = [
                child.upn
                for child in family.children
                if child.roll and child.roll.laestab == laestab and child.number in adult.decides_for
            ]
            if upns:
                yield laestab, _entry(adult, laestab, upns, seed)


def handle(adult: Adult, laestab: str, *, seed: int) -> str:
    """Return the school's own name for an adult: one for all her children there, another at every other school."""
    return hashlib.sha256(f"{seed}/contact/{laestab}/{adult.number}".encode()).hexdigest()[:16]


def _entry(adult: Adult, laestab: str, upns: list[str], seed: int) -> str:
    return _json(
        {
            "handle": handle(adult, laestab, seed=seed),
            "name": f"{adult.forename} {adult.surname}",
            "address": {"lines": _lines(adult.address), "postcode": adult.address.postcode},
            "email": adult.email or None,
            "preferred": adult.preferred,
            "decides_for": upns,
        }
    )


def _lines(address: Address) -> list[str]:
    return [line for line in (address.saon, f"{address.paon} {address.street}", address.town) if line]


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
