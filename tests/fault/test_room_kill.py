# SPDX-License-Identifier: Apache-2.0
"""The reading room and the match are killed at each step of their own: nothing lies there unlogged, nothing half. D21, D23.

What they share with an extract is killed in test_release_kill.py.
"""

import pytest

import homes
from beholden.home import here, keys
from fault import kills
from fault.stages import fixed_and_announced
from integration import named, test_enclave, test_match
from integration.world import CATALOGUE, RECIPIENT

MATCHING = test_match.MATCHING


@pytest.fixture(scope="module")
def stages(base_home, tmp_path_factory):
    """Two points of one study for the room: its header fixed, and its intent in the log."""
    yield from fixed_and_announced(base_home, tmp_path_factory.mktemp("town"), test_enclave.begun)


def opened(disclosure, folder):
    """How many rows lie in a folder under this handover, opened with their own key."""
    from beholden.gate import room
    from beholden.gate.models import Disclosure

    path = folder / Disclosure.objects.get(pk=disclosure).file
    key = keys.load(here(), room.key_name(disclosure))
    return room.unseal(path.read_bytes(), key=key, list_id=disclosure).rows.num_rows


def test_what_is_built_for_the_room_is_whole_or_not_named(stages):
    """Key, file, list of tags, row: killed before any, the next run builds what opens, and the room stays empty."""
    stage, met = stages["fixed"], []

    def once_more(struck):
        from beholden.gate.models import Disclosure

        before = Disclosure.objects.get(pk=stage.disclosure).state
        with struck.platter.turning():
            stage.build()
        assert not list(struck.home.enclave.iterdir())
        assert opened(stage.disclosure, struck.home.quarantine) > 10
        return before

    for struck in kills.each_kill(stage.home, stage.build):
        met.append(kills.answer(lambda struck=struck: once_more(struck)))
    assert met == ["fixed"] * (len(met) - 1) + ["built"]
    assert len(met) > 8


def test_nothing_lies_in_the_room_before_its_way_there_is_written_down(stages):
    """Killed at any step on the way in: at worst logged and not there; then it lies there, once, and fsck is content."""
    from beholden.fsck.rules import Weight
    from beholden.fsck.tables import check_tables

    stage, met = stages["announced"], []

    def once_more(struck):
        from beholden.gate.models import Disclosure

        before = Disclosure.objects.get(pk=stage.disclosure).state
        lies = bool(list(struck.home.enclave.iterdir()))
        assert not lies or before in {"releasing", "released"}
        with struck.platter.turning():
            stage.let_go()
        assert opened(stage.disclosure, struck.home.enclave) > 10
        if struck.last:
            found = check_tables(struck.home, CATALOGUE)
            assert [one for one in found if one.weight is Weight.FINDING] == []
        return before

    for struck in kills.each_kill(stage.home, stage.let_go):
        met.append(kills.answer(lambda struck=struck: once_more(struck)))
    assert list(dict.fromkeys(met)) == ["logged", "releasing", "released"]


def test_a_list_that_is_handed_in_is_there_whole_or_not_at_all(base_home, tmp_path_factory):
    """File, row of the list, entry for the log: killed before any, nothing was handed in, and it can be again."""
    from beholden.settings import found

    folder, met = tmp_path_factory.mktemp("town"), []
    with homes.fresh(base_home) as home:
        with found.acting_as(home, "keeper"):
            world, *_ = kills.answer(lambda: test_match.begun(folder))
            path = test_match.written(folder, test_match.listed(world.children()))

        def hand_in():
            from beholden.gate.actions.matching import hand_in as take

            take(world.use, path, catalogue=MATCHING, by=RECIPIENT, at=world.at)

        def once_more(struck):
            from beholden.gate import rosters
            from beholden.gate.models import Roster
            from beholden.ledger.models import Outbox

            before = Roster.objects.count()
            assert Outbox.objects.filter(kind="roster").count() == before
            with struck.platter.turning():
                hand_in()
            assert len(rosters.people(rosters.newest(world.use))) == len(world.children())
            return before

        for struck in kills.each_kill(home, hand_in):
            met.append(kills.answer(lambda struck=struck: once_more(struck)))
    assert met == [0] * (len(met) - 1) + [1]


def test_a_list_of_names_that_is_handed_in_is_there_whole_or_not_at_all(base_home, tmp_path_factory):
    """Key, index, lists, pairs, entry for the log: killed before any, nothing was handed in, and it can be again."""
    from beholden.settings import found

    folder, met = tmp_path_factory.mktemp("town"), []
    with homes.fresh(base_home) as home:
        with found.acting_as(home, "keeper"):
            world, safe = kills.answer(lambda: _begun_with_safe(folder))
            unsafe = [child for child in world.children() if child.upn not in safe]
            lines = named.listed(unsafe[:5])
            path = named.written(folder, [*lines, *named.STRANGERS])

        def hand_in():
            named.hand_in(world, path)

        def once_more(struck):
            from beholden.fsck.rules import Weight
            from beholden.fsck.tables import check_tables
            from beholden.gate.models import LinkedPair, Linking, Roster
            from beholden.ledger.actions import sequence
            from beholden.ledger.models import Outbox

            before = Roster.objects.count()
            assert Linking.objects.count() == before
            assert Outbox.objects.filter(kind="roster").count() == before
            with struck.platter.turning():
                hand_in()
            newest = Roster.objects.latest("pk")
            assert LinkedPair.objects.filter(roster=newest, known="").count() == 5
            sequence(at=world.at)
            found = [one for one in check_tables(struck.home, MATCHING) if one.weight is Weight.FINDING]
            assert found == [], struck.name
            return before

        for struck in kills.each_kill(home, hand_in):
            met.append(kills.answer(lambda struck=struck: once_more(struck)))
    assert met == [0] * (len(met) - 1) + [1]
    assert len(met) > 15


def _begun_with_safe(folder):
    """A match that was told, and the number of the child who is kept safe: no pair of it is kept."""
    world, _, hidden = test_match.begun(folder)
    return world, test_match.numbers(world, hidden)
