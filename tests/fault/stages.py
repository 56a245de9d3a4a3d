# SPDX-License-Identifier: Apache-2.0
"""The points of a story at which tests kill: a home for each, made from the one before, and a handover's own steps."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import homes
from beholden.home import Home
from fault import kills
from integration.world import CATALOGUE, REGISTRAR, World

After = Callable[[Home | None, kills.Work], tuple[Home, Any]]


@contextmanager
def points(base_home: Home) -> Iterator[After]:
    """Lend what makes a point: a home as an earlier one stood (or a fresh one), in which work was done; its answer."""
    from beholden.settings import found

    kills.ready()
    with ExitStack() as stack:

        def after(earlier, work):
            home = stack.enter_context(homes.duplicate(earlier) if earlier else homes.fresh(base_home))
            with found.acting_as(home, "keeper"):
                return home, kills.answer(work)

        yield after


@dataclass(frozen=True)
class Handover:
    """A home in which a handover has come to a point, with its name."""

    home: Home
    world: World
    disclosure: str = ""

    def header(self):
        from beholden.gate.actions import releasing

        decision = self.world.decided()
        return releasing.fix_header(
            self.world.use, decision, catalogue=CATALOGUE, by=REGISTRAR, at=self.world.at
        ), self.world.at

    def build(self):
        from beholden.gate.actions.releasing import build

        build(self.disclosure, by=REGISTRAR, at=self.world.at)

    def announce(self):
        from beholden.gate.actions.releasing import log_intent

        self.build()
        log_intent(self.disclosure, by=REGISTRAR, at=self.world.at)

    def let_go(self):
        from beholden.gate.actions.releasing import release

        release(self.disclosure, catalogue=CATALOGUE, by=REGISTRAR, at=self.world.at)


def fixed_and_announced(base_home: Home, folder: Path, begin: Callable[[Path], tuple[World, ...]]):
    """Yield two points of one handover: its header fixed, and its intent in the log."""
    with points(base_home) as after:
        told, (world, *_) = after(None, lambda: begin(folder))
        fixed, (disclosure, at) = after(told, Handover(told, world).header)
        world.at = at
        announced, _ = after(fixed, Handover(fixed, world, disclosure).announce)
        yield {
            "fixed": Handover(fixed, world, disclosure),
            "announced": Handover(announced, world, disclosure),
        }
