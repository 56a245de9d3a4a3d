# SPDX-License-Identifier: Apache-2.0
"""fsck as the keeper runs it: what it says, how it ends, what is wrong and what only a crash left. D27, D36."""

import json
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

import homes
from beholden.home import Home, keys, postgres
from integration.played import ORIGIN, played
from integration.world import World


@pytest.fixture(scope="module")
def story(base_home, tmp_path_factory):
    with played(base_home, tmp_path_factory.mktemp("town")) as (home, world):
        yield home, world


@pytest.fixture
def home(story):
    with homes.copied(story[0]) as copy:
        yield copy


def run(home, capsys, *, offline=False):
    from beholden.cli.fsck import run as fsck

    capsys.readouterr()
    status = fsck(home.root, offline=offline, as_json=True)
    said = json.loads(capsys.readouterr().out)
    assert status == (0 if said["clean"] else 1)
    assert said["clean"] == (not said["findings"])
    assert all(one["sentence"] and one["next_step"] for one in (*said["findings"], *said["notes"]))
    return said


def places(said, weight="findings"):
    return {(one["code"], one["where"]) for one in said[weight]}


def flip(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def test_clean(home, capsys):
    from beholden.cli.fsck import run as fsck

    assert run(home, capsys) == {"clean": True, "pages_checked": False, "findings": [], "notes": []}
    assert fsck(home.root, offline=False, as_json=False) == 0
    assert capsys.readouterr().out.startswith("Nothing is wrong; 0 notes.")


def test_every_entry_of_a_home_is_valid_by_its_published_schema(home):
    """D27: what stands in the logs is what the published schemas let readers expect."""
    from beholden.ledger.signer import LOGS, log_of

    folder, seen = Path(__file__).resolve().parents[2] / "docs/reference/schemas/entry-1", set()
    for log in LOGS:
        held = log_of(home, log)
        for raw in held.entries(held.size):
            entry = json.loads(raw)
            path = folder / log / f"{entry['kind']}.json"
            Draft202012Validator(json.loads(path.read_text("utf-8"))).validate(entry)
            seen.add((log, entry["kind"]))
    print(sorted(seen))
    assert len(seen) >= 15


def test_whoever_watches_from_outside_sees_nothing_wrong_either(home, tmp_path):
    """D26, D27: an honest home in which everything was played once is no alarm in anybody's copy of what it publishes."""
    from beholden.cli.logs import export
    from beholden.ledger.queries import newest, published_key
    from beholden.ledger.signer import LOGS
    from beholden.reportcard.watching import watch

    export(home.root, tmp_path / "copy")
    known = [published_key(log) for log in LOGS]
    seen, alarms = watch(tmp_path / "copy", keys=known, before=None, on=newest().date())
    assert alarms == ()
    assert seen is not None


def test_it_says_what_is_wrong_where_and_what_to_do(home, capsys):
    from beholden.cli.fsck import run as fsck

    rows = min(home.rows.iterdir())
    flip(rows)
    assert fsck(home.root, offline=False, as_json=False) == 1
    said = capsys.readouterr().out
    assert f"WRONG  rows/{rows.name}  [fsck.row_file]" in said
    assert "is not the one that was written" in said
    assert "What to do: Put this file back" in said
    assert "1 thing is wrong" in said


def test_it_names_no_child_even_where_everything_is_damaged(story, home, capsys, as_owner):
    """Names, numbers, birth dates and codes of the whole town are looked for in what it says (D36)."""
    for folder in (home.rows, home.sets, home.released):
        for path in folder.iterdir():
            flip(path)
    flip(home.slots)
    with as_owner(home) as connection:
        connection.execute("alter table notices_letter disable trigger user")
        connection.execute("update notices_letter set children = '{00000000-0000-0000-0000-000000000000}'")
    from beholden.cli.fsck import run as fsck

    assert fsck(home.root, offline=False, as_json=False) == 1
    said = capsys.readouterr().out
    assert said.count("WRONG") > 10
    children = story[1].children()
    marks = {
        one
        for child in children
        for one in (child.upn, child.surname, child.forename, child.born.isoformat())
    }
    assert not [mark for mark in marks | set(story[1].codes.values()) if mark in said]


@pytest.fixture
def as_owner():
    return lambda home: postgres.connected(home, "owner")


# --- the home itself ---


def test_no_home(tmp_path, capsys):
    from beholden.cli.fsck import run as fsck
    from beholden.refusals import Refusal

    with pytest.raises(Refusal, match=r"^cli\.no_home:"):
        fsck(tmp_path / "nothing", offline=False, as_json=False)
    assert not (tmp_path / "nothing").exists()


def test_an_open_folder_an_open_key_a_lost_key_and_a_link(home, capsys):
    (home.root / "rows").chmod(0o750)
    (home.keys / "vault").chmod(0o640)
    (home.keys / "django").unlink()
    (home.sets / "elsewhere.set").symlink_to("/etc/hostname")
    found = places(run(home, capsys))
    assert {
        ("fsck.folder_open", "rows"),
        ("fsck.key", "keys/vault"),
        ("fsck.key", "keys/django"),
        ("fsck.no_file", "sets/elsewhere.set"),
    } <= found


def test_a_key_of_another_home_is_found_where_anything_depends_on_it(home, capsys):
    """Whole and well formed, and not ours: only what it made can tell. (Letters and pseudonyms: nothing can.)"""
    for name, where in (
        ("vault", "keys/persons.slots"),
        ("lookup", "table vault.lookup"),
        ("signer.events", "ledger/events/checkpoint"),
    ):
        ours = keys.path(home, name).rename(home.root / "ours")
        keys.create(home, name)
        assert where in {one["where"] for one in run(home, capsys)["findings"]}, name
        ours.replace(keys.path(home, name))


def test_a_home_from_a_newer_version_is_refused_in_words(home, capsys, as_owner):
    with as_owner(home) as connection:
        connection.execute(
            "insert into django_migrations (app, name, applied) values ('gate', '0099_from_the_future', now())"
        )
    said = run(home, capsys)
    assert places(said) == {("settings.home_newer", "postgres")}
    assert "A newer version has opened this home" in said["findings"][0]["sentence"]
    assert "Nothing was changed" in said["findings"][0]["next_step"]


def test_a_home_from_an_older_version_is_told_apart(home, capsys, as_owner):
    with as_owner(home) as connection:
        connection.execute("delete from django_migrations where app = 'gate'")
    assert places(run(home, capsys)) == {("settings.home_older", "postgres")}


# --- older copies ---


def test_a_signer_that_is_ahead_of_the_log(home, capsys, tmp_path):
    """The log's folder came back from an older copy: refused in words, by fsck and by whoever would sign."""
    from beholden.ledger.actions import sequence
    from beholden.refusals import Refusal

    shutil.copytree(home.ledger, tmp_path / "older")
    at = _say_more(home)
    shutil.rmtree(home.ledger)
    shutil.copytree(tmp_path / "older", home.ledger)
    said = run(home, capsys)
    assert ("fsck.signer_ahead", "signer/events") in places(said)
    assert any("The signer has signed" in one["sentence"] for one in said["findings"])
    with pytest.raises(Refusal, match=r"^ledger\.fork:"):
        sequence(at=at)


def test_a_signer_that_is_behind_the_log(home, capsys):
    older = (home.signer_state / "events").read_bytes()
    _say_more(home)
    (home.signer_state / "events").write_bytes(older)
    assert ("fsck.signer_behind", "signer/events") in places(run(home, capsys))


def test_a_database_that_is_older_than_the_log(story, home, capsys):
    _say_more(home)
    with homes.copied(story[0]) as restored:
        for folder in ("ledger", "signer"):
            shutil.rmtree(restored.root / folder)
            shutil.copytree(home.root / folder, restored.root / folder)
        assert places(run(restored, capsys)) == {("fsck.database_behind", "table ledger_outbox")}


def test_a_log_that_is_older_than_the_database(story, home, capsys):
    _say_more(home)
    for folder in ("ledger", "signer"):
        shutil.rmtree(home.root / folder)
        shutil.copytree(story[0].root / folder, home.root / folder)
    assert ("fsck.database_ahead", "table ledger_outbox") in places(run(home, capsys))


def test_rows_that_are_carried_meanwhile_are_not_ahead_of_the_log(home, capsys, monkeypatch):
    """The keeper carries rows after fsck has asked how much is signed, and before it reads the rows."""
    from beholden.fsck import said
    from beholden.ledger.signer import LOGS

    older = {log: said.signed_size(home, log) for log in LOGS}
    _say_more(home)
    real = said.signed_size
    monkeypatch.setattr(said, "signed_size", lambda home, log: older.pop(log, None) or real(home, log))
    assert places(run(home, capsys)) == set()
    assert older == {}


def _say_more(home):
    from django.db import transaction

    from beholden.ledger.actions import propose, sequence
    from integration.world import BEGAN, REGISTRAR

    at = BEGAN + timedelta(days=300)
    with transaction.atomic():
        begun = {"before": None, "handovers": {"root": "00" * 32, "size": 1}}
        propose(log="events", kind="opened", body=begun, by=REGISTRAR, at=at)
    sequence(at=at)
    return at


# --- what is gone ---

GONE = {
    # rows that are taken away together, by table, and what is said of each
    "answers, letters, messages": {
        "choices_day": "fsck.day_missing",
        "choices_weighed": "fsck.weighed_missing",
        "gate_singlebatch": "fsck.singles_missing",
        "notices_run": "fsck.telling",
        "redress_asked": "fsck.redress_messages",
        "redress_incident": "fsck.incident_missing",
        "redress_message": "fsck.message_missing",
        "rows_correction": "fsck.redress_lines",
        "uses_step": "fsck.step_missing",
        "vault.person": "fsck.strangers",
    },
    "what the gate did": {
        "gate_compulsion": "fsck.sealed_missing",
        "gate_decision": "fsck.decision_missing",
        "gate_disclosure": "fsck.handover_missing",
        "gate_registry": "fsck.registry_missing",
        "gate_singleexit": "fsck.journal_behind",
        "redress_day": "fsck.redress_missing",
        "rows_manifest": "fsck.manifest",
    },
}


@pytest.mark.parametrize("which", GONE)
def test_of_each_row_that_was_taken_away_something_else_knows(home, capsys, which):
    """One row of each of these tables is deleted, by somebody whom no trigger and no reference stops."""
    with postgres.connected(home, "cluster") as connection:
        connection.execute("set session_replication_role = replica")
        for table in GONE[which]:
            newest = f"(select max(ctid) from {table})"
            assert connection.execute(f"delete from {table} where ctid = {newest}").rowcount == 1, table
    said = run(home, capsys)
    codes = {one["code"] for one in (*said["findings"], *said["notes"])}
    assert set(GONE[which].values()) <= codes, set(GONE[which].values()) - codes


def test_of_each_file_that_was_taken_away_something_else_knows(home, capsys):
    """Files and a folder; a file that everybody may write, and a spool whose last line is torn."""
    home.inbox.rmdir()
    min(home.rows.iterdir()).unlink()
    min(home.sets.iterdir()).unlink()
    max(home.sets.iterdir()).chmod(0o666)
    (home.signer_state / "handovers").unlink()
    journal = home.journal / "exits.jsonl"
    journal.write_bytes(journal.read_bytes() + b'{"torn')
    said = run(home, capsys)
    codes = {one["code"] for one in (*said["findings"], *said["notes"])}
    wanted = {
        "fsck.folder_missing",
        "fsck.row_file_missing",
        "fsck.set_missing",
        "fsck.file_open",
        "fsck.signer_lost",
        "fsck.journal_torn",
    }
    assert wanted <= codes, wanted - codes


def test_hashes_beside_a_list_that_are_not_the_lists(home, capsys):
    """Of a registry and of a handover's list: changed, lost, or left behind by a list that no row describes."""
    registry, tags = (min(home.sets.glob(f"{kind}-*.crown")) for kind in ("registry", "tags"))
    flip(registry)
    tags.rename(home.sets / "tags-0000000000000000.crown")
    said = run(home, capsys)
    assert places(said) == {("fsck.crown", f"sets/{registry.name}"), ("fsck.crown", f"sets/{tags.name}")}
    assert places(said, "notes") == {("fsck.orphan", "sets/tags-0000000000000000.crown")}


# --- the worst ---


def test_a_file_that_was_released_and_never_logged(home, capsys):
    (home.released / "U-2026-0009-deadbeef.age").write_bytes(b"a file that somebody put there")
    said = run(home, capsys)
    assert places(said) == {("fsck.released_unlogged", "released/U-2026-0009-deadbeef.age")}
    assert "data protection officer" in said["findings"][0]["next_step"]


def test_a_handover_whose_intent_was_taken_away(home, capsys, as_owner):
    with as_owner(home) as connection:
        connection.execute("update gate_disclosure set intent = null")
    assert "fsck.released_unlogged" in {code for code, _ in places(run(home, capsys))}


def test_a_tag_of_somebody_who_was_kept_out(home, capsys, as_owner):
    """List, root, digest and log may all agree: only deriving every tag anew finds it. Here the root tells, too."""
    from beholden.gate.models import Disclosure

    held = Disclosure.objects.select_related("decision__scope", "decision__released").get()
    with as_owner(home) as connection:
        connection.execute(
            "update gate_decision set released_id = %s where id = %s",
            [held.decision.scope_id, held.decision_id],
        )
    assert "fsck.tags" in {code for code, _ in places(run(home, capsys))}


def test_a_no_that_was_turned_into_a_yes(home, capsys, as_owner):
    """The gravest change of one word there is: the day's root in the log binds what was said, and a yes bears a seal."""
    with as_owner(home) as connection:
        connection.execute("alter table choices_answered disable trigger user")
        connection.execute("update choices_answered set answer = 'leave_in'")
    found = {code for code, _ in places(run(home, capsys))}
    assert {"fsck.answer", "fsck.day_answers"} <= found


def test_a_row_that_the_sequencer_refused_is_named(home, capsys, as_owner):
    with as_owner(home) as connection:
        (row,) = connection.execute(
            "insert into ledger_outbox (log, kind, body, at, by, refused_at, refused_because)"
            " values ('events', 'catalogue', '{}', now(), 'x', now(), 'It breaks a rule of its log.') returning id"
        ).fetchone()
    said = run(home, capsys)
    assert places(said) == {("fsck.refused", "table ledger_outbox")}
    assert f"Row {row} was refused for good" in said["findings"][0]["sentence"]


# --- what a crash leaves ---


def test_what_a_crash_leaves_is_noted_and_is_no_finding(home, capsys):
    """Each by its name, with what to do; the home is clean all the same."""
    from django.db import transaction

    from beholden.home.keys import load
    from beholden.ledger.actions import propose
    from beholden.register.vault.slots import Slots
    from integration.world import BEGAN, REGISTRAR

    for path in (
        home.rows / "SPR2026-0000000000000000.parquet",
        home.sets / "told-0000000000000000.set",
        home.quarantine / "U-2026-0009-deadbeef.age",
        home.rows / ".SPR2026-0000000000000000.parquet.abcdef.part",
        home.root / "notes.txt",
        home.incoming / "return.xml",
    ):
        path.write_bytes(b"x")
        path.chmod(0o600)
    tiles = home.ledger / "events" / "tile" / "0" / "001.p"
    widest = max(tiles.iterdir(), key=lambda path: int(path.name))
    (tiles / "200").write_bytes(widest.read_bytes().ljust(200 * 32, b"x"))
    keys.create(home, "registry." + "ab" * 16)
    Slots(home.slots, load(home, "vault")).mint(2)
    with home.slots.open("ab") as slots:
        slots.write(b"torn")
    with transaction.atomic():
        begun = {"before": None, "handovers": {"root": "00" * 32, "size": 1}}
        propose(log="events", kind="opened", body=begun, by=REGISTRAR, at=BEGAN + timedelta(days=300))
    said = run(home, capsys)
    assert said["findings"] == []
    assert places(said, "notes") == {
        ("fsck.orphan", "rows/SPR2026-0000000000000000.parquet"),
        ("fsck.orphan", "sets/told-0000000000000000.set"),
        ("fsck.orphan", "quarantine/U-2026-0009-deadbeef.age"),
        ("fsck.orphan", "keys/registry." + "ab" * 16),
        ("fsck.leftover", "rows/.SPR2026-0000000000000000.parquet.abcdef.part"),
        ("fsck.draft", "ledger/events"),
        ("fsck.unknown_file", "notes.txt"),
        ("fsck.not_looked_at", "incoming"),
        ("fsck.slots_torn", "keys/persons.slots"),
        ("fsck.slots_unused", "keys/persons.slots"),
        ("fsck.waiting", "table ledger_outbox"),
    }


def test_a_publication_that_was_cut_off_is_noted(home, capsys, as_owner):
    """Signed for, tiles written, rows not marked and the checkpoint still the old one: the next writer finishes it."""
    from beholden.ledger.actions import sequence

    older = (home.ledger / "events" / "checkpoint").read_bytes()
    at = _say_more(home)
    (home.ledger / "events" / "checkpoint").write_bytes(older)
    with as_owner(home) as connection:
        connection.execute("alter table ledger_outbox disable trigger user")
        connection.execute(
            "update ledger_outbox set entry_index = null, sequenced_at = null where sequenced_at = %s", [at]
        )
    said = run(home, capsys)
    assert said["findings"] == []
    assert {code for code, _ in places(said, "notes")} == {"fsck.unpublished", "fsck.unmarked"}
    sequence(at=at)
    assert places(run(home, capsys), "notes") == set()


def test_it_changes_nothing(home, capsys):
    def state():
        return {
            path: (path.read_bytes(), path.stat().st_mtime_ns)
            for path in home.root.rglob("*")
            if path.is_file() and home.postgres not in path.parents
        }

    before = state()
    run(home, capsys)
    assert state() == before


# --- offline ---


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    """A home with a server of its own, which can be stopped."""
    from beholden.settings import found

    folder = homes.new_folder()
    home = Home(folder / "home")
    with found.acting_as(home, "keeper"):
        found.found_home(home)
        with postgres.serving(home):
            World(tmp_path_factory.mktemp("town"), pupils=30).returns()
            with postgres.connected(home, "owner") as connection:
                (table,) = connection.execute("select pg_relation_filepath('vault.person')").fetchone()
                (name,) = connection.execute("select pg_relation_filepath('ledger_outbox_pkey')").fetchone()
        yield home, {"table": table, "index": name}
    shutil.rmtree(folder)


def test_offline_checks_the_pages_and_says_so(own, capsys):
    from beholden.cli.fsck import run as fsck

    said = run(own[0], capsys, offline=True)
    assert (said["clean"], said["pages_checked"]) == (True, True)
    assert fsck(own[0].root, offline=True, as_json=False) == 0
    assert "the database's pages were checked too" in capsys.readouterr().out


@pytest.mark.parametrize("what", ["table", "index"])
def test_offline_finds_one_changed_byte_of_a_page_and_names_the_file(own, capsys, what):
    home, files = own
    path = home.pgdata / files[what]
    kept = path.read_bytes()
    changed = bytearray(kept)
    changed[len(kept) // 2 + 100] ^= 1
    path.write_bytes(changed)
    found = places(run(home, capsys, offline=True))
    path.write_bytes(kept)
    assert ("fsck.page", f"postgres/data/{files[what]}") in found
    assert run(home, capsys, offline=True)["clean"]


def test_a_password_that_is_not_the_databases(own, capsys):
    home = own[0]
    for login, found in (("web", "fsck.password"), ("keeper", "fsck.password"), ("cluster", "home.shut_out")):
        kept = (home.passwords / login).read_bytes()
        flip(home.passwords / login)
        where = "postgres" if login == "cluster" else f"postgres/passwords/{login}"
        assert (found, where) in places(run(home, capsys))
        (home.passwords / login).write_bytes(kept)
    assert run(home, capsys)["clean"]


def test_offline_after_a_crash_lets_the_server_recover_first(own, capsys):
    """What a killed server has yet to write down is no damage."""
    import os
    import signal

    from beholden.home import postmaster

    home = own[0]
    with postgres.serving(home):
        os.kill(postmaster.find(home.pgdata).process, signal.SIGKILL)
    assert run(home, capsys, offline=True)["clean"]


def test_offline_is_refused_while_the_home_is_in_use(own, capsys):
    with postgres.serving(own[0]):
        said = run(own[0], capsys, offline=True)
    assert ("home.in_use", "postgres/data") in places(said)


def test_the_origin_is_covered(home):
    assert (home.ledger / "origin").read_text() == f"{ORIGIN}\n"


# --- the texts beside the log ---


def test_a_text_that_is_missing_changed_or_of_no_use_is_found(home, capsys):
    """Nobody could check what a use said; and `init` writes again what opens the log's commitments (D26)."""
    from beholden.settings.found import acting_as
    from beholden.uses.actions import publish_texts
    from integration.world import BEGAN, REGISTRAR

    first, second, *_ = sorted((home.ledger / "texts").iterdir())
    kept = first.read_bytes(), second.read_bytes()
    first.unlink()
    flip(second)
    (home.ledger / "texts/U-1999-0001.json").write_bytes(kept[0])
    (home.ledger / "texts/readme").write_text("x")
    said = run(home, capsys)
    assert places(said) == {
        ("fsck.text_missing", f"ledger/texts/{first.name}"),
        ("fsck.text", f"ledger/texts/{second.name}"),
        ("fsck.text_unknown", "ledger/texts/U-1999-0001.json"),
    }
    assert places(said, "notes") == {("fsck.unknown_file", "ledger/texts/readme")}
    with acting_as(home, "keeper"):
        publish_texts(by=REGISTRAR, at=BEGAN)
    assert (first.read_bytes(), second.read_bytes()) == kept
    assert places(run(home, capsys)) == {("fsck.text_unknown", "ledger/texts/U-1999-0001.json")}
