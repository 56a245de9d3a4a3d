# SPDX-License-Identifier: Apache-2.0
"""What a family may see after the second step: the record, who used it, who looked, a copy, a proof (D27, D28, D30).

These are verbs of the hatch and run in the keeper's process. Each opens the letter afresh and asks for the own code
again, so that an order, a dead letter or a newer code ends everything at the next press. Nothing here tells one reader
about another (ux.md 8.1): not what another adult said, looked at, or that there is one.
"""

import hashlib
import hmac
from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime

from beholden.catalogue import Catalogue
from beholden.gate.actions.copying import Copy, copy
from beholden.gate.actions.proving import bundle
from beholden.gate.looks import handovers_of, looks_at
from beholden.home import here
from beholden.home.keys import load
from beholden.kinds import Actor, PersonId, Role, UseRef
from beholden.ledger.canonical import print_json
from beholden.notices import second
from beholden.people.mandate import Mandate, Reach, check, grant
from beholden.people.queries import officers_among
from beholden.people.signs import drawn
from beholden.refusals import Refusal
from beholden.rights.actions import OpenLetter, open_letter
from beholden.rights.plain import fact_line
from beholden.rights.record import (
    AboutChild,
    ChildHere,
    Entered,
    FactGroup,
    File,
    LookLine,
    Overview,
    RecordPage,
    Shown,
    UsedPage,
    UseLine,
)
from beholden.uses.queries import PublicUse, asked, public_use, register_of_uses

FAMILY = Actor("letter", Role.FAMILY)
UNDECIDED = frozenset({"To decide", "Agreed", "Open"})
"""Words for a use that has not been decided for anybody's record."""

_REF_SIGNS = 8


@dataclass(frozen=True, slots=True)
class _Open:
    """An open letter whose second step was taken, and the mandate that reaches its children's records."""

    letter: OpenLetter
    held: Mandate
    mandate: str

    def child(self, ref: str) -> tuple[PersonId, ChildHere]:
        """Return the child of a reference, or refuse: another family's reference is as good as none."""
        for one in self.letter.children:
            if hmac.compare_digest(_ref(self.held.adult, one.person), ref):
                return one.person, ChildHere(ref, one.name)
        raise Refusal(
            "rights.no_such_child",
            "There is no such page in your letter.",
            next_step="Go back to your children's records.",
            authority="UK GDPR Art 5(1)(f)",
        )


def enter(asked_with: Shown, *, catalogue: Catalogue, at: datetime) -> Entered:
    """Take the second step: exchange a second code for an own code, or take an own code.

    Refuses as `open_letter` and `notices.second.exchange` do.
    """
    held = _letter(asked_with, catalogue, at)[1]
    own = second.exchange(
        letter=held.letter,
        adult=held.adult,
        code=asked_with.second,
        catalogue=catalogue,
        by=FAMILY,
        at=at,
    )
    return Entered(own)


def overview(shown: Shown, *, catalogue: Catalogue, at: datetime) -> Overview:
    """Return the children of this adult and what waits for an answer. Reads no record."""
    found = _opened(shown, catalogue, at)
    waiting = [notice for notice in found.letter.notices if notice.window_open]
    return Overview(
        tuple(ChildHere(_ref(found.held.adult, one.person), one.name) for one in found.letter.children),
        len(waiting),
        waiting[0].answer_by if waiting else None,
    )


def record(question: AboutChild, *, catalogue: Catalogue, at: datetime) -> RecordPage:
    """Return everything held about one child that this reader may see, through the gate (*subject copy*)."""
    found = _opened(question.shown, catalogue, at)
    person, child = found.child(question.child)
    got = copy(person, mandate=found.mandate, what="page", catalogue=catalogue, by=FAMILY, at=at)
    return RecordPage(child, _groups(got, catalogue), _labels(got.not_shown, catalogue), got.restricted)


def used(question: AboutChild, *, catalogue: Catalogue, at: datetime) -> UsedPage:
    """Return every use that touches one child and every look that this reader may know of.

    Which proposed uses are about the child follows from the record, so this too is a look that goes into the journal.
    """
    found = _opened(question.shown, catalogue, at)
    person, child = found.child(question.child)
    got = copy(person, mandate=found.mandate, what="uses", catalogue=catalogue, by=FAMILY, at=at)
    proposed = tuple(
        _use_line(use, None)
        for use in register_of_uses(catalogue)
        if use.state_label in UNDECIDED and _is_about(use.ref, got)
    )
    gone = tuple(
        replace(_use_line(public_use(one.use, catalogue), one.in_list), on=one.logged_at.date())
        for one in handovers_of(person)
    )
    return UsedPage(child, proposed, gone, _looks(person, found.held.adult), at)


def copy_file(question: AboutChild, *, catalogue: Catalogue, at: datetime) -> File:
    """Return the copy as JSON, to keep or to hand to a machine (D30; UK GDPR Art 15(3), Art 20)."""
    found = _opened(question.shown, catalogue, at)
    person, _ = found.child(question.child)
    got = copy(person, mandate=found.mandate, what="file", catalogue=catalogue, by=FAMILY, at=at)
    uses = [
        {"in_list": one.in_list, "on": one.logged_at.date().isoformat(), "use": one.use}
        for one in handovers_of(person)
    ]
    whole = {
        "about": "A copy of what the School Records Register holds about one child.",
        "groups": [
            {
                "facts": [
                    {
                        "item": line.item,
                        "kept": line.kept,
                        "label": line.label,
                        "law": line.law,
                        "mark": line.mark or None,
                        "owed": line.owed,
                        "value": line.value,
                        "why": line.why,
                    }
                    for line in group.lines
                ],
                "on_roll": group.on_roll,
                "received_on": group.received_on.isoformat() if group.received_on else None,
                "title": group.title,
            }
            for group in _groups(got, catalogue)
        ],
        "made_at": at.replace(microsecond=0).isoformat(),
        "not_in_this_copy": list(_labels(got.not_shown, catalogue)),
        "restricted": got.restricted,
        "uses": uses,
    }
    return File(f"school-record-{at:%Y-%m-%d}.json", print_json(whole))


def proof_file(question: AboutChild, *, catalogue: Catalogue, at: datetime) -> File:
    """Return the proof of one child: in which handovers its row was, and in which it was not, to check offline."""
    found = _opened(question.shown, catalogue, at)
    person, _ = found.child(question.child)
    content = bundle(person, mandate=found.mandate, by=FAMILY, at=at)
    return File(f"school-record-proof-{at:%Y-%m-%d}.json", content)


def _letter(shown: Shown, catalogue: Catalogue, at: datetime) -> tuple[OpenLetter, Mandate]:
    letter = open_letter(code=shown.code, born_on=shown.born, catalogue=catalogue, by=FAMILY, at=at)
    return letter, check(letter.mandate, key=load(here(), "letters"), at=at)


def _opened(shown: Shown, catalogue: Catalogue, at: datetime) -> _Open:
    """Open the letter and take the second step again. Whoever has only the letter gets nothing."""
    letter, held = _letter(shown, catalogue, at)
    second.check_own(
        letter=held.letter,
        adult=held.adult,
        code=shown.second,
        catalogue=catalogue,
        by=FAMILY,
        at=at,
    )
    reaching = replace(held, reach=Reach.RECORD)
    return _Open(letter, reaching, grant(reaching, key=load(here(), "letters")))


def _ref(adult: str, person: PersonId) -> str:
    """Return one adult's own reference for one child: two adults of one child have two, and neither says whose."""
    key = load(here(), "letters")
    said = b"beholden/record/v1/ref\n" + adult.encode() + person.bytes
    return drawn(hmac.digest(key, said, hashlib.sha256), _REF_SIGNS)


def _groups(got: Copy, catalogue: Catalogue) -> tuple[FactGroup, ...]:
    about = FactGroup(
        "Who this record is about",
        None,
        True,
        tuple(fact_line(catalogue.item(one.item), one.value, catalogue) for one in got.known),
    )
    said = tuple(
        FactGroup(
            catalogue.collection(one.collection, one.term, one.year).label,
            one.received_on,
            one.on_roll,
            tuple(
                fact_line(catalogue.item(fact.item), fact.value, catalogue, mark=fact.mark)
                for fact in one.facts
            ),
        )
        for one in got.told
    )
    return (about, *said)


def _labels(items: tuple[str, ...], catalogue: Catalogue) -> tuple[str, ...]:
    return tuple(catalogue.item(item).label for item in items)


def _is_about(ref: UseRef, got: Copy) -> bool:
    """Say whether the child is in a use's scope, as `register.rows.read.population` would: on roll, in those years."""
    wanted = asked(ref).population
    for one in got.told:
        year = next((fact.value for fact in one.facts if fact.item == "nc_year"), None)
        in_years = not wanted.school_years or year in wanted.school_years
        same = (one.collection, one.term, one.year) == (wanted.collection, wanted.term, wanted.year)
        if same and one.on_roll and in_years:
            return True
    return False


def _use_line(use: PublicUse, in_list: bool | None) -> UseLine:  # noqa: FBT001  three answers: in, not in, not decided
    return UseLine(use.ref, use.title, f"{use.applicant}, {use.country}", use.state_label, None, in_list)


def _looks(person: PersonId, adult: str) -> tuple[LookLine, ...]:
    """Return the looks of this adult and of officers, by day and kind. Another adult's are not there (8.1)."""
    seen: Counter[tuple[int, str, str]] = Counter()
    looks = looks_at(person)
    officers = officers_among({look.by for look in looks})
    for look in looks:
        if look.by == adult:
            seen[look.at.date().toordinal(), look.what, "you"] += 1
        elif look.exit == "urgent":
            seen[look.at.date().toordinal(), look.exit, "officer"] += 1
        elif look.by in officers:
            seen[look.at.date().toordinal(), look.what, "registrar"] += 1
    return tuple(
        LookLine(datetime.fromordinal(on).date(), what, who, times)
        for (on, what, who), times in sorted(seen.items(), reverse=True)
    )
