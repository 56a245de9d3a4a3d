# SPDX-License-Identifier: Apache-2.0
"""Journeys: a town, a study whose window is open now, the pages served by gunicorn as the doors' login, a browser."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser

import homes
from beholden.home import Home
from integration.graded import Played
from integration.world import HEARD, World
from journeys.screen import chromium


@pytest.fixture(scope="module")
def browser(require: Callable[[str], Path]) -> Iterator[Browser]:
    with chromium(require("chromium")) as found:
        yield found


@dataclass
class Site:
    """Where the pages are served, and everything the server has said."""

    address: str
    log: Path

    def said(self) -> str:
        return self.log.read_text()


@pytest.fixture
def world(keeper_home: Home, tmp_path: Path) -> World:
    """Return a town whose families can answer now: the door reads the real clock."""
    made = World(tmp_path, at=datetime.now(UTC).replace(microsecond=0) - HEARD - timedelta(days=3))
    made.returns()
    made.published()
    made.told()
    return made


@pytest.fixture
def keeper(world: World, keeper_home: Home) -> Iterator[None]:
    """Run the keeper's process beside the pages, as `beholden serve` does."""
    from beholden.cli.serving import kept

    with kept(keeper_home):
        yield


@pytest.fixture
def site(world: World, keeper_home: Home, tmp_path: Path) -> Iterator[Site]:
    with served(keeper_home, tmp_path / "server.log") as found:
        yield found


@pytest.fixture(scope="module")
def played(base_home: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    """Lend one town in which a use was refused and one released, for all that only look; what is changed is put back."""
    with homes.clone(base_home) as home:
        yield Played(home, tmp_path_factory.mktemp("town"))


@pytest.fixture(scope="module")
def pages(played: Played, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with served(played.home, tmp_path_factory.mktemp("site") / "server.log") as found:
        yield found


@contextmanager
def served(home: Home, log: Path) -> Iterator[Site]:
    """Serve the pages as `beholden serve` does: gunicorn, under the login that can read neither vault nor manifest."""
    command = [sys.executable, "-m", "gunicorn", "beholden.web.wsgi", "--bind", "127.0.0.1:0"]
    command += ["--workers", "1", "--threads", "4", "--log-level", "debug", "--access-logfile", "-"]
    command += ["--preload", "--limit-request-line", "8190"]
    environment = {**os.environ, "BEHOLDEN_HOME": str(home.root), "BEHOLDEN_LOGIN": "web"}
    with log.open("w") as out, subprocess.Popen(command, env=environment, stdout=out, stderr=out) as server:
        try:
            yield Site(_address(server, log), log)
        finally:
            server.terminate()
            server.wait(timeout=20)


def _address(server: subprocess.Popen[bytes], log: Path) -> str:
    """Wait until gunicorn says where it listens."""
    for _ in range(200):
        for line in log.read_text().splitlines():
            if "Listening at: " in line:
                return line.split("Listening at: ")[1].split()[0]
        if server.poll() is not None:
            break
        try:
            server.wait(timeout=0.1)
        except subprocess.TimeoutExpired:
            continue
    raise RuntimeError(log.read_text())
