# SPDX-License-Identifier: Apache-2.0
"""The whole walk for one request: find, weigh, fit the prior, say how sure, decide. Holds no state between requests.

A register is handed in: its index, its frequencies, and how to look a row up. A request is a stream and is answered a
batch at a time, so that two million records need no more memory than a few thousand; only the prior needs a first look,
at a sample that is spread evenly over them.
"""

import gc
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from operator import attrgetter
from typing import NamedTuple, TypeVar

from beholden.linkage.deciding import Candidate, Verdict, decide
from beholden.linkage.index import Found, Index
from beholden.linkage.keys import RULES
from beholden.linkage.making import Variants
from beholden.linkage.model import Frequencies, Model, frequencies
from beholden.linkage.people import Person
from beholden.linkage.scoring import Posterior, Scale, Weighed, evidence, fit_prior, posterior

_Any = TypeVar("_Any")
_Met = tuple[Person, Found, list[tuple[Person, Weighed]]]
"""A record, whom the rules found for it, and how each of them agrees."""

BATCH = 2_000
SAMPLE = 20_000
"""As many records as the prior is fitted on, at most."""


@dataclass(frozen=True, slots=True)
class Register:
    """Where a request is looked up: how many people, how they are found, how frequent values are, and who rows are.

    `look` takes rows, each once, and returns who they are in their order: one question for many is what costs least.
    """

    people: int
    index: Index
    counted: Frequencies
    look: Callable[[Sequence[int]], Sequence[Variants]]

    def one(self, row: int) -> Variants:
        """Return who one row is."""
        return self.look([row])[0]


class Pair(NamedTuple):
    """One candidate of one record: who, by which rule, how sure, and the verdict."""

    candidate: Candidate
    rule: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Answer:
    """All that one record came to, best candidate first; how sure one can be of nobody; rules that were cut short."""

    asked: Person
    pairs: tuple[Pair, ...]
    prior: float
    nobody: float
    capped: tuple[str, ...]


def register_of(people: Sequence[Variants], secret: bytes) -> Register:
    """Return a register in memory."""
    return Register(
        len(people),
        Index.of(people, secret),
        frequencies(one[0] for one in people),
        lambda rows: [people[row] for row in rows],
    )


def fit(request: Iterable[Person], register: Register, model: Model) -> float:
    """Return the prior of a request, or of its sample. The same record many times counts once."""
    distinct = {_said(one): one for one in request}.values()
    found = [
        evidence([each.weight for _, each in weighed])
        for batch in _batches(distinct, BATCH)
        for _, _, weighed in _weighed(batch, register.index.find(batch), register, model)
    ]
    return fit_prior(found, register.people)


def match(
    request: Sequence[Person],
    register: Register,
    model: Model,
    *,
    adverse: bool,
    beside: Sequence[Person] = (),
) -> Iterator[Answer]:
    """Yield what `fit` and `answer` come to for a request that is held whole; others beside it fit nothing.

    Each pair is weighed once. Of more than `SAMPLE` records the prior is fitted on so many, spread evenly.
    """
    with _uncollected():
        every = [*request, *beside]
        found = _weighed(every, register.index.find(every), register, model)
        fitting = found[: len(request) : -(-len(request) // SAMPLE) or 1]
        distinct = {_said(one): evidence([each.weight for _, each in weighed]) for one, _, weighed in fitting}
        prior = fit_prior(list(distinct.values()), register.people)
        answers = [_answered(*one, register, prior=prior, adverse=adverse) for one in found]
    yield from answers


_said = attrgetter(
    *("given.full", "given.words", "surname.full", "surname.words"),
    *("birth_date", "postcode", "sex", "pupil_number"),
)
"""All that a record says, but for its own name of the line."""


def answer(
    request: Iterable[Person], register: Register, model: Model, *, prior: float, adverse: bool
) -> Iterator[Answer]:
    """Yield one answer for each record, in their order."""
    for batch in _batches(request, BATCH):
        yield from _answers(batch, register, model, prior=prior, adverse=adverse)


def _answers(
    batch: Sequence[Person], register: Register, model: Model, *, prior: float, adverse: bool
) -> list[Answer]:
    with _uncollected():
        found = _weighed(batch, register.index.find(batch), register, model)
        return [_answered(*one, register, prior=prior, adverse=adverse) for one in found]


def within(register: Register, model: Model) -> Iterator[tuple[int, Answer]]:
    """Yield each row of a register that somebody else in it may be, and what that came to. Nobody is alike to itself.

    So one list is looked through for records of one person. The prior is fitted on a sample, as for a request: of most
    rows nobody else in the register is the same.
    """
    sample = range(0, register.people, max(1, register.people // SAMPLE))
    found = [
        evidence([each.weight for _, each in beside[2]]) for _, beside in _beside(sample, register, model)
    ]
    prior = fit_prior(found, register.people)
    for row, (one, where, weighed) in _beside(range(register.people), register, model):
        if where.rows:
            yield row, _answered(one, where, weighed, register, prior=prior, adverse=False)


def _beside(rows: Iterable[int], register: Register, model: Model) -> Iterator[tuple[int, _Met]]:
    """Yield each row as it is known now, with whom the rules found for it beside itself."""
    for batch in _batches(rows, BATCH):
        asked = [one[0] for one in register.look(batch)]
        found = [
            Found(tuple((other, rule) for other, rule in where.rows if other != row), where.capped)
            for row, where in zip(batch, register.index.find(asked), strict=True)
        ]
        yield from zip(batch, _weighed(asked, found, register, model), strict=True)


def _answered(
    asked: Person,
    where: Found,
    weighed_as_found: list[tuple[Person, Weighed]],
    register: Register,
    *,
    prior: float,
    adverse: bool,
) -> Answer:
    rules = dict(where.rows)
    weighed = list(zip(rules, weighed_as_found, strict=True))
    weighed.sort(key=lambda one: (-one[1][1].weight, one[0]))
    sure: Posterior = posterior(
        [each.weight for _, (_, each) in weighed], prior=prior, people=register.people
    )
    candidates = [
        Candidate(row, person, each, chance)
        for (row, (person, each)), chance in zip(weighed, sure.candidates, strict=True)
    ]
    verdicts = decide(asked, candidates, register.counted, whole=where.whole, adverse=adverse)
    pairs = tuple(
        Pair(one, RULES[rules[one.row]].name, verdict)
        for one, verdict in zip(candidates, verdicts, strict=True)
    )
    return Answer(asked, pairs, prior, sure.nobody, tuple(RULES[rule].name for rule in where.capped))


def _weighed(asked: Sequence[Person], found: Sequence[Found], register: Register, model: Model) -> list[_Met]:
    """Return each record with whom the rules found, and each candidate as it agrees best: as known now, or formerly."""
    rows = list(dict.fromkeys(row for where in found for row, _ in where.rows))
    known = dict(zip(rows, register.look(rows), strict=True))
    scale = Scale(model, register.counted)
    return [
        (one, where, [_best(one, known[row], scale.weigh) for row, _ in where.rows])
        for one, where in zip(asked, found, strict=True)
    ]


def _best(
    asked: Person, known: Variants, weigh: Callable[[Person, Person], Weighed]
) -> tuple[Person, Weighed]:
    if len(known) == 1:
        return known[0], weigh(asked, known[0])
    return max([(one, weigh(asked, one)) for one in known], key=lambda way: way[1].weight)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Spare the collector a batch: it looks for circles among frozen values, which have none, a third of the time.

    Afterwards they count as old, so that it does not look through all of them at once.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.freeze()
            gc.unfreeze()
            gc.enable()


def _batches(request: Iterable[_Any], size: int) -> Iterator[list[_Any]]:
    source = iter(request)
    while batch := list(islice(source, size)):
        yield batch
