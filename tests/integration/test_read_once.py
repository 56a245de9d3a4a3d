# SPDX-License-Identifier: Apache-2.0
"""A page reads of a published log what came since, and never what another log once said there (D26)."""

import shutil

import pytest

import homes
from integration.world import World

pytestmark = pytest.mark.story
EARLIER = []
"""The checkpoint at which the story begins."""


@pytest.fixture(scope="module")
def world(base_home, tmp_path_factory):
    from beholden.settings import found

    with homes.fresh(base_home) as home, found.acting_as(home, "keeper"):
        world = World(tmp_path_factory.mktemp("town"))
        world.returns()
        world.published()
        yield world


@pytest.fixture
def parsed(monkeypatch):
    """Return the entries that are parsed for readers, as they come."""
    from beholden.ledger import reading

    seen, parse = [], reading.parse

    def noted(raw, *, log):
        seen.append(raw)
        return parse(raw, log=log)

    monkeypatch.setattr(reading, "parse", noted)
    return seen


def head():
    from beholden.ledger import queries as ledger

    return ledger.checkpoint("events").checkpoint


def plainly(*kinds):
    """The naive twin: every entry, parsed, in order."""
    from beholden.ledger import queries as ledger
    from beholden.ledger.entries import parse

    every = [parse(raw, log="events") for raw in ledger.entries("events")]
    return [(index, one.at, one.body) for index, one in enumerate(every) if isinstance(one.body, kinds)]


def as_plain(found):
    return [(one.index, one.at, one.body) for one in found]


def test_each_entry_is_parsed_once_and_all_are_there(world, parsed):
    from beholden.ledger.reading import Reader
    from beholden.ledger.vocabulary.events import NoticeGiven, UseMoved

    reader = Reader("events", UseMoved, NoticeGiven)
    before = head()
    EARLIER.append(before)
    assert as_plain(reader.upto(before)) == plainly(UseMoved, NoticeGiven) != []
    assert len(parsed) == before.size
    world.told()
    grown = head()
    assert grown.size > before.size
    assert as_plain(reader.upto(grown)) == plainly(UseMoved, NoticeGiven)
    assert as_plain(reader.upto(grown)) == plainly(UseMoved, NoticeGiven)
    assert len(parsed) == grown.size
    assert reader.upto(None) == ()


def test_of_a_log_that_does_not_go_on_from_there_nothing_is_remembered(world, parsed):
    """A home that was put back from a backup, and grew otherwise, is read from its beginning."""
    from beholden.ledger import reading
    from beholden.ledger.vocabulary.events import NoticeGiven, UseMoved

    kinds = (UseMoved, NoticeGiven)
    reader, now = reading.Reader("events", *kinds), head()
    reader.upto(now)
    for size, root in ((now.size, bytes(32)), (now.size - 1, bytes(32)), (now.size + 1, now.root)):
        held = reader._read
        reader._read = reading._Read(held.home, size, root, ())
        parsed.clear()
        assert as_plain(reader.upto(now)) == plainly(*kinds)
        assert len(parsed) == now.size
    parsed.clear()
    (smaller,) = EARLIER
    assert as_plain(reader.upto(smaller)) == [one for one in plainly(*kinds) if one[0] < smaller.size]
    assert smaller.size < now.size
    assert as_plain(reader.upto(now)) == plainly(*kinds)
    assert parsed == [], "who asks for less than is known, or again, has nothing read"


def test_another_homes_log_is_another_log(world, base_home, parsed):
    from beholden.home import here
    from beholden.ledger.reading import Reader
    from beholden.ledger.vocabulary.events import UseMoved
    from beholden.settings import found

    reader, now = Reader("events", UseMoved), head()
    assert reader.upto(now)
    ours = here()
    with homes.fresh(base_home) as other, found.acting_as(other, "keeper"):
        shutil.copytree(ours.ledger, other.ledger, dirs_exist_ok=True)
        parsed.clear()
        assert as_plain(reader.upto(now)) == plainly(UseMoved)
        assert len(parsed) == now.size
