# SPDX-License-Identifier: Apache-2.0
"""Answers what the gate has let out. Public numbers are computed from the log; exact ones are the registrar's alone."""

from dataclasses import dataclass

from beholden.catalogue import Catalogue, Flag
from beholden.gate.models import Decision, Disclosure
from beholden.gate.rules import Waterfall, waterfall
from beholden.kinds import UseRef
from beholden.ledger import queries as ledger
from beholden.ledger.entries import Decision as DecisionEntry
from beholden.ledger.entries import Intent, NoticeGiven, Outcome, parse


@dataclass(frozen=True, slots=True)
class Numbers:
    """What the public may count about one use, and the log entries it was counted from (log, index).

    `audience` and `told` are in tens. `scope` is how many children were asked for, before any choice; `left_out` is in
    tens, and None where the scope is too small for it to be said.
    """

    audience: int | None
    told: int | None
    scope: int | None
    left_out: int | None
    released: int | None
    outcome: str | None
    entries: tuple[tuple[str, int], ...]
    counted_at: int


def public_numbers(ref: UseRef) -> Numbers:
    """Count one use from the published logs, as anybody could (D26)."""
    found: dict[str, object] = {}
    places: list[tuple[str, int]] = []
    events, handed = ledger.entries("events"), ledger.entries("handovers")
    ids: set[bytes] = set()
    for index, raw in enumerate(events):
        body = parse(raw, log="events").body
        if isinstance(body, NoticeGiven) and body.use == ref:
            found |= {"audience": body.audience, "told": body.told}
            places.append(("events", index))
        elif isinstance(body, DecisionEntry) and body.use == ref:
            found |= {"scope": body.scope, "left_out": body.left_out, "released": body.released}
            places.append(("events", index))
    for index, raw in enumerate(handed):
        body = parse(raw, log="handovers").body
        if isinstance(body, Intent) and body.header.use == ref:
            ids.add(body.id)
            found |= {"outcome": "released"}
            places.append(("handovers", index))
        elif isinstance(body, Outcome) and body.id in ids:
            found |= {"outcome": body.outcome}
            places.append(("handovers", index))
    whole: dict[str, object] = dict.fromkeys(
        ("audience", "told", "scope", "left_out", "released", "outcome"), None
    )
    return Numbers(
        **(whole | found),  # type: ignore[arg-type]
        entries=tuple(places),
        counted_at=len(events) + len(handed),
    )


def registrar_numbers(decision: int, *, catalogue: Catalogue, exit_name: str) -> Waterfall:
    """Return how a scope became a release, for the registrar before release. Kept safe is never a step of its own."""
    made = Decision.objects.get(pk=decision)
    combinations = {frozenset(Flag(flag) for flag in borne): count for borne, count in made.combinations}
    return waterfall(
        combinations, catalogue.exit(exit_name).removes, smallest=catalogue.limits.smallest_count
    )


def released_file(disclosure: str) -> str:
    """Return the name of a released parcel in the home's folder of released files."""
    return Disclosure.objects.get(pk=disclosure, state="released").file
