# SPDX-License-Identifier: Apache-2.0
"""What an access key looks like, and what is kept of it. D36."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beholden.people.access import KEY_SIGNS, digest, key_from, typed_key
from beholden.people.rules import typed_ref
from beholden.people.signs import SIGNS, in_fours
from beholden.refusals import Refusal

keys = st.lists(st.integers(0, 19), min_size=15, max_size=15).map(key_from)
SECRET = bytes(range(32))


@given(keys, st.sampled_from([" ", "-", "", "\u2013"]))
def test_a_key_is_read_as_it_is_printed_in_any_spacing_and_any_case(key, between):
    assert typed_key(in_fours(key)) == key
    assert typed_key(between.join(key.lower())) == key


@given(keys, st.integers(0, KEY_SIGNS - 1), st.sampled_from(SIGNS))
def test_any_one_slip_is_told_apart_from_a_wrong_key(key, place, sign):
    slipped = key[:place] + sign + key[place + 1 :]
    if slipped != key:
        with pytest.raises(Refusal, match=r"^people\.key_mistyped:"):
            typed_key(slipped)


@given(st.text(max_size=100))
def test_whatever_is_typed_the_answer_is_a_key_or_a_refusal_without_what_was_typed(text):
    try:
        assert len(typed_key(text)) == KEY_SIGNS
    except Refusal as no:
        assert no.code == "people.key_mistyped"
        assert len(text) < 5 or text not in str(no)


@pytest.mark.parametrize("count", [0, 14, 16])
def test_a_key_is_drawn_from_fifteen_numbers(count):
    with pytest.raises(ValueError, match="fifteen"):
        key_from([0] * count)


@given(keys, keys, st.sampled_from(["a", "b"]), st.sampled_from(["a", "b"]))
def test_what_is_kept_differs_with_the_key_and_with_its_officer(one, other, mine, yours):
    same = digest(SECRET, mine, one) == digest(SECRET, yours, other)
    assert same == ((mine, one) == (yours, other))
    assert digest(SECRET, mine, one) != digest(SECRET[::-1], mine, one)


@given(st.text(max_size=60))
def test_a_reference_is_read_in_any_case_and_whatever_else_is_typed_is_none(text):
    ref = typed_ref(text)
    assert ref == "" or (len(ref) <= 40 and ref.isascii() and ref == ref.lower())


def test_a_reference_is_read_without_the_spaces_round_it():
    assert typed_ref("  School-K7FD ") == "school-k7fd"
    assert typed_ref("school k7fd") == typed_ref("") == typed_ref("x" * 41) == ""
