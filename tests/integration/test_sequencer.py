# SPDX-License-Identifier: Apache-2.0
"""From an action's transaction to a signed entry, with the real database. D26 and D27."""

import json
import os
import shutil
from contextlib import closing, suppress
from datetime import datetime, timedelta, timezone

import psycopg
import pytest

from beholden.home import postgres
from beholden.ledger.checkpoint import open_checkpoint
from beholden.ledger.note import Key
from beholden.ledger.signer import LOGS, Fork
from beholden.refusals import Refusal
from ledger_story import AT, KEEPER, Ledger, check_everything, event, files, intent, outcome, registry


@pytest.fixture
def ledger(keeper_home):
    return Ledger(keeper_home)


@pytest.fixture
def as_owner(keeper_home):
    """Run statements as the tables' owner, past every trigger: what a restored database looks like."""

    def run(*statements):
        with closing(psycopg.connect(**postgres.dsn(keeper_home, "owner"))) as connection:
            connection.execute("ALTER TABLE ledger_outbox DISABLE TRIGGER USER")
            for statement in statements:
                connection.execute(statement)
            connection.execute("ALTER TABLE ledger_outbox ENABLE TRIGGER USER")
            connection.commit()

    return run


def test_an_entry_reaches_the_log(ledger):
    (number,) = ledger.say(event(1))
    assert ledger.entry(number) is None
    assert (ledger.waiting("events"), ledger.checkpoint("events")) == (1, None)
    ledger.sequence(at=AT)
    found = ledger.entry(number)

    assert (found.log, found.index, found.outbox) == ("events", 0, number)
    assert found.entry == ledger.entries("events")[0]
    assert json.loads(found.entry) == {
        "at": "2026-11-23T09:30:00Z",
        "body": {"hash": f"{1:064x}"},
        "kind": "catalogue",
        "log": "events",
        "v": 1,
    }
    assert ledger.checkpoint("events").checkpoint.size == 1
    assert ledger.waiting("events") == 0
    check_everything(ledger)


def test_who_said_it_stays_in_the_database(ledger):
    ledger.say(event(1))
    ledger.sequence(at=AT)

    assert ledger.rows.get().by == KEEPER.ref
    assert not any(KEEPER.ref.encode() in raw for raw in files(ledger.home).values())


def test_a_log_without_entries_is_published_too(ledger):
    ledger.sequence(at=AT)

    assert [ledger.checkpoint(log).checkpoint.size for log in LOGS] == [0, 0]
    check_everything(ledger)


def test_run_again_it_changes_nothing(ledger):
    ledger.say(event(1), registry(), intent(1))
    ledger.sequence(at=AT)
    before = files(ledger.home), list(ledger.rows.values())
    ledger.sequence(at=AT + timedelta(days=1))

    assert (files(ledger.home), list(ledger.rows.values())) == before


def test_intents_are_numbered_by_the_sequencer(ledger):
    ledger.say(registry(), intent(1), outcome(1), intent(2))
    ledger.sequence(at=AT)
    ledger.say(intent(3))
    ledger.sequence(at=AT)

    assert [json.loads(one)["body"]["seq"] for one in ledger.entries("handovers")[1:]] == [1, 1, 2, 3]
    check_everything(ledger)


def test_entries_stand_in_the_order_they_were_said(ledger):
    numbers = [ledger.say(event(n))[0] for n in range(5)]
    ledger.sequence(at=AT)

    assert [ledger.entry(number).index for number in numbers] == [0, 1, 2, 3, 4]


def test_a_long_queue_is_carried_in_batches(ledger, monkeypatch):
    monkeypatch.setattr(ledger.actions, "BATCH", 2)
    ledger.say(*(event(n) for n in range(5)), registry(), *(intent(n) for n in range(3)))
    ledger.sequence(at=AT)

    assert (len(ledger.entries("events")), len(ledger.entries("handovers"))) == (5, 4)
    check_everything(ledger)


def test_what_is_rolled_back_is_never_said(ledger):
    with suppress(KeyboardInterrupt), ledger.atomic():
        ledger.propose(**event(1))
        raise KeyboardInterrupt
    ledger.sequence(at=AT)

    assert ledger.entries("events") == ()


def test_no_entry_outside_a_transaction(ledger):
    with pytest.raises(Refusal) as refused:
        ledger.propose(**event(1))
    assert refused.value.code == "ledger.no_transaction"


def test_no_sequencing_inside_a_transaction(ledger):
    with ledger.atomic(), pytest.raises(Refusal) as refused:
        ledger.sequence(at=AT)
    assert refused.value.code == "ledger.in_transaction"


@pytest.mark.parametrize(
    "changed",
    [
        {"kind": "gossip"},
        {"log": "handovers"},
        {"log": "diary"},
        {"body": {"hash": "A" * 64}},
        {"body": {"hash": "0" * 64, "name": "a name"}},
        {"body": {}},
    ],
)
def test_what_the_vocabulary_has_no_word_for_never_waits_in_the_box(ledger, changed):
    with ledger.atomic(), pytest.raises(Refusal):
        ledger.propose(**event(1, **changed))
    assert ledger.waiting("events") == 0


def test_nobody_else_numbers_an_intent(ledger):
    said = intent(1)
    said["body"]["seq"] = 1
    with ledger.atomic(), pytest.raises(ValueError, match="nobody else"):
        ledger.propose(**said)


def test_an_instant_has_a_zone_and_whole_seconds(ledger):
    naive = AT.replace(tzinfo=None)
    with ledger.atomic(), pytest.raises(ValueError, match="time zone"):
        ledger.propose(**event(1, at=naive))
    elsewhere = datetime(2026, 11, 23, 11, 30, 0, 999_999, tzinfo=timezone(timedelta(hours=2)))
    ledger.say(event(1, at=elsewhere))
    ledger.sequence(at=AT)

    assert json.loads(ledger.entries("events")[0])["at"] == "2026-11-23T09:30:00Z"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_outbox SET body = '{}'",
        "UPDATE ledger_outbox SET by = 'nobody'",
        "UPDATE ledger_outbox SET entry_index = NULL, sequenced_at = NULL",
        "UPDATE ledger_outbox SET entry_index = 7",
        "UPDATE ledger_outbox SET sequenced_at = now()",
        "DELETE FROM ledger_outbox",
        "TRUNCATE ledger_outbox",
    ],
)
def test_not_even_the_keeper_changes_what_was_said(ledger, as_login, statement):
    ledger.say(event(1))
    ledger.sequence(at=AT)
    with as_login("keeper") as connection:
        connection.execute("SET ROLE keeper")
        with pytest.raises(psycopg.Error):
            connection.execute(statement)
    check_everything(ledger)


def test_an_index_and_its_time_belong_together(ledger, as_login):
    ledger.say(event(1))
    with as_login("keeper") as connection:
        connection.execute("SET ROLE keeper")
        with pytest.raises(psycopg.errors.CheckViolation):
            connection.execute("UPDATE ledger_outbox SET entry_index = 0")


def test_the_doors_only_read(ledger, as_login):
    """D36: a door neither fills the box nor empties it, and it learns that before anything is signed."""
    from beholden.settings import found

    (number,) = ledger.say(event(1))
    before = files(ledger.home)
    with found.acting_as(ledger.home, "web"):
        assert ledger.entry(number) is None
        with pytest.raises(Refusal) as refused:
            ledger.sequence(at=AT)
    assert refused.value.code == "ledger.keeper_only"
    assert files(ledger.home) == before
    with as_login("web") as connection:
        connection.execute("SET ROLE doors")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("UPDATE ledger_outbox SET entry_index = 0, sequenced_at = now()")
    ledger.sequence(at=AT)
    check_everything(ledger)


def test_the_sequencer_never_opens_the_vault(ledger):
    from django.db import connection

    said = []
    ledger.say(event(1), registry(), intent(1))
    with connection.execute_wrapper(lambda run, sql, *rest: (said.append(sql.lower()), run(sql, *rest))[1]):
        ledger.sequence(at=AT)

    roles = {sql for sql in said if " role " in sql}
    assert roles == {"set local role office"}
    assert not any("vault" in sql for sql in said)


def test_a_restored_log_is_not_continued(ledger, tmp_path):
    """Tiles, checkpoint and memory come back from one old copy; the database knows better."""
    ledger.say(event(1))
    ledger.sequence(at=AT)
    for folder in (ledger.home.ledger, ledger.home.signer_state):
        shutil.copytree(folder, tmp_path / folder.name)
    ledger.say(event(2))
    ledger.sequence(at=AT)
    for folder in (ledger.home.ledger, ledger.home.signer_state):
        shutil.rmtree(folder)
        shutil.copytree(tmp_path / folder.name, folder)
    before = files(ledger.home)
    ledger.say(event(3))
    with pytest.raises(Fork):
        ledger.sequence(at=AT)

    assert files(ledger.home) == before


def test_a_lost_log_is_not_begun_anew(ledger):
    ledger.say(event(1))
    ledger.sequence(at=AT)
    for folder in (ledger.home.ledger, ledger.home.signer_state):
        shutil.rmtree(folder)
        folder.mkdir()
    ledger.say(event(2))
    with pytest.raises(Fork):
        ledger.sequence(at=AT)

    assert not any(path.name == "checkpoint" for path in files(ledger.home))


def test_a_restored_database_is_not_continued(ledger, as_owner):
    ledger.say(event(1))
    ledger.say(event(2))
    ledger.sequence(at=AT)
    as_owner("DELETE FROM ledger_outbox WHERE entry_index = 1")
    ledger.say(event(3))
    with pytest.raises(Fork) as refused:
        ledger.sequence(at=AT)

    assert "byte for byte" in refused.value.next_step
    assert len(ledger.entries("events")) == 2


def test_a_database_that_lost_the_last_marks_finds_them_again(ledger, as_owner):
    """As after a failed-over standby. Two rows with the same bytes are interchangeable; nothing is said twice."""
    ledger.say(event(1), event(2), event(2), registry(), intent(1), outcome(1), intent(2))
    ledger.sequence(at=AT)
    before = ledger.entries("events"), ledger.entries("handovers")
    as_owner("UPDATE ledger_outbox SET entry_index = NULL, sequenced_at = NULL WHERE entry_index > 0")
    ledger.say(event(4), intent(3))
    ledger.sequence(at=AT)

    assert ledger.entries("events")[:3] == before[0]
    assert ledger.entries("handovers")[:4] == before[1]
    assert (len(ledger.entries("events")), len(ledger.entries("handovers"))) == (4, 5)
    check_everything(ledger)


def test_a_row_that_says_otherwise_than_the_log_stops_us(ledger, as_owner):
    ledger.say(event(1))
    ledger.sequence(at=AT)
    as_owner("UPDATE ledger_outbox SET entry_index = NULL, sequenced_at = NULL, body = '{}'")
    with pytest.raises(Fork):
        ledger.sequence(at=AT)


def test_a_gap_in_the_index_stops_us(ledger, as_owner):
    ledger.say(event(1), event(2))
    ledger.sequence(at=AT)
    as_owner("UPDATE ledger_outbox SET entry_index = NULL, sequenced_at = NULL WHERE entry_index = 0")
    with pytest.raises(Fork):
        ledger.sequence(at=AT)


def test_sequencers_at_once_say_everything_once(ledger):
    from django.db import connections

    ledger.say(registry())
    for n in range(6):
        ledger.say(event(n), intent(n))
    connections.close_all()
    children = []
    for _ in range(3):
        child = os.fork()
        if child == 0:
            status = 1
            try:
                ledger.sequence(at=AT)
                status = 0
            finally:
                os._exit(status)
        children.append(child)

    assert [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children] == [0, 0, 0]
    assert (len(ledger.entries("events")), len(ledger.entries("handovers"))) == (6, 7)
    check_everything(ledger)


def test_the_printed_key_opens_what_is_published(ledger):
    ledger.sequence(at=AT)
    for log in LOGS:
        state = ledger.checkpoint(log)
        found = open_checkpoint(
            state.note, origin=f"beholden.example/demo/{log}", keys=[Key.parse(ledger.key(log))]
        )
        assert found == state.checkpoint


def test_the_published_key_is_the_signer_s(ledger):
    """It is what people compare and pin; reading it needs no secret."""
    from beholden.settings import found

    assert ledger.published_key("events") is None
    ledger.sequence(at=AT)
    with found.acting_as(ledger.home, "web"):
        shown = [ledger.published_key(log) for log in LOGS]

    assert shown == [ledger.key(log) for log in LOGS]
    for log in LOGS:
        assert (ledger.home.ledger / log / "vkey").read_text() == ledger.key(log) + "\n"


def test_a_page_of_the_log_reads_its_own_files_only(ledger):
    ledger.say(*(event(n) for n in range(300)))
    ledger.sequence(at=AT)
    whole = ledger.entries("events")

    for start, stop in ((0, None), (0, 0), (255, 257), (290, 300), (290, 999), (400, 999), (299, None)):
        assert ledger.entries("events", start, stop) == whole[start:stop]
    (ledger.home.ledger / "events/tile/entries/000").unlink()
    assert ledger.entries("events", 256) == whole[256:]


# --- a clock that was set back ---


def test_nothing_is_proposed_by_a_clock_that_was_set_back(ledger):
    """Whether what was said before is in the log yet or waits: a year back is refused, and nothing is kept of it."""
    ledger.say(event(1))
    for published in (False, True):
        if published:
            ledger.sequence(at=AT)
        with ledger.atomic(), pytest.raises(Refusal, match=r"^ledger\.clock_back:"):
            ledger.propose(**event(2, at=AT - timedelta(days=365)))
    assert ledger.rows.count() == 1


def test_nothing_is_signed_by_a_clock_that_was_set_back(ledger):
    ledger.say(event(1))
    before = files(ledger.home)
    with pytest.raises(Refusal, match=r"^ledger\.clock_back:"):
        ledger.sequence(at=AT - timedelta(days=365))
    assert files(ledger.home) == before
    ledger.sequence(at=AT)
    check_everything(ledger)


def test_two_who_took_their_time_before_they_wrote_may_cross(ledger):
    ledger.say(event(1))
    ledger.say(event(2, at=AT - timedelta(hours=1)))
    ledger.sequence(at=AT)
    assert len(ledger.entries("events")) == 2


def test_going_back_in_small_steps_is_going_back(ledger):
    """Each row is held against the newest of many before it, not against the one before it alone."""
    ledger.say(event(1))
    ledger.say(event(2, at=AT - timedelta(hours=20)))
    with ledger.atomic(), pytest.raises(Refusal, match=r"^ledger\.clock_back:"):
        ledger.propose(**event(3, at=AT - timedelta(hours=40)))
