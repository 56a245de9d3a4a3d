# SPDX-License-Identifier: Apache-2.0
"""A zip gives its one XML file, or is refused by name: bombs, second files, locks, lies about size. D1."""

import io
import struct
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beholden.intake.packed import is_zip, unpack
from beholden.refusals import Refusal

XML = b"<?xml version='1.0'?><Message>" + b" " * 5_000 + b"</Message>"
MOST = 100_000


def packed(*files, kind=zipfile.ZIP_DEFLATED, comment=b""):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", kind) as out:
        for name, content in files:
            out.writestr(name, content)
        out.comment = comment
    return made.getvalue()


def opened(tmp_path, content, *, most=MOST):
    path, out = tmp_path / "sent", io.BytesIO()
    path.write_bytes(content)
    unpack(path, out, most_bytes=most)
    return out.getvalue()


def refused(tmp_path, content, reason, *, most=MOST):
    with pytest.raises(Refusal) as no:
        opened(tmp_path, content, most=most)
    assert no.value.code == f"intake.zip_{reason}"
    assert "ada" not in f"{no.value} {no.value.next_step}".lower()


@pytest.mark.parametrize("kind", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
@pytest.mark.parametrize("name", ["3301234_SC1.xml", "RETURN.XML", "folder/../../return.xml", "/abs.xml"])
def test_one_xml_file_comes_out_whatever_it_is_called(tmp_path, kind, name):
    assert opened(tmp_path, packed((name, XML), kind=kind)) == XML


def test_a_mac_may_add_its_own_notes_and_folders(tmp_path):
    sent = packed(("out/", b""), ("out/return.xml", XML), ("__MACOSX/out/._return.xml", b"\0\5\26\7"))
    assert opened(tmp_path, sent) == XML


@pytest.mark.parametrize(
    "files", [(), (("a.xml", XML), ("b.xml", XML)), (("a.xml", XML), ("Ada Jones.pdf", b"%PDF"))]
)
def test_a_zip_with_none_or_more_than_one_file_is_refused(tmp_path, files):
    refused(tmp_path, packed(*files) if files else packed(("only/", b"")), "many")


def test_what_is_no_xml_is_refused_without_its_name(tmp_path):
    refused(tmp_path, packed(("Ada Jones.csv", b"a,b")), "not_xml")


def test_a_bomb_is_stopped_where_the_limit_is(tmp_path):
    """Ten million noughts in ten kilobytes; what the list says of their size is not believed."""
    bomb = packed(("return.xml", b"0" * 10_000_000))
    assert len(bomb) < 20_000
    refused(tmp_path, bomb, "too_large")
    lying = bomb.replace(struct.pack("<L", 10_000_000), struct.pack("<L", 10))
    assert lying != bomb
    with pytest.raises(Refusal, match=r"^intake\.zip_(broken|too_large):"):
        opened(tmp_path, lying)


def test_a_list_too_long_to_be_read_is_not_read(tmp_path):
    """A list of contents may be as long as the file; no library gets to build it."""
    refused(tmp_path, packed(*((f"{n}.xml", b"") for n in range(200))), "many")


def test_a_locked_zip_is_refused(tmp_path):
    sent = bytearray(packed(("return.xml", XML)))
    at = sent.index(b"PK\x01\x02")
    sent[at + 8] |= 1  # the list says: encrypted
    refused(tmp_path, bytes(sent), "locked")


def test_other_ways_of_packing_are_refused(tmp_path):
    refused(tmp_path, packed(("return.xml", XML), kind=zipfile.ZIP_BZIP2), "locked")


@pytest.mark.parametrize("comment", [b"x", b"PK\x05\x06" + bytes(18)])
def test_a_comment_behind_the_list_is_refused(tmp_path, comment):
    """Two readers can find two lists in such a zip."""
    with pytest.raises(Refusal, match=r"^intake\.zip_(broken|kind|many):"):
        opened(tmp_path, packed(("return.xml", XML), comment=comment))


def test_a_zip_of_the_large_kind_is_refused(tmp_path):
    sent = packed(("return.xml", XML))
    locator = b"PK\x06\x07" + bytes(16)
    refused(tmp_path, sent[:-22] + locator + sent[-22:], "kind")


def test_a_changed_byte_inside_is_found_by_its_check_sum(tmp_path):
    sent = bytearray(packed(("return.xml", XML), kind=zipfile.ZIP_STORED))
    sent[200] ^= 1
    refused(tmp_path, bytes(sent), "broken")


@pytest.mark.parametrize("cut", [4, 10, 21, 60, 150])
def test_a_zip_that_was_cut_short_is_refused(tmp_path, cut):
    refused(tmp_path, packed(("return.xml", XML))[:cut], "broken")


@settings(max_examples=200)
@given(st.integers(0, 200), st.integers(0, 255))
def test_any_changed_byte_gives_the_file_or_a_refusal(tmp_path_factory, place, byte):
    sent = bytearray(packed(("return.xml", XML)))
    sent[place % len(sent)] = byte
    folder = tmp_path_factory.mktemp("zip")
    try:
        assert opened(folder, bytes(sent)) == XML
    except Refusal as no:
        assert no.code.startswith("intake.zip_")


def test_a_zip_is_known_by_its_first_bytes(tmp_path):
    (tmp_path / "a").write_bytes(packed(("return.xml", XML)))
    (tmp_path / "b").write_bytes(XML)
    (tmp_path / "c").write_bytes(b"")
    assert [is_zip(tmp_path / name) for name in "abc"] == [True, False, False]
