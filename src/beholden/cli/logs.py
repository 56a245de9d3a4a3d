# SPDX-License-Identifier: Apache-2.0
"""`beholden log export`, `log copy` and `log witnessed`: what is published, as plain files. No Django, no database.

Decides only where the bytes come from: the keeper's own folder, or the address of anybody's pages.
"""

from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

from beholden.home import Home
from beholden.home.files import write_durably
from beholden.ledger.mirror import CATALOGUES, Read, from_folder, mirror
from beholden.ledger.page.joined import NAME, page
from beholden.ledger.policy import printable
from beholden.ledger.signer import log_of
from beholden.ledger.witnessing import check_witnessed, gather, policy_of
from beholden.refusals import Refusal

_SECONDS = 60
_NOT_THERE = 404
_PUBLIC = 0o644
_AUTHORITY = "D26: a stranger counts again from the published files"


def export(root: Path, to: Path) -> str:
    """Copy a home's published logs and texts into a folder for any web server; return what it holds now."""
    home = Home(root.resolve())
    if to.resolve().is_relative_to(home.root):
        raise _refused(
            "cli.export_into_home",
            "The copy may not lie inside the keeper's folder: a web server would then reach the rest.",
            "Name a folder elsewhere.",
        )
    return _copied(_from_home(home), to)


def copy(address: str, to: Path) -> str:
    """Copy published logs and texts from a web server, a home's pages or plain files; return what the copy holds."""
    if urlsplit(address).scheme not in {"http", "https"} or not urlsplit(address).hostname:
        raise _refused(
            "cli.no_address",
            "This is no address of a log.",
            "Give it whole, like https://records.example/log.",
        )
    return _copied(_from_web(address.rstrip("/")), to)


def witnessed(root: Path) -> int:
    """Ask the home's witnesses, print who has seen what, and return 0 if that is a quorum for both logs."""
    home = Home(root.resolve())
    enough = True
    for one in gather(home):
        print(f"{one.log}, {one.size:,} entries: seen by {', '.join(map(printable, one.seen)) or 'nobody'}.")
        for name, why in one.silent.items():
            print(f"  {printable(name)} has not signed. {why}")
        try:
            check_witnessed(home, one.log, note=log_of(home, one.log).published() or b"")
        except Refusal as no:
            print(f"  {no.sentence}")
            enough = False
    if policy_of(home) is None:
        print("This home has no policy of witnesses, so nobody was asked.")
    return 0 if enough else 1


def _from_home(home: Home) -> Read:
    """Return a reader of what a home publishes: the logs and texts, and beside them what each catalogue said."""
    logs, rules = from_folder(home.ledger), from_folder(home.catalogues.parent)
    return lambda path, most: (rules if path.startswith(f"{CATALOGUES}/") else logs)(path, most)


def _from_web(base: str) -> Read:
    def read(path: str, most: int) -> bytes | None:
        try:
            with urlopen(f"{base}/{path}", timeout=_SECONDS) as answer:  # noqa: S310  `copy` lets no other scheme in
                raw: bytes = answer.read(most + 1)
                return raw
        except HTTPError as cause:
            with cause:
                if cause.code == _NOT_THERE:
                    return None
            raise _unreachable(path, f"answered {cause.code}") from cause
        except (URLError, HTTPException, OSError) as cause:
            raise _unreachable(path, "did not answer") from cause

    return read


def _unreachable(path: str, how: str) -> Refusal:
    return _refused(
        "cli.not_fetched",
        f"The server {how} when it was asked for {path}.",
        "Try again later: what was copied before stands, and only what is new is fetched.",
    )


def _copied(read: Read, to: Path) -> str:
    """Copy, and lay beside it the page that checks a family's file: this program's own, wherever the log is from."""
    try:
        held = mirror(read, to)
        _lay(to / NAME)
    except OSError as cause:
        raise _refused(
            "cli.not_written",
            "The copy cannot be written there.",
            "Look at the folder, its rights and the room on its disk. What was copied before stands.",
        ) from cause
    logs = ", ".join(f"{one.log} with {one.size:,} entries ({one.fresh:,} new)" for one in held.logs)
    return (
        f"Copied: {logs}; {held.texts:,} texts and {held.rules:,} catalogues are new.\n"
        "Whose log it is, is not checked yet: grade it with both keys.\n"
        f"{NAME} checks a family's file in a browser."
    )


def _lay(place: Path) -> None:
    if not place.is_file() or place.read_bytes() != page():
        write_durably(place, page(), mode=_PUBLIC)


def _refused(code: str, sentence: str, next_step: str) -> Refusal:
    return Refusal(code, sentence, next_step=next_step, authority=_AUTHORITY)
