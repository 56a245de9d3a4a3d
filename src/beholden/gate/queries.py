# SPDX-License-Identifier: Apache-2.0
"""Answers what the gate has let out. Public numbers are computed from the log; exact ones are the registrar's alone."""

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from beholden.catalogue import Catalogue, Flag
from beholden.gate import rosters
from beholden.gate.models import (
    Compulsion,
    Decision,
    Disclosure,
    Registry,
    Roster,
    SetFile,
)
from beholden.gate.rules import Waterfall, public_left_out, public_untold, waterfall
from beholden.gate.seals import paper_digest, sealed_entry
from beholden.home import here
from beholden.kinds import UseRef
from beholden.ledger import queries as ledger
from beholden.ledger.canonical import Json, print_json
from beholden.ledger.checkpoint import Checkpoint
from beholden.ledger.entries import Body, parse
from beholden.ledger.tags import ID_BYTES, SNAPSHOT_WIDTH, TAG_BYTES
from beholden.ledger.vocabulary.events import Decision as DecisionEntry
from beholden.ledger.vocabulary.events import NoticeGiven, UntoldIn
from beholden.ledger.vocabulary.handovers import DutyOutcome, DutyReturn, Intent, Outcome
from beholden.refusals import Refusal
from beholden.uses.queries import asked


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


@lru_cache(
    maxsize=1
)  # the pages ask again and again between two checkpoints; with the next one it is counted anew
def _all_numbers(_home: Path, events: Checkpoint | None, handed: Checkpoint | None) -> Mapping[str, Numbers]:
    """Count every use at once, in the logs as these two checkpoints have them."""
    found: defaultdict[str, dict[str, int | str | None]] = defaultdict(dict)
    places: defaultdict[str, list[tuple[str, int]]] = defaultdict(list)
    stands: defaultdict[str, dict[str, tuple[str, int]]] = defaultdict(dict)
    uses: dict[bytes, str] = {}
    for log, head in (("events", events), ("handovers", handed)):
        for index, raw in enumerate(ledger.entries(log, 0, head.size) if head else ()):
            said = _said(parse(raw, log=log).body, uses)
            if said is None:
                continue
            use, figures = said
            found[use] |= figures
            stands[use] |= dict.fromkeys(figures, (log, index))
            places[use].append((log, index))
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
        case Outcome() | DutyOutcome() as said if said.id in uses:
            return uses[said.id], {"outcome": said.outcome}
        case _:
            return None


def registrar_numbers(decision: int, *, catalogue: Catalogue, exit_name: str) -> Waterfall:
    """Return how a scope became a release, for the registrar before release. Kept safe is never a step of its own."""
    made = Decision.objects.get(pk=decision)
    removes = catalogue.exit(exit_name).removes_for(made.untold_under)
    return waterfall(_combinations(made), removes, smallest=catalogue.limits.smallest_count)


def latest_decision(ref: UseRef) -> int:
    """Return the number of the newest decision about a use, or refuse where none was taken."""
    found = Decision.objects.filter(use=ref).order_by("-pk").values_list("pk", flat=True).first()
    if found is None:
        raise Refusal(
            "gate.decision_unknown",
            "Nothing was decided about this use yet.",
            next_step="Decide the use first.",
            authority="D18",
        )
    return int(found)


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
    rows = Disclosure.objects.filter(state__in=["releasing", "released"]).order_by("decision_id")
    return tuple(
        WentOut(one, UseRef(use), at) for one, use, at in rows.values_list("id", "decision__use", "logged_at")
    )


# --- for fsck: what was decided and handed over, so that it can be compared with files and the log ---


@dataclass(frozen=True, slots=True)
class KeptSet:
    """One list on disk as its row describes it. `width` is what the rows that use it say it must be."""

    path: str
    digest: str
    count: int
    width: int
    made_at: datetime


@dataclass(frozen=True, slots=True)
class HeldRegistry:
    """One registry snapshot as it stands in the database."""

    id: str
    header: object
    elements: KeptSet
    keyed: KeptSet
    outbox: int
    made_at: datetime


@dataclass(frozen=True, slots=True)
class HeldDecision:
    """One decision as it stands in the database. `commitment` is made anew from its exact figures and its salt."""

    number: int
    use: str
    catalogue: str
    registry: str
    scope: KeptSet
    released: KeptSet
    left_out: int | None
    commitment: str
    outbox: int
    at: datetime
    by: str
    untold_under: str
    untold: int | None
    untold_outbox: int | None
    size: int  # how many were asked for: what the public list is filled up to
    roster: int | None


@dataclass(frozen=True, slots=True)
class HeldDisclosure:
    """One handover as it stands in the database, with the decision it carries out."""

    id: str
    header: object
    state: str
    payload: str
    file: str
    tags: KeptSet | None
    depth: int | None
    root: str
    intent: int | None
    outcome: int | None
    logged_at: datetime | None
    decision: HeldDecision


def held_registries() -> Iterator[HeldRegistry]:
    """Yield every registry snapshot, oldest first."""
    for row in Registry.objects.select_related("elements", "keyed").order_by("made_at", "id").iterator():
        yield HeldRegistry(
            row.id,
            row.header,
            _kept(row.elements, SNAPSHOT_WIDTH),
            _kept(row.keyed, ID_BYTES),
            row.outbox,
            row.made_at,
        )


def held_decisions() -> Iterator[HeldDecision]:
    """Yield every decision, oldest first."""
    for row in Decision.objects.select_related("scope", "released", "roster").order_by("pk").iterator():
        yield _decision(row)


def figures_again(number: int, catalogue: Catalogue) -> tuple[int | None, int | None]:
    """Draw the public figures of one decision anew from its exact counts and its salt, under the rules of its day.

    The first is of who was left out; the second of who is in untold, None where no law was named for it.
    """
    row = Decision.objects.select_related("scope", "released", "roster").get(pk=number)
    salt, limits = bytes(row.salt), catalogue.limits
    left_out = public_left_out(rosters.size_of(row), row.released.count, secret=salt, limits=limits)
    if not row.untold_under:
        return left_out, None
    removes = catalogue.exit(asked(UseRef(row.use)).exit).removes_for(row.untold_under)
    return left_out, public_untold(_combinations(row), removes, secret=salt, limits=limits)


def _combinations(row: Decision) -> Mapping[frozenset[Flag], int]:
    return {frozenset(Flag(flag) for flag in borne): count for borne, count in row.combinations}


@dataclass(frozen=True, slots=True)
class HeldRoster:
    """One list that was handed in for a match, as it stands here; commitment and rows as the log has them."""

    number: int
    use: str
    rows: int
    commitment: str
    rule: str
    matched: KeptSet | None
    outbox: int
    at: datetime
    by: str


def held_rosters() -> Iterator[HeldRoster]:
    """Yield every list that was handed in, refused ones too, oldest first."""
    for row in Roster.objects.select_related("matched").order_by("pk").iterator():
        yield HeldRoster(
            row.pk,
            row.use,
            rosters.padded(row.rows),
            rosters.commitment(bytes(row.salt), row.digest),
            row.rule,
            None if row.matched is None else _kept(row.matched, rosters.WIDTH),
            row.outbox,
            row.at,
            row.by,
        )


@dataclass(frozen=True, slots=True)
class HeldCompulsion:
    """One sealed handover as it stands in the database: for fsck alone, which compares and never shows it.

    `entry` is what the log must say of it; `order` the paper's digest as kept, and as its report gives it; `said` the
    letter box's rows of sealed, seen, unsealed and outcome.
    """

    id: str
    state: str
    file: str
    told: str
    details: Mapping[str, object]
    registry: str
    people: KeptSet
    tags: KeptSet
    catalogue: str
    entry: Mapping[str, Json]
    order: tuple[str, str]
    officers: tuple[str, ...]
    said: tuple[int | None, int | None, int | None, int | None]
    logged_at: datetime | None
    at: datetime
    by: str


def held_disclosures() -> Iterator[HeldDisclosure]:
    """Yield every handover that was ever begun, oldest first."""
    rows = Disclosure.objects.select_related(
        "tags", "decision__scope", "decision__released", "decision__roster"
    )
    for row in rows.order_by("decision_id").iterator():
        yield HeldDisclosure(
            id=row.id,
            header=row.header,
            state=row.state,
            payload=row.payload,
            file=row.file,
            tags=None if row.tags is None else _kept(row.tags, TAG_BYTES),
            depth=row.depth,
            root=row.root,
            intent=row.intent,
            outcome=row.outcome,
            logged_at=row.logged_at,
            decision=_decision(row.decision),
        )


def held_compulsions() -> Iterator[HeldCompulsion]:
    """Yield every handover under seal that was ever prepared, oldest first."""
    rows = Compulsion.objects.select_related("people", "tags").order_by("at", "pk")
    for row in rows.iterator():
        yield HeldCompulsion(
            id=row.id,
            state=row.state,
            file=row.file,
            told=row.told,
            details=row.details,
            registry=row.registry_id,
            people=_kept(row.people, ID_BYTES),
            tags=_kept(row.tags, TAG_BYTES),
            catalogue=row.catalogue,
            entry=sealed_entry(row),
            order=(row.order, paper_digest(row.report.get("issuer", ""), row.report.get("reference", ""))),
            officers=tuple(row.report.get("officers", (row.by,))),
            said=(row.sealed, row.seen, row.unsealed, row.outcome),
            logged_at=row.logged_at,
            at=row.at,
            by=row.by,
        )


def names_set(path: str) -> bool:
    """Say whether a row describes this list."""
    return SetFile.objects.filter(path=path).exists()


def sets_counted() -> int:
    """Return how many lists the database describes."""
    return SetFile.objects.count()


def _decision(row: Decision) -> HeldDecision:
    exact = {"combinations": row.combinations, "released": row.released.count, "scope": row.scope.count}
    if row.missing is not None:  # what was decided before there was such a table has none
        exact["missing"] = row.missing
    return HeldDecision(
        number=row.pk,
        use=row.use,
        catalogue=row.catalogue,
        registry=row.registry_id,
        scope=_kept(row.scope, ID_BYTES),
        released=_kept(row.released, ID_BYTES),
        left_out=row.left_out,
        commitment=hashlib.sha256(bytes(row.salt) + print_json(exact)).hexdigest(),
        outbox=row.outbox,
        at=row.at,
        by=row.by,
        untold_under=row.untold_under,
        untold=row.untold,
        untold_outbox=row.untold_outbox,
        size=rosters.size_of(row),
        roster=row.roster_id,
    )


def _kept(row: SetFile, width: int) -> KeptSet:
    return KeptSet(row.path, row.digest, row.count, width, row.made_at)
