# SPDX-License-Identifier: Apache-2.0
"""Putting right, a leaked file and a mover's record, as a registrar, a recipient and a school use the commands. D18, D30-D34."""

import copy
import json
from datetime import UTC, datetime, timedelta

import pyrage
import pytest

import homes
from beholden.kinds import Role
from integration.redressed import released
from integration.typed import command
from integration.world import IDENTITY, REGISTRAR, SEED


@pytest.fixture(scope="module")
def prepared(base_home, tmp_path_factory):
    """A released study."""
    from beholden.settings import found

    with homes.fresh(base_home) as home:
        with found.acting_as(home, "keeper"):
            held = released(tmp_path_factory.mktemp("town"), pupils=60)
        yield home, held


@pytest.fixture
def home(prepared):
    with homes.copied(prepared[0]) as lent:
        yield lent


@pytest.fixture
def held(prepared, home):
    """The released study of today: its next day closes today."""
    held = copy.deepcopy(prepared[1])
    held.world.at = datetime.now(UTC).replace(microsecond=0)
    return held


def whose_row_left(held):
    """A child whose row is with the recipient, its school, and what a registrar types of it."""
    from beholden.register.actions import with_number_and_birth

    for child in held.world.children():
        (person,) = with_number_and_birth(child.upn, child.born, by=REGISTRAR, at=held.world.at)
        if person in held.people:
            return child, (child.upn, child.born.isoformat())
    raise AssertionError("nobody's row left")


def test_a_value_is_put_right_traced_and_told_by_commands(home, held, tmp_path):
    """D30, D31: from the number on paper to the recipient's signed word, and nothing of it on the command line."""
    child, typed = whose_row_left(held)
    where = ("--census", "SC/SPR/2026", "--school", child.roll.laestab)
    assert command(
        home, "value", "correct", "nc_year", *where, "--evidence", "hearsay", typed=(*typed, "11")
    ) == (
        "cli.word",
        "",
    )
    status, said = command(
        home, "value", "correct", "nc_year", *where, "--evidence", "document", typed=(*typed, "11")
    )
    assert (status, said.split(".")[0]) == (0, "Written down as correction 1")
    status, said = command(
        home, "value", "dispute", "sessions_possible", *where, typed=(*typed, "She was ill.")
    )
    assert (status, said.split(".")[0]) == (0, "Written down as statement 2")
    assert "ill" not in said
    status, said = command(home, "trace", "nc_year", typed=typed)
    assert status == 0
    assert "northford  with this fact" in said
    assert "correction 1" in said
    held.close_day()
    status, said = command(home, "message", "give", "northford", "--to", tmp_path / "post")
    (file,) = (tmp_path / "post").iterdir()
    assert (status, said.split("  ")[0]) == (0, str(file))
    status, key = command(home, "message", "key")
    assert (status, len(key.strip())) == (0, 64)
    for name, content in (("identity", str(IDENTITY)), ("signing", SEED.hex())):
        (tmp_path / name).write_text(content)
    keys = ("--identity", tmp_path / "identity", "--key", key.strip())
    status, said = command(home, "recipient", "messages", file, *keys)
    assert status == 0
    assert '"nc_year"' in said
    signing = ("--signing-key", tmp_path / "signing", "--out", tmp_path / "word")
    assert command(home, "recipient", "done", file, *keys, *signing)[0] == 0
    assert command(home, "message", "done", tmp_path / "word", "--by", "recipient")[0] == 0
    assert command(home, "message", "give", "northford", "--to", tmp_path / "post") == (0, "")
    assert command(home, "message", "late") == (0, "0 uses with late messages.\n")


def test_a_leaked_file_becomes_an_incident_by_commands(home, held, tmp_path):
    """D34: whose file it was, who is in it, the public words, the steps in their order."""
    (leaked,) = home.released.iterdir()
    status, said = command(home, "incident", "trace", leaked, "--people", tmp_path / "people")
    assert status == 0
    assert f"{held.world.use}  northford  handover {held.disclosure[:8]}  by its parcel" in said
    people = (tmp_path / "people").read_text().split()
    assert people == sorted(map(str, held.people))
    other = tmp_path / "other.csv"
    other.write_text("a,b\n1,2\n")
    assert command(home, "incident", "trace", other)[0] == 1
    known = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    words = ("A file was left on a train.", "--known", known, "--use", held.world.use)
    opened = ("incident", "open", *words, "--people", tmp_path / "people", "--breach")
    status, said = command(home, *opened)
    ref = said.split()[0]
    assert (status, said) == (
        0,
        f"{ref} is open. Next: tell the regulator, then beholden incident step {ref} regulator_told\n",
    )
    assert command(home, *opened, "--by", "registrar-2") == (0, said)  # the second press leads to the first
    assert command(home, "incident", "step", ref, "closed")[0] == "redress.incident_step"
    assert command(home, "incident", "step", ref, "regulator_told") == (0, f"{ref}: regulator_told.\n")
    status, said = command(home, "incident", "list")
    assert status == 0
    assert said.startswith(f"{ref}  regulator_told  at most 64  tell by ")
    assert not [one for one in people if one in said]


def test_the_families_of_a_file_are_told_by_commands(home, held, tmp_path):
    """D34, Art 34: who is in it comes from the trace; opened twice it is one; a high risk is told before it is closed."""
    from beholden.redress.incidents import incidents, people_of, told_of

    (leaked,) = home.released.iterdir()
    known = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    opened = ("incident", "open", "A file was left on a train.", "--known", known, "--file", leaked)
    status, said = command(home, *opened)
    ref = said.split()[0]
    again = ("incident", "open", "It turned up again.", "--known", known, "--file", leaked)
    assert command(home, *again, "--handover", held.disclosure[:8], "--by", "registrar-2") == (status, said)
    assert people_of(ref, by=REGISTRAR) == tuple(sorted(held.people))
    for mistyped in (("--handover", "zzzz"), ("--use", "U-2026-9999")):
        assert command(home, *opened, *mistyped)[0] == "cli.no_handover"
    assert command(home, *opened[:5], "--handover", held.disclosure[:8])[0] == "cli.no_handover"
    assert len(incidents(at=datetime.now(UTC))) == 1
    other = tmp_path / "other.csv"
    other.write_text("a,b\n1,2\n")
    status, said = command(home, *opened[:-1], other)
    assert (status, "It fits no handover" in said) == (0, True)
    assert told_of(held.people) == {}
    words = ("--means", "Somebody may know it.", "--doing", "We ask who read it.")
    high = ("incident", "high-risk", ref, "--facts", "nc_year, sessions_possible", *words)
    status, said = command(home, *high)
    assert (status, f"incident step {ref} people_told" in said) == (0, True)
    assert {one[0].ref for one in told_of(held.people).values()} == {ref}
    assert len(told_of(held.people)) == len(held.people)
    assert command(home, *high)[0] == "redress.incident_step"
    for state in ("regulator_told", "people_told", "closed"):
        assert command(home, "incident", "step", ref, state)[0] == 0
    nobody = command(home, "incident", "open", "A list was lost.", "--known", known)[1].split()[0]
    status, said = command(home, "incident", "high-risk", nobody, "--facts", "nc_year", *words)
    assert (status, "names nobody" in said) == (0, True)
    assert not next(one for one in incidents(at=datetime.now(UTC)) if one.ref == nobody).named


def test_a_movers_record_is_fetched_by_the_command(home, held, tmp_path):
    """D18: the school's own key, number and birth date are typed, and stand in no word of the command."""
    from beholden.people import actions as people
    from beholden.people.queries import Body

    world = held.world
    child = next(one for one in world.children() if any(stay.left for stay in one.stays))
    locked = pyrage.x25519.Identity.generate()
    school = child.roll.laestab
    body = Body(school, "A school", "school", "England", str(locked.to_public()), "")
    people.enrol(body, by=REGISTRAR, at=world.at)
    people.appoint("data-new", Role.SCHOOL, school, by=REGISTRAR, at=world.at)
    key = people.give_key("data-new", by=REGISTRAR, at=world.at)
    out = tmp_path / "record.age"
    fetch = ("transfer", "data-new", "--out", out)
    born = child.born.isoformat()
    assert command(home, *fetch, typed=("0" * len(key), child.upn, born))[0] == "people.key_mistyped"
    assert command(home, *fetch, typed=(key, child.upn, "2001-01-01"))[0] == "gate.no_transfer"
    assert command(home, *fetch, typed=(key, child.upn, "yesterday"))[0] == "cli.birth_date"
    assert not out.exists()
    status, said = command(home, *fetch, typed=(key, child.upn, born))
    assert (status, said) == (
        0,
        f"{out}: locked to your school's key. The family reads of it from today on.\n",
    )
    assert json.loads(pyrage.decrypt(out.read_bytes(), [locked]))["number"] == child.upn
