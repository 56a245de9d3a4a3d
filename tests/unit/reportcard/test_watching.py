# SPDX-License-Identifier: Apache-2.0
"""A keeper seen from outside: what its published files say that they may not. D26, D27, D41.

The logs are made of paper. Each test lets the keeper do one thing that it may not, and hears the alarm by its name.
"""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from beholden.gate.ratchet import digest as difference
from beholden.gate.ratchet import loosenings
from beholden.ledger.vocabulary.events import CatalogueAnnounced
from beholden.refusals import Refusal
from beholden.reportcard.watching import Seen, watch
from rulebooks import with_limits
from unit.reportcard.paper_log import CATALOGUE, FRAUD, STUDY, Paper, keys, run_again

LOOSER = with_limits(objection_window_days=14)
TIGHTER = with_limits(objection_window_days=56)
NOTICE = CATALOGUE.limits.rules_notice_days
STEPS = ("submitted", "triage", "comment", "panel", "approved", "agreement", "published")


def raw(catalogue):
    return bytes.fromhex(catalogue.hash)


def announced(old, new, **changes):
    said = {
        "base": raw(old),
        "difference": bytes.fromhex(difference(loosenings(old, new))),
        "hash": raw(new),
        "not_before": None,
    }
    return CatalogueAnnounced(**(said | changes))


def year(*, skip=(), scope=1500, listed=None, left_out=40, released=1460, told=1500):
    """One study from request to release; `skip` names what the keeper left out."""
    paper = Paper()
    paper.rules()
    for state in STEPS:
        if state not in skip:
            paper.move(STUDY, state)
    if "notice" not in skip:
        paper.notice(STUDY, told=told, audience=1500)
    for state in ("notified", "window", "cleared"):
        paper.move(STUDY, state)
    decision = paper.decision(STUDY, scope=scope, left_out=left_out, released=released)
    if "list" not in skip:
        paper.announce(STUDY, scope=listed or scope, decision=decision)
    paper.move(STUDY, "released")
    return paper


def seen(paper, folder, *, before=None, rules=(CATALOGUE, LOOSER, TIGHTER), given=None):
    """What somebody sees who has a copy of these logs, and of these catalogues."""
    paper.write(folder)
    (folder / "catalogues").mkdir()
    for one in rules:
        (folder / "catalogues" / f"{one.hash}.json").write_bytes(one.content)
    return watch(folder, keys=given or keys(), before=before, on=paper.at.date())


def codes(alarms):
    return {one.code for one in alarms}


def test_an_honest_year_gives_no_alarm(tmp_path):
    state, alarms = seen(year(), tmp_path / "copy")
    assert alarms == ()
    assert Seen.parse(state.print()) == state


# --- the ratchet, from outside ---


def changed(new, *, after=NOTICE, told=True, **changes):
    """The keeper brings other rules into force, with or without telling, so many days later."""
    paper = year()
    if told:
        ends = paper.at + timedelta(days=changes.pop("says", NOTICE))
        paper.say(announced(CATALOGUE, new, **({"not_before": ends} | changes)))
    paper.at += timedelta(days=after, seconds=1)
    paper.rules(raw(new))
    return paper


def test_looser_rules_after_their_notice_give_no_alarm(tmp_path):
    assert seen(changed(LOOSER), tmp_path / "copy")[1] == ()


def test_tighter_rules_need_no_notice(tmp_path):
    assert seen(changed(TIGHTER, told=False, after=0), tmp_path / "copy")[1] == ()


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ({"told": False}, "watch.loosened"),
        ({"after": NOTICE - 1}, "watch.notice_short"),
        ({"after": 2, "says": 1}, "watch.notice_short"),
        ({"difference": b"\1" * 32}, "watch.other_difference"),
        ({"base": b"\2" * 32}, "watch.loosened"),
    ],
    ids=[
        "never announced",
        "before the day",
        "a day of its own making",
        "another difference",
        "another base",
    ],
)
def test_looser_rules_without_their_own_notice_are_seen(tmp_path, how, code):
    """D41: `beholden watch` sees a catalogue that was loosened before its window."""
    (alarm,) = seen(changed(LOOSER, **how), tmp_path / "copy")[1]
    assert alarm.code == code
    assert "objection_window_days" in alarm.sentence


@pytest.mark.parametrize("rules", [(CATALOGUE,), (LOOSER,), ()])
def test_rules_that_are_not_published_are_an_alarm_and_not_a_guess(tmp_path, rules):
    assert codes(seen(changed(LOOSER), tmp_path / "copy", rules=rules)[1]) == {"watch.rules_unpublished"}


def test_rules_under_a_false_name_are_as_good_as_none(tmp_path):
    false = replace(LOOSER, content=CATALOGUE.content)
    assert codes(seen(changed(LOOSER), tmp_path / "copy", rules=(CATALOGUE, false))[1]) == {
        "watch.rules_unpublished"
    }


def test_a_decision_under_rules_that_were_not_in_force_is_seen(tmp_path):
    paper = year()
    paper.rules(raw(TIGHTER))
    paper.decision(STUDY, scope=1500, left_out=40, released=1460)
    assert "watch.other_rules" in codes(seen(paper, tmp_path / "copy")[1])


# --- the past ---


def test_a_log_that_only_grew_gives_no_alarm(tmp_path):
    paper = year()
    state, _ = seen(paper, tmp_path / "one")
    paper.move(STUDY, "in_use")
    after, alarms = seen(paper, tmp_path / "two", before=state)
    assert alarms == ()
    assert after.logs["events"][0] == state.logs["events"][0] + 1


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (
            lambda paper: paper.events.__setitem__(1, paper.events[1].replace(b"extract", b"enclave")),
            "watch.fork",
        ),
        (lambda paper: paper.events.pop(), "watch.shorter"),
    ],
    ids=["another past", "a shorter one"],
)
def test_another_past_under_the_same_keys_is_seen_and_not_remembered(tmp_path, change, code):
    """D27: who was shown one log and is shown another hears it, at this run and at the next."""
    paper = year(skip=("list",))
    state, _ = seen(paper, tmp_path / "one")
    change(paper)
    after, alarms = seen(paper, tmp_path / "two", before=state)
    assert code in codes(alarms)
    assert after is None


def test_another_key_is_seen(tmp_path):
    state, _ = seen(year(), tmp_path / "one")
    other = Seen({log: (size, root, "other") for log, (size, root, _) in state.logs.items()})
    assert codes(seen(year(), tmp_path / "two", before=other)[1]) == {"watch.another_key"}


def test_a_log_that_its_key_did_not_sign_is_one_alarm(tmp_path):
    found = seen(year(), tmp_path / "copy", given=keys("stranger.example"))
    assert found[0] is None
    assert len(found[1]) == 1


def test_a_memory_that_cannot_be_read_is_refused_and_not_begun_anew():
    for held in (b"", b"{}", b'{"events":{"key":"k","root":"r","size":"x"}}', b"\xff"):
        with pytest.raises(Refusal, match=r"^watch\.state:"):
            Seen.parse(held)


# --- order and figures ---


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ({"skip": ("notice",)}, "watch.order"),
        ({"skip": ("approved",)}, "watch.step"),
        ({"skip": ("list",)}, "watch.unlisted"),
        ({"listed": 1400}, "watch.figures"),
        ({"released": 1470}, "watch.figures"),
        ({"told": 1510}, "watch.figures"),
    ],
    ids=["untold", "not approved", "no list", "a smaller list", "a wrong sum", "more told than there are"],
)
def test_what_is_out_of_order_or_does_not_add_up_is_seen(tmp_path, how, code):
    """D6, D26: told before decided, decided before listed, listed before released; and the sums."""
    assert code in codes(seen(year(**how), tmp_path / "copy")[1])


@pytest.mark.parametrize("again", [False, True], ids=["at once", "after one that was left off"])
@pytest.mark.parametrize(
    ("skip", "code"), [((), None), (("notice",), "watch.order"), (("list",), "watch.unlisted")]
)
def test_each_run_of_what_recurs_has_its_own_notice_and_list(tmp_path, skip, code, again):
    """D6, D26: what was told and listed the first time, or in a run that was left off, is worth nothing now."""
    paper = run_again(year(), skip=skip, again=again)
    assert codes(seen(paper, tmp_path / "copy")[1]) == (set() if code is None else {code})


def test_a_list_of_an_earlier_run_is_none_of_this_one(tmp_path):
    """D26: two lists for the first run leave the second without."""
    paper = year()
    decision = len(paper.events) - 2
    paper.announce(STUDY, scope=1500, decision=decision)
    assert codes(seen(run_again(paper, skip=("list",)), tmp_path / "copy")[1]) == {"watch.unlisted"}


def test_records_that_never_left_are_not_said_to_be_wiped(tmp_path):
    paper = year(skip=("list",))
    paper.move(FRAUD, "submitted")
    for state in (*STEPS[1:], "notified", "window", "destroyed"):
        paper.move(FRAUD, state)
    assert "watch.step" in codes(seen(paper, tmp_path / "copy")[1])


def test_a_list_before_its_decision_is_seen(tmp_path):
    paper = year(skip=("list",))
    paper.announce(STUDY, scope=1500, decision=0)
    assert "watch.undecided" in codes(seen(paper, tmp_path / "copy")[1])


# --- the command ---


def test_the_command_remembers_and_ends_1_until_somebody_looked(tmp_path, capsys):
    from beholden.cli.watching import run

    state = tmp_path / "seen.json"
    paper = changed(LOOSER, told=False)
    seen(paper, tmp_path / "copy")
    for _ in range(2):
        status = run(tmp_path / "copy", keys=keys(), state=state, on=paper.at.date(), as_json=True)
        said = json.loads(capsys.readouterr().out)
        assert (status, said["quiet"], len(said["alarms"])) == (1, False, 1)
    assert Seen.parse(state.read_bytes())
    good = year()
    seen(good, tmp_path / "good")
    assert run(tmp_path / "good", keys=keys(), state=tmp_path / "s", on=good.at.date(), as_json=False) == 0
    assert "no alarm" in capsys.readouterr().out
