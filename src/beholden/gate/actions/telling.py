# SPDX-License-Identifier: Apache-2.0
"""Tells families by relay: the school's own system carries the letters, and the keeper never learns a contact.

The school names its adults by opaque handles and the pupils each may decide for by the school's own pupil numbers; it
gets back one code for each handle. The keeper learns which children one adult decides for, and nothing of the adult.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from beholden.catalogue import Catalogue
from beholden.kinds import Actor, Role, UseRef
from beholden.ledger.actions import sequence
from beholden.notices import actions as notices
from beholden.notices.rules import Delivered
from beholden.refusals import Refusal
from beholden.register import actions as register
from beholden.uses import actions as uses
from beholden.uses.queries import asked
from beholden.uses.rules import State


@dataclass(frozen=True, slots=True)
class Handle:
    """One adult of a school, by the school's own opaque handle, and the pupil numbers this adult may decide for."""

    adult: str
    numbers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pack:
    """What a school's system gets: the use, the last day to answer, and one code for each handle."""

    use: UseRef
    school: str
    answer_by: datetime
    codes: tuple[tuple[str, str], ...]


def begin(ref: UseRef, *, answer_by: datetime, catalogue: Catalogue, by: Actor, at: datetime) -> None:
    """Begin to tell families about a published use; the time to answer is never shorter than the catalogue's (D6)."""
    if by.role is not Role.REGISTRAR or asked(ref).state is not State.PUBLISHED:
        raise Refusal(
            "gate.not_published",
            "Families are told about a use once it stands in the public register, by the registrar.",
            next_step="Publish the use first.",
            authority="D6, D26",
        )
    if answer_by - at < timedelta(days=catalogue.limits.objection_window_days):
        raise Refusal(
            "gate.window_short",
            f"Families have at least {catalogue.limits.objection_window_days} days to answer.",
            next_step="Name a later day.",
            authority="D6, D41; catalogue limit objection_window_days",
        )
    notices.open_run(ref, answer_by=answer_by, by=by, at=at)


def relay(
    ref: UseRef, school: str, handles: tuple[Handle, ...], *, answer_by: datetime, by: Actor, at: datetime
) -> Pack:
    """Give one school's system its codes. Refuses any pupil number that is not on that school's own roll."""
    if by.role is not Role.SCHOOL or by.organisation != school:
        raise Refusal(
            "gate.not_this_school",
            "Only a school's own system may fetch its letters.",
            next_step="Sign in for that school.",
            authority="UK GDPR Art 5(1)(f)",
        )
    numbers = tuple(dict.fromkeys(number for handle in handles for number in handle.numbers))
    found = dict(zip(numbers, register.children_for_letters(school, numbers, by=by, at=at), strict=True))
    adults = tuple(
        notices.Adult(
            handle.adult,
            tuple(
                notices.NamedChild(found[number].person, found[number].forename, found[number].born)
                for number in handle.numbers
            ),
        )
        for handle in handles
    )
    return Pack(ref, school, answer_by, notices.write_letters(ref, school, adults, by=by, at=at))


def carried(
    ref: UseRef, school: str, facts: tuple[tuple[str, Delivered], ...], *, by: Actor, at: datetime
) -> int:
    """Take a school's word on what became of its letters. Delivery facts only, never who opened or answered (D13)."""
    if by.role is not Role.SCHOOL or by.organisation != school:
        raise Refusal(
            "gate.not_this_school",
            "Only a school's own system may report on its letters.",
            next_step="Sign in for that school.",
            authority="UK GDPR Art 5(1)(f)",
        )
    return notices.report_delivery(ref, school, facts, by=by, at=at)


def told(ref: UseRef, *, audience: int, answer_by: datetime, by: Actor, at: datetime) -> tuple[int, int]:
    """End the telling: the figures go to the log, and the window stands open. Returns (told, audience)."""
    with transaction.atomic():
        figures = notices.close_run(ref, audience=audience, by=by, at=at)
        uses.notified(ref, answer_by=answer_by, by=by, at=at)
    sequence(at=at)
    return figures
