# SPDX-License-Identifier: Apache-2.0
"""What the gate's rows hold, whole, beside what the logs must say of them: for fsck, which only compares."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from beholden.catalogue import Catalogue
from beholden.gate import rosters
from beholden.gate.models import Compulsion, Decision, Disclosure, Lengthening, Registry, Roster, SetFile
from beholden.gate.queries import combinations_of
from beholden.gate.rules import public_left_out, public_untold
from beholden.gate.seals import longer_entry, paper_digest, sealed_entry
from beholden.kinds import UseRef
from beholden.ledger.canonical import Json, print_json
from beholden.ledger.tags import ID_BYTES, SNAPSHOT_WIDTH, TAG_BYTES
from beholden.uses.queries import asked


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
    return left_out, public_untold(combinations_of(row), removes, secret=salt, limits=limits)


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


@dataclass(frozen=True, slots=True)
class HeldLengthening:
    """One longer seal as it stands in the database. `entry` is what the log must say, but for its number."""

    compulsion: str
    sealed: int | None
    file: str
    told: str
    entry: Mapping[str, object]
    order: tuple[str, str]
    officers: tuple[str, ...]
    extended: int | None
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


def held_lengthenings() -> Iterator[HeldLengthening]:
    """Yield every seal that was ever asked to stand longer, oldest first."""
    for row in Lengthening.objects.select_related("compulsion").order_by("pk").iterator():
        yield HeldLengthening(
            compulsion=row.compulsion_id,
            sealed=row.compulsion.sealed,
            file=row.file,
            told=row.told,
            entry=longer_entry(row),
            order=(row.order, paper_digest(row.report.get("issuer", ""), row.report.get("reference", ""))),
            officers=tuple(row.report.get("officers", (row.by,))),
            extended=row.extended,
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
