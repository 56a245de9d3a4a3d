# SPDX-License-Identifier: Apache-2.0
"""The desk says quickly which handovers list a child; a proof of the same child says the same. D22, D27."""

import json
import secrets

import pytest

from beholden.kinds import Actor, Role
from beholden.ledger.verify import verify
from beholden.refusals import Refusal
from integration.typed import command
from integration.world import CATALOGUE, FAMILY, REGISTRAR, World


@pytest.fixture
def world(keeper_home, tmp_path):
    made = World(tmp_path / "town")
    made.returns()
    made.published()
    made.told()
    return made


def refused(code):
    return pytest.raises(Refusal, match=f"^{code}:")


def recalled(person, world):
    from beholden.gate.actions.recalling import history

    return history(person, by=REGISTRAR, at=world.at)


def test_it_says_of_everybody_what_a_proof_says(world):
    from beholden.gate.actions.proving import bundle

    kept_out = world.keep_out(world.letters()[0])
    disclosure = world.released()
    people = {child.person for letter in world.letters() for child in world.open(letter).children}
    assert len(people) > 5
    for person in people:
        (one,) = recalled(person, world)
        account = verify(bundle(person, by=REGISTRAR, at=world.at))
        assert (one.disclosure, one.use) == (disclosure, world.use)
        assert one.in_list == bool(account.present) == (person not in kept_out)


def test_it_is_written_down_first_and_the_family_reads_of_it(world):
    from beholden.gate.looks import looks_at

    world.released()
    person = world.open(world.letters()[0]).children[0].person
    recalled(person, world)
    (look, *_) = looks_at(person)
    assert (look.exit, look.what, look.by, look.at) == ("subject_copy", "uses", REGISTRAR.ref, world.at)


def test_what_did_not_leave_is_not_there(world):
    person = world.open(world.letters()[0]).children[0].person
    assert recalled(person, world) == ()


def test_it_is_the_registrar_s_after_a_look_at_who_asks(world):
    from beholden.rights.desk import recall

    mine = world.letters()[0]
    world.released()
    asked = {"code": mine[1], "born_on": mine[2], "child": 1, "catalogue": CATALOGUE, "at": world.at}
    with refused("gate.role"):
        recall(**asked, identity_seen=True, by=FAMILY)
    with refused("people.not_enrolled"):
        recall(**asked, identity_seen=True, by=Actor("nobody", Role.REGISTRAR, "keeper"))
    with refused("rights.identity_not_seen"):
        recall(**asked, identity_seen=False, by=REGISTRAR)
    with refused("rights.no_such_child"):
        recall(**(asked | {"child": 9}), identity_seen=True, by=REGISTRAR)
    assert [in_list for _, in_list in recall(**asked, identity_seen=True, by=REGISTRAR)] == [True]


def test_what_is_sealed_is_not_there_before_it_opens(base_home, tmp_path):
    """In a home in which everything has happened: of the order's children, too, only what is in the open (D22)."""
    import homes
    from beholden.gate.models import Compulsion, Disclosure
    from beholden.register.vault.models import Person
    from beholden.register.vault.wall import keeper
    from integration.played import played

    with played(base_home, tmp_path / "everything") as (home, world), homes.copied(home):
        held = Compulsion.objects.get(unsealed=None)
        with keeper():
            people = list(Person.objects.values_list("pk", flat=True)[:20])
        open_ones = set(
            Disclosure.objects.filter(state="released", tags__isnull=False).values_list("pk", flat=True)
        )
        assert open_ones
        for person in people:
            found = {one.disclosure for one in recalled(person, world)}
            assert found == open_ones
            assert held.pk not in found


def test_the_command_prints_it(world, keeper_home):
    mine = world.letters()[0]
    disclosure = world.released()
    answers = (mine[1], mine[2], "yes")
    status, said = command(keeper_home, "history", typed=answers)
    assert status == 0
    assert f"in the list of {disclosure[:8]}, {world.use}" in said
    assert "In 1 of 1 lists, as the keeper has them." in said
    assert "This proves nothing" in said
    (row,) = json.loads(command(keeper_home, "history", "--json", typed=answers)[1])["handovers"]
    assert (row["handover"], row["in_list"], row["use"]) == (disclosure, True, world.use)


@pytest.mark.parametrize("count", [0, 1, 2, 255, 256, 257, 600, 5_000, 40_000])
@pytest.mark.parametrize("shape", ["random", "crowded"])
def test_a_tag_is_found_by_a_page_or_two_wherever_it_lies(keeper_home, count, shape):
    """In lists of every size, and in one whose tags crowd in one place, as no honest list does."""
    from beholden.gate import sets

    def drawn():
        raw = secrets.token_bytes(16)
        return b"\x80" * 6 + raw[6:] if shape == "crowded" else raw

    tags = sorted({drawn() for _ in range(count)})
    (keeper_home.sets / "tags-0.set").write_bytes(b"".join(tags))
    inside = {*tags[:: max(count // 200, 1)], *tags[:2], *tags[-2:]}
    outside = [bytes(16), b"\xff" * 16, *(drawn() for _ in range(50))]
    assert all(sets.have(("tags-0.set", len(tags), [tag]) for tag in inside))
    assert not any(sets.have(("tags-0.set", len(tags), [tag]) for tag in outside))
    assert list(
        sets.have([("tags-0.set", len(tags), [*outside, *inside]), ("tags-0.set", len(tags), [])])
    ) == [bool(tags), False]


def test_a_tag_that_only_stands_across_two_is_in_no_list(keeper_home):
    from beholden.gate import sets

    across, before, after = b"\1" * 16, b"\0" * 8 + b"\1" * 8, b"\1" * 8 + b"\2" * 8
    tags = [before, after]
    (keeper_home.sets / "tags-1.set").write_bytes(b"".join(tags))
    (keeper_home.sets / "tags-2.set").write_bytes(b"".join([before, across[:15] + b"\2", after]))
    (keeper_home.sets / "tags-3.set").write_bytes(b"".join([before, across, after]))
    lists = (("tags-1.set", 2), ("tags-2.set", 3), ("tags-3.set", 3))
    assert list(sets.have((one, size, [across]) for one, size in lists)) == [False, False, True]
