# SPDX-License-Identifier: Apache-2.0
"""What the recipient's pages ask and are answered: frozen values that hold nothing but plain ones. Does nothing."""

from dataclasses import dataclass, field
from datetime import date

from beholden.rights.shown import Officer, Shown


@dataclass(frozen=True, slots=True)
class Route:
    """One use of the recipient's body, in any state. `due` is what it has to do: sign, receipt, wipe, or empty."""

    ref: str
    title: str
    state_label: str
    purpose_label: str
    stands: str
    then: str
    starts_on: date
    ends_on: date
    released_on: tuple[date, ...]
    wiped_by: date | None
    overdue_days: int
    due: str


@dataclass(frozen=True, slots=True)
class Routes:
    """All routes of one body on one page (D19). `same_keys` are the names of bodies that could open the same files."""

    officer: Officer
    routes: tuple[Route, ...]
    same_keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Held:
    """One use of the recipient's: what was agreed, and what is due.

    `text` is the agreement, empty before there is one; `to_sign` is that text as the key signs it. `handovers` are
    those of which the recipient has not said yet what it got. `signed` are the sides that signed.
    """

    officer: Officer
    route: Route
    text: str
    digest: str
    to_sign: str
    signed: tuple[str, ...]
    handovers: tuple[str, ...]
    can_wipe: bool


@dataclass(frozen=True, slots=True)
class Signed:
    """A signature under the agreement, in hex."""

    shown: Shown
    ref: str
    signature: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """The signed recomputation, as `beholden recipient check` wrote it."""

    shown: Shown
    ref: str
    text: str


@dataclass(frozen=True, slots=True)
class Word:
    """What a receipt was worth: the list agrees, or it does not."""

    agrees: bool


@dataclass(frozen=True, slots=True)
class Wiped:
    """How and when every copy was wiped; `signature` in hex, or empty while the text is still to be signed."""

    shown: Shown
    ref: str
    on: date
    method: str
    statement: str = field(repr=False)
    signature: str = ""


@dataclass(frozen=True, slots=True)
class ToSign:
    """A certificate as the key signs it. `done`: it was signed, looked at and filed."""

    officer: Officer
    text: str
    done: bool
