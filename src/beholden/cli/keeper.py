# SPDX-License-Identifier: Apache-2.0
"""Opens a keeper's home for one command: the server runs, Django is ready, and the login is the keeper's."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from beholden.home import Home, postgres


@contextmanager
def opened(root: Path) -> Iterator[Home]:
    """Run the block inside a founded home, as the keeper; whatever was started is stopped again."""
    import os

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "beholden.settings")
    import django

    from beholden.settings.found import acting_as

    home = Home(root.resolve())
    with postgres.serving(home), acting_as(home, "keeper"):
        django.setup()
        yield home


@contextmanager
def at_work(root: Path) -> Iterator[Home]:
    """Open a home for a command that works in it, if all that it needs is in order; else refuse."""
    with opened(root) as home:
        from beholden.catalogue import in_force
        from beholden.settings.ready import check_ready

        check_ready(home, in_force(home))
        yield home
