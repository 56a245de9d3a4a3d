# SPDX-License-Identifier: Apache-2.0
"""Keeps what every catalogue said that was ever set or announced, and answers which one is in force. Decides nothing.

A file is named after the SHA-256 of its bytes, so it can be copied, compared and published as it lies. It is on the
disk before the log names it, and is never changed: a decision of long ago can be read under the rules of its day.
"""

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from beholden.catalogue import Catalogue, PackRefused, restore
from beholden.catalogue.rules import Loosening
from beholden.gate.ratchet import AUTHORITY, Announced, loosenings
from beholden.home import here
from beholden.home.files import write_durably
from beholden.ledger import queries as ledger
from beholden.ledger.checkpoint import Checkpoint
from beholden.ledger.reading import Reader
from beholden.ledger.vocabulary.events import CatalogueAnnounced, CatalogueSet
from beholden.ledger.vocabulary.terms import EVENTS
from beholden.refusals import Refusal

NOTICE = "rules_notice_days"
_HASH = re.compile(r"[0-9a-f]{64}", re.ASCII)


def file_name(catalogue: str) -> str:
    """Return the name of the file that holds the content of a catalogue, from the catalogue's hash."""
    if not _HASH.fullmatch(catalogue):
        raise ValueError("a catalogue is named by a SHA-256 in lowercase hexadecimal")
    return f"{catalogue}.json"


def keep(catalogue: Catalogue) -> None:
    """Put a catalogue's content on the disk, to stay. Refuses one that could not be read back as the same.

    Written again where it lies already: a run that was killed may have left it unflushed, and nobody can tell.
    """
    if restore(catalogue.content) != catalogue:
        raise ValueError("this catalogue is not what its own content says")
    write_durably(here().catalogues / file_name(catalogue.hash), catalogue.content)


def content(catalogue: str) -> bytes:
    """Return the kept content of a catalogue, or refuse: not there, or not the bytes that its hash names."""
    try:
        raw = (here().catalogues / file_name(catalogue)).read_bytes()
    except FileNotFoundError:
        raw = b""
    if hashlib.sha256(raw).hexdigest() != catalogue:
        raise Refusal(
            "gate.catalogue_lost",
            f"What the catalogue {catalogue[:16]}… said is not in the home's folder catalogues, or was changed.",
            next_step=f"Put {file_name(catalogue)} back from a backup or a public copy, byte for byte.",
            authority=AUTHORITY,
        )
    return raw


def read(catalogue: str) -> Catalogue | None:
    """Return a kept catalogue, or None where it was written for a version that knows other entries than this one."""
    try:
        return restore(content(catalogue))
    except PackRefused:
        return None


def notice_days(catalogue: str) -> int:
    """Return how many days of notice a kept catalogue asks for, also where this version cannot read the rest of it."""
    try:
        days = json.loads(content(catalogue))["limit"][NOTICE]["value"]
    except (ValueError, LookupError, TypeError):
        days = None
    if type(days) is not int:
        raise Refusal(
            "gate.notice_unknown",
            "The catalogue in force does not say how long a looser one must be published first.",
            next_step="Go on with the version whose rules are in force.",
            authority=AUTHORITY,
        )
    return days


# --- what the log says ---


def last_set() -> str | None:
    """Return the hash of the catalogue set last, said in the log or on its way there; None before the first."""
    found = None
    for row in ledger.spoken(EVENTS, CatalogueSet.kind):
        if row.refused_at is None and isinstance(row.says, CatalogueSet):
            found = row.says.hash.hex()
    return found


def announced() -> tuple[Announced, ...]:
    """Return every difference that was published, in order; one that only waits to be said is not published yet."""
    return tuple(
        _announced(row.says)
        for row in ledger.spoken(EVENTS, CatalogueAnnounced.kind)
        if row.index is not None and isinstance(row.says, CatalogueAnnounced)
    )


def _announced(said: CatalogueAnnounced) -> Announced:
    return Announced(said.base.hex(), said.hash.hex(), said.not_before)


@dataclass(frozen=True, slots=True)
class RulesSet:
    """One catalogue that came into force, and where the log says so."""

    entry: int
    at: datetime
    hash: str


@dataclass(frozen=True, slots=True)
class RulesAnnounced:
    """One published difference, with every change that loosens in words; where, when, and from when it may hold."""

    entry: int
    at: datetime
    base: str
    hash: str
    not_before: datetime
    changes: tuple[Loosening, ...]


@dataclass(frozen=True, slots=True)
class RulesHistory:
    """What the published log says of the rules: the catalogues set and the differences announced, oldest first."""

    set: tuple[RulesSet, ...]
    announced: tuple[RulesAnnounced, ...]

    def to_json(self) -> dict[str, object]:
        """Return the same facts under lasting names."""
        return {
            "announced": [
                {
                    "at": one.at.isoformat(),
                    "base": one.base,
                    "changes": [change.sentence for change in one.changes],
                    "entry": one.entry,
                    "hash": one.hash,
                    "not_before": one.not_before.isoformat(),
                }
                for one in self.announced
            ],
            "set": [{"at": one.at.isoformat(), "entry": one.entry, "hash": one.hash} for one in self.set],
        }


def history() -> RulesHistory:
    """Read the published log and the kept contents, as anybody could: needs no database and no key."""
    published = ledger.checkpoint(EVENTS)
    return _history(here().root, published.checkpoint if published else None)


_RULES = Reader(EVENTS, CatalogueSet, CatalogueAnnounced)


@lru_cache(maxsize=1)  # the page asks again and again between two checkpoints
def _history(_home: Path, head: Checkpoint | None) -> RulesHistory:
    made: list[RulesSet] = []
    told: list[RulesAnnounced] = []
    for said in _RULES.upto(head):
        if isinstance(said.body, CatalogueSet):
            made.append(RulesSet(said.index, said.at, said.body.hash.hex()))
        elif isinstance(said.body, CatalogueAnnounced):
            one = _announced(said.body)
            rules = RulesAnnounced(said.index, said.at, one.base, one.hash, one.not_before, _changes(one))
            told.append(rules)
    return RulesHistory(tuple(made), tuple(told))


def _changes(one: Announced) -> tuple[Loosening, ...]:
    new = read(one.hash)
    return () if new is None else loosenings(read(one.base), new)


# --- what the gate asks before it works under a catalogue ---


def check_in_force(catalogue: Catalogue) -> None:
    """Refuse to work under any catalogue but the one that the log said last (D41)."""
    last = last_set()
    if last == catalogue.hash:
        return
    sentence = "These rules are not the ones in force: the public log names others."
    if last is None:
        sentence = "The public log does not say yet which rules are in force."
    raise Refusal(
        "gate.not_in_force",
        sentence,
        next_step=(
            "Say in the log which rules are in force: beholden init. If they are looser than the last, publish the "
            "difference first, and go on meanwhile with the version whose rules are in force."
        ),
        authority=AUTHORITY,
    )
