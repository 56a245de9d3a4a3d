# SPDX-License-Identifier: Apache-2.0
"""A file that proves one entry, offline: its one form (c2sp.org/tlog-proof), and each thing it must not show. D26, D27."""

import base64
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beholden.ledger import tree
from beholden.ledger.checkpoint import MAX_SIZE, Checkpoint, sign_checkpoint
from beholden.ledger.cosignature import WitnessKey, cosign
from beholden.ledger.entry_proof import EntryProof, EntryProofMalformed, check
from beholden.ledger.note import Key, Note, Signature
from beholden.ledger.policy import Policy
from beholden.refusals import Refusal

ORIGIN, WITNESS = "records.example/events", "witness.example/w1"
SEED, WITNESS_SEED = bytes(range(32)), bytes(range(1, 33))
KEY = Key.of_seed(ORIGIN, SEED)
AT = datetime(2026, 11, 2, 9, tzinfo=UTC)
ENTRIES = [f'{{"number":{number}}}'.encode() for number in range(7)]
LEAVES = [tree.leaf_hash(one) for one in ENTRIES]
SIGNED = sign_checkpoint(Checkpoint(ORIGIN, 7, tree.root(LEAVES)), seed=SEED)
COSIGNED = SIGNED + cosign(Note.parse(SIGNED).text, name=WITNESS, seed=WITNESS_SEED, at=AT).print().encode()
GOOD = EntryProof(3, tree.inclusion_proof(LEAVES, 3), COSIGNED, extra=ENTRIES[3])
HASHES = st.binary(min_size=32, max_size=32)


def policy(quorum="press"):
    witness = WitnessKey.of_seed(WITNESS, WITNESS_SEED).print()
    return Policy.parse(f"log {KEY.print()}\nwitness press {witness}\nquorum {quorum}\n".encode())


def refused(code):
    return pytest.raises(Refusal, match=rf"^ledger\.{code}:")


# --- its one form ---


def test_it_is_printed_as_in_the_specification():
    hashes = [base64.b64encode(one).decode() for one in GOOD.path]
    head = ["c2sp.org/tlog-proof@v1", "extra eyJudW1iZXIiOjN9", "index 3", *hashes, "", ""]
    assert GOOD.print() == "\n".join(head).encode() + COSIGNED
    without = replace(GOOD, extra=None)
    assert without.print() == GOOD.print().replace(b"extra eyJudW1iZXIiOjN9\n", b"")
    assert EntryProof.parse(without.print()) == without


@given(
    st.integers(0, MAX_SIZE - 1),
    st.lists(HASHES, max_size=63).map(tuple),
    st.none() | st.binary(min_size=1, max_size=300),
)
def test_print_and_parse_are_inverses(index, path, extra):
    proof = EntryProof(index, path, COSIGNED, extra)
    assert EntryProof.parse(proof.print()) == proof


@given(st.data())
def test_any_change_is_a_proof_or_a_refusal(data):
    raw = bytearray(GOOD.print())
    at = data.draw(st.integers(0, len(raw)))
    raw[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=4))
    try:
        found = EntryProof.parse(bytes(raw))
    except Refusal:
        return
    assert found.print() == raw


@given(st.binary(max_size=200))
def test_any_bytes_are_a_proof_or_a_refusal(raw):
    for whole in (raw, b"c2sp.org/tlog-proof@v1\n" + raw):
        with pytest.raises(Refusal):
            EntryProof.parse(whole)


HASH = base64.b64encode(bytes(32)).decode()
MALFORMED = {
    "another first line": "c2sp.org/tlog-proof@v2\nindex 0\n\n",
    "a first line that is no line": "c2sp.org/tlog-proof@v1",
    "no index": f"c2sp.org/tlog-proof@v1\n{HASH}\n\n",
    "an index that is no number": "c2sp.org/tlog-proof@v1\nindex one\n\n",
    "an index below 0": "c2sp.org/tlog-proof@v1\nindex -5\n\n",
    "an index like +5": "c2sp.org/tlog-proof@v1\nindex +5\n\n",
    "an index like 1_0": "c2sp.org/tlog-proof@v1\nindex 1_0\n\n",
    "an index like 05": "c2sp.org/tlog-proof@v1\nindex 05\n\n",
    "an index in other digits": "c2sp.org/tlog-proof@v1\nindex ٣\n\n",
    "an index of too many digits": f"c2sp.org/tlog-proof@v1\nindex {'9' * 5_000}\n\n",
    "an index beyond any log": f"c2sp.org/tlog-proof@v1\nindex {MAX_SIZE}\n\n",
    "two spaces": "c2sp.org/tlog-proof@v1\nindex  5\n\n",
    "extra behind the index": "c2sp.org/tlog-proof@v1\nindex 0\nextra AAAA\n\n",
    "extra twice": "c2sp.org/tlog-proof@v1\nextra AAAA\nextra AAAA\nindex 0\n\n",
    "extra of nothing": "c2sp.org/tlog-proof@v1\nextra \nindex 0\n\n",
    "extra that is not base64": "c2sp.org/tlog-proof@v1\nextra !!\nindex 0\n\n",
    "extra that is not canonical": "c2sp.org/tlog-proof@v1\nextra AB==\nindex 0\n\n",
    "extra longer than an entry": f"c2sp.org/tlog-proof@v1\nextra {'AAAA' * 22_000}\nindex 0\n\n",
    "a hash that is not base64": "c2sp.org/tlog-proof@v1\nindex 0\n!!\n\n",
    "a hash of another length": f"c2sp.org/tlog-proof@v1\nindex 0\n{HASH}{HASH}\n\n",
    "a hash in another spelling": f"c2sp.org/tlog-proof@v1\nindex 0\n{HASH[:-2]}B=\n\n",
    "too many hashes": f"c2sp.org/tlog-proof@v1\nindex 0\n{f'{HASH}{chr(10)}' * 64}\n",
    "a carriage return": "c2sp.org/tlog-proof@v1\r\nindex 0\r\n\n",
    "nothing before the checkpoint": "",
}


@pytest.mark.parametrize("head", MALFORMED.values(), ids=MALFORMED)
def test_what_is_in_another_form_is_refused(head):
    with pytest.raises(EntryProofMalformed):
        EntryProof.parse(head.encode() + COSIGNED)


def test_a_file_without_a_checkpoint_or_with_another_text_is_refused():
    head = GOOD.print().removesuffix(COSIGNED)
    for tail in (b"", b"\n" + COSIGNED, b"a checkpoint\n", COSIGNED.replace(b"\n7\n", b"\n7\nmore\n", 1)):
        with pytest.raises(Refusal):
            EntryProof.parse(head + tail)
    with pytest.raises(EntryProofMalformed):
        EntryProof.parse(GOOD.print() + b"x" * 2_000_000)


# --- what it shows ---


def test_it_shows_the_entry_and_who_has_seen_the_log():
    shown = check(GOOD, key=KEY, policy=policy())
    assert (shown.origin, shown.index, shown.size, shown.entry) == (ORIGIN, 3, 7, ENTRIES[3])
    assert dict(shown.seen) == {"press": AT}
    assert check(GOOD, key=KEY).seen == {}
    assert check(GOOD, policy=policy()).entry == ENTRIES[3]


def test_the_only_entry_of_a_log_needs_no_hash():
    alone = sign_checkpoint(Checkpoint(ORIGIN, 1, LEAVES[0]), seed=SEED)
    assert check(EntryProof(0, (), alone, extra=ENTRIES[0]), key=KEY).size == 1


def test_the_entry_beside_the_file_is_the_one_that_counts():
    """The extra line is not signed: nothing follows from it where the reader has the entry (tlog-proof, Format)."""
    assert check(replace(GOOD, extra=b"anything"), entry=ENTRIES[3], key=KEY).entry == ENTRIES[3]
    assert check(replace(GOOD, extra=None), entry=ENTRIES[3], key=KEY).entry == ENTRIES[3]
    with refused("entry_proof_alone"):
        check(replace(GOOD, extra=None), key=KEY)
    with refused("proof_refused"):
        check(GOOD, entry=ENTRIES[4], key=KEY)


@pytest.mark.parametrize(
    "wrong",
    [
        replace(GOOD, extra=ENTRIES[4]),
        replace(GOOD, index=2),
        replace(GOOD, index=7),
        replace(GOOD, index=2**40),
        replace(GOOD, path=GOOD.path[:-1]),
        replace(GOOD, path=(*GOOD.path, bytes(32))),
        replace(GOOD, path=GOOD.path[::-1]),
        replace(GOOD, path=()),
        replace(GOOD, checkpoint=sign_checkpoint(Checkpoint(ORIGIN, 6, tree.root(LEAVES[:6])), seed=SEED)),
    ],
)
def test_what_does_not_lead_to_the_root_is_refused(wrong):
    with refused("proof_refused"):
        check(wrong, key=KEY)


def test_a_log_that_the_reader_does_not_know_shows_nothing():
    with refused("entry_proof_unpinned"):
        check(GOOD)
    with refused("note_not_signed"):
        check(GOOD, key=Key.of_seed(ORIGIN, WITNESS_SEED))
    with refused("note_not_signed"):
        check(GOOD, key=Key.of_seed("records.example/handovers", SEED))
    other = sign_checkpoint(Checkpoint("other.example", 7, tree.root(LEAVES)), seed=SEED)
    for how in ({"key": KEY}, {"policy": policy()}):
        with refused("note_not_signed"):
            check(replace(GOOD, checkpoint=other), **how)


def test_a_log_that_too_few_have_seen_shows_nothing_under_a_policy():
    with refused("not_witnessed"):
        check(replace(GOOD, checkpoint=SIGNED), policy=policy())
    assert check(replace(GOOD, checkpoint=SIGNED), policy=policy("none")).seen == {}


def test_a_key_under_which_anybody_signs_proves_nothing():
    """The identity as key, the base point as nonce and 1 as s fit every text (RFC 8032, 5.1.7, with A of order 1)."""
    weak = Key(ORIGIN, bytes([1, *bytes(31)]))
    base = bytes([0x58, *[0x66] * 31])
    forged = Note(
        Note.parse(SIGNED).text, (Signature(ORIGIN, weak.id, base + bytes([1, *bytes(31)])),)
    ).print()
    with refused("entry_proof_weak_key"):
        check(replace(GOOD, checkpoint=forged), key=weak)
