# SPDX-License-Identifier: Apache-2.0
"""Founds a home, appoints its first registrar, and says in the log which catalogue is in force: its first entry."""

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path


def found(root: Path, *, pack: str, at: datetime) -> Iterator[str]:
    """Found the home under a pack (an empty name: its own, or the first), or bring it up to this version.

    Yields one sentence a step.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "beholden.settings")
    from beholden.catalogue import choose, in_force
    from beholden.cli.keeper import opened
    from beholden.home import Home, create_folders
    from beholden.settings.found import found_home

    home = Home(root.resolve())
    create_folders(home)
    named = choose(home, pack)
    yield from found_home(home).steps
    with opened(root):
        from beholden.gate.actions.governing import set_catalogue
        from beholden.kinds import Actor, Role
        from beholden.people.actions import appoint_first
        from beholden.people.queries import Body, first_registrar

        registrar = first_registrar()
        if registrar is None:
            keeper = Body("keeper", "The keeper of this register", "keeper", "", "", "")
            registrar = appoint_first("registrar", keeper, by=Actor("founder", Role.KEEPER), at=at)
            yield "The first registrar is appointed, who appoints all others."
        catalogue = in_force(home)
        set_catalogue(catalogue, by=registrar, at=at)
        yield f"The catalogue in force is that of {named}, {catalogue.hash[:16]}…; the public log says so."
        from beholden.uses.actions import publish_texts

        if put := publish_texts(by=registrar, at=at):
            yield f"The texts of {put} uses were missing beside the log, and lie there now."
