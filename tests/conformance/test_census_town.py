# SPDX-License-Identifier: Apache-2.0
"""The town writes returns and breaks one on purpose; intake accepts the first and finds every fault of the second.

Neither knows the other's code: the town plants by the Department's rule numbers, intake finds by them.
"""

import pytest

from beholden import town
from beholden.intake import school_census

SEED = 7


@pytest.fixture(scope="module")
def place():
    return town.build(pupils=900, seed=SEED)


def test_what_a_towns_schools_send_is_accepted_without_a_finding(place, tmp_path):
    """D1: named pupils, on roll and off, refused answers among them."""
    refused = 0
    gone = 0
    for path in town.write(place, tmp_path):
        reading = school_census.read(path)
        assert reading.accepted, reading.findings.counts
        assert reading.findings.counts == {}
        refused += sum(reading.pupils["ethnicity"].to_pylist().count(code) for code in ("REFU", "NOBT"))
        gone += reading.pupils["on_roll"].to_pylist().count(False)
        assert reading.counted == reading.pupils.num_rows
    assert refused > 0
    assert gone > 0


def test_every_planted_fault_is_found_on_its_line_and_nothing_else(place, tmp_path):
    """D5."""
    planted = town.broken(place, tmp_path / "broken.xml")
    reading = school_census.read(tmp_path / "broken.xml")
    assert not reading.accepted
    assert reading.pupils is None
    assert {(one.rule, one.line) for one in reading.findings.listed} == {
        (one.rule, one.line) for one in planted
    }
    assert len(planted) >= 13
