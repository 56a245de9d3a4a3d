# SPDX-License-Identifier: Apache-2.0
"""The closed vocabulary of both logs: what an entry may say, and nothing else.

Over 400 lines because it is the whole vocabulary in one place, as an auditor reads it.

Decides whether bytes are an entry, and prints entries. Knows no database and no signature. An entry is
canonical JSON `{"at","body","kind","log","v":1}`; the kind fixes the fields of the body. Everything in it
is a code, an opaque id, a time, a hash, or a count that no child can be picked out of: names and texts live
outside and are committed as SHA-256(salt32 || text), so that they can be erased (EDPB Guidelines 02/2025).
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, ClassVar, Self

from beholden.ledger.canonical import Json, parse_json, print_json
from beholden.ledger.shapes import (
    BANDS,
    Count,
    Day,
    Hex,
    Maybe,
    Moment,
    OneOf,
    Part,
    Shaped,
    ShapeRefused,
    Whole,
    Word,
)
from beholden.ledger.tags import MAX_SIZE, Committed, identifier

HANDOVERS = "handovers"
EVENTS = "events"
MAX_ENTRY_BYTES = 65_535  # c2sp.org/tlog-tiles: an entry's length is an unsigned 16-bit number
VERSION = 1

Id = Annotated[bytes, Hex(16)]
Hash = Annotated[bytes, Hex(32)]
Code = Annotated[str, Word()]
Origin = Annotated[str, Word(r"[a-z0-9][a-z0-9.:/-]{0,127}/handovers")]
Position = Annotated[int, Whole()]
Seq = Annotated[int, Whole(low=1)]
Scope = Annotated[int, Count(MAX_SIZE)]
Band = Annotated[int, OneOf(BANDS)]
Tens = Annotated[int, Whole(step=10, high=MAX_SIZE)]

USE_STATES = (
    *("draft", "submitted", "triage", "comment", "panel", "refused", "approved", "agreement", "published"),
    *("notified", "window", "cleared", "released", "in_use", "expiring", "destroyed", "closed"),
    *("suspended", "withdrawn", "breached"),
)
PAPERS = (
    *("triage", "difference", "opening", "objection", "reply", "children", "hearing", "interest", "review"),
    *("vote", "decision", "facts", "direction", "agreement", "signature", "second", "stop"),
    *("recipient", "certificate", "breach"),
)
OUTCOMES = ("delivered", "withdrawn", "unknown")


def band(count: int) -> int:
    """Return the band a count stands in, by its upper edge: at most 64, 512, 4 096, …"""
    found = next((edge for edge in BANDS if count <= edge), None)
    if found is None or count < 0:
        raise ShapeRefused("band", "the count lies in no band.")
    return found


def tens(count: int) -> int:
    """Return a count rounded down to tens: 0 then says *fewer than ten*."""
    return count - count % 10


def items_digest(items: tuple[str, ...]) -> bytes:
    """Return the digest under which a header names its items: SHA-256(JCS(sorted item ids))."""
    return hashlib.sha256(print_json(sorted(items))).digest()


def recipient_key_hash(public: bytes) -> bytes:
    """Return the hash under which a header names a recipient's Ed25519 key: SHA-256 of its 32 bytes."""
    return hashlib.sha256(public).digest()


# --- the handovers log ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ListOf(Shaped):
    """What is public about a list. For a handover, n is its scope before any choice, padded (D13)."""

    depth: Annotated[int, Whole(high=27)]
    n: Scope
    root: Hash

    @classmethod
    def of(cls, committed: Committed) -> Self:
        """Say in an entry what a tree has committed to."""
        return cls(depth=committed.depth, n=committed.n, root=committed.root)

    @property
    def committed(self) -> Committed:
        """Return the same facts as the tag tree knows them."""
        return Committed(n=self.n, depth=self.depth, root=self.root)


@dataclass(frozen=True, slots=True)
class LogState(Shaped):
    """A log up to a size: how the two logs refer to one another."""

    root: Hash
    size: Position


@dataclass(frozen=True, slots=True)
class RegistryHeader(Shaped):
    """What a registry's name is made of. Who is in it is said by its list alone."""

    events: LogState
    log: Origin
    nonce: Hash


@dataclass(frozen=True, slots=True)
class Registry(Shaped):
    """A list of keys is fixed: one element a person, label(16) || commitment(32)."""

    kind: ClassVar[str] = "registry"
    log: ClassVar[str] = HANDOVERS
    header: RegistryHeader
    id: Id
    set: ListOf


@dataclass(frozen=True, slots=True)
class RegistryRef(Shaped):
    """Which earlier registry a handover takes its keys from."""

    id: Id
    index: Position
    root: Hash


@dataclass(frozen=True, slots=True)
class Recipient(Shaped):
    """Who receives: an opaque id, and SHA-256 of the Ed25519 key with which it signs what it recomputed."""

    id: Code
    key: Hash


@dataclass(frozen=True, slots=True)
class IntentHeader(Shaped):
    """What a handover's name is made of: everything that was settled before its tags could be computed."""

    decision: Position
    events: LogState
    gateway: Code
    items: Hash
    log: Origin
    mode: Annotated[str, OneOf(("include",))]
    nonce: Hash
    population: Code
    purpose: Code
    recipient: Recipient
    registry: RegistryRef
    use: Code


@dataclass(frozen=True, slots=True)
class Intent(Shaped):
    """A list of children is fixed before a handover. `payload` is SHA-256 of the *ciphertext*."""

    kind: ClassVar[str] = "intent"
    log: ClassVar[str] = HANDOVERS
    header: IntentHeader
    id: Id
    payload: Hash
    seq: Seq
    set: ListOf


@dataclass(frozen=True, slots=True)
class Recomputed(Shaped):
    """What a recipient found when it recomputed the list from the file it got, and signed.

    Not how many rows: beside the exact scope, even a band of it would tell of refusals (D13).
    """

    key: Hash
    n: Scope
    root: Hash
    signature: Annotated[bytes, Hex(64)]


@dataclass(frozen=True, slots=True)
class Outcome(Shaped):
    """What became of a handover. Without one it counts as delivered."""

    kind: ClassVar[str] = "outcome"
    log: ClassVar[str] = HANDOVERS
    id: Id
    outcome: Annotated[str, OneOf(OUTCOMES)]
    recomputed: Annotated[Recomputed | None, Maybe(Part(Recomputed))]
    seq: Seq


# --- the events log ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CatalogueSet(Shaped):
    """The catalogue in force from now on (D41)."""

    kind: ClassVar[str] = "catalogue"
    log: ClassVar[str] = EVENTS
    hash: Hash


@dataclass(frozen=True, slots=True)
class CatalogueAnnounced(Shaped):
    """A looser catalogue is published, and may come into force at a moment, not before (D41).

    `base` is the catalogue in force, `hash` the new one; `difference` is SHA-256(JCS(sentences)) of every change from
    one to the other that loosens. All three can be made anew from the published contents of the two.
    """

    kind: ClassVar[str] = "announced"
    log: ClassVar[str] = EVENTS
    base: Hash
    difference: Hash
    hash: Hash
    not_before: Annotated[datetime, Moment()]


@dataclass(frozen=True, slots=True)
class ReturnAccepted(Shaped):
    """A school's return was taken in; how many pupils, as a band."""

    kind: ClassVar[str] = "return"
    log: ClassVar[str] = EVENTS
    band: Band
    commitment: Hash
    school: Code


@dataclass(frozen=True, slots=True)
class UseMoved(Shaped):
    """A use came to a state; its texts are committed (D26). `rule` names the rule that refused it."""

    kind: ClassVar[str] = "use"
    log: ClassVar[str] = EVENTS
    commitment: Hash
    exit: Code
    purpose: Code
    rule: Annotated[str | None, Maybe(Word())]
    state: Annotated[str, OneOf(USE_STATES)]
    use: Code


@dataclass(frozen=True, slots=True)
class PaperFiled(Shaped):
    """A text about a use was filed, like an agreement or a minister's direction: committed, and never sealed."""

    kind: ClassVar[str] = "paper"
    log: ClassVar[str] = EVENTS
    commitment: Hash
    paper: Annotated[str, OneOf(PAPERS)]
    use: Code


@dataclass(frozen=True, slots=True)
class NoticeGiven(Shaped):
    """A telling was ended: how many were to be told and how many were, in tens (D9)."""

    kind: ClassVar[str] = "notice"
    log: ClassVar[str] = EVENTS
    audience: Tens
    told: Tens
    use: Code


@dataclass(frozen=True, slots=True)
class ChoicesOfDay(Shaped):
    """One day's answers, committed under a root that is padded to a band (D13)."""

    kind: ClassVar[str] = "choices"
    log: ClassVar[str] = EVENTS
    band: Band
    day: Annotated[date, Day()]
    root: Hash


@dataclass(frozen=True, slots=True)
class SingleExits(Shaped):
    """Everything that left about one person at a time until a moment, committed under a root padded to a band.

    Not in the handovers log, which every family's file carries whole (docs/adr/0013).
    """

    kind: ClassVar[str] = "singles"
    log: ClassVar[str] = EVENTS
    band: Band
    root: Hash
    until: Annotated[datetime, Moment()]


@dataclass(frozen=True, slots=True)
class Decision(Shaped):
    """The gate decided a release. `scope` is the padded n, the rest in tens; exact figures are committed."""

    kind: ClassVar[str] = "decision"
    log: ClassVar[str] = EVENTS
    catalogue: Hash
    commitment: Hash
    left_out: Annotated[int | None, Maybe(Whole(step=10, high=MAX_SIZE))]
    released: Annotated[int | None, Maybe(Whole(step=10, high=MAX_SIZE))]
    scope: Scope
    use: Code


@dataclass(frozen=True, slots=True)
class Opened(Shaped):
    """A new log begins, or an old one is closed and goes on here: the last checkpoint of the other."""

    kind: ClassVar[str] = "opened"
    log: ClassVar[str] = EVENTS
    before: Annotated[LogState | None, Maybe(Part(LogState))]
    handovers: LogState


Body = (
    Registry | Intent | Outcome | CatalogueSet | CatalogueAnnounced | ReturnAccepted | UseMoved | PaperFiled
    | NoticeGiven | ChoicesOfDay | SingleExits | Decision | Opened
)  # fmt: skip
_BODIES: tuple[type[Body], ...] = (
    *(Registry, Intent, Outcome),
    *(CatalogueSet, CatalogueAnnounced, ReturnAccepted, UseMoved, PaperFiled, NoticeGiven),
    *(ChoicesOfDay, SingleExits, Decision, Opened),
)
KINDS: Mapping[tuple[str, str], type[Body]] = {(body.log, body.kind): body for body in _BODIES}


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a log: what happened, and when the keeper says it did."""

    at: Annotated[datetime, Moment()]
    body: Body

    def __post_init__(self) -> None:
        """Refuse a time that has no one spelling."""
        Moment().show(self.at, "entry.at")

    @property
    def log(self) -> str:
        """Return the log it belongs to."""
        return self.body.log

    @property
    def kind(self) -> str:
        """Return its kind."""
        return self.body.kind

    def print(self) -> bytes:
        """Return its bytes, as they are hashed into the log."""
        whole: dict[str, Json] = {
            "at": Moment().show(self.at, "entry.at"),
            "body": self.body.to_json(),
            "kind": self.kind,
            "log": self.log,
            "v": VERSION,
        }
        raw = print_json(whole)
        if len(raw) > MAX_ENTRY_BYTES:
            raise ShapeRefused("entry", f"it is longer than {MAX_ENTRY_BYTES:,} bytes.")
        return raw


def body(log: str, kind: str, fields: object) -> Body:
    """Return the typed body of a kind, from its JSON fields."""
    found = KINDS.get((log, kind))
    if found is None:
        raise ShapeRefused("kind", "no such kind of entry may stand in this log.")
    return found.from_json(fields)


def parse(raw: bytes, *, log: str) -> Entry:
    """Read one entry of a log; refuse an unknown kind or field, a wrong type, and any second spelling."""
    whole = parse_json(raw, limit=MAX_ENTRY_BYTES)
    if not isinstance(whole, dict) or set(whole) != {"at", "body", "kind", "log", "v"}:
        raise ShapeRefused("entry", "exactly these fields are expected: at, body, kind, log, v.")
    kind = whole["kind"]
    if whole["v"] is True or whole["v"] != VERSION or whole["log"] != log or not isinstance(kind, str):
        raise ShapeRefused("entry", "it is of another version or stands in another log.")
    return Entry(at=Moment().read(whole["at"], "entry.at"), body=body(log, kind, whole["body"]))


def name(header: RegistryHeader | IntentHeader) -> bytes:
    """Return the id that a header gives its list."""
    return identifier(header.to_json())


def schemas() -> dict[str, dict[str, Any]]:
    """Return the JSON Schema of each kind of entry, by `log/kind`: what the docs print."""
    found: dict[str, dict[str, Any]] = {}
    for (log, kind), cls in KINDS.items():
        found[f"{log}/{kind}"] = {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": f"{log}/{kind}",
            "description": (cls.__doc__ or "").strip(),
            "type": "object",
            "additionalProperties": False,
            "required": ["at", "body", "kind", "log", "v"],
            "properties": {
                "at": Moment().schema(),
                "body": Part(cls).schema(),
                "kind": {"const": kind},
                "log": {"const": log},
                "v": {"const": VERSION},
            },
        }
    return found
