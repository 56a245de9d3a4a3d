# SPDX-License-Identifier: Apache-2.0
"""Says whether the connected home's tables are those of this version. Reads, as the keeper, and changes nothing."""

from django.db.utils import ProgrammingError

from beholden.refusals import Refusal
from beholden.settings.applied import AUTHORITY, check_not_newer


def check_version() -> None:
    """Refuse a home whose tables a newer version has changed, and one that this version has yet to change."""
    try:
        older = check_not_newer()
    except (
        ProgrammingError
    ):  # the keeper may not look: the grants are another version's, from before it could
        older = (("settings", "grants"),)
    if older:
        raise Refusal(
            "settings.home_older",
            f"This home has not been brought up to this version: its tables lack {'.'.join(older[0])}.",
            next_step="Make a backup, then run: beholden --home DIR init",
            authority=AUTHORITY,
        )
