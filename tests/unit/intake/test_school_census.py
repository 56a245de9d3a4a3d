# SPDX-License-Identifier: Apache-2.0
"""Reading a whole return: every kind of bad input is a finding with code, line and sentence (D1, D5)."""

import hashlib
import os
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pytest
import xml2arrow

from beholden.intake import columns, school_census, structure
from beholden.intake.school_census import Census
from beholden.refusals import Refusal
from census_builder import (
    HEADER,
    addresses,
    free_meals,
    line_of,
    message,
    needs,
    record,
    sessions,
    upn,
)

RETURN = message(record(1), record(2), off_roll=(record(3, name="PupilNoLongerOnRoll"),))


@pytest.fixture
def read(tmp_path):
    def reading(sent: bytes, **given):
        (tmp_path / "return.xml").write_bytes(sent)
        return school_census.read(tmp_path / "return.xml", **given)

    return reading


def test_a_sound_return_becomes_typed_columns(read):
    """D1: named pupils, on and off roll."""
    reading = read(RETURN)
    assert reading.accepted
    assert reading.findings.counts == {}
    assert reading.digest == hashlib.sha256(RETURN).hexdigest()
    assert reading.counted == 3
    assert reading.pupils.schema == school_census.SCHEMA
    first, _, gone = reading.pupils.to_pylist()
    assert first["upn"] == upn(1)
    assert first["birth_date"] == date(2014, 5, 10)
    assert first["part_time"] is False
    assert first["fsm_eligible"] is False
    assert first["sessions_possible"] == 140
    assert first["session_details"] is None
    assert (first["on_roll"], first["line"]) == (True, 22)
    assert gone["on_roll"] is False
    assert gone["leaving_date"] == date(2025, 11, 21)
    assert gone["fsm_eligible"] is None
    assert gone["line"] == line_of(RETURN, "<PupilNoLongerOnRoll>")


def test_lists_inside_a_record_become_columns(read):
    home = {"SAON": "Flat 2", "PAON": "7", "Street": "Low Road", "Town": "Ostrey"}
    inside = {
        "FSMeligibility": free_meals(("2020-01-01", "2021-01-01"), ("2025-09-03", "")),
        "SENneeds": needs(("2", "MLD"), ("1", "ASD")),
        "Addresses": addresses((home, "ZZ3 2NU"), ({"Street": "Elsewhere"}, "ZZ3 2NV")),
        "SessionDetails": sessions(("I", 4), ("Y2", 2)),
    }
    rows = read(message(record(1), record(2, inside=inside), record(3))).pupils.to_pylist()
    assert rows[1]["fsm_eligible"] is True
    assert rows[1]["sen_primary_need"] == "ASD"
    assert rows[1]["address_lines"] == "Flat 2\n7 Low Road\nOstrey"
    assert rows[1]["postcode"] == "ZZ3 2NU"
    assert rows[1]["session_details"] == [{"code": "I", "sessions": 4}, {"code": "Y2", "sessions": 2}]
    for other in (rows[0], rows[2]):
        assert (other["fsm_eligible"], other["address_lines"], other["session_details"]) == (
            False,
            None,
            None,
        )


@pytest.mark.parametrize(
    ("start", "end", "eligible"),
    [
        ("2025-09-03", "", True),
        ("2026-01-15", "", True),
        ("2025-09-03", "2026-01-15", True),
        ("2025-09-03", "2026-01-14", False),
        ("2025-09-03", "2026-02-01", True),
    ],
)
def test_free_meals_are_those_of_census_day(read, start, end, eligible):
    reading = read(message(record(1, inside={"FSMeligibility": free_meals((start, end))})))
    assert reading.pupils["fsm_eligible"].to_pylist() == [eligible]


def test_what_a_leaver_has_several_of_stays_with_the_leaver(read):
    gone = tuple(
        record(place, name="PupilNoLongerOnRoll", inside={"SessionDetails": sessions(("I", place))})
        for place in (3, 4)
    )
    second = record(2, inside={"SessionDetails": sessions(("I", 2))})
    rows = read(message(record(1), second, off_roll=gone)).pupils
    counted = [row and row[0]["sessions"] for row in rows["session_details"].to_pylist()]
    assert counted == [None, 2, 3, 4]


def test_the_header_says_who_sent_what(read):
    header = read(RETURN).header
    assert header.census == "SC/SPR/2026"
    assert (header.lea, header.estab, header.urn, header.serial) == ("001", "4001", "999005", 1)
    assert header.made_at == datetime(2026, 1, 15, 10, 36, 42, tzinfo=UTC)


LAUGHS = b"""<?xml version="1.0"?>
<!DOCTYPE Message [
<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">
]>
<Message>&c;</Message>"""
OUTSIDE = b'<?xml version="1.0"?>\n<!DOCTYPE Message SYSTEM "file:///etc/passwd">\n<Message/>'

ADA, SEX, LAST = line_of(RETURN, "Ada"), line_of(RETURN, "<Sex>"), RETURN.count(b"\n")
TWICE, BROKEN_NAME = message(record(1), record(2, UPN=upn(1))), message(record(1, Surname="One\nTwo"))


def but(old: str, new: str | bytes) -> bytes:
    return RETURN.replace(old.encode(), new if isinstance(new, bytes) else new.encode(), 1)


BAD = [
    ("nothing", b"", "file.empty", 1),
    ("blanks", b" \n\n ", "file.truncated", 3),
    ("no XML", b"UPN,Surname\nA1,Smith\n", "file.malformed", 1),
    ("entity bomb", LAUGHS, "file.document_type", 2),
    ("external entity", OUTSIDE, "file.document_type", 2),
    ("entity without declaration", but("Ada", "&ada;"), "file.entity", ADA),
    ("stray ampersand", but("Ada", "A & a"), "file.malformed", ADA),
    ("tags crossed", but("</Sex>", "</Sax>"), "file.malformed", SEX),
    ("control character", but("Ada", "A\x07a"), "file.control_character", ADA),
    ("NUL", but("Ada", "A\0a"), "file.control_character", ADA),
    ("numbered control", but("Ada", "A&#7;a"), "file.control_character", ADA),
    ("Latin-1 said", but('"utf-8"', '"iso-8859-1"'), "file.encoding", 1),
    ("Latin-1 unsaid", but("Ada", b"Ad\xe8le"), "file.encoding", ADA),
    ("half a character", RETURN + "é".encode()[:1], "file.malformed", LAST + 1),
    ("surrogate", but("Ada", b"\xed\xa0\x80"), "file.encoding", ADA),
    ("overlong", but("Ada", b"\xc0\xaf"), "file.encoding", ADA),
    ("UTF-16", RETURN.decode().encode("utf-16"), "file.encoding", 1),
    ("UTF-16 unmarked", RETURN.decode().encode("utf-16-le"), "file.encoding", 1),
    ("UTF-32", RETURN.decode().encode("utf-32"), "file.encoding", 1),
    ("XML 1.1", but('"1.0"', '"1.1"'), "file.declaration", 1),
    ("truncated in a tag", RETURN[: RETURN.index(b"<Sex>") + 3], "file.truncated", SEX),
    ("truncated in a text", RETURN[: RETURN.index(b"Ada") + 1], "file.truncated", ADA),
    ("truncated at the end", RETURN.rstrip()[:-10], "file.truncated", LAST),
    ("second root", RETURN + b"<Message/>\n", "file.second_root", LAST + 1),
    ("text behind", RETURN + b"more\n", "file.second_root", LAST + 1),
    ("other root", RETURN.replace(b"Message>", b"CTfile>"), "structure.root", 2),
    ("other namespace", but("<Message>", "<Message xmlns='urn:x'>"), "structure.namespace", 2),
    ("unknown element", but("<Sex>", "<Pet/><Sex>"), "structure.unknown_element", SEX),
    ("too deep", but("<Sex>", "<a>" * 300 + "</a>" * 300 + "<Sex>"), "structure.unknown_element", SEX),
    ("text too long", but("Ada", "a" * 11_000_000), "file.record_too_large", ADA),
    ("no pupils", message(), "structure.no_pupils", 1),
    ("unknown collection", but("School Census", "Early Years"), "header.unknown_collection", 5),
    ("unknown term", but("SPR", "WIN"), "header.unknown_term", 6),
    ("another term", but("SPR", "AUT"), "header.unknown_term", 6),
    ("another year", but("<Year>2026", "<Year>2025"), "header.unknown_year", 7),
    ("another day", but("<ReferenceDate>2026-01-15", "<ReferenceDate>2026-01-16"), "100", 8),
    ("no day", but("<ReferenceDate>2026-01-15", "<ReferenceDate>2026-01-32"), "100", 8),
    ("no authority", but("<LEA>001", "<LEA>1"), "header.lea", 12),
    ("no school", but("      <Estab>4001</Estab>\n", ""), "header.estab", 1),
    ("sent by an authority", but("<SourceLevel>S", "<SourceLevel>L"), "header.sourcelevel", 11),
    ("no time", but("T10:36:42", "T25:36:42"), "header.datetime", 17),
    ("a number twice", TWICE, "1520", line_of(TWICE, upn(1), nth=2)),
    ("line end in a name", BROKEN_NAME, "surname.control_character", line_of(BROKEN_NAME, "<Surname>")),
]


@pytest.mark.parametrize(("sent", "rule", "line"), [case[1:] for case in BAD], ids=[case[0] for case in BAD])
def test_bad_input_is_refused_with_code_line_and_sentence(read, sent, rule, line):
    """D5; and nothing of a refused return can be stored, for there is nothing of it to store."""
    reading = read(sent)
    assert not reading.accepted
    assert reading.pupils is None
    (found,) = reading.findings.listed
    assert (found.rule, found.line) == (rule, line)
    assert found.severity == "error"
    assert found.sentence.endswith(".")
    assert found.what_to_do.endswith(".")
    assert reading.digest == hashlib.sha256(sent).hexdigest()


def test_an_entity_is_refused_before_it_is_expanded_or_fetched(read, tmp_path):
    """The pipe would be opened for ever, and the bomb would fill the memory, if either were looked at."""
    os.mkfifo(tmp_path / "pipe")
    pipe = f'<!DOCTYPE Message SYSTEM "{tmp_path}/pipe"><Message/>'.encode()
    assert read(pipe).findings.counts == {"file.document_type": 1}
    where = f"xsi:noNamespaceSchemaLocation='{tmp_path}/pipe'"
    xsi = f"<Message xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' {where}>"
    assert read(RETURN.replace(b"<Message>", xsi.encode())).accepted


def test_a_byte_order_mark_and_no_declaration_are_both_lawful(read):
    bare = RETURN.split(b"\n", 1)[1]
    for sent in (b"\xef\xbb\xbf" + RETURN, bare, b"\xef\xbb\xbf" + bare, RETURN.replace(b"\n", b"\r\n")):
        assert read(sent).accepted


def test_an_error_anywhere_keeps_the_whole_return_out(read):
    reading = read(message(*(record(place) for place in range(1, 40)), record(40, Sex="Q")))
    assert reading.pupils is None
    assert reading.counted == 40
    assert reading.findings.errors == 1


def test_header_and_pupils_are_both_judged(read):
    broken = HEADER.replace("<LEA>001", "<LEA>1").replace("2026-01-15<", "2026-01-14<")
    reading = read(message(record(1, Sex="Q"), header=broken))
    assert dict(reading.findings.counts) == {"header.lea": 1, "100": 1, "sex.code": 1}
    assert reading.header is None


def test_a_census_that_the_caller_expects_is_read(read):
    expected = (Census("SC", "SPR", 2027, date(2027, 1, 21)),)
    sent = RETURN.replace(b"<Year>2026", b"<Year>2027").replace(
        b"<ReferenceDate>2026-01-15", b"<ReferenceDate>2027-01-21"
    )
    assert read(sent, expected=expected).accepted
    assert not read(RETURN, expected=expected).accepted
    assert not read(RETURN, expected=()).accepted


def test_lines_beyond_65535_are_exact(read):
    """libxml2 keeps a short line number for an element; ours are counted from the bytes."""
    sent = RETURN.replace(b"  <Pupils>", b"\n" * 70_000 + b"  <Pupils>").replace(b"<Sex>F", b"<Sex>Q", 2)
    reading = read(sent)
    assert [one.line for one in reading.findings.listed] == [line_of(sent, "<Sex>Q", nth=n) for n in (1, 2)]


def test_a_year_group_that_is_no_code_is_not_repeated(read):
    (found,) = read(message(record(1, NCyearActual="Marker"))).findings.listed
    assert found.place == "pupil 1 on roll"


@pytest.mark.parametrize("trouble", [xml2arrow.Xml2ArrowError, columns.MiscountedError])
def test_the_slow_way_takes_over_where_the_quick_one_fails(read, monkeypatch, trouble):
    expected = read(RETURN).pupils

    def broken(handle, *, counted):
        handle.read(10)
        raise trouble

    monkeypatch.setattr(columns, "quick", broken)
    assert read(RETURN).pupils.equals(expected)


def test_a_file_that_changes_while_it_is_read_is_refused(read, tmp_path, monkeypatch):
    walk = structure.walk

    def walk_and_change(handle):
        frame = walk(handle)
        (tmp_path / "return.xml").write_bytes(RETURN.replace(b"Example", b"Changed"))
        return frame

    monkeypatch.setattr(structure, "walk", walk_and_change)
    with pytest.raises(Refusal) as refused:
        read(RETURN)
    assert refused.value.code == "intake.changed"


def test_what_is_no_plain_file_is_refused(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path, code in (
        (tmp_path / "absent.xml", "intake.unreadable"),
        (tmp_path, "intake.unreadable"),
        (tmp_path / "pipe", "intake.not_a_file"),
        (Path("/dev/zero"), "intake.not_a_file"),
    ):
        with pytest.raises(Refusal) as refused:
            school_census.read(path)
        assert refused.value.code == code
        assert str(path) not in str(refused.value)
        assert refused.value.next_step


def test_a_file_beyond_the_limit_is_refused(tmp_path):
    (tmp_path / "return.xml").write_bytes(RETURN)
    with pytest.raises(Refusal) as refused:
        school_census.read(tmp_path / "return.xml", most_bytes=len(RETURN) - 1)
    assert refused.value.code == "intake.too_large"
    assert school_census.read(tmp_path / "return.xml", most_bytes=len(RETURN)).accepted


def test_a_leaf_that_the_catalogue_has_no_item_for_does_not_come_in(read):
    """D18: what has no use is not kept. The youth support answer is judged and then left behind."""
    reading = read(message(record(1, YSSA="Yes")))
    assert reading.accepted
    assert not any("Yes" in str(value) for value in reading.pupils.to_pylist()[0].values())
    assert pa.types.is_date32(reading.pupils.schema.field("birth_date").type)
