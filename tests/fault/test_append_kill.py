# SPDX-License-Identifier: Apache-2.0
"""The sequencer is killed before each of its durable writes, once; then everything is checked. D27.

The seam is the operating system's own calls, counted in a forked child: the product has no hook for it. What is
not shown here is a power cut: writes that were not yet flushed survive a killed process.
"""

import errno
import itertools
import os
import shutil
import signal

import pytest

from beholden.ledger import tree
from beholden.ledger.checkpoint import open_checkpoint
from beholden.ledger.signer import Signer
from beholden.ledger.tiles import TileLog
from beholden.refusals import Refusal
from fault.forks import before_each, in_child, killed
from ledger_story import AT, Ledger, check_everything, event, heads, intent, outcome, registry

ORIGIN = "beholden.example/demo/handovers"
SIZE = 254  # so that four more entries complete a tile and begin the next
FRESH = tuple(f"fresh {n}".encode() for n in range(4))
OTHER = tuple(f"other {n}".encode() for n in range(3))


def signer_in(folder):
    return Signer(
        ORIGIN, bytes(range(32)), folder / "signer" / "handovers", TileLog(folder / "ledger" / "handovers")
    )


def grow(signer, entries):
    with signer.turn() as turn:
        return turn.append(entries)


def published(signer):
    head = open_checkpoint(signer.log.published(), origin=ORIGIN, keys=(signer.key,))
    assert head.root == tree.root(tree.leaf_hash(one) for one in signer.log.entries(head.size))
    signer.log.check(0, head.size)
    return head


@pytest.fixture
def base(tmp_path):
    """A published log just before the end of a tile."""
    grow(signer_in(tmp_path / "base"), tuple(f"entry {n}".encode() for n in range(SIZE)))
    return tmp_path / "base"


def test_an_append_killed_at_each_write(base, tmp_path):
    """Afterwards the log is the old one or the whole new one, and a draft is freely written over."""
    met = []
    for step in itertools.count(1):
        folder = tmp_path / f"killed {step}"
        shutil.copytree(base, folder)
        signer = signer_in(folder)

        def work(signer=signer, step=step):
            wrap = before_each(step, killed)
            os.fsync, os.replace = wrap(os.fsync), wrap(os.replace)
            grow(signer, FRESH)

        code = in_child(work)
        seen = published(signer)
        assert seen.size in (SIZE, SIZE + len(FRESH))
        met.append((signer.committed().size - SIZE, seen.size - SIZE))
        with signer.turn() as turn:
            assert turn.last == signer.committed() == published(signer)
            assert turn.entries(0, SIZE) == tuple(f"entry {n}".encode() for n in range(SIZE))
            assert turn.entries(SIZE, turn.last.size) == (FRESH if turn.last.size > SIZE else ())
            after = turn.append(OTHER)
        assert published(signer) == after
        assert signer.log.entries(after.size)[-len(OTHER) :] == OTHER
        shutil.rmtree(folder)
        if code == 0:
            break
        assert code == -signal.SIGKILL

    print(f"{step - 1} writes, each killed once")
    # Nothing said; committed and not yet published; said. Each came, in this order.
    assert [where for where, _ in itertools.groupby(met)] == [(0, 0), (4, 0), (4, 4)]
    assert step > 20


def test_an_append_on_a_failing_disk_at_each_write(base, tmp_path):
    """The process lives on, and the next turn makes good: nothing that was remembered in memory misleads it."""
    for step in itertools.count(1):
        folder = tmp_path / f"failing {step}"
        shutil.copytree(base, folder)
        signer = signer_in(folder)

        def work(signer=signer, step=step):
            def fail():
                raise OSError(errno.EIO, "the disk failed")

            kept, wrap = (os.fsync, os.replace), before_each(step, fail)
            os.fsync, os.replace = wrap(os.fsync), wrap(os.replace)
            failed = False
            try:
                grow(signer, FRESH)
            except OSError:
                failed = True
            os.fsync, os.replace = kept
            with signer.turn() as turn:
                if turn.last.size == SIZE:
                    turn.append(FRESH)
                assert turn.entries(SIZE, turn.last.size) == FRESH
            os._exit(0 if failed else 3)

        code = in_child(work)
        assert published(signer).size == SIZE + len(FRESH)
        shutil.rmtree(folder)
        if code == 3:
            break
        assert code == 0


def says_no(ledger):
    """Run the sequencer, which refuses a row the first time that it lives to say so."""
    try:
        ledger.sequence(at=AT)
    except Refusal as refusal:
        if refusal.code != "ledger.not_said":
            raise


def test_the_sequencer_killed_at_each_write(keeper_home):
    """Killed before each flush, rename, statement and commit; run again, every entry is said exactly once.

    A row that may not be said stands among them each time, and is refused exactly once, however often we die.
    """
    from django.db import connection, connections

    ledger = Ledger(keeper_home)
    ledger.say(*(event(n) for n in range(SIZE)), registry())
    ledger.sequence(at=AT)
    earlier = [heads(keeper_home)]
    for step in itertools.count(1):
        # Twice the same event: two rows with the same bytes must become two entries.
        ledger.say(event(step), event(step), intent(step), outcome(step), intent(step))
        connections.close_all()

        def work(step=step):
            wrap = before_each(step, killed)
            os.fsync, os.replace = wrap(os.fsync), wrap(os.replace)
            connection.ensure_connection()
            connection.commit = wrap(connection.commit)
            with connection.execute_wrapper(wrap(lambda execute, *rest: execute(*rest))):
                says_no(ledger)

        code = in_child(work)
        earlier.append(heads(keeper_home))
        says_no(ledger)
        check_everything(ledger)
        assert (ledger.waiting("events"), ledger.waiting("handovers")) == (0, step)
        assert len(ledger.refused("handovers")) == step
        assert len(ledger.entries("events")) == SIZE + 2 * step
        assert len(ledger.entries("handovers")) == 1 + 2 * step
        if code == 0:
            break
        assert code == -signal.SIGKILL

    print(f"{step - 1} writes, statements and commits, each killed once")
    assert step > 50
    for log in ("events", "handovers"):
        leaves = [tree.leaf_hash(one) for one in ledger.entries(log)]
        for seen in earlier:  # nobody was ever shown anything but a prefix
            assert seen[log].root == tree.root(leaves[: seen[log].size])
