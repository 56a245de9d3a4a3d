# SPDX-License-Identifier: Apache-2.0
"""Says whether a home's tables are those of this version. Reads, as the owner, and changes nothing."""

from beholden.home import Home
from beholden.refusals import Refusal
from beholden.settings.applied import AUTHORITY, check_not_newer
from beholden.settings.found import acting_as


def check_version(home: Home) -> None:
    """Refuse a home whose tables a newer version has changed, and one that this version has yet to change."""
    with acting_as(home, "owner"):
        older = check_not_newer()
    if older:
        raise Refusal(
            "settings.home_older",
            f"This home has not been brought up to this version: its tables lack {'.'.join(older[0])}.",
            next_step="Make a backup, then run: beholden --home DIR init",
            authority=AUTHORITY,
        )
