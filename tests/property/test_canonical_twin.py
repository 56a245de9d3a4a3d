# SPDX-License-Identifier: Apache-2.0
"""The quick spelling of JSON is RFC 8785's own, for whatever it is given, and reads nothing else. D28."""

import json
from enum import IntEnum, StrEnum

import pytest
import rfc8785
from hypothesis import example, given
from hypothesis import strategies as st

from beholden.ledger.canonical import LARGEST, NotCanonical, parse_json, print_json

texts = st.text(
    st.characters() | st.sampled_from('"\\\x00\x1f\x7f\u2028\ud800\ue000\uffff\U0001f600'), max_size=6
)
leaves = (
    st.none() | st.booleans() | texts | st.integers() | st.integers(-2 * LARGEST, 2 * LARGEST) | st.floats()
)  # fmt: skip
values = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(texts, inner, max_size=4)
        | st.dictionaries(texts | st.integers() | st.none() | st.booleans(), inner, max_size=2)
    ),
    max_leaves=12,
)


class Number(IntEnum):
    ONE = 1


class Name(StrEnum):
    ONE = "one"


def by_the_rfc(value):
    try:
        return rfc8785.dumps(value)
    except (ValueError, RecursionError):
        return None


def ours(value):
    try:
        return print_json(value)
    except NotCanonical:
        return None


def holds_a_fraction(value):
    if isinstance(value, dict):
        return any(map(holds_a_fraction, value.values()))
    return any(map(holds_a_fraction, value)) if isinstance(value, list) else isinstance(value, float)


@given(values)
@example({"\ue000": 1, "\U0001f600": 2})
@example({"\ud7ff": 1, "\U0001f600": 2})
@example({1: "a", "1": "b"})
@example({True: 1})
@example([1.0, 1])
@example(("a",))
@example([LARGEST, -LARGEST, LARGEST + 1])
@example({Name.ONE: Number.ONE, "b": [Name.ONE, True]})
def test_it_prints_what_the_rfc_prints_and_refuses_what_it_refuses(value):
    assert ours(value) == by_the_rfc(value)


@given(values, st.booleans(), st.booleans(), st.sampled_from([(",", ":"), (", ", ": ")]))
@example({"\ue000": 1, "\U0001f600": 2}, False, True, (",", ":"))
@example({"b": 1, "a": 2}, False, False, (",", ":"))
@example(-0.0, False, True, (",", ":"))
def test_of_all_spellings_it_reads_the_one_of_the_rfc(value, escapes, in_order, between):
    """The keys in order or not, with escapes or without, with spaces or without: as any program may have saved it."""
    try:
        said = json.dumps(value, ensure_ascii=escapes, sort_keys=in_order, separators=between)
        raw = said.encode()
    except (TypeError, ValueError):  # keys of two types, or half a character
        return
    try:
        read = parse_json(raw, limit=len(raw))
    except NotCanonical:
        assert holds_a_fraction(json.loads(raw)) or by_the_rfc(json.loads(raw)) != raw
    else:
        assert by_the_rfc(json.loads(raw)) == raw
        assert read == json.loads(raw)


@pytest.mark.parametrize(
    "raw",
    [b"-0", b"1.0", b"1e3", b"9007199254740992", b"NaN", b'{"a":1,"a":1}', b'"\\u0041"', b'"\\/"', b" 1", b'"\xff"', b'"\\ud800"'],
)  # fmt: skip
def test_other_spellings_are_refused(raw):
    with pytest.raises(NotCanonical):
        parse_json(raw, limit=100)


def test_what_is_deep_is_refused_and_ends_nothing():
    with pytest.raises(NotCanonical):
        parse_json(b"[" * 100_000 + b"]" * 100_000, limit=1_000_000)
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(NotCanonical):
        print_json(deep)
