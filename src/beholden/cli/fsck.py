# SPDX-License-Identifier: Apache-2.0
"""`beholden fsck`: checks a whole home and says in words what is wrong, where, and what to do. Changes nothing.

Decides nothing but the exit status: 0 nothing is wrong (there may be notes), 1 something is.
"""

import json
import textwrap
from dataclasses import asdict
from pathlib import Path

from django.db import DatabaseError

from beholden.fsck.disk import check_disk, check_logins, check_pages
from beholden.fsck.guard import guarded
from beholden.fsck.rules import Findings, Weight
from beholden.home import Home
from beholden.refusals import Refusal

CLEAN, WRONG = 0, 1
_WIDTH = 100


def run(root: Path, *, offline: bool, as_json: bool) -> int:
    """Check a home, print what is found as it is found, and return the exit status."""
    home = Home(root.resolve())
    if not home.pgdata.is_dir():
        raise Refusal(
            "cli.no_home",
            "There is no register in this folder.",
            next_step="Name the keeper's folder with --home, or found one: beholden --home DIR init",
            authority="ARCHITECTURE section 3",
        )
    seen = []
    for one in everything(home, offline=offline):
        seen.append(one)
        if not as_json:
            print(f"{'WRONG' if one.weight is Weight.FINDING else 'note '}  {one.where}  [{one.code}]")
            for words in (one.sentence, f"What to do: {one.next_step}"):
                print(textwrap.fill(words, _WIDTH, initial_indent="       ", subsequent_indent="       "))
    wrong = [one for one in seen if one.weight is Weight.FINDING]
    notes = [one for one in seen if one.weight is Weight.NOTE]
    if as_json:
        whole = {
            "clean": not wrong,
            "pages_checked": offline,
            "findings": [asdict(one) for one in wrong],
            "notes": [asdict(one) for one in notes],
        }
        print(json.dumps(whole, indent=2, ensure_ascii=False))
    else:
        print(_summary(len(wrong), len(notes), offline=offline))
    return WRONG if wrong else CLEAN


def everything(home: Home, *, offline: bool) -> Findings:
    """Yield all findings: the pages first, while the server is stopped; then the disk; then the tables."""
    if offline:
        yield from guarded("postgres/data", check_pages(home))
    yield from check_disk(home)
    yield from guarded("postgres", _tables(home), also=(DatabaseError,))


def _tables(home: Home) -> Findings:
    """Yield what is wrong in the database; refuse to read one whose tables are not this version's."""
    from beholden.catalogue import in_force
    from beholden.cli.keeper import opened

    with opened(home.root):
        from beholden.fsck.tables import check_tables
        from beholden.settings.versions import check_version

        shut_out = tuple(check_logins(home))
        yield from shut_out
        if not shut_out:
            check_version()
            yield from check_tables(home, in_force(home))


def _summary(wrong: int, notes: int, *, offline: bool) -> str:
    result = "Nothing is wrong" if not wrong else f"{wrong:,} thing{'s are' if wrong > 1 else ' is'} wrong"
    pages = (
        "The server was stopped, and the database's pages were checked too."
        if offline
        else "The database's own pages were not checked: that needs --offline, with nothing using the home."
    )
    return f"{result}; {notes:,} note{'' if notes == 1 else 's'}. {pages}"
