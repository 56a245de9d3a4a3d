# SPDX-License-Identifier: Apache-2.0
"""What is accepted, what a person sees, what is none: each rule of the plan by a case of its own. D21, D32.

Every register here has some hundred people beside those of the case, so that names are known and rare ones rare.
"""

from dataclasses import replace
from functools import lru_cache

import pytest

from beholden.linkage import linking, model
from beholden.linkage.deciding import SAYS, Decision, Reason
from beholden.linkage.people import formerly
from linking_twin import somebody

MODEL = model.shipped()
ADA = somebody("ada", "Clementine", "Fairweather", "2011-04-30", "ZZ1 1ZZ", "F", "Z100000000001")


@lru_cache(maxsize=1)
def others():
    """1,200 people who share nothing with those of the cases but the alphabet."""
    made = []
    for n in range(1_200):
        first = f"{'bdfgklmnprstvz'[n % 14]}{'aeiou'[n % 5]}{'lmnrst'[n // 14 % 6]}{'aeiou'[n // 70 % 5]}"
        last = f"{'bdfgklmnprstvz'[n // 3 % 14]}{'aeiou'[n // 5 % 5]}{'lmnrst'[n // 7 % 6]}ow{n % 7 * 'e'}"
        made.append(
            (
                somebody(
                    f"o{n}",
                    first,
                    last,
                    f"20{n % 15:02}-{n % 12 + 1:02}-{n % 28 + 1:02}",
                    f"ZZ{n % 19 + 2} {n % 9}AB",
                ),
            )
        )
    return made


def told(asked, *held, adverse=False, prior=0.5):
    """Ask a register of these and a thousand others; return by reference what became of each."""
    people = [*((one,) if not isinstance(one, tuple) else one for one in held), *others()]
    register = linking.register_of(people, bytes(32))
    (answer,) = linking.answer([asked], register, MODEL, prior=prior, adverse=adverse)
    return {pair.candidate.person.ref: (pair.verdict.decision, pair.verdict.reason) for pair in answer.pairs}


def test_the_same_person_is_accepted():
    assert told(replace(ADA, pupil_number=""), ADA)["ada"] == (Decision.ACCEPT, Reason.SURE)


def test_a_pupil_number_with_name_and_birth_date_is_accepted_at_once():
    moved = replace(ADA, postcode="ZZ99ZZ")
    assert told(moved, ADA)["ada"] == (Decision.ACCEPT, Reason.NUMBER)


def test_a_pupil_number_alone_is_for_a_person_and_never_accepted():
    stranger = somebody("x", "Boris", "Quarmby", "2004-09-11", "ZZ9 9ZZ", number="Z100000000001")
    assert told(stranger, ADA)["ada"] == (Decision.REVIEW, Reason.NUMBER_ALONE)


def test_a_twins_number_is_for_a_person():
    twin = replace(ADA, given=somebody(given="Barnaby").given, sex="M")
    assert told(twin, ADA)["ada"] == (Decision.REVIEW, Reason.GIVEN_NAME)


def test_a_rhyming_twins_number_is_for_a_person():
    """Jayden is alike to Kayden, and is not Kayden; nor is Lina Luna, whose consonants are the same."""
    for theirs, name in (("Kayden", "Jayden"), ("Lina", "Luna"), ("Mohammed Ali", "Mohammed"), ("Ada", "A")):
        held = replace(ADA, given=somebody(given=theirs).given)
        asked = replace(ADA, given=somebody(given=name).given)
        assert told(asked, held)["ada"] == (Decision.REVIEW, Reason.GIVEN_NAME), name


def test_a_number_with_a_name_that_is_merely_alike_is_for_a_person():
    khan = somebody("x", "Daniel", "Khan", "2004-09-11", "ZZ9 9ZZ", "M", "Z100000000001")
    held = somebody("h", "Danielle", "Nowak", "2011-04-30", "ZZ1 1ZZ", "F", "Z100000000001")
    assert told(khan, held, prior=0.27)["h"] == (Decision.REVIEW, Reason.NUMBER_ALONE)
    slip = replace(held, given=khan.given, birth_date="20110403")
    assert told(slip, held)["h"] == (Decision.REVIEW, Reason.NUMBER_ALONE)


def test_a_number_that_is_unlikely_is_for_a_person():
    """The same given name is not enough where all else speaks against it."""
    asked = somebody("x", "Danielle", "Quarmby", "2004-09-11", "ZZ9 9ZZ", "M", "Z100000000001")
    held = somebody("h", "Danielle", "Nowak", "2011-04-30", "ZZ1 1ZZ", "F", "Z100000000001")
    assert told(asked, held, prior=0.001)["h"] == (Decision.REVIEW, Reason.NUMBER_ALONE)


def test_a_number_with_the_birth_date_is_accepted_where_no_twin_can_be_meant():
    moved = replace(
        ADA, given=somebody(given="Clementyna").given, surname=somebody(surname="Otherby").surname
    )
    moved = replace(moved, postcode="ZZ99ZZ")
    assert told(moved, ADA)["ada"] == (Decision.ACCEPT, Reason.NUMBER)
    twin = replace(ADA, ref="twin", given=somebody(given="Barnaby").given, pupil_number="Z100000000002")
    nameless = replace(ADA, given=somebody().given)
    assert told(nameless, ADA)["ada"] == (Decision.ACCEPT, Reason.NUMBER)
    assert told(nameless, ADA, twin)["ada"] == (Decision.REVIEW, Reason.HOUSEHOLD)


def test_a_number_that_two_people_bear_is_for_a_person():
    other = replace(
        ADA, ref="other", given=somebody(given="Barnaby").given, birth_date="20090101", postcode="ZZ88ZZ"
    )
    said = told(ADA, ADA, other)
    assert said["ada"] == said["other"] == (Decision.REVIEW, Reason.NUMBER_TWICE)


def test_an_unregistered_twin_is_never_accepted():
    for name in ("Barnaby", "Clement", "Klementyna", "Constantine", "", "C"):
        twin = replace(ADA, given=somebody(given=name).given, sex="", pupil_number="")
        decision, _ = told(twin, ADA)["ada"]
        assert decision is not Decision.ACCEPT, name


def test_a_rhyming_twin_is_for_a_person_where_the_name_is_a_name():
    kayden = somebody("k", "Kayden", "Fairweather", "2011-04-30", "ZZ1 1ZZ")
    assert told(replace(kayden, given=somebody(given="Jayden").given), kayden)["k"] == (
        Decision.REVIEW,
        Reason.GIVEN_NAME,
    )


@pytest.mark.parametrize(
    ("one", "two"), [("रीमा", "रमा"), ("রহিম", "রহমা"), ("மாலா", "மலி"), ("रीना", "रीमा"), ("محمود", "محمد")]
)
def test_a_twin_whose_name_is_not_in_latin_letters_is_not_accepted(one, two):
    held = somebody("h", one, "Fairweather", "2011-04-30", "ZZ1 1ZZ")
    assert told(replace(held, given=somebody(given=two).given), held)["h"] == (
        Decision.REVIEW,
        Reason.GIVEN_NAME,
    )
    assert told(held, held)["h"] == (Decision.ACCEPT, Reason.SURE)


@pytest.mark.parametrize("slipped", ["Clemetnine", "Clementtine", "Clemntine"])
def test_a_slip_that_is_nobodys_name_is_accepted(slipped):
    slip = replace(ADA, given=somebody(given=slipped).given, pupil_number="")
    assert told(slip, ADA)["ada"] == (Decision.ACCEPT, Reason.SURE)


@pytest.mark.parametrize(
    ("one", "two"),
    [
        *(("Adrian", "Adriana"), ("Adriana", "Adrian"), ("Farid", "Farida"), ("Octavio", "Octavia")),
        *(("Amira", "Samira"), ("Taylan", "Aylan"), ("Lena", "Lina"), ("Karim", "Kazim")),
    ],
)
@pytest.mark.parametrize("sexes", [("F", "M"), ("M", "F"), ("", "M"), ("", "")])
def test_a_twin_whose_name_is_one_letter_away_is_for_a_person(one, two, sexes):
    """No register has all names. A name of the other sex, or with another beginning or end, may be one; so may
    a name with one letter for another."""
    held = somebody("h", one, "Fairweather", "2011-04-30", "ZZ1 1ZZ", sexes[0])
    asked = replace(held, given=somebody(given=two).given, sex=sexes[1])
    assert told(asked, held)["h"] == (Decision.REVIEW, Reason.GIVEN_NAME)
    numbered = replace(asked, pupil_number="Z100000000001")
    assert told(numbered, replace(held, pupil_number="Z100000000001"))["h"] == (
        Decision.REVIEW,
        Reason.GIVEN_NAME,
    )


def test_a_slip_of_another_sex_is_for_a_person():
    held = replace(ADA, pupil_number="")
    slip = replace(held, given=somebody(given="Clemetnine").given, sex="M")
    assert told(slip, held)["ada"] == (Decision.REVIEW, Reason.GIVEN_NAME)


@pytest.mark.parametrize(("one", "two"), [("Li", "Lu"), ("Le", "Lee"), ("Rudd", "Reid"), ("Soto", "Sato")])
def test_a_short_surname_with_the_same_consonants_is_another(one, two):
    held = somebody("h", "Clementine", one, "2011-04-30", "ZZ1 1ZZ", "F")
    asked = replace(held, surname=somebody(surname=two).surname, postcode="ZZ99ZZ")
    assert told(asked, held, prior=0.9)["h"] == (Decision.REVIEW, Reason.BIRTH_DATE)


def test_a_longer_surname_in_another_spelling_agrees():
    held = somebody("h", "Clementine", "Mukhopadhyay", "2011-04-30", "ZZ1 1ZZ", "F")
    asked = replace(held, surname=somebody(surname="Mukhapadhyay").surname, postcode="ZZ99ZZ")
    assert told(asked, held, prior=0.9)["h"] == (Decision.ACCEPT, Reason.SURE)


def test_who_has_no_given_name_is_for_a_person_for_that_reason():
    held = replace(ADA, pupil_number="")
    nameless = replace(held, given=somebody().given)
    assert told(nameless, held)["ada"] == (Decision.REVIEW, Reason.NAMELESS)
    assert told(held, nameless)["ada"] == (Decision.REVIEW, Reason.NAMELESS)


def test_a_slip_is_for_a_person_where_a_twin_is_in_the_register():
    twin = replace(ADA, ref="twin", given=somebody(given="Barnaby").given, pupil_number="Z100000000002")
    slip = replace(ADA, given=somebody(given="Clemetnine").given, pupil_number="")
    assert told(slip, ADA, twin)["ada"] == (Decision.REVIEW, Reason.HOUSEHOLD)
    assert told(replace(ADA, pupil_number=""), ADA, twin)["ada"] == (Decision.ACCEPT, Reason.SURE)


def test_a_name_that_brothers_share_is_not_enough():
    ali = somebody("a", "Mohammed Ali", "Fairweather", "2011-04-30", "ZZ1 1ZZ")
    for name in ("Mohammed", "Mohammed Hassan", "Ali"):
        assert told(replace(ali, given=somebody(given=name).given), ali)["a"][0] is Decision.REVIEW, name


def test_a_further_name_behind_the_same_is_the_same():
    longer = replace(ADA, given=somebody(given="Clementine Ottilie").given, pupil_number="")
    assert told(longer, ADA)["ada"] == (Decision.ACCEPT, Reason.SURE)


def test_swapped_names_are_the_same_person():
    swapped = replace(ADA, given=ADA.surname, surname=ADA.given, pupil_number="")
    assert told(swapped, ADA)["ada"] == (Decision.ACCEPT, Reason.SURE)


def test_day_and_month_changed_about_are_accepted_beside_name_and_place():
    born = replace(ADA, birth_date="20110403", pupil_number="")
    assert told(replace(born, birth_date="20110304"), born)["ada"] == (Decision.ACCEPT, Reason.SURE)
    moved = replace(born, birth_date="20110304", postcode="ZZ99ZZ")
    assert told(moved, born)["ada"][0] is Decision.REVIEW


def test_a_former_surname_and_a_former_postcode_find_the_person():
    held = formerly(ADA, surnames=("Otherby",), postcodes=("ZZ2 2YY",))
    was = replace(ADA, surname=somebody(surname="Otherby").surname, postcode="ZZ22YY", pupil_number="")
    assert told(was, held)["ada"] == (Decision.ACCEPT, Reason.SURE)


def test_two_of_the_same_are_for_a_person():
    again = replace(ADA, ref="again")
    said = told(replace(ADA, pupil_number=""), replace(ADA, pupil_number=""), replace(again, pupil_number=""))
    assert said["ada"] == (Decision.REVIEW, Reason.RIVAL)
    assert said["again"][0] is Decision.REVIEW


def test_for_an_adverse_purpose_nothing_is_accepted():
    assert told(ADA, ADA, adverse=True)["ada"] == (Decision.REVIEW, Reason.PURPOSE)
    assert told(replace(ADA, pupil_number=""), ADA, adverse=True)["ada"] == (Decision.REVIEW, Reason.PURPOSE)


def test_a_stranger_of_the_same_birth_date_is_none():
    assert told(somebody("x", "Boris", "Quarmby", "2011-04-30", "ZZ1 9AB"), ADA).get("ada", (Decision.NONE,))[
        0
    ] is (Decision.NONE)


def test_what_was_cut_short_is_for_a_person():
    """Six hundred of one birth date and surname: whoever was not looked at may be the better one."""
    crowd = [
        (replace(ADA, ref=f"c{n}", given=others()[n][0].given, postcode=f"ZZ{n}", pupil_number=""),)
        for n in range(600)
    ]
    register = linking.register_of([(ADA,), *crowd], bytes(32))
    (answer,) = linking.answer([replace(ADA, pupil_number="")], register, MODEL, prior=0.9, adverse=False)
    assert "birth date and surname" in answer.capped
    verdicts = {pair.candidate.person.ref: pair.verdict for pair in answer.pairs}
    assert verdicts["ada"].reason is Reason.CUT_SHORT


@pytest.mark.parametrize("name", ["given", "surname"])
def test_a_person_with_one_name_is_found_and_seen_by_a_person(name):
    """A name that is missing on one side is no name that agrees."""
    one = replace(ADA, **{name: somebody().given}, pupil_number="")
    decision, _ = told(one, ADA)["ada"]
    assert decision is (Decision.REVIEW if name == "given" else Decision.ACCEPT)


def test_every_reason_has_its_sentence():
    assert set(SAYS) == set(Reason)
