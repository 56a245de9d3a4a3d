# SPDX-License-Identifier: Apache-2.0
"""What a family shows at the second step, and what it then sees: frozen values for the hatch. Does nothing itself."""

from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Shown:
    """What opens a record: the letter's code, one child's birth date, and the adult's own code (or a second code)."""

    code: str = field(repr=False)
    born: date = field(repr=False)
    second: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class AboutChild:
    """A question about one child, named by the reference that this adult alone has for it."""

    shown: Shown
    child: str


@dataclass(frozen=True, slots=True)
class Entered:
    """The second step was taken. `own_code` is there to be seen once, if a second code was exchanged; else empty."""

    own_code: str


@dataclass(frozen=True, slots=True)
class ChildHere:
    """One child of the letter: this adult's own reference for it (8 signs), and the first name.

    `own`: the reader is the child herself, so the page speaks to her.
    """

    ref: str
    name: str
    own: bool = False


@dataclass(frozen=True, slots=True)
class WentWrong:
    """An incident that one child is in, as its family is told (Art 34): what, since when, which facts, what now.

    `child` is this reader's own reference. `incident` is its public number; `facts` are what the facts are called.
    """

    child: str
    incident: str
    what: str
    known_on: date
    facts: tuple[str, ...]
    means: str
    doing: str


@dataclass(frozen=True, slots=True)
class Overview:
    """The children whose records this adult may see, whether a use waits for an answer, and what went wrong."""

    children: tuple[ChildHere, ...]
    to_decide: int
    answer_by: datetime | None
    went_wrong: tuple[WentWrong, ...] = ()


@dataclass(frozen=True, slots=True)
class FactLine:
    """One fact as its family reads it (D4): what it is, what is held, why, by which law, and what may be refused."""

    item: str
    label: str
    value: str = field(repr=False)
    why: str
    law: str
    owed: str  # compulsory | optional | refusable
    kept: str
    mark: str = ""  # put_right | disputed: what came of somebody saying that it is wrong


@dataclass(frozen=True, slots=True)
class FactGroup:
    """Facts that came together: who the record is about, or what one return said."""

    title: str
    received_on: date | None
    on_roll: bool
    lines: tuple[FactLine, ...]


@dataclass(frozen=True, slots=True)
class RecordPage:
    """Everything that is held about one child and that this reader may see."""

    child: ChildHere
    groups: tuple[FactGroup, ...]
    not_shown: tuple[str, ...]  # labels of what is held and given only by a person
    restricted: bool


@dataclass(frozen=True, slots=True)
class Contested:
    """What this reader said against a match, and what came of it; another reader's word is nowhere (8.1).

    `verdict` (right, wrong, cannot_tell) and `reason` are empty while a person looks. `told`: nothing yet, *told*, or
    *signed* by the recipient, of what it has to do by now.
    """

    on: date
    until: date
    verdict: str
    reason: str
    told: str


@dataclass(frozen=True, slots=True)
class UseLine:
    """One use that touches the child. `in_list` is None of a letter and of what is not decided; it never says why (U5).

    Of an answer to a list `match` is this reader's own reference for it, and `contested` what the reader said of it.
    `often` is empty for what is done once; else it comes again until a day, and next not before another, if it is set.
    """

    use: str
    title: str
    who: str
    state: str
    on: date | None
    in_list: bool | None
    often: str = ""  # each_term | each_year
    until: date | None = None
    next_on: date | None = None
    over_time: bool = False  # each time the child has the same made-up number
    matched: str = ""  # of a match by names: how what was sent agrees with the record
    match: str = ""
    contested: Contested | None = None


@dataclass(frozen=True, slots=True)
class LookLine:
    """One day's looks of one kind: by this reader or an officer; another adult's for the child herself alone."""

    on: date
    what: str  # page | uses | file | proof | urgent | transfer | look
    who: str  # you | registrar | officer | school | staff | adult (to the child herself alone)
    times: int
    why: str = ""  # of a look by staff: the end of the sentence, in the catalogue's words
    saw: tuple[str, ...] = ()  # of a look by staff: the groups that were asked for (`Store`), sorted


@dataclass(frozen=True, slots=True)
class UsedPage:
    """Every use that touches or touched one child, and every look, complete up to a moment (D27)."""

    child: ChildHere
    proposed: tuple[UseLine, ...]
    used: tuple[UseLine, ...]
    looks: tuple[LookLine, ...]
    looks_after_days: int  # how long after a look by staff it stands here, for everybody the same
    complete_to: datetime


@dataclass(frozen=True, slots=True)
class LetterLine:
    """One use that wrote to families, as one reader reads it. Without `parts` there is no letter for this child.

    `parts` are headings and texts of the letter. `own` is what this reader said (no, yes, nothing), and the only reason
    that is ever given: what others said or why else nobody is written to stands nowhere (U5).
    """

    use: str
    title: str
    who: str
    on: date
    until: date
    parts: tuple[tuple[str, str], ...]
    last_line: str
    own: str


@dataclass(frozen=True, slots=True)
class LettersPage:
    """Every letter that is passed on now and could be for one child.

    `can_stop`: this reader may say no to all of them. `decides`: and may take such a no back. `stopped`: this reader's
    own no to all of them stands.
    """

    child: ChildHere
    lines: tuple[LetterLine, ...]
    can_stop: bool
    decides: bool
    stopped: bool


@dataclass(frozen=True, slots=True)
class NoMore:
    """A press: no more letters for one child. `press` makes a form that is sent twice one answer."""

    about: AboutChild
    press: str


@dataclass(frozen=True, slots=True)
class Stopped:
    """No more letters for one child, and the number of this answer."""

    child: ChildHere
    number: str = field(repr=False)
    at: datetime


@dataclass(frozen=True, slots=True)
class File:
    """A file for the family to keep, and what it is called. No name of a person stands in what it is called (U7)."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class AboutMatch:
    """A question about one match of one child, named by the reference that this adult alone has for it."""

    about: AboutChild
    match: str


@dataclass(frozen=True, slots=True)
class ContestPage:
    """One match as its family contests it: whose list was answered, when; what was said, once something was.

    `looks_by`: until when a person would look, if it were said today.
    """

    child: ChildHere
    match: str
    use: str
    title: str
    who: str
    on: date
    looks_by: date
    contested: Contested | None


@dataclass(frozen=True, slots=True)
class Contest:
    """A press: this match is of somebody else. `why` is one of a short list (`contests.rules.Why`)."""

    about: AboutMatch
    why: str
