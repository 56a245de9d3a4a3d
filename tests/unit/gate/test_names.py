# SPDX-License-Identifier: Apache-2.0
"""A list of names is read whole or refused, and no refusal repeats what stands in it. D21."""

import os

import pytest

from beholden.catalogue import load
from beholden.gate.names import MOST, read
from beholden.gate.roster import RosterRefused
from beholden.linkage.files import Columns, FileRefused

LIMITS = load().limits
WHERE = Columns(
    "id", {"given_name": "first", "surname": "last", "birth_date": "born", "pupil_number": "number"}
)


def written(folder, lines):
    path = folder / "names.csv"
    path.write_text("\n".join(("id,first,last,born,number", *lines, "")), encoding="utf-8")
    return path


def refused(folder, lines):
    with pytest.raises(RosterRefused) as no:
        read(written(folder, lines), WHERE, limits=LIMITS)
    return no.value


def test_a_list_is_its_hash_its_people_and_how_many_values_could_not_be_read(tmp_path):
    path = written(tmp_path, ["a-1,Łucja,Nowak,30/04/2011,", "a/2,Otis,Kettle,1/2/12,A123456789012"])
    handed = read(path, WHERE, limits=LIMITS)
    assert [one.ref for one in handed.people] == ["a-1", "a/2"]
    assert handed.unread == 1
    assert len(bytes.fromhex(handed.digest)) == 32


def test_one_record_more_than_may_be_is_refused(tmp_path):
    assert refused(tmp_path, (f"r{n},A{n},B{n},," for n in range(MOST + 1))).code == "gate.roster_too_long"


def test_each_wrong_line_is_named_and_none_is_repeated(tmp_path):
    no = refused(tmp_path, ["ok,Ada,Lee,,", "ok,Otto,Lee,,", "-x,Ida,Lee,,", "empty,,,2011-01-01,"])
    assert [(one.line, one.rule) for one in no.faults] == [(3, "twice"), (4, "reference"), (5, "nobody")]
    assert not any(value in str(no) + str(no.faults) for value in ("Otto", "Ida", "-x", "2011"))


def test_numbers_that_were_tried_are_seen_in_a_list_of_names_too(tmp_path):
    lines = [f"r{n},Name{n},Other{n},,A90000000{1000 + n}" for n in range(LIMITS.match_run + 1)]
    assert refused(tmp_path, lines).code == "gate.roster_run"


def test_what_can_be_read_only_once_is_refused(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(FileRefused):
        read(pipe, WHERE, limits=LIMITS)


def test_no_file_is_refused_in_words(tmp_path):
    with pytest.raises(RosterRefused, match=r"^gate\.roster_file:"):
        read(tmp_path / "none.csv", WHERE, limits=LIMITS)
