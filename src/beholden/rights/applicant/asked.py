# SPDX-License-Identifier: Apache-2.0
"""What the applicant's pages ask and are answered: frozen values that hold nothing but plain ones. Does nothing."""

from dataclasses import dataclass
from datetime import date, datetime

from beholden.rights.shown import Officer, Shown
from beholden.rights.typed import Field


@dataclass(frozen=True, slots=True)
class Begin:
    """Begin a request. `press` is the page's random value; `amends` is the use that it is to change, or empty."""

    shown: Shown
    press: str
    amends: str = ""


@dataclass(frozen=True, slots=True)
class Begun:
    """The opaque reference of a request that is being written."""

    sketch: str


@dataclass(frozen=True, slots=True)
class Which:
    """One request that is being written."""

    shown: Shown
    sketch: str


@dataclass(frozen=True, slots=True)
class WhichQuestion:
    """One question of one request."""

    shown: Shown
    sketch: str
    question: str


@dataclass(frozen=True, slots=True)
class Say:
    """The answer to one question, as it was typed."""

    shown: Shown
    sketch: str
    question: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """An answer was kept. `against`: something is said to it, on its page; `then`: the next question, or empty."""

    against: bool
    then: str


@dataclass(frozen=True, slots=True)
class SketchLine:
    """One request that is being written: its title as far as it has one, and how many questions have an answer."""

    sketch: str
    title: str
    answered: int
    questions: int
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class AskedLine:
    """One request that was handed in: where it stands, and what comes next, in words."""

    ref: str
    title: str
    state_label: str
    stands: str
    then: str


@dataclass(frozen=True, slots=True)
class Requests:
    """Everything an organisation asked for, or is writing."""

    officer: Officer
    writing: tuple[SketchLine, ...]
    asked: tuple[AskedLine, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """What the catalogue says against an answer. `about`: the item it speaks of; `refuses`: it would be turned down."""

    question: str
    about: str
    refuses: bool
    sentence: str
    next_step: str
    authority: str


@dataclass(frozen=True, slots=True)
class Letter:
    """The letter that a family will read, as far as it is written; what is not yet said is empty (U10).

    `most_children` is at most how many children's families must be told, in tens; None while nobody knows which.
    """

    asker: str
    country: str
    why: str
    what: str
    where: str
    starts_on: date | None
    ends_on: date | None
    most_children: int | None
    earliest: date


@dataclass(frozen=True, slots=True)
class Task:
    """One question in the list: `mark` is done, look, open or waits."""

    question: str
    words: str
    mark: str


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the list."""

    name: str
    tasks: tuple[Task, ...]


@dataclass(frozen=True, slots=True)
class Tasks:
    """One request as a list: done, not yet, cannot start yet. `ready`: every question has an answer."""

    officer: Officer
    sketch: str
    title: str
    amends: str
    parts: tuple[Part, ...]
    notes: tuple[Note, ...]
    letter: Letter
    ready: bool
    became: str


@dataclass(frozen=True, slots=True)
class Option:
    """One thing that can be chosen: its code, its label, a line about it, and whether it is chosen."""

    code: str
    label: str
    about: str
    chosen: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """One question with what can be chosen, what is answered, what is said against it, and the letter beside it.

    `given` holds the fields' values as they would be typed again.
    """

    officer: Officer
    sketch: str
    part: str
    name: str
    words: str
    hint: str
    form: str
    read_by_family: bool
    options: tuple[Option, ...]
    given: tuple[Field, ...]
    notes: tuple[Note, ...]
    letter: Letter
    waits_for: str


@dataclass(frozen=True, slots=True)
class Line:
    """One question with its answer as lines of text."""

    question: str
    words: str
    answer: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Check:
    """All answers, part by part, with everything that is said against them, before the request is handed in."""

    tasks: Tasks
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class HandedIn:
    """A request is in: its public reference, and whether the rules turned it down at once."""

    ref: str
    refused: bool


@dataclass(frozen=True, slots=True)
class Stood:
    """One station that a use has reached."""

    name: str
    on: date


@dataclass(frozen=True, slots=True)
class Stands:
    """Where one's own use stands: the stations so far, what comes next, and what the rules said to it."""

    officer: Officer
    ref: str
    title: str
    state_label: str
    stands: str
    then: str
    reached: tuple[Stood, ...]
    notes: tuple[Note, ...]
    refused_sentence: str
    refused_rule: str
    instead: str
    can_withdraw: bool
    can_change: bool
