# SPDX-License-Identifier: Apache-2.0
"""Answers what the published log alone says of uses: which state each has come to, and which text was committed to.

Counts are made from entries that anybody can fetch, so that anybody counts the same; the register's own table is asked
for one thing only, the text of a use that has been handed in, with the salt that opens its commitments (D26).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from beholden.home import here
from beholden.ledger import queries as ledger
from beholden.ledger.checkpoint import Checkpoint
from beholden.ledger.reading import Reader
from beholden.ledger.texts import PublishedText, opens
from beholden.ledger.vocabulary.events import UseMoved
from beholden.ledger.vocabulary.terms import EVENTS
from beholden.uses.queries import published_text
from beholden.uses.rules import State
from beholden.uses.words import STATE_LABELS


@dataclass(frozen=True, slots=True)
class Said:
    """One entry of the events log about one use."""

    entry: int
    at: datetime
    body: UseMoved


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one use stands: its newest entry, and the label that pages give to the state it names.

    `agreed` says whether the log ever said that it was approved.
    """

    use: str
    label: str
    entry: int
    at: datetime
    agreed: bool


@dataclass(frozen=True, slots=True)
class Counted:
    """Every use that the log knows, newest first, and how many entries the log of events had."""

    uses: tuple[Standing, ...]
    size: int

    def of(self, label: str) -> tuple[Standing, ...]:
        """Return those that stand under one label."""
        return tuple(one for one in self.uses if one.label == label)


@dataclass(frozen=True, slots=True)
class PublicText:
    """The text of one use, and every entry that committed to it. `opens` says whether it opens them all."""

    published: PublishedText
    said: tuple[Said, ...]

    @property
    def opens(self) -> bool:
        return opens(self.published, (one.body for one in self.said))


def counted() -> Counted:
    """Count the uses of the published log by the state that each has come to (D26, U8)."""
    head = _head()
    found = (_standing(its) for its in _said(here().root, head).values())
    by_ref = sorted(found, key=lambda one: one.use, reverse=True)
    return Counted(tuple(by_ref), head.size if head else 0)


def _standing(its: tuple[Said, ...]) -> Standing:
    newest = its[-1]
    agreed = any(one.body.state == State.APPROVED for one in its)
    label = STATE_LABELS[State(newest.body.state)]
    return Standing(newest.body.use, label, newest.entry, newest.at, agreed)


def public_text(ref: str) -> PublicText:
    """Return what a use's commitments were made from, with the salt; a draft is nobody's business yet."""
    return PublicText(published_text(ref), _said(here().root, _head()).get(ref, ()))


def _head() -> Checkpoint | None:
    published = ledger.checkpoint(EVENTS)
    return published.checkpoint if published else None


_MOVES = Reader(EVENTS, UseMoved)


@lru_cache(maxsize=1)  # the pages ask again and again between two checkpoints
def _said(_home: Path, head: Checkpoint | None) -> Mapping[str, tuple[Said, ...]]:
    """Return what the log says of each use, in order, in the log as this checkpoint has it."""
    found: dict[str, list[Said]] = {}
    for one in _MOVES.upto(head):
        if isinstance(one.body, UseMoved):
            found.setdefault(one.body.use, []).append(Said(one.index, one.at, one.body))
    return MappingProxyType({use: tuple(its) for use, its in found.items()})
