# SPDX-License-Identifier: Apache-2.0
"""Says whether a home's tables are those of this version. Reads, as the owner, and changes nothing."""

from django.db import connection
from django.db.migrations.loader import MigrationLoader

from beholden.home import Home
from beholden.refusals import Refusal
from beholden.settings.found import acting_as

_AUTHORITY = "What was accepted is never lost; ARCHITECTURE section 3"


def check_version(home: Home) -> None:
    """Refuse a home whose tables a newer version has changed, and one that this version has yet to change."""
    with acting_as(home, "owner"):
        loader = MigrationLoader(connection)
        applied, known = set(loader.applied_migrations), set(loader.disk_migrations)
    newer, older = sorted(applied - known), sorted(known - applied)
    if newer:
        raise Refusal(
            "settings.home_newer",
            f"A newer version has opened this home: its tables have {'.'.join(newer[-1])}, unknown here.",
            next_step="Install that version, or a newer one. Nothing was changed.",
            authority=_AUTHORITY,
        )
    if older:
        raise Refusal(
            "settings.home_older",
            f"This home has not been brought up to this version: its tables lack {'.'.join(older[0])}.",
            next_step="Make a backup, then run: beholden --home DIR init",
            authority=_AUTHORITY,
        )
