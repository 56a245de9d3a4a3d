# SPDX-License-Identifier: Apache-2.0
"""Says whether a home is fit for a command that writes: asked once, before anything is touched."""

from datetime import datetime

from beholden.catalogue import Catalogue
from beholden.gate.catalogues import check_in_force
from beholden.home import Home, check_closed, keys
from beholden.ledger.actions import sequence
from beholden.settings.versions import check_version


def check_ready(home: Home, catalogue: Catalogue, *, at: datetime) -> None:
    """Refuse by name what would be found out half-way: for a command that writes, as the keeper, outside a transaction.

    Must hold: 1 every folder is closed to others, and every key is there, closed and whole; 2 the tables are this
    version's, neither newer nor older; 3 the clock does not go back, and both logs can go on (what a killed run left
    waiting is said); 4 this version's rules are those in force (D41).
    """
    for folder in home.folders:  # 1
        check_closed(folder)
    for name in keys.NAMES:
        keys.load(home, name)
    check_version(home)  # 2
    sequence(at=at)  # 3
    check_in_force(catalogue)  # 4
