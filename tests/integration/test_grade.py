# SPDX-License-Identifier: Apache-2.0
"""The keeper's own card and a stranger's are one, byte for byte, on a town that was played (D38, D26, D9)."""

import json
import os
import shutil
import subprocess
import sys
from datetime import datetime, time, timedelta

import pytest

from beholden.catalogue import MeasureName, Subject
from beholden.kinds import Actor, Role
from beholden.ledger.canonical import print_json
from beholden.ledger.signer import LOGS, Signer
from beholden.refusals import Refusal
from beholden.reportcard.queries import card_of_copy, card_of_home, report_card
from integration.world import APPLICANT, BEGAN, CATALOGUE, REGISTRAR, SEED, World

ABSENT = (
    "django",
    "psycopg",
    "pyarrow",
    "duckdb",
    "ibis",
    "numpy",
    "lxml",
    "pyrage",
    "jinja2",
    "pgtrigger",
    "csp",
)
STRANGER = """
import sys
for absent in {absent!r}:
    sys.modules[absent] = None
sys.argv[0] = "beholden"
from beholden.cli import main
main()
"""


class Played:
    """One world from rules to confirmation, with every day sealed; a test looks at what is published."""

    def __init__(self, home, folder):
        from beholden.gate.actions.governing import set_catalogue

        self.home = home
        set_catalogue(CATALOGUE, by=REGISTRAR, at=BEGAN)
        self.world = World(folder)
        self.world.returns()
        self.world.published()
        self.refused = self.refuse()
        self.world.told()
        self.world.keep_out(self.world.letters()[0])
        self.seal_days()
        self.disclosure = self.world.released()
        self.confirm()
        self.on = self.world.at.date()

    def refuse(self):
        from beholden.uses import actions as uses

        by = Actor("applicant-2", Role.APPLICANT, "welfare")
        ref = uses.draft(self.world.draft(purpose="welfare-fraud", exit="match"), by=by, at=self.world.at)
        uses.submit(ref, catalogue=CATALOGUE, by=by, at=self.world.at)
        return ref

    def seal_days(self):
        from beholden.choices.actions import close_day

        day = BEGAN.date()
        while day <= self.world.answer_by.date():
            midnight = datetime.combine(day + timedelta(days=1), time(), BEGAN.tzinfo)
            close_day(day, by=Actor("clock", Role.KEEPER), at=max(midnight, self.world.at))
            day += timedelta(days=1)

    def confirm(self):
        from beholden.gate.actions.proving import confirm
        from beholden.gate.check import public_log
        from beholden.ledger.confirmation import sign
        from beholden.ledger.verify import subject

        parcel = self.world.parcel(self.home, self.disclosure)
        about = subject(public_log().intent(self.disclosure).body)
        said = sign(about, row_tags=parcel.tags, padding=parcel.padding, seed=SEED)
        confirm(self.disclosure, said, by=Actor("r", Role.RECIPIENT, "northford"), at=self.world.at)

    @property
    def keys(self):
        return [Signer.of(self.home, log).key.print() for log in LOGS]

    def card(self, on=None):
        return card_of_home(self.home, catalogue=CATALOGUE, on=on or self.on)

    def copy(self, folder):
        shutil.copytree(self.home.ledger, folder)
        return folder


@pytest.fixture
def played(keeper_home, tmp_path):
    return Played(keeper_home, tmp_path / "town")


def line(card, name):
    subject = card.of(CATALOGUE.grades.measures[MeasureName(name)].subject)
    return next(one for one in subject.measures if one.name == name)


def figures(card, name):
    found = line(card, name).found
    return found.numerator, found.denominator


def as_stranger(*words):
    """Run the command where there is no Django, no database and no home."""
    code = STRANGER.format(absent=ABSENT)
    clean = {
        key: value for key, value in os.environ.items() if not key.startswith(("BEHOLDEN", "DJANGO", "PG"))
    }
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", code, *map(str, words)],
        capture_output=True, env=clean, timeout=120, check=False,
    )  # fmt: skip


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
    assert after.logs[0].size == before.logs[0].size + 1
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
    assert figures(card, "days") == (29, 29)
    assert card.of(Subject.TRANSPARENCY).earned == 85
    assert {one.subject.value: one.grade.value for one in card.subjects if not one.measures} == {
        "choice": "F",
        "accuracy": "F",
        "timeliness": "F",
        "minimisation": "F",
    }


def test_no_figure_of_the_card_tells_who_said_no(played):
    """D13: a small list's *left out* is in no number and no source of the card."""
    shown = json.dumps(played.card().to_json())
    for child in played.world.children():
        assert child.upn not in shown
    found = line(played.card(), "totals").found
    assert (found.numerator, found.denominator) == (1, 1)


def test_texts_published_beside_the_log_open_its_commitments(played):
    """The real commitments, and what would be published to open them. Today nothing writes these files."""
    from beholden.uses.models import Use

    assert line(played.card(), "texts").found.state == "not measured"
    folder = played.home.ledger / "texts"
    folder.mkdir()
    for use in Use.objects.all():
        texts = {
            "applicant": use.applicant, "ends_on": use.ends_on.isoformat(), "items": list(use.items),
            "population": use.population, "starts_on": use.starts_on.isoformat(), "title": use.title,
            "what": use.what, "where": use.where, "why": use.why,
        }  # fmt: skip
        opened = {"salt": bytes(use.salt).hex(), "texts": texts, "use": use.ref}
        (folder / f"{use.ref}.json").write_bytes(print_json(opened))
    assert figures(played.card(), "texts") == (2, 2)
    assert played.card().of(Subject.TRANSPARENCY).earned == 100
    assert report_card(catalogue=CATALOGUE, on=played.on) == played.card()


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
    assert "85 of 100" in done.stdout
    assert "not measured: The yearly sample that asks families is not in the log yet." in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 110
