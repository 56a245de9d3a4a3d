# SPDX-License-Identifier: Apache-2.0
"""What is said about a file that is no sound return: a code, a line, a sentence, and no word of the file."""

import io

import pytest

from beholden.intake import faults, school_census
from census_builder import line_of, message, record, sessions

SOUND = message(record(1), record(2))


def diagnose(sent):
    return faults.diagnose(io.BytesIO(sent), parsed=len(sent), line=1)


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        (b"<ServiceChild>", b"<Horoscope>x</Horoscope><ServiceChild>", "structure.unknown_element"),
        (b"<Sex>", b"<Sex>F</Sex><Sex>", "structure.repeated"),
        (b"<Sex>", b"<Sex checked='no'>", "structure.attribute"),
        (b"<Sex>", b"<Sex xmlns='urn:other'>", "structure.namespace"),
        (b"<Sex>", b"stray<Sex>", "structure.text"),
        (b"<PupilIdentifiers>", b"<PupilIdentifiers><PupilOnRoll/>", "structure.unknown_element"),
    ],
)
def test_each_fault_of_structure_has_its_own_code_and_line(old, new, rule):
    sent = SOUND.replace(old, new, 1)
    (found,) = diagnose(sent)
    assert (found.rule, found.line) == (rule, line_of(sent, new.decode()))
    assert found.place == "pupil 1 on roll"
    assert "Horoscope" not in found.sentence


def test_a_missing_header_is_missed_where_it_should_be():
    (found,) = diagnose(message(record(1), header=""))
    assert (found.rule, found.line) == ("structure.missing", 2)
    assert "Header" in found.sentence


def test_a_header_behind_the_pupils_is_out_of_order():
    header = SOUND[SOUND.index(b"  <Header>") : SOUND.index(b"  <Pupils>")]
    sent = SOUND.replace(header, b"", 1).replace(b"</Pupils>\n", b"</Pupils>\n" + header, 1)
    assert [one.rule for one in diagnose(sent)] == ["structure.order"]


def test_another_kind_of_file_is_said_to_be_one():
    found = diagnose(b"<CTfile><Header/></CTfile>")
    assert [(one.rule, one.line) for one in found] == [("structure.root", 1)]


def test_all_faults_are_listed_up_to_where_the_file_breaks():
    sent = SOUND.replace(b"<Sex>", b"<Sax>F</Sax>\n<Sex>")[:-20]
    assert [one.rule for one in diagnose(sent)] == [*["structure.unknown_element"] * 2, "file.truncated"]


def test_very_many_faults_end_the_search():
    sent = SOUND.replace(b"<Sex>", b"<Sax/>" * 5_000 + b"<Sex>")
    assert len(diagnose(sent)) == 1_000


def test_a_file_in_which_nothing_is_found_is_refused_all_the_same():
    (found,) = diagnose(SOUND)
    assert found.rule == "structure.limits"


@pytest.mark.parametrize(
    ("path", "nth", "leaf", "text"),
    [
        ("PupilIdentifiers/Sex", 0, "", "<Sex>"),
        ("PupilIdentifiers", 0, "", "<PupilIdentifiers>"),
        ("PupilIdentifiers/Missing", 0, "", "<PupilIdentifiers>"),
        ("Missing/Sex", 0, "", "<PupilOnRoll>"),
        ("Exclusions/TermlyExclusion", 1, "Category", "<Category>two"),
        ("Exclusions/TermlyExclusion", 1, "Missing", "<TermlyExclusion><!-- 2 -->"),
        ("SpecialEducationalNeeds/SENprovision", 0, "", "<SENprovision>here"),
    ],
)
def test_the_line_of_an_element_is_found_by_its_path(path, nth, leaf, text):
    sent = """<PupilOnRoll>
<Exclusions>
<TermlyExclusion><!-- 1 -->
<SENprovision>not here</SENprovision>
<Category>one</Category>
</TermlyExclusion>
<TermlyExclusion><!-- 2 -->
<Category>two</Category>
</TermlyExclusion>
</Exclusions>
<PupilIdentifiers>
<Sex>M</Sex>
</PupilIdentifiers>
<SpecialEducationalNeeds>
<SENprovision>here</SENprovision>
</SpecialEducationalNeeds>
</PupilOnRoll></PupilsOnRoll><PupilsNoLongerOnRoll><PupilNoLongerOnRoll>"""
    found = faults.line_of(sent.encode(), path=path, nth=nth, leaf=leaf)
    assert found == sent[: sent.index(text)].count("\n")


def test_a_list_that_is_longer_than_any_pupils_is_refused(tmp_path):
    """Else a small file could ask for any amount of memory: an empty row is ten bytes and thirteen columns."""
    sent = message(record(1, inside={"SessionDetails": sessions(*[("I", 1)] * 101)}))
    (tmp_path / "return.xml").write_bytes(sent)
    (found,) = school_census.read(tmp_path / "return.xml").findings.listed
    assert (found.rule, found.line) == ("structure.repeated", line_of(sent, "<SessionDetail>", nth=101))


def test_a_well_of_open_elements_is_not_followed_down():
    (found,) = diagnose(b"<Message>" + b"<a>" * 1_000_000)
    assert found.rule == "structure.unknown_element"
