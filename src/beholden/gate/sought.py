# SPDX-License-Identifier: Apache-2.0
r"""Decides who of the children whom a court names by name was found; seals what that rests on. No database, no clock.

One blob for each search: whom each child of the paper may be, with why, and what officers said of it.

sought = nonce (12) || AES-256-GCM(key, JSON, aad = "beholden/search/v1\n" || the row's other columns as JCS)

Of what the paper says of a child its place is in it, and a name that agrees in part, for whoever looks. A child whom
nobody is like is not in it. To destroy the key is to wipe every copy.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import msgspec

from beholden.gate import sealing
from beholden.gate.pair_rules import BLIND, is_wanted, outcome
from beholden.gate.pairs import Why
from beholden.kinds import PersonId
from beholden.ledger.canonical import Json, print_json
from beholden.linkage.sampling import Opinion
from beholden.refusals import Refusal

PREFIX = "search."


class Pair(msgspec.Struct, frozen=True):
    """One child of the paper, by its place there from 1 on, and somebody it may be, with why."""

    place: int
    person: UUID
    why: Why


class Said(msgspec.Struct, frozen=True):
    """What one officer said of one pair, by the pair's place among them."""

    pair: int
    says: Opinion
    by: str
    at: datetime


class Sought(msgspec.Struct, frozen=True):
    """Every pair of one search, and what was said of them, in the order in which it came."""

    pairs: tuple[Pair, ...]
    said: tuple[Said, ...] = ()

    def of(self, pair: int) -> tuple[Opinion, ...]:
        """Return what was said of one pair."""
        return tuple(one.says for one in self.said if one.pair == pair)

    def waits(self) -> bool:
        """Say whether two people have yet to look at some pair."""
        return any(len(self.of(pair)) < BLIND for pair in range(len(self.pairs)))

    def waiting_for(self, officer: str) -> tuple[int, ...]:
        """Return the pairs that one officer may still look at: not looked at by it, and somebody is wanted."""
        mine = {one.pair for one in self.said if one.by == officer}
        return tuple(pair for pair in range(len(self.pairs)) if pair not in mine and is_wanted(self.of(pair)))

    def differing(self) -> tuple[int, ...]:
        """Return the places in the paper about which two differ, and no third has said anything."""
        found = {
            one.place
            for pair, one in enumerate(self.pairs)
            if len(self.of(pair)) >= BLIND and is_wanted(self.of(pair))
        }
        return tuple(sorted(found))

    def found(self) -> Mapping[int, PersonId]:
        """Return who is found, by place in the paper.

        Whom two call the same, blind, or a third where they differ; until a third does, it is nobody. A child that
        comes to two people is nobody, and two children that come to one person are both nobody: the paper names two.
        """
        same = [one for pair, one in enumerate(self.pairs) if outcome(self.of(pair)) is Opinion.SAME]
        places = Counter(one.place for one in same)
        people = Counter(one.person for one in same)
        return {
            one.place: PersonId(one.person)
            for one in sorted(same, key=lambda one: one.place)
            if places[one.place] == people[one.person] == 1
        }


def key_name(search: str) -> str:
    """Return the name of the key file of one search."""
    return f"{PREFIX}{search}"


def seal(key: bytes, bound: Mapping[str, Json], sought: Sought) -> bytes:
    """Return what was sought, sealed to its row."""
    return sealing.seal(key, _aad(bound), msgspec.json.encode(sought))


def unseal(key: bytes, bound: Mapping[str, Json], blob: bytes) -> Sought:
    """Open what was sealed to this very row, or refuse."""
    try:
        return _sought.decode(sealing.unseal(key, _aad(bound), blob))
    except ValueError as trouble:
        raise Refusal(
            "gate.search_changed",
            "This is not what was found for this order.",
            next_step="Run `beholden fsck`. End the search, and look for the children again.",
            authority="D22, D36",
        ) from trouble


def _aad(bound: Mapping[str, Json]) -> bytes:
    return b"beholden/search/v1\n" + print_json(dict(bound))


_sought = msgspec.json.Decoder(Sought)
