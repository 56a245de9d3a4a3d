# SPDX-License-Identifier: Apache-2.0
"""Reads the runs of a use that recurs: which return each was about, and which run it is in. Frozen values only.

The first run is the request's own. Each later one has a paper: its number, and the newest return that there was.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from beholden.catalogue import Catalogue
from beholden.kinds import UseRef
from beholden.uses.models import Paper, Use
from beholden.uses.papers import newest, over_time, ran
from beholden.uses.rules.application import Population, Recurrence
from beholden.uses.rules.ending import is_expiring
from beholden.uses.rules.life import AGREED, BEING_DECIDED, REPEATED, WITH_RECIPIENT, State
from beholden.uses.rules.repeating import next_due

PAPER = "run"


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a use: its number from 1 on, the return it is about, and when it began; None for the first."""

    number: int
    population: Population
    began: datetime | None


def recurrence_of(use: Use) -> Recurrence:
    """Return how often a use leaves by its agreement."""
    return Recurrence(use.application.get("recurrence", Recurrence.ONCE.value))


def run_of(use: Use, *, then: datetime | None = None) -> Run:
    """Return the run that a use is in; of a moment in the past, the one that it was in then.

    Once a run is left off, that is the one before: nothing was handed over of the return that it was about.
    """
    first = Run(1, requested(use), None)
    if recurrence_of(use) is Recurrence.ONCE:
        return first
    later = ran(use, then=then)
    if not later:
        return first
    body, years = later[-1].body, first.population.school_years
    population = Population(body["collection"], body["term"], body["year"], years)
    return Run(body["number"], population, later[-1].at)


def last_begun(use: Use) -> int:
    """Return the number of the newest run that was begun, left off or not: no number is given twice."""
    found = newest(use, PAPER)
    return 1 if found is None else int(found.body["number"])


def requested(use: Use) -> Population:
    """Return whom the request is about."""
    held = use.population
    return Population(held["collection"], held["term"], held["year"], tuple(held["school_years"]))


def about_return(collection: str, term: str, year: int) -> Q:
    """Return which uses are about one return: by their request, or in a later run that was not left off."""
    asked = Q(population__collection=collection, population__term=term, population__year=year)
    papers = Paper.objects.filter(kind=PAPER, body__collection=collection, body__term=term, body__year=year)
    return asked | Q(pk__in=[one.use_id for one in papers.select_related("use") if one in ran(one.use)])


def left_at(use: Use) -> datetime | None:
    """Return when records last left under a use, or None."""
    step = use.steps.filter(state=State.RELEASED.value).order_by("-pk").first()
    return None if step is None else step.at


def may_hold(ref: UseRef) -> bool:
    """Say whether what left under a use may still be with its recipient: nobody has certified that it is wiped.

    Also while the use runs again: what left before lies there all the while.
    """
    use = Use.objects.get(pk=ref)
    state = State(use.state)
    return state in WITH_RECIPIENT or (state in REPEATED and left_at(use) is not None)


@dataclass(frozen=True, slots=True)
class Recurs:
    """What everybody may read of a use that recurs: how often, until when, and the first day of the next run.

    `next_on` is None while a run is being told and decided, and once none can come any more: then it is `over`.
    """

    recurrence: Recurrence
    until: date
    number: int
    next_on: date | None
    over: bool = False
    over_time: bool = False  # every run names a child by the same made-up number


_COMING = frozenset({State.DRAFT, State.SUBMITTED, *BEING_DECIDED, *AGREED})
_BETWEEN_RUNS = frozenset({State.RELEASED, State.IN_USE})


def recurs(use: Use, *, catalogue: Catalogue) -> Recurs | None:
    """Return how a use recurs, or None for what is done once."""
    how = recurrence_of(use)
    if how is Recurrence.ONCE:
        return None
    state, left, due_on = State(use.state), left_at(use), None
    if left is not None and state in _BETWEEN_RUNS:
        due_on = next_due(left.date(), how)
    if due_on is not None and is_expiring(use.ends_on, days=catalogue.limits.expiring_days, on=due_on):
        due_on = None
    is_over = due_on is None and state not in _COMING
    return Recurs(how, use.ends_on, run_of(use).number, due_on, is_over, bool(over_time(use)))


@dataclass(frozen=True, slots=True)
class DueRun:
    """A use whose next run may begin: since when, and until when it may leave."""

    use: UseRef
    title: str
    recipient: str
    due_on: date
    until: date


def due(*, catalogue: Catalogue, on: date) -> tuple[DueRun, ...]:
    """Return every use whose next run is due by a day, the longest waiting first. Nothing is begun by being due."""
    return tuple(sorted(_due(catalogue, on), key=lambda one: (one.due_on, one.use)))


def _due(catalogue: Catalogue, on: date) -> Iterator[DueRun]:
    states = (State.RELEASED.value, State.IN_USE.value)
    recurring = Use.objects.filter(state__in=states).exclude(application__recurrence=Recurrence.ONCE.value)
    for use in recurring.order_by("ref"):
        said = recurs(use, catalogue=catalogue)
        if said is not None and said.next_on is not None and said.next_on <= on:
            yield DueRun(UseRef(use.ref), use.title, use.applicant, said.next_on, said.until)
