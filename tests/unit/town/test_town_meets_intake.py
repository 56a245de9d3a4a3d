# SPDX-License-Identifier: Apache-2.0
"""The town and the reader argue: what one writes the other accepts, and what one plants the other finds (D1, D5)."""

import pytest

from beholden import town
from beholden.intake import school_census


@pytest.fixture(scope="module")
def whole():
    return town.build(1_500, 7)


def test_every_sound_return_is_accepted_without_a_finding(whole, tmp_path):
    readings = [school_census.read(path) for path in town.write(whole, tmp_path)]
    assert all(reading.accepted for reading in readings)
    assert [dict(reading.findings.counts) for reading in readings] == [{}] * len(whole.schools)
    gone = sum(stay.left is not None for child in whole.children() for stay in child.stays)
    assert sum(reading.counted for reading in readings) == whole.pupils + gone


def test_every_planted_fault_is_found_on_its_line_and_nothing_else(whole, tmp_path):
    planted = town.broken(whole, tmp_path / "broken.xml")
    reading = school_census.read(tmp_path / "broken.xml")
    assert not reading.accepted
    assert {(f.rule, f.line) for f in reading.findings.listed} == {(p.rule, p.line) for p in planted}
