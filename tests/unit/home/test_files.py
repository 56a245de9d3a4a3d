# SPDX-License-Identifier: Apache-2.0
"""Writes are whole or absent, private, and leave nothing lying about (D36)."""

import fcntl
import os
import stat

import pytest

from beholden.home.files import append_line, write_durably, write_new


def test_replaces_whole_and_private(tmp_path):
    target = tmp_path / "state"
    target.write_bytes(b"old")
    target.chmod(0o644)
    write_durably(target, b"new")
    assert target.read_bytes() == b"new"
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [target]


def test_mode_stands_against_the_umask(tmp_path):
    before = os.umask(0o077)
    try:
        write_durably(tmp_path / "page", b"public", mode=0o644)
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "page").stat().st_mode) == 0o644


@pytest.mark.parametrize("broken", ["fsync", "fchmod"])
def test_a_failed_write_leaves_the_old_file_and_no_part(tmp_path, monkeypatch, broken):
    target = tmp_path / "state"
    target.write_bytes(b"old")

    def fail(*_):
        raise OSError("disk full")

    monkeypatch.setattr(os, broken, fail)
    with pytest.raises(OSError, match="disk full"):
        write_durably(target, b"new")
    monkeypatch.undo()
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_bytes_are_on_the_disk_before_the_name_and_the_name_before_the_return(tmp_path, monkeypatch):
    seen = []
    fsync = os.fsync

    def watch(descriptor):
        is_folder = stat.S_ISDIR(os.fstat(descriptor).st_mode)
        seen.append(("folder" if is_folder else "file", (tmp_path / "state").exists()))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", watch)
    write_durably(tmp_path / "state", b"x")
    assert seen == [("file", False), ("folder", True)]


@pytest.mark.parametrize(
    "left", [b"", b"one\n", b"one\ntw"], ids=["no line", "a line", "a line and half a one"]
)
def test_the_name_is_on_the_disk_before_a_line_whoever_made_the_file(tmp_path, monkeypatch, left):
    """Whoever made it was killed before the folder was on the disk: its lines would be lost with the name."""
    path, seen, fsync = tmp_path / "lines", [], os.fsync
    path.write_bytes(left)

    def watch(descriptor):
        is_folder = stat.S_ISDIR(os.fstat(descriptor).st_mode)
        seen.append("folder" if is_folder else path.read_bytes())
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", watch)
    append_line(path, b"three")
    whole = left[: left.rfind(b"\n") + 1]
    assert path.read_bytes() == whole + b"three\n"
    assert (seen[0], seen[-1]) == ("folder", whole + b"three\n")


def test_a_file_that_was_put_aside_while_a_writer_waited_is_left_as_it_is(tmp_path, monkeypatch):
    """Whoever waited for the old file writes into the one that has its name by now."""
    path, aside, lock = tmp_path / "lines", tmp_path / "aside", fcntl.flock
    append_line(path, b"one")

    def late(descriptor, how):
        if not aside.exists():
            path.replace(aside)
        lock(descriptor, how)

    monkeypatch.setattr(fcntl, "flock", late)
    append_line(path, b"two")
    assert (aside.read_bytes(), path.read_bytes()) == (b"one\n", b"two\n")


def test_new_never_replaces(tmp_path):
    write_new(tmp_path / "key", b"first")
    with pytest.raises(FileExistsError):
        write_new(tmp_path / "key", b"second")
    assert (tmp_path / "key").read_bytes() == b"first"
    assert [path.name for path in tmp_path.iterdir()] == ["key"]


def test_a_link_in_the_way_is_replaced_and_not_followed(tmp_path):
    (tmp_path / "elsewhere").write_bytes(b"kept")
    (tmp_path / "state").symlink_to(tmp_path / "elsewhere")
    write_durably(tmp_path / "state", b"new")
    assert (tmp_path / "elsewhere").read_bytes() == b"kept"
