# SPDX-License-Identifier: Apache-2.0
"""What every test may ask for: shared reference data, a tool or a sentence why not, a keeper's home.

pytest-django is switched off (`-p no:django`): it would configure Django before there is a home, wrap each
test in a transaction that is rolled back, and forbid the database elsewhere. The role wall, the outbox and
the sequencer need real commits; so each test that asks for `keeper_home` gets a database of its own, cloned
in a moment. Django is imported by those tests alone: pure tests stay fast, and show that they are pure.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import psycopg
import pytest
from hypothesis import HealthCheck, settings

import homes
from beholden.home import Home, postgres
from homes import lack

REPOSITORY = Path(__file__).resolve().parents[1]
os.environ["DJANGO_SETTINGS_MODULE"] = "beholden.settings"
for name in ("BEHOLDEN_HOME", "BEHOLDEN_LOGIN", "BEHOLDEN_HOSTS", "DATABASE_URL"):
    os.environ.pop(name, None)  # a test never reaches the home of whoever runs it

# A failure must come back at the next run: examples follow from the test alone, and the seed is printed.
settings.register_profile(
    "house", derandomize=True, print_blob=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
# `make test-long` gives a new seed instead, and prints it.
settings.register_profile(
    "long", max_examples=2_000, print_blob=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("house")


def pytest_report_header() -> str:
    return "hypothesis: derandomized; order: -p randomly_seed=N repeats the seed printed by pytest-randomly"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests of a module that is one story back into the order in which they are written, after the shuffling."""
    stories: dict[object, list[int]] = {}
    for place, item in enumerate(items):
        if item.get_closest_marker("story"):
            stories.setdefault(item.path, []).append(place)
    for places in stories.values():
        told = sorted((items[place] for place in places), key=lambda item: item.location[1] or 0)
        for place, item in zip(places, told, strict=True):
            items[place] = item


@pytest.fixture(scope="session")
def require() -> Callable[[str], Path]:
    """Return a function that finds a program, or skips (or fails) with a sentence."""

    def find(tool: str) -> Path:
        found = shutil.which(tool)
        if found is None:
            lack(f"this machine has no {tool}")
        return Path(str(found))

    return find


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of reference data beside the repository."""
    folder = REPOSITORY.parent / "shared"
    if not folder.is_dir():
        lack("there is no folder of shared reference data beside the repository")
    return folder


@pytest.fixture(scope="session")
def base_home() -> Iterator[Home]:
    """Return a founded home whose server runs for the session. Tests take `keeper_home`, its clone."""
    with homes.founded() as home:
        yield home


@pytest.fixture
def keeper_home(base_home: Home) -> Iterator[Home]:
    """Return a fresh founded home with a database of its own; Django is connected to it as the keeper's login.

    What a test commits is really committed. BEHOLDEN_HOME and BEHOLDEN_LOGIN are set, for programs it starts too.
    """
    with homes.clone(base_home) as home:
        yield home


@pytest.fixture
def as_login(keeper_home: Home) -> Callable[[str], AbstractContextManager[psycopg.Connection]]:
    """Return a function that opens a bare connection: `with as_login("web") as connection:`."""
    return lambda login: postgres.connected(keeper_home, login)
