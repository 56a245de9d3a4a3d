# SPDX-License-Identifier: Apache-2.0
"""An officer's access key: printed once, kept as a digest, ended at once, and of no use to whoever guesses. D36."""

from datetime import timedelta

import pytest

from beholden.kinds import Actor, Role
from beholden.people.access import typed_key
from beholden.people.signs import check_sign
from beholden.refusals import Refusal
from integration.schools import FOUNDER
from integration.world import BEGAN, CATALOGUE

LEAD = "school-k7fd3mqx"
KNOCKS = Actor("school", Role.SCHOOL)
WRONG = "C" * 15 + check_sign("C" * 15)
MOST, WAIT = CATALOGUE.limits.letter_tries, timedelta(minutes=CATALOGUE.limits.letter_wait_minutes)


def refused(code):
    return pytest.raises(Refusal, match=f"^{code}:")


@pytest.fixture
def registrar(keeper_home):
    from beholden.people.actions import appoint, appoint_first, enrol
    from beholden.people.queries import Body

    made = appoint_first("registrar", Body("keeper", "K", "keeper", "", "", ""), by=FOUNDER, at=BEGAN)
    for number in ("0012001", "0012002"):
        enrol(Body(number, "A school", "school", "", "", ""), by=made, at=BEGAN)
    appoint(LEAD, Role.SCHOOL, "0012001", by=made, at=BEGAN)
    return made


@pytest.fixture
def key(registrar):
    from beholden.people.actions import give_key

    return give_key(LEAD, by=registrar, at=BEGAN)


def come_in(ref, key, at=BEGAN):
    from beholden.people.actions import let_in

    return let_in(ref, key, catalogue=CATALOGUE, by=KNOCKS, at=at)


def miss(count, at=BEGAN, ref=LEAD):
    for _ in range(count):
        with refused("people.not_let_in"):
            come_in(ref, WRONG, at)


def test_reference_and_key_let_their_officer_in_however_they_are_typed(key):
    wanted = Actor(LEAD, Role.SCHOOL, "0012001")
    assert come_in(LEAD, key) == wanted
    assert come_in(f" {LEAD.upper()} ", key.replace(" ", "-").lower()) == wanted


def test_the_key_itself_is_kept_nowhere(key):
    from beholden.people.models import AccessKey

    held = AccessKey.objects.get()
    assert len(held.digest) == 64
    for form in (key, typed_key(key)):
        assert form not in str(vars(held))


def test_one_answer_for_an_unknown_reference_a_wrong_key_and_a_shut_one(key):
    """Who holds which reference is nothing that a stranger may find out by asking."""
    said = set()
    for ref in (LEAD, "school-nobody", "", "x" * 400, "a\x00b", "\udcff"):
        with pytest.raises(Refusal) as no:
            come_in(ref, WRONG)
        said.add((no.value.code, no.value.sentence, no.value.next_step))
    miss(MOST)
    with pytest.raises(Refusal) as no:
        come_in(LEAD, key)
    assert said == {(no.value.code, no.value.sentence, no.value.next_step)}


def test_wrong_keys_are_counted_across_refusals_and_shut_the_reference_for_twice_as_long_each_time(key):
    miss(MOST)
    for at in (BEGAN, BEGAN + WAIT - timedelta(seconds=1)):
        with refused("people.not_let_in"):
            come_in(LEAD, key, at)
    assert come_in(LEAD, key, BEGAN + WAIT)
    miss(MOST, BEGAN + WAIT)
    with refused("people.not_let_in"):
        come_in(LEAD, key, BEGAN + 3 * WAIT - timedelta(seconds=1))
    assert come_in(LEAD, key, BEGAN + 3 * WAIT)


def test_the_fourth_time_it_is_shut_for_good_until_there_is_a_new_key(key, registrar):
    from beholden.people.actions import give_key

    for turn in range(4):
        miss(MOST, BEGAN + turn * timedelta(days=1))
    much_later = BEGAN + timedelta(days=400)
    with refused("people.not_let_in"):
        come_in(LEAD, key, much_later)
    fresh = give_key(LEAD, by=registrar, at=much_later)
    assert come_in(LEAD, fresh, much_later)


def test_a_slip_is_told_apart_and_is_no_try(key):
    """So whoever mistypes a good key is never shut out by it."""
    slipped = key[:-1] + ("C" if key[-1] != "C" else "D")
    for typed in (slipped, "", "K", "C" * 400, "ÄÖ" * 8):
        for _ in range(MOST):
            with refused("people.key_mistyped"):
                come_in(LEAD, typed)
    assert come_in(LEAD, key)


def test_a_new_key_ends_the_one_before_and_an_ended_one_opens_nothing(key, registrar):
    from beholden.people.actions import end_key, give_key

    later = BEGAN + timedelta(days=1)
    fresh = give_key(LEAD, by=registrar, at=later)
    with refused("people.not_let_in"):
        come_in(LEAD, key, later)
    assert come_in(LEAD, fresh, later)
    end_key(LEAD, by=registrar, at=later)
    with refused("people.not_let_in"):
        come_in(LEAD, fresh, later)
    with refused("people.no_key"):
        end_key(LEAD, by=registrar, at=later)


def test_one_officers_key_is_no_others_even_where_its_digest_is_copied_over(key, registrar):
    from beholden.people.actions import appoint
    from beholden.people.models import AccessKey

    appoint("school-other", Role.SCHOOL, "0012002", by=registrar, at=BEGAN)
    AccessKey.objects.update(officer_id="school-other")
    with refused("people.not_let_in"):
        come_in("school-other", key)


def test_only_the_registrar_gives_and_ends_keys_and_only_to_officers(key, registrar):
    from beholden.people.actions import end_key, give_key

    for act in (give_key, end_key):
        with refused("people.not_registrar"):
            act(LEAD, by=Actor(LEAD, Role.SCHOOL, "0012001"), at=BEGAN)
        with refused("people.not_enrolled"):
            act(LEAD, by=Actor("stranger", Role.REGISTRAR, "keeper"), at=BEGAN)
        with refused("people.officer_unknown"):
            act("nobody", by=registrar, at=BEGAN)


def test_the_doors_role_neither_sees_nor_counts_a_key(key, as_login):
    """A doors process that was broken into can lift no lock and read no digest."""
    from psycopg.errors import InsufficientPrivilege

    for statement in (
        "select digest from people_accesskey",
        "update people_accesskey set tries = 0",
        "insert into people_accesskey (officer_id, digest, given_at, given_by) values ('x', 'y', now(), 'z')",
        "select ref from people_officer",
    ):
        with as_login("web") as connection:
            connection.execute("set role doors")
            with pytest.raises(InsufficientPrivilege):
                connection.execute(statement)
