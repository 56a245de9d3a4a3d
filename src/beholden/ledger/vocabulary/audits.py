# SPDX-License-Identifier: Apache-2.0
"""What the handovers log may say of an audit: that one list was made again, row by row, and whether it was equal."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

from beholden.ledger.shapes import Part, Shaped, Truth
from beholden.ledger.vocabulary.sealed import Countersigned
from beholden.ledger.vocabulary.terms import HANDOVERS, Id, Seq


@dataclass(frozen=True, slots=True)
class Replayed(Shaped):
    """An auditor made a handover again from the frozen records, compared it with the recipient's copy, and signs.

    `agrees` is all that is said: not how many rows, nor which of them (D13). What is signed stands in
    `beholden.ledger.auditing`.
    """

    kind: ClassVar[str] = "replayed"
    log: ClassVar[str] = HANDOVERS
    agrees: Annotated[bool, Truth()]
    auditor: Annotated[Countersigned, Part(Countersigned)]
    id: Id
    seq: Seq
