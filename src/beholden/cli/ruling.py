# SPDX-License-Identifier: Apache-2.0
"""The rules' own rules at the command line: what is in force, what was announced, and the announcing."""

import json
from datetime import datetime
from pathlib import Path


def show(root: Path, *, as_json: bool) -> None:
    """Print the rules' history as the published log has it."""
    from beholden.cli.keeper import opened

    with opened(root):
        from beholden.gate.catalogues import history

        told = history()
    if as_json:
        print(json.dumps(told.to_json(), ensure_ascii=False, indent=1))
        return
    for one in told.set:
        print(f"{one.at:%Y-%m-%d}  {one.hash[:16]}…  came into force (entry {one.entry} of events)")
    for other in told.announced:
        print(f"{other.at:%Y-%m-%d}  {other.hash[:16]}…  announced (entry {other.entry} of events)")
        print(f"            not before {other.not_before:%Y-%m-%d %H:%M} UTC, in place of {other.base[:16]}…")
        for change in other.changes:
            print(f"            {change.sentence}")


def announce(root: Path, pack: Path | None, officer: str, *, at: datetime) -> str:
    """Announce a pack that loosens the rules in force; return from when it may hold, in a sentence.

    Not asked here, unlike elsewhere: whether this version's own rules are in force. They need not be, yet.
    """
    from beholden.cli.keeper import opened

    with opened(root) as home:
        from beholden.catalogue import in_force, load
        from beholden.gate.actions.governing import announce_catalogue
        from beholden.people.queries import actor
        from beholden.settings.versions import check_version

        check_version()
        made = announce_catalogue(load(pack) if pack else in_force(home), by=actor(officer), at=at)
    return f"Announced: {made.hash}. It may come into force from {made.not_before:%-d %B %Y, %H:%M} UTC on, not before."
