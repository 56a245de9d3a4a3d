# SPDX-License-Identifier: Apache-2.0
"""The closed vocabulary of both logs: what an entry may say, and nothing else.

Decides whether bytes are an entry, and prints entries. Knows no database and no signature. An entry is
canonical JSON `{"at","body","kind","log","v":1}`; the kind fixes the fields of the body, and stands in
`beholden.ledger.vocabulary`. Everything in it
is a code, an opaque id, a time, a hash, or a count that no child can be picked out of: names and texts live
outside and are committed as SHA-256(salt32 || text), so that they can be erased (EDPB Guidelines 02/2025).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from inspect import cleandoc
from typing import Annotated, Any

from beholden.ledger.canonical import Json, parse_json, print_json
from beholden.ledger.shapes import (
    Moment,
    Part,
    ShapeRefused,
)
from beholden.ledger.tags import identifier
from beholden.ledger.vocabulary.audits import Replayed
from beholden.ledger.vocabulary.events import (
    CatalogueAnnounced,
    CatalogueSet,
    ChoicesOfDay,
    Decision,
    ListAudited,
    ListLinked,
    ListsAudited,
    NoticeGiven,
    Opened,
    PaperFiled,
    ReturnAccepted,
    RosterHanded,
    SingleExits,
    UntoldIn,
    UrgentMonth,
    UseMoved,
)
from beholden.ledger.vocabulary.handovers import (
    DutyHeader,
    DutyOutcome,
    DutyReturn,
    Intent,
    IntentHeader,
    Outcome,
    Registry,
    RegistryHeader,
)
from beholden.ledger.vocabulary.redress import ContestsOfMonth, IncidentMoved, RedressOfDay
from beholden.ledger.vocabulary.sealed import Extended, Sealed, SealedHeader, Seen, Unsealed
from beholden.ledger.vocabulary.tables import TableFrozen, TableWithdrawn

MAX_ENTRY_BYTES = 65_535  # c2sp.org/tlog-tiles: an entry's length is an unsigned 16-bit number
VERSION = 1

Body = (
    Registry | Intent | Outcome | DutyReturn | DutyOutcome | Sealed | Seen | Extended | Unsealed | Replayed
    | CatalogueSet | CatalogueAnnounced | ReturnAccepted | UseMoved | PaperFiled | NoticeGiven
    | ChoicesOfDay | SingleExits | UrgentMonth | Decision | UntoldIn | RosterHanded | ListLinked | Opened
    | ListAudited | ListsAudited | RedressOfDay | IncidentMoved | ContestsOfMonth | TableFrozen | TableWithdrawn
)  # fmt: skip
_BODIES: tuple[type[Body], ...] = (
    *(Registry, Intent, Outcome, DutyReturn, DutyOutcome, Sealed, Seen, Extended, Unsealed, Replayed),
    *(CatalogueSet, CatalogueAnnounced, ReturnAccepted, UseMoved, PaperFiled, NoticeGiven),
    *(ChoicesOfDay, SingleExits, UrgentMonth, Decision, UntoldIn, RosterHanded, ListLinked, Opened),
    *(ListAudited, ListsAudited, RedressOfDay, IncidentMoved, ContestsOfMonth, TableFrozen, TableWithdrawn),
)
KINDS: Mapping[tuple[str, str], type[Body]] = {(body.log, body.kind): body for body in _BODIES}
NUMBERED = frozenset({Intent.kind, Sealed.kind})
"""The kinds that take the next number of a handover: 1, 2, 3 … of both together."""


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


def name(header: RegistryHeader | IntentHeader | DutyHeader | SealedHeader) -> bytes:
    """Return the id that a header gives its list."""
    return identifier(header.to_json())


def schemas() -> dict[str, dict[str, Any]]:
    """Return the JSON Schema of each kind of entry, by `log/kind`: what docs/reference/schemas holds."""
    found: dict[str, dict[str, Any]] = {}
    for (log, kind), cls in KINDS.items():
        found[f"{log}/{kind}"] = {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": f"https://beholden.example/schema/entry-{VERSION}/{log}/{kind}.json",
            "title": f"{log}/{kind}",
            "description": cleandoc(cls.__doc__ or ""),
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
