# SPDX-License-Identifier: Apache-2.0
"""Answers what the gate has let out. Public numbers are computed from the log; exact ones are the registrar's alone."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from beholden.catalogue import Catalogue, Flag
from beholden.gate.models import (
    Decision,
    Disclosure,
)
from beholden.gate.rules import LEFT, Waterfall, waterfall
from beholden.home import here
from beholden.kinds import UseRef
from beholden.ledger import queries as ledger
from beholden.ledger.checkpoint import Checkpoint
from beholden.ledger.entries import Body
from beholden.ledger.reading import Reader
from beholden.ledger.vocabulary.audits import Replayed
from beholden.ledger.vocabulary.events import Decision as DecisionEntry
from beholden.ledger.vocabulary.events import NoticeGiven, UntoldIn
from beholden.ledger.vocabulary.handovers import DutyOutcome, DutyReturn, Intent, Outcome
from beholden.refusals import Refusal


@dataclass(frozen=True, slots=True)
class Numbers:
    """What the public may count about one use, and the log entries it was counted from (log, index).

    `audience` and `told` are in tens. `scope` is how many children were asked for, before any choice; `left_out` bears
    a random error and is rounded to tens (docs/adr/0011), and is None where the scope is too small for it to be said.
    `where` has the one entry that each figure stands in.
    """

    audience: int | None
    told: int | None
    scope: int | None
    left_out: int | None
    released: int | None
    outcome: str | None
    entries: tuple[tuple[str, int], ...]
    counted_at: int
    where: Mapping[str, tuple[str, int]] = field(default_factory=lambda: MappingProxyType({}))
    untold: int | None = None  # who is in although nobody could be told, in tens and with a random error (D6)
    untold_under: str | None = None  # the law that was named for it; None where the untold are out


def public_numbers(ref: UseRef) -> Numbers:
    """Count one use from the published logs, as anybody could (D26)."""
    events, handed = (
        published.checkpoint if published else None
        for published in (ledger.checkpoint("events"), ledger.checkpoint("handovers"))
    )
    counted = _all_numbers(here().root, events, handed)
    sizes = sum(head.size for head in (events, handed) if head)
    return counted.get(ref, Numbers(None, None, None, None, None, None, (), sizes))


_FIGURES = {
    "events": Reader("events", NoticeGiven, DecisionEntry, UntoldIn),
    "handovers": Reader("handovers", Intent, DutyReturn, Outcome, DutyOutcome, Replayed),
}


@lru_cache(maxsize=1)  # the pages ask again and again between two checkpoints
def _all_numbers(_home: Path, events: Checkpoint | None, handed: Checkpoint | None) -> Mapping[str, Numbers]:
    """Count every use at once, in the logs as these two checkpoints have them."""
    found: defaultdict[str, dict[str, int | str | None]] = defaultdict(dict)
    places: defaultdict[str, list[tuple[str, int]]] = defaultdict(list)
    stands: defaultdict[str, dict[str, tuple[str, int]]] = defaultdict(dict)
    uses: dict[bytes, str] = {}
    for log, head in (("events", events), ("handovers", handed)):
        for one in _FIGURES[log].upto(head):
            said = _said(one.body, uses)
            if said is None:
                continue
            use, figures = said
            found[use] |= figures
            stands[use] |= dict.fromkeys(figures, (log, one.index))
            places[use].append((log, one.index))
    named = ("audience", "told", "scope", "left_out", "released", "outcome", "untold", "untold_under")
    whole: dict[str, Any] = dict.fromkeys(named)
    sizes = sum(head.size for head in (events, handed) if head)
    return {
        use: Numbers(
            **(whole | figures),
            entries=tuple(places[use]),
            counted_at=sizes,
            where=MappingProxyType(stands[use]),
        )
        for use, figures in found.items()
    }


def _said(body: Body, uses: dict[bytes, str]) -> tuple[str, dict[str, int | str | None]] | None:
    """Return the use that an entry is about and its figures; `uses` remembers which handover is of which use."""
    match body:
        case NoticeGiven() as said:
            return said.use, {"audience": said.audience, "told": said.told}
        case DecisionEntry() as said:
            return said.use, {"scope": said.scope, "left_out": said.left_out, "released": said.released}
        case UntoldIn() as said:
            return said.use, {"untold": said.count, "untold_under": said.under}
        case Intent() | DutyReturn() as said:
            uses[said.id] = said.header.use
            return said.header.use, {"outcome": "released"}
        case Outcome() | DutyOutcome() | Replayed() as said if said.id in uses:
            return uses[said.id], {} if isinstance(said, Replayed) else {"outcome": said.outcome}
        case _:
            return None


def registrar_numbers(decision: int, *, catalogue: Catalogue, exit_name: str) -> Waterfall:
    """Return how a scope became a release, for the registrar before release. Kept safe is never a step of its own."""
    made = Decision.objects.get(pk=decision)
    removes = catalogue.exit(exit_name).removes_for(made.untold_under)
    return waterfall(combinations_of(made), removes, smallest=catalogue.limits.smallest_count)


def decisions(ref: UseRef) -> tuple[int, ...]:
    """Return the numbers of every decision about a use, the newest last."""
    return tuple(Decision.objects.filter(use=ref).order_by("pk").values_list("pk", flat=True))


def latest_decision(ref: UseRef) -> int:
    """Return the number of the newest decision about a use, or refuse where none was taken."""
    found = decisions(ref)
    if not found:
        raise Refusal(
            "gate.decision_unknown",
            "Nothing was decided about this use yet.",
            next_step="Decide the use first.",
            authority="D18",
        )
    return found[-1]


def awaiting_word(ref: UseRef) -> tuple[str, ...]:
    """Return the handovers of a use that left, and of which the recipient has not said yet what it got."""
    left = Disclosure.objects.filter(decision__use=ref, state="released", outcome__isnull=True)
    return tuple(left.order_by("logged_at").values_list("pk", flat=True))


def released_file(disclosure: str) -> str:
    """Return the name of a released parcel in the home's folder of released files."""
    return Disclosure.objects.get(pk=disclosure, state="released").file


@dataclass(frozen=True, slots=True)
class WentOut:
    """One handover that left, or may have left: its id in hex, of which use, and when it was logged."""

    id: str
    use: UseRef
    logged_at: datetime | None


def went_out() -> tuple[WentOut, ...]:
    """Return every handover that left or may have left, oldest first."""
    rows = Disclosure.objects.filter(state__in=LEFT).order_by("decision_id")
    return tuple(
        WentOut(one, UseRef(use), at) for one, use, at in rows.values_list("id", "decision__use", "logged_at")
    )


# --- for fsck: what was decided and handed over, so that it can be compared with files and the log ---


def combinations_of(row: Decision) -> Mapping[frozenset[Flag], int]:
    """Return how many children bore each set of flags when this was decided."""
    return {frozenset(Flag(flag) for flag in borne): count for borne, count in row.combinations}
