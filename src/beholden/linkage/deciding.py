# SPDX-License-Identifier: Apache-2.0
"""Decides what becomes of each candidate: accept, review by a person, or none; and gives one reason for it.

The plan, for one record and everybody the rules found for it:

0. A pupil number that agrees is enough with the same given name, or a slip of it; under another name only with the same
   birth date, and where nobody of one household can be meant. Alone it is for a person to see, and below `LIKELY` too.
1. Otherwise nothing is accepted below `SURE`, where the certainty of all candidates and of *nobody* is 1 together.
2. The best must lead the next by `LEAD` bits.
3. The given name must be the same, or a slip that is nobody's name, no letter for another, not at either end, and not
   of another sex. Twins share surname, birth date and postcode, and a sum of weights takes these for three witnesses
   where there is one household. No threshold removes twins; this does, but for one whose name looks like such a slip.
4. The birth date must agree, and the surname or the postcode with it; where it has a slip, both of these. Of a short
   surname the same consonants are not enough: Li is not Lu.
5. If somebody else of that birth date and household stands in the register, the given name must be the very same.
6. Every strong rule must have been followed to its end: whoever was not looked at may be the better one.
7. For a purpose that is adverse to the person nothing is accepted: a person looks first.

What is likely (`LIKELY`) and not accepted goes to a person. It refuses to know what the match is for, beyond 7.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from rapidfuzz.distance import OSA, JaroWinkler

from beholden.linkage.comparing import ALIKE, COMPARISONS, FIELD
from beholden.linkage.model import Frequencies
from beholden.linkage.names import leads
from beholden.linkage.people import Person
from beholden.linkage.scoring import Weighed
from beholden.linkage.spellings import is_known

SURE, LIKELY, LEAD = 0.99, 0.25, 10.0
"""Probability to accept, probability to trouble a person with, and bits that the best must lead by."""

REGISTER_KNOWS_NAMES = 1_000
"""From so many names on, one that nobody in the register bears may be a slip. In a shorter list it is only rare."""

_SHORTEST_SLIP, _SHORTEST_FRAME = 4, 3


class Decision(StrEnum):
    """What becomes of one pair."""

    ACCEPT = "accept"
    REVIEW = "review"
    NONE = "none"


class Reason(StrEnum):
    """Why, in one word; `SAYS` has the sentence."""

    NUMBER = "number"
    SURE = "sure"
    NUMBER_ALONE = "number-alone"
    NUMBER_TWICE = "number-twice"
    NOT_SURE = "not-sure"
    RIVAL = "rival"
    GIVEN_NAME = "given-name"
    NAMELESS = "nameless"
    BIRTH_DATE = "birth-date"
    HOUSEHOLD = "household"
    CUT_SHORT = "cut-short"
    PURPOSE = "purpose"
    UNLIKELY = "unlikely"


SAYS = {
    Reason.NUMBER: "The pupil number agrees, and the given name or the birth date with it.",
    Reason.SURE: "All that is known agrees well enough, and nobody else comes near.",
    Reason.NUMBER_ALONE: "The pupil number agrees and the person does not: a number can be mistaken for another's.",
    Reason.NUMBER_TWICE: "The pupil number leads to more than one person, or away from a better one.",
    Reason.NOT_SURE: "It may be, and it is not sure enough.",
    Reason.RIVAL: "Somebody else comes near.",
    Reason.GIVEN_NAME: "The given name is another: it may be a twin, a brother or a sister.",
    Reason.NAMELESS: "One side has no given name: it may be a twin, a brother or a sister.",
    Reason.BIRTH_DATE: "The birth date, or both surname and postcode, do not agree well enough.",
    Reason.HOUSEHOLD: "Somebody of the same birth date and household is in the register.",
    Reason.CUT_SHORT: "So many bear these names that not everybody was compared.",
    Reason.PURPOSE: "What it is for can harm the person, so a person looks first.",
    Reason.UNLIKELY: "It is unlikely.",
}


class Candidate(NamedTuple):
    """Somebody the rules found: the row in the register, as known there, how it agrees, and how sure one can be."""

    row: int
    person: Person
    weighed: Weighed
    probability: float

    def agrees(self, field: str, *names: str) -> bool:
        """Say whether a field agrees at one of the named levels."""
        place = FIELD[field]
        return COMPARISONS[place].levels[self.weighed.levels[place]].name in names


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of one candidate, and why."""

    decision: Decision
    reason: Reason


_NOT_SURE, _UNLIKELY = (
    Verdict(Decision.REVIEW, Reason.NOT_SURE),
    Verdict(Decision.NONE, Reason.UNLIKELY),
)


def decide(
    asked: Person, candidates: Sequence[Candidate], counted: Frequencies, *, whole: bool, adverse: bool
) -> tuple[Verdict, ...]:
    """Return a verdict for each candidate; they stand best first. `whole`: every strong rule was followed."""
    if not candidates:
        return ()
    best, *others = candidates
    numbered = [one for one in candidates if asked.pupil_number and one.agrees("pupil_number", "exact")]
    verdicts = [_of_the_rest(one) for one in candidates]
    if numbered:
        held = _numbered(asked, numbered, best, others, counted)
        verdicts = [
            held if one in numbered else verdict for one, verdict in zip(candidates, verdicts, strict=True)
        ]
    else:
        verdicts[0] = _best(asked, best, others, counted, whole=whole)
    if adverse:
        verdicts = [
            Verdict(Decision.REVIEW, Reason.PURPOSE) if one.decision is Decision.ACCEPT else one
            for one in verdicts
        ]
    return tuple(verdicts)


def _of_the_rest(one: Candidate) -> Verdict:
    return _NOT_SURE if one.probability >= LIKELY else _UNLIKELY


def _numbered(
    asked: Person,
    numbered: Sequence[Candidate],
    best: Candidate,
    others: Sequence[Candidate],
    counted: Frequencies,
) -> Verdict:  # 0
    one = numbered[0]
    if len(numbered) > 1 or one is not best:
        return Verdict(Decision.REVIEW, Reason.NUMBER_TWICE)
    if one.probability < LIKELY:
        return Verdict(Decision.REVIEW, Reason.NUMBER_ALONE)
    if is_same_given(asked, one, counted) or is_slip(asked, one.person, counted):
        return Verdict(Decision.ACCEPT, Reason.NUMBER)
    against = _against_the_number(asked, one, others)
    return Verdict(Decision.REVIEW, against) if against else Verdict(Decision.ACCEPT, Reason.NUMBER)


def _against_the_number(asked: Person, one: Candidate, others: Sequence[Candidate]) -> Reason | None:
    """Return what stands against a number under another given name, or under none: it may be a twin's."""
    if not one.agrees("birth_date", "exact"):
        return Reason.NUMBER_ALONE
    named = not one.agrees("given_name", "missing")
    if one.agrees("given_name", "else") or (named and _one_household(asked, one.person)):
        return Reason.GIVEN_NAME
    return Reason.HOUSEHOLD if any(_of_household(each, one) for each in others) else None


def _best(
    asked: Person, best: Candidate, others: Sequence[Candidate], counted: Frequencies, *, whole: bool
) -> Verdict:
    if best.probability < SURE:  # 1
        if others and others[0].probability >= LIKELY:
            return Verdict(_of_the_rest(best).decision, Reason.RIVAL)
        return _of_the_rest(best)
    against = _against(asked, best, others, counted, whole=whole)
    return Verdict(Decision.REVIEW, against) if against else Verdict(Decision.ACCEPT, Reason.SURE)


def _against(
    asked: Person, best: Candidate, others: Sequence[Candidate], counted: Frequencies, *, whole: bool
) -> Reason | None:
    """Return what stands against accepting somebody of whom one is sure by the sum, if anything does."""
    if others and best.weighed.weight - others[0].weighed.weight < LEAD:  # 2
        return Reason.RIVAL
    same = is_same_given(asked, best, counted)
    if not same and not is_slip(asked, best.person, counted):  # 3
        return Reason.NAMELESS if best.agrees("given_name", "missing") else Reason.GIVEN_NAME
    if not _agrees_beside(best):  # 4
        return Reason.BIRTH_DATE
    if not same and any(_of_household(one, best) for one in others):  # 5
        return Reason.HOUSEHOLD
    return None if whole else Reason.CUT_SHORT  # 6


def _agrees_beside(best: Candidate) -> bool:
    """Say whether the rest agrees: the birth date with surname or postcode, a slip of it with both."""
    lives = best.agrees("postcode", "exact")
    named = best.agrees("surname", "exact", "swapped", "part", "close") or (
        best.agrees("surname", "spelling") and len(best.person.surname.spelling) >= _SHORTEST_FRAME
    )
    if best.agrees("birth_date", "exact"):
        return lives or named
    return best.agrees("birth_date", "turned", "slip") and lives and named


def is_same_given(asked: Person, found: Candidate, counted: Frequencies) -> bool:
    """Say whether the given name is the same: all of it, in the surname's place, or with a further name behind it.

    A further name does not count after a name that brothers or sisters often share (Mohammed is not Mohammed Ali), nor
    where the longer one is somebody else's whole given name: then it may be a twin's.
    """
    if found.agrees("given_name", "exact", "swapped"):
        return True
    one, two = asked.given, found.person.given
    shared = min(len(one.words), len(two.words))
    if not shared or one.words[:shared] != two.words[:shared] or (shared == 1 and leads(one.words[0])):
        return False
    longer, bearers = (one, 0) if len(one.words) > shared else (two, 1)
    names = counted.counts["given_name"]
    return counted.totals["given_name"] >= REGISTER_KNOWS_NAMES and names[longer.full] <= bearers


def is_slip(asked: Person, found: Person, counted: Frequencies) -> bool:
    """Say whether a given name is another with a slip of the keyboard: near it, of no other sex, and nobody's name.

    A name that somebody in the register bears, or that stands in our table, is a name: Kayden is no slip of Jayden. No
    register and no table has all names, so only that is a slip which seldom makes a name: inside it a letter too many,
    too few, or changed about with the next. Twins are Amira and Samira, Adrian and Adriana, Lena and Lina. The table is
    in letters a to z, so that in another script it cannot be said whether a name is nobody's.
    """
    one, two = asked.given.full, found.given.full
    if {asked.sex, found.sex} == {"F", "M"} or not (one.isascii() and two.isascii()):
        return False
    if min(len(one), len(two)) < _SHORTEST_SLIP or OSA.distance(one, two, score_cutoff=1) > 1:
        return False
    inside = one[0] == two[0] and one[-1] == two[-1]
    another = len(one) == len(two) and sorted(one) != sorted(two)  # one letter for another
    names = counted.counts["given_name"]
    known = counted.totals["given_name"] >= REGISTER_KNOWS_NAMES
    return known and inside and not another and not names[one] and not is_known(one)


def _of_household(one: Candidate, best: Candidate) -> bool:
    return one.row != best.row and _one_household(one.person, best.person)


def _one_household(mine: Person, theirs: Person) -> bool:
    """Say whether two people have one birth date, and one place or nearly one surname, as twins have."""
    near = mine.postcode == theirs.postcode or (
        JaroWinkler.similarity(mine.surname.full, theirs.surname.full) >= ALIKE
    )
    return mine.birth_date == theirs.birth_date and near
