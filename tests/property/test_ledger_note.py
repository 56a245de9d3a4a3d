# SPDX-License-Identifier: Apache-2.0
"""Notes and checkpoints: print and parse are inverses, and no changed byte is believed. D27."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beholden.ledger.checkpoint import MAX_SIZE, Checkpoint, open_checkpoint, sign_checkpoint
from beholden.ledger.note import Key, Note, NoteMalformed, Signature, open_note, sign
from beholden.ledger.request import Request
from beholden.refusals import Refusal

SIGNS = st.characters(min_codepoint=32, exclude_categories=["Cs"])
TEXTS = st.lists(st.text(SIGNS)).map(lambda lines: "\n".join(lines) + "\n")
NAMES = st.text(SIGNS, min_size=1).filter(lambda name: "+" not in name and not any(c.isspace() for c in name))
SEEDS = st.binary(min_size=32, max_size=32)
LINES = st.builds(Signature, NAMES, st.binary(min_size=4, max_size=4), st.binary(min_size=1, max_size=80))


@given(TEXTS, NAMES, SEEDS)
def test_a_signed_note_opens_to_its_text(text, name, seed):
    assert open_note(sign(text, name=name, seed=seed), keys=[Key.of_seed(name, seed)]).text == text


@given(NAMES, SEEDS)
def test_a_key_prints_back_to_itself(name, seed):
    key = Key.of_seed(name, seed)
    assert Key.parse(key.print()) == key


@given(TEXTS, st.lists(LINES, min_size=1, max_size=16))
def test_at_least_sixteen_signatures_are_read(text, lines):
    note = Note(text, tuple(lines))
    assert Note.parse(note.print()) == note


@given(st.binary(max_size=300))
def test_any_bytes_are_a_note_or_a_refusal(raw):
    try:
        note = Note.parse(raw)
    except NoteMalformed:
        return
    assert note.print() == raw


@given(st.text(max_size=120))
def test_any_text_is_a_checkpoint_or_a_refusal(text):
    try:
        found = Checkpoint.parse(text)
    except Refusal:
        return
    assert found.print() == text


@given(
    st.integers(0, MAX_SIZE), st.lists(st.binary(min_size=32, max_size=32), max_size=63), TEXTS, NAMES, SEEDS
)
def test_what_a_witness_is_asked_prints_and_parses(old, proof, text, name, seed):
    asked = Request(old, tuple(proof), sign(text, name=name, seed=seed))
    assert Request.parse(asked.print()) == asked


@given(st.binary(max_size=200))
def test_any_bytes_are_a_request_or_a_refusal(raw):
    for whole in (raw, b"old 0\n\n" + raw):
        try:
            found = Request.parse(whole)
        except NoteMalformed:
            continue
        assert found.print() == whole


ORIGIN = "beholden.example/demo/handovers"
KEY = Key.of_seed(ORIGIN, bytes(32))


@given(st.integers(0, MAX_SIZE), st.binary(min_size=32, max_size=32), st.data())
def test_no_changed_byte_of_a_checkpoint_is_believed(size, root, data):
    checkpoint = Checkpoint(ORIGIN, size, root)
    raw = sign_checkpoint(checkpoint, seed=bytes(32))
    assert open_checkpoint(raw, origin=ORIGIN, keys=[KEY]) == checkpoint
    at = data.draw(st.integers(0, len(raw) - 1))
    changed = data.draw(
        st.one_of(
            st.integers(1, 255).map(lambda x: raw[:at] + bytes([raw[at] ^ x]) + raw[at + 1 :]),
            st.just(raw[:at] + raw[at + 1 :]),
            st.just(raw[:at]),
            st.binary(min_size=1, max_size=3)
            .map(lambda more: raw[:at] + more + raw[at:])
            .filter(lambda b: b != raw),
        )
    )
    with pytest.raises(Refusal):
        open_checkpoint(changed, origin=ORIGIN, keys=[KEY])
