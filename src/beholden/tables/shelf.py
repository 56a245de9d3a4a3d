# SPDX-License-Identifier: Apache-2.0
"""What a keeper's tables are asked for and what comes back, in plain values that any door can carry.

It decides nothing: which releases stand, what may be asked of each, one question, one answered table. It refuses to
hold anything secret: no cube, no key, no true figure.
"""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Field:
    """One thing to count by, an area or a variable, with its categories in the order of the policy.

    A sensitive field is guarded against groups that are nearly all alike; `finest` names the smallest area it is shown
    for, or is empty.
    """

    name: str
    says: str
    categories: tuple[str, ...]
    area: bool = False
    sensitive: bool = False
    finest: str = ""


@dataclass(frozen=True, slots=True)
class Measured:
    """One measure that means are made of."""

    name: str
    says: str


@dataclass(frozen=True, slots=True)
class Release:
    """One frozen cube: what a table cites, when it was frozen, and where the events log says so.

    `name` is what is cited. `withdrawn` is the reason, or empty while it stands. `entry` is None until the log has it.
    """

    name: str
    release: str
    moments: tuple[str, ...]
    frozen_at: datetime
    entry: int | None = None
    withdrawn: str = ""


@dataclass(frozen=True, slots=True)
class DataSet:
    """What may be asked of one data set, and its releases, the newest first.

    `period` is the field that every question has to name, or empty. `withheld` has a name and the sentence that says
    why, and what to ask instead.
    """

    name: str
    says: str
    period: str
    fields: tuple[Field, ...]
    measures: tuple[Measured, ...]
    withheld: tuple[tuple[str, str], ...]
    releases: tuple[Release, ...]
    policy: str  # SHA-256 of its file, in hex


@dataclass(frozen=True, slots=True)
class Shelf:
    """Everything that is on offer."""

    sets: tuple[DataSet, ...]


@dataclass(frozen=True, slots=True)
class Ask:
    """One question as its JSON text (`tables.question`), and from where: a keyed hash of the address, for the quota."""

    question: str
    asker: str


@dataclass(frozen=True, slots=True)
class Given:
    """One answer: the document of `tables.answering.document` as JSON text."""

    document: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the public log of questions: a question in its one order, of which day, how often it was asked."""

    day: str
    question: str
    often: int


@dataclass(frozen=True, slots=True)
class Lines:
    """The public log of questions, the newest day first."""

    lines: tuple[Line, ...]
