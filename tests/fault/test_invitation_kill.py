# SPDX-License-Identifier: Apache-2.0
"""A letter that is passed on is killed at each step of its own: no school has a list before the log has it. D16, D21.

What it shares with an extract is killed in test_release_kill.py.
"""

import pytest

from beholden.home import here, keys
from fault import kills
from fault.stages import fixed_and_announced
from integration import test_invitation
from integration.world import CATALOGUE


@pytest.fixture(scope="module")
def stages(base_home, tmp_path_factory):
    """Two points of one letter: its header fixed, and its intent in the log."""
    yield from fixed_and_announced(base_home, tmp_path_factory.mktemp("town"), test_invitation.begun)


def opened(disclosure, folder):
    """How many pupils stand on all lists of this handover in a folder, opened with their own key."""
    from beholden.gate import post
    from beholden.gate.models import Disclosure

    path = folder / Disclosure.objects.get(pk=disclosure).file
    key = keys.load(here(), post.key_name(disclosure))
    return sum(map(len, post.unseal(path.read_bytes(), key=key, list_id=disclosure).rolls.values()))


def said_delivered(disclosure):
    """How often the log, and its outbox, say that this letter is passed on: a second row would be heard once, too."""
    from beholden.gate.check import public_log
    from beholden.ledger.models import Outbox

    published = public_log().read.outcomes.values()
    rows = Outbox.objects.filter(kind="outcome").values_list("body", flat=True)
    return (
        sum(one.body.id.hex() == disclosure for one in published),
        sum(disclosure in str(body) for body in rows),
    )


def test_what_is_built_for_the_post_is_whole_or_not_named(stages):
    """Key, file, list of tags, row: killed before any, the next run builds what opens, and no list is there."""
    stage, met = stages["fixed"], []

    def once_more(struck):
        from beholden.gate.models import Disclosure

        before = Disclosure.objects.get(pk=stage.disclosure).state
        with struck.platter.turning():
            stage.build()
        assert not list(struck.home.post.iterdir())
        assert opened(stage.disclosure, struck.home.quarantine) == 40
        return before

    for struck in kills.each_kill(stage.home, stage.build):
        met.append(kills.answer(lambda struck=struck: once_more(struck)))
    assert met == ["fixed"] * (len(met) - 1) + ["built"]
    assert len(met) > 8


def test_no_school_has_a_list_before_its_way_there_is_written_down(stages):
    """Killed at any step: at worst logged and not there; then it is there, said once, and fsck is content."""
    from beholden.fsck.rules import Weight
    from beholden.fsck.tables import check_tables

    stage, met = stages["announced"], []

    def once_more(struck):
        from beholden.gate.models import Disclosure

        before = Disclosure.objects.get(pk=stage.disclosure).state
        lies = bool(list(struck.home.post.iterdir()))
        assert not lies or before in {"releasing", "released"}
        with struck.platter.turning():
            stage.let_go()
        assert opened(stage.disclosure, struck.home.post) == 40
        assert said_delivered(stage.disclosure) == (1, 1)
        if struck.last:
            found = check_tables(struck.home, CATALOGUE)
            assert [one for one in found if one.weight is Weight.FINDING] == []
        return before

    for struck in kills.each_kill(stage.home, stage.let_go):
        met.append(kills.answer(lambda struck=struck: once_more(struck)))
    assert list(dict.fromkeys(met)) == ["logged", "releasing", "released"]
