# SPDX-License-Identifier: Apache-2.0
"""Decides whether a school may use one child's fingerprint or face, and whether a line may be written. No clock.

What must hold before it may (D17; the law, paragraph by paragraph, is the pack's):

1. The person is a child: an adult decides alone, and this law says nothing of adults.
2. Somebody is named who may decide: each parent or, where every parent is excepted, whoever stands in for them.
3. Each of them was notified in writing, or is excepted on a ground that the law names.
4. At least one of them who was notified has agreed in writing.
5. None of those named has objected or taken a yes back, in writing. Here the keeper is stricter than the law: whoever
   stands in may object as well, even beside a parent.
6. The child does not refuse. The child may say so, or show it; no age is too young, and nobody's yes outweighs it.

Every reason that speaks against is given, never the first alone. The newest word of each person is the one that counts.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from beholden.catalogue import Bar, Biometrics, Catalogue
from beholden.refusals import Refusal


class Said(StrEnum):
    """What one line of the book says. The first seven are of an adult, the last two of the child."""

    PARENT = "parent"  # this adult is a parent, or has parental responsibility
    STANDS_IN = "stands_in"  # this adult, or body, stands in for parents who are all excepted
    NOTIFIED = "notified"
    EXCEPTED = "excepted"
    CONSENTS = "consents"
    WITHDRAWS = "withdraws"
    OBJECTS = "objects"
    CHILD_REFUSES = "child_refuses"
    CHILD_WILLING = "child_willing"


class How(StrEnum):
    """In what form it was said. A school's own finding (who is a parent, who is excepted) is *noted*."""

    WRITTEN = "written"
    SPOKEN = "spoken"
    SHOWN = "shown"  # by what the child does, without a word
    NOTED = "noted"


NAMES = frozenset({Said.PARENT, Said.STANDS_IN})
OF_THE_CHILD = frozenset({Said.CHILD_REFUSES, Said.CHILD_WILLING})
IN_WRITING = frozenset({Said.NOTIFIED, Said.CONSENTS, Said.WITHDRAWS, Said.OBJECTS})
STANDING = frozenset({Said.CONSENTS, Said.WITHDRAWS, Said.OBJECTS})


@dataclass(frozen=True, slots=True)
class Line:
    """One line about one child: which adult (an opaque handle; empty: the child), what, how, and on what ground."""

    adult: str
    said: Said
    how: How
    ground: str = ""


def age_on(born_on: date, on: date) -> int:
    """Return how many birthdays somebody has had. Born on 29 February, one has it on 1 March in a common year."""
    return on.year - born_on.year - ((on.month, on.day) < (born_on.month, born_on.day))


def bars(lines: Iterable[Line], *, age: int, law: Biometrics) -> frozenset[Bar]:
    """Return every reason for which a child's biometrics may not be used; none means that they may.

    `lines` are all lines about one child and one system, in the order in which they were written.
    """
    said = tuple(lines)
    named = {line.adult: line.said for line in said if line.said in NAMES}
    told = {line.adult for line in said if line.said is Said.NOTIFIED}
    excepted = {line.adult for line in said if line.said is Said.EXCEPTED}
    standing = {line.adult: line.said for line in said if line.said in STANDING}
    child = [line.said for line in said if line.said in OF_THE_CHILD]
    parents = {adult for adult, word in named.items() if word is Said.PARENT}
    reached = parents - (
        excepted - told
    )  # an excepted parent who was told after all is a parent like any other
    deciding = reached or set(named) - parents
    agreed = {adult for adult, word in standing.items() if word is Said.CONSENTS}
    found = (
        (Bar.NOT_A_CHILD, age >= law.until_age),  # 1
        (Bar.NOBODY_NAMED, not deciding),  # 2
        (Bar.NOT_NOTIFIED, not parents | deciding <= told | excepted),  # 3
        (Bar.NO_CONSENT, not agreed & deciding & told),  # 4
        (Bar.OBJECTION, any(word is not Said.CONSENTS for word in standing.values())),  # 5
        (Bar.CHILD_REFUSES, child[-1:] == [Said.CHILD_REFUSES]),  # 6
    )
    return frozenset(bar for bar, speaks_against in found if speaks_against)


def law_of(catalogue: Catalogue) -> Biometrics:
    """Return the law that this register is under, or refuse: without one no child's biometrics may be used at all."""
    if catalogue.biometrics is None:
        raise Refusal(
            "biometrics.no_law",
            "The catalogue of this register names no law under which a school may use biometrics, so none may.",
            next_step="Use another way, for all children alike.",
            authority="D17",
        )
    return catalogue.biometrics


def check_line(line: Line, before: Iterable[Line], *, law: Biometrics) -> None:
    """Refuse a line that cannot be written after those before it (all about the same child and system).

    1 the child speaks for itself, an adult under a handle; 2 in the form that the law asks for; 3 an exception on a
    ground that the law names, and nothing else on any; 4 who speaks is named first, and once; 5 a yes comes from
    somebody who was told, and is taken back only where there is one.
    """
    said = tuple(before)
    if bool(line.adult) == (line.said in OF_THE_CHILD):  # 1
        raise _refused(
            "whose", "A child's word stands without an adult, and an adult's under the adult's handle."
        )
    _check_form(line)  # 2
    if line.said is Said.EXCEPTED and line.ground not in law.grounds:  # 3
        grounds = ", ".join(law.grounds)
        raise _refused(
            "ground", "A parent is excepted only on a ground that the law names.", f"Name one of: {grounds}."
        )
    if line.said is not Said.EXCEPTED and line.ground:
        raise _refused("ground", "Only an exception stands on a ground.")
    _check_speaker(line, said)  # 4, 5


def _check_form(line: Line) -> None:
    if line.said in IN_WRITING and line.how is not How.WRITTEN:
        raise _refused(
            "not_written",
            "This counts only in writing.",
            "Ask for it in writing. A child may refuse in any way, and that counts at once.",
        )
    if line.said is Said.CHILD_WILLING and line.how not in (How.WRITTEN, How.SPOKEN):
        raise _refused(
            "not_said", "That a child is willing again, the child says: nobody reads it out of what it does."
        )
    if (line.said not in IN_WRITING | OF_THE_CHILD) != (line.how is How.NOTED):
        raise _refused("form", "What a school finds is noted; what people say is written, spoken or shown.")


def _check_speaker(line: Line, before: tuple[Line, ...]) -> None:
    if line.said in OF_THE_CHILD:
        return
    earlier = [one.said for one in before if one.adult == line.adult]
    if line.said in NAMES and earlier:
        raise _refused("named_already", "This adult stands in the book already.")
    if line.said not in NAMES and not earlier:
        raise _refused(
            "unknown_adult", "This adult is not named in the book yet.", "Name the adult first, as what."
        )
    if line.said is Said.CONSENTS and Said.NOTIFIED not in earlier:
        raise _refused(
            "not_told", "A yes counts only from somebody who was told first.", "Notify this adult first."
        )
    standing = [word for word in earlier if word in STANDING]
    if line.said is Said.WITHDRAWS and standing[-1:] != [Said.CONSENTS]:
        raise _refused(
            "no_yes", "There is no yes that could be taken back.", "Write it down as an objection."
        )


def _refused(reason: str, sentence: str, next_step: str = "Write it down as it was.") -> Refusal:
    return Refusal(
        f"biometrics.{reason}", sentence, next_step=next_step, authority="D17; the law of the catalogue"
    )
