# SPDX-License-Identifier: Apache-2.0
"""A policy can be stricter than the floors and never looser, and every word in it is one we know. D24."""

import pytest

from beholden.tables import policy
from table_rows import POLICY, RULES


def test_a_policy_is_read_with_its_floors_and_its_holes():
    assert RULES.rules == policy.Rules()
    assert RULES.noise == policy.Noise(5, 3.0, 2, 0.5)
    assert RULES.variable("sex").categories == ("F", "M", policy.MISSING)
    assert RULES.measure("grant").scale == 100
    assert RULES.impossible == ((("phase", "upper"), ("year", "7")),)
    assert policy.read(POLICY.encode()) == RULES


def test_a_period_has_no_holes():
    made = policy.read(POLICY.replace('pupil = "pupil"', 'pupil = "pupil"\nperiod = "year"').encode())
    assert made.variable("year").categories == ("7", "8", "9")


@pytest.mark.parametrize(
    "line",
    [
        "threshold = 12",
        "round_to = 10",
        "percent_base = 50",
        "small_share = 0.25",
        "class_share = 0.8",
        "class_within = 4",
        "two_largest = 0.67",
        "third_share = 0.2",
        "freedom = 20",
        "most_cells = 5000",
    ],
)
def test_a_rule_may_be_tightened(line):
    name, _, value = line.partition(" = ")
    assert getattr(policy.read(f"{POLICY}\n[rules]\n{line}".encode()).rules, name) == float(value)


@pytest.mark.parametrize(
    "line",
    [
        "threshold = 9",
        "threshold = 10.5",
        "threshold = true",
        "threshold = nan",
        "round_to = 3",
        "percent_base = 22",
        "small_share = 0.6",
        "small_share = nan",
        "class_share = 0.95",
        "class_within = 1",
        "two_largest = 0.91",
        "two_largest = 0.0",
        "third_share = 0.05",
        "third_share = nan",
        "freedom = 9",
        "most_cells = 2000000",
        "treshold = 12",
    ],
)
def test_no_rule_is_loosened_or_misspelt(line):
    with pytest.raises(policy.PolicyRefused):
        policy.read(f"{POLICY}\n[rules]\n{line}".encode())


@pytest.mark.parametrize(
    "line",
    [
        "most = 2",
        "most = 21",
        "variance = 1.5",
        "variance = 26",
        "variance = nan",
        "js = 5",
        "js = -1",
        "stay = 0.6",
        "stay = 0.0",
        "stay = nan",
        "V = 3",
    ],
)
def test_no_error_is_made_smaller_than_the_floor(line):
    with pytest.raises(policy.PolicyRefused):
        policy.read(f"{POLICY}\n[noise]\n{line}".encode())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('name = "roll"\n', ""),
        ('name = "roll"', 'name = "roll"\nowner = "me"'),
        ('pupil = "pupil"', 'pupil = "sex"'),
        ('pupil = "pupil"', 'pupil = "pupil"\nperiod = "term"'),
        ('categories = ["F", "M"]', 'categories = ["F", "F"]'),
        ('categories = ["F", "M"]', "categories = []"),
        ('categories = ["F", "M"]', 'categories = ["F", 1]'),
        ('categories = ["F", "M"]', 'categories = ["F", "M"]\nrange = 3'),
        ("sensitive = true", 'sensitive = "no"'),
        ('finest = "authority"', 'finest = "street"'),
        ("high = 400", "high = 0"),
        ("high = 400", "high = inf"),
        ("high = 400", "high = nan"),
        ("high = 400", "high = 1e12"),
        ("[variables.sex]", "[variables.n]"),
        ("[variables.sex]", "[variables.Meals]"),
        ("[variables.sex]", '[variables."absence.sum"]'),
        ("[variables.sex]", '[variables."sex; drop"]'),
        ('pupil = "pupil"', 'pupil = "record_key"'),
        ("high = 400", ""),
        ("low = 0\nhigh = 100000", "low = -1\nhigh = 100000"),
        ("decimals = 2", "decimals = 9"),
        ('phase = "upper"\nyear = "7"', 'phase = "upper"'),
        ('phase = "upper"\nyear = "7"', 'phase = "upper"\nyear = "6"'),
        ('religion = "', 'religion = ""#"'),
        ('areas = ["region", "authority"]', 'areas = "region"'),
        ("[withheld]", "[withheld"),
    ],
)
def test_a_policy_that_does_not_fit_together_is_refused(old, new):
    assert old in POLICY
    with pytest.raises(policy.PolicyRefused):
        policy.read(POLICY.replace(old, new, 1).encode())


def test_a_policy_must_be_there_and_be_text(tmp_path):
    for path in (tmp_path / "none", tmp_path):
        with pytest.raises(policy.PolicyRefused):
            policy.load(path)
    with pytest.raises(policy.PolicyRefused):
        policy.read(b"\xff\xfe")
