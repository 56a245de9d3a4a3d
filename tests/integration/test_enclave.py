# SPDX-License-Identifier: Apache-2.0
"""One study in the reading room: rows that name nobody, nothing handed over, and who was not told counted apart.

One world is played for the module; each test looks at what came of it, or goes on from a copy. D6, D18, D23, D35.
"""

from contextlib import ExitStack
from dataclasses import dataclass

import pytest

import homes
from beholden.catalogue import Flag
from beholden.ledger.entries import parse
from beholden.ledger.verify import verify
from beholden.ledger.vocabulary.events import UntoldIn
from beholden.refusals import Refusal
from beholden.uses.rules import Mark, Says, Setting
from integration.world import CATALOGUE, REGISTRAR, World, copy_of

ITEMS = ("nc_year", "entry_date", "fsm_eligible")
ASKED = (*ITEMS, "sex")
LAW = "dea-2017"


@dataclass
class Told:
    """A home where a study for the reading room was told, and who stands there as what."""

    home: object
    world: World
    kept_out: tuple
    hidden: object
    restricted: object


def refused(code):
    return pytest.raises(Refusal, match=f"^{code}:")


def asked_for(world, **changes):
    typed = {"setting": Setting.READING_ROOM, "why_elsewhere": "", "untold_under": LAW} | changes
    return {"exit": "enclave", "items": ASKED, "application": world.application(ASKED, **typed)}


def begun(folder, **changes):
    """A study whose window is over: one letter's children are kept out, one child is hidden, one restricted."""
    from beholden.people.actions import flag

    world = World(folder, pupils=40)
    world.returns()
    world.published()
    world.use = world.before_the_panel(**asked_for(world, **changes))
    world.agreed(world.use, facts=Mark(Says.YES, "Less will do.", without=("sex",), coarser=("entry_date",)))
    undelivered = {world.handles(world.town.schools[0])[-1].adult}
    world.told(undelivered=undelivered)
    letters = [letter for letter in world.letters() if letter[0] not in undelivered]
    kept_out = world.keep_out(letters[0])
    known = {child.person for letter in letters for child in world.open(letter).children} - set(kept_out)
    hidden, restricted = sorted(known)[:2]
    flag(hidden, "hidden", by=REGISTRAR, at=world.at)
    flag(restricted, "restricted", by=REGISTRAR, at=world.at)
    return world, kept_out, hidden, restricted


def not_told(world):
    """Return the number of every child whom no letter reached: one is undelivered, and one family has none."""
    undelivered = world.handles(world.town.schools[0])[-1].adult
    told = {
        number
        for school in world.town.schools
        for one in world.handles(school)
        if one.adult != undelivered
        for number in one.numbers
    }
    untold = {child.upn for child in world.children()} - told
    assert untold
    return untold


@pytest.fixture(scope="module")
def told(base_home, tmp_path_factory):
    """A study that names a law for those who could not be told, on its last day of answers."""
    from beholden.settings import found

    with homes.fresh(base_home) as home:
        with found.acting_as(home, "keeper"):
            carried = begun(tmp_path_factory.mktemp("town"))
        yield Told(home, *carried)


@pytest.fixture(scope="module")
def released(told):
    """The same study, released into the reading room."""
    from beholden.settings import found

    with ExitStack() as stack:
        home = stack.enter_context(homes.duplicate(told.home))
        with found.acting_as(home, "keeper"):
            disclosure = told.world.released()
        stack.enter_context(found.acting_as(home, "keeper"))
        yield home, disclosure


def in_the_room(home, disclosure):
    from beholden.gate import room
    from beholden.home import keys

    (path,) = home.enclave.iterdir()
    return room.unseal(path.read_bytes(), key=keys.load(home, room.key_name(disclosure)), list_id=disclosure)


def test_rows_in_the_room_bear_no_tag_and_nothing_that_names(released, told):
    """Pseudonym, flag and the items granted, sorted by pseudonym; nothing lies with what is handed over (D18, D23)."""
    home, disclosure = released
    sealed = in_the_room(home, disclosure)
    assert sealed.rows.column_names == ["pseudonym", "restricted", *sorted(ITEMS)]
    pseudonyms = sealed.rows["pseudonym"].to_pylist()
    assert pseudonyms == sorted(set(pseudonyms))
    assert not list(home.released.iterdir())
    assert not list(home.quarantine.iterdir())
    assert sealed.header["use"] == told.world.use


def test_what_the_panel_struck_out_stays_and_what_it_made_less_exact_goes_by_its_month(released, told):
    """Least data: *sex* was asked for and not granted; of the day of joining the month alone was (D18)."""
    from beholden.uses.standing import agreement

    home, disclosure = released
    rows = in_the_room(home, disclosure).rows
    assert "sex" not in rows.column_names
    days = [day for day in rows["entry_date"].to_pylist() if day is not None]
    assert {day.day for day in days} == {1}
    assert len(set(days)) > 1
    assert (
        "by its month alone (entry_date)" in agreement(told.world.use, base="https://register.example/").text
    )


def test_who_was_not_told_is_in_under_the_named_law_and_a_no_is_still_a_no(released, told):
    """Everybody in scope but those who were kept out, told or not (D6, D11)."""
    home, disclosure = released
    rows = in_the_room(home, disclosure).rows.num_rows
    assert rows == len(told.world.children()) - len(told.kept_out)
    assert len(not_told(told.world)) == 1, "somebody was told to nobody, and is in"


def test_the_untold_are_counted_apart_in_the_public_log_under_the_law(released, told):
    """D6. The scope is small, so how many is not told; the exact count is bound by the decision's commitment."""
    from beholden.gate.models import Decision
    from beholden.gate.queries import public_numbers
    from beholden.ledger.queries import entries

    said = [
        body
        for body in (parse(raw, log="events").body for raw in entries("events"))
        if isinstance(body, UntoldIn)
    ]
    assert said == [UntoldIn(count=None, under=LAW, use=told.world.use)]
    assert public_numbers(told.world.use).untold_under == LAW
    made = Decision.objects.get()
    untold = sum(count for borne, count in made.combinations if borne == [Flag.NOT_TOLD.value])
    assert untold == len(not_told(told.world))


def test_a_hidden_childs_row_lacks_what_tells_where_and_a_blank_proves_nothing(released, told):
    """The row is in, the day of joining a school is not; one more row, drawn, has the same blank (D35)."""
    home, disclosure = released
    rows = in_the_room(home, disclosure).rows
    assert rows["entry_date"].null_count == 2
    assert rows["nc_year"].null_count == rows["fsm_eligible"].null_count == 0


def test_a_restricted_childs_row_says_so(released):
    home, disclosure = released
    assert sum(in_the_room(home, disclosure).rows["restricted"].to_pylist()) == 1


def test_a_pseudonym_is_of_one_recipient_and_one_use(released, told):
    """Incompatible purposes never share one, because no two uses do: nothing can be joined by it (D18, D19)."""
    from beholden.gate.pseudonyms import pseudonyms
    from beholden.uses.queries import asked

    home, disclosure = released
    use = asked(told.world.use)
    people = [told.hidden.bytes, told.restricted.bytes]
    mine = set(pseudonyms(use.recipient.ref, use.ref, people))
    assert mine <= set(in_the_room(home, disclosure).rows["pseudonym"].to_pylist())
    for others in ((use.recipient.ref, "U-2026-0009"), ("welfare", use.ref)):
        assert not mine & set(pseudonyms(*others, people))


def test_every_family_can_prove_whether_its_child_lies_in_the_room(released, told):
    """The list stands in the log as of any handover, although the rows carry no tag (D27, D28)."""
    from beholden.gate.actions.proving import bundle

    for person, standing in ((told.kept_out[0], (0, 1)), (told.hidden, (1, 0)), (told.restricted, (1, 0))):
        account = verify(bundle(person, by=REGISTRAR, at=told.world.at))
        assert (len(account.present), len(account.absent)) == standing


def test_the_file_in_the_room_opens_with_its_own_key_alone(released):
    from beholden.gate import room

    home, disclosure = released
    (path,) = home.enclave.iterdir()
    with refused("gate.room"):
        room.unseal(path.read_bytes(), key=bytes(32), list_id=disclosure)
    from beholden.home import keys

    key = keys.load(home, room.key_name(disclosure))
    with refused("gate.room"):
        room.unseal(path.read_bytes(), key=key, list_id="00" * 16)


def test_fsck_finds_nothing_and_then_what_was_put_into_the_room_unlogged(released):
    from beholden.fsck.tables import check_tables

    home, _ = released
    assert list(check_tables(home, CATALOGUE)) == []
    strange = home.enclave / "strange.sealed"
    strange.write_bytes(b"x")
    strange.chmod(0o600)
    try:
        assert [one.code for one in check_tables(home, CATALOGUE)] == ["fsck.released_unlogged"]
    finally:
        strange.unlink()


@pytest.mark.parametrize("kind", ["hidden", "restricted"])
def test_a_child_that_is_hidden_after_the_rows_were_built_stops_the_release(told, kind):
    """What was built would let out fields that must stay behind: it is called off and decided again (D35)."""
    from beholden.gate.actions import releasing
    from beholden.people.actions import flag

    world = told.world
    with copy_of(told) as home:
        decision = world.decided()
        common = {"by": REGISTRAR, "at": world.at}
        disclosure = releasing.fix_header(world.use, decision, catalogue=CATALOGUE, **common)
        releasing.build(disclosure, **common)
        releasing.log_intent(disclosure, **common)
        other = next(
            child.person
            for letter in world.letters()[1:]
            for child in world.open(letter).children
            if child.person not in {told.hidden, told.restricted, *told.kept_out}
        )
        flag(other, kind, **common)
        with refused("gate.overtaken"):
            releasing.release(disclosure, catalogue=CATALOGUE, **common)
        assert not list(home.enclave.iterdir())
        releasing.call_off(disclosure, **common)
        assert not list(home.quarantine.iterdir())


def test_without_a_named_law_whoever_was_not_told_is_out_of_the_room(base_home, tmp_path):
    """D6: *out, or in under a named authority*; nothing is said of the untold where they are out."""
    from beholden.gate.models import Decision

    with homes.clone(base_home):
        world, kept_out, *_ = begun(tmp_path, untold_under="")
        made = Decision.objects.select_related("released").get(pk=world.decided())
        assert made.released.count == len(world.children()) - len(kept_out) - len(not_told(world))
        assert (made.untold_under, made.untold, made.untold_outbox) == ("", None, None)
