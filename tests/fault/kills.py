# SPDX-License-Identifier: Apache-2.0
"""Kills, failing disks and meetings of two processes, at each durable step of an action, once.

The seam is the operating system's own calls and the database's own statements, counted in a forked child: the
product has no hook. A step is whatever can last: a file made, written, flushed, renamed, linked or removed; a row
inserted, changed or deleted; a commit. What only reads, or is taken back by a rollback, is no step.
"""

import errno
import functools
import itertools
import os
import pickle
import re
import select
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import homes
from beholden.home import Home

_CALLS = ("fsync", "fdatasync", "replace", "rename", "link", "unlink", "mkdir", "rmdir")
_MAKES = os.O_CREAT
_LASTS = re.compile(r"\s*(INSERT INTO|UPDATE|DELETE FROM)\s+(\S+)", re.IGNORECASE)
_RANDOM = re.compile(r"[0-9a-f]{8,}")
_TAIL = 25  # bytes that a torn write lacks
_GONE_WRONG, _REFUSED = 70, 3

Meet = Callable[[str], None]


def _named(target: object) -> str:
    """Say which file a call is about, without what differs from run to run."""
    path = os.readlink(f"/proc/self/fd/{target}") if isinstance(target, int) else os.fspath(target)
    return _RANDOM.sub("*", "/".join(path.split("/")[-2:]))


@contextmanager
def watched(meet: Meet) -> Iterator[None]:
    """Call `meet` with the name of each durable step just before it; a write is met again half done."""
    from django.db import connection

    real = {name: getattr(os, name) for name in (*_CALLS, "pwrite", "open")}

    def before(name):
        @functools.wraps(real[name])
        def counted(target, *args, **kwargs):
            meet(f"{name} {_named(target)}")
            return real[name](target, *args, **kwargs)

        return counted

    def pwrite(descriptor, content, offset):
        meet(f"pwrite {_named(descriptor)}")
        if len(content) <= _TAIL:
            return real["pwrite"](descriptor, content, offset)
        written = real["pwrite"](descriptor, content[:-_TAIL], offset)
        meet(f"pwrite, torn {_named(descriptor)}")
        return written  # short, as the system may: the caller goes on

    def opened(path, flags, *args, **kwargs):
        if flags & _MAKES and not os.path.lexists(path):
            meet(f"open {_named(path)}")
        return real["open"](path, flags, *args, **kwargs)

    def execute(run, statement, *rest):
        found = _LASTS.match(str(statement))
        if found:
            meet(" ".join(found.groups()).lower())
        return run(statement, *rest)

    def commit():
        meet("commit")
        type(connection._connections[connection._alias]).commit(connection._connections[connection._alias])

    connection.ensure_connection()
    for name in _CALLS:
        setattr(os, name, before(name))
    os.pwrite, os.open, connection.commit = pwrite, opened, commit
    try:
        with connection.execute_wrapper(execute):
            yield
    finally:
        for name, call in real.items():
            setattr(os, name, call)
        del connection.commit


# --- processes ---


def start(work: Callable[[], object]) -> int:
    """Begin work in a forked child with connections of its own; a refusal is told apart from a mishap."""
    from django.db import connections

    from beholden.refusals import Refusal

    connections.close_all()
    child = os.fork()
    if child == 0:
        status = _GONE_WRONG
        try:
            work()
            status = 0
        except Refusal:
            traceback.print_exc()
            status = _REFUSED
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


def answer(work: Callable[[], object]) -> object:
    """Do work in a fresh process and bring back what it returns; fail if it did not come to its end."""
    source, sink = os.pipe()
    child = start(lambda: _say(sink, work()))
    os.close(sink)
    with os.fdopen(source, "rb") as pipe:
        said = pipe.read()
    code = ended(child)
    assert code == 0, f"the process ended with {code}"
    return pickle.loads(said)  # noqa: S301  our own child's


def _say(sink: int, found: object) -> None:
    with os.fdopen(sink, "wb") as pipe:
        pickle.dump(found, pipe)
