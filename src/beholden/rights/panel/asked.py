# SPDX-License-Identifier: Apache-2.0
"""What the panel's pages ask and are answered: frozen values that hold nothing but plain ones. Does nothing."""

from dataclasses import dataclass
from datetime import date

from beholden.rights.shown import Officer, Shown


@dataclass(frozen=True, slots=True)
class Waits:
    """One use before the panel. `then` is what this officer does next: declare, answer, or nothing."""

    ref: str
    title: str
    applicant: str
    since: date
    then: str
    why_not: str


@dataclass(frozen=True, slots=True)
class Objects:
    """One school's objection, of a use that the panel does not sit over now. `answer` is empty while it has none."""

    ref: str
    school: str
    name: str
    reason: str
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for one officer, and what they have done with."""

    officer: Officer
    waits: tuple[Waits, ...]
    done: tuple[Waits, ...]
    objections: tuple[Objects, ...]


@dataclass(frozen=True, slots=True)
class Declared:
    """Whether there is an interest, and which."""

    shown: Shown
    ref: str
    interest: bool
    what: str


@dataclass(frozen=True, slots=True)
class Cover:
    """What may be read before an interest is declared: the title, and who asks."""

    officer: Officer
    use: Waits


@dataclass(frozen=True, slots=True)
class Line:
    """One question of the application, its answer, and what the rules remark on it."""

    question: str
    answer: tuple[str, ...]
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Heard:
    """One school's objection, by name, with the answer it got, or nothing."""

    name: str
    reason: str
    answer: str


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier request of the same applicant."""

    ref: str
    title: str
    state_label: str


@dataclass(frozen=True, slots=True)
class Voice:
    """What one reviewer or member said, as the public will read it."""

    who: str
    says: str
    about: str
    reason: str
    condition: str


@dataclass(frozen=True, slots=True)
class Request:
    """A request as the panel reads it. `facts` are (item, label) that a reviewer may strike out."""

    officer: Officer
    use: Waits
    lines: tuple[Line, ...]
    facts: tuple[tuple[str, str], ...]
    comments: int
    objections: tuple[Heard, ...]
    children_who: str
    children_view: str
    earlier: tuple[Earlier, ...]
    voices: tuple[Voice, ...]
    questions: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Marked:
    """One answer of a reviewer: yes, yes_if or no; the public reason; the condition; facts that are struck out."""

    question: str
    says: str
    reason: str
    condition: str
    without: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A whole review: five answers and what they recommend."""

    shown: Shown
    ref: str
    marks: tuple[Marked, ...]
    recommends: str


@dataclass(frozen=True, slots=True)
class Voted:
    """A member's answer."""

    shown: Shown
    ref: str
    says: str
    reason: str
    condition: str


@dataclass(frozen=True, slots=True)
class Replied:
    """The panel's answer to one school."""

    shown: Shown
    ref: str
    school: str
    text: str


OPINIONS = {
    "same": "Yes, the same person",
    "different": "No, two people",
    "cannot say": "I cannot tell",
}
"""What a reviewer can say of a pair: the words of `linkage.sampling.Opinion`."""


@dataclass(frozen=True, slots=True)
class WaitingPair:
    """One pair that waits for this reviewer, by its number, and the use that it is for."""

    number: int
    ref: str
    title: str


@dataclass(frozen=True, slots=True)
class Pairs:
    """Every pair that waits for this reviewer."""

    officer: Officer
    pairs: tuple[WaitingPair, ...]


@dataclass(frozen=True, slots=True)
class WhichPair:
    """One pair, by its number."""

    shown: Shown
    number: int


@dataclass(frozen=True, slots=True)
class Agrees:
    """One field of a pair: how it agrees, and both forms where a name agrees in part.

    Not what that weighs: weights add up to the sum.
    """

    field: str
    says: str
    sent: str = ""
    held: str = ""


@dataclass(frozen=True, slots=True)
class PairPage:
    """One pair: how each field agrees. Not why it is asked about, nor what the sum came to: some pairs are a sample.

    No name that agrees wholly, or not at all, is in it, and no date, address or number.
    """

    officer: Officer
    pair: WaitingPair
    left: int
    agrees: tuple[Agrees, ...]


@dataclass(frozen=True, slots=True)
class SayPair:
    """What a reviewer says of one pair: a word of `OPINIONS`, or nothing."""

    shown: Shown
    number: int
    says: str
