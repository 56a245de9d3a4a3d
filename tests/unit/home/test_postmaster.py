# SPDX-License-Identifier: Apache-2.0
"""A left-over `postmaster.pid` deceives nobody: gone, recycled and zombie processes are no server."""

import os
import subprocess
import sys

import pytest

from beholden.home import postmaster

REST = ["/srv/data", "1795000000", "5432", "/srv/socket", "", "  1234567   32768", "ready   "]


@pytest.fixture
def pgdata(tmp_path):
    return tmp_path


def _write(pgdata, process, rest=REST):
    (pgdata / "postmaster.pid").write_text("\n".join([str(process), *rest, ""]))


def _sleeper(folder):
    return subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], cwd=folder)


def test_no_file(pgdata):
    assert postmaster.find(pgdata) is None
    postmaster.disown(pgdata)
    assert not (pgdata / "postmaster.pid").exists()


@pytest.mark.parametrize("first", ["", "-5", "x", "999999999", "٣"])
def test_no_process(pgdata, first):
    _write(pgdata, first)
    assert postmaster.find(pgdata) is None


def test_recycled_number(pgdata, tmp_path_factory):
    stranger = _sleeper(tmp_path_factory.mktemp("elsewhere"))
    try:
        _write(pgdata, stranger.pid)
        assert postmaster.find(pgdata) is None
    finally:
        stranger.kill()
        stranger.wait()


def test_zombie(pgdata):
    zombie = subprocess.Popen([sys.executable, "-c", ""], cwd=pgdata)
    os.waitid(os.P_PID, zombie.pid, os.WEXITED | os.WNOWAIT)  # ended, and not collected
    _write(pgdata, zombie.pid)
    assert postmaster.find(pgdata) is None
    zombie.wait()


def test_a_process_that_works_in_the_folder(pgdata):
    running = _sleeper(pgdata)
    try:
        _write(pgdata, running.pid)
        found = postmaster.find(pgdata)
        assert found == postmaster.Postmaster(running.pid, "/srv/socket", is_ready=True)
        before = (pgdata / "postmaster.pid").read_bytes()
        postmaster.disown(pgdata)
        assert (pgdata / "postmaster.pid").read_bytes() == before, "a running server's file is not touched"
    finally:
        running.kill()
        running.wait()


def test_a_server_that_has_only_begun(pgdata):
    running = _sleeper(pgdata)
    try:
        _write(pgdata, running.pid, REST[:2])
        assert postmaster.find(pgdata) == postmaster.Postmaster(running.pid, "", is_ready=False)
    finally:
        running.kill()
        running.wait()


def test_disowned_file_keeps_the_line_that_guards_shared_memory(pgdata):
    _write(pgdata, 999999999)
    postmaster.disown(pgdata)
    lines = (pgdata / "postmaster.pid").read_text().splitlines()
    assert lines == [str(os.getpid()), *REST]
