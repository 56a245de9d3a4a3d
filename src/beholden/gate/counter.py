# SPDX-License-Identifier: Apache-2.0
"""Where questions about tables are answered, for as long as one process lives: cubes, errors, and who had what.

Cubes are as secret as the rows and stay in the keeper's memory; perturbation tables are made once. Of an asker it has a
keyed hash, which its door made, and which tables it had; nothing of that is written anywhere.
"""

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import combinations
from threading import Lock

from beholden.gate import shelves
from beholden.gate.shelves import Held
from beholden.home import here, keys
from beholden.refusals import Refusal
from beholden.tables import answering, cubes, monitor, question
from beholden.tables.answering import Answer, Ready
from beholden.tables.cubes import Cube
from beholden.tables.keys import Secret
from beholden.tables.policy import MISSING, Policy
from beholden.tables.question import Question

MOST_ASKERS = 20_000
"""So many askers are remembered; the one who asked longest ago makes room."""

_CUBES = 8
_AUTHORITY = "D24: open statistics are safe for anyone"


@dataclass(frozen=True, slots=True)
class Open:
    """One release that answers: its row, its cube, its errors, and how its dimensions part groups."""

    held: Held
    cube: Cube = field(repr=False)
    ready: Ready = field(repr=False)
    sizes: monitor.Sizes


@dataclass(slots=True)
class _Had:
    """What one asker had: the tables of each data set and moment, and how many new ones on its last day."""

    tables: dict[str, set[monitor.Table]] = field(default_factory=dict)
    day: date = date.min
    today: int = 0


@dataclass(slots=True)
class Counter:
    """Answers questions for as long as the keeper's process lives."""

    _open: "OrderedDict[str, Open]" = field(default_factory=OrderedDict)
    _had: "OrderedDict[str, _Had]" = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def answered(self, raw: bytes, asker: str, *, at: datetime) -> Answer:
        """Return the answer to a question about a data set that there is, or refuse it.

        The plan: 1 the release stands, and the log has it; 2 the question is one of its policy; 3 the table counts
        among what this asker had, or is refused because that is enough; 4 the answer is made, and where there is none,
        nothing was had.
        """
        known = self._opened(*question.addressed(raw))  # 1
        asked = question.read(raw, known.ready.policy)  # 2
        with self._counted(asked, asker, known, at=at):  # 3
            return answering.answer(asked, known.cube, known.ready)  # 4

    def _opened(self, data: str, release: str) -> Open:
        held = _standing(shelves.answering(data, release))
        with self._lock:
            known = self._open.get(held.name)
            if known is None:
                known = opened(held)
                self._open[held.name] = known
                while len(self._open) > _CUBES:
                    self._open.popitem(last=False)
        return known

    @contextmanager
    def _counted(self, asked: Question, asker: str, known: Open, *, at: datetime) -> Iterator[None]:
        """Count a table as had while the block makes it; taken back where the block fails.

        What was had is of a moment, whatever release of it answered: a new one after a withdrawal begins nothing anew.
        """
        table, moment = frozenset(asked.dimensions), f"{known.held.data}/{known.held.moment}"
        with self._lock:
            had = self._had.setdefault(asker, _Had())
            self._had.move_to_end(asker)
            if len(self._had) > MOST_ASKERS:
                self._had.popitem(last=False)
            if had.day != at.date():
                had.day, had.today = at.date(), 0
            of_moment = had.tables.setdefault(moment, set())
            monitor.check(table, frozenset(of_moment), had.today, known.sizes)
            is_new = table not in of_moment
            had.today += is_new
            of_moment.add(table)
        try:
            yield
        except BaseException:
            with self._lock:
                had.today -= is_new
                if is_new:
                    of_moment.discard(table)
            raise


def opened(held: Held) -> Open:
    """Open the cube of a release, whole, with the errors that its own policy and the home's key give."""
    policy = shelves.read_policy(held.policy)
    secret = Secret(keys.load(here(), shelves.KEY))
    cube = cubes.load(here().tables, held.data, release=held.release)
    cubes.check_fits(cube, policy, secret)
    if cubes.digests(here().tables, held.name) != {"cells": held.cells, "manifest": held.manifest}:
        raise cubes.CubeRefused(
            "other_cube", "The cube is not the one that the log speaks of.", "Run `beholden fsck`."
        )
    return Open(held, cube, answering.ready(policy, secret), sizes_of(cube, policy))


def sizes_of(cube: Cube, policy: Policy) -> monitor.Sizes:
    """Return how the dimensions of a cube part groups, for the monitor."""
    names = (*policy.levels, *(one.name for one in policy.variables))
    cells = {name: shelves.named(cube.categories(name, policy)) for name in names}
    return monitor.Sizes(cells, _inside(cube, policy))


def _inside(cube: Cube, policy: Policy) -> Mapping[tuple[str, str], int]:
    """Return for each larger and smaller area how many of the smaller the larger one with the fewest has."""
    found = {}
    for larger, smaller in combinations(policy.levels, 2):
        codes = {
            name: [place for place, one in enumerate(cube.manifest.areas[name]) if one != MISSING]
            for name in (larger, smaller)
        }
        pairs = cube.cells.group_by([larger, smaller]).aggregate([]).to_pylist()
        many = [
            len({one[smaller] for one in pairs if one[larger] == area} & set(codes[smaller]))
            for area in codes[larger]
        ]
        found[larger, smaller] = max(min(many, default=1), 1)
    return found


def _standing(held: Held | None) -> Held:
    """Return a release that answers, or refuse it."""
    if held is None:
        raise Refusal(
            "tables.no_release",
            "No release of these tables stands.",
            next_step="Look at the list of data sets for what can be asked.",
            authority=_AUTHORITY,
        )
    if held.withdrawn:
        raise Refusal(
            "tables.withdrawn",
            f"This release was withdrawn: {held.withdrawn}",
            next_step="Ask without a release: the one that stands answers.",
            authority=_AUTHORITY,
        )
    if held.entry is None or not held.is_said:
        raise Refusal(
            "tables.unsaid",
            "The public log does not say yet that this release stands.",
            next_step="Ask again in a few minutes.",
            authority="Nothing is released before it is logged",
        )
    return held
