# SPDX-License-Identifier: Apache-2.0
"""Who a pupil in a return is, and whose return it may be. D1, D5, D13, D32."""

from uuid import UUID

import pytest

from beholden.kinds import Actor, PersonId, Role
from beholden.refusals import Refusal
from beholden.register.rules import Match, agree, check_sender, filed_under, identify, is_own, opaque_school

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


@pytest.mark.parametrize("role", list(Role))
def test_who_may_bring_which_schools_file_and_where_it_is_filed(role):
    """A school its own, the register's desk any, nobody else none; a school's files are filed under the school."""
    by = Actor("somebody", role, "0014001")
    desk, school = role in {Role.REGISTRAR, Role.KEEPER}, role is Role.SCHOOL
    assert is_own(by, "0014001") == (desk or school)
    assert is_own(by, "0014002") == desk
    assert filed_under(by, "0014002") == ("0014001" if school else "0014002")
    if desk or school:
        check_sender(by)
    else:
        with pytest.raises(Refusal, match=r"^register\.sender:"):
            check_sender(by)


def test_a_schools_name_in_the_log_is_the_same_under_one_key_and_another_under_another():
    names = {opaque_school("0014001", key=key) for key in (b"one", b"one", b"two")}
    assert len(names) == 2
    assert opaque_school("0014001", key=b"one") != opaque_school("0014002", key=b"one")


@pytest.mark.parametrize(
    ("one", "other", "agrees"),
    [
        ("Jos\u00e9", "Jose\u0301", True),
        ("ZO\u00cb ANN", "zo\u00eb ann", True),
        ("\u0130pek", "Ipek", False),
        (None, "Ada", None),
        (" ", "Ada", None),
    ],
)
def test_names_of_all_spellings_are_compared_as_they_are_read(one, other, agrees):
    assert agree(one, other) is agrees
