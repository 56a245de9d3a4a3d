# SPDX-License-Identifier: Apache-2.0
"""Moves one parcel out of quarantine, whatever way it goes. Decides nothing: *releasing* is committed before."""

import hashlib
from contextlib import suppress
from pathlib import Path

from beholden.home import here
from beholden.home.files import fsync_folder
from beholden.refusals import Refusal


def move_out(name: str, gone: Path, payload: str) -> None:
    """Move a parcel to where it goes, unless an earlier run has; refuse if it is not the very bytes that were logged.

    What a killed run moved is flushed like our own, and looked at once more.
    """
    waiting, is_moved = here().quarantine / name, False
    with suppress(FileNotFoundError):  # an earlier run has moved it, or another does at this moment
        if _digest(waiting) != payload:
            raise _damaged()
        waiting.replace(gone)
        is_moved = True
    if not gone.exists() or not (is_moved or _digest(gone) == payload):
        raise _damaged()
    fsync_folder(gone.parent)
    fsync_folder(waiting.parent)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _damaged() -> Refusal:
    return Refusal(
        "gate.parcel_damaged",
        "The parcel is not there, or is not the one whose hash was logged, so nothing leaves.",
        next_step="Run `beholden fsck`. Put back the very file from a copy: none other may go under this name.",
        authority="ARCHITECTURE section 5: what leaves is what was logged",
    )
