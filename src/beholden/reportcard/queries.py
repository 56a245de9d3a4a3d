# SPDX-License-Identifier: Apache-2.0
"""Answers with the report card: for the page, of a home, or of anybody's copy of the public files. No database.

All read files of one form by one code, so that they cannot differ; only where the keys come from differs. The keeper's
command takes them from its signers, the page from beside the logs, because doors hold no secret key; a stranger gives
the ones that the keeper prints.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path

from beholden.catalogue import Catalogue
from beholden.home import Home, here
from beholden.ledger.signer import LOGS, Signer, log_of
from beholden.ledger.texts import FOLDER
from beholden.refusals import Refusal
from beholden.reportcard.card import Card
from beholden.reportcard.published import facts
from beholden.reportcard.rules import grade


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a card depends on. Two of them are one where logs, texts, rules and day are the same."""

    home: Home
    keys: tuple[bytes | None, ...]
    seals: tuple[bytes | None, ...]
    texts: tuple[tuple[str, int, int], ...]
    rules: str
    on: date
    catalogue: Catalogue = field(compare=False)  # `rules` is its hash


def report_card(*, catalogue: Catalogue, on: date) -> Card:
    """Return the card of this home for its public page; the same one until a log grows, a text or the day changes.

    A log is read whole and verified whole, some 80 µs an entry; so the page keeps the last card in memory. A file that
    is changed under an unchanged seal shows here only after a restart: at once in `beholden grade` and `beholden fsck`.
    """
    home = here()
    keys = tuple(log_of(home, log).published_key() for log in LOGS)
    seals = tuple(log_of(home, log).published() for log in LOGS)
    found = sorted((home.ledger / FOLDER).glob("*.json"))
    texts = tuple((path.name, path.stat().st_mtime_ns, path.stat().st_size) for path in found)
    return _kept(_Asked(home, keys, seals, texts, catalogue.hash, on, catalogue))


@lru_cache(maxsize=2)
def _kept(asked: _Asked) -> Card:
    keys = [raw.decode("utf-8", "replace").removesuffix("\n") for raw in asked.keys if raw is not None]
    if len(keys) < len(LOGS):
        raise Refusal(
            "reportcard.no_log",
            "Nothing has been written into the public log yet, so there is nothing to grade.",
            next_step="Come back when the log has begun.",
            authority="D38: computed from the published logs",
        )
    return card_of_copy(asked.home.ledger, keys=keys, catalogue=asked.catalogue, on=asked.on)


def card_of_home(home: Home, *, catalogue: Catalogue, on: date) -> Card:
    """Return the card of a home's own published logs, read afresh (D26, D38)."""
    keys = [Signer.of(home, log).key.print() for log in LOGS]
    return card_of_copy(home.ledger, keys=keys, catalogue=catalogue, on=on)


def card_of_copy(folder: Path, *, keys: Iterable[str], catalogue: Catalogue, on: date) -> Card:
    """Return the card from a copy of the public folders, as a stranger computes it. Needs no home."""
    return grade(facts(folder, keys=keys, on=on), catalogue)
