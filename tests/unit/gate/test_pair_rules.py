# SPDX-License-Identifier: Apache-2.0
"""What two people, or three, say of a pair, and of which; when decoys stop a list; for which purposes people look first."""

from dataclasses import dataclass

import pytest

from beholden.catalogue import load
from beholden.gate.pair_rules import (
    agreement,
    check_decoys,
    check_reviewer,
    is_adverse,
    is_looked_at,
    is_wanted,
    outcome,
)
from beholden.linkage.sampling import Opinion
from beholden.refusals import Refusal

SAME, OTHER, CANNOT = Opinion.SAME, Opinion.DIFFERENT, Opinion.CANNOT_SAY


@dataclass(frozen=True, slots=True)
class Pair:
    """What the rules made of a pair."""

    accepted: bool
    sampled: str


@pytest.mark.parametrize(
    ("pair", "looked_at"),
    [
        (Pair(accepted=True, sampled=""), False),
        (Pair(accepted=True, sampled="taken"), True),
        (Pair(accepted=False, sampled=""), True),
        (Pair(accepted=False, sampled="near"), True),
    ],
)
def test_people_look_at_what_the_rules_did_not_settle_and_at_what_was_drawn(pair, looked_at):
    assert is_looked_at(pair) is looked_at


@pytest.mark.parametrize(
    ("said", "holds"),
    [
        ((), None),
        ((SAME,), None),
        ((SAME, SAME), SAME),
        ((OTHER, OTHER), OTHER),
        ((CANNOT, CANNOT), CANNOT),
        ((SAME, OTHER), None),
        ((SAME, CANNOT), None),
        ((SAME, OTHER, SAME), SAME),
        ((SAME, OTHER, OTHER), OTHER),
        ((SAME, OTHER, CANNOT), CANNOT),
    ],
)
def test_two_alike_hold_and_else_the_third(said, holds):
    assert outcome(said) is holds
    assert is_wanted(said) is (holds is None)


@pytest.mark.parametrize(
    ("accepted", "decoys", "fits"),
    [(0, 0, True), (0, 12, True), (1, 12, False), (1, 50, True), (2, 99, False)],
)
def test_of_few_decoys_none_may_be_taken_for_somebody_and_of_many_one_in_fifty(accepted, decoys, fits):
    assert check_decoys(accepted, decoys) is fits


def test_what_can_harm_is_whatever_is_not_for_learning_care_or_rights():
    harming = {code for code in load().purposes if is_adverse(code, load())}
    assert {"immigration-enforcement", "welfare-fraud", "policing", "court-order"} <= harming
    assert not {"public-interest-study", "youth-support", "subject-access"} & harming


def test_nobody_who_has_a_part_in_the_use_looks():
    check_reviewer(has_no_part=True)
    with pytest.raises(Refusal, match=r"^gate\.own_pairs:"):
        check_reviewer(has_no_part=False)


def test_agreement_is_an_interval_widened_to_fives_and_of_the_first_two_alone():
    assert agreement([]) is None
    assert agreement([(SAME,)]) is None
    assert agreement([(SAME, SAME)] * 90 + [(SAME, OTHER, SAME)] * 10) == (80, 95)
    assert agreement([(SAME, SAME)] * 10) == (70, 100)
