# SPDX-License-Identifier: Apache-2.0
"""`beholden link`: two CSV files and a map in, one JSON line a pair out; nothing of anybody on the side. D21."""

import itertools
import json
import os
import subprocess
import sys

import pytest

MAP = """
[left]
id = "case"
given_name = "first name"
surname = "family name"
birth_date = "born"
postcode = "pc"
sex = "sex"
[right]
id = "ref"
given_name = "forename"
surname = "surname"
birth_date = "dob"
postcode = "postcode"
pupil_number = "upn"
"""
LEFT = """case,first name,family name,born,pc,sex,note
C-1,Łucja,Nowak,30/04/2011,ZZ1 1ZZ,F,x
C-2,Barnaby,Fairweather,2012-05-01,ZZ2 2YY,M,x
C-3,Nobody,Atall,1999-12-31,ZZ9 9ZZ,,x
C-4,Zarquon,Unreadable,soon,,M,x
"""
RIGHT = """ref,forename,surname,dob,postcode,upn
P-1,LUCJA,NOWAK,20110430,zz11zz,Z100000000001
P-2,Clementine,Fairweather,20120501,ZZ22YY,Z100000000002
P-3,Ada,Examplewood,20100101,ZZ3 3XX,
P-3,Ada,Otherby,20100101,ZZ4 4WW,
"""


@pytest.fixture
def lists(tmp_path):
    for name, text in (("left.csv", LEFT), ("right.csv", RIGHT), ("map.toml", MAP)):
        (tmp_path / name).write_text(text, "utf-8")
    return tmp_path


def link(folder, *options):
    return subprocess.run(
        [
            sys.executable,
            "-m",
            "beholden.cli",
            "link",
            "left.csv",
            "right.csv",
            "--columns",
            "map.toml",
            *options,
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_each_pair_is_one_json_line(lists):
    run = link(lists, "--json")
    assert run.returncode == 0, run.stderr
    said = [json.loads(line) for line in run.stdout.splitlines()]
    assert {(one["left"], one["right"]): one["decision"] for one in said} == {
        ("C-1", "P-1"): "accept",
        ("C-2", "P-2"): "review",  # a twin, for all one can see
    }
    for one in said:
        assert set(one) == {"left", "right", "probability", "decision", "rule", "reason"}
        assert 0 < one["probability"] <= 1
    assert said[0]["rule"] == "birth date and surname"


def test_what_is_said_on_the_side_names_places_and_no_value(lists):
    run = link(lists, "--json")
    assert "left.csv, line 5, column born:" in run.stderr
    assert "4 records, 3 people: 1 accepted, 1 to review, 2 with none." in run.stderr
    for value in ("Zarquon", "Unreadable", "soon", "Nowak", "Fairweather"):
        assert value not in run.stderr


def test_for_an_adverse_purpose_a_person_looks(lists):
    run = link(lists, "--json", "--adverse")
    assert {json.loads(line)["decision"] for line in run.stdout.splitlines()} == {"review"}


def test_every_figure_of_the_sum_on_demand(lists):
    first = json.loads(link(lists, "--json", "--why").stdout.splitlines()[0])
    why = first["why"]
    odds = (
        why["prior_bits"]
        + why["rivals_bits"]
        + sum(line["bits"] + line["frequency_bits"] for line in why["lines"])
    )
    assert 1 / (1 + 2**-odds) == pytest.approx(first["probability"])


def test_every_figure_of_the_sum_for_people(lists):
    first, *below = link(lists, "--why").stdout.splitlines()
    assert first.startswith("accept")
    steps = list(itertools.takewhile(lambda line: line.startswith("    "), below))
    *bits, odds = (float(line.split()[0]) for line in steps)
    assert "The odds, in bits" in steps[-1]
    assert "The birth date: exact" in "".join(steps)
    assert sum(bits) == pytest.approx(odds, abs=0.06 * len(bits))


def test_weights_that_are_not_there_are_refused(lists):
    run = link(lists, "--model", "nosuch.json")
    assert run.returncode == 1
    assert "[linkage.model;" in run.stderr
    assert "Traceback" not in run.stderr


def test_a_list_that_can_be_read_only_once_is_refused(lists):
    """Its second reading would find nobody, and every record would be answered with silence."""
    (lists / "left.csv").unlink()
    os.mkfifo(lists / "left.csv")
    run = link(lists)
    assert (run.returncode, run.stdout) == (1, "")
    assert "[linkage.not_a_file;" in run.stderr


def test_for_people_it_prints_a_table(lists):
    run = link(lists)
    assert run.stdout.splitlines()[0].startswith("accept")


def test_a_misspelt_field_is_refused(lists):
    (lists / "map.toml").write_text(MAP.replace("surname =", "sirname ="), "utf-8")
    run = link(lists)
    assert run.returncode == 1
    assert "[linkage.map;" in run.stderr


def test_a_file_that_is_not_there_is_refused(lists):
    (lists / "right.csv").unlink()
    run = link(lists)
    assert run.returncode == 1
    assert "[linkage.no_file;" in run.stderr


def test_a_request_that_tries_people_out_is_refused_before_anything_is_said(lists):
    rows = "".join(
        f"C-{n},Ada,Examplewood,{1990 + n // 28}-01-{n % 28 + 1:02},ZZ3 3XX,F,x\n" for n in range(300)
    )
    (lists / "left.csv").write_text(LEFT + rows, "utf-8")
    run = link(lists, "--json")
    assert (run.returncode, run.stdout) == (1, "")
    assert "[linkage.sweep;" in run.stderr
