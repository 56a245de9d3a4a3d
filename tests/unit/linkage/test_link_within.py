# SPDX-License-Identifier: Apache-2.0
"""One list looked through for records of one person: nobody is alike to itself, and each pair is seen from both sides."""

from beholden.linkage.deciding import Decision
from beholden.linkage.linking import fit, register_of, within
from beholden.linkage.model import shipped
from beholden.linkage.people import person
from beholden.linkage.scoring import Scale

SECRET = bytes(32)


def somebody(place, given, surname, born, postcode, number):
    said = {
        "given_name": given,
        "surname": surname,
        "birth_date": born,
        "postcode": postcode,
        "pupil_number": number,
    }
    return (person(str(place), said, lambda *_: None),)


PEOPLE = [
    somebody(0, "Amira", "Okonkwo-Hale", "2012-03-04", "NF1 2AB", "A900000000001"),
    somebody(1, "Amira", "Okonkwo-Hale", "2012-03-04", "NF1 2AB", "B900000000002"),
    somebody(2, "Samira", "Okonkwo-Hale", "2012-03-04", "NF1 2AB", "C900000000003"),
    *(
        somebody(
            3 + n, f"Name{n:03}x", f"Other{n:03}y", f"20{10 + n % 8}-0{1 + n % 9}-1{n % 9}", "", f"D{n:012}"
        )
        for n in range(60)
    ),
]


def test_nobody_is_alike_to_itself_and_a_pair_is_found_from_both_sides():
    found = {
        (row, pair.candidate.row): pair
        for row, answer in within(register_of(PEOPLE, SECRET), shipped())
        for pair in answer.pairs
    }
    assert all(one != other for one, other in found)
    assert (0, 1) in found
    assert (1, 0) in found
    assert found[0, 1].verdict.decision is not Decision.NONE


def test_a_pair_weighs_what_it_weighs_in_a_request():
    register, model = register_of(PEOPLE, SECRET), shipped()
    for _, answer in within(register, model):
        for pair in answer.pairs:
            other = register.one(pair.candidate.row)[0]
            assert pair.candidate.weighed == Scale(model, register.counted).weigh(answer.asked, other)


def test_a_twin_is_never_accepted():
    answers = dict(within(register_of(PEOPLE, SECRET), shipped()))
    twins = [one for one in answers[2].pairs if one.candidate.row in {0, 1}]
    assert twins
    assert all(one.verdict.decision is not Decision.ACCEPT for one in twins)


def test_an_empty_register_has_nobody_alike():
    assert list(within(register_of([], SECRET), shipped())) == []
    assert fit([], register_of([], SECRET), shipped()) > 0
