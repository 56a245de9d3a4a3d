# SPDX-License-Identifier: Apache-2.0
"""A child whose names are in no English alphabet, from the return to letter, copy, move and handover. D1, D30, D48."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from unicodedata import normalize

import pytest

import homes
from integration.world import CATALOGUE, HEARD, REGISTRAR, World

GIVEN, FAMILY_NAME, MIDDLE = "Zoë-Żaneta", "Ó Súilleabháin-Nguyễn", "Ağca Þóra"


@pytest.fixture(scope="module")
def stage(base_home, tmp_path_factory):
    """A town in which one child's return says such names; its family has a letter, and the keeper answers."""
    from beholden.hatch.keeping import open_hatch
    from beholden.hatch.table import keeper
    from beholden.settings import found

    with homes.fresh(base_home) as home, found.acting_as(home, "keeper"):
        at = datetime.now(UTC).replace(microsecond=0) - HEARD - timedelta(days=3)
        world = World(tmp_path_factory.mktemp("town"), at=at, pupils=40)
        alone = {
            one.numbers[0]
            for school in world.town.schools
            for one in world.handles(school)
            if len(one.numbers) == 1
        }
        child = next(one for one in world.children() if one.upn in alone and one.middle_names)
        for path in world.files:
            path.write_text(renamed(path.read_text("utf-8"), child), "utf-8")
        assert {receipt.status for receipt in world.returns()} == {"accepted"}
        world.published()
        world.told()
        with open_hatch(home, keeper(CATALOGUE, since=datetime.now(UTC))):
            yield home, world, child


def renamed(text, child):
    """Put the names into one pupil's record, wherever it stands."""
    parts = re.split(r"(?=<Pupil(?:On|No)\w*>|<Pupil>)", text)
    for place, part in enumerate(parts):
        if child.upn in part:
            for field, said in (("Forename", GIVEN), ("Surname", FAMILY_NAME), ("MiddleNames", MIDDLE)):
                known = parts[place]
                parts[place] = re.sub(
                    rf"<{field}>[^<]*</{field}>", f"<{field}>{said}</{field}>", known, count=1
                )
    return "".join(parts)


def letter_of(world, child):
    return next(one for one in world.letters() if one[3] == (child.upn,))


def test_the_letters_page_says_the_name_as_it_is_written(stage):
    from django.test import Client
    from django.test.utils import override_settings

    _, world, child = stage
    letter = letter_of(world, child)
    assert [one.name for one in world.open(letter).children] == [GIVEN]
    with override_settings(ALLOWED_HOSTS=["testserver"]):
        reader = Client()
        reader.post("/letter", {"code": letter[1]})
        born = {"day": child.born.day, "month": child.born.month, "year": child.born.year}
        shown = reader.post("/letter/check", born, follow=True).content.decode()
    assert GIVEN in shown
    assert normalize("NFC", GIVEN) == GIVEN


def test_copy_and_record_have_every_name_and_the_file_is_read_by_any_program(stage):
    from beholden.rights import family
    from beholden.rights.record import AboutChild, Shown

    _, world, child = stage
    handle, code, born, _ = letter_of(world, child)
    named = {"catalogue": CATALOGUE, "at": world.at}
    shown = Shown(code, born, world.seconds[handle])
    shown = replace(shown, second=family.enter(shown, **named).own_code)
    (one,) = family.overview(shown, **named).children
    assert one.name == GIVEN
    about = AboutChild(shown, one.ref)
    values = {line.item: line.value for group in family.record(about, **named).groups for line in group.lines}
    assert (values["forename"], values["surname"], values["middle_names"]) == (GIVEN, FAMILY_NAME, MIDDLE)
    copy = family.copy_file(about, **named)
    facts = {
        fact["item"]: fact["value"] for group in json.loads(copy.content)["groups"] for fact in group["facts"]
    }
    assert (facts["forename"], facts["surname"], facts["middle_names"]) == (GIVEN, FAMILY_NAME, MIDDLE)
    assert GIVEN.encode() in copy.content
    assert copy.name.isascii()


def test_an_officer_finds_the_child_and_the_row_leaves_like_every_other(stage):
    """Nothing of a name decides who is in a handover, and no name is in it."""
    from beholden.catalogue import Store
    from beholden.gate.actions.looking import Sought, look
    from beholden.gate.lookups import LookUp

    home, world, child = stage
    asked = LookUp("correction", frozenset({Store.NAMES}))
    sought = Sought(child.upn, child.born, is_known=False)
    got = look(sought, asked, catalogue=CATALOGUE, by=REGISTRAR, at=world.at)
    assert {fact.value for fact in got.known} >= {GIVEN, FAMILY_NAME, MIDDLE}
    disclosure = world.released()
    rows = world.parcel(home, disclosure).rows
    assert rows.num_rows == world.reachable()
    assert GIVEN not in str(rows.to_pylist())
