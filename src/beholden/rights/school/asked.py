# SPDX-License-Identifier: Apache-2.0
"""What a school's door asks and is answered: frozen values that hold nothing but plain ones. Does nothing."""

from dataclasses import dataclass, field
from datetime import date, datetime

from beholden.rights.shown import Shown

MOST_BYTES = 300 * 1024 * 1024
"""A file that a school sends may be so large, and what comes out of a zip too: many times the largest school's return.
What is larger is no return of one school, and would only fill the disk on which it waits."""


@dataclass(frozen=True, slots=True)
class Fetch:
    """A question for the record of a child who moved to this school: the pupil number and the birth date."""

    shown: Shown
    number: str
    born: date

    def __repr__(self) -> str:
        """Keep number and birth date out of whatever prints a question."""
        return "Fetch(…)"


@dataclass(frozen=True, slots=True)
class Locked:
    """A file that this school's key opens, and what to call it. No name, number or birth date stands in that."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class PostLine:
    """One use that a school passes post on for: the same line for each pupil of its own list."""

    ref: str
    title: str
    who: str
    until: date


@dataclass(frozen=True, slots=True)
class WhichPost:
    """A question for the list of one use."""

    shown: Shown
    ref: str


@dataclass(frozen=True, slots=True)
class PostPack:
    """What a school passes on, as CSV: the numbers of its own roll, whoever is written to, and one line of words."""

    ref: str
    table: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class School:
    """Whose door it is: the officer's reference, the school's number and its name."""

    ref: str
    number: str
    name: str


@dataclass(frozen=True, slots=True)
class Put:
    """A file was put down in the inbox under this name: take it in."""

    shown: Shown
    name: str


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a file: accepted, unchanged or refused; and its place among the school's (1 is the oldest)."""

    school: School
    status: str
    place: int


@dataclass(frozen=True, slots=True)
class Line:
    """One file that the school sent. `census` is what it was for, in words, or empty where the file did not say.

    `status` is accepted, superseded or refused; `found` is how many findings are listed with it.
    """

    place: int
    receipt: str
    census: str
    status: str
    pupils: int
    at: datetime
    found: int


@dataclass(frozen=True, slots=True)
class History:
    """Every file of the school, newest first."""

    school: School
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Which:
    """One file of the school, by its place."""

    shown: Shown
    place: int


@dataclass(frozen=True, slots=True)
class Spot:
    """Where one finding stands: the line, and the place in words ("pupil 12 on roll, year 9"), never whom."""

    line: int
    place: str


@dataclass(frozen=True, slots=True)
class Group:
    """Everything that breaks one rule in one way. `is_error`: it kept the file out; else it is a question."""

    rule: str
    is_error: bool
    sentence: str
    what_to_do: str
    spots: tuple[Spot, ...]


@dataclass(frozen=True, slots=True)
class Findings:
    """One file with what was found in it, errors first. `all_listed`: there is nothing besides what is listed."""

    school: School
    line: Line
    groups: tuple[Group, ...]
    all_listed: bool


@dataclass(frozen=True, slots=True)
class UseLine:
    """One use whose children are, in part, of what this school sent.

    `children` is how many of this school's were in scope, before any choice, flag or telling, in tens; None where
    nothing was handed over, 0 where they are fewer than `fewer_than`. How many of them were left out or released is
    said to nobody at the scale of a school (D13). `is_heard`: it is where a school may object to it; `objected`: this
    school did.
    """

    ref: str
    title: str
    who: str
    why: str
    what: str
    state_label: str
    about: str
    starts_on: date
    ends_on: date
    answer_by: datetime | None
    refused: str
    children: int | None
    is_heard: bool
    objected: bool


@dataclass(frozen=True, slots=True)
class WhichUse:
    """A question for what this school objects to one use, and what it was answered."""

    shown: Shown
    ref: str


@dataclass(frozen=True, slots=True)
class Object:
    """A school's objection to one use, in its own words: public, under its name."""

    shown: Shown
    ref: str
    reason: str


@dataclass(frozen=True, slots=True)
class Objection:
    """One use as a school may object to it. `reason` is what it says now, or empty; `answer` what the panel said to it.

    `is_open`: this school may object to it at this moment, in `most` characters. `is_early`: it is not open for comment
    yet.
    """

    school: School
    ref: str
    title: str
    who: str
    reason: str
    answer: str
    is_open: bool
    is_early: bool
    most: int


@dataclass(frozen=True, slots=True)
class Objected:
    """A school's objection to this use is written down."""

    ref: str


@dataclass(frozen=True, slots=True)
class Uses:
    """Every use of what the school sent, newest first. A count under `fewer_than` is not shown."""

    school: School
    uses: tuple[UseLine, ...]
    fewer_than: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """Everything that a school is asked to pass on today, newest first."""

    school: School
    lines: tuple[PostLine, ...]


@dataclass(frozen=True, slots=True)
class Census:
    """One return that is due: what it is called and the day it is about."""

    label: str
    day: date


@dataclass(frozen=True, slots=True)
class Today:
    """What waits for the school: returns not yet taken in, the last file and the last one in force, uses still open."""

    school: School
    due: tuple[Census, ...]
    last: Line | None
    in_force: Line | None
    open_uses: tuple[UseLine, ...]
