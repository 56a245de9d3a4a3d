# SPDX-License-Identifier: Apache-2.0
"""Who reads keys waits for a writer and for nobody else, and makes no file where one is missing. D33, D36."""

import fcntl
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as Waited
from contextlib import contextmanager

import pytest

from beholden.refusals import Refusal
from beholden.register.vault.slots import Slots

LONG = 0.3


@pytest.fixture
def slots(tmp_path):
    return Slots(tmp_path / "slots.bin", bytes(32))


@contextmanager
def locked(path, how):
    with path.open("rb") as file:
        fcntl.flock(file, how)
        yield


def test_readers_do_not_wait_for_each_other(slots, tmp_path):
    ((slot, key),) = slots.mint(1)
    with ThreadPoolExecutor(1) as pool, locked(tmp_path / "slots.bin", fcntl.LOCK_SH):
        reading = pool.submit(slots.keys, [slot])
        assert reading.result(10) == {slot: key}


@pytest.mark.parametrize(
    ("work", "lock"),
    [
        (lambda slots: slots.keys([0]), fcntl.LOCK_EX),
        (lambda slots: slots.mint(1), fcntl.LOCK_SH),
        (lambda slots: slots.destroy(0), fcntl.LOCK_SH),
    ],
    ids=["a reader for a writer", "who mints for a reader", "who destroys for a reader"],
)
def test_nobody_reads_while_somebody_writes(slots, tmp_path, work, lock):
    slots.mint(1)
    with ThreadPoolExecutor(1) as pool:
        with locked(tmp_path / "slots.bin", lock):
            working = pool.submit(work, slots)
            with pytest.raises(Waited):
                working.result(LONG)
        working.result(10)


def test_a_file_that_is_missing_is_refused_and_not_made(slots, tmp_path):
    with pytest.raises(Refusal) as refused:
        slots.keys([0])
    assert refused.value.code == "register.slots_missing"
    assert not list(tmp_path.iterdir())
    assert slots.keys([]) == {}
