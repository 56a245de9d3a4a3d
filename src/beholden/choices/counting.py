# SPDX-License-Identifier: Apache-2.0
"""Counts answers at every hop, so that none is lost between a family and the gate without anybody seeing it.

The hops: the number shown at the door, the row in the table, the root of its day, what the gate read when it decided. A
supplier of another register once lost 150,000 objections between two of these (notes/rights.md 3). Names nobody.
"""

import hashlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

import rfc8785

from beholden.choices.models import Answered, Committed, Weighed
from beholden.choices.queries import reaching
from beholden.choices.rules import Question


@dataclass(frozen=True, slots=True)
class Read:
    """Which answers reach a use: how many, up to which row, and SHA-256 over each row's number and salt."""

    last: int
    answers: int
    rows: str

    def digest(self, use: str, *, at: datetime) -> str:
        """Return what binds all of it to one use and moment, in hex."""
        said: dict[str, str | int] = {
            "answers": self.answers,
            "at": at.astimezone(UTC).isoformat(timespec="microseconds"),
            "last": self.last,
            "rows": self.rows,
            "use": use,
        }
        return hashlib.sha256(rfc8785.dumps(said)).hexdigest()


def reading(questions: Sequence[Question], *, last: int | None = None) -> Read:
    """Read which answers reach a use, all there are or those up to a row."""
    if last is None:
        last = Answered.objects.order_by("-id").values_list("id", flat=True).first() or 0
    count, made = 0, hashlib.sha256()
    rows = (
        Answered.objects.filter(reaching(*questions), id__lte=last).order_by("id").values_list("id", "salt")
    )
    for number, salt in rows.iterator(chunk_size=10_000):
        made.update(number.to_bytes(8, "big") + bytes(salt))
        count += 1
    return Read(last, count, made.hexdigest())


@dataclass(frozen=True, slots=True)
class HeldWeighing:
    """What the gate read of the answers for one decision, as it stands in the database."""

    use: str
    at: datetime
    last: int
    answers: int
    digest: str

    def agrees(self, read: Read) -> bool:
        """Say whether the same answers are there today, to the row."""
        return read.answers == self.answers and read.digest(self.use, at=self.at) == self.digest


def held_weighings() -> Iterator[HeldWeighing]:
    """Yield what the gate read for each decision, oldest first."""
    for row in Weighed.objects.order_by("pk").iterator():
        yield HeldWeighing(row.use, row.at, row.last, row.answers, row.digest)


def missing_numbers(digests: Collection[str]) -> int:
    """Return under how many of these digests of numbers no answer stands."""
    held = Answered.objects.filter(receipt__in=digests).values_list("receipt", flat=True).distinct()
    return len(set(digests)) - held.count()


@dataclass(frozen=True, slots=True)
class Counts:
    """How many answers stand in the table, in the root of a day, and in none although their day is long over."""

    held: int
    bound: int
    late: int


def counts(*, at: datetime) -> Counts:
    """Count the answers at a moment. Late is what no day binds one whole day after its own was over."""
    until = datetime.combine(at.astimezone(UTC).date() - timedelta(days=1), time(), UTC)
    late = Answered.objects.filter(committed__isnull=True, at__lt=until).count()
    return Counts(Answered.objects.count(), Committed.objects.count(), late)


def said_since(since: datetime) -> int:
    """Return how many answers were given since a moment."""
    return Answered.objects.filter(at__gte=since).count()
