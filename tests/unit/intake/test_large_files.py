# SPDX-License-Identifier: Apache-2.0
"""A very large file is taken in, or refused, within a bounded memory. D1, D40.

Each is read in a process of its own, whose peak of resident memory the system itself counts; what it had before it
began to read is taken off.
"""

import json
import re
import subprocess
import sys

import pytest

from beholden.catalogue import load
from beholden.intake.census_shape import MOST_PUPILS
from beholden.intake.numbers import upn_check_letter
from beholden.intake.school_census import MOST_BYTES
from census_builder import addresses, free_meals, message, record, sessions

MEGABYTE = 1_000_000
READ = """
import json, resource, sys
from pathlib import Path
from beholden.intake import school_census
from beholden.refusals import Refusal

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024

school_census.read(Path(sys.argv[1]))  # what every reading needs once
before = peak()
try:
    found = school_census.read(Path(sys.argv[2]))
    said = {"accepted": found.accepted, "rules": sorted(found.findings.counts), "pupils": found.counted}
except Refusal as no:
    said = {"refused": no.code}
print(json.dumps(said | {"grew": peak() - before}))
"""
HOME = {"SAON": "Flat 2, the long name of a house", "PAON": "7", "Street": "Low Road", "Town": "Ostrey"}
FULL = {
    "SessionDetails": sessions(*((code, 1) for code in load().item("session_details").codes[:22])),
    "Addresses": addresses((HOME, "ZZ3 2NU")),
    "FSMeligibility": free_meals(("2020-01-01", "2021-01-01"), ("2025-09-03", "")),
}
"""About four kilobytes a pupil, of which most is kept: the fullest that a return gets."""


def written(path, one, *, size):
    """Write a return of that many bytes, the same record again and again under another number."""
    whole = message(one).decode()
    head, tail = whole.split(one)
    (number,) = re.findall(r"<UPN>(.*?)</UPN>", one)
    count = (size - len(head) - len(tail)) // len(one)
    with path.open("w") as file:
        file.write(head)
        for place in range(count):
            body = f"0014001{place:05}"
            file.write(one.replace(number, upn_check_letter(body) + body))
        file.write(tail)
    return count


def read(tmp_path, path):
    small = tmp_path / "small.xml"
    small.write_bytes(message(record(1)))
    command = [sys.executable, "-c", READ, str(small), str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=True)
    return json.loads(done.stdout)


def test_sixty_megabytes_of_full_records_take_less_memory_than_the_file(tmp_path):
    """The return is streamed: what grows is what is kept of it, and that is less than its text."""
    path = tmp_path / "large.xml"
    pupils = written(path, record(1, inside=FULL), size=60 * MEGABYTE)
    found = read(tmp_path, path)
    print(f"{found['grew'] / MEGABYTE:.0f} MB for 60 MB, {pupils:,} pupils")
    assert (found["accepted"], found["pupils"]) == (True, pupils)
    assert found["grew"] < 60 * MEGABYTE


def test_sixty_megabytes_of_too_many_pupils_are_refused_and_take_next_to_none(tmp_path):
    """Refused at the first pupil too many, before a column is made."""
    path = tmp_path / "many.xml"
    assert written(path, record(1), size=60 * MEGABYTE) > MOST_PUPILS
    found = read(tmp_path, path)
    assert found["rules"] == ["file.too_many_pupils"]
    assert found["grew"] < 16 * MEGABYTE


def test_sixty_megabytes_inside_one_record_are_refused_and_take_next_to_none(tmp_path):
    path = tmp_path / "endless.xml"
    head = message(record(1)).decode().split("<Surname>")[0]
    with path.open("w") as file:
        file.write(f"{head}<Surname>")
        for _ in range(60):
            file.write("x" * MEGABYTE)
    found = read(tmp_path, path)
    assert not found["accepted"]
    assert found["grew"] < 32 * MEGABYTE


def test_three_hundred_megabytes_are_refused_by_their_size_alone(tmp_path):
    """Nothing of it is read: the file is a hole."""
    path = tmp_path / "huge.xml"
    with path.open("wb") as file:
        file.truncate(300 * MEGABYTE)
    assert MOST_BYTES < 300 * MEGABYTE
    found = read(tmp_path, path)
    assert found["refused"] == "intake.too_large"
    assert found["grew"] < MEGABYTE


@pytest.mark.long
def test_the_largest_file_that_is_read_at_all(tmp_path):
    """Full to both limits: what a reading can ask for at most."""
    path = tmp_path / "largest.xml"
    one = record(1, inside=FULL)
    pupils = written(path, one, size=min(MOST_BYTES, MOST_PUPILS * len(one)))
    found = read(tmp_path, path)
    print(f"{found['grew'] / MEGABYTE:.0f} MB for {path.stat().st_size / MEGABYTE:.0f} MB, {pupils:,} pupils")
    assert found["accepted"]
    assert found["grew"] < 150 * MEGABYTE
