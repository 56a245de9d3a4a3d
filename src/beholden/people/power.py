# SPDX-License-Identifier: Apache-2.0
"""Decides who may see, who may decide and who may be contacted about one child: three different things (D14, D15, D35).

What is known comes as *lines of power*: written by the registrar, each on evidence that the catalogue names, never
changed. No clock, no database. Of an adult about whom nothing is written, the school's word in its letters counts, as
long as no order speaks about the child; from then on whoever is not written down as a holder is refused. An order only
ever takes: a line of it about somebody who had nothing gives that adult nothing, and nobody else anything.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from beholden.catalogue import Catalogue, PowerSays, Store
from beholden.people.adults import is_digest
from beholden.refusals import Refusal

DECIDE, CONTACT = "decide", "contact"
TAKES: tuple[str, ...] = (DECIDE, CONTACT, *(store.value for store in Store))
"""What an order can take from one adult: the word, the letters, or the sight of a group of fields."""

ORDERS = frozenset({PowerSays.RESTRICTED, PowerSays.ENDED})
"""What only takes: a line of these gives nobody anything, whenever and about whomever it is written."""

_TITLES = frozenset({PowerSays.HOLDS, PowerSays.ENDED})
_OF_THE_CHILD = frozenset({PowerSays.ABLE, PowerSays.NOT_ABLE})


@dataclass(frozen=True, slots=True)
class Line:
    """One line about one child. `adult` is a keyed digest; `body` the organisation it speaks for, or empty.

    `since` and `until` are the order's or the judgement's own days (aware UTC, the end not counted; None: no end).
    `takes`: of a restriction, what it takes away. `about`: of a judgement, the items and purposes it was made for;
    empty: all of them.
    """

    adult: str
    says: PowerSays
    evidence: str
    since: datetime
    until: datetime | None = None
    body: str = ""
    takes: tuple[str, ...] = ()
    about: tuple[str, ...] = ()

    def counts(self, at: datetime) -> bool:
        """Say whether the line speaks at a moment."""
        return self.since <= at and (self.until is None or at < self.until)


@dataclass(frozen=True, slots=True)
class Reader:
    """Who wants to see or decide: an opaque adult, or the child herself."""

    adult: str
    is_child: bool = False


@dataclass(frozen=True, slots=True)
class Power:
    """What one reader may do about one child at one moment.

    `only`: the items and purposes that a child decides who was judged for those alone; None: any. `kept`: items and
    purposes that are the child's alone, from this reader. `body`: the organisation the reader speaks for.
    """

    sees: frozenset[Store] = frozenset()
    decides: bool = False
    contacted: bool = False
    only: frozenset[str] | None = None
    kept: frozenset[str] = frozenset()
    body: str = ""

    @property
    def is_nothing(self) -> bool:
        """Whether this reader has no part in the child's record at all."""
        return not (self.sees or self.decides or self.contacted)

    def decides_on(self, purpose: str, parties: Collection[str]) -> bool:
        """Say whether a *leave in* of this reader counts for a use of some purpose with these parties (D15).

        The plan: 1 whoever may decide nothing decides nothing; 2 a child who was judged for some matters decides those;
        3 a body never decides on a use that it asks for, receives or supplies.
        """
        if not self.decides:
            return False  # 1
        if self.only is not None and purpose not in self.only:
            return False  # 2
        return not self.body or self.body not in parties  # 3

    def stricter(self, other: "Power") -> "Power":
        """Return what both give, of one reader of two records that are one child: each takes what it takes (D14)."""
        return Power(
            self.sees & other.sees,
            self.decides and other.decides,
            self.contacted and other.contacted,
            other.only if self.only is None else self.only if other.only is None else self.only & other.only,
            self.kept | other.kept,
            self.body or other.body,
        )


NOTHING = Power()
EVERYTHING = Power(frozenset(Store), decides=True, contacted=True)


def power_of(
    reader: Reader, lines: Sequence[Line], *, of_age: bool, hers: frozenset[str], at: datetime
) -> Power:
    """Return what one reader may do about one child, whose lines stand in the order in which they were written.

    `of_age`: guardians decide for her no more (`Catalogue.guardians_end`). `hers`: what is an able child's alone.

    The plan: 1 the person herself has everything once she is of age or was judged able, and nothing before; who was
    judged for some matters only decides those, and sees no record; 2 of age, nobody else has anything; 3 about an adult
    the newest line that gives or ends power speaks; what only begins later gives nothing now; what has run out gives
    nothing; 4 who has no such line has what the school's letter says, unless an order stands that was written before
    anything about this adult: what an order says of somebody who had nothing is no grant; 5 what orders take, they
    take from whatever is left; 6 what is an able child's alone is kept from all others.
    """
    able = _able(lines, at)
    if reader.is_child:
        return _her_own(able, of_age=of_age)  # 1
    if of_age:
        return NOTHING  # 2
    given = _given(reader.adult, lines, at)  # 3, 4
    if given.is_nothing:
        return NOTHING
    for line in _restrictions(reader.adult, lines, at):  # 5
        given = replace(
            given,
            sees=given.sees - {store for store in Store if store.value in line.takes},
            decides=given.decides and DECIDE not in line.takes,
            contacted=given.contacted and CONTACT not in line.takes,
        )
    return given if able is None else replace(given, kept=_covered(able, hers))  # 6


def decides_alone(
    lines: Sequence[Line], purpose: str, *, of_age: bool, hers: frozenset[str], at: datetime
) -> bool:
    """Say whether, once she has answered, the person's own answer about a purpose is the only one (D14, D15)."""
    able = _able(lines, at)
    return of_age or (able is not None and purpose in _covered(able, hers))


def was_judged(lines: Sequence[Line]) -> bool:
    """Say whether a judgement was ever written about a child, whatever it says."""
    return any(line.says in _OF_THE_CHILD for line in lines)


def able_since(lines: Sequence[Line], at: datetime) -> datetime | None:
    """Return since when a child stands as judged able to decide, for anything; None: she does not."""
    able = _able(lines, at)
    return None if able is None else able.since


def _her_own(able: Line | None, *, of_age: bool) -> Power:
    if of_age or (able is not None and not able.about):
        return EVERYTHING
    if able is None:
        return NOTHING
    return Power(decides=True, contacted=True, only=frozenset(able.about))


def _able(lines: Sequence[Line], at: datetime) -> Line | None:
    """Return the judgement that stands: the newest about the child that has begun, if it says *able* and lasts."""
    begun = [line for line in lines if line.says in _OF_THE_CHILD and line.since <= at]
    newest = begun[-1] if begun else None
    return newest if newest is not None and newest.says is PowerSays.ABLE and newest.counts(at) else None


def _covered(able: Line, hers: frozenset[str]) -> frozenset[str]:
    return hers & frozenset(able.about) if able.about else hers


def _given(adult: str, lines: Sequence[Line], at: datetime) -> Power:
    titles = [line for line in lines if line.adult == adult and line.says in _TITLES]
    newest = _newest(titles, at)
    if newest is not None:
        holds = newest.says is PowerSays.HOLDS and newest.counts(at)
        return replace(EVERYTHING, body=newest.body) if holds else NOTHING
    if any(line.says is PowerSays.HOLDS for line in titles):
        return NOTHING  # it begins later
    first = next((place for place, line in enumerate(lines) if line.adult == adult), len(lines))
    return NOTHING if any(place < first for place in _orders(lines, at)) else EVERYTHING


def order_speaks(lines: Sequence[Line], at: datetime) -> bool:
    """Say whether, at a moment, an order stands that takes something from any adult about this child.

    What ends or limits a body's power takes nothing from an adult, so it does not speak.
    """
    return bool(_orders(lines, at))


def keeps_from_somebody(lines: Sequence[Line], group: Store, at: datetime) -> bool:
    """Say whether an order stands that takes one group of a child's fields from anybody, or from an adult all (D35)."""
    ended = any(lines[place].says is PowerSays.ENDED for place in _orders(lines, at))
    return ended or any(
        group.value in line.takes
        for adult in {one.adult for one in lines}
        for line in _restrictions(adult, lines, at)
    )


def _orders(lines: Sequence[Line], at: datetime) -> tuple[int, ...]:
    """Return where the orders stand, by their place in the list, that took something from an adult."""
    return tuple(
        place
        for place, line in enumerate(lines)
        if line.says in ORDERS and _stands(place, lines, at) and not _is_about_a_body(place, lines)
    )


def _stands(place: int, lines: Sequence[Line], at: datetime) -> bool:
    """Say whether an order stands: one that ends power while none is given anew, a restriction till it is lifted.

    Power is given anew by the adult's own paper, written after the order, from no earlier day, while it lasts. A lift
    ends what was written before it and had begun by the day of the lift: an order that begins later is another one. A
    new paper that gives power lifts nothing: a birth certificate shown after an order takes nothing from it.
    """
    order = lines[place]
    later = [line for line in lines[place + 1 :] if line.adult == order.adult]
    if order.says is PowerSays.ENDED:
        holds = [line for line in later if line.says is PowerSays.HOLDS and not line.body and line.counts(at)]
        return order.since <= at and not any(order.since <= line.since for line in holds)
    lifts = [line for line in later if line.says is PowerSays.LIFTED and line.counts(at)]
    return order.counts(at) and not any(order.since <= lift.since for lift in lifts)


def _is_about_a_body(place: int, lines: Sequence[Line]) -> bool:
    """Say whether what an order took was a body's: it names one, or the title written before it did."""
    order = lines[place]
    titles = [line for line in lines[:place] if line.adult == order.adult and line.says is PowerSays.HOLDS]
    return bool(order.body or (titles and titles[-1].body))


def _newest(titles: Sequence[Line], at: datetime) -> Line | None:
    """Return the newest line that has begun, but for a paper whose power is older than an end written before it."""
    begun = [line for line in titles if line.since <= at]
    ends = [(place, line.since) for place, line in enumerate(begun) if line.says is PowerSays.ENDED]
    speak = [
        line
        for place, line in enumerate(begun)
        if line.says is PowerSays.ENDED or all(place < end or since <= line.since for end, since in ends)
    ]
    return speak[-1] if speak else None


def _restrictions(adult: str, lines: Sequence[Line], at: datetime) -> tuple[Line, ...]:
    return tuple(
        line
        for place, line in enumerate(lines)
        if line.adult == adult and line.says is PowerSays.RESTRICTED and _stands(place, lines, at)
    )


def check_line(line: Line, *, catalogue: Catalogue, child: str) -> None:
    """Refuse a line that could not be acted upon. `child` is the digest of the child herself.

    What must hold: 1 the catalogue names this evidence, for such a line, and for a body exactly if one is named; 2 it
    ends after it begins; 3 what a restriction takes is named, and nothing else takes; 4 a judgement is about the child
    herself, and every other line about somebody else; 5 what it is about is in the catalogue.
    """
    evidence = catalogue.evidence.get(line.evidence)
    if evidence is None or line.says not in evidence.supports:
        raise _malformed(
            f"This evidence is not one on which a line that says {line.says.value} may rest."
        )  # 1
    if evidence.of_body and not line.body:
        raise _malformed("This evidence is about a body: name the organisation.")
    if line.body and line.says is PowerSays.HOLDS and not evidence.of_body:
        raise _malformed("This evidence is about a person: name no organisation.")
    if line.until is not None and line.until <= line.since:
        raise _malformed("It would end before it begins.")  # 2
    is_restriction = line.says is PowerSays.RESTRICTED
    if is_restriction != bool(line.takes) or not set(line.takes) <= set(TAKES):
        raise _malformed(f"A restriction takes at least one of: {', '.join(TAKES)}. Nothing else takes.")  # 3
    is_judgement = line.says in _OF_THE_CHILD
    if not is_digest(line.adult) or is_judgement != (line.adult == child):
        raise _malformed(
            "A judgement is about the child herself; every other line is about somebody else."
        )  # 4
    known = {*catalogue.items, *catalogue.purposes}
    if line.about and (line.says is not PowerSays.ABLE or not set(line.about) <= known):
        raise _malformed("What a judgement is about, the catalogue names.")  # 5


def _malformed(sentence: str) -> Refusal:
    return Refusal(
        "people.power_line",
        sentence,
        next_step="Look at the catalogue page, under *Who decides*, and write the line again.",
        authority="D14, D35",
    )
