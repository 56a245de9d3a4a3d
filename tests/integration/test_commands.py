# SPDX-License-Identifier: Apache-2.0
"""The command line as a school's data lead, a registrar, a recipient and a parent use it. D1, D5, D27, D28."""

import json
import subprocess
import sys

import pytest

from beholden.home import Home, postgres


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A founded home of this module's own, and its server stopped again at the end."""
    folder = tmp_path_factory.mktemp("h") / "home"
    done = run(folder, "init")
    assert done.returncode == 0, done.stderr
    assert "public log says so" in done.stdout
    yield folder
    postgres.stop(Home(folder))


def run(home, *words):
    command = [sys.executable, "-W", "error", "-m", "beholden.cli", "--home", str(home), *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def accepted(home, *files):
    done = run(home, "accept", *files, "--json")
    return done.returncode, json.loads(done.stdout)


def test_returns_are_accepted_refused_and_known_again(home, tmp_path):
    """Exit 0 only if every file was taken in; each file says status, pupils, receipt and findings."""
    made = subprocess.run(
        [
            sys.executable,
            "-m",
            "beholden.cli",
            "town",
            "--pupils",
            "40",
            "--seed",
            "3",
            "--schools",
            "2",
            "--out",
            tmp_path,
        ],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    files = made.stdout.split()
    status, results = accepted(home, *files)
    assert status == 0
    assert [(one["status"], one["findings"]) for one in results] == [("accepted", [])] * 2
    assert all(one["receipt"] and one["pupils"] for one in results)

    status, results = accepted(home, files[0])
    assert (status, results[0]["status"]) == (0, "unchanged")


BAD = {
    "malformed": b"<Message><Header>",
    "bomb": b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><Message>&b;</Message>',
    "external": b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><Message/>',
    "encoding": "<?xml version='1.0' encoding='utf-8'?><Message>\u00e9</Message>".encode("latin-1"),
    "second-root": b"<Message/><Message/>",
    "empty": b"",
    "binary": bytes(range(256)) * 64,
}


@pytest.mark.parametrize("kind", sorted(BAD))
def test_a_bad_file_is_a_finding_with_a_line_and_a_sentence_and_never_a_traceback(home, tmp_path, kind):
    bad = tmp_path / f"{kind}.xml"
    bad.write_bytes(BAD[kind])
    done = run(home, "accept", bad, "--json")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    (result,) = json.loads(done.stdout)
    assert (result["status"], result["pupils"]) == ("refused", 0)
    assert result["findings"]
    for finding in result["findings"]:
        assert finding["rule"]
        assert finding["sentence"].endswith(".")
        assert finding["line"] >= 0


def test_a_file_that_is_not_there_is_refused_by_itself_and_stops_no_other(home, tmp_path):
    status, results = accepted(home, tmp_path / "nowhere.xml", tmp_path / "neither.xml")
    assert status == 1
    assert [one["status"] for one in results] == ["refused", "refused"]


def test_verify_says_plainly_that_a_file_is_no_proof(tmp_path):
    for content in (b"", b"{}", b"\xff\xfe", b'{"format":"beholden/bundle/v1"}'):
        path = tmp_path / "proof.json"
        path.write_bytes(content)
        done = subprocess.run(
            [sys.executable, "-m", "beholden.cli", "verify", path],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 1
        assert "NOT PROVEN" in done.stdout + done.stderr
        assert "Traceback" not in done.stderr


def test_a_command_that_needs_a_home_refuses_without_one(tmp_path):
    done = run(tmp_path / "none", "accept", tmp_path / "x.xml")
    assert done.returncode == 1
    assert "What to do:" in done.stderr
    assert "Traceback" not in done.stderr
