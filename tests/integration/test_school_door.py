# SPDX-License-Identifier: Apache-2.0
"""What a school may do and see at its door: send, read what was found, look back, and see every use (D1, D5, D13, D29).

Each verb is called as the keeper's process calls it, with a question and nothing else.
"""

import io
import re
import zipfile
from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest

from beholden.home import here
from beholden.refusals import Refusal
from beholden.rights.school import asked
from beholden.rights.school.asked import Put, Which
from beholden.rights.shown import Shown
from beholden.town import return_name
from integration.schools import enrolled, put, sent
from integration.world import APPLICANT, BEGAN, CATALOGUE, REGISTRAR, World


def refused(code):
    return pytest.raises(Refusal, match=f"^{re.escape(code)}:")


@pytest.fixture
def world(keeper_home, tmp_path):
    return World(tmp_path)


@pytest.fixture
def schools(world):
    return world.town.schools


@pytest.fixture
def shown(world, schools):
    return enrolled(world, schools[0])


@pytest.fixture
def file(world):
    return world.files[0].read_bytes()


def spoilt(file):
    """Return a return with one wrong pupil number and one made-up code."""
    text = file.decode()
    text = re.sub(r"<UPN>.", "<UPN>Z", text, count=1)
    return re.sub(r"<Ethnicity>\w+<", "<Ethnicity>QQQQ<", text, count=1).encode()


def history(shown, at=BEGAN):
    from beholden.rights.school.returns import history as verb

    return verb(shown, catalogue=CATALOGUE, at=at).lines


def findings(shown, place, at=BEGAN):
    from beholden.rights.school.returns import findings as verb

    return verb(Which(shown, place), catalogue=CATALOGUE, at=at)


def today(shown, at=BEGAN):
    from beholden.rights.school.today import today as verb

    return verb(shown, catalogue=CATALOGUE, at=at)


def uses(shown, at=BEGAN):
    from beholden.rights.school.uses import uses as verb

    return verb(shown, catalogue=CATALOGUE, at=at)


def inbox_is_empty():
    return not list(here().inbox.iterdir())


# --- coming in


def test_the_door_opens_with_reference_and_key_and_says_whose_it_is(world, schools, shown):
    from beholden.rights.school.knocking import sign_in

    school = sign_in(shown, catalogue=CATALOGUE, at=BEGAN)
    assert (school.ref, school.number, school.name) == (shown.ref, schools[0].laestab, schools[0].name)


def test_every_question_opens_the_door_afresh_so_an_ended_key_ends_the_sitting(world, shown, file):
    from beholden.people.actions import end_key

    assert sent(shown, file, at=BEGAN).status == "accepted"
    end_key(shown.ref, by=REGISTRAR, at=BEGAN)
    questions = (
        lambda: history(shown),
        lambda: today(shown),
        lambda: uses(shown),
        lambda: findings(shown, 1),
        lambda: sent(shown, file, at=BEGAN),
    )
    for question in questions:
        with refused("people.not_let_in"):
            question()
    assert inbox_is_empty()


def test_an_officer_of_another_kind_does_not_come_in_at_the_schools_door(world, shown):
    """A reviewer's good key gets the same answer as a wrong one."""
    from beholden.kinds import Role
    from beholden.people import actions as people

    people.appoint("reviewer-x", Role.REVIEWER, "keeper", by=REGISTRAR, at=BEGAN)
    key = people.give_key("reviewer-x", by=REGISTRAR, at=BEGAN)
    with refused("people.not_let_in"):
        history(Shown("reviewer-x", key))


def test_a_question_prints_no_key(shown):
    """What is shown stands in no log and no error."""
    assert shown.key not in repr(shown)
    assert shown.key not in repr(Put(shown, "x"))


# --- sending


def test_a_return_is_taken_in_under_the_officers_name_and_the_file_lies_nowhere_any_more(
    shown, schools, file
):
    from beholden.register.queries import held_returns

    taken = sent(shown, file, at=BEGAN)
    assert (taken.status, taken.place, taken.school.number) == ("accepted", 1, schools[0].laestab)
    (held,) = held_returns()
    assert (held.by, held.school) == (shown.ref, schools[0].laestab)
    assert inbox_is_empty()


def test_a_file_sent_twice_is_one_return(shown, file):
    """The form posted twice, or the same file sent again a week later."""
    first = sent(shown, file, at=BEGAN)
    again = sent(shown, file, at=BEGAN + timedelta(days=7))
    assert (again.status, again.place) == ("unchanged", first.place)
    assert len(history(shown)) == 1


def test_the_same_return_in_a_zip_is_the_same_return(shown, file):
    first = sent(shown, file, at=BEGAN)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("return.xml", file)
    again = sent(shown, made.getvalue(), at=BEGAN)
    assert (again.status, again.place) == ("unchanged", first.place)
    assert inbox_is_empty()


def test_a_zip_with_two_files_is_refused_and_nothing_is_kept(shown, file):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as out:
        out.writestr("one.xml", file)
        out.writestr("two.xml", file)
    with refused("intake.zip_many"):
        sent(shown, made.getvalue(), at=BEGAN)
    assert history(shown) == ()
    assert inbox_is_empty()


def test_what_comes_out_of_a_zip_is_capped_like_what_is_sent(shown, monkeypatch):
    from beholden.rights.school import returns

    monkeypatch.setattr(returns, "MOST_BYTES", 1_000)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("return.xml", b" " * 5_000)
    with refused("intake.zip_too_large"):
        sent(shown, made.getvalue(), at=BEGAN)
    assert inbox_is_empty()


@pytest.mark.parametrize("name", ["../keys/vault", "0" * 32, ""])
def test_only_what_lies_in_the_inbox_can_be_sent(shown, name):
    from beholden.rights.school.returns import take

    with refused("home.inbox"):
        take(Put(shown, name), catalogue=CATALOGUE, at=BEGAN)


def test_a_stranger_cannot_have_a_file_read_and_it_is_taken_away(shown, file):
    from beholden.rights.school.returns import take

    stranger = replace(shown, key="C" * 16)
    with pytest.raises(Refusal):
        take(Put(stranger, put(file)), catalogue=CATALOGUE, at=BEGAN)
    assert inbox_is_empty()
    assert history(shown) == ()


def test_another_schools_file_is_refused_whole_and_only_its_sender_sees_that(world, schools, shown):
    """The sender is compared with the school in the file's header; not one pupil of it is stored."""
    from beholden.register.queries import vault_counts

    other = enrolled(world, schools[1])
    taken = sent(shown, world.files[1].read_bytes(), at=BEGAN)
    assert taken.status == "refused"
    assert vault_counts().people == 0
    (group,) = findings(shown, taken.place).groups
    assert (group.rule, group.is_error) == ("file.other_school", True)
    assert history(other) == ()


def test_a_file_with_errors_keeps_nothing_and_its_findings_say_rule_line_and_what_to_do(shown, file):
    from beholden.register.queries import vault_counts

    taken = sent(shown, spoilt(file), at=BEGAN)
    assert taken.status == "refused"
    assert vault_counts().people == 0
    found = findings(shown, taken.place)
    assert found.all_listed
    assert all(group.is_error and group.what_to_do for group in found.groups)
    assert {"1510"} <= {group.rule for group in found.groups}
    spots = [spot for group in found.groups for spot in group.spots]
    assert len(spots) == found.line.found >= 2
    assert all(spot.line > 1 and spot.place.startswith("pupil ") for spot in spots)


def test_no_answer_repeats_a_pupils_value(shown, file):
    """Names, numbers and birth dates of the file stand in no answer of any verb."""
    sent(shown, spoilt(file), at=BEGAN)
    sent(shown, file, at=BEGAN)
    answers = (findings(shown, 1), findings(shown, 2), history(shown), today(shown), uses(shown))
    said = msgspec.json.encode(answers).decode()
    for tag in ("UPN", "Surname", "Forename", "DOB", "PostCode"):
        for value in set(re.findall(f"<{tag}>(.*?)</{tag}>", file.decode())):
            assert not re.search(rf"\b{re.escape(value)}\b", said), tag


def test_findings_are_grouped_by_rule_and_every_one_stands_in_one_group(shown, file):
    text = file.decode()
    many = re.sub(r"<UPN>.", "<UPN>Z", text)
    taken = sent(shown, many.encode(), at=BEGAN)
    found = findings(shown, taken.place)
    keys = [(group.rule, group.sentence) for group in found.groups]
    assert len(keys) == len(set(keys))
    assert sum(len(group.spots) for group in found.groups) == found.line.found
    for group in found.groups:
        assert [spot.line for spot in group.spots] == sorted(spot.line for spot in group.spots)


# --- looking back


def test_history_has_everything_taken_in_replaced_and_refused_newest_first(shown, file):
    sent(shown, spoilt(file), at=BEGAN)
    sent(shown, file, at=BEGAN + timedelta(hours=1))
    corrected = file.replace(b"<SENprovision>N</SENprovision>", b"<SENprovision>K</SENprovision>", 1)
    assert corrected != file
    sent(shown, corrected, at=BEGAN + timedelta(hours=2))
    lines = history(shown)
    assert [(line.place, line.status) for line in lines] == [
        (3, "accepted"),
        (2, "superseded"),
        (1, "refused"),
    ]
    assert [line.pupils > 0 for line in lines] == [True, True, False]
    assert lines[0].census == "School Census of spring 2026"
    assert lines[2].found >= 2


def test_a_school_sees_its_own_files_alone_by_whatever_place(world, schools, shown, file):
    """The number in an address opens another file, or none, for anybody else."""
    other = enrolled(world, schools[1])
    sent(shown, file, at=BEGAN)
    sent(other, b"<Message><Header>", at=BEGAN)
    sent(other, world.files[1].read_bytes(), at=BEGAN)
    assert [line.status for line in history(other)] == ["accepted", "refused"]
    assert [line.status for line in history(shown)] == ["accepted"]
    for place in (0, 2, 3, 10**12, 10**30, -1):
        with refused("rights.no_such_return"):
            findings(shown, place)


def test_colleagues_of_one_school_see_what_each_of_them_sent(world, schools, shown, file):
    from beholden.kinds import Role
    from beholden.people import actions as people

    people.appoint("second", Role.SCHOOL, schools[0].laestab, by=REGISTRAR, at=BEGAN)
    second = Shown("second", people.give_key("second", by=REGISTRAR, at=BEGAN))
    sent(shown, spoilt(file), at=BEGAN)
    assert [line.status for line in history(second)] == ["refused"]


# --- uses


@pytest.fixture
def released(world, schools):
    """A study of everybody in the census, handed over."""
    world.returns()
    world.published()
    world.told()
    world.released()
    return [enrolled(world, school) for school in schools]


def test_every_use_of_what_was_sent_is_listed_with_its_scope_before_any_choice(world, released, schools):
    """D29, D13: how many of the school's children the use was about, in tens, whoever said no."""
    for shown, school in zip(released, schools, strict=True):
        (use,) = uses(shown, world.at).uses
        assert use.ref == world.use
        assert use.who == "University of Northford, England"
        count = (world.folder / return_name(school)).read_text().count("<PupilOnRoll>")
        assert use.children == (count - count % 10 if count >= 10 else 0)


def test_a_use_that_has_handed_over_nothing_shows_no_count(world, schools):
    world.returns()
    world.published()
    shown = enrolled(world, schools[0])
    (use,) = uses(shown, world.at).uses
    assert (use.state_label, use.children) == ("Open", None)
    assert [one.ref for one in today(shown, world.at).open_uses] == [world.use]


def test_a_refused_request_stands_beside_the_others(world, schools):
    from beholden.kinds import Actor, Role
    from beholden.uses import actions

    world.returns()
    world.published()
    by = Actor("applicant-2", Role.APPLICANT, "welfare")
    ref = actions.draft(world.draft(purpose="welfare-fraud", exit="match"), by=by, at=world.at)
    actions.submit(ref, catalogue=CATALOGUE, by=by, at=world.at)
    shown = enrolled(world, schools[0])
    found = {use.ref: use for use in uses(shown, world.at).uses}
    assert found[ref].state_label == "Refused"
    assert found[ref].refused.count("The rule is P7.") == 1
    assert ref not in {use.ref for use in today(shown, world.at).open_uses}


def test_a_school_that_sent_nothing_has_no_uses(world, schools, shown):
    sent(enrolled(world, schools[1]), world.files[1].read_bytes(), at=BEGAN)
    world.published()
    assert uses(shown, world.at).uses == ()


def test_a_use_of_other_school_years_than_this_schools_is_not_theirs(world, schools):
    from beholden.uses.rules import Population

    world.returns()
    world.published()
    oldest = world.another(population=Population("SC", "SPR", 2026, ("11",)))
    primary = next(school for school in schools if school.highest == "6")
    secondary = next(school for school in schools if school.highest != "6")
    assert oldest not in {use.ref for use in uses(enrolled(world, primary), world.at).uses}
    assert oldest in {use.ref for use in uses(enrolled(world, secondary), world.at).uses}


def test_the_count_of_a_release_is_of_the_roll_as_it_was_then(world, released, schools):
    """A return that was replaced later still says how many were in scope on the day."""
    shown = released[0]
    (before,) = uses(shown, world.at).uses
    smaller = world.files[0].read_text()
    for pupil in re.findall(r"<PupilOnRoll>.*?</PupilOnRoll>", smaller, flags=re.DOTALL)[3:]:
        smaller = smaller.replace(pupil, "", 1)
    world.at += timedelta(days=1)
    assert sent(shown, smaller.encode(), at=world.at).status == "accepted"
    (after,) = uses(shown, world.at).uses
    assert after == before


# --- today


def test_today_says_what_is_due_and_what_is_in_force(shown, file):
    (due,) = today(shown).due
    assert due.label == "School Census of spring 2026"
    sent(shown, spoilt(file), at=BEGAN)
    found = today(shown)
    assert found.due
    assert found.last.status == "refused"
    assert found.in_force is None
    sent(shown, file, at=BEGAN)
    found = today(shown)
    assert found.due == ()
    assert found.last == found.in_force
    assert found.last.status == "accepted"


def test_before_census_day_nothing_is_due(shown):
    early = CATALOGUE.collection("SC", "SPR", 2026).reference_date
    before = BEGAN.replace(year=early.year, month=early.month, day=early.day) - timedelta(days=1)
    assert today(shown, before).due == ()


# --- through the hatch


def test_every_verb_goes_through_the_hatch_and_back_unchanged(shown, file, keeper_home):
    from beholden.hatch import verbs
    from beholden.hatch.asking import ask
    from beholden.hatch.keeping import open_hatch
    from beholden.hatch.table import keeper

    with open_hatch(keeper_home, keeper(CATALOGUE, since=BEGAN)):
        taken = ask(verbs.SCHOOL_TAKE, Put(shown, put(spoilt(file))))
        assert (taken.status, taken.place) == ("refused", 1)
        assert ask(verbs.SCHOOL_TAKE, Put(shown, put(file))).place == 2
        assert ask(verbs.SCHOOL_SIGN_IN, shown) == taken.school
        assert ask(verbs.SCHOOL_HISTORY, shown).lines == history(shown)
        assert ask(verbs.SCHOOL_FINDINGS, Which(shown, 1)) == findings(shown, 1)
        assert isinstance(ask(verbs.SCHOOL_TODAY, shown), asked.Today)
        assert isinstance(ask(verbs.SCHOOL_USES, shown), asked.Uses)
        with refused("people.not_let_in"):
            ask(verbs.SCHOOL_HISTORY, replace(shown, ref="school-nobody"))
        with refused("people.key_mistyped"):
            ask(verbs.SCHOOL_HISTORY, replace(shown, key="K"))


def test_a_school_objects_at_its_door_and_reads_the_answer(world, schools, shown):
    """In public and by name, once a round, about what it sent and nothing else (D29)."""
    from beholden.rights.school import asked, objecting
    from beholden.uses.voices import heard

    world.returns()
    world.published()
    at = {"catalogue": CATALOGUE, "at": world.at}
    which = asked.WhichUse(shown, world.use)
    assert objecting.one(which, **at).is_open
    (before,) = uses(shown, world.at).uses
    assert (before.is_heard, before.objected) == (True, False)
    objecting.say(asked.Object(shown, world.use, " Our year groups are small. "), **at)
    said = objecting.one(which, **at)
    assert (said.reason, said.answer, said.is_open) == ("Our year groups are small.", "", False)
    objecting.say(asked.Object(shown, world.use, "Our year groups are small."), **at)
    assert objecting.one(which, **at) == said
    (after,) = uses(shown, world.at).uses
    assert (after.is_heard, after.objected) == (True, True)
    assert [reason for _, reason, _ in heard(world.use).objections] == ["Our year groups are small."]
    with refused("uses.unknown"):
        objecting.one(asked.WhichUse(shown, "U-1999-0001"), **at)


def test_what_is_not_open_for_comment_yet_says_so_and_takes_no_objection(world, schools, shown):
    from beholden.rights.school import asked, objecting
    from beholden.uses import actions

    world.returns()
    world.published()
    ref = actions.draft(world.draft(), by=APPLICANT, at=world.at)
    actions.submit(ref, catalogue=CATALOGUE, by=APPLICANT, at=world.at)
    found = {use.ref: use.is_heard for use in uses(shown, world.at).uses}
    assert found == {ref: False, world.use: True}
    found = objecting.one(asked.WhichUse(shown, ref), catalogue=CATALOGUE, at=world.at)
    assert (found.is_early, found.is_open) == (True, False)
