# SPDX-License-Identifier: Apache-2.0
"""The tutorials and how-tos are played once, in order, in one scratch home, and say what really happens.

Nothing here is skipped and no block of a tutorial is left out: a page that shows something it cannot do is wrong.
"""

import os
import shutil
import socket
import time

import pytest

import homes
from beholden.home import Home, postgres
from house import examples
from house.planting import REPOSITORY

DOCS = REPOSITORY / "docs"
TUTORIALS = (
    "school-return",
    "make-a-table",
    "registrar-release",  # tells the reader to play family-letter before the window ends
    "family-letter",
    "public-register",
    "recipient-check",
    "parent-proof",
    "family-record",
)
HOW_TOS = (
    "found-a-home",
    "find-a-child-in-danger",
    "record-who-may-decide",
    "look-at-a-record",
    "decide-about-two-records",
    "contest-a-match",
    "rebuild-after-a-crash",
    "answer-a-ledger-fork",
    "have-the-log-witnessed",
    "prove-one-entry",
    "check-a-home",
    "keep-a-book-of-biometrics",
    "check-a-consent-form",
    "link-two-lists",
    "match-a-list-of-names",
    "make-a-safe-table",
    "serve-behind-a-proxy",
    "move-a-home",
    "use-a-served-postgresql",
)
LAST = (
    "release-a-table",  # the tutorial of tables tells its reader to play it, and the next
    "ask-tables-from-a-notebook",
    "recompute-the-report-card",  # reads what the tutorials have published
)
LED = tuple(DOCS / "tutorial" / f"{name}.md" for name in TUTORIALS)
# The registrar's page runs ahead of the clock, past a window of weeks; after it nothing more can be said in that log.
PLAYED = (
    LED[0],
    *(DOCS / "how-to" / f"{name}.md" for name in HOW_TOS),
    *LED[1:],
    *(DOCS / "how-to" / f"{name}.md" for name in LAST),
)
SECONDS = 180


@pytest.fixture(scope="module")
def player():
    """Play every document once, in the order in which a reader goes through them."""
    if not (REPOSITORY / "src/beholden/web/static/built/pages.css").exists():
        homes.lack("the pages have no style sheet yet: `make pages` makes it")
    folder = homes.new_folder()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    player, began, times = examples.Player(folder, port), time.monotonic(), os.times()
    before = times.children_user + times.children_system
    try:
        for page in PLAYED:
            if page.name not in player.played and not any(player.faults.values()):  # the rest follows from it
                player.play(page)
        after = os.times()
        player.worked = after.children_user + after.children_system - before
        took = time.monotonic() - began
        print(f"played in {took:.1f} s, {player.worked:.1f} s of work: {player.played}")
        yield player
    finally:
        for home in folder.iterdir():
            if (home / "postgres" / "data").is_dir():
                postgres.stop(Home(home))
        shutil.rmtree(folder)


@pytest.mark.parametrize("page", PLAYED, ids=lambda page: page.stem)
def test_document_says_what_happens(player, page):
    if page.name not in player.played:
        wrong = [name for name, faults in player.faults.items() if faults]
        pytest.fail(f"not played, because {', '.join(wrong)} went wrong before it", pytrace=False)
    if player.faults[page.name]:
        pytest.fail("\n\n".join(map(str, player.faults[page.name])), pytrace=False)
    assert player.played[page.name]


def test_playing_them_all_stays_short(player):
    """Counted is the work of the programs that were started: how long it takes depends on what else runs here."""
    assert player.worked < SECONDS


@pytest.mark.parametrize("page", LED, ids=lambda page: page.stem)
def test_no_block_of_a_tutorial_is_left_out(page):
    assert examples.unmarked(page) == []


def test_every_marked_document_is_played_and_in_a_language_that_can_be():
    marked = [page for page in sorted(DOCS.rglob("*.md")) if any(examples.blocks(page))]
    assert set(marked) == set(PLAYED)
    for page in marked:
        assert {block.language for block in examples.blocks(page)} <= {*examples.LANGUAGES, "play"}


# --- the player itself can fail ---


@pytest.mark.parametrize(
    ("wanted", "got", "meets"),
    [
        ("one\ntwo", "one\ntwo\n", True),
        ("one", "one\ntwo", False),
        ("one …", "one 1, 2", True),
        ("one …", "two 1, 2", False),
        ("one\n…\nfour", "one\ntwo\nthree\nfour", True),
        ("one\n…\nfour", "one\nfour", True),
        ("one\n…", "one", True),
        ("receipt ‹number›", "receipt K7-3", True),
        ("‹word› is ‹word›", "red is red", True),
        ("‹word› is ‹word›", "red is blue", False),
        ("", "said something", False),
        ("a.b", "axb", False),
    ],
)
def test_an_answer_meets_what_the_document_says(wanted, got, meets):
    assert examples.Seen().meets(wanted, got) is meets


def test_what_stood_for_a_name_is_put_in_afterwards():
    seen = examples.Seen()
    assert seen.meets("code ‹code›", "code CDFG HJKM")
    assert seen.fill("Type ‹code›") == "Type CDFG HJKM"
    assert not seen.meets("‹code›", "other")


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("```console\n$ echo one\none\n```", 0),
        ("```console\n$ echo one\ntwo\n```", 1),
        ("```console\n$ false\n```", 1),
        ("```console\n$ false\n$ echo $?\n1\n```", 0),
        ("```pycon\n>>> 1 + 1\n2\n```", 0),
        ("```pycon\n>>> 1 + 1\n3\n```", 1),
        ("```pycon\n>>> 1 / 0\n```", 1),
    ],
)
def test_a_document_that_is_wrong_is_found(tmp_path, text, faults):
    page = tmp_path / "page.md"
    page.write_text(f"<!-- run -->\n{text}\n")
    player = examples.Player(tmp_path, 1)
    player.play(page)
    assert len(player.faults["page.md"]) == faults
