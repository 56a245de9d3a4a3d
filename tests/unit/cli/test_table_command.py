# SPDX-License-Identifier: Apache-2.0
"""`beholden table`: one question, one file, one policy, one key; a table, or a refusal that says what to do. D24."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from table_rows import POLICY, SECRET, town, written

BEHOLDEN = Path(sys.executable).with_name("beholden")


@pytest.fixture
def desk(tmp_path):
    (tmp_path / "policy.toml").write_text(POLICY)
    (tmp_path / "tables.key").write_bytes(SECRET.raw)
    (tmp_path / "tables.key").chmod(0o600)
    written(town(), tmp_path)
    return tmp_path


def asked(desk, said, *more, key=("--key", "tables.key")):
    (desk / "question.json").write_text(json.dumps({"about": "roll"} | said))
    return subprocess.run(
        [
            BEHOLDEN,
            "table",
            "question.json",
            "--data",
            "rows.parquet",
            "--policy",
            "policy.toml",
            *key,
            *more,
        ],
        cwd=desk,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_table_is_printed_with_what_was_hidden_beside_it(desk):
    run = asked(desk, {"ask": "count", "by": ["region", "sex"]})
    assert run.returncode == 0, run.stderr
    lines = [line.split("\t") for line in run.stdout.splitlines()]
    assert lines[0] == ["region", "sex", "count"]
    assert len(lines) == 1 + 3 * 3
    assert {line[2] for line in lines[1:] if not line[2].isdecimal()} <= {"c", "x"}
    assert "random error of at most 5" in run.stderr
    assert "c (1): Fewer than 10 children, or nearly so." in run.stderr


def test_the_same_question_has_the_same_answer_in_json(desk):
    one, two = (
        asked(desk, {"ask": "count", "by": by}, "--json") for by in (["sex", "region"], ["region", "sex"])
    )
    assert one.returncode == 0, one.stderr
    assert one.stdout == two.stdout
    assert json.loads(one.stdout)["form"] == "beholden/table/v1"


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"ask": "count", "by": ["sex"], "where": {"meals": "yes"}}, "tables.slice"),
        ({"ask": "count", "by": ["religion"]}, "tables.withheld"),
        ({"ask": "count", "by": ["sex"], "minus": "r0"}, "tables.two_releases"),
    ],
)
def test_a_question_that_may_not_be_asked_is_refused_before_the_file_is_opened(desk, said, code):
    (desk / "rows.parquet").unlink()
    run = asked(desk, said)
    assert run.returncode == 1
    assert not run.stdout
    assert code in run.stderr
    assert "Traceback" not in run.stderr


def test_without_a_key_or_with_an_open_one_nothing_is_made(desk):
    run = asked(desk, {"ask": "count", "by": ["sex"]}, key=())
    assert (run.returncode, run.stdout) == (1, "")
    assert "tables.no_key" in run.stderr
    (desk / "tables.key").chmod(0o644)
    run = asked(desk, {"ask": "count", "by": ["sex"]})
    assert (run.returncode, run.stdout) == (1, "")
    assert "tables.key_open" in run.stderr


def test_a_question_that_is_not_there_is_refused(desk):
    run = subprocess.run(
        [
            BEHOLDEN,
            "table",
            "none.json",
            "--data",
            "rows.parquet",
            "--policy",
            "policy.toml",
            "--key",
            "tables.key",
        ],
        cwd=desk,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 1
    assert "tables.no_question" in run.stderr
