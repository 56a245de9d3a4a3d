# SPDX-License-Identifier: Apache-2.0
"""Checks the pages of the embedded server's files by their checksums. The server is stopped; nothing is changed.

A page is read by PostgreSQL only when somebody asks for it, so a damaged one can lie unseen for years. `pg_checksums`
reads them all. It sees tables, indexes and their visibility maps; not the write-ahead log, not settings, not the
few files that hold no pages (commit status, statistics, control file).
"""

import re
import subprocess
from pathlib import Path

from beholden.home import Home, binaries, postgres, postmaster, turns
from beholden.refusals import Refusal

_AUTHORITY = "ARCHITECTURE section 3: PostgreSQL, embedded"
_FAILED = re.compile(r'in file "([^"]+)", block \d+|(?:block \d+ in|read) file "([^"]+)"')
_UNCLEAN = "cluster must be shut down"


def damaged(home: Home) -> tuple[str, ...]:
    """Return the files below the home with a page that is not as it was written, each once.

    Refuses while another process uses the home. A server that a crash ended is started and stopped first: what
    it has yet to write down is no damage.
    """
    postgres.stop(home)
    checked = _check(home)
    if _UNCLEAN in checked.stderr:
        with postgres.serving(home):
            pass
        checked = _check(home)
    pgdata = home.pgdata.resolve()
    found = [Path(one or other) for one, other in _FAILED.findall(checked.stderr)]
    if checked.returncode and not found:
        last = [line for line in checked.stderr.splitlines() if line.strip()][-1:]
        raise Refusal(
            "home.pages_unchecked",
            f"The database's pages could not be checked: {last[0] if last else 'pg_checksums gave no reason'}",
            next_step="See that the home's disk can be read; then try again.",
            authority=_AUTHORITY,
        )
    return tuple(dict.fromkeys(f"postgres/data/{path.relative_to(pgdata)}" for path in found))


def _check(home: Home) -> subprocess.CompletedProcess[str]:
    with turns.turn(home):
        if postmaster.find(home.pgdata) is not None:
            raise Refusal(
                "home.in_use",
                "Another process uses this home at this moment.",
                next_step="Let it end, or end it; then try again.",
                authority=_AUTHORITY,
            )
        return binaries.run("pg_checksums", "--check", "-D", str(home.pgdata.resolve()))
