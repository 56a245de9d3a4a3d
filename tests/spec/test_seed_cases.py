# SPDX-License-Identifier: Apache-2.0
"""What was asked of registers of children elsewhere, asked of this one: every case is played, every column compared.

D11, D12, D18-D22, D26, D44-D46. The cases stand in `spec/seed_cases/cases.py`, for lawyers to read; what they say is
kept beside them, printed as docs/explanation/cases.md, and compared here with what really happens.
"""

import pytest

from spec.seed_cases.cases import CASES
from spec.seed_cases.playing import play_all
from spec.seed_cases.telling import kept

LISTED = (
    *("home-office", "welfare-match", "benefits-attendance", "police-school", "police-letter", "court-order"),
    *("newspaper", "property-portal", "school-comparison", "benchmarking", "marketing-list", "defence"),
    *("at-risk-register", "youth-survey", "youth-programme", "blanket-signature", "good-research"),
    *("youth-support", "night", "guardian-applicant", "transfer", "nationality", "sold"),
)
"""Every case that was reported, twenty-three of them: none is left out by leaving it out of the list that is played."""

EACH = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


@pytest.fixture(scope="module")
def played(base_home, tmp_path_factory):
    return play_all(base_home, tmp_path_factory.mktemp("cases"))


@EACH
def test_each_case_comes_to_the_answer_it_deserves(played, case):
    """The codes and states are a person's; nothing but the system wrote the rest."""
    assert played[case.name].codes == case.expects


@EACH
@pytest.mark.parametrize("column", ["turns", "told", "public"])
def test_what_the_chapter_says_is_what_happened(played, case, column):
    """D26: what is asked, what is said and why, who is told when, what stands in public."""
    assert getattr(kept()[case.name], column) == getattr(played[case.name], column), "say `make reference`"


def test_every_case_that_was_reported_is_played(played):
    assert len(LISTED) == len(set(LISTED)) == 23
    names = tuple(case.name for case in CASES)
    assert tuple(name for name in names if name in LISTED) == LISTED
    assert {*names} - {*LISTED} == {"good-research-each-year"}, "played beside what was reported"
    assert tuple(played) == names


def test_every_case_has_all_its_columns(played):
    assert list(kept()) == [case.name for case in CASES]
    for case in CASES:
        answer = played[case.name]
        assert all(turn.asked and turn.says for turn in answer.turns), case.name
        assert all(turn.why for turn in answer.turns if turn.says[0][0] != "done"), case.name
        assert answer.told, case.name
        assert answer.public, case.name
        assert not any(code == "done" for code in answer.codes), f"{case.name}: what must be refused was done"


REFUSED_USES = [case for case in CASES if case.expects[0].startswith("uses.P")]


@pytest.mark.parametrize("case", REFUSED_USES, ids=lambda case: case.name)
def test_what_is_refused_tells_no_family_and_hands_nothing_over(played, case):
    """D20, D21: nothing leaves, the rule has a name, and the refusal stands in public beside what was granted."""
    answer = played[case.name]
    rule = case.expects[0].removeprefix("uses.")
    assert any(f"rule `{rule}`" in line for line in answer.public)
    assert "Log of handovers: none." in answer.public
    assert any(line.startswith("No family") for line in answer.told)
