# SPDX-License-Identifier: Apache-2.0
"""Opens a family's letter and asks for the own code again: what every verb behind the second step begins with (D35)."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from beholden.catalogue import Catalogue
from beholden.gate.actions.empowering import powers_about
from beholden.home import here
from beholden.home.keys import load
from beholden.kinds import Actor, PersonId, Role
from beholden.notices import second
from beholden.people.mandate import Mandate, Reach, check, grant
from beholden.people.power import Power
from beholden.people.signs import drawn
from beholden.refusals import Refusal
from beholden.rights.actions import Child, OpenLetter, open_letter
from beholden.rights.record import ChildHere, Shown

FAMILY = Actor("letter", Role.FAMILY)

_REF_SIGNS = 8


@dataclass(frozen=True, slots=True)
class Inside:
    """An open letter whose second step was taken, the mandate that reaches records, and the children to be seen.

    `power` is what this reader may do about each child of the letter at this moment.
    """

    letter: OpenLetter
    held: Mandate
    mandate: str
    seen: tuple[Child, ...]
    power: Mapping[PersonId, Power]

    def here(self, one: Child) -> ChildHere:
        """Return a child as this reader's pages name it."""
        return ChildHere(_ref(self.held.adult, one.person), one.name, self.letter.own)

    def child(self, ref: str) -> tuple[PersonId, ChildHere]:
        """Return the child of a reference, or refuse: another family's reference is as good as none."""
        for one in self.seen:
            if hmac.compare_digest(_ref(self.held.adult, one.person), ref):
                return one.person, self.here(one)
        raise Refusal(
            "rights.no_such_child",
            "There is no such page in your letter.",
            next_step="Go back to your children's records.",
            authority="UK GDPR Art 5(1)(f)",
        )


def letter_of(shown: Shown, catalogue: Catalogue, at: datetime) -> tuple[OpenLetter, Mandate]:
    """Open the letter, and return it with its mandate. Refuses as `open_letter` does."""
    letter = open_letter(code=shown.code, born_on=shown.born, catalogue=catalogue, by=FAMILY, at=at)
    return letter, check(letter.mandate, key=load(here(), "letters"), at=at)


def step_in(shown: Shown, catalogue: Catalogue, at: datetime) -> Inside:
    """Open the letter and take the second step again. Whoever has only the letter gets nothing.

    Of its children those are there whose record this reader may see at this moment; another is as good as none.
    """
    letter, held = letter_of(shown, catalogue, at)
    second.check_own(
        letter=held.letter,
        adult=held.adult,
        code=shown.second,
        catalogue=catalogue,
        by=FAMILY,
        at=at,
    )
    reaching = replace(held, reach=Reach.RECORD)
    named = tuple(dict.fromkeys((*letter.children, *letter.watched)))
    pairs = {(one.person, held.adult) for one in named}
    found = powers_about(pairs, catalogue=catalogue, by=FAMILY, at=at)
    power = {one.person: found[one.person, held.adult] for one in named}
    seen = tuple(one for one in named if power[one.person].sees)
    return Inside(letter, reaching, grant(reaching, key=load(here(), "letters")), seen, power)


def _ref(adult: str, person: PersonId) -> str:
    """Return one adult's own reference for one child: two adults of one child have two, and neither says whose."""
    key = load(here(), "letters")
    said = b"beholden/record/v1/ref\n" + adult.encode() + person.bytes
    return drawn(hmac.digest(key, said, hashlib.sha256), _REF_SIGNS)
