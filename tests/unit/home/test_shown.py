# SPDX-License-Identifier: Apache-2.0
"""What was shown for an answer stands on the disk, line by line, whatever a crash left. D13."""

import pytest

from beholden.home import Home, create_folders, shown

ONE, TWO = "1" * 64, "2" * 64


@pytest.fixture
def home(tmp_path):
    made = Home(tmp_path / "home")
    create_folders(made)
    return made


def test_each_number_is_a_line_and_the_file_is_closed(home):
    assert list(shown.lines(home)) == []
    for one in (ONE, TWO, ONE):
        shown.write_down(home, one)
    assert list(shown.lines(home)) == [ONE, TWO, ONE]
    assert shown.place(home).stat().st_mode & 0o077 == 0


def test_a_line_that_a_crash_cut_off_stood_for_nothing_shown(home):
    shown.write_down(home, ONE)
    with shown.place(home).open("ab") as file:
        file.write(TWO[:40].encode())
    assert list(shown.lines(home)) == [ONE]
    shown.write_down(home, TWO)
    assert list(shown.lines(home)) == [ONE, TWO]


@pytest.mark.parametrize(
    ("was", "now", "found"),
    [
        (b"1" * 64 + b"\n2", b"1" * 64 + b"x2", [None, TWO]),
        (b"1" * 64, b"1" * 63 + b"g", [None, TWO]),
        (b"1" * 64, b"1" * 63, [None, TWO]),
        (b"2" * 64 + b"\n", b"2" * 64, [ONE]),
    ],
)
def test_a_changed_line_is_seen(home, was, now, found):
    shown.write_down(home, ONE)
    shown.write_down(home, TWO)
    path = shown.place(home)
    path.write_bytes(path.read_bytes().replace(was, now))
    assert list(shown.lines(home)) == found
