# SPDX-License-Identifier: Apache-2.0
"""Opens a letter for a family: the notice, the children's first names, this adult's own answers, and no more (U1)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from beholden.catalogue import Catalogue
from beholden.choices import queries as choices
from beholden.choices.rules import Answer
from beholden.kinds import Actor, PersonId, UseRef
from beholden.notices import actions as notices
from beholden.uses import queries as uses


@dataclass(frozen=True, slots=True)
class Child:
    """One child of the letter: its place in it, an opaque identifier, and the first name."""

    position: int
    person: PersonId
    name: str


@dataclass(frozen=True, slots=True)
class Notice:
    """One use as a family reads it: the five lines, the day, and what this adult has answered so far."""

    use: UseRef
    title: str
    kind_of_organisation: str
    who: str
    why: str
    what: str
    where: str
    starts_on: date
    ends_on: date
    answer_by: datetime
    window_open: bool
    purpose: str
    purpose_label: str
    answered: Mapping[PersonId, Answer]


@dataclass(frozen=True, slots=True)
class OpenLetter:
    """What the door may show after a code and a birth date. `mandate` lets it write an answer for a day."""

    mandate: str
    children: tuple[Child, ...]
    notices: tuple[Notice, ...]


def open_letter(*, code: str, born_on: date, catalogue: Catalogue, by: Actor, at: datetime) -> OpenLetter:
    """Open a letter, or refuse as `beholden.notices.actions.open_letter` does."""
    opened = notices.open_letter(code=code, born_on=born_on, catalogue=catalogue, by=by, at=at)
    use = uses.public_use(opened.use, catalogue)
    children = tuple(Child(place, person, name) for place, (person, name) in enumerate(opened.children, 1))
    answered = choices.answers_for_use(
        opened.adult, tuple(child.person for child in children), opened.use, at=at
    )
    answer_by = use.answer_by or at
    notice = Notice(
        use=use.ref,
        title=use.title,
        kind_of_organisation=use.kind_of_organisation,
        who=f"{use.applicant}, {use.country}.",
        why=use.why,
        what=use.what,
        where=use.where,
        starts_on=use.starts_on,
        ends_on=use.ends_on,
        answer_by=answer_by,
        window_open=at <= answer_by and use.state == "window",
        purpose=use.purpose,
        purpose_label=use.purpose_label,
        answered=answered,
    )
    return OpenLetter(opened.mandate, children, (notice,))
