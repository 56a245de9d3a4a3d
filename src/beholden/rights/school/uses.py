# SPDX-License-Identifier: Apache-2.0
"""Every use of what a school sent, in numbers that tell nobody who said no (D13, D29).

A school may see how many of its children a use was about: it could count them itself, in its own file. How many of
those were left out or released it may not, at any size: of a school's few, one more or less is a family.
"""

from datetime import datetime
from functools import cache

from beholden.catalogue import Catalogue
from beholden.gate.released import released_on
from beholden.ledger.vocabulary.terms import tens
from beholden.register.queries import counted_on_roll, sent_by
from beholden.rights.school.asked import UseLine, Uses
from beholden.rights.school.knocking import Inside, open_door, senders
from beholden.rights.shown import Shown
from beholden.uses.queries import PublicUse, about
from beholden.uses.rules import Population
from beholden.uses.rules.life import HEARD, State
from beholden.uses.voices import objected_to

STILL_OPEN = frozenset({"To decide", "Open"})
"""What the public register says of a use that nothing has been handed over for and that was not refused."""


def uses(asked: Shown, *, catalogue: Catalogue, at: datetime) -> Uses:
    """Return every use that is or was about children on a return of this school, in any state, newest first."""
    inside = open_door(asked, catalogue=catalogue, at=at)
    return Uses(inside.school, lines(inside, catalogue, at=at), catalogue.limits.smallest_count)


def lines(inside: Inside, catalogue: Catalogue, *, at: datetime) -> tuple[UseLine, ...]:
    """Return the uses of what a school sent, newest first.

    The plan: 1 every use of a census for which the school has a return that was taken in; 2 how many of the school's
    children it is about is counted on the school's own roll, as it was held when the release was decided, or else now;
    3 a use that is about none of them is not theirs; 4 the count is said only where something was handed over, in tens,
    and not under the smallest count that is shown anywhere.
    """
    every = [
        (whom, use) for census in _sent(inside) for whom, use in about(*census, catalogue=catalogue)
    ]  # 1
    handed_over = released_on([use.ref for _, use in every])
    objected = objected_to(inside.school.number)

    @cache
    def in_scope(whom: Population, then: datetime) -> int:
        return counted_on_roll(
            inside.school.number,
            collection=whom.collection,
            term=whom.term,
            year=whom.year,
            school_years=whom.school_years,
            at=then,
        )

    found = []
    for whom, use in every:
        then = handed_over.get(use.ref)
        children = in_scope(whom, then or at)  # 2
        if children:  # 3
            smallest = catalogue.limits.smallest_count
            shown = None if then is None else tens(children) if children >= smallest else 0  # 4
            found.append(_line(use, shown, objected=use.ref in objected))
    return tuple(sorted(found, key=lambda line: line.ref, reverse=True))


def _sent(inside: Inside) -> tuple[tuple[str, str, int], ...]:
    taken_in = (one for one in sent_by(inside.school.number, senders(inside)) if one.status != "refused")
    return tuple(sorted({(one.collection, one.term, one.year) for one in taken_in if one.year is not None}))


def _refused(use: PublicUse) -> str:
    """Return why a use was refused, and by which rule, if the reason does not say it itself."""
    if use.refused_rule in use.refused_sentence:
        return use.refused_sentence
    return f"{use.refused_sentence} The rule is {use.refused_rule}."


def _line(use: PublicUse, children: int | None, *, objected: bool) -> UseLine:
    return UseLine(
        ref=use.ref,
        title=use.title,
        who=f"{use.applicant}, {use.country}",
        why=use.why,
        what=use.what,
        state_label=use.state_label,
        about=use.population_words,
        starts_on=use.starts_on,
        ends_on=use.ends_on,
        answer_by=use.answer_by,
        refused=_refused(use),
        children=children,
        is_heard=State(use.state) in HEARD,
        objected=objected,
    )
