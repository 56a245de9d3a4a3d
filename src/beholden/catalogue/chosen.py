# SPDX-License-Identifier: Apache-2.0
"""Says which country's pack a home is under (ADR 0012). The choice is made once, when the home is founded.

It lies in one file of the home, so that every process of the home reads the same. It loosens nothing: the gate decides
under no catalogue but the one that the public log said last.
"""

import os

from beholden.catalogue.entries import Catalogue
from beholden.catalogue.pack import SHIPPED, load
from beholden.home import Home, here
from beholden.home.files import write_new
from beholden.refusals import Refusal

FIRST = "england"
"""The pack of homes that were founded before there was a choice, and of whoever names none."""


def choose(home: Home, name: str) -> str:
    """Write down the pack of a home that is being founded (an empty name: the first), and return its name.

    The home's folder is there. Another pack than the one a home was founded under is refused, at any time.
    """
    is_founded = home.pack.exists() or home.pgdata.exists()
    wanted = name or (chosen(home) if is_founded else FIRST)
    load(wanted)
    if is_founded and chosen(home) != wanted:
        raise Refusal(
            "catalogue.pack_fixed",
            "This home was founded under another country's catalogue, and stays under it.",
            next_step="Found a home of its own for the other country.",
            authority="D41; ARCHITECTURE section 3: one home is one keeper",
        )
    if not is_founded:
        write_new(home.pack, f"{wanted}\n".encode())
    return wanted


def chosen(home: Home) -> str:
    """Return the name of a home's pack, or refuse a file that names none of those that come with us."""
    if not home.pack.exists():
        return FIRST
    try:
        name = home.pack.read_text("utf-8").removesuffix("\n")
    except UnicodeDecodeError:
        name = ""
    if name not in SHIPPED:
        raise Refusal(
            "catalogue.pack_unreadable",
            "The file that says which country's catalogue this home is under names none that comes with us.",
            next_step=f"Put the file {home.pack.name} back as it was. It names one of: {', '.join(sorted(SHIPPED))}.",
            authority="D41",
        )
    return name


def in_force(home: Home) -> Catalogue:
    """Return the catalogue that a home is under."""
    return load(chosen(home))


def in_force_here() -> Catalogue:
    """Return the catalogue of the home that BEHOLDEN_HOME names; the first pack's, where none is named.

    Only pages that are shown without a home (in tests, and for their pictures) are without one.
    """
    return in_force(here()) if os.environ.get("BEHOLDEN_HOME") else load(FIRST)
