# SPDX-License-Identifier: Apache-2.0
"""Draws, when a list of names is matched, of whom people look unseen at what the rules decided. No clock, no database.

Three layers: records that the rules took for somebody; records that came to nobody, with somebody *near* enough to be
doubted; and those with somebody *far*. Of each the same number at most, in an order that the list's own key gives: it
is drawn while nobody has looked, and nobody who looks can tell which it was. Records for a person to see are no layer,
because people see them all; nor is who came near nobody, because there is no pair to look at.
"""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from beholden.register.linked import Met

EACH = 30
"""Pairs that are drawn of a layer, at most. Of thirty right ones it follows that at most one in eight is wrong."""

DOUBTED = 0.01
"""From this probability on somebody who is nobody is near. Above `linkage.deciding.LIKELY` a person looks anyhow."""


class Layer(StrEnum):
    """What the rules decided of a record that is drawn, and how near that was."""

    TAKEN = "taken"
    NEAR = "near"
    FAR = "far"


PASSED = frozenset({Layer.NEAR, Layer.FAR})
"""The layers of records that came to nobody: whatever people say of them, they are in no answer."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """The pairs of one layer that were drawn, and how many it has."""

    layer: Layer
    pairs: int
    met: tuple[Met, ...]


def draw(taken: Sequence[Met], passed: Sequence[Met], key: bytes) -> tuple[Drawn, ...]:
    """Return what is drawn of each layer, under a list's own key."""
    layers: Mapping[Layer, Sequence[Met]] = {
        Layer.TAKEN: taken,
        Layer.NEAR: [one for one in passed if one.why.posterior >= DOUBTED],
        Layer.FAR: [one for one in passed if one.why.posterior < DOUBTED],
    }

    def place(one: Met) -> bytes:
        said = b"beholden/drawn/v1\n" + one.place.to_bytes(8, "big") + one.person.bytes
        return hmac.digest(key, said, hashlib.sha256)

    return tuple(
        Drawn(layer, len(pairs), tuple(sorted(pairs, key=place)[:EACH])) for layer, pairs in layers.items()
    )
