# SPDX-License-Identifier: Apache-2.0
"""A founded home with a running PostgreSQL on a real disk, and a town's returns: what several measurements need."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from beholden.catalogue import load
from beholden.home import Home, postgres
from beholden.kinds import Actor, Role
from measuring import folder, machine

AT = datetime(2026, 2, 1, 9, tzinfo=UTC)
DESK = Actor("desk", Role.KEEPER)
REGISTRAR = Actor("registrar", Role.REGISTRAR, "keeper")
CATALOGUE = load()


@contextmanager
def register() -> Iterator[Home]:
    """Found a home, start its server, connect as the keeper; the server's seconds are counted."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "beholden.settings"
    from beholden.settings import found

    with tempfile.TemporaryDirectory(dir=folder()) as path:
        home = Home(Path(path) / "home")
        with found.acting_as(home, "keeper"):
            found.found_home(home)
            with postgres.serving(home):
                machine.count_server(home.pgdata)
                yield home


def returns(pupils: int, schools: int) -> list[Path]:
    """Return the files that the schools of a town of so many pupils would send; written once in a run."""
    from beholden.town import build, write

    place = folder() / f"town-{pupils}-{schools}"
    if not place.exists():
        fresh = place.with_suffix(".part")
        write(build(pupils, seed=1, schools=schools), fresh)
        fresh.rename(place)
    return sorted(place.glob("*.xml"))


def take_in(files: list[Path]) -> None:
    """Take returns in, every one of which must be accepted."""
    from beholden.register.actions import accept

    for path in files:
        receipt = accept(path, catalogue=CATALOGUE, by=DESK, at=AT)
        if receipt.status != "accepted":
            raise RuntimeError(f"a return was {receipt.status}: {receipt.findings.counts}")
