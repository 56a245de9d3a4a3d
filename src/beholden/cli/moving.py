# SPDX-License-Identifier: Apache-2.0
"""Fetches the record of a child who moved to a school, for that school's officer at the keeper's machine.

Key, number and birth date are asked for, never given as words of the command: those can be read by every user of the
machine while it runs, and stay in the shell's history.
"""

from datetime import datetime
from pathlib import Path

from beholden.cli.family import asked
from beholden.cli.typed import whom


def fetch_record(root: Path, ref: str, out: Path, *, at: datetime) -> str:
    """Ask for the officer's key, the number and the birth date; write the locked file."""
    key = asked("Your access key")
    number, born = whom()
    from beholden.cli.keeper import opened

    with opened(root) as home:
        from beholden.catalogue import in_force
        from beholden.home.files import write_durably
        from beholden.rights.school.asked import Fetch
        from beholden.rights.school.moving import fetch
        from beholden.rights.shown import Shown

        got = fetch(Fetch(Shown(ref, key), number, born), catalogue=in_force(home), at=at)
        write_durably(out, got.content)
    return f"{out}: locked to your school's key. The family reads of it from today on."
