# SPDX-License-Identifier: Apache-2.0
"""One walk over a file: what it refuses, what it holds in memory, and the trap of lxml that it goes round."""

import hashlib
import io

import pytest
from lxml import etree

from beholden.intake import census_shape, faults, structure
from beholden.intake.sent_bytes import Look
from census_builder import line_of, message, record

SOUND = message(record(1), record(2), off_roll=(record(3, name="PupilNoLongerOnRoll"),))


def walk(sent: bytes) -> structure.Frame:
    return structure.walk(io.BytesIO(sent))


def test_the_schema_on_disk_is_the_one_that_the_shape_prints():
    assert structure._XSD.read_text(encoding="utf-8") == census_shape.print_xsd()


def test_every_leaf_of_the_schema_is_a_string():
    tree = etree.parse(structure._XSD)
    types = {element.get("type") for element in tree.iter("{*}element") if element.get("type")}
    assert types == {"xs:string", "Pupil"}


def test_a_sound_file_leaves_its_digest_its_header_and_its_records():
    frame = walk(SOUND)
    assert frame.sound
    assert frame.digest == hashlib.sha256(SOUND).hexdigest()
    assert (frame.on_roll_count, frame.off_roll_count) == (2, 1)
    assert list(frame.on_roll.lines) == [22, line_of(SOUND, "<PupilOnRoll>", nth=2)]
    assert [SOUND[at:][:13] for at in frame.on_roll.offsets] == [b"<PupilOnRoll>"] * 2
    assert list(frame.off_roll.lines) == [line_of(SOUND, "<PupilNoLongerOnRoll>")]
    assert frame.header["Term"] == structure.Leaf("SPR", line_of(SOUND, "<Term>"))


CUTS = [2, 3, 11, 40, 300, 900, 1_500, 3_000]


@pytest.mark.parametrize("cut", CUTS)
def test_a_file_cut_anywhere_is_unsound(cut):
    frame = walk(SOUND[:-cut])
    assert not frame.sound
    assert frame.unsound_at is not None


def test_lxml_with_a_schema_and_without_entities_lets_a_cut_file_pass():
    """Why `schema=` is not used while streaming. Should the trap close one day, this test says so."""
    parser = etree.XMLPullParser(events=("end",), schema=structure.schema(), resolve_entities=False)
    parser.feed(SOUND[:-11])
    parser.close()  # no complaint
    with pytest.raises(etree.XMLSyntaxError):
        etree.fromstring(SOUND[:-11])


def test_a_refused_file_still_has_the_digest_of_all_its_bytes():
    for sent in (SOUND[:600] + b"\x01" + SOUND[600:] * 40, SOUND.replace(b"</Sex>", b"</Sox>", 1) * 40):
        frame = walk(sent)
        assert not frame.sound
        assert frame.digest == hashlib.sha256(sent).hexdigest()


def test_the_size_of_the_chunks_changes_nothing(monkeypatch):
    sent = SOUND.replace(b"Example", "Éxämplé".encode())
    whole = walk(sent)
    for size in (*range(64, 200), 1_000):
        monkeypatch.setattr(structure, "CHUNK", size)
        assert walk(sent) == whole


@pytest.mark.parametrize("at", [0, 5, 63, 64, 65, 100])
def test_a_document_type_is_seen_across_the_edge_of_a_chunk(at):
    look = Look()
    sent = b"\n" * at + b"<!DOCTYPE x>"
    found = [look.at(sent[start : start + 8]) for start in range(0, len(sent), 8)]
    first = next(one for one in found if one)
    assert (first.rule, first.line) == ("file.document_type", at + 1)


def test_a_record_without_end_is_refused_before_it_is_held():
    endless = SOUND.split(b"<Surname>")[0] + b"<Surname>" + b"<!-- x -->" * (structure.RECORD // 5)
    frame = walk(endless)
    assert frame.forbidden is not None
    assert frame.forbidden.rule == "file.record_too_large"


def test_records_without_number_are_refused(monkeypatch):
    monkeypatch.setattr(structure, "MOST_PUPILS", 5)
    monkeypatch.setattr(structure, "CHUNK", 512)
    frame = walk(message(*(record(place) for place in range(1, 20))))
    assert frame.forbidden is not None
    assert frame.forbidden.rule == "file.too_many_pupils"


def test_junk_between_records_is_not_dropped_with_them():
    for junk in (b"<Else/>", b"text"):
        sent = SOUND.replace(b"</PupilOnRoll>\n", b"</PupilOnRoll>" + junk + b"\n", 1)
        assert not walk(sent).sound


def test_a_record_is_no_message():
    assert not walk(record(1).encode()).sound


def test_what_looks_like_a_record_in_a_comment_is_counted_again_exactly():
    hidden = b"<!-- <PupilOnRoll> --><![CDATA[]]>"
    sent = SOUND.replace(b"<Surname>Example", b"<Surname>Example<![CDATA[<PupilOnRoll>]]>", 1)
    sent = sent.replace(b"    <PupilsOnRoll>", hidden[:22] + b"\n    <PupilsOnRoll>", 1)
    frame = walk(sent)
    assert frame.sound
    assert len(frame.on_roll.lines) > frame.on_roll_count
    exact, off_roll = faults.exact_starts(io.BytesIO(sent))
    assert list(exact.lines) == [23, line_of(sent, "      <PupilOnRoll>", nth=2)]
    assert len(off_roll.lines) == 1
