# SPDX-License-Identifier: Apache-2.0
"""What a witness answers, rule by rule of c2sp.org/tlog-witness. D27, D28."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beholden.ledger import tree
from beholden.ledger.checkpoint import Checkpoint, sign_checkpoint
from beholden.ledger.note import Key, Note, NoteMalformed
from beholden.ledger.request import MAX_PROOF, Request, Status, said_size
from beholden.refusals import Refusal
from beholden.witness.rules import SIZE_TYPE, Grown, decide

ORIGIN = "records.example/handovers"
SEED = bytes(range(32))
KEYS = {ORIGIN: (Key.of_seed(ORIGIN, SEED),)}
LEAVES = [tree.leaf_hash(b"entry %d" % number) for number in range(70)]
OTHERS = [tree.leaf_hash(b"another %d" % number) for number in range(70)]


def state(size, leaves=LEAVES, origin=ORIGIN):
    return Checkpoint(origin, size, tree.root(leaves[:size]))


def request(old, size, *, leaves=LEAVES, seed=SEED, proof=None, origin=ORIGIN):
    if proof is None:
        proof = tree.consistency_proof(leaves[:size], old) if 0 < old <= size else ()
    return Request(old, tuple(proof), sign_checkpoint(state(size, leaves, origin), seed=seed)).print()


def answer(raw, last=None):
    return decide(raw, keys_of=lambda origin: KEYS.get(origin, ()), last=lambda _: last)


@pytest.mark.parametrize(
    ("old", "size"), [(0, 0), (0, 1), (0, 70), (1, 2), (7, 8), (32, 64), (33, 70), (64, 65), (70, 70)]
)
def test_a_log_that_only_grew_is_cosigned(old, size):
    got = answer(request(old, size), state(old) if old else None)

    assert got == Grown(state(size), state(size).print())


@pytest.mark.parametrize(
    ("raw", "last", "status", "body"),
    [
        # the log is not known; nobody we trust has signed
        (request(0, 5, origin="elsewhere/handovers"), None, Status.UNKNOWN_LOG, None),
        (request(0, 5, seed=bytes(32)), None, Status.NOT_SIGNED, None),
        # the sizes do not fit
        (request(6, 5), state(6), Status.MALFORMED, None),
        (request(0, 5), state(3), Status.CONFLICT, "3\n"),
        (request(3, 5), None, Status.CONFLICT, "0\n"),
        (request(4, 5), state(3), Status.CONFLICT, "3\n"),
        (request(5, 70), state(64), Status.CONFLICT, "64\n"),
        # one size, two roots: somebody shows two logs
        (request(5, 5, leaves=OTHERS), state(5), Status.CONFLICT, "5\n"),
        # the proof does not hold
        (request(5, 9, leaves=OTHERS), state(5), Status.NOT_CONSISTENT, None),
        (request(5, 9, proof=()), state(5), Status.NOT_CONSISTENT, None),
        (request(5, 9, proof=(bytes(32),) * 4), state(5), Status.NOT_CONSISTENT, None),
        (request(0, 5, proof=(bytes(32),)), None, Status.NOT_CONSISTENT, None),
        (request(5, 5, proof=(bytes(32),)), state(5), Status.NOT_CONSISTENT, None),
        # no request
        (b"", None, Status.MALFORMED, None),
        (b"old 0\n\n", None, Status.MALFORMED, None),
        (request(0, 5).replace(b"old 0", b"old 00"), None, Status.MALFORMED, None),
        (request(0, 5).replace(b"old 0", b"old +0"), None, Status.MALFORMED, None),
        (request(0, 5).replace(b"old 0", b"old 0 "), None, Status.MALFORMED, None),
        (request(0, 5).replace(b"old 0", b"old"), None, Status.MALFORMED, None),
        (request(0, 5).replace(b"old 0", "old \u0660".encode()), None, Status.MALFORMED, None),
        (request(0, 5).replace(b"old 0", b"old " + b"9" * 5_000), None, Status.MALFORMED, None),
        (request(5, 9, proof=(bytes(31),)), state(5), Status.MALFORMED, None),
        (request(5, 9, proof=(bytes(32),) * (MAX_PROOF + 1)), state(5), Status.MALFORMED, None),
        (request(0, 5).replace(b"\n5\n", b"\n05\n"), None, Status.MALFORMED, None),
    ],
)  # fmt: skip
def test_what_is_refused_and_how(raw, last, status, body):
    got = answer(raw, last)

    assert got.status is status
    assert body in (None, got.body)
    assert (got.content_type == SIZE_TYPE) == (status is Status.CONFLICT)


def test_a_proof_line_has_one_spelling():
    raw = request(5, 9)
    first = raw.split(b"\n")[1]
    loose = first[:-2] + bytes([first[-2] + 1]) + b"="

    assert base64.b64decode(loose) == base64.b64decode(first)
    assert answer(raw.replace(first, loose), state(5)).status is Status.MALFORMED


def test_lines_of_unknown_keys_are_ignored():
    note = Note.parse(Request.parse(request(0, 5)).note)
    stranger = Note.parse(sign_checkpoint(state(5, origin="stranger"), seed=bytes(32))).signatures
    raw = Request(0, (), Note(note.text, (*stranger, *note.signatures)).print()).print()

    assert isinstance(answer(raw), Grown)


@given(st.integers(0, 70), st.integers(0, 70))
def test_a_request_reads_as_it_prints(old, size):
    raw = request(old, size)

    assert Request.parse(raw).print() == raw


@given(st.binary(max_size=300))
def test_any_bytes_are_answered_or_refused_by_name(raw):
    assert answer(raw).status is Status.MALFORMED


@given(st.data())
def test_a_changed_request_is_never_cosigned_as_another_log(data):
    """Whatever is changed in flight: what is cosigned is a state that the log itself has signed."""
    raw = bytearray(request(33, 70))
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= data.draw(st.integers(1, 255))
    got = answer(bytes(raw), state(33))

    if isinstance(got, Grown):
        assert got == Grown(state(70), state(70).print())


@pytest.mark.parametrize("body", [b"", b"\n", b"5", b"05\n", b"+5\n", b"5\n\n", b"1_0\n", b"9" * 30 + b"\n"])
def test_a_size_has_one_spelling(body):
    with pytest.raises(NoteMalformed):
        said_size(body)
    assert said_size(b"5\n") == 5
    assert issubclass(NoteMalformed, Refusal)
