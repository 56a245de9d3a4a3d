# SPDX-License-Identifier: Apache-2.0
"""Decoys are nobody of the register, look like a record of the list, follow from one secret; seeded pairs are one person."""

from beholden.linkage.deciding import Decision
from beholden.linkage.decoys import Kind, decoys, how_many, masked, seeded
from beholden.linkage.linking import answer, register_of
from beholden.linkage.model import shipped
from linking_twin import somebody

SECRET, OTHER = b"k" * 32, b"l" * 32
FIRST = ("Amira", "Barnaby", "Chidi", "Dilys", "Ewan", "Farah", "Gwen", "Hamza", "Ines", "Jarek")
LAST = ("Okonkwo", "Fairweather", "Kettle", "Nowak", "Haddad")


def town():
    """Fifty people in five families, none with a brother or sister of the same birth date."""
    return [
        (
            somebody(
                given=FIRST[place % 10],
                surname=LAST[place // 10],
                born=f"20{10 + place % 5:02}{1 + place % 12:02}{1 + place % 28:02}",
                postcode=f"ZZ{1 + place // 10} 1AB",
                number=f"A{900000000000 + place}",
            ),
        )
        for place in range(50)
    ]


REGISTER = register_of(town(), SECRET)


def test_decoys_are_of_each_kind_by_turns_and_nobody_in_the_register_has_their_name_and_birth_date():
    made = list(decoys(REGISTER, SECRET, 30))
    assert [one.kind for one in made[:3]] == list(Kind)
    assert len(made) == 30
    held = {(one[0].given.full, one[0].birth_date) for one in town()}
    assert not held & {(one.person.given.full, one.person.birth_date) for one in made}
    assert all(not one.person.pupil_number for one in made)


def test_a_twin_has_all_of_a_household_but_the_given_name_and_a_sibling_another_birth_date():
    people = {(one[0].surname.full, one[0].birth_date, one[0].postcode) for one in town()}
    homes = {(one[0].surname.full, one[0].postcode) for one in town()}
    for one in decoys(REGISTER, SECRET, 30):
        of, at = one.person, (one.person.surname.full, one.person.postcode)
        if one.kind is Kind.TWIN:
            assert (of.surname.full, of.birth_date, of.postcode) in people
        if one.kind is Kind.SIBLING:
            assert at in homes


def test_the_same_secret_makes_the_same_decoys_and_another_others():
    first, again, others = (list(decoys(REGISTER, one, 12)) for one in (SECRET, SECRET, OTHER))
    assert first == again
    assert first != others


def test_no_decoy_is_accepted():
    made = [one.person for one in decoys(REGISTER, SECRET, 60)]
    answers = answer(made, REGISTER, shipped(), prior=0.5, adverse=False)
    assert not [pair for one in answers for pair in one.pairs if pair.verdict.decision is Decision.ACCEPT]


def test_nobody_is_made_who_may_be_somebody_there_with_a_slip():
    """A sibling with another child's name in the household, born on nearly its day, would be that child, taken rightly."""
    twos = [(place, day) for place in range(10) for day in (11, 21)]
    near = register_of(
        [
            (
                somebody(
                    given=FIRST[place],
                    surname="Kettle",
                    born=f"2012{1 + place:02}{day}",
                    postcode="ZZ1 1AB",
                    number="",
                ),
            )
            for place, day in twos
        ],
        SECRET,
    )
    made = [one.person for seed in range(40) for one in decoys(near, bytes([seed]) * 32, 12)]
    held = [near.one(row)[0] for row in range(near.people)]
    assert made
    for one in made:
        for real in held:
            apart = sum(x != y for x, y in zip(one.birth_date, real.birth_date, strict=True))
            assert one.given.spelling != real.given.spelling or apart > 1


def test_a_register_of_nobody_has_no_decoys():
    nobody = register_of([], SECRET)
    assert list(decoys(nobody, SECRET, 12)) == list(seeded(nobody, SECRET, 12)) == []


def test_a_register_too_small_to_make_them_of_has_fewer_and_does_not_turn_for_ever():
    alone = register_of(town()[:1], SECRET)
    assert list(decoys(alone, SECRET, 12)) == []


def test_a_seeded_pair_is_somebody_with_one_slip_found_again_as_that_person():
    made = list(seeded(REGISTER, SECRET, 24))
    assert len(made) > 15
    for one in made:
        held = REGISTER.one(one.row)[0]
        changed = [
            name
            for name in ("given", "surname", "birth_date", "postcode")
            if getattr(one.person, name) != getattr(held, name)
        ]
        assert len(changed) == 1


def test_a_decoy_has_the_fields_of_the_record_that_it_stands_beside():
    decoy = next(decoys(REGISTER, SECRET, 1)).person
    bare = masked(decoy, somebody(given="Ada", surname="Lee"))
    assert (bare.birth_date, bare.postcode, bare.sex) == ("", "", "")
    assert bare.given == decoy.given


def test_a_long_list_has_more_of_them():
    assert (how_many(1), how_many(500)) == (12, 50)
