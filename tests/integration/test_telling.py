# SPDX-License-Identifier: Apache-2.0
"""Who was told, when, and by whom it may be said. Sent is not told, late is not told, and no school learns more. D6, D9, D13."""

import re
from datetime import timedelta
from inspect import signature

import pytest

from beholden.kinds import Actor, Role
from beholden.notices.rules import Delivered
from beholden.people.signs import check_sign
from beholden.refusals import Refusal
from beholden.uses.rules import Population
from integration.world import APPLICANT, CATALOGUE, FAMILY, REGISTRAR, World

DAYS = timedelta(days=CATALOGUE.limits.objection_window_days)
SECOND = timedelta(seconds=1)
HANDED, POSTED, RETURNED = Delivered.HANDED_OVER, Delivered.POSTED, Delivered.RETURNED


@pytest.fixture
def world(keeper_home, tmp_path):
    made = World(tmp_path / "town")
    made.returns()
    made.published()
    return made


def refused(code):
    return pytest.raises(Refusal, match=f"^{code}:")


def begin(world, *, spare=timedelta(days=3), ref=None):
    from beholden.gate.actions import telling

    world.answer_by = world.at + DAYS + spare
    telling.begin(ref or world.use, answer_by=world.answer_by, catalogue=CATALOGUE, by=REGISTRAR, at=world.at)


def system(school):
    return Actor(f"school-{school.laestab}", Role.SCHOOL, school.laestab)


def relay(world, school, handles=None, *, ref=None):
    from beholden.gate.actions import telling

    given = world.handles(school) if handles is None else handles
    pack = telling.relay(ref or world.use, school.laestab, given, by=system(school), at=world.at)
    world.codes |= dict(pack.codes)
    return pack


def carry(world, school, word, *handles, ref=None):
    from beholden.gate.actions import telling

    facts = tuple((handle, word) for handle in handles)
    return telling.carried(ref or world.use, school.laestab, facts, by=system(school), at=world.at)


def end(world):
    from beholden.gate.actions import telling

    return telling.told(world.use, by=REGISTRAR, at=world.at)


def told(ref):
    from beholden.notices.queries import told

    return told(ref)


def opened(world, code, born):
    from beholden.notices.actions import open_letter

    return open_letter(code=code, born_on=born, catalogue=CATALOGUE, by=FAMILY, at=world.at)


def names(letter):
    return [name for _, name in letter.children]


def born(world, handle, place=0):
    return {child.upn: child.born for child in world.children()}[handle.numbers[place]]


def person(world, school, number):
    from beholden.register.actions import children_for_letters

    found = children_for_letters(
        school.laestab, (number,), collection="SC", term="SPR", year=2026, by=REGISTRAR, at=world.at
    )
    return found[number].person


def only_of_one(world, school):
    """A handle none of whose pupils another adult of any school decides for."""
    everybody = [handle for one in world.town.schools for handle in world.handles(one)]
    for handle in world.handles(school):
        if sum(bool(set(handle.numbers) & set(other.numbers)) for other in everybody) == 1:
            return handle
    raise AssertionError("this town has no child with one adult: take another seed")


def group(world, school):
    return next(handle for handle in world.handles(school) if len(handle.numbers) > 1)


# --- the time to answer ---


def test_the_window_is_never_shorter_than_the_catalogues(world):
    """D6, D41: a shorter one is refused, whoever asks; so is a moment that says no time zone."""
    with refused("gate.window_short"):
        begin(world, spare=-SECOND)
    world.at = world.at.replace(microsecond=1)
    with refused("gate.window_short"):
        begin(world, spare=timedelta(0))
    world.at = world.at.replace(tzinfo=None, microsecond=0)
    with refused("gate.window_short"):
        begin(world)


def test_a_telling_is_begun_once_by_the_registrar_about_a_use_that_is_published(world):
    """D6, D7, D26."""
    from beholden.gate.actions import telling
    from beholden.uses import actions as uses

    until = world.at + DAYS
    for who in (APPLICANT, system(world.town.schools[0]), FAMILY):
        with refused("gate.role"):
            telling.begin(world.use, answer_by=until, catalogue=CATALOGUE, by=who, at=world.at)
    draft = uses.draft(world.draft(), by=APPLICANT, at=world.at)
    with refused("gate.not_published"):
        begin(world, ref=draft)
    begin(world)
    with refused("notices.told_already"):
        begin(world)


def test_nobody_can_name_another_day_than_the_letters_say(world):
    """The last moment is said once; letters, use and window have it from there (D6)."""
    from beholden.gate.actions import deciding, telling
    from beholden.notices.queries import telling as run_of
    from beholden.uses.queries import asked

    for verb in (telling.told, telling.relay, telling.carried):
        assert not {"answer_by", "audience"} & set(signature(verb).parameters)
    world.told()
    assert asked(world.use).answer_by == run_of(world.use).answer_by == world.answer_by
    deciding.snapshot_registry(by=REGISTRAR, at=world.answer_by)
    with refused("uses.window_open"):
        deciding.decide(world.use, catalogue=CATALOGUE, by=REGISTRAR, at=world.answer_by)


def test_a_family_that_opens_its_letter_early_is_in_time(world):
    """Between the hand-over and the end of the telling the letters are out already."""
    from beholden.notices.queries import telling as run_of

    begin(world)
    run = run_of(world.use)
    assert run.open(world.at)
    assert run.open(world.answer_by)
    assert not run.open(world.answer_by + SECOND)
    assert not run.open(world.at - SECOND)


def test_the_pack_says_the_day_that_was_begun_with(world):
    begin(world)
    assert relay(world, world.town.schools[0]).answer_by == world.answer_by


# --- told ---


def test_a_letter_handed_over_too_late_tells_nobody(world):
    """Whoever is handed a letter on the last day but one has one day to answer; so they were not told (D6)."""
    first, second = world.town.schools[:2]
    one, other = only_of_one(world, first), only_of_one(world, second)
    begin(world)
    for school in (first, second):
        relay(world, school)
    world.at = world.answer_by - DAYS
    carry(world, first, HANDED, one.adult)
    world.at += SECOND
    carry(world, second, HANDED, other.adult)
    assert told(world.use) == {person(world, first, number) for number in one.numbers}


def test_saying_it_again_moves_nothing_and_returned_takes_it_back(world):
    school = world.town.schools[0]
    handle = only_of_one(world, school)
    begin(world)
    relay(world, school)
    assert not told(world.use), "written is not told"
    carry(world, school, POSTED, handle.adult)
    early = told(world.use)
    assert len(early) == len(handle.numbers)
    world.at = world.answer_by - timedelta(days=1)
    carry(world, school, HANDED, handle.adult)
    assert told(world.use) == early, "the first word stands, with its moment"
    carry(world, school, RETURNED, handle.adult)
    assert not told(world.use)
    carry(world, school, HANDED, handle.adult)
    assert not told(world.use), "handed over after it came back, and too late"


def test_told_is_about_one_use(world):
    """Who was told about one use was not told about another (D7)."""
    school, another = world.town.schools[0], world.another()
    begin(world)
    begin(world, ref=another)
    relay(world, school)
    relay(world, school, ref=another)
    carry(world, school, HANDED, *world.codes)
    assert told(world.use)
    assert not told(another)


def test_a_letter_that_is_not_mine_reached_nobody_whatever_the_school_says_next(world):
    from beholden.notices.actions import report_not_mine

    school = world.town.schools[0]
    handle = only_of_one(world, school)
    begin(world)
    relay(world, school)
    carry(world, school, HANDED, *world.codes)
    before = told(world.use)
    theirs = {person(world, school, number) for number in handle.numbers}
    assert theirs <= before
    report_not_mine(code=world.codes[handle.adult], why="moved", by=FAMILY, at=world.at)
    assert told(world.use) == before - theirs
    for word in (POSTED, RETURNED, HANDED):
        assert carry(world, school, word, handle.adult) == 1, "the school is not told that somebody spoke"
        assert told(world.use) == before - theirs
    assert names(opened(world, world.codes[handle.adult], born(world, handle))), "it opens for whom it is for"


def test_not_mine_says_the_same_of_a_code_that_is_none(world):
    """Else anybody could find out which codes there are (finding: the oracle)."""
    from beholden.notices.actions import report_not_mine

    begin(world)
    relay(world, world.town.schools[0])
    known = next(iter(world.codes.values()))
    unknown = "C" * 11 + check_sign("C" * 11)
    assert known != unknown
    for code in (known, unknown):
        assert report_not_mine(code=code, why="never", by=FAMILY, at=world.at) is None


def test_once_the_telling_is_over_nothing_can_be_added_and_a_returned_letter_still_counts(world):
    """D9; sent is not told (D6)."""
    from beholden.ledger.entries import parse
    from beholden.ledger.queries import entries
    from beholden.ledger.vocabulary.events import NoticeGiven

    school = world.town.schools[0]
    handle = only_of_one(world, school)
    begin(world)
    relay(world, school)
    carry(world, school, HANDED, handle.adult)
    figures = end(world)
    assert figures == (len(handle.numbers), len(world.children()))
    (said,) = [
        body
        for body in (parse(raw, log="events").body for raw in entries("events"))
        if isinstance(body, NoticeGiven)
    ]
    assert (said.told, said.audience) == (0, len(world.children()) // 10 * 10)
    late = next(one for one in world.codes if one != handle.adult)
    for attempt in (
        lambda: carry(world, school, HANDED, late),
        lambda: carry(world, school, POSTED, handle.adult, late),
    ):
        with refused("notices.run_closed"):
            attempt()
    with refused("gate.not_published"):
        relay(world, school)
    with refused("gate.not_published"):
        end(world)
    assert carry(world, school, RETURNED, handle.adult) == 1
    assert not told(world.use)


def test_no_letter_is_written_that_nobody_could_answer(world):
    begin(world)
    world.at = world.answer_by + SECOND
    with refused("notices.run_closed"):
        relay(world, world.town.schools[0])


def test_only_the_registrar_ends_a_telling_and_only_one_that_was_begun(world):
    from beholden.gate.actions import telling

    with refused("notices.no_run"):
        end(world)
    with refused("notices.no_run"):
        relay(world, world.town.schools[0])
    begin(world)
    with refused("gate.role"):
        telling.told(world.use, by=APPLICANT, at=world.at)


def test_the_audience_is_everybody_the_use_is_about_and_nobody_else(world):
    """Counted by the gate from the register. Of a use about some school years, the others get no letter."""
    some = world.another(population=Population("SC", "SPR", 2026, ("1", "2", "3")))
    begin(world, ref=some)
    packs = [relay(world, school, ref=some) for school in world.town.schools]
    for school in world.town.schools:
        carry(world, school, HANDED, *world.codes, ref=some)
    world.use = some
    reached, audience = end(world)
    assert 0 < reached <= audience < len(world.children())
    assert sum(pack.not_on_roll for pack in packs) == world.reachable() - reached


def test_a_school_year_that_was_put_right_is_the_one_that_letters_counts_and_scope_go_by(world):
    """D29, D30: letters, the school's count and the gate's scope agree, and a count of before stays as it was."""
    from beholden.gate.actions.weighing import scope
    from beholden.register.actions import About, correct
    from beholden.register.queries import counted_on_roll
    from beholden.register.rules import Evidence, Place
    from beholden.uses.queries import asked

    school = world.town.schools[0]
    handle = only_of_one(world, school)
    child = next(one for one in world.children() if one.upn == handle.numbers[0])
    other = next(year for year in ("1", "2", "3") if year != child.year)
    where = {"collection": "SC", "term": "SPR", "year": 2026}
    uses = {
        year: world.another(population=Population(*where.values(), (year,))) for year in (child.year, other)
    }
    who = person(world, school, child.upn)

    def found(year, at):
        counted = counted_on_roll(school.laestab, **where, school_years=(year,), at=at)
        people = scope(asked(uses[year]), by=REGISTRAR, at=world.at).to_pylist()
        return who.bytes in people, counted

    before = {year: found(year, world.at) for year in uses}
    assert [is_in for is_in, _ in before.values()] == [True, False]
    then, world.at = world.at, world.at + SECOND
    about = About(who, Place(*where.values(), school.laestab), "nc_year")
    correct(about, other, evidence=Evidence.DOCUMENT, catalogue=CATALOGUE, by=REGISTRAR, at=world.at)
    assert {year: found(year, world.at) for year in uses} == {
        child.year: (False, before[child.year][1] - 1),
        other: (True, before[other][1] + 1),
    }
    assert {year: found(year, then)[1] for year in uses} == {year: one[1] for year, one in before.items()}
    for year, not_on_roll in ((child.year, 1), (other, 0)):
        begin(world, ref=uses[year])
        pack = relay(world, school, (only(handle),), ref=uses[year])
        assert (pack.not_on_roll, len(pack.codes)) == (not_on_roll, 1 - not_on_roll)


def only(handle):
    """The handle, for its first pupil alone."""
    from beholden.gate.actions.telling import Handle

    return Handle(handle.adult, handle.numbers[:1])


def test_whoever_left_the_scope_after_the_letter_is_not_counted_as_told(world):
    """The public figure is never of more children than the use is about (D9)."""
    from beholden.notices.actions import close_run

    school = world.town.schools[0]
    begin(world)
    relay(world, school)
    carry(world, school, HANDED, *world.codes)
    here = next(iter(told(world.use)))
    gone = next(one for one in told(world.use) if one != here)
    assert {here, gone} <= told(world.use)
    assert close_run(world.use, among=frozenset({here}), by=REGISTRAR, at=world.at) == (1, 1)


# --- what a school may do, and learns ---


def test_a_school_fetches_and_reports_for_itself_alone(world):
    from beholden.gate.actions import telling

    one, other = world.town.schools[:2]
    begin(world)
    relay(world, other)
    handle = world.handles(other)[0].adult
    for who in (system(one), REGISTRAR, Actor("x", Role.FAMILY, other.laestab)):
        with refused("gate.not_this_school"):
            telling.relay(world.use, other.laestab, (), by=who, at=world.at)
        with refused("gate.not_this_school"):
            telling.carried(world.use, other.laestab, ((handle, HANDED),), by=who, at=world.at)
    assert carry(world, one, HANDED, handle) == 0, "another school's handle is nobody's here"
    assert not told(world.use)


def test_a_number_that_is_not_on_the_roll_leaves_out_one_child_and_says_nothing_of_others(world):
    """Another school's pupil and nobody at all look the same, and neither stops the school's other letters."""
    from beholden.gate.actions.telling import Handle

    one, other = world.town.schools[:2]
    ours, stranger = world.handles(one)[0], world.handles(other)[0].numbers[0]
    begin(world)
    for number in (stranger, "A000000000000"):
        pack = relay(world, one, (Handle("h", (number,)), Handle("i", (*ours.numbers, number))))
        ((handle, code),) = pack.codes
        assert (handle, pack.not_on_roll) == ("i", 1)
        assert len(opened(world, code, born(world, ours)).children) == len(ours.numbers)


def test_a_slip_at_one_school_takes_no_letter_from_another(world):
    """The same number, at two schools, for two children: each school writes to the family of its own."""
    from beholden.register.actions import accept

    one, other = world.town.schools[:2]
    ours, theirs = only_of_one(world, one), only_of_one(world, other)
    file = next(path for path in world.files if other.laestab in path.name)
    slip = world.folder / file.name.replace("_001", "_002")
    changed = file.read_text().replace(theirs.numbers[0], ours.numbers[0])
    slip.write_text(changed.replace("<SerialNo>1</SerialNo>", "<SerialNo>2</SerialNo>"))
    receipt = accept(slip, catalogue=CATALOGUE, by=Actor("desk", Role.REGISTRAR, "keeper"), at=world.at)
    assert (receipt.status, receipt.asked) == ("accepted", 1)
    begin(world)
    relay(world, one)
    mistaken = with_slip(theirs, ours.numbers[0])
    relay(world, other, (mistaken,))
    called = {child.upn: child.forename for child in world.children()}
    for handle, first in ((ours, ours.numbers[0]), (theirs, theirs.numbers[0])):
        letter = opened(world, world.codes[handle.adult], born(world, handle))
        assert called[first] in names(letter)


def also_on_roll(world, child, other):
    """Let a second school send its return again, with the entry of a child who is on two rolls."""
    from beholden.register.actions import accept

    text = next(path for path in world.files if child.roll.laestab in path.name).read_text()
    entry = next(
        part
        for part in re.findall(r" *<PupilOnRoll>.*?</PupilOnRoll>\n", text, re.DOTALL)
        if child.upn in part
    )
    file = next(path for path in world.files if other.laestab in path.name)
    again = world.folder / file.name.replace("_001", "_002")
    changed = file.read_text().replace("    </PupilsOnRoll>", f"{entry}    </PupilsOnRoll>")
    again.write_text(changed.replace("<SerialNo>1</SerialNo>", "<SerialNo>2</SerialNo>"))
    receipt = accept(again, catalogue=CATALOGUE, by=Actor("desk", Role.REGISTRAR, "keeper"), at=world.at)
    assert (receipt.status, receipt.asked) == ("accepted", 0)


def test_a_young_person_on_two_rolls_has_a_letter_of_each_school_and_neither_ends_the_other(world):
    """D6, D15: her own letter is known by herself alone, wherever she goes to school; each school's stands."""
    from beholden.gate.actions.telling import Handle
    from beholden.notices.queries import is_live

    on = world.at.date()
    grown = next(one for one in world.children() if CATALOGUE.guardians_end.has_come_by(one.born, on))
    home = next(one for one in world.town.schools if one.laestab == grown.roll.laestab)
    other = next(one for one in world.town.schools if one is not home)
    also_on_roll(world, grown, other)
    begin(world)
    codes = [
        dict(relay(world, school, (Handle(handle, (grown.upn,), own=True),)).codes)[handle]
        for school, handle in ((home, "at-one"), (other, "at-the-other"))
    ]
    letters = [opened(world, code, grown.born) for code in codes]
    assert len({letter.letter for letter in letters}) == len(codes)
    assert len({letter.adult for letter in letters}) == 1
    for letter in letters:
        assert is_live(letter.letter)
        assert names(letter) == [grown.forename]
    assert carry(world, other, HANDED, "at-the-other") == 1
    assert told(world.use) == {person(world, home, grown.upn)}
    assert carry(world, other, RETURNED, "at-the-other") == 1
    assert told(world.use) == set()
    assert carry(world, home, HANDED, "at-one") == 1
    assert told(world.use) == {person(world, home, grown.upn)}
    (fresh,) = relay(world, home, (Handle("at-one", (grown.upn,), own=True),)).codes
    assert opened(world, fresh[1], grown.born)
    assert is_live(letters[1].letter), "asked for again at one school, the other's letter stands"


def test_a_child_on_two_rolls_is_told_by_either_school(world):
    """D6: each school's system gets its own codes for its own adults, and one letter that arrives is enough."""
    from beholden.gate.actions.telling import Handle

    home, other = world.town.schools[:2]
    handle = only_of_one(world, home)
    child = next(one for one in world.children() if one.upn == handle.numbers[0])
    also_on_roll(world, child, other)
    begin(world)
    first = relay(world, home, (handle,)).codes
    second = relay(world, other, (Handle("adult", (child.upn,)),)).codes
    for ((_, code),) in (first, second):
        assert child.forename in names(opened(world, code, child.born))
    carry(world, home, RETURNED, handle.adult)
    carry(world, other, HANDED, "adult")
    assert person(world, home, child.upn) in told(world.use)


def with_slip(handle, number):
    from beholden.gate.actions.telling import Handle

    return Handle(handle.adult, (number, *handle.numbers[1:]))


def test_only_the_uses_own_census_says_whose_families_are_written_to(world):
    """The school that a child has left still has an old return: it gets no code by that (finding 15)."""
    from beholden.register.actions import children_for_letters

    school = world.town.schools[0]
    numbers = tuple(number for handle in world.handles(school) for number in handle.numbers)
    found = {
        census: len(
            children_for_letters(
                school.laestab,
                numbers,
                collection=census[0],
                term=census[1],
                year=census[2],
                by=REGISTRAR,
                at=world.at,
            )
        )
        for census in (("SC", "SPR", 2026), ("SC", "AUT", 2026), ("SC", "SPR", 2025), ("AP", "SPR", 2026))
    }
    assert found.pop(("SC", "SPR", 2026)) == len(set(numbers))
    assert set(found.values()) == {0}


def test_a_row_file_that_was_changed_writes_no_letter(world, keeper_home):
    for file in keeper_home.rows.rglob("*.parquet"):
        content = bytearray(file.read_bytes())
        content[len(content) // 2] ^= 1
        file.chmod(0o600)
        file.write_bytes(bytes(content))
    begin(world)
    with refused("register.file_changed"):
        relay(world, world.town.schools[0])


def test_one_adult_is_named_once(world):
    school = world.town.schools[0]
    begin(world)
    with refused("notices.handle_twice"):
        relay(world, school, (world.handles(school)[0],) * 2)


def test_a_letter_that_was_never_carried_dies_when_it_is_replaced(world):
    """A lost pack is worthless once its school fetches another."""
    school = world.town.schools[0]
    handle = only_of_one(world, school)
    begin(world)
    relay(world, school)
    lost = world.codes[handle.adult]
    letter = opened(world, lost, born(world, handle)).letter
    relay(world, school, (handle,))
    with refused("notices.not_opened"):
        opened(world, lost, born(world, handle))
    assert not live(letter)
    carry(world, school, RETURNED, handle.adult)
    assert not live(letter), "a word on the letter that stands wakes no dead one"
    fresh = opened(world, world.codes[handle.adult], born(world, handle))
    assert live(fresh.letter)
    assert not told(world.use)
    assert carry(world, school, HANDED, handle.adult) == 1
    assert len(told(world.use)) == len(handle.numbers)


def live(letter):
    from beholden.notices.queries import is_live

    return is_live(letter)


def test_a_letter_that_was_carried_opens_and_counts_though_it_is_replaced(world):
    """Else a school could undo every family's letter by asking for codes again, after it said that they were told."""
    school = world.town.schools[0]
    handle = only_of_one(world, school)
    begin(world)
    relay(world, school)
    carry(world, school, HANDED, handle.adult)
    first = world.codes[handle.adult]
    world.at = world.answer_by - timedelta(days=1)
    relay(world, school, (handle,))
    assert len(told(world.use)) == len(handle.numbers)
    old, new = (opened(world, code, born(world, handle)) for code in (first, world.codes[handle.adult]))
    assert old.adult == new.adult
    assert live(old.letter)
    assert live(new.letter)
    carry(world, school, RETURNED, handle.adult)
    assert not told(world.use), "what came back is true of the adult's earlier letter too"
    assert names(opened(world, first, born(world, handle)))


# --- children who are kept safe ---


@pytest.mark.parametrize("kind", ["hidden", "restricted", "severed"])
def test_a_child_who_is_kept_safe_is_in_no_letter_and_the_school_cannot_tell(world, kind):
    """D35, U1. The pack is the same in every part; the letter names the others, and opens with any birth date."""
    from beholden.people.actions import flag

    school = world.town.schools[0]
    handle = group(world, school)
    safe = person(world, school, handle.numbers[0])
    begin(world)
    before = relay(world, school)
    flag(safe, kind, by=REGISTRAR, at=world.at)
    after = relay(world, school)
    assert [one for one, _ in after.codes] == [one for one, _ in before.codes]
    assert (after.not_on_roll, after.answer_by) == (before.not_on_roll, before.answer_by)
    for place in range(len(handle.numbers)):
        letter = opened(world, world.codes[handle.adult], born(world, handle, place))
        assert len(letter.children) == len(handle.numbers) - 1
        assert safe not in dict(letter.children)
    carry(world, school, HANDED, *dict(after.codes))
    assert safe not in told(world.use)
    assert person(world, school, handle.numbers[1]) in told(world.use)


def test_a_letter_that_may_name_nobody_opens_for_nobody_and_says_so_only_to_who_knows_the_child(world):
    from beholden.people.actions import flag

    school = world.town.schools[0]
    handle = only_of_one(world, school)
    for number in handle.numbers:
        flag(person(world, school, number), "hidden", by=REGISTRAR, at=world.at)
    begin(world)
    pack = relay(world, school)
    assert handle.adult in dict(pack.codes)
    assert pack.not_on_roll == 0
    code, day = world.codes[handle.adult], born(world, handle)
    with refused("notices.ring_us") as safe:
        opened(world, code, day)
    with refused("notices.not_opened"):
        opened(world, code, day - timedelta(days=1))
    carry(world, school, HANDED, handle.adult)
    assert not told(world.use)
    another = next(one for one in world.handles(school) if one.adult != handle.adult)
    for _ in range(4):
        miss(world, another, 5)
        world.at += timedelta(hours=2)
    with refused("notices.ring_us") as worn:
        opened(world, world.codes[another.adult], born(world, another))
    assert str(worn.value) == str(safe.value), "one sentence, so that it tells nobody which it was"


def test_a_flag_that_is_over_leaves_nobody_out(world):
    from beholden.people.actions import flag

    school = world.town.schools[0]
    handle = world.handles(school)[0]
    flag(
        person(world, school, handle.numbers[0]),
        "hidden",
        by=REGISTRAR,
        at=world.at,
        until=world.at + timedelta(hours=1),
    )
    world.at += timedelta(hours=1)
    begin(world)
    relay(world, school)
    assert len(opened(world, world.codes[handle.adult], born(world, handle)).children) == len(handle.numbers)


# --- opening, and guessing ---


def miss(world, handle, times):
    for _ in range(times):
        with refused("notices.not_opened"):
            opened(world, world.codes[handle.adult], born(world, handle) - timedelta(days=4_000))


def test_an_unknown_code_and_a_wrong_birth_date_get_one_answer(world):
    """Nobody learns from a refusal which codes there are."""
    school = world.town.schools[0]
    handle = world.handles(school)[0]
    begin(world)
    relay(world, school)
    said = set()
    unknown = "C" * 11 + check_sign("C" * 11)
    for code, day in (
        (unknown, born(world, handle)),
        (world.codes[handle.adult], born(world, handle) - timedelta(days=4_000)),
    ):
        with refused("notices.not_opened") as no:
            opened(world, code, day)
        said.add((str(no.value), no.value.next_step, no.value.authority))
    assert len(said) == 1
    with refused("notices.code_mistyped"):
        opened(world, unknown[:-1] + ("D" if unknown[-1] != "D" else "F"), born(world, handle))


def test_five_wrong_dates_lock_one_code_longer_each_time_and_then_for_good(world):
    """U1: the lock is per code, so nobody locks out a stranger; and opening a letter gives a guesser nothing back."""
    school = world.town.schools[0]
    handle, other = world.handles(school)[:2]
    begin(world)
    relay(world, school)
    code, day = world.codes[handle.adult], born(world, handle)
    for minutes in (15, 30, 60):
        miss(world, handle, 4)
        assert names(opened(world, code, day)), "its own reader opens it between two guesses"
        miss(world, handle, 1)
        world.at += timedelta(minutes=minutes) - SECOND
        with refused("notices.too_many_tries"):
            opened(world, code, day)
        world.at += SECOND
    miss(world, handle, 5)
    world.at += timedelta(days=1)
    with refused("notices.ring_us"):
        opened(world, code, day)
    assert names(opened(world, world.codes[other.adult], born(world, other)))
    relay(world, school, (handle,))
    assert names(opened(world, world.codes[handle.adult], day)), "its school can fetch another letter"


def test_the_doors_own_login_is_enough_to_open_to_count_and_to_say_not_mine(world, keeper_home):
    """D36: a door needs neither a letter's school nor its children in clear; the code brings what it shows."""
    from beholden.notices.actions import report_not_mine
    from beholden.notices.models import Letter
    from beholden.notices.queries import telling as run_of
    from beholden.settings.found import acting_as

    school = world.town.schools[0]
    handle = world.handles(school)[0]
    begin(world)
    relay(world, school)
    with acting_as(keeper_home, "web"):
        letter = opened(world, world.codes[handle.adult], born(world, handle)).letter
        assert live(letter)
        assert run_of(world.use).open(world.at)
        miss(world, handle, 1)
        report_not_mine(code=world.codes[handle.adult], why="moved", by=FAMILY, at=world.at)
    held = Letter.objects.get(pk=letter)
    assert (held.tries, held.not_mine) == (1, "moved")
