# SPDX-License-Identifier: Apache-2.0
"""Says whether a home is fit to be worked in: asked once by a command, before anything is touched."""

from beholden.catalogue import Catalogue
from beholden.gate.catalogues import check_in_force
from beholden.home import Home, check_closed, keys
from beholden.settings.versions import check_version


def check_ready(home: Home, catalogue: Catalogue) -> None:
    """Refuse by name what would be found out half-way.

    Must hold: 1 every folder is closed to others, and every key is there, closed and whole; 2 the tables are this
    version's, neither newer nor older; 3 this version's rules are those in force (D41). Whether the clock goes back,
    and whether the logs can go on, a command that writes asks the sequencer first.
    """
    for folder in home.folders:  # 1
        check_closed(folder)
    for name in keys.NAMES:
        keys.load(home, name)
    check_version()  # 2
    check_in_force(catalogue)  # 3
