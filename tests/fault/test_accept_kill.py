# SPDX-License-Identifier: Apache-2.0
"""Taking a return in is killed before each durable step, its disk fails at each, and two processes do it at once.

Afterwards either nothing of the return is stored or all of it is; the same file sent again makes it whole, with one
person for each child. D1, D5, D27 (no acknowledged record is lost), D32, D33.
"""

import hashlib
import random
import re
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, timedelta
from os import environ
from pathlib import Path

import pytest

import homes
from beholden.home import Home, here, postgres
from beholden.home.keys import load
from beholden.kinds import Actor, Role
from fault import kills
from integration.world import BEGAN, CATALOGUE, World

DESK = Actor("desk", Role.KEEPER)
LATER = BEGAN + timedelta(days=1)
PUPILS = 45
LEFT_OVER = re.compile(r"rows/[^/]+\.parquet|rows/\.[^/]+\.part|keys/persons\.slots")
"""All that a killed attempt may leave: row files and key slots that no row names, and files not yet renamed."""


def take(path, at=LATER):
    from beholden.register.actions import accept

    return accept(path, catalogue=CATALOGUE, by=DESK, at=at)


def pupils(path):
    """Every (pupil number, birth date) of a return."""
    text = path.read_text()
    return set(zip(re.findall(r"<UPN>(.+?)</UPN>", text), re.findall(r"<DOB>(.+?)</DOB>", text), strict=True))


def corrected(path, folder):
    """The same school's file with one fact changed, and one birth date: that child is now in question."""
    text = path.read_text()
    born = re.search(r"<DOB>(.+?)</DOB>", text)[1]
    slipped = (date.fromisoformat(born) - timedelta(days=1)).isoformat()
    assert "<SENprovision>N</SENprovision>" in text
    made = folder / "corrected.xml"
    text = text.replace("<SENprovision>N</SENprovision>", "<SENprovision>K</SENprovision>", 1)
    made.write_text(text.replace(f"<DOB>{born}</DOB>", f"<DOB>{slipped}</DOB>", 1))
    return made


@dataclass(frozen=True)
class Stage:
    """A home in which the `before` files are in force, and `file` is on its way in, with its fellows."""

    home: Home
    before: tuple[Path, ...]
    file: Path
    others: tuple[Path, ...] = ()


@pytest.fixture(scope="module")
def stages(base_home, tmp_path_factory):
    """Three moments: a school's first return (a child who moved is known already), a correction, an empty register."""
    from beholden.settings import found

    kills.ready()
    folder = tmp_path_factory.mktemp("town")
    files = World(folder, pupils=PUPILS).files
    mover = [
        pair
        for pair in ((one, two) for one in files for two in files if one != two)
        if pupils(pair[0]) & pupils(pair[1])
    ]
    one, two = mover[0]
    (three,) = (path for path in files if path not in {one, two})
    with ExitStack() as stack:
        empty = stack.enter_context(homes.fresh(base_home))
        begun = stack.enter_context(homes.duplicate(empty))
        with found.acting_as(begun, "keeper"):
            assert (
                kills.answer(lambda: [take(path, BEGAN).status for path in (three, one)]) == ["accepted"] * 2
            )
        yield {
            "first": Stage(begun, (three, one), two),
            "correction": Stage(begun, (three, one), corrected(one, folder)),
            "empty": Stage(empty, (), one, (two,)),
        }


# --- what is looked at ---


def tables(home):
    """Every row of every table, as text."""
    with postgres.connected(home, "owner") as connection:
        names = connection.execute(
            "select schemaname, tablename from pg_tables where schemaname in ('public', 'vault') order by 1, 2"
        ).fetchall()
        found = {}
        for schema, name in names:
            with connection.cursor().copy(f'copy "{schema}"."{name}" to stdout'.encode()) as rows:
                found[name] = sorted(b"".join(bytes(row) for row in rows).splitlines())
    return found


def files(home):
    return {
        str(path.relative_to(home.root)): hashlib.sha256(path.read_bytes()).digest()
        for path in home.root.rglob("*")
        if path.is_file() and path != home.database
    }


def blobs(person):
    """Three sealed groups of a person: pupil numbers, birth, and what proofs are made from."""
    return [(group, bytes(getattr(person, group))) for group in ("numbers", "birth", "proof")]


def check_whole(home, sent):
    """Every invariant of a register in which exactly these files have been sent, the last of a school in force."""
    from beholden.register import queries
    from beholden.register.rows.models import Return, Stored
    from beholden.register.rows.read import population
    from beholden.register.vault.models import Lookup, Person, Question
    from beholden.register.vault.seal import unseal
    from beholden.register.vault.slots import Slots
    from beholden.register.vault.wall import keeper

    children = set().union(*map(pupils, sent))
    with keeper():
        kept = list(Person.objects.all())
        assert len(kept) == len(children)  # a child under two birth dates is two records in question
        assert Lookup.objects.filter(scheme="number").count() == len(children)
        assert Lookup.objects.filter(scheme="number+birth").values("digest").distinct().count() == len(
            children
        )
        assert Lookup.objects.count() == 2 * len(children)
        assert Question.objects.count() == len(children) - len({number for number, _ in children})
        keys = Slots(home.slots, load(home, "vault")).keys([one.slot for one in kept])
        assert len(set(keys.values())) == len(kept)
        told = {one.pk: [unseal(keys[one.slot], one.pk, *blob) for blob in blobs(one)] for one in kept}
        assert {(number["upn"], birth["birth_date"]) for number, birth, _ in told.values()} == children
        assert all(set(proof) == {"label_seed", "proof_id"} for _, _, proof in told.values())
        assert Return.objects.count() == Stored.objects.count() == len(sent)
        in_force = Stored.objects.filter(retired_at__isnull=True).select_related("source")
        assert {row.source.status for row in in_force} == {"accepted"}
        assert len({row.source.school for row in in_force}) == len(in_force)
        for row in Stored.objects.all():
            assert hashlib.sha256((home.rows / row.path).read_bytes()).hexdigest() == row.digest
    assert sorted(one.status for one in queries.returns()) == sorted(
        ["accepted"] * len(in_force) + ["superseded"] * (len(sent) - len(in_force))
    )
    rolls = population("SC", "SPR", 2026)["person"].to_pylist()
    assert len(rolls) == len(set(rolls))


def none_or_all(home, before, stage):
    """Say whether the return is in, after a look at every row and every file: it is whole, or there is no trace."""
    rows, found = tables(home), files(home)
    kept = {name: digest for name, digest in before["files"].items() if not name.endswith("persons.slots")}
    assert kept.items() <= found.items()
    left = {name for name in found.keys() - before["files"].keys() if not LEFT_OVER.fullmatch(name)}
    assert not left
    if rows == before["tables"]:
        return False
    check_whole(home, (*stage.before, stage.file))
    return True


def before(stage):
    return {"tables": tables(stage.home), "files": files(stage.home)}


def again(struck, stage, was):
    """Send the file once more, on a disk that forgot what was never flushed; say whether it was stored before."""
    stored = none_or_all(struck.home, was, stage)
    with struck.platter.turning():
        receipt = take(stage.file)
    assert receipt.status == ("unchanged" if stored else "accepted")
    check_whole(struck.home, (*stage.before, stage.file))
    return stored


# --- tests ---


@pytest.mark.parametrize("which", ["first", "correction", "empty"])
def test_taking_a_return_in_killed_at_each_step(stages, which):
    """Nothing of it or all of it; sent again, it is whole, and no child became two people."""
    stage = stages[which]
    was, met = before(stage), []
    for struck in kills.each_kill(stage.home, lambda: take(stage.file)):
        met.append(kills.answer(lambda struck=struck: again(struck, stage, was)))
    assert met == [False] * (len(met) - 1) + [True]  # stored with the last step, the commit
    assert len(met) > 12


@pytest.mark.parametrize("which", ["first", "correction", "empty"])
def test_taking_a_return_in_on_a_failing_disk_at_each_step(stages, which):
    """The sender gets an error and no receipt, nothing is stored, and the same process takes the file in after all."""
    stage = stages[which]
    was = before(stage)

    def nothing():
        assert not none_or_all(here(), was, stage)

    for struck in kills.each_failure(stage.home, lambda: take(stage.file), nothing):
        kills.answer(lambda struck=struck: check_whole(struck.home, (*stage.before, stage.file)))


@pytest.mark.parametrize("which", ["first", "correction", "empty"])
def test_the_same_file_twice_at_once(stages, which):
    """Two processes meet at each step: one return is in force, and no child became two people (D1, D32)."""
    stage = stages[which]
    for met in kills.each_meeting(stage.home, lambda: take(stage.file), lambda: take(stage.file)):
        assert (met.first, met.second) == (0, 0)
        kills.answer(lambda met=met: check_whole(met.home, (*stage.before, stage.file)))


def test_two_schools_that_share_a_child_at_once(stages):
    """A child who moved stands in both files, which arrive together, and is one person (D32)."""
    stage = stages["empty"]
    (other,) = stage.others
    for met in kills.each_meeting(stage.home, lambda: take(stage.file), lambda: take(other)):
        assert (met.first, met.second) == (0, 0)
        kills.answer(lambda met=met: check_whole(met.home, (stage.file, other)))


# --- long ---


def drawn(name):
    """Return a source of chances, and say its seed."""
    seed = random.getrandbits(32)
    print(f"{name}: seed {seed}")
    return random.Random(seed)


@pytest.mark.long
def test_taking_returns_in_killed_at_random_again_and_again(stages):
    """Every way in, killed at a random step, again while it makes good, and again: at last it is whole."""
    wanted, draw, done = int(environ.get("BEHOLDEN_KILLS", "500")) // 2, drawn("kills"), 0
    while done < wanted:
        stage = stages[draw.choice(["first", "correction", "empty"])]
        was = before(stage)
        with homes.copied(stage.home) as home:
            while True:
                struck, _, _ = kills.kill_before(
                    home, draw.randint(1, 60), lambda stage=stage: take(stage.file)
                )
                kills.answer(lambda stage=stage, was=was, home=home: none_or_all(home, was, stage))
                if struck.last:
                    break
                done += 1
            kills.answer(lambda stage=stage, home=home: check_whole(home, (*stage.before, stage.file)))
    print(f"{done} kills")


@pytest.mark.long
def test_taking_returns_in_on_a_disk_that_goes_at_a_random_step(stages):
    """Full, over its share, for reading only, or broken, from some step on: nothing is stored, then all of it."""
    wanted, draw, done = int(environ.get("BEHOLDEN_ROUNDS", "200")), drawn("disks"), 0
    while done < wanted:
        stage = stages[draw.choice(["first", "correction", "empty"])]
        was = before(stage)

        def nothing(stage=stage, was=was):
            assert not none_or_all(here(), was, stage)

        step, number = draw.randint(1, 60), draw.choice(kills.FAILURES)
        work = lambda stage=stage: take(stage.file)  # noqa: E731  bound to this round
        with kills.disk_gone(stage.home, work, nothing, step=step, number=number) as struck:
            kills.answer(lambda stage=stage, home=struck.home: check_whole(home, (*stage.before, stage.file)))
            done += not struck.last
    print(f"{done} disks")
