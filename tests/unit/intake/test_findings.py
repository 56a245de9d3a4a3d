# SPDX-License-Identifier: Apache-2.0
"""Findings: how many are listed, in what order, and that all are counted (D5)."""

from beholden.intake.findings import LISTED, Finding, Findings, Severity, shares


def finding(rule, line, severity=Severity.ERROR):
    return Finding(rule, severity, line, "the file", "A sentence.", "Do this.")


def test_one_fault_in_every_record_does_not_hide_one_fault_in_one_record():
    given = shares({"1510": 26_000, "1880": 1, "2400": 700}, room=1_000)
    assert given["1880"] == 1
    assert sum(given.values()) == 1_000
    assert min(given.values()) >= 1


def test_with_room_for_all_all_are_listed():
    assert shares({"1": 3, "2": 5}, room=10) == {"1": 3, "2": 5}


def test_no_rule_broken_lists_nothing():
    assert shares({}) == {}


def test_errors_come_first_then_lines():
    found = Findings.of([finding("2", 1, Severity.QUERY), finding("1", 9), finding("1", 3), finding("0", 3)])
    assert [(one.rule, one.line) for one in found.listed] == [("0", 3), ("1", 3), ("1", 9), ("2", 1)]
    assert found.errors == 3


def test_sums_keep_every_count_and_the_length_of_the_list():
    many = Findings.of(finding("1", line) for line in range(1, LISTED + 1))
    both = many + Findings.of([finding("1", 1), finding("100", 5)])
    assert both.counts == {"1": LISTED + 1, "100": 1}
    assert both.errors == LISTED + 2
    assert len(both.listed) == LISTED
