# SPDX-License-Identifier: Apache-2.0
"""A drawn pair was as likely as its stratum says, and nothing else decides whether it is drawn."""

from collections import Counter, defaultdict

from hypothesis import given
from hypothesis import strategies as st

from beholden.linkage.deciding import Decision
from beholden.linkage.sampling import FEWEST, Compared, Opinion, draw

PAIRS = st.dictionaries(
    st.tuples(st.integers(0, 40), st.integers(0, 40)),
    st.tuples(st.floats(0, 1), st.sampled_from(Decision)),
    min_size=1,
    max_size=120,
)


def compared(pairs):
    return [
        Compared((f"L{left}", f"R{right}"), chance, decision)
        for (left, right), (chance, decision) in pairs.items()
    ]


def groups_of(pairs):
    return {one.pair[0]: "odd" if int(one.pair[0][1:]) % 2 else "even" for one in pairs}


@given(PAIRS, st.integers(1, 40), st.integers(0, 2**63), st.booleans())
def test_each_stratum_is_drawn_from_as_it_says(found, per_stratum, seed, grouped):
    pairs = compared(found)
    groups = groups_of(pairs) if grouped else None
    sample = draw(pairs, seed=seed, per_stratum=per_stratum, groups=groups)
    held = {one.pair: one for one in pairs}
    drawn = defaultdict(set)
    for pair, row in sample.rows:
        drawn[row.stratum].add(pair)
    assert sum(map(len, drawn.values())) == len(sample.rows)
    for place, one in enumerate(sample.strata):
        last = one.below == 1
        members = {
            pair
            for pair, each in held.items()
            if each.decision is one.decision
            and one.least <= each.probability
            and (each.probability < one.below or last)
            and (not grouped or groups[pair[0]] == one.group)
        }
        assert len(members) == one.pairs
        assert drawn[place] <= members
        assert len(drawn[place]) == one.drawn == min(per_stratum, one.pairs)
        assert one.chance == one.drawn / one.pairs
    assert sum(one.pairs for one in sample.strata) == len(pairs)


@given(PAIRS)
def test_a_stratum_is_small_only_where_there_are_no_more(found):
    sample = draw(compared(found), seed=1, per_stratum=5)
    by_decision = Counter(decision for _, decision in found.values())
    for one in sample.strata:
        assert one.pairs >= min(FEWEST, by_decision[one.decision])


@given(PAIRS, st.integers(0, 2**63))
def test_the_same_seed_draws_the_same(found, seed):
    pairs = compared(found)
    assert draw(pairs, seed=seed, per_stratum=7) == draw(pairs, seed=seed, per_stratum=7)


@given(PAIRS, st.integers(0, 2**63), st.data())
def test_known_pairs_change_nothing_of_what_is_drawn(found, seed, data):
    pairs = compared(found)
    known = data.draw(
        st.dictionaries(
            st.sampled_from([*(one.pair for one in pairs), ("L99", "R99")]),
            st.sampled_from([Opinion.SAME, Opinion.DIFFERENT]),
        )
    )
    plain = draw(pairs, seed=seed, per_stratum=7)
    mixed = draw(pairs, seed=seed, per_stratum=7, known=known)
    assert mixed.strata == plain.strata
    strata = {pair: row.stratum for pair, row in mixed.rows if row.stratum is not None}
    assert strata == {pair: row.stratum for pair, row in plain.rows}
    assert {pair: row.known for pair, row in mixed.rows if row.known} == known


def test_over_many_seeds_each_pair_is_drawn_as_often_as_its_stratum_says():
    pairs = [
        *(Compared((f"L{n}", f"R{n}"), 0.995, Decision.ACCEPT) for n in range(30)),
        *(Compared((f"L{n}", f"R{n}"), 0.001, Decision.NONE) for n in range(30, 42)),
        *(Compared((f"L{n}", f"R{n}"), 0.6, Decision.REVIEW) for n in range(42, 45)),
    ]
    seeds, times, first = 4000, Counter(), Counter()
    for seed in range(seeds):
        sample = draw(pairs, seed=seed, per_stratum=6)
        times.update(pair for pair, _ in sample.rows)
        first[sample.rows[0][1].stratum] += 1
    chances = {Decision.ACCEPT: 6 / 30, Decision.NONE: 6 / 12, Decision.REVIEW: 1.0}
    for one in pairs:
        chance = chances[one.decision]
        error = (chance * (1 - chance) / seeds) ** 0.5
        assert abs(times[one.pair] / seeds - chance) <= 4.5 * error
    for place, share in enumerate((6 / 15, 6 / 15, 3 / 15)):  # the order tells nothing of the stratum
        assert abs(first[place] / seeds - share) < 4.5 * (share * (1 - share) / seeds) ** 0.5
