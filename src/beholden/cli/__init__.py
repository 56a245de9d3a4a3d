# SPDX-License-Identifier: Apache-2.0
"""Doors without a browser. Each command makes one domain call and prints; only those that need it load Django."""

import errno
import signal
import sys

from beholden.refusals import Refusal

_DISK = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EFBIG})
"""What the system says when a disk is full, may not be written, or fails."""


def main() -> None:
    """Run the command line. A refusal is printed as an answer, never as a traceback, and ends with status 1.

    So is a disk that is full or fails: every step is written whole or not at all, and can be done again.
    """
    from beholden.cli.commands import app

    # Asked to end, end as Python does: what was started (the database server) is stopped again on the way out.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        app()
    except Refusal as no:
        _say(no)
    except OSError as trouble:
        if trouble.errno not in _DISK:
            raise
        _say(_no_disk(trouble.strerror or "it failed"))
    except Exception as trouble:
        if not _is_database_down(trouble):
            raise
        _say(_no_database())


def _say(no: Refusal) -> None:
    print(f"Refused: {no.sentence}", file=sys.stderr)
    print(f"What to do: {no.next_step}", file=sys.stderr)
    print(f"[{no.code}; {no.authority}]", file=sys.stderr)
    sys.exit(1)


def _no_disk(said: str) -> Refusal:
    return Refusal(
        "cli.disk",
        f"The disk could not be written: {said}. What was under way was not stored, not even in part.",
        next_step="Make room, or mend the disk; then do it again. What was told as done before is done.",
        authority="What was accepted is never lost",
    )


def _is_database_down(trouble: Exception) -> bool:
    """Say whether the database gave up, by the error's name: a verifier has no Django to ask."""
    return any(
        (kind.__module__, kind.__name__) == ("django.db.utils", "OperationalError")
        for kind in type(trouble).__mro__
    )


def _no_database() -> Refusal:
    # Never the database's own words: they can repeat a value.
    return Refusal(
        "cli.database",
        "The database gave up: its disk is full or fails, or it was ended. What was under way was not stored.",
        next_step="See that the disk has room, and read the log in the home's folder log; then do it again.",
        authority="What was accepted is never lost; D36",
    )
