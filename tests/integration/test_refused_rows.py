# SPDX-License-Identifier: Apache-2.0
"""What may not stand in a log is never signed, whoever proposed it, and nothing waits behind it. D27.

One entry that breaks a rule of the handovers log would make every family's file fail, for ever.
"""

import json

import psycopg
import pytest

from beholden.ledger import entries
from beholden.ledger.handovers import Rules
from beholden.ledger.shapes import ShapeRefused
from beholden.ledger.verify import verify
from beholden.ledger.vocabulary import handovers
from beholden.refusals import Refusal
from ledger_story import (
    AT,
    EVENTS,
    Ledger,
    changed,
    check_everything,
    event,
    files,
    intent,
    outcome,
    registry,
)

WORD = {"key": "22" * 32, "n": 12, "root": "33" * 32, "signature": "44" * 64}
OTHER_EVENTS = {"root": "ff" * 32, "size": 1}
NOWHERE = {"id": "33" * 16, "index": 7, "root": "44" * 32}


@pytest.fixture
def ledger(keeper_home):
    """A log with a list of keys and two handovers, of which one was called off."""
    held = Ledger(keeper_home)
    held.say(registry(), intent(1), intent(2), outcome(1))
    held.sequence(at=AT)
    return held


def refused(ledger):
    with pytest.raises(Refusal) as caught:
        ledger.sequence(at=AT)
    assert caught.value.code == "ledger.not_said"
    check_everything(ledger)
    assert len(verify(ledger.bundle()).present) >= 2
    return caught.value


def test_two_intents_with_one_id(ledger):
    """A second list under a name that a first one bears: one proof would stand for both."""
    first = intent(3)
    second = changed(first, payload="77" * 32)
    ledger.say(first)
    (number,) = ledger.say(second)
    ledger.say(intent(4), event(1))
    refusal = refused(ledger)

    assert refusal.rows == (number,)
    assert f"Row {number} of the outbox" in refusal.sentence
    assert "Step 4" in refusal.sentence
    assert ledger.entry(number) is None
    account = verify(ledger.bundle(), key=ledger.published_key("handovers"))
    assert account.present == (1, 2, 3, 4)
    assert [json.loads(one)["body"]["payload"] for one in ledger.entries("handovers", 4)] == ["66" * 32] * 2
    assert len(ledger.entries("events")) == 1


def test_the_same_intent_twice(ledger):
    """The same bytes: the row that came first has the entry, and a database that lost its marks agrees."""
    one, two = ledger.say(intent(3), intent(3))
    assert refused(ledger).rows == (two,)
    assert ledger.entry(one).index == 4


BREAKING = {
    "a list under another name": (4, changed(intent(3), id="00" * 16)),
    "a list of another log": (4, intent(3, log="other.example/handovers")),
    "a registry under a name that is taken": (4, registry()),
    "a registry that saw another events log": (5, registry(1, events=OTHER_EVENTS)),
    "a handover that saw another events log": (5, intent(3, events=OTHER_EVENTS)),
    "a decision that was not yet logged": (5, intent(3, decision=1)),
    "a registry that is not there": (5, intent(3, registry=NOWHERE)),
    "a registry that comes later": (5, intent(3, index=4)),
    "a handover in the registry's place": (5, intent(3, index=1)),
    "an outcome of no handover": (5, outcome(3)),
    "an outcome of another handover": (5, outcome(2, n=1)),
    "an outcome that takes another back": (5, outcome(1, what="delivered")),
    "a recipient's word without a delivery": (5, outcome(2, word=WORD)),
    "a list of another depth": (8, changed(intent(3), set={"depth": 3, "n": 12, "root": "55" * 32})),
    "a registry of another depth": (8, changed(registry(1), set={"depth": 1, "n": 12, "root": "55" * 32})),
}


@pytest.mark.parametrize("name", BREAKING)
def test_what_would_break_the_log_is_never_signed(ledger, name):
    step, breaking = BREAKING[name]
    before = ledger.entries("handovers")
    (number,) = ledger.say(breaking)
    _, after, _ = ledger.say(event(1), intent(5), event(2))
    refusal = refused(ledger)

    assert refusal.rows == (number,)
    assert f"Step {step} (" in refusal.sentence
    assert ledger.entry(number) is None
    assert ledger.entries("handovers")[:-1] == before
    assert ledger.entry(after).index == len(before)
    assert len(ledger.entries("events")) == 2


def test_a_refused_row_is_seen_and_never_said(ledger):
    (number,) = ledger.say(intent(1))
    refused(ledger)
    before = files(ledger.home), list(ledger.rows.values())
    ledger.sequence(at=AT)  # said once; from now on it is looked up

    assert (files(ledger.home), list(ledger.rows.values())) == before
    assert ledger.waiting("handovers") == 1
    (row,) = ledger.refused("handovers")
    assert (row.outbox, row.kind, ledger.refused("events")) == (number, "intent", ())
    assert "bears a name that an earlier list has" in row.because
    ledger.say(intent(3))
    ledger.sequence(at=AT)
    assert verify(ledger.bundle()).present == (1, 2, 3)


def test_a_row_that_was_early_stays_refused(ledger):
    """An outcome before its handover: refused for good, though it would fit now. Somebody says it anew."""
    ledger.say(outcome(3), intent(3))
    refused(ledger)
    ledger.sequence(at=AT)
    assert [json.loads(one)["kind"] for one in ledger.entries("handovers", 4)] == ["intent"]
    ledger.say(outcome(3))
    ledger.sequence(at=AT)
    assert len(ledger.entries("handovers")) == 6


def test_many_are_refused_in_one_run(ledger, monkeypatch):
    monkeypatch.setattr(ledger.actions, "BATCH", 2)
    numbers = ledger.say(*(intent(1) for _ in range(5)))
    ledger.say(intent(3))
    refusal = refused(ledger)

    assert refusal.rows == tuple(numbers)
    assert "4 more rows" in refusal.sentence
    assert [row.outbox for row in ledger.refused("handovers")] == numbers
    assert len(ledger.entries("handovers")) == 5


@pytest.mark.parametrize("log", ["events", "handovers"])
def test_a_row_whose_kind_has_left_the_vocabulary(ledger, monkeypatch, log):
    (gone,) = ledger.say(
        event(1, kind="opened", body={"before": None, "handovers": EVENTS})
        if log == "events"
        else outcome(2, what="unknown")
    )
    ledger.say(event(2), intent(3))
    with monkeypatch.context() as patch:
        if log == "events":
            patch.delitem(entries.KINDS, ("events", "opened"))
        else:  # a kind that the log holds cannot leave: here its fields do
            patch.setattr(handovers.Outcome, "from_json", _newer(handovers.Outcome.from_json))
        with pytest.raises(Refusal) as caught:
            ledger.sequence(at=AT)
    assert caught.value.code == "ledger.not_said"
    assert caught.value.rows == (gone,)
    check_everything(ledger)
    assert (len(ledger.entries("events")), len(ledger.entries("handovers"))) == (1, 5)
    ledger.sequence(at=AT)
    assert [row.outbox for row in ledger.refused(log)] == [gone]


def _newer(read):
    """Read an outcome as a version that no longer knows the word `unknown`."""

    def reader(fields, where=""):
        if fields["outcome"] == "unknown":
            raise ShapeRefused("outcome.outcome", "one of delivered, withdrawn is expected.")
        return read(fields, where)

    return reader


def test_a_damaged_row_blocks_nothing(ledger, as_login):
    """What the owner of the tables could put there by hand: no object, no instant, a number of its own."""
    bodies = ["[]", "{", '{"seq":9}', "null"]
    with as_login("owner") as connection:
        for body in bodies:
            connection.execute(
                "INSERT INTO ledger_outbox (log, kind, body, at, by, refused_because)"
                " VALUES ('handovers', 'intent', %s, '2026-11-23T09:30:00.5Z', 'officer-1', '')",
                [body],
            )
        connection.commit()
    ledger.say(intent(3))

    assert len(refused(ledger).rows) == len(bodies)
    assert len(ledger.entries("handovers")) == 5


def test_a_log_that_is_broken_already_is_not_continued(ledger, monkeypatch):
    """Were an entry signed by an older version, say. Events go on; the handovers wait, and none is blamed."""
    with monkeypatch.context() as patch:
        patch.setattr(Rules, "_check_list", lambda *_: None)
        ledger.say(changed(intent(2), payload="77" * 32))
        ledger.sequence(at=AT)
    handed = ledger.home.ledger / "handovers"
    before = {path: raw for path, raw in files(ledger.home).items() if path.is_relative_to(handed)}
    ledger.say(intent(3), event(1))
    with pytest.raises(Refusal) as caught:
        ledger.sequence(at=AT)

    assert caught.value.code == "ledger.log_unsound"
    assert "Entry 4" in caught.value.sentence
    after = files(ledger.home)
    assert {path: raw for path, raw in after.items() if path.is_relative_to(handed)} == before
    assert len(ledger.entries("events")) == 1
    assert (ledger.waiting("handovers"), ledger.refused("handovers")) == (1, ())


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_outbox SET refused_at = NULL, refused_because = '' WHERE refused_at IS NOT NULL",
        "UPDATE ledger_outbox SET refused_because = 'for another reason' WHERE refused_at IS NOT NULL",
        "UPDATE ledger_outbox SET entry_index = 4, sequenced_at = now() WHERE refused_at IS NOT NULL",
    ],
)
def test_not_even_the_keeper_changes_a_refusal(ledger, as_login, statement):
    ledger.say(intent(1))
    refused(ledger)
    with as_login("keeper") as connection:
        connection.execute("SET ROLE keeper")
        with pytest.raises(psycopg.Error):
            connection.execute(statement)


def test_a_refusal_has_a_reason_and_no_place(ledger, as_login):
    ledger.say(intent(3))
    for columns in ("refused_at = now()", "refused_because = 'so'"):
        with as_login("keeper") as connection:
            connection.execute("SET ROLE keeper")
            with pytest.raises(psycopg.errors.CheckViolation):
                connection.execute(f"UPDATE ledger_outbox SET {columns} WHERE entry_index IS NULL")
