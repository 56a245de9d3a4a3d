# SPDX-License-Identifier: Apache-2.0
"""The keeper's own card and a stranger's are one, byte for byte, on a town that was played (D38, D26, D9)."""

import json
import subprocess
import sys
from datetime import timedelta

import pytest

from beholden.catalogue import MeasureName, Subject
from beholden.home import postgres
from beholden.refusals import Refusal
from beholden.reportcard.queries import card_of_copy, report_card
from integration.graded import Played, as_stranger
from integration.world import APPLICANT, CATALOGUE, REGISTRAR


@pytest.fixture
def played(keeper_home, tmp_path):
    return Played(keeper_home, tmp_path / "town")


def line(card, name):
    subject = card.of(CATALOGUE.grades.measures[MeasureName(name)].subject)
    return next(one for one in subject.measures if one.name == name)


def figures(card, name):
    found = line(card, name).found
    return found.numerator, found.denominator


def test_the_keeper_and_a_stranger_get_the_same_bytes(played, tmp_path):
    """The stranger has a copy of the public folders, the printed keys, the package, and nothing else."""
    copy = played.copy(tmp_path / "copy")
    given = [word for key in played.keys for word in ("--key", key)]
    on = played.on.isoformat()
    mine = subprocess.run(
        [sys.executable, "-W", "error", "-m", "beholden.cli", "--home", played.home.root, "grade", "--json", "--on", on],
        capture_output=True, timeout=120, check=False,
    )  # fmt: skip
    theirs = as_stranger("grade", "--json", "--from-log", copy, "--on", on, *given)
    assert (mine.returncode, mine.stderr) == (0, b"")
    assert (theirs.returncode, theirs.stderr) == (0, b"")
    assert mine.stdout == theirs.stdout == played.card().print() + b"\n"
    assert json.loads(mine.stdout) == played.card().to_json()


def test_the_page_and_the_command_agree(played):
    shown = report_card(catalogue=CATALOGUE, on=played.on)
    assert shown == played.card()
    assert report_card(catalogue=CATALOGUE, on=played.on) is shown, (
        "the page keeps it until something changes"
    )
    assert report_card(catalogue=CATALOGUE, on=played.on + timedelta(days=30)) != shown


def test_the_page_sees_a_log_that_has_grown(played):
    from beholden.ledger.actions import sequence
    from beholden.uses import actions as uses

    before = report_card(catalogue=CATALOGUE, on=played.on)
    uses.submit(
        uses.draft(played.world.draft(), by=APPLICANT, at=played.world.at),
        catalogue=CATALOGUE,
        by=APPLICANT,
        at=played.world.at,
    )
    sequence(at=played.world.at)
    after = report_card(catalogue=CATALOGUE, on=played.on)
    assert after.logs[0].size == before.logs[0].size + 3, "handed in, put to triage, what triage says"
    assert after == played.card()


def test_the_card_of_a_played_town(played):
    """Every figure is one that the story made: sixty asked for, one use granted, one refused, all days sealed."""
    card, world = played.card(), played.world
    asked = len(world.children())
    told = world.reachable() - world.reachable() % 10
    assert figures(card, "told") == (min(told, asked), asked)
    for name in ("window", "settled", "totals", "announced", "confirmed", "words"):
        assert figures(card, name) == (1, 1), name
    assert figures(card, "requests") == (2, 2)
    assert figures(card, "rules") == (2, 2)
    assert figures(card, "days") == (50, 50)
    assert figures(card, "texts") == (2, 2)
    assert card.of(Subject.TRANSPARENCY).earned == 100
    assert {one.subject.value: one.grade.value for one in card.subjects if not one.measures} == {
        "choice": "F",
        "accuracy": "F",
        "minimisation": "F",
    }


def test_no_figure_of_the_card_tells_who_said_no(played):
    """D13: a small list's *left out* is in no number and no source of the card."""
    shown = json.dumps(played.card().to_json())
    for child in played.world.children():
        assert child.upn not in shown
    found = line(played.card(), "totals").found
    assert (found.numerator, found.denominator) == (1, 1)


def test_every_public_text_lies_beside_the_log_and_opens_its_commitments(played):
    """D26: what a use says is published with its salt when it is handed in; a draft is not."""
    from beholden.uses import actions as uses

    uses.draft(played.world.draft(), by=APPLICANT, at=played.world.at)
    files = sorted(path.name for path in (played.home.ledger / "texts").iterdir())
    assert files == sorted(f"{use}.json" for use in (played.world.use, played.refused))
    assert figures(played.card(), "texts") == (2, 2)
    assert report_card(catalogue=CATALOGUE, on=played.on) == played.card()


def test_a_text_that_was_changed_is_counted_as_missed(played):
    path = played.home.ledger / "texts" / f"{played.refused}.json"
    path.write_bytes(path.read_bytes().replace(b"university", b"University"))
    shown = line(played.card(), "texts").found
    assert (shown.numerator, shown.denominator, shown.missed) == (1, 2, (played.refused,))
    assert report_card(catalogue=CATALOGUE, on=played.on) == played.card(), (
        "the page sees a changed text at once"
    )


def test_a_text_that_a_crash_cut_off_is_put_again_and_a_changed_use_is_not_published(played):
    """What opens nothing is not put beside the log, whatever the table says now."""
    from beholden.uses.actions import publish_texts

    folder = played.home.ledger / "texts"
    kept = {path: path.read_bytes() for path in folder.iterdir()}
    for path in kept:
        path.unlink()
    assert publish_texts(by=REGISTRAR, at=played.world.at) == 2
    assert {path: path.read_bytes() for path in folder.iterdir()} == kept
    assert publish_texts(by=REGISTRAR, at=played.world.at) == 0
    with postgres.connected(played.home, "owner") as bare:
        bare.execute("alter table uses_use disable trigger user")
        bare.execute("update uses_use set title = 'Another' where ref = %s", [played.world.use])
        bare.execute("alter table uses_use enable trigger user")
    assert publish_texts(by=REGISTRAR, at=played.world.at) == 0
    assert {path: path.read_bytes() for path in folder.iterdir()} == kept


def test_a_copy_that_was_tampered_with_is_refused_in_words(played, tmp_path):
    """No grade for a log that does not verify: exit 1, a sentence, no traceback (D27)."""
    copy = played.copy(tmp_path / "copy")
    (entries,) = [
        path
        for path in (copy / "events" / "tile" / "entries").rglob("*")
        if path.is_file() and _newest(path, copy)
    ]
    content = bytearray(entries.read_bytes())
    content[len(content) // 2] ^= 1
    entries.write_bytes(bytes(content))
    with pytest.raises(Refusal):
        card_of_copy(copy, keys=played.keys, catalogue=CATALOGUE, on=played.on)
    given = [word for key in played.keys for word in ("--key", key)]
    done = as_stranger("grade", "--json", "--from-log", copy, "--on", played.on.isoformat(), *given)
    assert (done.returncode, done.stdout) == (1, b"")
    assert done.stderr.startswith(b"Refused: ")
    assert b"Traceback" not in done.stderr


def _newest(path, copy):
    size = int((copy / "events" / "checkpoint").read_text().split("\n")[1])
    return path.name == str(size)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("grade",), "cli.grade_which"),
        (("grade", "--from-log", "/nowhere"), "reportcard.keys"),
        (("grade", "--from-log", "/nowhere", "--key", "x"), "ledger.note_malformed"),
        (("--home", "/nowhere", "grade", "--key", "x"), "cli.grade_which"),
        (("--home", "/nowhere", "grade"), "home.key_missing"),
    ],
)
def test_what_is_missing_is_asked_for(words, code):
    done = as_stranger(*words)
    assert done.returncode == 1
    assert code.encode() in done.stderr
    assert b"What to do:" in done.stderr
    assert b"Traceback" not in done.stderr


def test_people_read_a_table_with_every_sum(played):
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "beholden.cli", "--home", played.home.root, "grade", "--on", played.on.isoformat()],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0
    assert "transparency: Can everybody see what happens?" in done.stdout
    assert "100 of 100" in done.stdout
    assert "not measured: The yearly sample that asks families is not in the log yet." in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 110


def test_an_export_is_brought_up_to_date(played, tmp_path):
    """What a cron job runs: only what is new is written, and the copy stays whole (D26)."""
    from beholden.cli.logs import export
    from beholden.ledger.actions import sequence
    from beholden.uses import actions as uses

    copy = tmp_path / "copy"
    assert "92 new" in export(played.home.root, copy)
    at = played.world.at
    ref = uses.draft(played.world.draft(title="Sleep and school"), by=APPLICANT, at=at)
    uses.submit(ref, catalogue=CATALOGUE, by=APPLICANT, at=at)
    sequence(at=at)
    done = export(played.home.root, copy)
    assert "events with 95 entries (3 new); 1 texts and 0 catalogues are new" in done
    assert (copy / "texts" / f"{ref}.json").is_file()
    assert card_of_copy(copy, keys=played.keys, catalogue=CATALOGUE, on=played.on) == played.card()


def test_the_log_tells_what_was_agreed_from_what_was_taken_back_before(played):
    """D26: a request that ended is not one that was granted; the log says which."""
    from beholden.ledger.actions import sequence
    from beholden.uses import actions as uses
    from beholden.uses.published import counted
    from beholden.uses.queries import register_of_uses

    at = played.world.at
    ref = uses.draft(played.world.draft(), by=APPLICANT, at=at)
    uses.submit(ref, catalogue=CATALOGUE, by=APPLICANT, at=at)
    uses.withdraw(ref, by=APPLICANT, at=at)
    before = counted()
    sequence(at=at)
    held = counted()
    assert held.size == before.size + 4  # handed in, the paper of triage, triage, taken back
    assert {one.use: (one.label, one.agreed) for one in held.uses} == {
        ref: ("Ended", False),
        played.refused: ("Refused", False),
        played.world.use: ("Running", True),
    }
    assert [one.use for one in held.uses] == [use.ref for use in register_of_uses(CATALOGUE)]
