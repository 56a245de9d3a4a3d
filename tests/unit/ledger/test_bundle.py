# SPDX-License-Identifier: Apache-2.0
"""The file a family keeps: it prints back to itself, and every byte of it bears weight (D27, D28)."""

import json
from dataclasses import replace

import pytest
import rfc8785

from beholden.ledger import bundle
from beholden.ledger.bundle import Bundle
from beholden.ledger.verify import verify
from beholden.refusals import Refusal
from ledger_builder import Keeper, small_town

FLIPS = (0x01, 0x20, 0x80)  # the lowest bit, the bit between small and capital letters, the bit outside ASCII
EVERY_CHANGE = tuple(range(1, 256))


def one_handover(**made):
    keeper = Keeper(seed=11, **made)
    keeper.handover(keeper.registry([1, 2]), [1])
    return keeper


def verdict(raw, **given):
    """Return None if refused. Anything else that is raised is a failure of the test."""
    try:
        return verify(raw, **given)
    except Refusal:
        return None


@pytest.mark.parametrize("child", [1, 2, 4, 9])
def test_it_prints_back_to_itself(child):
    raw = small_town().bundle(child).print()
    assert Bundle.parse(raw).print() == raw
    assert verdict(raw) is not None


def test_the_layout_is_the_documented_one():
    whole = json.loads(one_handover().bundle(1).print())
    assert list(whole) == ["format", "handovers", "place", "proofs", "registry", "vkey"]
    assert whole["format"] == "beholden/bundle/v2"
    assert list(whole["handovers"]) == ["checkpoint", "entries"]
    assert list(whole["registry"][0]) == ["bucket", "entry", "path", "y"]
    assert list(whole["proofs"][0]) == ["bucket", "entry", "path"]
    assert (whole["registry"][0]["entry"], whole["proofs"][0]["entry"]) == (0, 1)
    assert whole["place"]["drawn"] is None
    assert (len(whole["place"]["proof"]), len(whole["registry"][0]["y"])) == (160, 64)


def accepted_after(raw, flips, **given):
    """Return every (place, flip) after which the file is still accepted."""
    changed, found = bytearray(raw), []
    for at in range(len(changed)):
        for flip in flips:
            changed[at] ^= flip
            if verdict(bytes(changed), **given) is not None:
                found.append((at, flip))
            changed[at] ^= flip
    return found


@pytest.mark.parametrize("child", [1, 2, 9])
def test_every_byte_bears_weight(child):
    """D28: a flipped byte anywhere makes the file fail, for a child in the list, out of it, and unshown."""
    keeper = one_handover()
    raw, mine = keeper.bundle(child).print(), keeper.number(child)
    assert verdict(raw, number=mine) is not None
    assert accepted_after(raw, FLIPS, number=mine) == []


def test_a_place_drawn_by_lot_bears_weight_in_every_byte():
    keeper = one_handover(by_lot=frozenset({1}))
    assert accepted_after(keeper.bundle(1).print(), FLIPS) == []


def test_without_a_number_only_the_proof_of_the_place_bears_none():
    """Whoever types no number has the keeper's word for the place, and nothing to weigh its proof by (D28)."""
    raw = one_handover().bundle(1).print()
    proof = json.loads(raw)["place"]["proof"].encode()
    start = raw.index(proof)
    taken = {place for place, _ in accepted_after(raw, FLIPS)}
    assert taken
    assert taken <= set(range(start + 64, start + len(proof)))  # never in gamma, from which the place follows


@pytest.mark.long
def test_every_byte_bears_weight_in_all_its_bits():
    keeper = one_handover()
    assert accepted_after(keeper.bundle(1).print(), EVERY_CHANGE, number=keeper.number(1)) == []


def test_a_file_cut_anywhere_fails():
    raw = one_handover().bundle(1).print()
    assert all(verdict(raw[:length]) is None for length in range(len(raw)))
    assert all(verdict(raw[start:]) is None for start in range(1, len(raw)))
    assert all(verdict(raw + more) is None for more in (b"\n", b" ", b"{}", b"\0"))


def test_unknown_and_missing_fields_are_refused_at_every_level():
    whole = json.loads(one_handover().bundle(1).print())
    places = [
        lambda w: w,
        lambda w: w["handovers"],
        lambda w: w["place"],
        lambda w: w["registry"][0],
        lambda w: w["proofs"][0],
    ]
    for place in places:
        for name in list(place(whole)):
            changed = json.loads(json.dumps(whole))
            del place(changed)[name]
            assert verdict(rfc8785.dumps(changed)) is None
        changed = json.loads(json.dumps(whole))
        place(changed)["note"] = None
        assert verdict(rfc8785.dumps(changed)) is None


def test_every_value_of_another_type_is_refused():
    whole = json.loads(one_handover().bundle(1).print())
    wrong = [None, True, 0, 1, -1, 2**53 - 1, "", "x", [], {}, [[]], "é", "\x00", 0.5]

    def spots(value, path=()):
        yield path
        pairs = (
            value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        )
        for step, inner in pairs:
            yield from spots(inner, (*path, step))

    tried = 0
    for path in list(spots(whole)):
        for value in wrong:
            changed = {"": json.loads(json.dumps(whole))}
            held, last = changed, ""
            for step in path:
                held, last = held[last], step
            if held[last] == value and type(held[last]) is type(value):
                continue
            held[last] = value
            tried += 1
            assert verdict(rfc8785.dumps(changed[""])) is None, path
    assert tried > 200


def proof_of(raw):
    return json.loads(raw)["place"]["proof"].encode()


@pytest.mark.parametrize(
    "respell",
    [
        lambda raw: json.dumps(json.loads(raw)).encode(),
        lambda raw: json.dumps(json.loads(raw), indent=1).encode(),
        lambda raw: raw.replace(b'"place"', b'"plac\\u0065"'),
        lambda raw: raw.replace(b'"proofs"', b'"proofs":[],"proofs"'),
        lambda raw: raw.decode().encode("utf-16"),
        lambda raw: b"\xef\xbb\xbf" + raw,
        lambda raw: raw.replace(proof_of(raw), proof_of(raw).upper()),
    ],
)
def test_there_is_one_spelling(respell):
    raw = one_handover().bundle(1).print()
    assert respell(raw) != raw
    assert verdict(respell(raw)) is None


def test_a_file_that_is_too_long_is_not_even_read(monkeypatch):
    raw = one_handover().bundle(1).print()
    monkeypatch.setattr(bundle, "MAX_BUNDLE_BYTES", len(raw) - 1)
    with pytest.raises(Refusal) as caught:
        Bundle.parse(raw)
    assert caught.value.code == "ledger.not_canonical"


@pytest.mark.parametrize("depth", [50, 900, 5_000, 200_000])
def test_deep_nesting_is_a_refusal(depth):
    assert verdict(b"[" * depth) is None
    assert verdict(b"[" * depth + b"]" * depth) is None
    assert verdict(b'{"a":' * depth + b"1" + b"}" * depth) is None


def test_a_bundle_that_could_not_be_read_cannot_be_built():
    good = one_handover().bundle(1)
    for changed in ({"place": b"short"}, {"proofs": None}, {"format": "beholden/bundle/v1"}, {"vkey": 5}):
        with pytest.raises(Refusal):
            replace(good, **changed)
