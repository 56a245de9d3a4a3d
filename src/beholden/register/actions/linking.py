# SPDX-License-Identifier: Apache-2.0
"""Compares a list of people with everybody in the vault, with decoys mixed in.

No value of anybody leaves it but the two forms of a name that agree in part, for whoever reviews.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from itertools import islice

from beholden.kinds import Actor
from beholden.linkage import decoys, linking, model
from beholden.linkage.comparing import COMPARISONS, ELSE, EXACT, MISSING
from beholden.linkage.deciding import Decision
from beholden.linkage.explaining import explain
from beholden.linkage.linking import Answer, Pair
from beholden.linkage.model import Model
from beholden.linkage.people import Person
from beholden.register.linked import Alike, Linked, Met
from beholden.register.vault import likeness
from beholden.register.vault.likeness import Known
from beholden.register.vault.wall import keeper, one_list_at_a_time

SEEDED = 6
"""Known pairs among those that a person looks at, beside the decoys that came so far."""

_TRIES = 4  # of those that are made up for each that looks like the others

_IN_FORMS: Mapping[str, Callable[[Person], str]] = {
    "given_name": lambda one: one.given.full,
    "surname": lambda one: one.surname.full,
}


def link(request: Sequence[Person], *, secret: bytes, adverse: bool, by: Actor, at: datetime) -> Linked:
    """Lend the gate who of a list may be who, decided by `linkage`, each with why.

    The plan: 1 the index fits the vault as it is now; 2 the prior is fitted to the request alone, without decoys;
    3 request and decoys are answered alike, in one go; 4 of each answer what is accepted or for a person to see is kept
    without values; 5 known pairs are made the same way, for whoever reviews.
    """
    used = model.shipped()
    with keeper():
        one_list_at_a_time()
        return likeness.asked(partial(_linked, request, used, secret, adverse=adverse))  # 1


def _linked(request: Sequence[Person], used: Model, secret: bytes, known: Known, *, adverse: bool) -> Linked:
    """Return what a request comes to in the register as it is known (2 to 5 of the plan)."""
    mixed_in = list(_decoys(request, known, secret))
    answers = list(linking.match(request, known.register, used, adverse=adverse, beside=mixed_in))  # 2, 3
    met = [one for place, answer in enumerate(answers) for one in _met(place, answer, known, used)]  # 4
    return Linked(
        len(request),
        known.register.people,
        tuple(one for one in met if one.place < len(request)),
        tuple(_passed(answers[: len(request)], known, used)),
        len(mixed_in),
        tuple(one for one in met if one.place >= len(request)),
        tuple(islice(_seeded(known, used, secret, prior=answers[0].prior, adverse=adverse), SEEDED)),  # 5
        sum(bool(answer.capped) for answer in answers[: len(request)]),
        used.sha256,
    )


def seek(request: Sequence[Person], *, by: Actor, at: datetime) -> tuple[Met, ...]:
    """Lend the gate who each child that a court names by name may be, each with why; nobody is accepted unseen (D22).

    By the same index, weights and rules as a list of names. No decoys: they would measure whoever looks at a list that
    is nobody's to publish, and would show a name of a child whom no order names.
    """
    used = model.shipped()
    with keeper():
        one_list_at_a_time()
        return likeness.asked(partial(_sought, request, used))


def _sought(request: Sequence[Person], used: Model, known: Known) -> tuple[Met, ...]:
    answers = linking.match(request, known.register, used, adverse=True)
    return tuple(one for place, answer in enumerate(answers) for one in _met(place, answer, known, used))


def _decoys(request: Sequence[Person], known: Known, secret: bytes) -> Iterator[Person]:
    """Yield decoys that have the fields that records of the request have."""
    own = hashlib.blake2b(b"decoys", key=secret, digest_size=32).digest()
    made = decoys.decoys(known.register, own, decoys.how_many(len(request)))
    for number, one in enumerate(made):
        yield decoys.masked(one.person, request[number * 7 % len(request)])


def _seeded(known: Known, used: Model, secret: bytes, *, prior: float, adverse: bool) -> Iterator[Met]:
    """Yield pairs that are known to be one person, and that the rules send to a person like those beside them."""
    own = hashlib.blake2b(b"seeded", key=secret, digest_size=32).digest()
    for number, one in enumerate(decoys.seeded(known.register, own, SEEDED * _TRIES)):
        (answer,) = linking.answer([one.person], known.register, used, prior=prior, adverse=adverse)
        for place, pair in enumerate(answer.pairs):
            if pair.candidate.row == one.row and pair.verdict.decision is Decision.REVIEW:
                yield _one(number, answer, place, known, used)


def _met(number: int, answer: Answer, known: Known, used: Model) -> Iterator[Met]:
    for place, pair in enumerate(answer.pairs):
        if pair.verdict.decision is not Decision.NONE:
            yield _one(number, answer, place, known, used)


def _passed(answers: Sequence[Answer], known: Known, used: Model) -> Iterator[Met]:
    """Yield, of each record that came to nobody, who came nearest."""
    for number, answer in enumerate(answers):
        if answer.pairs and all(pair.verdict.decision is Decision.NONE for pair in answer.pairs):
            yield _one(number, answer, 0, known, used)


def _one(number: int, answer: Answer, place: int, known: Known, used: Model) -> Met:
    pair = answer.pairs[place]
    why = replace(explain(answer, place, used, people=known.register.people), left="", right="")
    return Met(number, known.whose(pair.candidate.row), why, _alike(answer.asked, pair))


def _alike(asked: Person, pair: Pair) -> tuple[Alike, ...]:
    """Return the names that agree in part, in both forms."""
    levels = dict(zip((one.field for one in COMPARISONS), pair.candidate.weighed.levels, strict=True))
    named = {one.field: one.levels for one in COMPARISONS}
    return tuple(
        Alike(name, form(asked), form(pair.candidate.person))
        for name, form in _IN_FORMS.items()
        if named[name][levels[name]].name not in {ELSE, EXACT, MISSING}
    )
