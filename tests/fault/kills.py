# SPDX-License-Identifier: Apache-2.0
"""Kills an action, fails its disk, or lets a second process meet it, at each of its durable steps once.

The seam is the operating system's own calls and the database's own statements, counted in a forked child: the
product has no hook. A step is whatever can last: a file made, written, flushed, renamed, linked or removed, a row
inserted, changed or deleted, the commit of such a row. What only reads is no step.
"""

import errno
import functools
import itertools
import os
import pickle
import re
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import homes
from beholden.home import Home, postgres
from fault import disk

Work = Callable[[], object]
Meet = Callable[[str], None]

REFUSED = 3
_GONE_WRONG = 70
_CALLS = ("fsync", "fdatasync", "ftruncate", "replace", "rename", "link", "unlink", "rmdir")
_RANDOM = re.compile(r"[0-9a-f]{8,}")
_TAIL = 25  # bytes that a torn write lacks
_PATIENCE = 1.0  # seconds for a second process to end or to be seen waiting


# --- the seam ---


@contextmanager
def watched(meet: Meet) -> Iterator[None]:
    """Call `meet` with the name of each durable step just before it; a write is met again half done."""
    with _files(meet), _rows(meet):
        yield


@contextmanager
def _files(said: Meet) -> Iterator[None]:
    real = {name: getattr(os, name) for name in (*_CALLS, "pwrite", "open", "mkdir")}

    def meet(step, target):
        name = _named(target)
        if name:
            said(f"{step} {name}")

    ours = {name: _before(real[name], functools.partial(meet, name)) for name in _CALLS}
    ours["pwrite"] = _torn(real["pwrite"], meet)
    ours["open"] = _making(real["open"], functools.partial(meet, "open"))
    ours["mkdir"] = _making(real["mkdir"], functools.partial(meet, "mkdir"))
    try:
        for name, call in ours.items():
            setattr(os, name, call)
        yield
    finally:
        for name, call in real.items():
            setattr(os, name, call)


def _before(real: Callable[..., Any], meet: Callable[[Any], None]) -> Callable[..., Any]:
    def counted(target, *args, **kwargs):
        meet(target)
        return real(target, *args, **kwargs)

    return counted


def _making(real: Callable[..., Any], meet: Callable[[Any], None]) -> Callable[..., Any]:
    """A call that makes a name is a step; one that finds it there, or only reads, is none."""

    def counted(path, *args, **kwargs):
        reads = real.__name__ == "open" and not args[0] & os.O_CREAT
        if not reads and not os.path.lexists(path):
            meet(path)
        return real(path, *args, **kwargs)

    return counted


def _torn(real: Callable[..., int], meet: Callable[[str, int], None]) -> Callable[..., int]:
    """Write less than was asked, as the system may, and be met in the middle: the caller goes on."""

    def counted(descriptor, content, offset):
        meet("pwrite", descriptor)
        if len(content) <= _TAIL:
            return real(descriptor, content, offset)
        written = real(descriptor, content[:-_TAIL], offset)
        meet("torn pwrite", descriptor)
        return written

    return counted


@contextmanager
def _rows(meet: Meet) -> Iterator[None]:
    from django.db import connection

    connection.ensure_connection()
    real_commit, wrote = connection.commit, []

    def execute(run, statement, *rest):
        found = disk.WRITES.match(str(statement))
        if found:
            wrote.append(found)
            meet(found[0].strip().lower())
        return run(statement, *rest)

    def commit():
        if wrote:
            meet("commit")
        wrote.clear()
        real_commit()

    connection.commit = commit
    try:
        with connection.execute_wrapper(execute):
            yield
    finally:
        connection.commit = real_commit


def _named(target: int | str | Path) -> str:
    """Say which file of the home a step is about, without what differs between runs; nothing of other files."""
    path = Path(f"/proc/self/fd/{target}").readlink() if isinstance(target, int) else Path(target)
    home = Path(os.environ["BEHOLDEN_HOME"])
    if not path.is_relative_to(home):
        return ""
    below = path.relative_to(home)
    return _RANDOM.sub("*", f"{below.parts[0]}/" if path.is_dir() else f"{below.parts[0]}/…/{below.name}")


# --- processes ---


def ready() -> None:
    """Import what every child would import for itself: half a second each. Called once there is a home."""

    import beholden.gate.actions.proving
    import beholden.gate.actions.releasing
    import beholden.register.actions  # noqa: F401


def start(work: Work) -> int:
    """Begin work in a forked child with connections of its own; a refusal is told apart from a mishap."""
    from django.db import connections

    from beholden.refusals import Refusal

    connections.close_all()
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        status = _GONE_WRONG
        try:
            work()
            status = 0
        except Refusal:
            traceback.print_exc()
            status = REFUSED
        except BaseException:  # noqa: BLE001  the child must never come back into pytest
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            sys.stdout.flush()
            os._exit(status)
    return child


def ended(child: int) -> int:
    """Wait for a child; return its exit code, negative for a signal."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def answer(work: Work) -> object:
    """Do work in a fresh process and bring back what it returns; fail if it did not come to its end."""
    source, sink = os.pipe()

    def say():
        found = work()
        with os.fdopen(sink, "wb") as pipe:
            pickle.dump(found, pipe)

    child = start(say)
    os.close(sink)
    with os.fdopen(source, "rb") as pipe:
        said = pipe.read()
    code = ended(child)
    assert code == 0, f"the process ended with {code}; its own words stand above"
    return pickle.loads(said)  # noqa: S301  our own child's


# --- what can happen at a step ---


@dataclass(frozen=True, slots=True)
class Struck:
    """A home after something happened in it before one step of an action; at the last, nothing was left to happen to.

    `platter` is what its disk would hold if the machine, too, had lost its power there.
    """

    home: Home
    step: int
    name: str
    last: bool
    platter: disk.Platter


def each_kill(prepared: Home, work: Work) -> Iterator[Struck]:
    """Lend a copy of a prepared home after work was killed in it, before each step once; last, after none.

    Fails unless the steps that were killed are, in order, all those of the run that nothing happened to.
    """
    killed = []
    for step in itertools.count(1):
        with homes.copied(prepared) as home:
            struck, names, code = kill_before(home, step, work)
            assert code == (0 if struck.last else -signal.SIGKILL), (code, names)
            yield struck
        if struck.last:
            assert killed == names, (killed, names)
            print(f"{len(killed)} steps, each killed once")
            return
        killed.append(struck.name)


def kill_before(home: Home, step: int, work: Work) -> tuple[Struck, list[str], int]:
    """Run work in a child of the home that Django is connected to, and kill it before one of its steps."""
    platter = disk.Platter.of(home)
    kept = home.root.with_suffix(".platter")

    def die(_name):
        kept.write_bytes(pickle.dumps(platter))
        os.kill(os.getpid(), signal.SIGKILL)

    def to_its_end(sink):
        with platter.turning():
            _meeting(work, step, die, lambda _: True, sink)
        kept.write_bytes(pickle.dumps(platter))

    names, code = _run(to_its_end)
    left = pickle.loads(kept.read_bytes())  # noqa: S301  our own child's
    kept.unlink()
    last = len(names) < step
    return Struck(home, step, "" if last else names[-1], last, left), names, code


def each_failure(
    prepared: Home, work: Work, between: Work, *, among: Callable[[str], bool] = lambda _: True
) -> Iterator[Struck]:
    """Lend a copy of a prepared home after the disk failed before each step (of those `among` names) once.

    The same process must live on: it gets an OSError, a refusal or the database's own error, `between` holds, and
    the action comes to its end when it is tried again. Nothing that was remembered may mislead it.
    """
    from django.db import DatabaseError, OperationalError

    from beholden.refusals import Refusal

    def fail(name):
        if name.split()[0] in {"insert", "update", "delete", "commit"}:
            raise OperationalError("the server's disk failed")
        number = errno.EIO if len(name) % 2 else errno.ENOSPC
        raise OSError(number, os.strerror(number))

    def twice(step, sink):
        try:
            _meeting(work, step, fail, among, sink)
        except (OSError, Refusal, DatabaseError):
            between()
            work()

    for step in itertools.count(1):
        with homes.copied(prepared) as home:
            names, code = _run(functools.partial(twice, step))
            last = len(names) < step
            assert code == 0, (code, names[-1:])
            yield Struck(home, step, "" if last else names[-1], last, disk.Platter.of(home))
        if last:
            print(f"{step - 1} steps, at each of which the disk failed once")
            return


FAILURES = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO)
"""A disk that is full, a share of it that is used up, one that may only be read, and one that fails."""


@contextmanager
def disk_gone(prepared: Home, work: Work, between: Work, *, step: int, number: int) -> Iterator[Struck]:
    """Lend a copy of a prepared home whose disk took nothing from one step on, until the action gave up.

    Unlike a disk that fails once, it fails the tidying up as well; a full one lets names be removed, the others do not.
    Then there is room again: `between` holds, and the same process brings the action to its end.
    """
    from django.db import DatabaseError, OperationalError

    from beholden.refusals import Refusal

    def fail(name):
        verb = name.split()[0]
        if verb in {"insert", "update", "delete", "commit"}:
            raise OperationalError("the server's disk takes nothing")
        if number in {errno.EROFS, errno.EIO} or verb not in {"unlink", "rmdir"}:
            raise OSError(number, os.strerror(number))

    def until_there_is_room(sink):
        try:
            _meeting(work, step, fail, lambda _: True, sink, onward=True)
        except (OSError, Refusal, DatabaseError):
            between()
            work()

    with homes.copied(prepared) as home:
        names, code = _run(until_there_is_room)
        last = len(names) < step
        assert code == 0, (code, names[step - 1 :])
        yield Struck(home, step, "" if last else names[step - 1], last, disk.Platter.of(home))


@dataclass(frozen=True, slots=True)
class Met:
    """A home in which a second process met the first before one of its steps; how each of them ended."""

    home: Home
    step: int
    first: int
    second: int
    last: bool


def each_meeting(
    prepared: Home, first: Work, second: Work, *, among: Callable[[str], bool] = lambda _: True
) -> Iterator[Met]:
    """Stop the first process before each step (of those `among` names) once, and let a second one run meanwhile.

    The first goes on when the second has ended, or waits for something that the first holds.
    """

    def stop(_name):
        os.kill(os.getpid(), signal.SIGSTOP)

    for step in itertools.count(1):
        with homes.copied(prepared) as home:
            one = start(lambda step=step: _meeting(first, step, stop, among, None))
            status = os.waitpid(one, os.WUNTRACED)[1]
            last = not os.WIFSTOPPED(status)
            other = start(second)
            codes = (os.waitstatus_to_exitcode(status), ended(other)) if last else _go_on(home, one, other)
            yield Met(home, step, *codes, last)
        if last:
            print(f"{step - 1} steps, at each of which two processes met")
            return


def _go_on(home: Home, one: int, other: int) -> tuple[int, int]:
    """Let a stopped process go on as soon as the other has ended or waits; return how both ended."""
    found = 0
    try:
        until = time.monotonic() + _PATIENCE
        while not found and time.monotonic() < until and not _waits(home):
            found, status = os.waitpid(other, os.WNOHANG)
            time.sleep(0.01)
    finally:
        os.kill(one, signal.SIGCONT)
    code = ended(one)
    return code, os.waitstatus_to_exitcode(status) if found else ended(other)


def _waits(home: Home) -> bool:
    with postgres.connected(home, "cluster", "postgres") as connection:
        (waiting,) = connection.execute(
            "select count(*) from pg_stat_activity where datname = %s and wait_event_type = 'Lock'",
            [postgres.database_name(home)],
        ).fetchone() or (0,)
    return bool(waiting)


def _run(work: Callable[[int], object]) -> tuple[list[str], int]:
    """Run work in a child with a pipe into which it says the names of its steps; return them and how it ended."""
    source, sink = os.pipe()
    child = start(lambda: work(sink))
    os.close(sink)
    with os.fdopen(source) as pipe:
        names = pipe.read().splitlines()
    return names, ended(child)


def _meeting(
    work: Work,
    step: int,
    act: Callable[[str], object],
    among: Callable[[str], bool],
    sink: int | None,
    *,
    onward: bool = False,
) -> None:
    """Do work; say each step's name, and act before the one of that number, or before it and all that follow."""
    count = itertools.count(1)

    def meet(name):
        if not among(name):
            return
        if sink is not None:
            os.write(sink, f"{name}\n".encode())
        now = next(count)
        if now == step or (onward and now > step):
            act(name)

    with watched(meet):
        work()


def steps(work: Work) -> tuple[list[str], int]:
    """Run work in a child to its end; return the names of all its steps, and how it ended."""
    return _run(lambda sink: _meeting(work, 0, lambda _: None, lambda _: True, sink))
