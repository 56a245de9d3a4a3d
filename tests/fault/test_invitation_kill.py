# SPDX-License-Identifier: Apache-2.0
"""A letter that is passed on is killed at each step of its own: no school has a list before the log has it. D16, D21.

What it shares with an extract is killed in test_release_kill.py.
"""

from contextlib import ExitStack
from dataclasses import dataclass

import pytest

import homes
from beholden.home import Home, here, keys
from fault import kills
from integration import test_invitation
from integration.world import CATALOGUE, REGISTRAR, World


@dataclass(frozen=True)
class Stage:
    """A home in which a letter has come to a point, with the handover's name."""

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


@pytest.fixture(scope="module")
def stages(base_home, tmp_path_factory):
    """Two points of one letter: its header fixed, and its intent in the log."""
    from beholden.settings import found

    kills.ready()
    with ExitStack() as stack:

        def after(earlier, work):
            home = stack.enter_context(homes.duplicate(earlier) if earlier else homes.fresh(base_home))
            with found.acting_as(home, "keeper"):
                return home, kills.answer(work)

        told, (world, *_) = after(None, lambda: test_invitation.begun(tmp_path_factory.mktemp("town")))
        fixed, (disclosure, at) = after(told, Stage(told, world).header)
        world.at = at
        announced, _ = after(fixed, Stage(fixed, world, disclosure).announce)
        yield {"fixed": Stage(fixed, world, disclosure), "announced": Stage(announced, world, disclosure)}


def opened(disclosure, folder):
    """How many pupils stand on all lists of this handover in a folder, opened with their own key."""
    from beholden.gate import post
    from beholden.gate.models import Disclosure

    path = folder / Disclosure.objects.get(pk=disclosure).file
    key = keys.load(here(), post.key_name(disclosure))
    return sum(map(len, post.unseal(path.read_bytes(), key=key, list_id=disclosure).rolls.values()))


def said_delivered(disclosure):
    """How often the log's outbox says that this letter is passed on."""
    from beholden.gate.check import public_log

    log = public_log()
    return sum(one.body.id.hex() == disclosure for one in log.read.outcomes.values())


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
        assert said_delivered(stage.disclosure) == 1
        if struck.last:
            found = check_tables(struck.home, CATALOGUE)
            assert [one for one in found if one.weight is Weight.FINDING] == []
        return before

    for struck in kills.each_kill(stage.home, stage.let_go):
        met.append(kills.answer(lambda struck=struck: once_more(struck)))
    assert list(dict.fromkeys(met)) == ["logged", "releasing", "released"]
