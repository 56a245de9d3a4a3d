# SPDX-License-Identifier: Apache-2.0
"""Puts a value right, or lets a family's disagreement stand beside it. The row files stay as they are."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from beholden.catalogue import Catalogue
from beholden.kinds import Actor, PersonId
from beholden.refusals import Refusal
from beholden.register.rows.models import Correction
from beholden.register.rows.scan import has_row
from beholden.register.rules import (
    Evidence,
    Place,
    Scalar,
    Verdict,
    check_correctable,
    check_registrar,
    check_statement,
    check_value,
)
from beholden.register.vault import people
from beholden.register.vault.wall import keeper, one_at_a_time


@dataclass(frozen=True, slots=True)
class About:
    """Which value a correction is about: whose, in which school's return of which census, which item."""

    person: PersonId
    place: Place
    item: str


def correct(
    about: About, value: Scalar, *, evidence: Evidence, catalogue: Catalogue, by: Actor, at: datetime
) -> int:
    """Put one value right (D30; UK GDPR Art 16), and return the number of the line that says so.

    The plan: 1 the registrar; 2 a value of a row, of the fact's own type, and none that a return could not have had; 3
    alone, so that numbers come in the order in which they count; 4 the return in force has such a row; 5 the line. The
    row file stays as it is: whoever reads rows reads them corrected from the commit on. Who received the old value is
    told by `redress`, which looks for lines that it has not told of, so that no kill between the two loses one.
    """
    check_registrar(by)  # 1
    item = catalogue.item(about.item)
    check_correctable(item)  # 2
    check_value(item, value)
    return _line(about, Verdict.PUT_RIGHT, value, "", evidence=evidence, by=by, at=at)


def dispute(
    about: About, statement: str, *, evidence: Evidence, catalogue: Catalogue, by: Actor, at: datetime
) -> int:
    """Leave a value as it is, and let the family's disagreement travel with it from now on (D30; Art 16).

    The words are sealed under the child's key; what travels is the mark. The plan is that of `correct`.
    """
    check_registrar(by)
    check_correctable(catalogue.item(about.item))
    check_statement(statement, most=catalogue.limits.statement_signs)
    return _line(about, Verdict.DISPUTED, None, statement, evidence=evidence, by=by, at=at)


def statements(person: PersonId, item: str, *, by: Actor, at: datetime) -> Mapping[int, str]:
    """Open a family's own words about one item of one person, by the number of their line, for the registrar alone."""
    check_registrar(by)
    with keeper():
        rows = Correction.objects.filter(person=person, item=item, verdict=Verdict.DISPUTED.value)
        return {row.pk: people.opened_words(person, bytes(row.statement)) for row in rows.order_by("pk")}


def _line(
    about: About,
    verdict: Verdict,
    value: Scalar,
    statement: str,
    *,
    evidence: Evidence,
    by: Actor,
    at: datetime,
) -> int:
    place = about.place
    with keeper():
        one_at_a_time()  # 3
        if not has_row(about.person, place, about.item):  # 4
            raise Refusal(
                "register.no_such_value",
                "The register holds no such value about this person.",
                next_step="Look at which school's return of which census says it.",
                authority="D30",
            )
        made = Correction.objects.create(  # 5
            person=about.person,
            collection=place.collection,
            term=place.term,
            year=place.year,
            school=place.school,
            item=about.item,
            verdict=verdict.value,
            value=value,
            evidence=evidence.value,
            statement=people.sealed_words(about.person, statement) if statement else b"",
            salt=secrets.token_bytes(32),
            at=at,
            by=by.ref,
        )
        return made.pk
