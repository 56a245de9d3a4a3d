# SPDX-License-Identifier: Apache-2.0
"""Published texts: one form, one commitment, one place beside the log (D26)."""

import hashlib
import json

import pytest

from beholden.ledger.texts import MAX_TEXT_BYTES, PublishedText, TextMalformed, opens, path_of, put
from beholden.ledger.vocabulary.events import UseMoved

SALT = bytes(range(32))
TEXT = PublishedText.of(
    "U-2027-0041", SALT, {"why": "To learn.", "title": "Sleep “and” school", "items": ["a", "b"]}
)


def moved(commitment, use=TEXT.use):
    return UseMoved(
        commitment=commitment, exit="extract", purpose="study", rule=None, state="submitted", use=use
    )


def test_the_commitment_is_the_salt_and_then_the_one_spelling():
    """Made here by hand: 32 bytes of salt, then JSON with sorted keys and no blanks (RFC 8785)."""
    spelled = '{"items":["a","b"],"title":"Sleep “and” school","why":"To learn."}'
    assert TEXT.commitment == hashlib.sha256(SALT + spelled.encode()).digest()


def test_a_stranger_needs_the_file_alone():
    held = json.loads(TEXT.print())
    spelled = json.dumps(held["texts"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert hashlib.sha256(bytes.fromhex(held["salt"]) + spelled.encode()).digest() == TEXT.commitment


def test_it_is_read_as_it_was_printed():
    assert PublishedText.parse(TEXT.print()) == TEXT


WRONG = {
    "no JSON": b"{",
    "another spelling": TEXT.print().replace(b":", b": ", 1),
    "something more": TEXT.print()[:-1] + b',"x":1}',
    "no use": b'{"salt":"' + b"05" * 32 + b'","texts":{}}',
    "a short salt": b'{"salt":"05","texts":{},"use":"U-1"}',
    "a salt in capitals": b'{"salt":"' + b"AB" * 32 + b'","texts":{},"use":"U-1"}',
    "texts that are a list": b'{"salt":"' + b"05" * 32 + b'","texts":[],"use":"U-1"}',
    "a list": b"[]",
    "too long": b'"' + b"x" * MAX_TEXT_BYTES + b'"',
    "no UTF-8": b"\xff",
    "nothing": b"",
}


@pytest.mark.parametrize("what", WRONG)
def test_what_is_no_text_is_refused(what):
    with pytest.raises(TextMalformed):
        PublishedText.parse(WRONG[what])


def test_it_opens_every_entry_of_its_use_or_none_counts():
    good, other = moved(TEXT.commitment), moved(bytes(32))
    assert opens(TEXT, [good, good])
    assert not opens(TEXT, [good, other])
    assert not opens(TEXT, [])
    assert opens(TEXT, [good, moved(bytes(32), use="U-2027-0042")])
    assert not opens(TEXT, [moved(TEXT.commitment, use="U-2027-0042")])


@pytest.mark.parametrize(
    "name", ["", "..", "../U-1", "a/b", "/etc/passwd", "U-1.json", "a\nb", "٠", "x" * 65, "-U"]
)
def test_a_name_that_could_lead_elsewhere_has_no_file(name):
    with pytest.raises(TextMalformed):
        path_of(name)


def test_it_is_put_once_and_replaced_when_it_is_another(tmp_path):
    assert put(TEXT, beside=tmp_path)
    path = tmp_path / "texts" / "U-2027-0041.json"
    assert path.read_bytes() == TEXT.print()
    assert path.stat().st_mode & 0o777 == 0o644
    made = path.stat().st_ino
    assert not put(TEXT, beside=tmp_path)
    assert path.stat().st_ino == made, "nothing was written"
    path.write_bytes(b"{}")
    assert put(TEXT, beside=tmp_path)
    assert path.read_bytes() == TEXT.print()
