# SPDX-License-Identifier: Apache-2.0
"""A reviewer looks at pairs of a match by names: what waits, one pair, and what they say of it (D32)."""

from datetime import datetime

from beholden.catalogue import Catalogue
from beholden.gate.actions import settling
from beholden.gate.linked_pairs import looked_into
from beholden.gate.linked_pairs import waiting as waits_for
from beholden.gate.pairs import Why
from beholden.kinds import Actor, Role
from beholden.linkage.comparing import COMPARISONS
from beholden.linkage.sampling import Opinion
from beholden.refusals import Refusal
from beholden.rights.knocking import officer, open_door
from beholden.rights.panel.asked import Agrees, PairPage, Pairs, SayPair, WaitingPair, WhichPair
from beholden.rights.shown import Shown
from beholden.uses.queries import public_use

NOTHING_SAID = "rights.nothing_said"


def _enter(shown: Shown, catalogue: Catalogue, at: datetime) -> Actor:
    return open_door(shown, Role.REVIEWER, catalogue=catalogue, at=at)


def waiting(question: Shown, *, catalogue: Catalogue, at: datetime) -> Pairs:
    """Return every pair that waits for one reviewer."""
    return _pairs(_enter(question, catalogue, at), catalogue)


def one(question: WhichPair, *, catalogue: Catalogue, at: datetime) -> PairPage:
    """Return one pair that waits, field by field, and nobody's values but names that agree in part.

    Neither what the rules decided of it nor the sum that they decided by is here: whoever looks does not know why.
    """
    by = _enter(question.shown, catalogue, at)
    why = looked_into(question.number, by)
    found = _pairs(by, catalogue)
    (pair,) = (each for each in found.pairs if each.number == question.number)
    return PairPage(
        officer=found.officer,
        pair=pair,
        left=len(found.pairs),
        agrees=agrees(why),
    )


def say(question: SayPair, *, catalogue: Catalogue, at: datetime) -> Pairs:
    """Write down what a reviewer says of one pair, and return what waits then."""
    by = _enter(question.shown, catalogue, at)
    if question.says not in {opinion.value for opinion in Opinion}:
        raise Refusal(NOTHING_SAID, "Nothing is chosen.", next_step="Choose one answer.", authority="D32")
    settling.say(question.number, Opinion(question.says), by=by, at=at)
    return _pairs(by, catalogue)


def _pairs(by: Actor, catalogue: Catalogue) -> Pairs:
    waits = waits_for(by)
    titles = {ref: public_use(ref, catalogue).title for ref in {one.use for one in waits}}
    return Pairs(officer(by), tuple(WaitingPair(one.number, one.use, titles[one.use]) for one in waits))


def agrees(why: Why) -> tuple[Agrees, ...]:
    """Return how each field of a pair agrees, in the words that families read."""
    lines = {line.field: line for line in why.explanation.lines}
    forms = {one.name: one for one in why.alike}
    found = []
    for field in COMPARISONS:
        line, form = lines[field.field], forms.get(field.field)
        says = field.words(line.level)
        found.append(
            Agrees(
                field.says.removeprefix("The ").capitalize(),
                says[0].upper() + says[1:],
                form.sent if form else "",
                form.held if form else "",
            )
        )
    return tuple(found)
