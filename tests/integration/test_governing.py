# SPDX-License-Identifier: Apache-2.0
"""The rules' own rules, with the real log: tighter at once, looser after its notice, nothing decided under others. D41."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from beholden.ledger.entries import parse
from beholden.refusals import Refusal
from integration.world import BEGAN, CATALOGUE, REGISTRAR, World
from rulebooks import with_limits

LOOSER = with_limits(objection_window_days=14)
TIGHTER = with_limits(objection_window_days=42)
NOTICE = timedelta(days=CATALOGUE.limits.rules_notice_days, seconds=1)


def refused(code):
    return pytest.raises(Refusal, match=f"^{code}:")


def in_force(catalogue, at=BEGAN):
    from beholden.gate.actions.governing import set_catalogue

    return set_catalogue(catalogue, by=REGISTRAR, at=at)


def announce(catalogue, at=BEGAN):
    from beholden.gate.actions.governing import announce_catalogue

    return announce_catalogue(catalogue, by=REGISTRAR, at=at)


def said():
    from beholden.ledger.queries import entries

    return [(one.kind, one.body) for one in (parse(raw, log="events") for raw in entries("events"))]


def kept(home):
    return {path.name.removesuffix(".json") for path in home.catalogues.iterdir()}


@pytest.fixture
def home(keeper_home):
    assert in_force(CATALOGUE)
    return keeper_home


def test_what_a_catalogue_says_is_kept_under_its_hash_before_the_log_names_it(home):
    path = home.catalogues / f"{CATALOGUE.hash}.json"
    assert path.read_bytes() == CATALOGUE.content
    assert [(kind, body.hash.hex()) for kind, body in said()] == [("catalogue", CATALOGUE.hash)]


def test_set_again_it_is_not_new_and_a_lost_file_is_written_anew(home):
    (home.catalogues / f"{CATALOGUE.hash}.json").unlink()
    assert not in_force(CATALOGUE)
    assert kept(home) == {CATALOGUE.hash}
    assert len(said()) == 1


def test_a_tighter_one_holds_at_once(home):
    assert in_force(TIGHTER)
    assert [body.hash.hex() for _, body in said()] == [CATALOGUE.hash, TIGHTER.hash]


def test_a_looser_one_is_refused_and_leaves_no_trace(home):
    with refused("gate.loosens") as no:
        in_force(LOOSER)
    assert "was 28, is 14" in no.value.sentence
    assert len(said()) == 1
    assert kept(home) == {CATALOGUE.hash}


def test_a_looser_one_holds_when_it_was_announced_for_its_notice(home):
    made = announce(LOOSER)
    with refused("gate.loosens"):
        in_force(LOOSER, BEGAN + NOTICE - timedelta(seconds=1))
    assert in_force(LOOSER, BEGAN + NOTICE)
    (_, (kind, body), _) = said()
    assert (kind, body.base.hex(), body.hash.hex()) == ("announced", CATALOGUE.hash, LOOSER.hash)
    assert body.not_before == made.not_before == BEGAN + NOTICE


def test_the_way_back_through_a_tighter_one_is_no_way_round(home):
    """What was announced against one catalogue is not due against another, from which it is a longer step."""
    announce(LOOSER)
    in_force(TIGHTER)
    with refused("gate.loosens"):
        in_force(LOOSER, BEGAN + NOTICE)
    with refused("gate.loosens"):
        in_force(CATALOGUE, BEGAN + NOTICE)


def test_the_notice_is_as_long_as_the_catalogue_in_force_says(home):
    """Not as long as the new one would like it."""
    hasty = with_limits(rules_notice_days=1, objection_window_days=1)
    assert announce(hasty).not_before == BEGAN + NOTICE


def test_announced_twice_it_stands_once(home):
    first = announce(LOOSER)
    assert announce(LOOSER, BEGAN + timedelta(days=9)) == first
    assert [kind for kind, _ in said()] == ["catalogue", "announced"]


def test_what_loosens_nothing_is_not_announced(home):
    with refused("gate.nothing_looser"):
        announce(TIGHTER)


def test_a_lost_catalogue_in_force_stops_every_change(home):
    """What cannot be compared is not let through: the file is brought back first."""
    for harm in (lambda path: path.write_bytes(b"{}"), lambda path: path.unlink()):
        harm(home.catalogues / f"{CATALOGUE.hash}.json")
        with refused("gate.catalogue_lost"):
            in_force(TIGHTER)
        with refused("gate.catalogue_lost"):
            announce(LOOSER)


def test_a_catalogue_of_another_version_is_followed_by_announcement_only(home, monkeypatch):
    """Its content stands, but this version knows not all of it: everything may be looser, and its notice is read."""
    from beholden.catalogue import PackRefused
    from beholden.gate import catalogues

    restore = catalogues.restore

    def unreadable(content):
        if content == CATALOGUE.content:
            raise PackRefused("unknown_kind", "the kept catalogue", 1, "of another version.")
        return restore(content)

    monkeypatch.setattr(catalogues, "restore", unreadable)
    with refused("gate.loosens"):
        in_force(TIGHTER)
    assert announce(TIGHTER).not_before == BEGAN + NOTICE
    assert in_force(TIGHTER, BEGAN + NOTICE)


def test_anybody_can_read_the_history_with_every_change_in_words(home):
    from beholden.gate.catalogues import history

    announce(LOOSER)
    told = history()
    assert [one.hash for one in told.set] == [CATALOGUE.hash]
    (one,) = told.announced
    assert [change.sentence for change in one.changes] == ["limit, objection_window_days: was 28, is 14."]
    assert json.loads(json.dumps(told.to_json()))["announced"][0]["not_before"] == "2026-03-01T09:00:01+00:00"


# --- nothing is decided under another ---


@pytest.fixture
def world(keeper_home, tmp_path):
    made = World(tmp_path / "town")
    made.returns()
    made.published()
    return made


def test_nobody_is_told_under_a_catalogue_that_is_not_in_force(world):
    """Or a looser pack could shorten the window before its own was over."""
    from beholden.gate.actions.telling import begin

    with refused("gate.not_in_force"):
        begin(world.use, answer_by=world.at + timedelta(days=15), catalogue=LOOSER, by=REGISTRAR, at=world.at)


def test_nothing_is_decided_or_released_under_a_catalogue_that_is_not_in_force(world, keeper_home):
    from beholden.gate.actions import deciding, releasing

    world.told()
    world.at = world.answer_by + timedelta(days=1)
    deciding.snapshot_registry(by=REGISTRAR, at=world.at)
    with refused("gate.not_in_force"):
        deciding.decide(world.use, catalogue=LOOSER, by=REGISTRAR, at=world.at)
    decision = world.decided_now()
    in_force(TIGHTER, world.at)
    with refused("gate.not_in_force"):
        releasing.release_use(world.use, decision, catalogue=CATALOGUE, by=REGISTRAR, at=world.at)
    assert not list(keeper_home.released.iterdir())


def test_a_catalogue_under_a_false_name_is_not_kept(home):
    with pytest.raises(ValueError, match="its own content"):
        in_force(replace(TIGHTER, limits=CATALOGUE.limits))
    assert kept(home) == {CATALOGUE.hash}


# --- what fsck finds ---


def findings(home):
    from beholden.fsck.governed import check_catalogues

    return [(one.code, one.where) for one in check_catalogues(home, CATALOGUE)]


def slipped_in(catalogue, at):
    """Say in the log, past the action, that a catalogue holds."""
    from django.db import transaction

    from beholden.gate.catalogues import keep
    from beholden.ledger.actions import propose, sequence

    keep(catalogue)
    with transaction.atomic():
        propose(log="events", kind="catalogue", body={"hash": catalogue.hash}, by=REGISTRAR, at=at)
    sequence(at=at)


def test_fsck_finds_nothing_in_an_orderly_history(home):
    announce(LOOSER)
    in_force(LOOSER, BEGAN + NOTICE)
    in_force(CATALOGUE, BEGAN + NOTICE)
    assert findings(home) == []


def test_fsck_finds_a_loosening_that_was_never_due(home):
    announce(LOOSER)
    slipped_in(LOOSER, BEGAN + NOTICE / 2)
    assert ("fsck.ratchet", "ledger/events") in findings(home)


def test_fsck_finds_an_announcement_of_another_difference(home):
    from django.db import transaction

    from beholden.gate.catalogues import keep
    from beholden.ledger.actions import propose, sequence

    keep(LOOSER)
    body = {"base": CATALOGUE.hash, "difference": "ab" * 32, "hash": LOOSER.hash}
    with transaction.atomic():
        said_otherwise = body | {"not_before": "2026-04-01T00:00:00Z"}
        propose(log="events", kind="announced", body=said_otherwise, by=REGISTRAR, at=BEGAN)
    sequence(at=BEGAN)
    assert findings(home) == [("fsck.difference", "ledger/events")]


def test_fsck_misses_a_kept_catalogue_and_notes_one_that_nobody_named(home):
    from beholden.gate.catalogues import keep

    keep(TIGHTER)
    assert findings(home) == [("fsck.orphan", f"catalogues/{TIGHTER.hash}.json")]
    (home.catalogues / f"{CATALOGUE.hash}.json").unlink()
    assert ("fsck.catalogue_missing", f"catalogues/{CATALOGUE.hash}.json") in findings(home)


# --- the figure that the public is told follows from the rules of its day ---


def test_the_public_figure_is_made_anew_by_fsck_under_the_rules_of_its_day(keeper_home, tmp_path):
    """A scope that is large enough by the rules in force: the figure is in the log, and its secret gives it (D13)."""
    from django.db import connection

    from beholden.fsck.decided import check_decisions
    from beholden.gate.queries import public_numbers
    from beholden.ledger.actions import sequence
    from beholden.settings import found

    low = with_limits(left_out_scope_floor=50)
    world = World(tmp_path / "town")
    world.returns()
    world.published(low)
    world.told(catalogue=low)
    world.decided(catalogue=low)
    sequence(at=world.at)
    numbers = public_numbers(world.use)
    assert numbers.scope == len(world.children())
    assert numbers.left_out % 10 == 0
    assert numbers.released == (numbers.scope - numbers.left_out) // 10 * 10
    assert list(check_decisions(keeper_home)) == []
    with found.acting_as(keeper_home, "owner"), connection.cursor() as cursor:
        cursor.execute("update gate_decision set left_out = left_out + 10")
    assert "fsck.decision_figure" in {one.code for one in check_decisions(keeper_home)}


def test_which_groups_are_missing_lies_in_the_parcel_as_the_decision_bound_it(keeper_home, tmp_path):
    """Every group that the catalogue knows, blurred; a table that was changed afterwards is found (D5, D13)."""
    from django.db import connection

    from beholden.fsck.decided import check_decisions
    from beholden.gate.actions.releasing import release_use
    from beholden.gate.models import Decision
    from beholden.settings import found

    low = with_limits(left_out_scope_floor=50, smallest_count=10)
    world = World(tmp_path / "town", catalogue=low)
    world.returns()
    world.published()
    world.told()
    disclosure = release_use(world.use, world.decided(), catalogue=low, by=REGISTRAR, at=world.at)
    groups = world.parcel(keeper_home, disclosure).missing["groups"]
    shown = [item for item in low.items.values() if item.shows_missing]
    assert len(groups) == sum(len(item.codes or ("true", "false")) + 1 for item in shown)
    assert {one["item"] for one in groups} == {item.id for item in shown}
    large = [one for one in groups if one["in_scope"] is not None]
    assert large
    assert all(one["in_scope"] % 10 == one["in_it"] % 10 == 0 for one in large)
    assert groups == Decision.objects.get().missing
    assert list(check_decisions(keeper_home)) == []
    with found.acting_as(keeper_home, "owner"), connection.cursor() as cursor:
        cursor.execute("update gate_decision set missing = jsonb_set(missing, '{0,code}', '\"x\"')")
    assert "fsck.decision" in {one.code for one in check_decisions(keeper_home)}
