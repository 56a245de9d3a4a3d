# SPDX-License-Identifier: Apache-2.0
"""Linkage by index and its naive twin over all pairs must agree on every small world. D21, D32."""

import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beholden.linkage import linking, model
from beholden.linkage.comparing import COMPARISONS, EXACT
from beholden.linkage.explaining import explain
from beholden.linkage.model import frequencies
from beholden.linkage.people import COLUMNS, turned
from beholden.linkage.scoring import Scale
from linking_twin import answered, somebody

MODEL = model.shipped()
GIVEN = (
    "",
    "Ada",
    "Aida",
    "Mohammed",
    "Muhammad Ali",
    "Ali",
    "Anne-Marie",
    "Anne",
    "A",
    "Łucja",
    "Kayden",
    "Jayden",
)
SURNAMES = (
    "",
    "van der Meer",
    "Meer",
    "Núñez del Río",
    "Nunez",
    "Khan",
    "Kahn",
    "O'Brien",
    "Ali",
    "Nowak",
    "Nowakova",
)
BORN = ("", "2011-01-01", "2011-03-04", "2011-04-03", "2012-02-29", "2012-02-28", "20113104", "2010-01-01")
POSTCODES = ("", "ZZ1 1AA", "ZZ1 1AB", "ZZ2 9XY", "ZZ")
NUMBERS = ("", "", "Z100000000001", "Z100000000011", "Z200000000002")

people = st.builds(
    somebody,
    ref=st.just("x"),
    given=st.sampled_from(GIVEN),
    surname=st.sampled_from(SURNAMES),
    born=st.sampled_from(BORN),
    postcode=st.sampled_from(POSTCODES),
    sex=st.sampled_from(("", "F", "M")),
    number=st.sampled_from(NUMBERS),
)


@st.composite
def registers(draw):
    """Up to a dozen people, some with a former surname and a former postcode."""
    held = []
    for row, one in enumerate(draw(st.lists(people, min_size=1, max_size=12))):
        now = replace(one, ref=f"r{row}")
        was = draw(st.lists(st.sampled_from(SURNAMES), max_size=1))
        held.append((now, *(replace(now, surname=somebody(surname=name).surname) for name in was)))
    return held


@given(registers(), st.lists(people, min_size=1, max_size=6), st.floats(0.01, 0.99), st.booleans())
@settings(max_examples=150)
def test_index_and_all_pairs_say_the_same(held, request, prior, adverse):
    register = linking.register_of(held, bytes(32))
    said = list(linking.answer(request, register, MODEL, prior=prior, adverse=adverse))
    for asked, answer in zip(request, said, strict=True):
        wanted, nobody = answered(asked, held, MODEL, register.counted, prior=prior, adverse=adverse)
        got = {
            pair.candidate.row: (pair.rule, pair.candidate.probability, pair.verdict) for pair in answer.pairs
        }
        assert set(got) == {row for row, *_ in wanted}
        assert math.isclose(answer.nobody, nobody, rel_tol=1e-9, abs_tol=1e-12)
        for row, rule, chance, verdict in wanted:
            assert got[row][0] == rule
            assert math.isclose(got[row][1], chance, rel_tol=1e-9, abs_tol=1e-12)
            if len({round(pair.candidate.weighed.weight, 6) for pair in answer.pairs}) == len(answer.pairs):
                assert got[row][2] == verdict


@given(people, people)
def test_a_value_s_frequency_counts_where_it_agrees_exactly_and_nowhere_else(one, two):
    """In the sum as in its parts; of the second, who is the one in the register."""
    counted = frequencies([two, somebody(given="Ada", surname="Khan", born="2011-01-01", postcode="ZZ1 1AA")])
    said = Scale(MODEL, counted).weigh(one, two)
    for each, fields, level, bits, adjusted in zip(
        COMPARISONS, MODEL.fields, said.levels, said.bits, said.adjusted, strict=True
    ):
        u, is_exact = fields.u_exact, each.levels[level].name == EXACT
        value = COLUMNS[each.frequent](two) if each.frequent and is_exact else ""
        assert bits == fields.bits[level]
        assert adjusted == (math.log2(u / counted.share(each.frequent, value, u)) if value else 0.0)
    assert said.weight == math.fsum(said.bits + said.adjusted)


@given(
    registers(),
    st.lists(people, max_size=6),
    st.lists(people, max_size=3),
    st.sampled_from((1, 2, 3, linking.SAMPLE)),
    st.booleans(),
)
@settings(max_examples=100)
def test_a_request_that_is_held_whole_is_answered_as_one_that_streams(held, request, beside, sample, adverse):
    """Whoever is beside it is answered alike, and changes nothing of what the request fits."""
    register = linking.register_of(held, bytes(32))
    fitting = request[:: -(-len(request) // sample) or 1]
    prior = linking.fit(fitting, register, MODEL)
    streamed = list(linking.answer([*request, *beside], register, MODEL, prior=prior, adverse=adverse))
    with pytest.MonkeyPatch.context() as few:
        few.setattr(linking, "SAMPLE", sample)
        said = list(linking.match(request, register, MODEL, adverse=adverse, beside=beside))
    assert said == streamed


@given(registers(), people, st.floats(0.01, 0.99))
@settings(max_examples=100)
def test_an_explanation_adds_up_to_its_posterior(held, asked, prior):
    register = linking.register_of(held, bytes(32))
    (answer,) = linking.answer([asked], register, MODEL, prior=prior, adverse=False)
    for place, pair in enumerate(answer.pairs):
        why = explain(answer, place, MODEL, people=register.people)
        assert math.isclose(why.weight, pair.candidate.weighed.weight, abs_tol=1e-9)
        assert math.isclose(1 / (1 + 2**-why.odds), why.posterior, rel_tol=1e-6, abs_tol=1e-12)
    assert math.isclose(
        sum(pair.candidate.probability for pair in answer.pairs) + answer.nobody, 1, abs_tol=1e-9
    )


@given(people)
def test_everybody_finds_themselves_where_there_is_enough_to_go_by(one):
    """Two parts of a rule are enough; with day and month turned, or the names swapped, too."""
    named, born = one.given.full and one.surname.full, one.birth_date
    if not named and not (born and (one.given.full or one.surname.full or len(one.postcode) > 2)):
        return
    register = linking.register_of([(one,)], bytes(32))
    assert register.index.find([one])[0].rows
    swapped = replace(one, given=one.surname, surname=one.given)
    if named:
        assert register.index.find([swapped])[0].rows
    if born and named:
        assert register.index.find([replace(one, birth_date=turned(born))])[0].rows


@pytest.mark.parametrize("share", [0.05, 0.2, 0.8])
def test_the_prior_is_fitted_to_the_request(share):
    """A list of strangers is taken for one, and a list of members for one."""
    from beholden.linkage.scoring import fit_prior

    found = [30.0] * int(1_000 * share) + [-5.0] * int(1_000 * (1 - share))
    assert fit_prior(found, 10_000) == pytest.approx(share, abs=0.02)


def test_a_single_record_leaves_the_prior_near_what_is_expected():
    from beholden.linkage.scoring import EXPECTED, fit_prior

    assert fit_prior([-math.inf], 10_000) < EXPECTED < fit_prior([40.0], 10_000) < 0.5
