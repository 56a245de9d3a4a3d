# SPDX-License-Identifier: Apache-2.0
"""What people said of a sample becomes rates, weighed by stratum; what nobody said becomes width, or a refusal."""

import random

import pytest

from beholden.linkage import auditing
from beholden.linkage.deciding import Decision
from beholden.linkage.intervals import wilson
from beholden.linkage.sampling import AuditRefused, Compared, Opinion, Row, Stratum, draw

SAME, DIFFERENT, CANNOT = Opinion.SAME, Opinion.DIFFERENT, Opinion.CANNOT_SAY


def asked(*strata):
    """Strata, rows and answers from (decision, group, pairs, answers)."""
    rows, said, made = {}, {}, []
    for place, (decision, group, pairs, answers) in enumerate(strata):
        made.append(Stratum(decision, 0.0, 1.0, group, pairs, len(answers)))
        for answer in answers:
            rows[len(rows) + 1] = Row(place, None)
            said[len(rows)] = answer
    return made, rows, said


def test_each_stratum_weighs_as_much_as_it_has_pairs():
    found = auditing.rates(
        *asked(
            (Decision.ACCEPT, "", 900, [SAME] * 19 + [DIFFERENT]),
            (Decision.ACCEPT, "", 100, [SAME] * 5 + [DIFFERENT] * 5),
            (Decision.REVIEW, "", 40, [SAME] * 5 + [DIFFERENT] * 5),
            (Decision.NONE, "", 360, [DIFFERENT] * 10),
        )
    )
    assert found.false.share == pytest.approx(0.9 * 1 / 20 + 0.1 * 5 / 10)
    assert found.missed.share == pytest.approx(0.1 * 0.5)
    assert found.in_review.share == pytest.approx(0.5)
    assert found.in_none.share == 0.0
    assert (found.false.pairs, found.false.looked, found.false.unsaid) == (1000, 30, 0)
    lost, right = 400 * found.missed.share, 1000 * (1 - found.false.share)
    assert found.missed_of_same.share == pytest.approx(lost / (lost + right))
    for one in (found.false, found.missed, found.in_review, found.in_none, found.missed_of_same):
        assert 0 <= one.low <= one.share <= one.high <= 1
        assert one.low < one.high


def test_one_stratum_has_wilsons_own_interval():
    found = auditing.rates(*asked((Decision.ACCEPT, "", 5000, [SAME] * 28 + [DIFFERENT])))
    assert (found.false.low, found.false.high) == pytest.approx(wilson(1, 29))
    assert found.missed is None
    assert found.in_review is None


def test_what_nobody_can_say_stretches_both_ends():
    found = auditing.rates(*asked((Decision.ACCEPT, "", 500, [SAME] * 15 + [DIFFERENT] + [CANNOT] * 4))).false
    assert found.share == pytest.approx(1 / 16)
    assert found.low == pytest.approx(wilson(1, 20)[0])
    assert found.high == pytest.approx(wilson(5, 20)[1])
    assert found.unsaid == 4


@pytest.mark.parametrize(
    "answers",
    [[CANNOT], [CANNOT] * 20, [SAME] * 4 + [CANNOT] * 16, [SAME] + [CANNOT] * 3, [SAME] * 4 + [CANNOT] * 5],
)
def test_a_stratum_with_too_few_answers_is_refused(answers):
    with pytest.raises(AuditRefused) as no:
        auditing.rates(
            *asked((Decision.ACCEPT, "Grönland", 50, answers), (Decision.NONE, "", 50, [DIFFERENT] * 9))
        )
    assert no.value.code == "linkage.too_few_answers"
    assert "accept" in no.value.sentence
    assert "Grönland" not in no.value.sentence


@pytest.mark.parametrize("answers", [[SAME], [SAME, CANNOT], [SAME] * 5 + [CANNOT] * 15])
def test_enough_answers_are_enough(answers):
    assert auditing.rates(*asked((Decision.ACCEPT, "", 50, answers))).false.share == 0.0


def test_groups_have_rates_of_their_own():
    strata = asked(
        (Decision.ACCEPT, "north", 100, [SAME] * 10),
        (Decision.ACCEPT, "south", 300, [SAME] * 5 + [DIFFERENT] * 5),
        (Decision.NONE, "south", 300, [DIFFERENT] * 10),
    )
    found = auditing.by_group(*strata)
    assert list(found) == ["north", "south"]
    assert found["north"].false.share == 0
    assert found["south"].false.share == 0.5
    assert found["north"].missed is None
    assert auditing.rates(*strata).false.share == pytest.approx(0.375)


def test_known_pairs_count_in_no_rate_and_measure_who_looks():
    strata, rows, said = asked((Decision.ACCEPT, "", 100, [SAME] * 10))
    before = auditing.rates(strata, rows, said)
    rows |= {11: Row(None, SAME), 12: Row(None, DIFFERENT), 13: Row(None, DIFFERENT), 14: Row(None, SAME)}
    said |= {11: SAME, 12: SAME, 13: CANNOT, 14: SAME}
    assert auditing.rates(strata, rows, said) == before
    did = auditing.reviewer(rows, said)
    assert (did.known, did.right, did.cannot_say) == (4, 2, 1)
    assert (did.low, did.high) == wilson(2, 4)
    assert auditing.reviewer({1: Row(0, None)}, {1: SAME}) is None


def test_a_known_pair_that_was_drawn_too_counts_as_it_was_answered():
    strata, rows, said = asked((Decision.ACCEPT, "", 100, [SAME] * 9 + [DIFFERENT]))
    rows[1] = Row(0, DIFFERENT)
    assert auditing.rates(strata, rows, said).false.share == 0.1
    assert auditing.reviewer(rows, said).right == 0


def test_two_people_are_compared_and_a_third_settles():
    first = {1: SAME, 2: SAME, 3: DIFFERENT, 4: CANNOT}
    second = {1: SAME, 2: DIFFERENT, 3: DIFFERENT, 4: SAME}
    between = auditing.agreement(first, second)
    assert (between.rows, between.alike, between.apart) == (4, 2, (2, 4))
    assert (between.low, between.high) == wilson(2, 4)
    assert auditing.settled(first) == first
    assert auditing.settled(first, second) == {1: SAME, 2: CANNOT, 3: DIFFERENT, 4: CANNOT}
    third = {1: DIFFERENT, 2: DIFFERENT}  # of row 1 the two agree, and it stands
    assert auditing.settled(first, second, third) == {1: SAME, 2: DIFFERENT, 3: DIFFERENT, 4: CANNOT}


def invented(rng):
    """Compared pairs of one world, and which of them are one person."""
    pairs, same = [], set()
    for decision, chance, many, rate in (
        (Decision.ACCEPT, 0.99995, 1500, 0.998),
        (Decision.ACCEPT, 0.995, 400, 0.95),
        (Decision.REVIEW, 0.95, 150, 0.7),
        (Decision.REVIEW, 0.5, 120, 0.3),
        (Decision.NONE, 0.1, 300, 0.05),
        (Decision.NONE, 0.001, 4000, 0.002),
    ):
        for _ in range(many):
            one = Compared((f"L{len(pairs)}", f"R{len(pairs)}"), chance, decision)
            pairs.append(one)
            if rng.random() < rate:
                same.add(one.pair)
    return pairs, same


def test_drawn_and_answered_the_rates_hold_the_truth_in_95_of_100_worlds():
    """The whole walk, from pairs to rates. Nothing of the model's probability is in it but the strata."""
    rng = random.Random(5)
    pairs, same = invented(rng)
    accepted = [one for one in pairs if one.decision is Decision.ACCEPT]
    rest = [one for one in pairs if one.decision is not Decision.ACCEPT]
    found = [one for one in accepted if one.pair in same]
    lost = [one for one in rest if one.pair in same]
    truths = {
        "false": 1 - len(found) / len(accepted),
        "missed": len(lost) / len(rest),
        "missed_of_same": len(lost) / (len(lost) + len(found)),
    }
    trials, inside, sums = 300, dict.fromkeys(truths, 0), dict.fromkeys(truths, 0.0)
    for seed in range(trials):
        sample = draw(pairs, seed=seed, per_stratum=50)
        rows = {number: row for number, (_, row) in enumerate(sample.rows)}
        said = {number: SAME if pair in same else DIFFERENT for number, (pair, _) in enumerate(sample.rows)}
        rates = auditing.rates(sample.strata, rows, said)
        for name, truth in truths.items():
            one = getattr(rates, name)
            inside[name] += one.low <= truth <= one.high
            sums[name] += one.share / trials
    print(truths, inside, sums)
    for name, truth in truths.items():
        assert inside[name] >= 0.93 * trials
        assert sums[name] == pytest.approx(truth, rel=0.1)  # and in the middle they are right
