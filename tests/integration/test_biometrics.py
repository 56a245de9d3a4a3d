# SPDX-License-Identifier: Apache-2.0
"""A school's book of biometrics: written by the school alone, never changed, read by no page and no exit. D13, D17."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import psycopg
import pytest

from beholden.catalogue import Bar, load
from beholden.home import postgres
from beholden.kinds import Actor, PersonId, Role
from beholden.refusals import Refusal

CATALOGUE = load()
AT = datetime(2026, 9, 1, 9, tzinfo=UTC)
ON, BORN = date(2026, 9, 2), date(2017, 3, 27)
MAYA, SAM = PersonId(UUID(int=1)), PersonId(UUID(int=2))
OFFICE = Actor("oakfield-office", Role.SCHOOL, "3500001")
OTHERS = Actor("elmfield-office", Role.SCHOOL, "3500002")


@pytest.fixture
def school(keeper_home):
    """Two schools, each with an office that may write."""
    from beholden.people.actions import appoint, appoint_first, enrol
    from beholden.people.queries import Body

    keeper = Body("keeper", "The keeper", "keeper", "England", "", "")
    registrar = appoint_first("registrar", keeper, by=Actor("founder", Role.KEEPER), at=AT)
    for office in (OFFICE, OTHERS):
        enrol(Body(office.organisation, "A school", "school", "England", "", ""), by=registrar, at=AT)
        appoint(office.ref, Role.SCHOOL, office.organisation, by=registrar, at=AT)
    return keeper_home


@pytest.fixture
def system(school):
    from beholden.biometrics.actions import NewSystem, begin

    lunch = NewSystem("A finger reader", "Paying for lunch", "A card with the child's name")
    return begin(lunch, catalogue=CATALOGUE, by=OFFICE, at=AT)


def write(system, person, *lines, by=OFFICE, at=AT):
    from beholden.biometrics.actions import write as write_one

    return [write_one(system, person, line, catalogue=CATALOGUE, by=by, at=at) for line in lines]


def lines(*names):
    from beholden.biometrics.rules import How, Line, Said

    known = {
        "mum": Line("adult-1", Said.PARENT, How.NOTED),
        "dad": Line("adult-2", Said.PARENT, How.NOTED),
        "mum told": Line("adult-1", Said.NOTIFIED, How.WRITTEN),
        "dad told": Line("adult-2", Said.NOTIFIED, How.WRITTEN),
        "mum agrees": Line("adult-1", Said.CONSENTS, How.WRITTEN),
        "dad objects": Line("adult-2", Said.OBJECTS, How.WRITTEN),
        "child refuses": Line("", Said.CHILD_REFUSES, How.SHOWN),
    }
    return [known[name] for name in names]


AGREED = ("mum", "dad", "mum told", "dad told", "mum agrees")


def answer(system, person=MAYA, *, on=ON, born_on=BORN):
    from beholden.biometrics.queries import answer as asked

    return asked(system, person, born_on=born_on, on=on, catalogue=CATALOGUE)


def test_it_may_be_used_after_both_were_told_and_one_agreed(system):
    """D17."""
    assert not answer(system).may
    write(system, MAYA, *lines(*AGREED))
    held = answer(system)
    assert (held.may, held.reasons, held.instead) == (True, (), "A card with the child's name")
    assert not answer(system, SAM).may  # each child has an answer of its own


def test_one_word_of_the_child_stops_it_at_once(system):
    """D17."""
    write(system, MAYA, *lines(*AGREED, "child refuses"))
    held = answer(system)
    assert [note.bar for note in held.reasons] == [Bar.CHILD_REFUSES]
    assert CATALOGUE.cite(held.reasons[0].authority).endswith("s.26(5)")


def test_what_parents_said_ends_on_the_18th_birthday(system):
    """D14, D17."""
    write(system, MAYA, *lines(*AGREED))
    assert answer(system, on=date(2035, 3, 26)).may
    assert [note.bar for note in answer(system, on=date(2035, 3, 27)).reasons] == [Bar.NOT_A_CHILD]


def test_no_system_begins_without_another_way(school):
    """D17. s.26(7)."""
    from beholden.biometrics.actions import NewSystem, begin

    for spoilt in (NewSystem("A finger reader", "Lunch", " "), NewSystem("", "Lunch", "A card")):
        with pytest.raises(Refusal) as no:
            begin(spoilt, catalogue=CATALOGUE, by=OFFICE, at=AT)
        assert no.value.code == "biometrics.no_other_way"


def test_no_book_begins_under_a_pack_without_such_a_law(school):
    from beholden.biometrics.actions import NewSystem, begin

    with pytest.raises(Refusal) as no:
        begin(NewSystem("A", "B", "C"), catalogue=load("us"), by=OFFICE, at=AT)
    assert no.value.code == "biometrics.no_law"


@pytest.mark.parametrize(
    ("by", "code"),
    [
        (OTHERS, "biometrics.not_this_school"),
        (Actor("registrar", Role.REGISTRAR, "keeper"), "biometrics.not_this_school"),
        (Actor("nobody", Role.SCHOOL, "3500001"), "people.not_enrolled"),
    ],
)
def test_only_the_school_writes_in_its_book(system, by, code):
    with pytest.raises(Refusal) as no:
        write(system, MAYA, *lines("mum"), by=by)
    assert no.value.code == code


def test_a_line_is_numbered_and_sealed_and_none_is_of_an_earlier_moment(system):
    from beholden.biometrics.queries import written

    slips = write(system, MAYA, *lines("mum", "mum told"))
    assert [slip.number for slip in slips] == [1, 2]
    assert [one.seal.hex() for one in written(system, MAYA)] == [slip.seal for slip in slips]
    with pytest.raises(Refusal) as no:
        write(system, MAYA, *lines("mum agrees"), at=AT - timedelta(seconds=1))
    assert no.value.code == "biometrics.order"


def test_two_systems_of_a_school_have_two_books(system):
    from beholden.biometrics.actions import NewSystem, begin
    from beholden.biometrics.queries import book, books

    other = begin(NewSystem("A face camera", "The gate", "A bell"), catalogue=CATALOGUE, by=OFFICE, at=AT)
    write(system, MAYA, *lines(*AGREED))
    assert not answer(other).may
    assert [one.ref for one in books("3500001")] == [system, other]
    assert books("3500002") == ()
    assert book(other).what == "A face camera"
    with pytest.raises(Refusal) as no:
        book("3500001-9")
    assert no.value.code == "biometrics.unknown_system"


def as_owner(home, statement, *values):
    with postgres.connected(home, "owner") as connection:
        connection.execute("alter table biometrics_entry disable trigger user")
        connection.execute("alter table biometrics_system disable trigger user")
        connection.execute(statement, values)


SPOILING = {
    "an objection becomes a yes": "update biometrics_entry set said = 'consents' where said = 'objects'",
    "a parent is taken out": "delete from biometrics_entry where adult = 'adult-2' and said = 'parent'",
    "another child's line is put here": f"update biometrics_entry set person = '{SAM}' where number = 5",
    "a moment is moved": "update biometrics_entry set at = at + interval '1 second' where number = 2",
    "the system is another": "update biometrics_system set instead = 'Nothing'",
}


@pytest.mark.parametrize("what", SPOILING)
def test_a_book_that_was_changed_is_found(school, system, what):
    """D17, D36. Fail closed: what does not hold together answers no question."""
    from beholden.fsck.books import check_books

    write(system, MAYA, *lines(*AGREED, "dad objects", "child refuses"))
    assert list(check_books()) == []
    as_owner(school, SPOILING[what])
    (found, *_) = check_books()
    assert found.code in ("fsck.book", "fsck.book_line")
    if found.code == "fsck.book_line":
        with pytest.raises(Refusal) as no:
            answer(system)
        assert no.value.code == "biometrics.broken"


def test_nothing_is_changed_or_taken_out_in_the_ordinary_way(school, system):
    """Append-only by trigger, even for whoever owns the tables."""
    write(system, MAYA, *lines("mum"))
    with postgres.connected(school, "owner") as connection:
        for statement in ("update biometrics_entry set adult = 'x'", "delete from biometrics_entry"):
            with pytest.raises(psycopg.errors.RaiseException):
                connection.execute(statement)


def test_the_doors_cannot_read_who_agreed(school, system):
    """D13, D36."""
    write(system, MAYA, *lines(*AGREED))
    with postgres.connected(school, "web") as connection:
        for table in ("public.biometrics_entry", "public.biometrics_system"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(f"select 1 from {table}")


def test_no_item_no_purpose_and_no_exit_names_it():
    """D13, D17. It is nothing that can be asked for."""
    for name in ("england", "us"):
        catalogue = load(name)
        texts = [*catalogue.items, *catalogue.purposes, *catalogue.exits, *catalogue.codes]
        texts += [one.label for one in catalogue.items.values()]
        assert not [text for text in texts if "biometr" in text.lower() or "finger" in text.lower()]


def test_two_who_write_at_once_do_not_both_write_line_one(school, system):
    """One of them is told to read again."""
    from beholden.biometrics import actions

    seen = actions.written
    write(system, MAYA, *lines("mum"))
    try:
        actions.written = lambda ref, person: ()  # as the other saw the book a moment ago
        with pytest.raises(Refusal) as no:
            write(system, MAYA, *lines("dad"))
    finally:
        actions.written = seen
    assert no.value.code == "biometrics.at_once"
