# SPDX-License-Identifier: Apache-2.0
"""Who a pupil in a return is. D5, D32."""

from uuid import UUID

from beholden.kinds import PersonId
from beholden.register.rules import Match, identify

ONE, TWO = PersonId(UUID(int=1)), PersonId(UUID(int=2))


def test_number_and_birth_date_together_are_the_same_person():
    assert identify([ONE], [ONE]).match is Match.SAME
    assert identify([ONE], [ONE, TWO]).person == ONE


def test_the_number_alone_goes_to_a_person_to_decide():
    found = identify([], [ONE])
    assert (found.match, found.person) == (Match.ASK, ONE)


def test_two_people_under_one_number_and_birth_date_go_to_a_person_to_decide():
    assert identify([ONE, TWO], [ONE, TWO]).match is Match.ASK


def test_nobody_known_is_a_new_person():
    assert identify([], []).match is Match.NEW
