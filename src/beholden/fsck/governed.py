# SPDX-License-Identifier: Apache-2.0
"""Checks the rules' own history: every catalogue that the log names is kept, and none came before its time (D41)."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from beholden.catalogue import Catalogue, PackRefused, restore
from beholden.catalogue.rules import Loosening
from beholden.fsck.files import is_leftover, names
from beholden.fsck.rules import TIDY, Findings, found, note
from beholden.gate import ratchet
from beholden.gate.catalogues import file_name
from beholden.gate.ratchet import Announced
from beholden.home import Home
from beholden.ledger import queries as ledger
from beholden.ledger.vocabulary.events import CatalogueAnnounced, CatalogueSet
from beholden.ledger.vocabulary.terms import EVENTS
from beholden.refusals import Refusal

_LOG = "ledger/events"
_AGAINST = (
    "Decide nothing until it is known who did this and when: what was decided since stands under rules that were never "
    "due. Tell the registrar and the data protection officer; set the rules that were in force before."
)


@dataclass(frozen=True, slots=True)
class _Said:
    """One entry about the rules, in the order of the log."""

    index: int | None
    at: datetime
    body: CatalogueSet | CatalogueAnnounced


def check_catalogues(home: Home, catalogue: Catalogue) -> Findings:
    """Yield what is wrong with kept catalogues and with the order in which they came.

    Must hold: (1) each catalogue that an entry names is kept, byte for byte; (2) each that came into force was tighter
    than the last, or announced against the last and due; (3) each announcement's difference is that of the two; (4) no
    other file lies among them; (5) this software's own is the last.
    """
    said = tuple(sorted(_said(), key=lambda one: (one.index is None, one.index)))
    kept: dict[str, bytes | None] = {}
    for one in said:
        for hashed in _named(one.body):
            kept.setdefault(hashed, _content(home, hashed))
    for hashed, content in kept.items():
        if content is None:  # (1)
            where = f"catalogues/{file_name(hashed)}"
            yield found("catalogue_missing", where, "What this catalogue said is not there, or was changed.")
    if None not in kept.values():
        yield from _check_order(said, {hashed: _read(content or b"") for hashed, content in kept.items()})
    known = {file_name(hashed) for hashed in kept}
    for name in names(home.catalogues):  # (4)
        if name not in known and not is_leftover(name):
            yield note("orphan", f"catalogues/{name}", "No entry of the log names this catalogue.", TIDY)
    last = next((one.body for one in reversed(said) if isinstance(one.body, CatalogueSet)), None)
    if last is not None and last.hash.hex() != catalogue.hash:  # (5)
        sentence = (
            "This software's catalogue is not the one that the log said last; under it nothing is decided."
        )
        yield note("catalogue", _LOG, sentence, "Say it: beholden init.")


def _said() -> Iterator[_Said]:
    for kind in (CatalogueSet, CatalogueAnnounced):
        for row in ledger.spoken(EVENTS, kind.kind):
            if row.refused_at is None and isinstance(row.says, kind):
                yield _Said(row.index, row.at, row.says)


def _named(body: CatalogueSet | CatalogueAnnounced) -> tuple[str, ...]:
    return (body.hash.hex(), body.base.hex()) if isinstance(body, CatalogueAnnounced) else (body.hash.hex(),)


def _content(home: Home, hashed: str) -> bytes | None:
    try:
        raw = (home.catalogues / file_name(hashed)).read_bytes()
    except FileNotFoundError:
        return None
    return raw if hashlib.sha256(raw).hexdigest() == hashed else None


def _read(content: bytes) -> Catalogue | None:
    try:
        return restore(content)
    except PackRefused:  # of another version: what it changes cannot be told, and counts as looser
        return None


def _check_order(said: tuple[_Said, ...], read: dict[str, Catalogue | None]) -> Findings:
    last: str | None = None
    announced: list[Announced] = []
    for one in said:
        body, hashed = one.body, one.body.hash.hex()
        if isinstance(body, CatalogueAnnounced):
            announced.append(Announced(body.base.hex(), hashed, body.not_before))
            changes = _changes(read[body.base.hex()], read[hashed])
            if changes is not None and ratchet.digest(changes) != body.difference.hex():  # (3)
                yield found("difference", _LOG, f"Entry {one.index} announces another difference.", _AGAINST)
            continue
        if (
            last is not None and last != hashed and not _may_come(last, hashed, read, announced, one.at)
        ):  # (2)
            sentence = f"Entry {one.index} of events loosens the rules, and was not announced or not due."
            yield found("ratchet", _LOG, sentence, _AGAINST)
        last = hashed


def _changes(before: Catalogue | None, after: Catalogue | None) -> tuple[Loosening, ...] | None:
    return None if after is None else ratchet.loosenings(before, after)


def _may_come(
    last: str, hashed: str, read: dict[str, Catalogue | None], announced: list[Announced], at: datetime
) -> bool:
    new = read[hashed]
    if new is None:  # nothing can be compared: it must have been announced as a whole
        return any((one.base, one.hash) == (last, hashed) and at >= one.not_before for one in announced)
    try:
        ratchet.check_may_come(last, read[last], new, announced, at=at)
    except Refusal:
        return False
    return True
