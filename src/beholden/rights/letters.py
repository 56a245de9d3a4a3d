# SPDX-License-Identifier: Apache-2.0
"""Letters that are passed on, as a family reads them behind the second step, and stops them at one press (D16).

Like all verbs of the hatch these open the letter afresh and ask for the own code again.
"""

from datetime import datetime

from beholden.catalogue import Catalogue
from beholden.choices.queries import Own, own_word
from beholden.choices.rules import EVERY_LETTER
from beholden.gate.actions.inviting import Letter, letters_for
from beholden.rights.actions import answer
from beholden.rights.record import AboutChild, LetterLine, LettersPage, NoMore, Stopped
from beholden.rights.second_step import FAMILY, step_in
from beholden.uses.queries import public_use
from beholden.uses.rules.invitation import LAST_LINE, PARTS


def for_child(question: AboutChild, *, catalogue: Catalogue, at: datetime) -> LettersPage:
    """Return every letter that is passed on now and could be for one child (D16). Reads no record."""
    found = step_in(question.shown, catalogue, at)
    person, child = found.child(question.child)
    adult = found.held.adult
    got = letters_for(person, adult, catalogue=catalogue, by=FAMILY, at=at)
    power = found.power[person]
    said = own_word((EVERY_LETTER,), person, adult, wait=catalogue.limits.undo_days, at=at)
    return LettersPage(
        child,
        tuple(_letter_line(one, catalogue) for one in got),
        can_stop=not power.is_nothing,
        decides=power.decides,
        stopped=said is Own.NO,
    )


def no_more(question: NoMore, *, catalogue: Catalogue, at: datetime) -> Stopped:
    """Write down, at one press, that no letters are passed on for one child, whatever they are for (*ex-directory*).

    It counts at once, for letters that are being passed on too. Refuses as `rights.actions.answer` does.
    """
    found = step_in(question.about.shown, catalogue, at)
    person, child = found.child(question.about.child)
    got = answer(found.letter, invitations=True, keep_out=(person,), press=question.press, by=FAMILY, at=at)
    return Stopped(child, got.number, got.at)


def _letter_line(one: Letter, catalogue: Catalogue) -> LetterLine:
    use = public_use(one.use, catalogue)
    parts = () if one.invitation is None else tuple(zip(PARTS.values(), one.invitation.parts, strict=True))
    return LetterLine(
        use.ref,
        use.title,
        f"{use.applicant}, {use.country}",
        one.on.date(),
        use.ends_on,
        parts,
        LAST_LINE,
        one.own.value,
    )
