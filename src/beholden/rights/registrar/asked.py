# SPDX-License-Identifier: Apache-2.0
"""What the registrar's pages ask and are answered: frozen values that hold nothing but plain ones. Does nothing."""

from dataclasses import dataclass, field
from datetime import date

from beholden.rights.shown import Officer, Shown
from beholden.rights.typed import Field

STEP_OVER = "rights.step_over"
"""The refusal of a step that was taken already, or that a use is past, and of a question that does not wait (any more):
the answer is how it stands."""


@dataclass(frozen=True, slots=True)
class Offer:
    """One step that can be taken with a use: its name, the question it is, and why it has to wait, or nothing."""

    step: str
    words: str
    waits: str


@dataclass(frozen=True, slots=True)
class Work:
    """One use that is not over. `day` is when something of it is due, if a day is set."""

    ref: str
    title: str
    applicant: str
    state_label: str
    stands: str
    day: date | None
    next_steps: tuple[Offer, ...]
    more_steps: tuple[Offer, ...]


@dataclass(frozen=True, slots=True)
class Today:
    """Everything that is not over, by its day; what is overdue; how many questions about two records wait, and matches.

    `matches` are contested and wait for a person; of these `matches_late` should have been decided before today.
    """

    officer: Officer
    work: tuple[Work, ...]
    overdue: tuple[tuple[str, str, int], ...]  # use, title, days
    pairs: int
    matches: int
    matches_late: int


@dataclass(frozen=True, slots=True)
class WhichStep:
    """One step of one use. `decision`: of which decision the page showed the figures before, where it did."""

    shown: Shown
    ref: str
    step: str
    decision: str = ""


@dataclass(frozen=True, slots=True)
class Blank:
    """One thing that a step asks for. `form` is text, day, words or kept; `value` is what a kept one holds."""

    name: str
    words: str
    hint: str
    form: str
    value: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Figures:
    """How a scope became a release, exactly. *Kept safe* is never a line of its own."""

    scope: int
    families_said_no: int
    other_reasons: int
    released: int


@dataclass(frozen=True, slots=True)
class StepPage:
    """One step as one question, with what its answer needs to be seen beside it.

    `leaves` is what the last of the figures counts. `before` are the figures that the page showed, where it was decided
    anew since.
    """

    officer: Officer
    work: Work
    step: str
    words: str
    what_happens: str
    blanks: tuple[Blank, ...]
    figures: Figures | None
    text: str
    press: str
    leaves: str
    before: Figures | None = None


@dataclass(frozen=True, slots=True)
class Do:
    """Take one step, with what was typed."""

    shown: Shown
    ref: str
    step: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """One public paper of a use: what it is, the day, and its place in the log once it is there."""

    kind: str
    on: date
    entry: int | None


@dataclass(frozen=True, slots=True)
class Desk:
    """One use on the registrar's desk: where it stands, what can be done, what was filed."""

    officer: Officer
    work: Work
    papers: tuple[Paper, ...]


SEEN = {
    "document": "A document, such as a birth certificate",
    "school": "The school told me",
    "family": "The family told me",
    "own_record": "Another record that we hold",
}
"""What a registrar may have seen that shows if two records are one child: the words of `register.rules.Evidence`."""


CHILDREN = {"one": "Yes, one child", "two": "No, two children"}
"""What two records can be: the words of a decision."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One question whether two records are one child: which return raised it, when, why, and what agrees."""

    number: int
    receipt: str
    on: date
    rule: str
    agrees: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class DecidedPair:
    """One such question that was decided, by the number under which it can be asked again."""

    number: int
    on: date
    same: bool


@dataclass(frozen=True, slots=True)
class AlikePair:
    """Two records that look alike and of which nobody has asked: the number, since when, and how sure one can be."""

    number: int
    on: date
    probability: float


@dataclass(frozen=True, slots=True)
class Pairs:
    """Questions that wait, the oldest first; those decided lately, the newest first; and pairs that look alike.

    Of the latter one page, the surest first: `alike_many` are all, and `page` of `pages` it is.
    """

    officer: Officer
    pairs: tuple[Pair, ...]
    decided: tuple[DecidedPair, ...]
    alike: tuple[AlikePair, ...]
    alike_many: int
    page: int
    pages: int


ALIKE_A_PAGE = 50
"""Pairs that look alike on one page."""


@dataclass(frozen=True, slots=True)
class WhichPairs:
    """Two records that may be one child: which page of those that look alike, from 1 on."""

    shown: Shown
    page: int


@dataclass(frozen=True, slots=True)
class AlikePage:
    """One pair that looks alike, with its sum in words and bits, and as a picture (SVG). No value is in it."""

    officer: Officer
    pair: AlikePair
    says: str
    steps: tuple[tuple[str, float], ...]
    picture: str


@dataclass(frozen=True, slots=True)
class WhichPair:
    """One such question, by its number."""

    shown: Shown
    number: int


@dataclass(frozen=True, slots=True)
class PairPage:
    """One such question that waits."""

    officer: Officer
    pair: Pair


@dataclass(frozen=True, slots=True)
class DecideRecords:
    """A decision as it was pressed: `same` a word of `CHILDREN`, `evidence` one of `SEEN`; either may lack."""

    shown: Shown
    number: int
    same: str
    evidence: str


@dataclass(frozen=True, slots=True)
class RecordsDecided:
    """A decision about two records is written down, under this number."""

    number: int


FOUND = {
    "right": "Yes. They mean the person whom we answered about",
    "wrong": "No. They mean somebody else",
    "cannot_tell": "Nobody can tell. It counts as our mistake",
}
"""What a reviewer of a match can find: the words of `contests.rules.Verdict`."""

SHOWS = {
    "document": "A document",
    "school": "The school",
    "recipient": "More from those who asked",
    "own_record": "What we hold",
    "nothing": "Nothing shows it",
}
"""What a finding rests on: the words of `contests.rules.Reason`."""


@dataclass(frozen=True, slots=True)
class ContestedMatch:
    """One match that somebody says is wrong: its number, which use, since when, by when, what was said, if by post.

    `may_decide`: this officer had no hand in the match. `found_by`: how it came about.
    """

    number: int
    use: str
    title: str
    recipient: str
    on: date
    decide_by: date
    late: bool
    why: str
    paper: str
    found_by: str
    may_decide: bool


@dataclass(frozen=True, slots=True)
class ContestedMatches:
    """Every match that waits for a person, what is due first before the others."""

    officer: Officer
    matches: tuple[ContestedMatch, ...]


@dataclass(frozen=True, slots=True)
class WhichMatch:
    """One of them, by its number."""

    shown: Shown
    number: int


@dataclass(frozen=True, slots=True)
class MatchPage:
    """One match that waits."""

    officer: Officer
    match: ContestedMatch


@dataclass(frozen=True, slots=True)
class DecideMatch:
    """A decision as it was pressed: `found` a word of `FOUND`, `shows` one of `SHOWS`; either may lack."""

    shown: Shown
    number: int
    found: str
    shows: str


@dataclass(frozen=True, slots=True)
class MatchDecided:
    """A decision about a match is written down; where it was said by post, `paper` is whom to answer."""

    number: int
    paper: str
