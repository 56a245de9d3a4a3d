# SPDX-License-Identifier: Apache-2.0
"""Begins the next run of a use that recurs, about the newest return in scope. Nothing is decided and nothing leaves.

What the room of uses cannot know is looked at here: what the log says of every handover before, which return is the
newest, and that the catalogue in force allows the use about it.
"""

from dataclasses import replace
from datetime import date, datetime

from django.db.models import QuerySet

from beholden.catalogue import Catalogue, Collection
from beholden.gate.check import check_allowed, is_duty, unlogged
from beholden.gate.models import Disclosure
from beholden.gate.rules import LEFT, check_role
from beholden.gate.ways import KEPT_HERE
from beholden.kinds import Actor, Role, UseRef
from beholden.ledger import queries as ledger
from beholden.ledger.actions import sequence
from beholden.ledger.confirmation import Word, weigh
from beholden.ledger.entries import parse
from beholden.ledger.verify import subject
from beholden.ledger.vocabulary.handovers import Intent, Outcome
from beholden.refusals import Refusal
from beholden.register.queries import schools_with
from beholden.uses import actions as uses
from beholden.uses.again import check_again, has_begun
from beholden.uses.queries import AskedUse, asked
from beholden.uses.rules import Population
from beholden.uses.rules.repeating import is_newer

_AUTHORITY = "D21, D28; docs/adr/0025"


def run_again(ref: UseRef, *, catalogue: Catalogue, by: Actor, at: datetime) -> int:
    """Begin the next run, and return its number. Pressed twice, it is begun once.

    The plan: 1 what is logged counts, so what waits is numbered first; 2 the use's own rules (`uses.rules.repeating`);
    3 the recipient's word on every handover before is in the log, and none says that it got another list; 4 a newer
    return has come in; 5 the catalogue in force allows the use, about that return, today; 6 once more the use's own
    rules, with nobody else at it, and it is begun.
    """
    check_role(by, Role.REGISTRAR)
    sequence(at=at)  # 1
    if has_begun(ref, by):
        return asked(ref).run
    check_again(ref, catalogue=catalogue, at=at)  # 2
    use = asked(ref)
    _check_words(use)  # 3
    newest = _newest(use, catalogue, on=at.date())  # 4
    population = replace(use.population, term=newest.term, year=newest.year)
    check_allowed(replace(use, population=population), catalogue, on=at.date())  # 5
    schools = schools_with(newest.collection, newest.term, newest.year)
    number = uses.run_again(
        ref, population=population, schools=schools, catalogue=catalogue, by=by, at=at
    )  # 6
    sequence(at=at)
    return number


def _newest(use: AskedUse, catalogue: Catalogue, *, on: date) -> Collection:
    """Return the newest return of the use's kind that some school has sent since the one that left last, or refuse."""
    handed = use.population
    last = catalogue.collection(handed.collection, handed.term, handed.year)
    newer = [
        one
        for one in catalogue.collections.values()
        if is_newer(Population(one.collection, one.term, one.year), handed, use.recurrence)
        and last.reference_date < one.reference_date <= on
        and schools_with(one.collection, one.term, one.year)
    ]
    if not newer:
        raise Refusal(
            "gate.run_no_return",
            "No newer return has come in since the last run, so it would hand over the same again.",
            next_step="Wait until schools have sent the next return of this kind.",
            authority=_AUTHORITY,
        )
    return max(newer, key=lambda one: one.reference_date)


def _check_words(use: AskedUse) -> None:
    """Refuse where a handover before has no word of its recipient in the log, or one that says something else.

    What lies in the reading room was handed to nobody, so nobody says that it came.
    """
    for held in _left(use):
        if held.state != "released" or (held.outcome is None and use.exit not in KEPT_HERE):
            raise Refusal(
                "gate.run_unconfirmed",
                "The recipient has not said yet what it got the last time.",
                next_step="Ask it to check the file against the log, and to sign what it finds.",
                authority=_AUTHORITY,
            )
        if held.outcome is not None and not is_duty(held) and _word(held) is not Word.AGREES:
            raise Refusal(
                "gate.run_disagrees",
                "What the recipient says it got is not the list that stands in the log.",
                next_step="Find out which list went, before anything more goes. Run `beholden fsck`.",
                authority=_AUTHORITY,
            )


def _left(use: AskedUse) -> QuerySet[Disclosure]:
    """Return every handover of a use that left or may have left, oldest first."""
    left = Disclosure.objects.filter(decision__use=use.ref, state__in=LEFT)
    return left.order_by("decision_id")


def _word(held: Disclosure) -> Word:
    """Return what the recipient's word on one handover is worth, from the log alone."""
    said = [None if box is None else ledger.entry(box) for box in (held.intent, held.outcome)]
    if None in said:
        raise unlogged()
    intent, outcome = (parse(one.entry, log="handovers").body for one in said if one is not None)
    if not isinstance(intent, Intent) or not isinstance(outcome, Outcome):
        raise unlogged()
    return weigh(subject(intent), outcome.recomputed)
