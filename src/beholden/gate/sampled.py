# SPDX-License-Identifier: Apache-2.0
"""Draws, when a list of names is matched, of whom people look unseen at what the rules decided. No clock, no database.

Three strata: records that the rules took for somebody; records that came to nobody, with somebody *near* enough to be
doubted; and those with somebody *far*. Of each the same number at most, in an order that the list's own key gives: it
is drawn while nobody has looked, and nobody who looks can tell which it was. Records for a person to see are none of
them, because people see them all; nor is who came near nobody, because there is no pair to look at.
"""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from beholden.register.linked import Met

EACH = 30
"""Pairs that are drawn of a stratum, at most. Of thirty right ones it follows that at most one in eight is wrong."""

DOUBTED = 0.01
"""From this probability on somebody who is nobody is near. Above `linkage.deciding.LIKELY` a person looks anyhow."""


class Stratum(StrEnum):
    """What the rules decided of a record that is drawn, and how near that was."""

    TAKEN = "taken"
    NEAR = "near"
    FAR = "far"


PASSED = frozenset({Stratum.NEAR, Stratum.FAR})
"""The strata of records that came to nobody: whatever people say of them, they are in no answer."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """The pairs of one stratum that were drawn, and how many it has."""

    stratum: Stratum
    pairs: int
    met: tuple[Met, ...]


def draw(taken: Sequence[Met], passed: Sequence[Met], key: bytes) -> tuple[Drawn, ...]:
    """Return what is drawn of each stratum, under a list's own key."""
    strata: Mapping[Stratum, Sequence[Met]] = {
        Stratum.TAKEN: taken,
        Stratum.NEAR: [one for one in passed if one.why.posterior >= DOUBTED],
        Stratum.FAR: [one for one in passed if one.why.posterior < DOUBTED],
    }

    def place(one: Met) -> bytes:
        said = b"beholden/drawn/v1\n" + one.place.to_bytes(8, "big") + one.person.bytes
        return hmac.digest(key, said, hashlib.sha256)

    return tuple(
        Drawn(stratum, len(pairs), tuple(sorted(pairs, key=place)[:EACH]))
        for stratum, pairs in strata.items()
    )
