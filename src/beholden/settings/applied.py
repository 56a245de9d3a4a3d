# SPDX-License-Identifier: Apache-2.0
"""Says which changes of tables the connected home has seen. Changes nothing."""

from django.db import connection
from django.db.migrations.loader import MigrationLoader

from beholden.refusals import Refusal

AUTHORITY = "What was accepted is never lost; ARCHITECTURE section 3"


def check_not_newer() -> tuple[tuple[str, str], ...]:
    """Refuse a home that a newer version has changed; return which changes this version has yet to make.

    Founding asks it before it touches a table: an older version's grants would close the newer tables.
    """
    loader = MigrationLoader(connection)
    applied, known = set(loader.applied_migrations), set(loader.disk_migrations)
    if newer := sorted(applied - known):
        raise Refusal(
            "settings.home_newer",
            f"A newer version has opened this home: its tables have {'.'.join(newer[-1])}, unknown here.",
            next_step="Install that version, or a newer one. Nothing was changed.",
            authority=AUTHORITY,
        )
    return tuple(sorted(known - applied))
