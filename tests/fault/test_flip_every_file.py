# SPDX-License-Identifier: Apache-2.0
"""Every file of a home but the database's is changed by one byte, and taken away; fsck names it each time. D27, D36.

What it does not see is listed here with the reason, and said in docs/how-to/check-a-home.md.
"""

import random

import pytest

from integration.played import played

LOCKS = {"signer/events.lock", "signer/handovers.lock"}
"""Empty files that the next writer makes again, and whose content nobody reads."""

UNMISSED = LOCKS | {"database"}
"""`database` is for homes that share a server, as in tests: without it the home is about the server's first database."""

PLACES = {"first": 0, "middle": 0.5, "last": 1}


@pytest.fixture(scope="module")
def home(base_home, tmp_path_factory):
    with played(base_home, tmp_path_factory.mktemp("town")) as (made, _):
        yield made


def named(home, where):
    """Say whether fsck finds something wrong with a file; it need not look further once it has."""
    from beholden.cli.fsck import everything
    from beholden.fsck.rules import Weight

    return any(one.where == where and one.weight is Weight.FINDING for one in everything(home, offline=False))


def files(home):
    found = [path for path in home.root.rglob("*") if path.is_file() and home.postgres not in path.parents]
    return sorted(path.relative_to(home.root).as_posix() for path in found)


def test_a_home_in_which_everything_has_happened_is_clean(home):
    from beholden.cli.fsck import everything

    assert not list(everything(home, offline=False))
    folders = {name.split("/")[0] for name in files(home)}
    assert {"keys", "ledger", "signer", "rows", "sets", "released", "journal", "messages"} <= folders


def test_one_changed_byte_in_any_file_is_found_and_the_file_is_named(home):
    unseen, tried = [], 0
    for name in files(home):
        path = home.root / name
        kept = path.read_bytes()
        for word, place in PLACES.items():
            if not kept:
                continue
            changed = bytearray(kept)
            changed[int(place * (len(kept) - 1))] ^= 1
            path.write_bytes(changed)
            tried += 1
            if not named(home, name):
                unseen.append((name, word))
        path.write_bytes(kept)
    print(f"{tried} changed bytes")
    assert not unseen
    assert tried > 100


def test_any_file_that_is_taken_away_is_missed_by_name(home):
    unmissed = set()
    for name in files(home):
        path = home.root / name
        aside = path.with_name(f".{path.name}.part")  # a name that fsck passes over
        path.rename(aside)
        if not named(home, name):
            unmissed.add(name)
        aside.rename(path)
    earlier = {name for name in unmissed if is_earlier(home, name)}
    assert unmissed - earlier == UNMISSED
    assert {name for name in files(home) if is_earlier(home, name)} - earlier, "some earlier tiles are missed"


def is_earlier(home, name):
    """Say whether a file is a partial tile that a wider one has followed.

    Two publications in one moment (an action that says something and then something else) look like one in the
    database, so that nobody knows of the first.
    """
    path = home.root / name
    return path.parent.name.endswith(".p") and any(
        int(one.name) > int(path.name) for one in path.parent.iterdir()
    )


def test_a_byte_too_many_or_too_few_at_the_end_of_any_file_is_found(home):
    """But for a torn slot that nobody has, and a torn line: that is what a crash leaves, and a note says so."""
    unseen = []
    for name in sorted({*files(home)} - LOCKS):
        path = home.root / name
        kept = path.read_bytes()
        for changed in (kept[:-1], kept + b"\0"):
            path.write_bytes(changed)
            if not named(home, name):
                unseen.append((name, len(changed) - len(kept)))
        path.write_bytes(kept)
    assert unseen == [("journal/exits.jsonl", 1), ("journal/urgent.jsonl", 1), ("keys/persons.slots", 1)]


@pytest.mark.long
def test_a_thousand_changed_bytes_anywhere(home, request):
    """Any bit of any byte of any file."""
    seed = request.config.getoption("randomly_seed", 0)
    dice = random.Random(seed)
    names = sorted({*files(home)} - LOCKS)
    unseen = []
    for _ in range(1_000):
        name = dice.choice(names)
        path = home.root / name
        kept = path.read_bytes()
        changed, place = bytearray(kept), dice.randrange(len(kept))
        changed[place] ^= 1 << dice.randrange(8)
        path.write_bytes(changed)
        if not named(home, name):
            unseen.append((name, place))
        path.write_bytes(kept)
    assert not unseen
