# SPDX-License-Identifier: Apache-2.0
"""What the handovers log may say of a handover that is compelled, and kept secret for a while (D22).

A sealed entry says that there is one, in which band it lies, under which kind of power, and by which day it opens.
Never how many children, who receives, which school or which facts: that is committed, and said when it opens.
"""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, ClassVar

from beholden.ledger.shapes import Day, Hex, Maybe, OneOf, Part, Shaped
from beholden.ledger.vocabulary.handovers import Recipient, RegistryRef
from beholden.ledger.vocabulary.terms import HANDOVERS, Code, Hash, Id, ListOf, LogState, Origin, Seq

SEALED_BANDS = (64, 4_096, 65_536)
"""The only sizes that a sealed list may have: few, so that the band tells next to nothing; above the last, no seal."""

POWERS = ("court_order", "statutory_power")

REASONS = (
    *("missing_child", "child_protection", "care_proceedings", "family_proceedings"),
    *("criminal_investigation", "criminal_trial", "inquest", "civil_claim"),
)
"""Why an order was made, as one word, which the public reads when the seal is opened. All else is the regulator's."""


def sealed_band(count: int) -> int | None:
    """Return the band that a list of so many children is filled up to; None above the largest: no seal there."""
    return next((edge for edge in SEALED_BANDS if 0 < count <= edge), None)


@dataclass(frozen=True, slots=True)
class Countersigned(Shaped):
    """Somebody's Ed25519 signature, and the key it holds under. What is signed stands in `beholden.ledger.sealing`."""

    key: Hash
    signature: Annotated[bytes, Hex(64)]


@dataclass(frozen=True, slots=True)
class Sealed(Shaped):
    """A handover under seal. `regulator` is SHA-256 of the key that may sign *seen*, and open; `second` is outside."""

    kind: ClassVar[str] = "sealed"
    log: ClassVar[str] = HANDOVERS
    band: Annotated[int, OneOf(SEALED_BANDS)]
    commitment: Hash
    opens_by: Annotated[date, Day()]
    power: Annotated[str, OneOf(POWERS)]
    regulator: Hash
    regulator_commitment: Hash
    second: Countersigned
    seq: Seq


@dataclass(frozen=True, slots=True)
class Seen(Shaped):
    """The regulator holds the details of a sealed handover, has checked them against the entry, and signs so."""

    kind: ClassVar[str] = "seen"
    log: ClassVar[str] = HANDOVERS
    regulator: Countersigned
    seq: Seq


@dataclass(frozen=True, slots=True)
class Extended(Shaped):
    """A second named decision lets a seal stand longer, once. Who decided and why is committed, for the regulator."""

    kind: ClassVar[str] = "extended"
    log: ClassVar[str] = HANDOVERS
    opens_by: Annotated[date, Day()]
    regulator_commitment: Hash
    second: Countersigned
    seq: Seq


@dataclass(frozen=True, slots=True)
class SealedHeader(Shaped):
    """What a sealed handover's name is made of. An order stands in the place of use and decision."""

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


@dataclass(frozen=True, slots=True)
class Details(Shaped):
    """What a seal hides. The list is filled up to exactly the band; `payload` is SHA-256 of the *ciphertext*."""

    header: SealedHeader
    id: Id
    payload: Hash
    power: Annotated[str, OneOf(POWERS)]
    reason: Annotated[str, OneOf(REASONS)]
    set: ListOf


@dataclass(frozen=True, slots=True)
class Unsealed(Shaped):
    """A seal is opened. `regulator` signs where the regulator opened it because the keeper did not."""

    kind: ClassVar[str] = "unsealed"
    log: ClassVar[str] = HANDOVERS
    details: Details
    regulator: Annotated[Countersigned | None, Maybe(Part(Countersigned))]
    salt: Hash
    seq: Seq
