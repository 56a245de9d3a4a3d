# SPDX-License-Identifier: Apache-2.0
"""The list that a recipient hands in for a match: strict, whole or not at all, and no way to try numbers. D21."""

import tracemalloc
from dataclasses import replace
from datetime import date, timedelta

import pytest

from beholden.catalogue import load
from beholden.gate.roster import RosterRefused, Sweep, read

LIMITS = load().limits
TODAY = date(2026, 3, 1)
BORN = date(2012, 9, 1)


def day(place):
    return (BORN + timedelta(days=place * 37 % 3_000)).isoformat()


def number(place):
    return f"A8{place * 1_009:011}"


def written(tmp_path, lines, *, header="reference,number,birth_date", end="\n"):
    path = tmp_path / "list.csv"
    path.write_bytes(end.join((header, *lines, "")).encode())
    return path


def known(count):
    return [f"ref-{place},{number(place)},{day(place)}" for place in range(count)]


def lines_of(no):
    return [(fault.line, fault.rule) for fault in no.value.faults]


def test_a_list_is_read_into_columns_in_its_own_order(tmp_path):
    rows = read(written(tmp_path, known(3)), limits=LIMITS, on=TODAY)
    assert len(rows) == 3
    assert rows.asked(0, 9) == [(number(place), date.fromisoformat(day(place))) for place in range(3)]
    assert rows.reference(2).rstrip(b"\0") == b"ref-2"


def test_lines_may_end_as_windows_ends_them(tmp_path):
    assert len(read(written(tmp_path, known(3), end="\r\n"), limits=LIMITS, on=TODAY)) == 3


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("", "line"),
        ("ref", "line"),
        ("ref,A801200005001", "line"),
        ("ref,A801200005001,2012-09-01,more", "line"),
        ('"ref",A801200005001,2012-09-01', "line"),
        ("ref ,A801200005001,2012-09-01", "line"),
        ("ref,a801200005001,2012-09-01", "line"),
        ("ref,A801200005001,01/09/2012", "line"),
        ("ref,A801200005001,2012-02-30", "birth_date"),
        ("ref,A801200005001,2027-01-01", "birth_date"),
        ("ref,A801200005001,1826-01-01", "birth_date"),
        ("r" * 33 + ",A801200005001,2012-09-01", "line"),
        ("é,A801200005001,2012-09-01", "line"),
        ("=cmd(),A801200005001,2012-09-01", "line"),
        ("x" * 5_000, "line"),
    ],
)
def test_what_is_not_exactly_a_line_is_refused_by_its_number_and_its_value_is_not_repeated(
    tmp_path, line, rule
):
    with pytest.raises(RosterRefused) as no:
        read(written(tmp_path, [*known(2), line]), limits=LIMITS, on=TODAY)
    assert (4, rule) in lines_of(no)
    said = f"{no.value} {no.value.faults}"
    assert "A801200005001" not in said
    assert "2012" not in said


def test_every_fault_up_to_a_hundred_is_named_at_once(tmp_path):
    with pytest.raises(RosterRefused) as no:
        read(written(tmp_path, [*known(2), *["broken"] * 300]), limits=LIMITS, on=TODAY)
    assert lines_of(no) == [(line, "line") for line in range(4, 104)]


@pytest.mark.parametrize("header", ["", "reference;number;birth_date", "\ufeffreference,number,birth_date"])
def test_a_list_without_its_header_is_refused(tmp_path, header):
    with pytest.raises(RosterRefused) as no:
        read(written(tmp_path, known(2), header=header), limits=LIMITS, on=TODAY)
    assert lines_of(no) == [(1, "header")]


def test_an_empty_list_is_refused(tmp_path):
    with pytest.raises(RosterRefused):
        read(written(tmp_path, []), limits=LIMITS, on=TODAY)


def test_one_row_more_than_the_limit_is_refused(tmp_path):
    path = written(tmp_path, known(12))
    assert len(read(path, limits=replace(LIMITS, match_rows=12), on=TODAY)) == 12
    with pytest.raises(RosterRefused, match="too_long") as no:
        read(path, limits=replace(LIMITS, match_rows=11), on=TODAY)
    assert lines_of(no) == [(13, "too_long")]


def test_one_number_with_several_birth_dates_is_refused_whoever_it_is(tmp_path):
    """That is how a birth date is guessed; the register is not asked."""
    lines = [*known(5), f"again,{number(3)},2011-01-01"]
    with pytest.raises(RosterRefused) as no:
        read(written(tmp_path, lines), limits=LIMITS, on=TODAY)
    assert lines_of(no) == [(7, "twice")]


def test_a_reference_that_stands_twice_is_refused(tmp_path):
    lines = [*known(5), f"ref-3,{number(50)},2011-01-01"]
    with pytest.raises(RosterRefused) as no:
        read(written(tmp_path, lines), limits=LIMITS, on=TODAY)
    assert lines_of(no) == [(7, "twice")]


@pytest.mark.parametrize("step", [1, -1])
def test_numbers_tried_one_after_another_are_a_sweep_in_whatever_order(tmp_path, step):
    lines = [f"r{n},B{801200005000 + n},{day(n)}" for n in range(LIMITS.match_run + 1)][::step]
    with pytest.raises(Sweep) as no:
        read(written(tmp_path, lines), limits=LIMITS, on=TODAY)
    assert (no.value.rule, no.value.rows) == ("run", LIMITS.match_run + 1)


def test_a_year_group_with_numbers_in_a_row_is_no_sweep(tmp_path):
    """Schools give numbers out one after another; so many children as one school takes in a year may stand in a list."""
    lines = [f"r{n},B{801200005000 + n},{day(n)}" for n in range(LIMITS.match_run)]
    assert len(read(written(tmp_path, lines), limits=LIMITS, on=TODAY)) == LIMITS.match_run


def test_one_birth_date_for_many_numbers_is_a_sweep(tmp_path):
    few, many = 10, 11
    for count, rest in ((few, 30), (many, 30)):
        lines = [f"s{n},{number(1_000 + n)},2011-01-01" for n in range(count)] + known(rest)
        path = written(tmp_path, lines)
        if count == few:
            assert len(read(path, limits=LIMITS, on=TODAY)) == count + rest
            continue
        with pytest.raises(Sweep) as no:
            read(path, limits=LIMITS, on=TODAY)
        assert no.value.rule == "same_birth"


def test_memory_grows_by_some_bytes_a_row(tmp_path):
    """Two million rows fit: under 400 bytes a row at the most, whatever the lines look like."""
    count = 20_000
    path = written(tmp_path, known(count))
    tracemalloc.start()
    try:
        rows = read(path, limits=LIMITS, on=TODAY)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(rows) == count
    assert most < 400 * count
