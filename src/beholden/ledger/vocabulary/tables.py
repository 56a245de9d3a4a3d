# SPDX-License-Identifier: Apache-2.0
"""What the events log may say of tables: a release was frozen, or withdrawn. Never a figure of one."""

from dataclasses import dataclass
from typing import ClassVar

from beholden.ledger.shapes import Shaped
from beholden.ledger.vocabulary.terms import EVENTS, Band, Code, Hash


@dataclass(frozen=True, slots=True)
class TableFrozen(Shaped):
    """The cube from which one release of a data set is answered was frozen (D24). Nothing is answered from it before.

    `moment` is the census it counts, `policy` SHA-256 of what may be asked of it, `band` how many children it counts.
    `commitment` is SHA-256(salt32 || JCS of the digests of the cube's two files): of one moment one stands.
    """

    kind: ClassVar[str] = "table"
    log: ClassVar[str] = EVENTS
    band: Band
    catalogue: Hash
    commitment: Hash
    data: Code
    moment: Code
    policy: Hash
    release: Code


@dataclass(frozen=True, slots=True)
class TableWithdrawn(Shaped):
    """A release answers nothing more (D24). Why is committed: SHA-256(salt32 || JCS of data, release and reason)."""

    kind: ClassVar[str] = "table_withdrawn"
    log: ClassVar[str] = EVENTS
    commitment: Hash
    data: Code
    release: Code
