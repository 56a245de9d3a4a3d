# SPDX-License-Identifier: Apache-2.0
"""Plays every seed case in one world, in the order of the list. `make reference` keeps what was said."""

import tempfile
from pathlib import Path

import homes
from beholden.home import Home
from spec.seed_cases.cases import CASES
from spec.seed_cases.stage import Stage
from spec.seed_cases.telling import KEPT, Answer, as_json


def play_all(base: Home, folder: Path) -> dict[str, Answer]:
    """Return what was said to each case, by its name."""
    with homes.clone(base) as home:
        stage = Stage.set_up(home, folder)
        return {case.name: case.play(stage) for case in CASES}


def keep() -> bool:
    """Play every case in a home of its own, keep what was said, and say whether it is new."""
    with homes.founded() as base, tempfile.TemporaryDirectory() as folder:
        said = as_json(play_all(base, Path(folder)))
    if KEPT.exists() and KEPT.read_text("utf-8") == said:
        return False
    KEPT.write_text(said, "utf-8")
    return True
