# SPDX-License-Identifier: Apache-2.0
"""Everything that can be checked without the database: folders, files, keys, both logs; and the server's pages."""

from beholden.fsck.files import check_files, check_folders, check_keys
from beholden.fsck.guard import guarded
from beholden.fsck.logs import check_log
from beholden.fsck.rules import Findings, found
from beholden.fsck.witnesses import check_witnesses
from beholden.home import Home, pages, postgres
from beholden.ledger.signer import LOGS


def check_disk(home: Home) -> Findings:
    """Yield what is wrong on the disk."""
    yield from guarded(".", check_folders(home))
    yield from guarded(".", check_files(home))
    yield from guarded("keys", check_keys(home))
    for log in LOGS:
        yield from guarded(f"ledger/{log}", check_log(home, log))
    yield from guarded("witnesses", check_witnesses(home))


def check_pages(home: Home) -> Findings:
    """Yield the database's files that have a damaged page. Refuses while the home is in use."""
    for name in pages.damaged(home):
        yield found(
            "page",
            name,
            "A page of the database is not as it was written.",
            "Restore the database from a backup that is not older than the log; then look at the disk.",
        )


def check_logins(home: Home) -> Findings:
    """Every login of the database gets in with the password that its file holds."""
    try:
        there = postgres.answers(home, "cluster")
    except ValueError:  # the name in the file `database` is no text
        there = False
    if not there:
        sentence = "The database that this home is about is not there."
        yield found("database", "database" if home.database.exists() else "postgres/data", sentence)
        return
    for login in postgres.LOGINS:
        if not postgres.answers(home, login):
            sentence = "The database does not let this login in with this password."
            yield found("password", f"postgres/passwords/{login}", sentence)
