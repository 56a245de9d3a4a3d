# SPDX-License-Identifier: Apache-2.0
"""fsck looks at a log while the keeper is at work: what changes meanwhile is no finding. D27."""

import threading

import pytest

from beholden.fsck import logs
from beholden.home import Home, create_folders, keys
from beholden.ledger.signer import Signer


@pytest.fixture
def home(tmp_path):
    made = Home(tmp_path / "home")
    create_folders(made)
    keys.create(made, "signer.events")
    grow(made)
    return made


def grow(home):
    with Signer.of(home, "events").turn() as turn:
        turn.append((b"one more",))


@pytest.mark.parametrize("read", ["_memory", "_published"])
def test_a_log_that_grows_between_two_looks_is_neither_behind_nor_unpublished(home, monkeypatch, read):
    """Memory and checkpoint are two files; a writer comes just as one of them is read."""
    real, writers = getattr(logs, read), []

    def overtaken(*args):
        found = real(*args)
        writers.append(threading.Thread(target=grow, args=(home,)))
        writers[-1].start()
        writers[-1].join(timeout=0.5)
        return found

    monkeypatch.setattr(logs, read, overtaken)
    try:
        assert {one.code for one in logs.check_log(home, "events")} <= {"fsck.draft"}
    finally:
        for one in writers:
            one.join()


def test_looking_makes_no_lock(home):
    (home.signer_state / "events.lock").unlink()
    assert list(logs.check_log(home, "events")) == []
    assert not (home.signer_state / "events.lock").exists()
