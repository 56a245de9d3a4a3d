# SPDX-License-Identifier: Apache-2.0
"""Cosignatures against the example of c2sp.org/tlog-cosignature, and against Ed25519 without our own code. D27."""

import hashlib
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from beholden.ledger.cosignature import WitnessKey, cosign
from beholden.ledger.note import Key, Note, NoteMalformed, NoteNotSigned, open_note, sign

# c2sp.org/tlog-cosignature prints it; the keys are not published.
SPEC = (
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9"
    "nTo+zyWE+xeMcTOAYQ8=\n"
    "— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZ"
    "qhf5nNo0xUe+mbIUBkBIfZ+qnA==\n"
)
TEXT = SPEC.partition("\n\n")[0] + "\n"
SPEC_TIME = 1_679_315_147  # stands in the message that the specification prints beside it
SEED = bytes(range(32))
NAME = "witness.example/w1"
AT = datetime.fromtimestamp(SPEC_TIME, tz=UTC)


def test_the_example_carries_the_time_that_the_specification_prints():
    line = Note.parse(SPEC.encode()).signatures[1]

    assert (line.name, len(line.signature)) == ("witness.example.com/w1", 8 + 64)
    assert int.from_bytes(line.signature[:8], "big") == SPEC_TIME


def test_the_signed_message_is_the_one_that_the_specification_prints():
    message = f"cosignature/v1\ntime {SPEC_TIME}\n{TEXT}".encode()
    line = cosign(TEXT, name=NAME, seed=SEED, at=AT)

    assert line.signature[8:] == Ed25519PrivateKey.from_private_bytes(SEED).sign(message)
    assert line.signature[:8] == SPEC_TIME.to_bytes(8, "big")
    assert WitnessKey.of_seed(NAME, SEED).cosigned_at(TEXT, line.signature) == AT


def test_the_key_number_is_hashed_with_type_4():
    key = WitnessKey.of_seed(NAME, SEED)

    assert key.id == hashlib.sha256(NAME.encode() + b"\n\x04" + key.public).digest()[:4]
    assert WitnessKey.parse(key.print()) == key
    with pytest.raises(NoteMalformed):
        Key.parse(key.print())  # a log's key is of type 1, and no witness is taken for a log
    with pytest.raises(NoteMalformed):
        WitnessKey.parse(Key.of_seed(NAME, SEED).print())


def test_a_log_s_signature_is_no_cosignature_and_the_other_way_round():
    """One seed under two types: the first line of what a witness signs keeps the two apart."""
    plain = Note.parse(sign(TEXT, name=NAME, seed=SEED)).signatures[0]
    witness, log = WitnessKey.of_seed(NAME, SEED), Key.of_seed(NAME, SEED)

    with pytest.raises(NoteNotSigned):
        witness.check(TEXT, bytes(8) + plain.signature)
    with pytest.raises(NoteNotSigned):
        log.check(TEXT, cosign(TEXT, name=NAME, seed=SEED, at=AT).signature[8:])


@pytest.mark.parametrize("at", [0, 7, 8, 71], ids=lambda at: f"byte {at}")
def test_every_byte_of_a_cosignature_counts_its_time_too(at):
    whole = bytearray(cosign(TEXT, name=NAME, seed=SEED, at=AT).signature)
    whole[at] ^= 1

    with pytest.raises(NoteNotSigned):
        WitnessKey.of_seed(NAME, SEED).check(TEXT, bytes(whole))


@pytest.mark.parametrize("second", [253_402_300_800, 2**63 - 1, 2**64 - 1])
def test_a_signed_time_that_no_calendar_has_is_refused(second):
    message = f"cosignature/v1\ntime {second}\n{TEXT}".encode()
    signed = second.to_bytes(8, "big") + Ed25519PrivateKey.from_private_bytes(SEED).sign(message)

    with pytest.raises(NoteNotSigned, match="no time"):
        WitnessKey.of_seed(NAME, SEED).check(TEXT, signed)


def test_a_note_reader_opens_a_checkpoint_with_both_kinds_of_key():
    log = Key.of_seed("log.example", bytes(32))
    note = Note.parse(sign(TEXT, name="log.example", seed=bytes(32)))
    both = Note(note.text, (*note.signatures, cosign(TEXT, name=NAME, seed=SEED, at=AT)))
    witness = WitnessKey.of_seed(NAME, SEED)

    assert open_note(both.print(), keys=[log, witness]).signed_by == (log, witness)
