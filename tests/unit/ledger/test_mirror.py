# SPDX-License-Identifier: Apache-2.0
"""A copy of what is published is whole, only grows, and is the bytes that are served; or nothing of it counts (D26, D27)."""

import shutil

import pytest

from beholden.ledger import mirror as mirrors
from beholden.ledger.mirror import CATALOGUES, from_folder, mirror
from beholden.ledger.texts import TextMalformed
from beholden.ledger.tiles import TileLog, TileMalformed
from beholden.refusals import Refusal
from beholden.reportcard.queries import card_of_copy
from unit.reportcard.paper_log import CATALOGUE, FRAUD, STUDY, Paper, Year, keys, published_text


def written(paper, folder):
    """Publish a paper log with its texts and keys, as a home does."""
    paper.write(folder)
    (folder / "texts").mkdir()
    for use in (STUDY, FRAUD):
        (folder / "texts" / f"{use}.json").write_bytes(published_text(use))
    for log, key in zip(("events", "handovers"), keys(), strict=True):
        (folder / log / "vkey").write_text(f"{key}\n")
    return folder


@pytest.fixture(scope="module")
def paper():
    """Two years of days: two full tiles of events and a partial one."""
    made = Year().played()
    made.pass_days(600)
    return made


@pytest.fixture
def source(paper, tmp_path):
    return written(paper, tmp_path / "source")


def files(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def grown(paper, days):
    """The same log, some days later."""
    later = Paper(at=paper.at, events=[*paper.events], handed=[*paper.handed], intents=[*paper.intents])
    later.pass_days(days)
    return later


def test_a_copy_is_byte_for_byte_what_is_published(source, tmp_path):
    held = mirror(from_folder(source), tmp_path / "copy")
    assert files(tmp_path / "copy") == files(source)
    assert [(one.log, one.fresh) for one in held.logs] == [("handovers", 3), ("events", held.logs[1].size)]
    assert held.texts == 2


def test_a_copy_gives_the_same_card(source, paper, tmp_path):
    mirror(from_folder(source), tmp_path / "copy")
    on = paper.at.date()
    cards = {
        card_of_copy(place, keys=keys(), catalogue=CATALOGUE, on=on).print()
        for place in (source, tmp_path / "copy")
    }
    assert len(cards) == 1


def test_once_more_changes_nothing_and_fetches_little(source, tmp_path):
    copy, asked = tmp_path / "copy", []
    (source / CATALOGUES).mkdir()
    (source / CATALOGUES / f"{CATALOGUE.hash}.json").write_bytes(CATALOGUE.content)
    assert mirror(from_folder(source), copy).rules == 1
    before = files(copy)

    def read(path, most):
        asked.append(path)
        return from_folder(source)(path, most)

    held = mirror(read, copy)
    assert [one.fresh for one in held.logs] == [0, 0]
    assert (held.texts, held.rules) == (0, 0)
    assert files(copy) == before
    assert sorted(asked) == ["events/checkpoint", "events/vkey", "handovers/checkpoint", "handovers/vkey"]


@pytest.mark.parametrize("days", [1, 200, 300])
def test_what_is_new_is_put_behind(source, paper, tmp_path, days):
    """From a partial tile to a longer one, to a full one, and over its edge."""
    copy = tmp_path / "copy"
    mirror(from_folder(source), copy)
    later = written(grown(paper, days), tmp_path / "later")
    held = mirror(from_folder(later), copy)
    assert held.logs[1].fresh == days
    named = files(copy)
    assert {name: named[name] for name in files(later)} == files(later)
    assert TileLog(copy / "events").check(0, held.logs[1].size) is None


def test_more_entries_than_are_held_at_a_time(source, tmp_path, monkeypatch):
    monkeypatch.setattr(mirrors, "BATCH", 100)
    mirror(from_folder(source), tmp_path / "copy")
    named = files(tmp_path / "copy")
    assert {name: named[name] for name in files(source)} == files(source)


def test_a_partial_bundle_that_was_tidied_away_is_the_start_of_the_full_one(paper, tmp_path):
    """The log grew past the tile's edge between the checkpoint and the bundle (c2sp.org/tlog-tiles)."""
    source = written(paper, tmp_path / "source")
    later = written(grown(paper, 300), tmp_path / "later")
    old = from_folder(source)

    def read(path, most):
        return old(path, most) if "checkpoint" in path or "texts" in path else from_folder(later)(path, most)

    mirror(read, tmp_path / "copy")
    assert files(tmp_path / "copy") == files(source)


def refused(code):
    return pytest.raises(Refusal, match=f"^{code}")


def stands(copy, before):
    """The copy still is what it was: whatever a run that failed has left is never read."""
    assert all(files(copy)[name] == raw for name, raw in before.items())


def test_another_past_is_refused_and_the_copy_stands(source, paper, tmp_path):
    """D27: a keeper that shows another log later is found by whoever kept a copy."""
    copy = tmp_path / "copy"
    mirror(from_folder(source), copy)
    before = files(copy)
    other = grown(paper, 40)
    other.events[3] = other.events[2]
    with refused("mirror.not_the_log"):
        mirror(from_folder(written(other, tmp_path / "other")), copy)
    stands(copy, before)
    mirror(from_folder(written(grown(paper, 40), tmp_path / "later")), copy)


def test_a_log_that_became_shorter_is_refused(source, paper, tmp_path):
    copy = tmp_path / "copy"
    mirror(from_folder(source), copy)
    before = files(copy)
    short = Paper(events=paper.events[:-1], handed=[*paper.handed], intents=[*paper.intents])
    with refused("mirror.shorter"):
        mirror(from_folder(written(short, tmp_path / "short")), copy)
    stands(copy, before)


def test_the_log_of_another_keeper_does_not_go_into_the_same_folder(source, tmp_path):
    copy = tmp_path / "copy"
    mirror(from_folder(source), copy)
    note = (source / "events/checkpoint").read_bytes()
    (source / "events/checkpoint").write_bytes(note.replace(b"paper.example", b"other.example"))
    with refused("mirror.another"):
        mirror(from_folder(source), copy)


def test_another_key_beside_the_log_is_refused(source, tmp_path):
    copy = tmp_path / "copy"
    mirror(from_folder(source), copy)
    (source / "events/vkey").write_text(f"{keys('other.example/year')[0]}\n")
    with refused("mirror.another_key"):
        mirror(from_folder(source), copy)


@pytest.mark.parametrize("name", ["events/checkpoint", "handovers/checkpoint"])
def test_without_a_checkpoint_there_is_no_log(source, tmp_path, name):
    (source / name).unlink()
    with refused("mirror.no_log"):
        mirror(from_folder(source), tmp_path / "copy")


def test_any_changed_byte_of_any_bundle_is_refused(source, tmp_path):
    """Nothing is published in the copy: no checkpoint lies there."""
    for path in sorted((source / "events/tile/entries").rglob("*")):
        if not path.is_file():
            continue
        kept = path.read_bytes()
        for at in (0, len(kept) // 2, len(kept) - 1):
            path.write_bytes(kept[:at] + bytes([kept[at] ^ 1]) + kept[at + 1 :])
            with pytest.raises(Refusal):
                mirror(from_folder(source), tmp_path / "copy")
            assert not (tmp_path / "copy/events/checkpoint").exists()
            assert not (tmp_path / "copy/handovers/checkpoint").exists()
        path.write_bytes(kept)
    mirror(from_folder(source), tmp_path / "copy")
    named = files(tmp_path / "copy")
    assert {name: named[name] for name in files(source)} == files(source)


def test_a_missing_bundle_is_refused(source, tmp_path):
    shutil.rmtree(source / "events/tile/entries")
    with pytest.raises(TileMalformed):
        mirror(from_folder(source), tmp_path / "copy")


def test_a_text_that_is_not_published_is_left_out_and_fetched_when_it_is(source, tmp_path):
    text = source / "texts" / f"{STUDY}.json"
    raw = text.read_bytes()
    text.unlink()
    assert mirror(from_folder(source), tmp_path / "copy").texts == 1
    text.write_bytes(raw)
    assert mirror(from_folder(source), tmp_path / "copy").texts == 1
    assert files(tmp_path / "copy") == files(source)


def test_a_text_that_opens_nothing_is_copied_as_it_is(source, tmp_path):
    """A reader shall see that it does not fit; a copy decides nothing."""
    (source / "texts" / f"{STUDY}.json").write_bytes(published_text(STUDY, {"title": "Nicer words"}))
    mirror(from_folder(source), tmp_path / "copy")
    assert files(tmp_path / "copy") == files(source)


@pytest.mark.parametrize("raw", [b"{}", published_text(FRAUD)], ids=["no text", "of another use"])
def test_a_text_in_another_form_is_refused(source, tmp_path, raw):
    (source / "texts" / f"{STUDY}.json").write_bytes(raw)
    with pytest.raises(TextMalformed):
        mirror(from_folder(source), tmp_path / "copy")
    assert not (tmp_path / "copy/events/checkpoint").exists()


def test_a_file_that_has_no_end_is_refused(source, tmp_path):
    """The reader hands over one byte more than there may be, and no more is asked for."""
    with refused("mirror.too_long"):
        mirror(lambda path, most: b"x" * (most + 1), tmp_path / "copy")


def test_rules_under_a_false_name_are_not_copied(source, tmp_path):
    """D41: what a catalogue said is known by its hash, or not at all."""
    (source / CATALOGUES).mkdir()
    (source / CATALOGUES / f"{CATALOGUE.hash}.json").write_bytes(CATALOGUE.content + b" ")
    assert mirror(from_folder(source), tmp_path / "copy").rules == 0
    assert not (tmp_path / "copy" / CATALOGUES).exists()
