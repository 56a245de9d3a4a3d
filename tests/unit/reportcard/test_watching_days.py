# SPDX-License-Identifier: Apache-2.0
"""What whoever watches says of each kind of entry, of returns without a list, and of days that were missed.

D22 (seals), D27, D31 (messages), D34 (incidents), D41 (rules that cannot be read).
"""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from beholden.ledger import entries, sealing
from beholden.ledger.entries import name
from beholden.ledger.note import Key
from beholden.ledger.vocabulary.handovers import DutyHeader, DutyOutcome, DutyReturn, Recipient
from beholden.ledger.vocabulary.redress import IncidentMoved, RedressOfDay
from beholden.ledger.vocabulary.sealed import Extended, Sealed, Seen
from beholden.ledger.vocabulary.terms import recipient_key_hash
from beholden.refusals import Refusal
from beholden.reportcard import watching
from beholden.reportcard.alarms import FORM, WATCHED
from beholden.reportcard.watching import Seen as Memory
from unit.reportcard.paper_log import CATALOGUE, KEEPER, STUDY, Paper, digest, keys
from unit.reportcard.test_watching import STEPS, codes, raw, seen, year

REGULATOR, OUTSIDE = bytes([7]) * 32, bytes([8]) * 32
LOG = f"{KEEPER}/handovers"
SEEN_DAYS = CATALOGUE.limits.sealed_seen_days
PAGE = (Path(__file__).parents[3] / "docs/how-to/watch-a-keeper.md").read_text()


# --- the kinds ---


def test_every_kind_of_entry_stands_in_the_table_and_no_other():
    """A new kind cannot come without somebody saying how it is watched."""
    assert {*WATCHED} == {*entries.KINDS}


def test_every_alarm_of_the_table_is_explained_on_the_page():
    assert {code for codes_of in WATCHED.values() for code in codes_of if f"`{code}`" not in PAGE} == set()
    for code in ("watch.unknown_entry", "watch.rules_unreadable", "watch.fork"):
        assert f"`{code}`" in PAGE


def test_a_kind_that_nobody_watches_is_named_with_its_index(tmp_path, monkeypatch):
    """Forgotten in the table, it is an alarm at every entry, and not passed over."""
    paper = year()
    monkeypatch.setattr(watching, "WATCHED", {kind: FORM for kind in WATCHED if kind[1] != "notice"})
    index = next(at for at, one in enumerate(paper.events) if b'"kind":"notice"' in one)
    (alarm,) = seen(paper, tmp_path / "copy")[1]
    assert (alarm.code, alarm.where) == ("watch.unknown_entry", f"events {index}")
    assert "notice" in alarm.sentence


@pytest.mark.parametrize("log", ["events", "handed"])
def test_entries_that_no_version_of_ours_knows_are_each_named_with_their_index(tmp_path, log):
    """D27: signed, in its place, and of a kind that is not known: no silence, and no memory of it."""
    paper = year()
    held, word = getattr(paper, log), "events" if log == "events" else "handovers"
    strange = held[0].replace(json.loads(held[0])["kind"].encode(), b"payment")
    held.insert(1, strange)
    held.append(strange)
    state, alarms = seen(paper, tmp_path / "copy")
    assert state is None
    assert [(one.code, one.where) for one in alarms] == [
        ("watch.unknown_entry", f"{word} 1"),
        ("watch.unknown_entry", f"{word} {len(held) - 1}"),
    ]


def test_a_copy_takes_an_entry_that_it_cannot_read(tmp_path):
    """What nobody could read is the last thing that a copy may leave out."""
    from beholden.ledger.mirror import from_folder, mirror
    from beholden.ledger.tiles import TileLog

    paper = year()
    paper.events.append(paper.events[0].replace(b'"catalogue"', b'"payment"'))
    paper.write(tmp_path / "there")
    mirror(from_folder(tmp_path / "there"), tmp_path / "copy")
    assert TileLog(tmp_path / "copy" / "events").entries(len(paper.events))[-1] == paper.events[-1]


# --- returns that a law requires ---


def returned(*, way="duty_return", scope=1500, band=4096, decided=True, outcome=None, rules=True):
    """One statutory return, from request to its sending; it has no list."""
    paper = Paper()
    if rules:
        paper.rules()
    for state in STEPS:
        moved(paper, state, way)
    paper.notice(STUDY, told=1500, audience=1500)
    for state in ("notified", "window", "cleared"):
        moved(paper, state, way)
    decision = paper.decision(STUDY, scope=scope, left_out=0, released=scope)
    header = DutyHeader(
        decision=decision if decided else 1,
        events=paper.state(),
        gateway="si-2013-2094",
        items=digest("items"),
        log=LOG,
        nonce=digest("nonce"),
        population="SC/SPR/2026",
        purpose="statutory-return",
        recipient=Recipient(id="ministry", key=digest("key")),
        use=STUDY,
    )
    paper.say(DutyReturn(band=band, header=header, id=name(header), payload=digest("payload")))
    if outcome:
        paper.say(DutyOutcome(id=name(header), outcome=outcome))
    moved(paper, "released", way)
    return paper


def moved(paper, state, way):
    index = paper.move(STUDY, state, purpose="statutory-return")
    paper.events[index] = paper.events[index].replace(b'"exit":"extract"', b'"exit":"%s"' % way.encode())


@pytest.mark.parametrize("outcome", [None, "delivered"])
def test_a_return_that_a_law_requires_needs_no_list(tmp_path, outcome):
    """D27, decision 0023: it stands in the log of handovers, and that is what is asked for."""
    assert seen(returned(outcome=outcome), tmp_path / "copy")[1] == ()


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ({"way": "extract"}, "watch.unlisted"),
        ({"way": "nowhere"}, "watch.unlisted"),
        ({"outcome": "withdrawn"}, "watch.unlisted"),
        ({"decided": False}, "watch.undecided"),
        ({"band": 512}, "watch.figures"),
    ],
    ids=["a way out with lists", "no way out", "withdrawn and released", "not decided", "another band"],
)
def test_a_return_that_breaks_its_own_rules_is_seen(tmp_path, how, code):
    assert codes(seen(returned(**how), tmp_path / "copy")[1]) == {code}


def test_a_return_under_rules_that_nobody_can_read_is_an_alarm(tmp_path):
    assert codes(seen(returned(), tmp_path / "copy", rules=())[1]) == {"watch.rules_unpublished"}


# --- seals ---


def sealed(paper, *, days=30):
    """Seal a handover, to be opened so many days later. Returns its entry."""
    fields = {
        "band": 64,
        "commitment": digest("commitment").hex(),
        "opens_by": (paper.at + timedelta(days=days)).date().isoformat(),
        "power": "court_order",
        "regulator": recipient_key_hash(Key.of_seed("r", REGULATOR).public).hex(),
        "regulator_commitment": digest("report").hex(),
        "seq": len(paper.intents) + 1,
    }
    second = sealing.countersign(sealing.second_message(fields, LOG), seed=OUTSIDE)
    body = Sealed.from_json({**fields, "second": second.to_json()})
    paper.say(body)
    return body


def saw(paper, body):
    paper.say(
        Seen(regulator=sealing.countersign(sealing.seen_message(body, LOG), seed=REGULATOR), seq=body.seq)
    )


def extended(paper, body, *, days):
    fields = {
        "opens_by": (body.opens_by + timedelta(days=days)).isoformat(),
        "regulator_commitment": digest("why").hex(),
        "seq": body.seq,
    }
    second = sealing.countersign(sealing.extended_message(fields, body, LOG), seed=OUTSIDE)
    paper.say(Extended.from_json({**fields, "second": second.to_json()}))


def days_on(paper, folder, days):
    """What is seen so many days later by who looks at the copy; the log itself says nothing more."""
    paper.at += timedelta(days=days)
    return codes(seen(paper, folder)[1])


@pytest.mark.parametrize(("days", "late"), [(30, False), (31, True)])
def test_a_seal_that_is_not_opened_by_its_day_is_an_alarm_from_the_next_on(tmp_path, days, late):
    """D22: whether or not the log goes on: it cannot be made to forget by saying nothing more."""
    paper = year()
    saw(paper, sealed(paper))
    assert days_on(paper, tmp_path / "copy", days) == ({"watch.seal_overdue"} if late else set())


def test_a_seal_that_was_extended_has_the_later_day(tmp_path):
    paper = year()
    body = sealed(paper)
    saw(paper, body)
    extended(paper, body, days=10)
    assert days_on(paper, tmp_path / "one", 40) == set()
    assert days_on(paper, tmp_path / "two", 1) == {"watch.seal_overdue"}


@pytest.mark.parametrize(("days", "late"), [(SEEN_DAYS, False), (SEEN_DAYS + 1, True)])
def test_a_seal_that_the_regulator_has_not_seen_in_time_is_an_alarm(tmp_path, days, late):
    """D22: the days are those of the rules under which it was sealed."""
    paper = year()
    sealed(paper, days=90)
    assert days_on(paper, tmp_path / "copy", days) == ({"watch.seal_unseen"} if late else set())


def test_a_seal_that_was_seen_too_late_stays_an_alarm(tmp_path):
    paper = year()
    body = sealed(paper, days=90)
    paper.at += timedelta(days=SEEN_DAYS + 1)
    saw(paper, body)
    assert days_on(paper, tmp_path / "copy", 0) == {"watch.seal_unseen"}


def test_a_seal_under_rules_that_are_not_there_is_an_alarm_and_not_a_guess(tmp_path):
    paper = year()
    saw(paper, sealed(paper))
    assert codes(seen(paper, tmp_path / "copy", rules=())[1]) == {"watch.rules_unpublished"}


# --- messages and incidents ---


@pytest.mark.parametrize(("due", "kept", "late"), [(0, 0, False), (5, 5, False), (5, 4, True)])
def test_messages_that_were_not_acknowledged_by_their_day_are_an_alarm(tmp_path, due, kept, late):
    """D31: how many, and of which day."""
    paper = year()
    index = paper.say(
        RedressOfDay(
            band=64, corrections=digest("c"), day=paper.at.date(), due=due, kept=kept, key=digest("k"),
            messages=digest("m"), sent=9,
        )
    )  # fmt: skip
    found = [(one.code, one.where, one.sentence.split(" ")[0]) for one in seen(paper, tmp_path / "copy")[1]]
    assert found == ([("watch.messages_late", f"events {index}", "1")] if late else [])


def incident(paper, state, *, hours=72, tell_by=None):
    paper.say(
        IncidentMoved(
            band=64, commitment=digest("i"), incident="I-2026-0001", state=state, use=None,
            tell_by=tell_by or datetime(2026, 9, 1, 9, tzinfo=UTC) + timedelta(hours=hours),
        )
    )  # fmt: skip


@pytest.mark.parametrize(
    ("told_after", "looked_after", "late"),
    [(None, 2, False), (None, 4, True), (71, 9, False), (73, 9, True)],
    ids=["not yet", "no word", "in time", "too late"],
)
def test_an_incident_past_its_hours_without_a_word_to_the_regulator_is_an_alarm(
    tmp_path, told_after, looked_after, late
):
    """D34: the hours are those that its opening states."""
    paper = year()
    began = paper.at
    incident(paper, "opened")
    if told_after:
        paper.at = began + timedelta(hours=told_after)
        incident(paper, "regulator_told")
    paper.at = began
    found = days_on(paper, tmp_path / "copy", looked_after)
    assert found == ({"watch.incident_late"} if late else set())


@pytest.mark.parametrize(
    ("told_after", "looked_after", "late"),
    [(None, 2, False), (None, 5, True), (71, 9, False), (73, 9, True)],
    ids=["not yet", "no word", "in time", "too late"],
)
def test_families_who_are_not_told_of_a_high_risk_are_an_alarm(tmp_path, told_after, looked_after, late):
    """D34, UK GDPR Art 34: closed or not. Without a high risk nobody waits for it."""
    paper = year()
    began = paper.at
    for state in ("opened", "regulator_told", "high_risk"):
        incident(paper, state)
    if told_after:
        paper.at = began + timedelta(hours=told_after)
        incident(paper, "people_told")
    else:
        incident(paper, "closed")
    paper.at = began
    found = days_on(paper, tmp_path / "copy", looked_after)
    assert found == ({"watch.families_untold"} if late else set())


@pytest.mark.parametrize("again", [False, True], ids=["before alone", "and after"])
def test_families_who_were_told_before_the_risk_was_known_were_not_told_of_it(tmp_path, again):
    """D34, UK GDPR Art 34."""
    paper = year()
    for state in ("opened", "regulator_told", "people_told", "high_risk"):
        incident(paper, state)
    if again:
        incident(paper, "people_told")
    found = days_on(paper, tmp_path / "copy", 9)
    assert found == (set() if again else {"watch.families_untold"})


def test_a_high_risk_under_rules_that_nobody_can_read_is_an_alarm(tmp_path):
    paper = year()
    for state in ("opened", "regulator_told", "high_risk", "people_told"):
        incident(paper, state)
    assert "watch.rules_unpublished" in codes(seen(paper, tmp_path / "copy", rules=())[1])


def test_an_incident_that_gives_itself_more_hours_later_is_seen(tmp_path):
    paper = year()
    incident(paper, "opened")
    incident(paper, "regulator_told", hours=200)
    assert days_on(paper, tmp_path / "copy", 0) == {"watch.figures"}


def test_an_incident_that_was_never_opened_is_seen(tmp_path):
    paper = year()
    incident(paper, "regulator_told")
    assert days_on(paper, tmp_path / "copy", 0) == {"watch.figures"}


# --- rules that cannot be read ---


def test_rules_that_this_version_cannot_read_are_an_alarm_and_not_a_guess(tmp_path):
    """D41: published, under their true hash, and written in words of another version."""
    strange = b'{"format":"beholden/catalogue/v9"}'
    paper = year()
    paper.rules(hashlib.sha256(strange).digest())
    paper.rules(raw(CATALOGUE))
    unread = replace_content(strange)
    found = seen(paper, tmp_path / "copy", rules=(CATALOGUE, unread))[1]
    assert [(one.code, one.where) for one in found] == [
        ("watch.rules_unreadable", f"events {len(paper.events) - 2}"),
        ("watch.rules_unreadable", f"events {len(paper.events) - 1}"),
    ]


def test_a_seal_and_a_return_under_rules_that_cannot_be_read_are_alarms(tmp_path):
    strange = b"{}"
    paper = Paper()
    paper.rules(hashlib.sha256(strange).digest())
    sealed(paper)
    found = seen(paper, tmp_path / "copy", rules=(replace_content(strange),))[1]
    assert codes(found) == {"watch.rules_unreadable"}


class replace_content:  # noqa: N801  a catalogue, as far as a copy is concerned
    def __init__(self, content):
        self.content, self.hash = content, hashlib.sha256(content).hexdigest()


# --- what an auditor found ---


def test_an_auditor_who_found_other_rows_is_an_alarm_and_one_who_found_them_equal_is_none(tmp_path):
    """D27, D28: the one lie that no file shows is said to whoever watches."""
    paper = year()
    paper.outcome(1)
    paper.audit(1)
    assert seen(paper, tmp_path / "equal")[1] == ()
    paper.audit(1, agrees=False, seed=bytes([7]) * 32)
    (alarm,) = seen(paper, tmp_path / "other")[1]
    assert (alarm.code, alarm.where) == ("watch.replay", f"handovers {len(paper.handed) - 1}")


# --- what was seen the last time ---


def remembered(folder):
    state, _ = seen(year(), folder)
    return state


@pytest.mark.parametrize("cut", [0, 1, 40, -1])
def test_a_memory_that_was_torn_is_refused_and_left_as_it_is(tmp_path, cut):
    """D27: half a memory would let another past go by; nothing is written over it."""
    from beholden.cli.watching import run

    paper, state = year(), tmp_path / "seen.json"
    torn = remembered(tmp_path / "one").print()[:cut]
    state.write_bytes(torn)
    seen(paper, tmp_path / "copy")
    with pytest.raises(Refusal, match=r"^watch\.state:"):
        run(tmp_path / "copy", keys=keys(), state=state, on=paper.at.date(), as_json=False)
    assert state.read_bytes() == torn


@pytest.mark.parametrize(
    "size", [-1, "5", True, 1.5, None], ids=["negative", "a word", "yes", "a fraction", "nothing"]
)
def test_a_memory_with_a_size_that_is_none_is_refused(tmp_path, size):
    held = json.loads(remembered(tmp_path / "one").print())
    held["events"]["size"] = size
    with pytest.raises(Refusal, match=r"^watch\.state:"):
        Memory.parse(json.dumps(held, separators=(",", ":"), sort_keys=True).encode())


def test_an_older_memory_is_continued(tmp_path):
    """Put back from a copy, it knows less: what it knows must still hold, and what came after is seen anew."""
    paper = year()
    older, _ = seen(paper, tmp_path / "one")
    paper.move(STUDY, "in_use")
    newer, _ = seen(paper, tmp_path / "two", before=older)
    paper.move(STUDY, "expiring")
    for place, before in enumerate((older, newer)):
        assert seen(paper, tmp_path / f"now{place}", before=before)[1] == ()


def test_the_memory_of_another_keeper_s_log_is_an_alarm_and_is_kept(tmp_path):
    """The wrong file with --state: nothing of it is compared with these logs, and it is not written over."""
    from beholden.cli.watching import run

    paper, state = year(), tmp_path / "seen.json"
    mine, _ = seen(paper, tmp_path / "copy")
    other = Memory(
        {log: (size, root, keys("other.example")[0]) for log, (size, root, _) in mine.logs.items()}
    )
    state.write_bytes(other.print())
    assert run(tmp_path / "copy", keys=keys(), state=state, on=paper.at.date(), as_json=True) == 1
    assert state.read_bytes() == other.print()
