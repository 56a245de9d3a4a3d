# SPDX-License-Identifier: Apache-2.0
"""Pages with a stand-in behind them: no database, a home with one key."""

from pathlib import Path

import django
import pytest

django.setup()  # the stand-in is typed with the domain's values, and those stand beside models

from beholden.catalogue import SHIPPED  # noqa: E402
from beholden.catalogue.tiles import tiles  # noqa: E402
from beholden.home import Home, create_folders, keys  # noqa: E402
from unit.web import doubles  # noqa: E402
from unit.web.office import Office  # noqa: E402


@pytest.fixture(scope="session")
def _pages(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Let the settings read the key of the pages once, from a home that holds nothing else."""
    from django.conf import settings

    home = Home(tmp_path_factory.mktemp("pages"))
    home.root.chmod(0o700)
    create_folders(home)
    keys.create(home, "django")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BEHOLDEN_HOME", str(home.root))
        str(settings.SECRET_KEY)


@pytest.fixture(autouse=True)
def _no_database(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail whatever asks a database: a page whose question has no stand-in would be answered by chance."""
    from beholden.settings import place

    monkeypatch.setattr(place, "connection", lambda: pytest.fail("this page asks a database"))


@pytest.fixture
def box(_pages: None, monkeypatch: pytest.MonkeyPatch) -> doubles.LetterBox:
    """Return the letter behind the pages; everything the pages ask for is answered from memory."""
    from beholden.web.family import answering, mine, opening, permission, sitting
    from beholden.web.public import log, recipients, register, report, rules

    held = doubles.LetterBox()
    monkeypatch.setattr(sitting, "open_letter", held.open_letter)
    monkeypatch.setattr(opening, "report_not_mine", held.report_not_mine)
    monkeypatch.setattr(opening, "warned_of", doubles.warned_of)
    monkeypatch.setattr(answering, "answer", held.answer)
    monkeypatch.setattr(mine, "answer", held.answer)
    monkeypatch.setattr(permission, "answer", held.answer)
    monkeypatch.setattr(permission, "agree", held.agree)
    monkeypatch.setattr(mine, "earlier_answer", held.earlier_answer)
    monkeypatch.setattr(answering, "public_use", doubles.public_use)
    for module in (sitting, answering, opening, mine, permission):
        monkeypatch.setattr(module, "now", lambda: doubles.NOW)
    for name in ("register_of_uses", "public_use", "public_numbers", "public_text", "counted"):
        monkeypatch.setattr(register, name, getattr(doubles, name))
    for name in ("heard", "standing", "incidents", "public_contests", "matched", "tables_for"):
        monkeypatch.setattr(register, name, getattr(doubles, name))
    monkeypatch.setattr(recipients, "routes", doubles.routes)
    monkeypatch.setattr(report, "report_card", doubles.report_card)
    for name in ("entries", "checkpoint", "published_key"):
        monkeypatch.setattr(log.queries, name, getattr(doubles, name))
    monkeypatch.setattr(rules, "history", doubles.history)
    return held


@pytest.fixture
def office(box: doubles.LetterBox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """Return the keeper behind the school's pages, and a home with an inbox for what they receive."""
    from beholden.web import sitting
    from beholden.web.school import door, objecting, post, returns, uses

    held, home = Office(), Home(tmp_path / "home")
    create_folders(home)
    monkeypatch.setenv("BEHOLDEN_HOME", str(home.root))
    for module in (door, objecting, post, returns, sitting, uses):
        monkeypatch.setattr(module, "ask", held.ask)
    monkeypatch.setattr(door, "now", lambda: doubles.NOW)
    return held


@pytest.fixture
def reader(box: doubles.LetterBox):
    """Return a browser without a screen, and without a letter."""
    from django.test import Client
    from django.test.utils import override_settings

    with override_settings(ALLOWED_HOSTS=["testserver"]):
        yield Client(enforce_csrf_checks=False)


@pytest.fixture
def keeper(box: doubles.LetterBox, monkeypatch: pytest.MonkeyPatch) -> doubles.Keeper:
    """Return the keeper behind the hatch, answered from memory."""
    from beholden.web.family import record

    held = doubles.Keeper()
    monkeypatch.setattr(record, "ask", held.ask)
    return held


@pytest.fixture(scope="session")
def _cube(tmp_path_factory: pytest.TempPathFactory):
    """Count the invented pupils of the tables' pages once."""
    from beholden.tables import cubes
    from unit.web import tables_keeper as its

    rows = its.rows(tmp_path_factory.mktemp("pupils"))
    return cubes.build(rows, its.POLICY, its.SECRET, release="second")


@pytest.fixture
def tables(box: doubles.LetterBox, _cube, monkeypatch: pytest.MonkeyPatch):
    """Return the keeper of tables behind the pages, over invented pupils."""
    from beholden.web.public import tables as pages
    from unit.web.tables_keeper import TablesKeeper

    held = TablesKeeper(_cube)
    monkeypatch.setattr(pages, "ask", held.ask)
    monkeypatch.setattr(pages, "tiles_here", lambda: tiles(SHIPPED["england"]))
    return held
