# SPDX-License-Identifier: Apache-2.0
"""Who may appoint whom, and what the register refuses to write down about bodies, officers and flags."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from beholden.kinds import Actor, PersonId, Role
from beholden.refusals import Refusal
from integration.world import BEGAN, IDENTITY

FOUNDER = Actor("founder", Role.KEEPER)
CHILD = PersonId(UUID(int=1))


def refused(code):
    return pytest.raises(Refusal, match=f"^{code}:")


def body(ref="northford", *, locked_to="", check_key=""):
    from beholden.people.queries import Body

    return Body(ref, "University of Northford", "university", "England", locked_to, check_key)


@pytest.fixture
def registrar(keeper_home):
    from beholden.people.actions import appoint_first
    from beholden.people.queries import first_registrar

    assert first_registrar() is None
    made = appoint_first("registrar", body("keeper"), by=FOUNDER, at=BEGAN)
    assert first_registrar() == made == Actor("registrar", Role.REGISTRAR, "keeper")
    return made


def test_the_first_registrar_is_appointed_once(registrar):
    from beholden.people.actions import appoint_first

    for keeper in (body("keeper"), body("another")):
        with refused("people.not_first"):
            appoint_first("second", keeper, by=FOUNDER, at=BEGAN)


def test_two_founders_at_once_appoint_one(registrar):
    """What the first look cannot see, the table holds: nobody else is ever appointed by itself."""
    from django.db import IntegrityError, transaction

    from beholden.people.models import Officer

    for role in ("registrar", "applicant"):
        with pytest.raises(IntegrityError, match="first"), transaction.atomic():
            Officer.objects.create(
                ref="twin", role=role, organisation_id="keeper", appointed_at=BEGAN, appointed_by="twin"
            )


def test_only_a_registrar_who_is_enrolled_enrols_appoints_and_flags(registrar):
    from beholden.people.actions import appoint, enrol, flag

    for who in (
        Actor("stranger", Role.REGISTRAR, "keeper"),
        Actor("registrar", Role.REGISTRAR, "northford"),
        Actor("registrar", Role.REGISTRAR),
    ):
        with refused("people.not_enrolled"):
            enrol(body(), by=who, at=BEGAN)
        with refused("people.not_enrolled"):
            appoint("x", Role.REVIEWER, "keeper", by=who, at=BEGAN)
        with refused("people.not_enrolled"):
            flag(CHILD, "hidden", by=who, at=BEGAN)
    for act in (
        lambda by: enrol(body(), by=by, at=BEGAN),
        lambda by: appoint("x", Role.REVIEWER, "keeper", by=by, at=BEGAN),
        lambda by: flag(CHILD, "hidden", by=by, at=BEGAN),
    ):
        with refused("people.not_registrar"):
            act(replace(registrar, role=Role.REVIEWER))


def test_whoever_acts_is_enrolled_as_just_this(registrar):
    from beholden.people.actions import appoint, enrol
    from beholden.people.queries import actor, check_enrolled

    enrol(body(), by=registrar, at=BEGAN)
    made = appoint("applicant-1", Role.APPLICANT, "northford", by=registrar, at=BEGAN)
    assert actor("applicant-1") == made
    check_enrolled(made)
    for other in (
        replace(made, role=Role.REVIEWER),
        replace(made, organisation="keeper"),
        replace(made, ref="applicant-2"),
    ):
        with refused("people.not_enrolled") as no:
            check_enrolled(other)
        assert other.ref not in str(no.value)


def test_what_cannot_be_written_down_is_refused_and_not_an_error(registrar):
    """A reference that is taken, an organisation that is not there, keys that are none, a flag that is none."""
    from beholden.people.actions import appoint, enrol, flag
    from beholden.people.queries import flagged_among, organisation

    enrol(body(locked_to=str(IDENTITY.to_public())), by=registrar, at=BEGAN)
    with refused("people.organisation_exists"):
        enrol(body(), by=registrar, at=BEGAN)
    with refused("people.encryption_key"):
        enrol(body("other", locked_to="age1"), by=registrar, at=BEGAN)
    with refused("people.check_key"):
        enrol(body("other", check_key="01" + "00" * 31), by=registrar, at=BEGAN)
    with refused("people.reference"):
        enrol(body("Other body"), by=registrar, at=BEGAN)
    with refused("people.organisation_unknown"):
        organisation("other")
    with refused("people.officer_exists"):
        appoint("registrar", Role.REVIEWER, "northford", by=registrar, at=BEGAN)
    with refused("people.organisation_unknown"):
        appoint("x", Role.REVIEWER, "other", by=registrar, at=BEGAN)
    with refused("people.reference"):
        appoint("Jane Doe", Role.REVIEWER, "northford", by=registrar, at=BEGAN)
    for kind, until in (("contested", None), ("hidden", BEGAN)):
        with refused("people.flag"):
            flag(CHILD, kind, by=registrar, at=BEGAN, until=until)
    assert not flagged_among([CHILD], at=BEGAN)


def test_a_flag_counts_from_its_moment_to_its_end(registrar):
    from beholden.people.actions import flag
    from beholden.people.queries import flagged, flagged_among

    day = timedelta(days=1)
    flag(CHILD, "hidden", by=registrar, at=BEGAN, until=BEGAN + day)
    for at, counts in ((BEGAN - day, False), (BEGAN, True), (BEGAN + day, False)):
        assert bool(flagged_among([CHILD], at=at)) is counts
        assert bool(flagged("hidden", at=at)) is counts
    assert not flagged_among([PersonId(UUID(int=2))], at=BEGAN)
