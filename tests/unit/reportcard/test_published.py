# SPDX-License-Identifier: Apache-2.0
"""A card is made of two logs that are whole, signed and of one another, or there is none (D26, D27, D38)."""

import random
import shutil
from datetime import timedelta

import pytest

from beholden.ledger.note import Key
from beholden.refusals import Refusal
from beholden.reportcard.published import facts
from beholden.reportcard.queries import card_of_copy
from beholden.reportcard.rules import grade
from unit.reportcard.paper_log import (
    BEGAN,
    CATALOGUE,
    FRAUD,
    KEEPER,
    SEEDS,
    STUDY,
    Paper,
    Year,
    keys,
    published_text,
)

SEED = 20261123


@pytest.fixture(scope="module")
def paper():
    """A year of days, so that the events fill more than one tile."""
    made = Year().played()
    made.pass_days(240)
    return made


@pytest.fixture
def folder(paper, tmp_path):
    return paper.write(tmp_path / "copy")


def card(folder, paper, given=None):
    return card_of_copy(folder, keys=given or keys(), catalogue=CATALOGUE, on=paper.at.date())


def refused(code):
    return pytest.raises(Refusal, match=f"^{code}")


def test_a_copy_gives_the_card_that_the_entries_give(folder, paper):
    read = facts(folder, keys=keys(), on=paper.at.date())
    straight = paper.facts()
    assert (read.events, read.handovers, read.uses, read.releases) == (
        straight.events,
        straight.handovers,
        straight.uses,
        straight.releases,
    )
    assert [one.grade for one in card(folder, paper).subjects] == [
        one.grade for one in grade(straight, CATALOGUE).subjects
    ]


def test_the_order_of_the_keys_does_not_matter(folder, paper):
    assert card(folder, paper, keys()[::-1]).print() == card(folder, paper).print()


def test_any_changed_byte_of_any_file_leaves_no_card(folder, paper):
    """Every file of both logs, at its ends and at random places: refused, never graded, never a traceback."""
    print(f"seed {SEED}")
    dice = random.Random(SEED)
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    assert len(files) == 9, (
        "two checkpoints; entries and hashes of a full tile, of its rest, of the small log; the level above"
    )
    for path in files:
        content = path.read_bytes()
        places = {0, len(content) - 1, *(dice.randrange(len(content)) for _ in range(6))}
        for at in sorted(places):
            changed = bytearray(content)
            changed[at] ^= 1 << dice.randrange(8)
            path.write_bytes(bytes(changed))
            with pytest.raises(Refusal):
                card(folder, paper)
        for cut in (b"", content[:-1], content + b"\n"):
            path.write_bytes(cut)
            with pytest.raises(Refusal):
                card(folder, paper)
        path.unlink()
        with pytest.raises(Refusal):
            card(folder, paper)
        path.write_bytes(content)
    assert card(folder, paper)


def test_a_log_that_was_rewritten_whole_under_the_old_seal_leaves_no_card(folder, paper, tmp_path):
    """Entry and every hash above it changed together: only the signed root tells."""
    other = Paper(events=[*paper.events], handed=[*paper.handed], intents=[*paper.intents])
    other.events[-1] = other.events[-2]
    other.write(tmp_path / "other")
    shutil.copy(folder / "events" / "checkpoint", tmp_path / "other" / "events" / "checkpoint")
    with refused("reportcard.not_the_log"):
        card(tmp_path / "other", paper)


def test_another_key_leaves_no_card(folder, paper):
    stranger = Key.of_seed(f"{KEEPER}/events", bytes([9]) * 32).print()
    with refused("ledger.note_not_signed"):
        card(folder, paper, (stranger, keys()[1]))


@pytest.mark.parametrize(
    "given",
    [
        (),
        keys()[:1],
        (keys()[0], keys()[0]),
        (keys()[0], keys("other.example/year")[1]),
        (*keys(), keys("other.example/year")[0]),
        (keys()[0], Key("/handovers", bytes([7]) * 32).print()),
        (keys()[0], Key(f"{KEEPER}/letters", bytes([7]) * 32).print()),
        (keys()[0], Key(f"{KEEPER}/handovers", bytes(32)).print()),
    ],
)
def test_it_needs_both_keys_of_one_keeper_and_no_weak_one(folder, paper, given):
    with refused("reportcard.keys"):
        card_of_copy(folder, keys=given, catalogue=CATALOGUE, on=paper.at.date())


@pytest.mark.parametrize("given", ["", "x", "a+b+c", keys()[0] + " "])
def test_what_is_no_key_is_refused(folder, paper, given):
    with refused("ledger.note_malformed"):
        card(folder, paper, (given, keys()[1]))


def test_events_of_another_year_do_not_fit(folder, paper, tmp_path):
    """Both signed by the right keys, and each whole: only together do they show that one was exchanged."""
    other = Paper(at=BEGAN + timedelta(seconds=1))
    other.rules()
    other.pass_days(280)
    other.write(tmp_path / "other")
    shutil.rmtree(folder / "events")
    shutil.copytree(tmp_path / "other" / "events", folder / "events")
    with refused("reportcard.logs_differ"):
        card_of_copy(folder, keys=keys(), catalogue=CATALOGUE, on=(other.at + timedelta(days=99)).date())


def test_an_older_copy_of_events_is_told_apart(paper, tmp_path):
    old = Paper(events=paper.events[:5], handed=paper.handed, intents=paper.intents)
    with refused("reportcard.events_old"):
        card(old.write(tmp_path / "old"), paper)


def test_a_day_before_the_last_entry_is_refused(folder, paper):
    with refused("reportcard.day"):
        facts(folder, keys=keys(), on=paper.at.date() - timedelta(days=1))


@pytest.mark.parametrize("place", ["", "nowhere", "copy/events"])
def test_a_folder_without_logs_is_refused(folder, paper, tmp_path, place):
    with refused("reportcard.no_log"):
        card(tmp_path / place, paper)


def test_a_file_in_the_place_of_a_folder_is_refused(folder, paper):
    shutil.rmtree(folder / "events")
    (folder / "events").write_text("x")
    with refused("reportcard.no_log"):
        card(folder, paper)


# --- texts beside the log


def publish(folder, **texts):
    (folder / "texts").mkdir()
    for name, raw in texts.items():
        (folder / "texts" / f"{name}.json").write_bytes(raw)


def counted(shown):
    line = next(one for one in shown.subjects[1].measures if one.name == "texts")
    return line.found.numerator, line.found.denominator, line.earned


def test_published_texts_are_opened(folder, paper):
    publish(folder, a=published_text(STUDY), b=published_text(FRAUD))
    assert counted(card(folder, paper)) == (2, 2, 15)


def test_a_missing_and_a_changed_text_are_counted_and_not_refused(folder, paper):
    publish(folder, a=published_text(STUDY, {"title": "Nicer words"}))
    assert counted(card(folder, paper)) == (0, 2, 0)


WRONG = {
    "not JSON": b"{",
    "another spelling": published_text(STUDY).replace(b":", b": "),
    "no salt": b'{"texts":{},"use":"U-2026-0001"}',
    "a short salt": b'{"salt":"05","texts":{},"use":"U-2026-0001"}',
    "a salt in capitals": b'{"salt":"' + b"AB" * 32 + b'","texts":{},"use":"U-2026-0001"}',
    "a salt with blanks": b'{"salt":"' + b"05 " * 31 + b'05","texts":{},"use":"U-2026-0001"}',
    "something more": b'{"more":1,"salt":"' + b"05" * 32 + b'","texts":{},"use":"U-2026-0001"}',
    "a list": b"[]",
    "too long": b'"' + b"x" * 200_000 + b'"',
    "no UTF-8": b"\xff",
}


@pytest.mark.parametrize("what", WRONG)
def test_a_text_that_cannot_be_read_is_refused_by_its_name(folder, paper, what):
    publish(folder, u1=WRONG[what])
    with refused("reportcard.text") as no:
        card(folder, paper)
    assert "u1.json" in no.value.sentence


def test_a_text_of_a_use_that_the_copy_does_not_know_yet_is_left_aside(folder, paper):
    """The keeper goes on while somebody copies: the logs first, the texts after them."""
    publish(folder, a=published_text(STUDY), b=published_text(FRAUD))
    before = card(folder, paper)
    (folder / "texts" / "c.json").write_bytes(published_text("U-2030-0001"))
    assert card(folder, paper) == before


def test_the_same_use_twice_is_refused(folder, paper):
    publish(folder, a=published_text(STUDY), b=published_text(STUDY))
    with refused("reportcard.text"):
        card(folder, paper)


def test_the_keys_are_the_ones_in_the_card(folder, paper):
    """A reader of the card sees which log it was, and under which key."""
    shown = card(folder, paper)
    assert [one.key for one in shown.logs] == list(keys())
    assert [one.origin for one in shown.logs] == [f"{KEEPER}/{log}" for log in SEEDS]
