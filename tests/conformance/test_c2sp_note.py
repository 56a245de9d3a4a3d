# SPDX-License-Identifier: Apache-2.0
"""Notes and checkpoints against the examples of c2sp.org/signed-note and Go's known keys. D27."""

import pytest

from beholden.ledger.checkpoint import Checkpoint
from beholden.ledger.note import Key, Note, NoteMalformed, NoteNotSigned, open_note

SPEC_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
SPEC_NOTE = (
    "This is an example message.\n\n"
    "— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72"
    "IneyaQM=\n"
)
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_NOTE = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBw"
    "JnAM=\n"
)
# c2sp.org/signed-note and tlog-checkpoint print these; their keys are not published.
SPEC_POEM = (
    "Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n\n"
    "— quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj9"
    "9ihAQwaqP3ZekRwNtIc=\n"
)
SPEC_CHECKPOINT = (
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9"
    "nTo+zyWE+xeMcTOAYQ8=\n"
)


@pytest.mark.parametrize("vkey", [SPEC_KEY, GO_KEY])
def test_a_known_key_prints_back_to_itself(vkey):
    assert Key.parse(vkey).print() == vkey


@pytest.mark.parametrize(("vkey", "note"), [(SPEC_KEY, SPEC_NOTE), (GO_KEY, GO_NOTE)])
def test_a_known_note_opens_with_its_key(vkey, note):
    opened = open_note(note.encode(), keys=[Key.parse(vkey)])

    assert opened.text == note.partition("\n\n")[0] + "\n"
    assert [key.print() for key in opened.signed_by] == [vkey]


def test_the_text_may_hold_an_empty_line():
    note = Note.parse(SPEC_POEM.encode())

    assert note.text.endswith("ed è subito sera.\n")
    assert "\n\n" in note.text
    assert note.signatures[0].name == "quasimodo.example/salvatore"


def test_the_example_checkpoint_is_read_and_printed():
    note = Note.parse(SPEC_CHECKPOINT.encode())
    found = Checkpoint.parse(note.text)

    assert (found.origin, found.size) == ("example.com/behind-the-sofa", 20_852_163)
    assert found.print() == note.text
    assert note.print() == SPEC_CHECKPOINT.encode()


def test_an_unknown_key_is_ignored_and_then_nobody_signed():
    with pytest.raises(NoteNotSigned):
        open_note(SPEC_NOTE.encode(), keys=[Key.parse(GO_KEY)])


def test_every_part_of_a_key_is_refused():
    """The Go reference tries every slice and every changed byte of its key; so do we."""
    for start in range(len(GO_KEY)):
        for stop in range(start + 1, len(GO_KEY) + 1):
            if (start, stop) != (0, len(GO_KEY)):
                with pytest.raises(NoteMalformed):
                    Key.parse(GO_KEY[start:stop])
    for at, sign in enumerate(GO_KEY):
        with pytest.raises(NoteMalformed):
            Key.parse(GO_KEY[:at] + chr(ord(sign) + 1) + GO_KEY[at + 1 :])


@pytest.mark.parametrize(
    "vkey",
    [
        "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",  # too long, id adjusted
        "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",  # unknown type, id adjusted
    ],
)
def test_a_key_of_another_kind_is_refused(vkey):
    with pytest.raises(NoteMalformed):
        Key.parse(vkey)
