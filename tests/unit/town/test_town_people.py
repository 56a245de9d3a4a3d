# SPDX-License-Identifier: Apache-2.0
"""Who lives in the town: the situations a register must survive are all there, at believable rates."""

import csv
import itertools
from collections import Counter

import pytest

from beholden import town
from beholden.intake import numbers
from beholden.refusals import Refusal
from beholden.town.calendar import REFERENCE_DATE, age
from beholden.town.dice import Dice
from beholden.town.drawing import births
from beholden.town.names import COMMUNITIES, child_ethnicity, for_woman
from beholden.town.numbering import Numbering
from beholden.town.record import (
    ATTENDANCE_CODES,
    NOT_POSSIBLE,
    SEN_TYPES,
    SUSPENSION_REASONS,
    has_attendance,
    record,
)
from beholden.town.schools import LA, YEARS, plan_schools

SEED = 20_260_115


@pytest.fixture(scope="module")
def whole():
    return town.build(1_500, SEED)


@pytest.fixture(scope="module")
def families(whole):
    return tuple(whole.families())


@pytest.fixture(scope="module")
def children(families):
    return tuple(child for family in families for child in family.children)


@pytest.fixture(scope="module")
def records(whole, children):
    return tuple((c, record(c, c.roll, seed=whole.seed)) for c in children if c.roll)


def test_exactly_so_many_pupils_are_on_a_roll(children):
    assert sum(child.roll is not None for child in children) == 1_500


def test_people_are_told_the_same_again(whole, families):
    assert tuple(whole.families()) == families
    assert tuple(town.build(1_500, SEED + 1).families()) != families


def test_every_number_is_right_and_borne_by_one_child(children):
    upns = [child.upn for child in children]
    former = [child.former_upn for child in children if child.former_upn]
    ulns = [child.uln for child in children if child.uln]
    assert all(numbers.upn_faults(upn) == () for upn in upns + former)
    assert all(numbers.uln_faults(uln) == () for uln in ulns)
    assert len(set(upns + former)) == len(upns + former)
    assert len(set(ulns)) == len(ulns)
    assert {upn[1:4] for upn in upns} == {LA}


def test_numbers_stay_single_where_a_school_runs_out_of_them():
    numbering = Numbering()
    given = [numbering.upn(estab="2001", year=2019) for _ in range(3_500)]
    given += [numbering.upn(estab="2002", year=2019) for _ in range(1_500)]
    given += [numbering.temporary_upn(estab="2001", year=2019) for _ in range(2_300)]
    assert len(set(given)) == len(given)
    assert all(numbers.upn_faults(upn) == () for upn in given)


def test_learner_numbers_from_fourteen(children):
    assert all(bool(child.uln) == (age(child.born, on=REFERENCE_DATE) >= 14) for child in children)


def test_temporary_numbers_are_rare(children):
    temporary = sum(child.upn[-1].isalpha() for child in children)
    assert 1 <= temporary <= 15
    assert any(child.former_upn for child in children)


def test_twins_share_a_birthday_and_nothing_else(families):
    pairs = [
        (a, b)
        for family in families
        for a, b in itertools.combinations(family.children, 2)
        if a.born == b.born
    ]
    assert len(pairs) >= 5
    assert all(a.forename != b.forename and a.upn != b.upn for a, b in pairs)


def test_siblings_are_born_forty_weeks_apart_or_together(families):
    for family in families:
        for older, younger in itertools.pairwise(family.children):
            assert (younger.born - older.born).days == 0 or (younger.born - older.born).days >= 280


def test_a_birth_falls_into_the_year_group():
    for seed in range(200):
        for year, born in zip((9, 8, 7, 6, 0), births(Dice(seed), (9, 8, 7, 6, 0)), strict=True):
            assert age(born, on=REFERENCE_DATE.replace(year=2025, month=8, day=31)) == year + 4


def test_years_fit_ages_and_schools(whole, children):
    schools = {school.laestab: school for school in whole.schools}
    for child in children:
        assert all(schools[stay.laestab].teaches(child.year) for stay in child.stays)
        assert all(child.born < stay.entered < REFERENCE_DATE for stay in child.stays)
        assert all(stay.left is None or stay.entered < stay.left < REFERENCE_DATE for stay in child.stays)
        assert all(stay.entered.weekday() < 5 for stay in child.stays)


def test_some_moved_within_the_term_and_some_left(children):
    moved = [child for child in children if len(child.stays) == 2]
    gone = [child for child in children if child.roll is None]
    assert len(moved) >= 2
    assert gone
    for child in moved:
        old, new = child.stays
        assert old.laestab != new.laestab
        assert old.left
        assert old.left < new.entered
        assert new.left is None


def test_refused_answers_are_there_and_rare(children, records):
    """D1: a refused answer is a lawful answer."""
    ethnicity = Counter(child.ethnicity for child in children)
    language = Counter(child.language for child in children)
    service = Counter(child.service_child for child in children)
    yssa = Counter(r.yssa for _, r in records)
    for counted, code in (
        (ethnicity, "REFU"),
        (ethnicity, "NOBT"),
        (language, "REF"),
        (service, "R"),
        (yssa, "SNR"),
    ):
        assert 1 <= counted[code] <= 0.06 * len(children), code


def test_some_pupils_cannot_be_reached(families):
    """D6: about one in two hundred; they stay untold and are left out."""
    untold = sum(child.roll is not None for f in families if not f.reachable for child in f.children)
    assert 5 <= untold <= 15


def test_blended_families_divide_the_right_to_decide(families):
    divided = [f for f in families if len({adult.decides_for for adult in f.adults}) > 1]
    assert divided
    for family in families:
        numbers_ = {child.number for child in family.children}
        assert set().union(*(adult.decides_for for adult in family.adults)) == numbers_


def test_parents_who_live_apart_have_two_homes(families):
    assert any(len({adult.address for adult in f.adults}) == 2 for f in families)


def test_nobody_could_be_written_to(families):
    for family in families:
        for adult in family.adults:
            assert adult.email == "" or (adult.email.endswith("@example.invalid") and adult.email.isascii())
            assert adult.preferred == "letter" or adult.email
            assert adult.address.postcode.startswith("ZZ")
            assert adult.address.uprn.startswith("999")


def test_names_are_of_many_kinds(children):
    names = {child.surname for child in children} | {child.forename for child in children}
    assert any(" " in name for name in names)
    assert any("-" in name for name in names)
    assert any("'" in name for name in names)
    assert any("’" in name for name in names)
    assert sum(not name.isascii() for name in names) > 50
    assert len({child.surname for child in children}) > 200
    assert any(child.preferred_surname for child in children)
    assert any(not child.middle_names for child in children)


def test_siblings_may_bear_different_surnames(families):
    assert any(len({child.surname for child in f.children}) > 1 for f in families)


@pytest.mark.parametrize(
    ("his", "hers"),
    [
        ("Kamiński", "Kamińska"),
        ("Procházka", "Procházková"),
        ("Nowak", "Nowak"),
        ("Petrauskas", "Petrauskaitė"),
    ],
)
def test_gendered_surnames(his, hers):
    assert for_woman(his) == hers


def test_codes_are_those_of_the_collection(shared):
    """D4: every code that a family or school may use in this town is in the collection's list of 2026."""
    with (shared / "data" / "school_census_tables_2026.csv").open(encoding="utf-8") as file:
        rows = {
            (r["table"], r["column"]): set(r["codes"].split("|"))
            for r in csv.DictReader(file)
            if r["term"] == "spring"
        }
    ethnic = [code for c in COMMUNITIES for code, _ in c.ethnicity]
    assert set(ethnic) <= rows["pupilonroll", "ethnicity"]
    assert {child_ethnicity(a, b) for a in ethnic for b in ethnic} <= rows["pupilonroll", "ethnicity"]
    assert {code for c in COMMUNITIES for code, _ in c.language} <= rows["pupilonroll", "language"]
    assert set(YEARS) <= rows["pupilonroll", "ncyearactual"]
    assert set(SUSPENSION_REASONS) == rows["termlyexclusionsonroll", "reason1"]
    retired = {"H", "J"}
    assert set(ATTENDANCE_CODES) == rows["termlysessiondetailsonroll", "attendancereason"] - retired
    assert len(SEN_TYPES) == len(set(SEN_TYPES)) == 12


def test_every_attendance_code_is_used(records):
    """D3: attendance in every code that a register may hold."""
    assert {code for _, r in records for code, _ in r.sessions} == set(ATTENDANCE_CODES)


def test_attendance_adds_up(records):
    for child, r in records:
        assert (r.sessions_possible is not None) == has_attendance(child.born)
        if r.sessions_possible is not None:
            assert r.sessions_possible == sum(n for code, n in r.sessions if code not in NOT_POSSIBLE)
            assert 0 < sum(n for _, n in r.sessions) <= 150
            assert all(n > 0 for _, n in r.sessions)
            assert len({code for code, _ in r.sessions}) == len(r.sessions)


def test_a_suspension_shows_in_the_register(records):
    """Rule 2485: who was suspended has marks E, as many as the sessions lost."""
    suspended = [r for _, r in records if r.suspensions]
    assert len(suspended) >= 5
    for r in suspended:
        assert dict(r.sessions)["E"] == sum(s.sessions for s in r.suspensions)
        assert all(1 <= len(s.reasons) <= 3 for s in r.suspensions)


def test_support_is_recorded_with_its_need(records):
    counted = Counter(r.sen for _, r in records)
    assert 0.10 < counted["K"] / len(records) < 0.19
    assert 0.02 < counted["E"] / len(records) < 0.09
    assert all(bool(r.needs) == (r.sen != "N") for _, r in records)


def test_free_meals_run_in_families_and_some_have_ended(families, children):
    since = sum(child.fsm_since is not None for child in children)
    assert 0.17 < since / len(children) < 0.33
    assert any(child.fsm_until for child in children)
    for family in families:
        assert len({child.fsm_since is None for child in family.children}) <= 1
    assert all(c.fsm_since and c.fsm_since < c.fsm_until < REFERENCE_DATE for c in children if c.fsm_until)


@pytest.mark.parametrize("schools", [1, 2, 3, 6, 40, 1_000])
def test_schools_bear_numbers_of_their_own_and_teach_every_year(schools):
    planned = plan_schools(schools)
    assert len(planned) == schools
    assert (
        len({s.laestab for s in planned})
        == len({s.urn for s in planned})
        == len({s.name for s in planned})
        == schools
    )
    assert all(any(s.teaches(year) for s in planned) for year in YEARS)


@pytest.mark.parametrize(
    ("pupils", "schools", "code"),
    [(0, 6, "town.pupils"), (10, 0, "town.schools"), (10**7, 6, "town.pupils"), (10, 1_001, "town.schools")],
)
def test_a_town_out_of_measure_is_refused(pupils, schools, code):
    with pytest.raises(Refusal) as refused:
        town.build(pupils, 1, schools)
    assert refused.value.code == code
