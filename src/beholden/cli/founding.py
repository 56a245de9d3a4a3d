# SPDX-License-Identifier: Apache-2.0
"""Founds a home and says so in the log: the catalogue in force is the log's first entry."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path


def found(root: Path, *, at: datetime) -> Iterator[str]:
    """Found the home, or bring it up to this version; yield one sentence a step."""
    from beholden.catalogue import load
    from beholden.cli.keeper import opened
    from beholden.home import Home
    from beholden.settings.found import found_home

    home = Home(root.resolve())
    yield from found_home(home).steps
    with opened(root):
        from beholden.gate.actions.governing import set_catalogue
        from beholden.kinds import Actor, Role

        catalogue = load()
        set_catalogue(catalogue, by=Actor("founder", Role.REGISTRAR), at=at)
        yield f"The catalogue in force is {catalogue.hash[:16]}…; the public log says so."
