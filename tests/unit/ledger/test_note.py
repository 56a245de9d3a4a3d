# SPDX-License-Identifier: Apache-2.0
"""What a note may not be. D27: two readers who differ over one byte can be told two different things."""

import base64

import pytest

from beholden.ledger.note import (
    MAX_SIGNATURES,
    Key,
    Note,
    NoteMalformed,
    NoteNotSigned,
    Signature,
    open_note,
    sign,
)

SEED = bytes(range(32))
OTHER = bytes(reversed(SEED))
NAME = "beholden.example/test"
TEXT = "one\ntwo\n"
KEY = Key.of_seed(NAME, SEED)
SIGNED = sign(TEXT, name=NAME, seed=SEED)


def _with(*lines: str) -> bytes:
    return (TEXT + "\n" + "".join(lines)).encode()


LINE = SIGNED.decode().split("\n\n")[1]


def test_what_is_signed_opens():
    assert open_note(SIGNED, keys=[KEY]).text == TEXT


def test_a_known_key_with_a_bad_signature_refuses_the_whole_note():
    """Even beside a good signature of another known key."""
    other = Key.of_seed("witness.example", OTHER)
    good = Note.parse(sign(TEXT, name=other.name, seed=OTHER)).signatures[0]
    bad = Signature(NAME, KEY.id, bytes(64))
    note = Note(TEXT, (good, bad)).print()

    assert open_note(note, keys=[other]).signed_by == (other,)
    with pytest.raises(NoteNotSigned):
        open_note(note, keys=[other, KEY])


@pytest.mark.parametrize("length", [1, 63, 65])
def test_a_known_key_with_a_signature_of_another_length_refuses(length):
    note = Note(TEXT, (Signature(NAME, KEY.id, bytes(length)),)).print()
    with pytest.raises(NoteNotSigned):
        open_note(note, keys=[KEY])


def test_the_same_name_with_another_id_is_another_key():
    stranger = Note.parse(sign(TEXT, name=NAME, seed=OTHER)).signatures[0]
    mine = Note.parse(SIGNED).signatures[0]

    assert open_note(Note(TEXT, (stranger, mine)).print(), keys=[KEY]).signed_by == (KEY,)


def test_a_signature_given_twice_counts_once():
    assert open_note(_with(LINE, LINE), keys=[KEY]).signed_by == (KEY,)


def test_given_keys_that_cannot_be_told_apart_are_refused():
    with pytest.raises(NoteMalformed):
        open_note(SIGNED, keys=[KEY, KEY])


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\n",
        TEXT.encode(),
        TEXT.encode() + b"\n",
        SIGNED[:-1],
        SIGNED + b"\n",
        SIGNED.replace(b"\n", b"\r\n"),
        b"\x01" + SIGNED,
        b"\xff" + SIGNED,
        SIGNED.replace("—".encode(), b"-"),
        _with(LINE, "Unexpected line.\n"),
        _with(LINE.replace(NAME, "bad name")),
        _with(LINE.replace(NAME, "bad+name")),
        _with(LINE.replace(NAME, "bad\u00a0name")),
        _with(LINE.replace(NAME, "")),
        _with(LINE.replace(" ", "  ")),
        _with(LINE.replace("=", "")),
        _with(f"— {NAME} {base64.b64encode(bytes(4)).decode()}\n"),
        _with(*[LINE] * (MAX_SIGNATURES + 1)),
        _with(LINE)[:-2] + b"\n",
        b"x" * 1_000_001,
    ],
)
def test_malformed_notes(raw):
    with pytest.raises(NoteMalformed):
        Note.parse(raw)


def test_the_last_empty_line_ends_the_text():
    """Only the block after it is signatures; one before it is part of a text that nobody signed."""
    with pytest.raises(NoteNotSigned):
        open_note(SIGNED + b"\n" + LINE.encode(), keys=[KEY])


def test_base64_has_one_spelling():
    """The last sign of a signature carries bits that decoding drops; another sign there is another note."""
    body, end = LINE.rstrip("=\n")[:-1], LINE.rstrip("=\n")[-1]
    swapped = body + chr(ord(end) + 1) + LINE[len(body) + 1 :]
    assert base64.b64decode(swapped.split(" ")[2]) == base64.b64decode(LINE.split(" ")[2])
    with pytest.raises(NoteMalformed):
        Note.parse(_with(swapped))


@pytest.mark.parametrize("text", ["", "no newline", "tab\there\n", "nul\x00\n", "\ud800\n"])
def test_texts_that_cannot_be_signed(text):
    with pytest.raises(NoteMalformed):
        sign(text, name=NAME, seed=SEED)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\u2028b", "a\x00b", "\ud800"])
def test_names_that_no_key_may_have(name):
    with pytest.raises(NoteMalformed):
        Key(name, KEY.public)


@pytest.mark.parametrize("size", [0, 31, 33])
def test_seeds_and_keys_have_32_bytes(size):
    with pytest.raises(NoteMalformed):
        sign(TEXT, name=NAME, seed=bytes(size))
    with pytest.raises(NoteMalformed):
        Key(NAME, bytes(size))


def test_a_refusal_never_repeats_the_note():
    with pytest.raises(NoteMalformed) as refused:
        Note.parse(b"a secret in a broken note")
    assert "secret" not in str(refused.value)
