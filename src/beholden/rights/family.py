# SPDX-License-Identifier: Apache-2.0
"""What a family may see after the second step: the record, who used it, who looked, a copy, a proof (D27, D28, D30).

These are verbs of the hatch and run in the keeper's process. Each opens the letter afresh and asks for the own code
again, so that an order, a dead letter or a newer code ends everything at the next press. Nothing here tells one reader
about another (ux.md 8.1): not what another adult said, looked at, or that there is one.
"""

from collections import Counter
from dataclasses import replace
from datetime import datetime

from beholden.catalogue import Catalogue
from beholden.gate.actions.copying import Copy, copy
from beholden.gate.actions.opening import Told
from beholden.gate.actions.proving import bundle
from beholden.gate.linked_pairs import why_matched
from beholden.gate.looks import InHandover, handovers_of, looks_at, staff_looks
from beholden.kinds import PersonId, UseRef
from beholden.ledger.canonical import print_json
from beholden.linkage.explaining import told
from beholden.notices import second
from beholden.people.power import Power
from beholden.people.queries import officers_among
from beholden.redress.incidents import told_of
from beholden.rights.contesting import with_contest
from beholden.rights.handed import Tells, tells
from beholden.rights.plain import fact_line
from beholden.rights.record import (
    AboutChild,
    Entered,
    FactGroup,
    File,
    LookLine,
    Overview,
    RecordPage,
    Shown,
    UsedPage,
    UseLine,
    WentWrong,
)
from beholden.rights.second_step import FAMILY, Inside, letter_of, step_in
from beholden.uses.queries import PublicUse, asked, public_use, register_of_uses
from beholden.uses.rules import Population
from beholden.uses.rules.repeating import is_newer

UNDECIDED = frozenset({"To decide", "Agreed", "Open"})
"""Words for a use that has not been decided for anybody's record."""


def enter(asked_with: Shown, *, catalogue: Catalogue, at: datetime) -> Entered:
    """Take the second step: exchange a second code for an own code, or take an own code.

    Refuses as `open_letter` and `notices.second.exchange` do.
    """
    held = letter_of(asked_with, catalogue, at)[1]
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
    """Return the children of this adult, what waits for an answer, and what went wrong. Reads no record."""
    found = step_in(shown, catalogue, at)
    waiting = [notice for notice in found.letter.notices if notice.window_open]
    return Overview(
        tuple(map(found.here, found.seen)),
        len(waiting),
        waiting[0].answer_by if waiting else None,
        _went_wrong(found, catalogue),
    )


def _went_wrong(found: Inside, catalogue: Catalogue) -> tuple[WentWrong, ...]:
    """Return each incident with a high risk that a child of this reader is in, at once and for good (D34)."""
    told = told_of([one.person for one in found.seen])
    return tuple(
        WentWrong(
            found.here(child).ref,
            one.ref,
            one.what,
            one.known_at.date(),
            _labels(one.items, catalogue),
            one.means,
            one.doing,
        )
        for child in found.seen
        for one in told.get(child.person, ())
    )


def record(question: AboutChild, *, catalogue: Catalogue, at: datetime) -> RecordPage:
    """Return everything held about one child that this reader may see, through the gate (*subject copy*)."""
    found = step_in(question.shown, catalogue, at)
    person, child = found.child(question.child)
    got = copy(person, mandate=found.mandate, what="page", catalogue=catalogue, by=FAMILY, at=at)
    return RecordPage(
        child, _groups(got, catalogue, own=child.own), _labels(got.not_shown, catalogue), got.restricted
    )


def used(question: AboutChild, *, catalogue: Catalogue, at: datetime) -> UsedPage:
    """Return every use that touches one child and every look that this reader may know of.

    Which proposed uses are about the child follows from the record, so this too is a look that goes into the journal.
    """
    found = step_in(question.shown, catalogue, at)
    person, child = found.child(question.child)
    got = copy(person, mandate=found.mandate, what="uses", catalogue=catalogue, by=FAMILY, at=at)
    proposed = tuple(
        _use_line(use, None)
        for use in register_of_uses(catalogue)
        if (use.state_label in UNDECIDED and _is_about(use.ref, got)) or _comes_again(use, got)
    )
    gone = tuple(
        with_contest(
            replace(
                _use_line(public_use(one.use, catalogue), in_list),
                matched=_matched(one.use, person) if in_list else "",
            ),
            found,
            person,
            on=one.logged_at.date(),
        )
        for one, in_list in _gone(person, found.power[person])
    )
    looks = _looks(person, found.held.adult, catalogue, own=found.letter.own, at=at)
    return UsedPage(child, proposed, gone, looks, catalogue.limits.look_shown_days, at)


def copy_file(question: AboutChild, *, catalogue: Catalogue, at: datetime) -> File:
    """Return the copy as JSON, to keep or to hand to a machine (D30; UK GDPR Art 15(3), Art 20)."""
    found = step_in(question.shown, catalogue, at)
    person, child = found.child(question.child)
    got = copy(person, mandate=found.mandate, what="file", catalogue=catalogue, by=FAMILY, at=at)
    uses = [
        {"in_list": in_list, "on": one.logged_at.date().isoformat(), "use": one.use}
        for one, in_list in _gone(person, found.power[person])
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
            for group in _groups(got, catalogue, own=child.own)
        ],
        "made_at": at.replace(microsecond=0).isoformat(),
        "not_in_this_copy": list(_labels(got.not_shown, catalogue)),
        "restricted": got.restricted,
        "uses": uses,
    }
    return File(f"school-record-{at:%Y-%m-%d}.json", print_json(whole))


def proof_file(question: AboutChild, *, catalogue: Catalogue, at: datetime) -> File:
    """Return the proof of one child: in which handovers its row was, and in which it was not, to check offline."""
    found = step_in(question.shown, catalogue, at)
    person, _ = found.child(question.child)
    content = bundle(person, mandate=found.mandate, by=FAMILY, at=at)
    return File(f"school-record-proof-{at:%Y-%m-%d}.json", content)


def _groups(got: Copy, catalogue: Catalogue, *, own: bool) -> tuple[FactGroup, ...]:
    about = FactGroup(
        "Who this record is about",
        None,
        True,
        tuple(fact_line(catalogue.item(one.item), one.value, catalogue, own=own) for one in got.known),
    )
    said = tuple(
        FactGroup(
            catalogue.collection(one.collection, one.term, one.year).label,
            one.received_on,
            one.on_roll,
            tuple(
                fact_line(catalogue.item(fact.item), fact.value, catalogue, own=own, mark=fact.mark)
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
    return any(
        (one.collection, one.term, one.year) == (wanted.collection, wanted.term, wanted.year)
        and _in_years(one, wanted)
        for one in got.told
    )


def _comes_again(use: PublicUse, got: Copy) -> bool:
    """Say whether the next run of a use may be about the child: a return of that kind has it, in those years.

    Said before it is due, and to whoever was in no run yet: so that a *no* is in time (D6, D11).
    """
    if use.recurs is None or use.recurs.next_on is None:
        return False
    held = asked(use.ref)
    return any(
        is_newer(Population(one.collection, one.term, one.year), held.population, held.recurrence)
        and _in_years(one, held.population)
        for one in got.told
    )


def _in_years(one: Told, wanted: Population) -> bool:
    year = next((fact.value for fact in one.facts if fact.item == "nc_year"), None)
    return one.on_roll and (not wanted.school_years or year in wanted.school_years)


def _gone(person: PersonId, power: Power) -> tuple[tuple[InHandover, bool | None], ...]:
    """Return each handover that this reader may know of, and if the row went; None where that is not said (`tells`)."""
    known = ((one, tells(one.use, power)) for one in handovers_of(person))
    return tuple(
        (one, one.in_list if said is Tells.ALL else None) for one, said in known if said is not Tells.NOTHING
    )


def _use_line(use: PublicUse, in_list: bool | None) -> UseLine:  # noqa: FBT001  three answers: in, not in, not said
    line = UseLine(use.ref, use.title, f"{use.applicant}, {use.country}", use.state_label, None, in_list)
    said = use.still_recurs
    if said is None:
        return line
    line = replace(line, often=said.recurrence.value, until=said.until, next_on=said.next_on)
    return replace(line, over_time=said.over_time)


def _matched(use: UseRef, person: PersonId) -> str:
    """Return how what somebody sent agrees with the record, where the row went by a list of names; else nothing."""
    why = why_matched(use, person)
    return "" if why is None else told(why)


def _looks(
    person: PersonId, adult: str, catalogue: Catalogue, *, own: bool, at: datetime
) -> tuple[LookLine, ...]:
    """Return the looks of this reader and of officers, by day and kind. Another adult's are not there (8.1).

    But to the child herself: she reads that *an adult* looked, and of none who it was (D15, D27).
    """
    seen: Counter[LookLine] = Counter()
    looks = looks_at(person)
    officers = officers_among({look.by for look in looks})
    for look in looks:
        if look.by == adult:
            seen[LookLine(look.at.date(), look.what, "you", 0)] += 1
        elif look.exit == "urgent":
            seen[LookLine(look.at.date(), look.exit, "officer", 0)] += 1
        elif look.exit == "transfer":
            seen[LookLine(look.at.date(), look.exit, "school", 0)] += 1
        elif look.by in officers:
            seen[LookLine(look.at.date(), look.what, "registrar", 0)] += 1
        elif own:
            seen[LookLine(look.at.date(), look.what, "adult", 0)] += 1
    for one in staff_looks(person, limits=catalogue.limits, at=at):
        saw = tuple(sorted(store.value for store in one.looked.groups))
        seen[LookLine(one.at.date(), "look", "staff", 0, _why(one.looked.reason, catalogue), saw)] += 1
    lines = (replace(line, times=times) for line, times in seen.items())
    return tuple(sorted(lines, key=lambda line: (line.on, line.what, line.who, line.why), reverse=True))


def _why(reason: str, catalogue: Catalogue) -> str:
    """Return a reason as the family reads it; one that the catalogue has lost since has no words, and says so."""
    held = catalogue.looks.reasons.get(reason)
    return "for a reason that is not in our list now" if held is None else held.family_reads
