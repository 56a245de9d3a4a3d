# SPDX-License-Identifier: Apache-2.0
"""A thousand twins whom no register holds: none is accepted (D21, D32). And what the town's own people come to.

The register is an invented town; a twin has its sister's or brother's surname, birth date, postcode and community, and
another given name of that community, which others of the town bear. No weight and no threshold tells them apart; the
given name does. Twins whose name nobody bears, one letter away, are apart: there a few are mistaken, and it is counted.
"""

import pytest

from beholden.linkage import linking, model
from beholden.linkage.deciding import Decision
from matching import worlds

MODEL = model.shipped()


@pytest.fixture(scope="module")
def played():
    """A town of 4,000 with 1,000 of its people asked about, 1,000 twins, and 300 strangers."""
    world = worlds.world(4_000, 77, members=1_000, strangers=300, twins=1_000, numbers=False)
    register = linking.register_of([(one,) for one in world.register], bytes(32))
    prior = linking.fit(world.request, register, MODEL)
    return world, list(linking.answer(world.request, register, MODEL, prior=prior, adverse=False))


def accepted(world, answers, kind):
    return [
        (answer.asked.ref, pair.candidate.person.ref)
        for answer in answers
        for pair in answer.pairs
        if world.kinds[answer.asked.ref] == kind and pair.verdict.decision is Decision.ACCEPT
    ]


def test_no_twin_is_accepted(played):
    world, answers = played
    twins = [answer for answer in answers if world.kinds[answer.asked.ref] == "twin"]
    assert len(twins) == 1_000
    assert (
        sum(bool(answer.pairs and answer.pairs[0].candidate.probability > 0.99) for answer in twins) > 300
    ), "the set is not hard: without the veto most would be accepted"
    assert accepted(world, answers, "twin") == []


def test_few_twins_are_accepted_whose_name_is_one_letter_away_and_nobodys():
    """The hardest there are, and no measure of how many there are; docs/reference/linkage.md has the figure."""
    world = worlds.world(4_000, 77, members=0, alike=300, numbers=False)
    register = linking.register_of([(one,) for one in world.register], bytes(32))
    answers = list(linking.answer(world.request, register, MODEL, prior=0.2, adverse=False))
    assert len(answers) == 300
    assert sum(answer.pairs[0].candidate.probability > 0.99 for answer in answers) > 150
    assert sum(len(accepted(world, answers, kind)) for kind in set(world.kinds.values())) <= 15


def test_members_are_accepted_and_strangers_are_not(played):
    world, answers = played
    right = [pair for pair in accepted(world, answers, "member") if world.truth[pair[0]] == pair[1]]
    assert len(right) > 800
    assert len(accepted(world, answers, "member")) - len(right) <= 1
    assert len(accepted(world, answers, "stranger")) <= 1
