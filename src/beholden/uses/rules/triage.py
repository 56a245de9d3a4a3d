# SPDX-License-Identifier: Apache-2.0
"""Decides what the catalogue alone says to a request, question by question. No clock, no database.

Three kinds of remark: the catalogue *refuses*; the purpose does *not need* a fact; another says the same *coarser*.
The first closes the request, in public and by the name of its rule; the other two go to the panel with it.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from beholden.catalogue import Catalogue, Effect, Flag, Law, Store
from beholden.kinds import ItemId
from beholden.refusals import Refusal
from beholden.uses.rules.application import (
    Draft,
    Linkage,
    Population,
    Recurrence,
    Setting,
    check_facts,
    check_inside,
    wrong,
)
from beholden.uses.rules.invitation import check_fair
from beholden.uses.rules.repeating import REPEATABLE

BUILT = frozenset({"contact", "enclave", "extract", "match", "duty_return"})
"""The ways out that this version can carry out. The catalogue knows more; what is not built is refused, not tried."""

ALONE = frozenset({"subject_copy", "look_up", "transfer", "urgent"})
"""The ways out that one child's record leaves by at a time: each is a step of its own at a door, and no use."""

OPEN = frozenset({"table"})
"""The ways out that are open to anybody, without a use: no person leaves by them."""

_SCHOOL_YEAR = ItemId("nc_year")


@dataclass(frozen=True, slots=True)
class Proposal:
    """What an applicant asks for, as the gate weighs it again before each release."""

    purpose: str
    exit: str
    items: tuple[str, ...]
    population: Population
    recipient_key: str
    check_key: str
    untold_under: str = ""
    over_time: bool = False


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, as triage sees it. `live` are the purposes of every live use that is locked to the same keys.

    `name` is the one that an invitation has to give.
    """

    country: str
    encryption_key: str
    check_key: str
    live: tuple[str, ...] = ()
    name: str = ""


class Verdict(StrEnum):
    """What triage says to one answer."""

    REFUSED = "refused"
    NOT_NEEDED = "not_needed"
    COARSER = "coarser"


@dataclass(frozen=True, slots=True)
class Remark:
    """What triage says to the answer to one question; `about` is the item that it speaks of, or empty."""

    question: str
    about: str
    verdict: Verdict
    code: str
    sentence: str
    next_step: str
    authority: str


def triage(proposal: Proposal, catalogue: Catalogue) -> None:
    """Refuse what the catalogue refuses, before anybody spends a day on it, and again before it is decided.

    What must hold: 1 the purpose is known and the keeper allows it (D11, D20); 2 the way out is known, built, and one
    that the purpose may use; 3 the population is a return that the catalogue knows, and its school years are; 4 every
    item belongs to it, is asked once, and is held as rows: names, addresses and numbers are no items of a use (D18);
    5 whatever is locked to a recipient names the recipient's keys; 6 whoever could not be told is in only under an
    authority that the purpose may name, and where the way out knows one (D6); 7 children are followed over time only
    for a purpose that may, and where a family's no keeps its child out (D15).
    """
    _check_purpose(proposal, catalogue)
    _check_exit(proposal, catalogue)
    _check_keys(proposal, catalogue)
    _check_untold(proposal, catalogue)
    _check_population(proposal, catalogue)
    _check_items(proposal, catalogue)
    _check_over_time(proposal, catalogue)


def remarks(draft: Draft, asker: Asker, catalogue: Catalogue) -> tuple[Remark, ...]:
    """Return what the catalogue says to each answer of a request, the refusals first.

    Beside what `triage` asks: the law named carries this purpose; nothing is to be joined, which this register cannot
    do yet; what recurs is allowed, and leaves in a way that can be repeated; the setting is that of the way out; the
    recipient is inside the territory; and no purpose of another compartment lives under the same keys (D19).
    """
    proposal = Proposal(
        draft.purpose,
        draft.exit,
        draft.items,
        draft.population,
        asker.encryption_key,
        asker.check_key,
        draft.application.untold_under,
        bool(draft.application.over_time),
    )
    asked: tuple[tuple[str, Callable[[], None]], ...] = (
        ("purpose", lambda: _check_purpose(proposal, catalogue)),
        ("exit", lambda: _check_exit(proposal, catalogue)),
        ("exit", lambda: _check_keys(proposal, catalogue)),
        ("untold_under", lambda: _check_untold(proposal, catalogue)),
        ("population", lambda: _check_population(proposal, catalogue)),
        ("items", lambda: _check_items(proposal, catalogue)),
        ("gateway", lambda: _check_gateway(draft, catalogue)),
        ("linkage", lambda: _check_linkage(draft)),
        ("recurrence", lambda: _check_recurrence(draft, catalogue)),
        ("over_time", lambda: _check_over_time(proposal, catalogue)),
        ("setting", lambda: _check_setting(draft)),
        (
            "invitation",
            lambda: check_fair(draft.application.invitation, asker=asker.name, consents=catalogue.consents),
        ),
        ("territory", lambda: check_inside((asker.country,), draft.application.territory)),
        ("purpose", lambda: check_compartments(draft.purpose, asker.live, catalogue)),
    )
    refused: dict[str, Remark] = {}
    for question, check in asked:
        try:
            check()
        except Refusal as no:  # an unknown purpose is refused once, not by each check that looks it up
            refused.setdefault(no.code, _remark(question, no))
    return (*refused.values(), *_advice(draft, catalogue))


def _remark(question: str, no: Refusal) -> Remark:
    return Remark(question, "", Verdict.REFUSED, no.code, no.sentence, no.next_step, no.authority)


def _advice(draft: Draft, catalogue: Catalogue) -> Iterator[Remark]:
    """Say which facts the purpose does not need, and which could be asked for less exactly."""
    purpose = catalogue.purposes.get(draft.purpose)
    needed = purpose.items if purpose is not None and purpose.allowed else draft.items
    for item in sorted(draft.items):
        if item not in catalogue.items:
            continue
        held = catalogue.item(item)
        if item not in needed:
            yield Remark(
                "items",
                item,
                Verdict.NOT_NEEDED,
                "uses.item_not_needed",
                f"'{held.label}' is not needed for this purpose.",
                "Leave it out, or let the panel weigh your reason.",
                "UK GDPR Art 5(1)(c); the catalogue's list for this purpose",
            )
        for other in held.coarser:
            yield Remark(
                "items",
                item,
                Verdict.COARSER,
                "uses.item_coarser",
                f"'{catalogue.item(other).label}' says the same as '{held.label}', less exactly.",
                f"Ask for '{other}' instead, or let the panel weigh your reason.",
                "UK GDPR Art 5(1)(c); D18: cut to the least that serves",
            )


# --- one check for each question ---


def _check_purpose(proposal: Proposal, catalogue: Catalogue) -> None:
    purpose = catalogue.purpose(proposal.purpose)
    if not purpose.allowed:
        raise Refusal(
            f"uses.{purpose.rule}",
            purpose.refusal_sentence,
            next_step=purpose.what_instead,
            authority=purpose.refused_by,
        )


def _check_exit(proposal: Proposal, catalogue: Catalogue) -> None:
    catalogue.exit(proposal.exit)
    if proposal.exit not in catalogue.purpose(proposal.purpose).exits:
        raise wrong(
            "exit",
            "Records do not leave in this way for this purpose.",
            "Ask for a table, or for one of the ways out that the purpose names.",
            "D18",
        )
    if proposal.exit in ALONE:
        raise wrong(
            "exit_alone",
            "In this way one child's record leaves at a time, and nobody applies for it.",
            "Do it where it is done: a school fetches a record on its own page, and staff look one up with a reason.",
            "D18, D27",
        )
    if proposal.exit in OPEN:
        raise wrong(
            "exit_open",
            "Tables show no child, so nobody has to apply for one.",
            "Ask for the table now: anybody may.",
            "D20, D24",
        )
    if proposal.exit not in BUILT:
        raise wrong(
            "exit_not_built",
            "This register cannot let records out in this way yet.",
            "Ask for one of the ways out that it can carry out and check.",
            "D18: one way out, each exit cut to the least that serves",
        )
    purpose, exit_ = catalogue.purpose(proposal.purpose), catalogue.exit(proposal.exit)
    if Flag.OBJECTED not in exit_.removes and exit_.personal_rows_leave and purpose.law is not Law.REQUIRES:
        raise wrong(
            "exit_needs_law",
            "In this way records leave whatever families say, so a law has to require it, and not only permit it.",
            "Ask for a way out that keeps a no.",
            "D11, D18; UK GDPR Art 6(1)(c)",
        )


def _check_keys(proposal: Proposal, catalogue: Catalogue) -> None:
    if catalogue.exit(proposal.exit).needs_recipient_key and not (
        proposal.recipient_key and proposal.check_key
    ):
        raise wrong(
            "recipient_key",
            "The recipient has no keys, so a file can neither be locked to it nor confirmed by it.",
            "Enrol the recipient with an age key and an Ed25519 key.",
            "UK GDPR Art 32(1)(a)",
        )


def _check_untold(proposal: Proposal, catalogue: Catalogue) -> None:
    if not proposal.untold_under:
        return
    knows_one = Effect.OUT_UNLESS_AUTHORITY in (effect for _, effect in catalogue.exit(proposal.exit).effects)
    if not knows_one or proposal.untold_under not in catalogue.purpose(proposal.purpose).untold_under:
        raise wrong(
            "untold_under",
            "No law that is named for this purpose and way out lets those in who could not be told.",
            "Leave them out, or name the law as the catalogue's page names it beside the purpose.",
            "D6: study in the safe setting under a named authority",
        )


def _check_population(proposal: Proposal, catalogue: Catalogue) -> None:
    asked = proposal.population
    catalogue.collection(asked.collection, asked.term, asked.year)
    known = catalogue.items[_SCHOOL_YEAR].codes if _SCHOOL_YEAR in catalogue.items else ()
    if not set(asked.school_years) <= set(known) or len(set(asked.school_years)) != len(asked.school_years):
        raise wrong(
            "school_years",
            "A school year is asked for that there is not, or one is asked for twice.",
            "Name school years as the catalogue's page lists them, each once; none means all of them.",
            "D18",
        )


def _check_items(proposal: Proposal, catalogue: Catalogue) -> None:
    asked = proposal.population
    held = catalogue.collection(asked.collection, asked.term, asked.year).items
    check_facts(proposal.items, proposal.exit)
    catalogue.check_items(proposal.purpose, proposal.items)
    for item in proposal.items:
        if catalogue.item(item).store is not Store.ROWS:
            raise wrong(
                "identifier",
                "Names, birth dates, addresses and pupil numbers are no part of a use.",
                "Ask for the school year or the region; a made-up number stands for the pupil.",
                "UK GDPR Art 5(1)(c); D18",
            )
        if item not in held:
            raise wrong(
                "item_not_collected",
                "One of these facts is not taken in that return.",
                "Look at what the return holds, on the page of what is kept.",
                "D4, D18",
            )


def _check_gateway(draft: Draft, catalogue: Catalogue) -> None:
    if draft.application.gateway != catalogue.purpose(draft.purpose).authority.instrument:
        raise wrong(
            "gateway",
            "The law that is named is not the one on which this purpose rests.",
            "Name the law as the catalogue's page names it beside the purpose.",
            "D18: each exit names its legal gateway",
        )


def _check_linkage(draft: Draft) -> None:
    if draft.application.linkage is not Linkage.NONE:
        raise wrong(
            "linkage_not_built",
            "This register cannot join its records with others yet, and a file may not be joined elsewhere.",
            "Ask without the join.",
            "D15: linking is its own question, asked of child and guardian",
        )


def _check_recurrence(draft: Draft, catalogue: Catalogue) -> None:
    if draft.application.recurrence is Recurrence.ONCE:
        return
    if draft.exit not in REPEATABLE or not catalogue.purpose(draft.purpose).allowed:
        raise wrong(
            "recurrence",
            "For this purpose, or in this way, records do not leave again and again under one request.",
            "Ask once, for one return. A list that is matched is asked for each time, as its own use.",
            "D21: each handover is decided",
        )


def _check_over_time(proposal: Proposal, catalogue: Catalogue) -> None:
    if not proposal.over_time:
        return
    keeps_a_no = Flag.OBJECTED in catalogue.exit(proposal.exit).removes
    if not catalogue.purpose(proposal.purpose).over_time or not keeps_a_no:
        raise wrong(
            "over_time",
            "For this purpose, or in this way, no child is followed from one time to the next.",
            "Ask with other made-up numbers each time, or for a purpose whose families can say no to being followed.",
            "D15: a join is its own question; docs/adr/0031",
        )


def _check_setting(draft: Draft) -> None:
    elsewhere = draft.application.setting is Setting.ELSEWHERE
    if elsewhere != (draft.exit != "enclave"):
        raise wrong(
            "setting",
            "The place of work and the way out do not fit: only what stays in the reading room is worked on there.",
            "Choose the reading room and its way out, or a copy and the place where it is worked on.",
            "D23",
        )


def check_compartments(purpose: str, others: Iterable[str], catalogue: Catalogue) -> None:
    """Refuse a purpose beside another compartment's at one recipient: what punishes and what cares do not mix (D19).

    `others` are the purposes of every live use under the same keys; one that the catalogue has lost is another's.
    """
    mine = catalogue.purpose(purpose).compartment
    for other in others:
        if other not in catalogue.purposes or catalogue.purposes[other].compartment is not mine:
            raise wrong(
                "compartments",
                "Under these keys lives a use of another kind of purpose. What cares and what punishes do not mix.",
                "End that use first, or ask through a body of its own, with keys of its own.",
                "D19: the compartment is the unit, not the organisation",
            )


def check_key_age(since: datetime, *, days: int, on: date) -> None:
    """Refuse keys that were enrolled too long ago: an old key may lie in more hands than anybody knows."""
    if on > since.date() + timedelta(days=days):
        raise wrong(
            "recipient_key_old",
            f"The recipient's keys were enrolled more than {days} days ago.",
            "Enrol the recipient anew, with new keys: that is a new recipient.",
            "UK GDPR Art 32(1)(d); D45",
        )
