# SPDX-License-Identifier: Apache-2.0
"""The inbox: a sent file lies there closed to others, under a name nobody chose, and not longer than it is wanted. D36."""

import os
import stat
import subprocess
import sys

import pytest

from beholden.home import Home, create_folders, inbox
from beholden.refusals import Refusal


@pytest.fixture
def home(tmp_path):
    made = Home(tmp_path / "home")
    create_folders(made)
    return made


def test_a_file_is_closed_to_others_from_its_first_moment(home):
    before = os.umask(0)
    try:
        name, descriptor = inbox.put_down(home)
    finally:
        os.umask(before)
    os.close(descriptor)
    assert stat.S_IMODE((home.inbox / name).stat().st_mode) == 0o600
    assert stat.S_IMODE(home.inbox.stat().st_mode) == 0o700


def test_names_are_drawn_and_never_met_twice(home):
    names = set()
    for _ in range(20):
        name, descriptor = inbox.put_down(home)
        os.close(descriptor)
        names.add(name)
    assert len(names) == 20
    assert {len(name) for name in names} == {32}


@pytest.mark.parametrize(
    "name", ["", ".", "..", "../keys/vault", "/etc/passwd", "a" * 31, "A" * 32, "a" * 32 + "\n", "a" * 32]
)
def test_what_is_no_name_of_ours_is_no_path(home, name):
    """A question names a file; it can name none outside the inbox, and none that is not there."""
    with pytest.raises(Refusal, match=r"^home\.inbox:"):
        inbox.place(home, name)
    inbox.take_away(home, name)
    assert (home.keys).is_dir()


def test_taking_away_twice_does_nothing(home):
    name, descriptor = inbox.put_down(home)
    os.close(descriptor)
    assert inbox.place(home, name).is_file()
    inbox.take_away(home, name)
    inbox.take_away(home, name)
    assert list(home.inbox.iterdir()) == []


def test_the_sweep_takes_what_nobody_holds_and_leaves_what_is_being_sent(home):
    held, descriptor = inbox.put_down(home)
    left, forgotten = inbox.put_down(home)
    os.close(forgotten)
    (home.inbox / "note.txt").write_text("put here by a person")
    assert inbox.sweep(home) == 1
    assert sorted(path.name for path in home.inbox.iterdir()) == sorted([held, "note.txt"])
    assert not (home.inbox / left).exists()
    os.close(descriptor)
    assert inbox.sweep(home) == 1


def test_what_a_killed_process_left_is_swept(home):
    """The kernel gives the lock back, whatever ended the process."""
    code = (
        "import os, pathlib, sys; from beholden.home import Home, inbox;"
        "inbox.put_down(Home(pathlib.Path(sys.argv[1]))); print('down', flush=True); os.read(0, 1)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(home.root)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout.readline() == b"down\n"
        assert inbox.sweep(home) == 0
        process.kill()
        process.wait()
    assert inbox.sweep(home) == 1
