# SPDX-License-Identifier: Apache-2.0
"""A home is under one country's pack, from its founding on; another's return is refused by name. D2, D41."""

import pytest

from beholden.catalogue import choose, in_force, in_force_here, load
from beholden.home import Home, create_folders
from beholden.kinds import Actor, Role
from beholden.refusals import Refusal
from integration.world import BEGAN, World


@pytest.fixture
def new_home(tmp_path):
    home = Home(tmp_path / "home")
    create_folders(home)
    return home


def test_a_home_that_names_none_is_under_the_first(new_home):
    assert choose(new_home, "") == "england"
    assert in_force(new_home).hash == load("england").hash


def test_the_choice_is_written_down_and_stays(new_home):
    """D41. No later command, and no option, puts a home under other rules."""
    assert choose(new_home, "us") == "us"
    assert in_force(new_home).hash == load("us").hash
    assert choose(new_home, "") == choose(new_home, "us") == "us"
    with pytest.raises(Refusal) as no:
        choose(new_home, "england")
    assert no.value.code == "catalogue.pack_fixed"
    assert in_force(new_home).hash == load("us").hash


def test_a_home_founded_before_there_was_a_choice_stays_under_the_first(keeper_home):
    assert not keeper_home.pack.exists()
    assert in_force_here().hash == load("england").hash
    with pytest.raises(Refusal) as no:
        choose(keeper_home, "us")
    assert no.value.code == "catalogue.pack_fixed"
    assert not keeper_home.pack.exists()


@pytest.mark.parametrize("raw", [b"", b"us\n\n", b"US\n", b"../england\n", b"\xff", b"atlantis\n"])
def test_a_file_that_names_no_pack_is_refused(new_home, raw):
    """Fail closed: a damaged choice is not the first choice."""
    new_home.pack.write_bytes(raw)
    with pytest.raises(Refusal) as no:
        in_force(new_home)
    assert no.value.code == "catalogue.pack_unreadable"


def test_an_unknown_pack_is_chosen_by_nobody(new_home):
    with pytest.raises(Refusal) as no:
        choose(new_home, "atlantis")
    assert no.value.code == "catalogue.unknown_pack"
    assert not new_home.pack.exists()


def test_a_home_under_the_second_pack_takes_no_return_of_the_first_country(keeper_home, tmp_path):
    """D2. There is no reader for American returns yet, and an English one is not taken for one."""
    from beholden.register.actions import accept

    world = World(tmp_path, pupils=12)
    receipt = accept(world.files[0], catalogue=load("us"), by=world.sender(world.files[0]), at=BEGAN)
    assert (receipt.status, receipt.pupils) == ("refused", 0)
    assert dict(receipt.findings.counts) == {"header.unknown_collection": 1}


def test_the_pack_in_force_stands_in_the_public_log(keeper_home):
    """D41. What a pack file names counts for nothing that is not said in public."""
    from beholden.gate.actions.governing import set_catalogue
    from beholden.ledger import queries
    from beholden.ledger.vocabulary.events import CatalogueSet

    registrar = Actor("registrar", Role.REGISTRAR, "keeper")
    set_catalogue(load("us"), by=registrar, at=BEGAN)
    (said,) = [row.says for row in queries.spoken("events", CatalogueSet.kind)]
    assert said.hash.hex() == load("us").hash != load("england").hash
