# SPDX-License-Identifier: Apache-2.0
"""Answers who has been told about a use. Returns frozen values only; schools get delivery facts, never answers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Func, Q, UUIDField

from beholden.home import here
from beholden.home.keys import load
from beholden.kinds import PersonId, UseRef
from beholden.notices.models import Letter, Run
from beholden.notices.rules import REACHES, WHY_NOT_MINE, Delivered
from beholden.people.adults import is_digest, own_digest

OPENS = Q(replaced_at__isnull=True) | ~Q(delivered="")
"""Which letters open (`is_live` says why)."""


@dataclass(frozen=True, slots=True)
class Telling:
    """One telling: when it began, until when families may answer, how long each has, and when the carrying ended.

    `number` is the run of the use that it tells of.
    """

    use: UseRef
    made_at: datetime
    answer_by: datetime
    window_days: int
    closed_at: datetime | None
    number: int = 1

    def open(self, at: datetime) -> bool:
        """Say whether an answer given at a moment is in time; the very last moment is.

        From the first letter on, not from the end of the carrying: who opens a letter early is not late.
        """
        return self.made_at <= at <= self.answer_by

    @property
    def last_handover(self) -> datetime:
        """The last moment at which a letter leaves a family the whole time to answer (D6)."""
        return self.answer_by - timedelta(days=self.window_days)


def telling(use: UseRef) -> Telling | None:
    """Return the newest telling about a use, or None if nobody is being told."""
    run = Run.objects.filter(use=use).order_by("-number").first()
    return None if run is None else _telling(run)


def told(use: UseRef) -> frozenset[PersonId]:
    """Return every child for whom at least one adult was reached in time (D6). Sent is not told.

    A letter counts that its school says it handed over or posted, early enough for the whole time to answer, and that
    nobody said was not theirs. A letter that a newer one replaced counts like any other: once handed over, it opens.
    Of a use that recurs, who was told in an earlier run is told: that letter says that it comes again, and until when.
    """
    found: set[PersonId] = set()
    for run in Run.objects.filter(use=use).order_by("number"):
        rows = Letter.objects.filter(
            run=run,
            delivered__in=[state.value for state in REACHES],
            delivered_at__lte=_telling(run).last_handover,
            not_mine="",
        )
        each = Func("children", function="unnest", output_field=UUIDField())
        found |= {PersonId(child) for child in rows.values_list(each, flat=True).distinct().iterator()}
    return frozenset(found)


def schools_written_by(use: UseRef) -> tuple[str, ...]:
    """Return the schools whose own systems fetched letters about a use, sorted: others have none to pass on."""
    return tuple(sorted(set(Letter.objects.filter(run__use=use).values_list("school", flat=True))))


def reached(use: UseRef, *, by: datetime) -> int:
    """Return how many letters of a telling had reached somebody by a moment."""
    rows = Letter.objects.filter(run__use=use, delivered__in=[state.value for state in REACHES])
    return rows.filter(delivered_at__lte=by, not_mine="").count()


def is_live(letter: UUID) -> bool:
    """Say whether a letter still opens: it stands, or a newer one replaced it after it had been carried.

    What has reached a hand is never made worthless by its school asking for another; what lies in a lost pack is.
    """
    return Letter.objects.filter(OPENS, pk=letter).exists()


def _telling(run: Run) -> Telling:
    return Telling(UseRef(run.use), run.made_at, run.answer_by, run.window_days, run.closed_at, run.number)


# --- for fsck ---

_TAG = 16  # bytes that AES-GCM adds


@dataclass(frozen=True, slots=True)
class HeldLetter:
    """One letter as it stands in the database. A sound one has the form of a letter; who it is for is not said."""

    id: UUID
    school: str
    adult: str
    children: tuple[PersonId, ...]
    is_sound: bool


def runs() -> Iterator[Telling]:
    """Yield every telling."""
    for run in Run.objects.order_by("pk").iterator():
        yield _telling(run)


def held_letters() -> Iterator[HeldLetter]:
    """Yield every letter."""
    for row in Letter.objects.order_by("id").iterator(chunk_size=1_000):
        yield _held(row)


def letters_named(ids: Sequence[UUID]) -> tuple[HeldLetter, ...]:
    """Return those of the named letters that are there."""
    return tuple(_held(row) for row in Letter.objects.filter(pk__in=ids))


def _is_known(row: Letter) -> bool:
    """Say whether a letter is its handle's own, or that of the one child it names; without names, either may be."""
    if not is_digest(row.adult) or not (is_digest(row.handle) or not row.handle):
        return False
    if row.handle in {row.adult, ""} or not row.children:
        return True
    return len(row.children) == 1 and row.adult == own_digest(
        load(here(), "letters"), PersonId(row.children[0])
    )


def _held(row: Letter) -> HeldLetter:
    sound = (
        is_digest(row.code)
        and _is_known(row)
        and row.delivered in {state.value for state in Delivered}
        and row.not_mine in {"", *WHY_NOT_MINE}
        and len(row.sealed) > _TAG
        and len(set(row.children)) == len(row.children)
    )
    children = tuple(PersonId(child) for child in row.children)
    return HeldLetter(row.id, row.school, row.adult, children, sound)
