# SPDX-License-Identifier: Apache-2.0
"""Whatever bytes come: a published text prints back to itself, or it is refused by name (D26)."""

import json

from hypothesis import given
from hypothesis import strategies as st

from beholden.ledger.texts import PublishedText, TextMalformed

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(st.characters(codec="utf-8")),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(st.characters(codec="utf-8")), inner, max_size=3)
    ),
    max_leaves=8,
)
TEXTS = st.builds(
    PublishedText.of,
    st.from_regex(r"U-[0-9]{4}-[0-9]{4}", fullmatch=True),
    st.binary(min_size=32, max_size=32),
    st.dictionaries(st.text(st.characters(codec="utf-8")), PLAIN, max_size=5),
)


def read(raw):
    """Read bytes as a text; None if they are refused by name. Anything else is a fault of ours."""
    try:
        return PublishedText.parse(raw)
    except TextMalformed:
        return None


@given(TEXTS)
def test_print_and_parse_are_inverses(text):
    assert PublishedText.parse(text.print()) == text


@given(st.binary(max_size=400))
def test_arbitrary_bytes_print_back_or_are_refused(raw):
    found = read(raw)
    assert found is None or found.print() == raw


@given(TEXTS, st.integers(0), st.integers(1, 255))
def test_a_changed_byte_never_gives_the_same_commitment_under_the_same_name(text, place, change):
    raw = bytearray(text.print())
    raw[place % len(raw)] ^= change
    found = read(bytes(raw))
    assert found is None or (found.use, found.commitment) != (text.use, text.commitment)


@given(TEXTS)
def test_a_salt_is_never_left_out_of_the_commitment(text):
    other = PublishedText(text.use, bytes(32), text.text)
    assert (other.commitment == text.commitment) == (text.salt == bytes(32))
    assert json.loads(text.print())["salt"] == text.salt.hex()
