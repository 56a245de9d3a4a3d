# SPDX-License-Identifier: Apache-2.0
"""What the handovers log may say: a list of keys, a handover before it happens, and what became of it."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

from beholden.ledger.shapes import (
    Hex,
    Maybe,
    OneOf,
    Part,
    Shaped,
)
from beholden.ledger.vocabulary.terms import (
    HANDOVERS,
    OUTCOMES,
    Band,
    Code,
    Hash,
    Id,
    ListOf,
    LogState,
    Origin,
    Position,
    Scope,
    Seq,
)


@dataclass(frozen=True, slots=True)
class RegistryHeader(Shaped):
    """What a registry's name is made of. Who is in it is said by its list alone.

    `vrf` is the public key by which the place of a pupil number is proved: one for all lists of keys of a log.
    """

    events: LogState
    log: Origin
    nonce: Hash
    vrf: Hash


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
    """Who receives: an opaque id, and SHA-256 of the Ed25519 key with which it signs what it recomputed.

    Into the reading room nothing is received: whoever has no key stands there with SHA-256 of nothing.
    """

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


@dataclass(frozen=True, slots=True)
class DutyHeader(Shaped):
    """What a duty return's name is made of. It names no registry: there is no list in which a key could be missing."""

    decision: Position
    events: LogState
    gateway: Code
    items: Hash
    log: Origin
    nonce: Hash
    population: Code
    purpose: Code
    recipient: Recipient
    use: Code


@dataclass(frozen=True, slots=True)
class DutyReturn(Shaped):
    """A return that a law requires is fixed before it leaves. `payload` is SHA-256 of the *ciphertext*.

    Nobody's word takes a child out of it, so nothing is proved of single children: how many it is about is a band.
    """

    kind: ClassVar[str] = "duty"
    log: ClassVar[str] = HANDOVERS
    band: Band
    header: DutyHeader
    id: Id
    payload: Hash


@dataclass(frozen=True, slots=True)
class DutyOutcome(Shaped):
    """What became of a duty return, as the keeper reports. Without one it counts as delivered."""

    kind: ClassVar[str] = "duty_outcome"
    log: ClassVar[str] = HANDOVERS
    id: Id
    outcome: Annotated[str, OneOf(OUTCOMES)]
