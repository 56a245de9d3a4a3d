# SPDX-License-Identifier: Apache-2.0
"""Answers what has been received, and what fsck asks. Counts, receipts, findings: no row and no name leaves here."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import F, Func, IntegerField, Q, QuerySet, Sum

from beholden.kinds import PersonId
from beholden.ledger import queries as ledger
from beholden.ledger.canonical import print_json
from beholden.ledger.vocabulary.events import ReturnAccepted
from beholden.register.checked import Asked, Counts, Page, Spare
from beholden.register.lent import ProofSeed
from beholden.register.naming import names_of_schools
from beholden.register.rows import scan
from beholden.register.rows.models import Correction, Return, Stored
from beholden.register.rules import commitment, opaque_school
from beholden.register.vault import alike, check, likeness
from beholden.register.vault.wall import keeper, one_list_at_a_time

SALT_BYTES = 32
PAGE = 1_000
"""How many people, files or ids are looked at in one transaction."""


@dataclass(frozen=True, slots=True)
class Received:
    """One return as its sender may see it. `findings` are (rule, severity, line, sentence) records."""

    receipt: str
    school: str
    status: str
    pupils: int
    at: datetime
    findings: tuple[Mapping[str, object], ...]


def returns() -> tuple[Received, ...]:
    """Return every file ever received, newest first, refused ones too."""
    with keeper():
        rows = list(Return.objects.order_by("-id"))
    return tuple(
        Received(row.receipt, row.school, row.status, row.pupils, row.at, tuple(row.findings)) for row in rows
    )


@dataclass(frozen=True, slots=True)
class SentReturn:
    """One file of one school as that school may see it. `found` is how many findings are listed with it."""

    receipt: str
    collection: str
    term: str
    year: int | None
    status: str
    pupils: int
    at: datetime
    found: int


def sent_by(school: str, senders: Sequence[str]) -> tuple[SentReturn, ...]:
    """Return every file of a school, oldest first, so that the place of each stays the same.

    Taken in: what names the school, whoever brought it. Refused: what one of its own senders sent, and nothing else: a
    refused file may name any school, and its findings are for whoever sent it.
    """
    with keeper():
        listed = Func(F("findings"), function="jsonb_array_length", output_field=IntegerField())
        rows = _sent_by(school, senders).annotate(found=listed).defer("findings")
        return tuple(_sent(row, row.found) for row in rows)


def one_sent_by(
    school: str, senders: Sequence[str], *, place: int
) -> tuple[SentReturn, tuple[Mapping[str, object], ...]] | None:
    """Return one file of a school by its place (1 is the oldest) with its findings; None where there is none."""
    with keeper():
        row = _sent_by(school, senders)[place - 1 : place].first() if 0 < place <= _MOST_PLACES else None
    if row is None:
        return None
    return _sent(row, len(row.findings)), tuple(row.findings)


_MOST_PLACES = 1_000_000_000


def _sent_by(school: str, senders: Sequence[str]) -> QuerySet[Return]:
    taken_in = Q(school=school) & ~Q(status="refused")
    return Return.objects.filter(taken_in | Q(status="refused", by__in=senders)).order_by("id")


def _sent(row: Return, found: int) -> SentReturn:
    return SentReturn(row.receipt, row.collection, row.term, row.year, row.status, row.pupils, row.at, found)


def counted_on_roll(
    school: str, *, collection: str, term: str, year: int, school_years: tuple[str, ...] = (), at: datetime
) -> int:
    """Return how many children of a school's return of one census were on roll, as held at a moment, or of some years.

    That is how many of them a use of that census is about, before any choice, flag or telling (D13).
    """
    with keeper():
        return scan.counted_on_roll(
            school, collection=collection, term=term, year=year, school_years=school_years, at=at
        )


def counted_in(collection: str, term: str, year: int) -> int:
    """Return how many pupils the returns in force of one census name together: at most so many children.

    Of the receipts alone, so that it costs the same for a country as for a town; a pupil of two schools counts twice.
    """
    with keeper():
        held = Return.objects.filter(status="accepted", collection=collection, term=term, year=year)
        return int(held.aggregate(all=Sum("pupils"))["all"] or 0)


@dataclass(frozen=True, slots=True)
class SaidOfReturn:
    """What the public log says of one return, and the salt that only its school and the keeper have.

    `entry` is its place in the log of events, None while it waits. SHA-256(salt || SHA-256 of the file's bytes) is
    `commitment`, in hex: so a school that kept its file can check that the log speaks of it (`rules.commitment`).
    """

    receipt: str
    entry: int | None
    at: datetime
    school: str
    band: int
    commitment: str
    salt: bytes = field(repr=False)


def said_of(receipt: str, *, school: str) -> SaidOfReturn | None:
    """Return what the log says of a return of this school; None of another's, a refused one, and one there is not."""
    with keeper():
        row = Return.objects.filter(receipt=receipt, school=school, outbox__isnull=False).first()
    if row is None or row.outbox is None or row.salt is None:
        return None
    boxed = ledger.said((row.outbox,)).get(row.outbox)
    if boxed is None or not isinstance(boxed.says, ReturnAccepted):
        return None
    body = boxed.says
    return SaidOfReturn(
        receipt, boxed.index, boxed.at, body.school, body.band, body.commitment.hex(), bytes(row.salt)
    )


@dataclass(frozen=True, slots=True)
class HeldCorrection:
    """One line about a value, without the value: its number, and what commits it in the log of its day."""

    number: int
    person: PersonId
    item: str
    school: str
    at: datetime
    commitment: bytes
    is_sound: bool


def corrections_behind(number: int, *, upto: int | None = None) -> tuple[HeldCorrection, ...]:
    """Return every line about a value behind a number, up to another, in the order in which they were written."""
    with keeper():
        rows = Correction.objects.filter(pk__gt=number)
        if upto is not None:
            rows = rows.filter(pk__lte=upto)
        return tuple(_correction(row) for row in rows.order_by("pk"))


def corrections_of(person: PersonId, item: str) -> tuple[HeldCorrection, ...]:
    """Return every line about one item of one person, in the order in which they were written."""
    with keeper():
        rows = Correction.objects.filter(person=person, item=item).order_by("pk")
        return tuple(_correction(row) for row in rows)


def _correction(row: Correction) -> HeldCorrection:
    """Commit to a line: SHA-256(salt32 || JCS of all of it; the sealed statement by its hash)."""
    said = {
        "at": int(row.at.timestamp()),
        "by": row.by,
        "collection": row.collection,
        "evidence": row.evidence,
        "item": row.item,
        "person": str(row.person),
        "school": row.school,
        "statement": hashlib.sha256(bytes(row.statement)).hexdigest(),
        "term": row.term,
        "value": row.value,
        "verdict": row.verdict,
        "year": row.year,
    }
    committed = hashlib.sha256(bytes(row.salt) + print_json(said)).digest()
    sound = len(row.salt) == SALT_BYTES
    return HeldCorrection(row.pk, PersonId(row.person), row.item, row.school, row.at, committed, sound)


# --- for fsck: what is held, so that it can be compared with files, keys and the log ---


@dataclass(frozen=True, slots=True)
class HeldFile:
    """One line of the manifest."""

    path: str
    digest: str
    rows: int
    schema: int
    made_at: datetime
    retired_at: datetime | None


@dataclass(frozen=True, slots=True)
class HeldReturn:
    """One return with its files. `opaque` is the school as the public log names it; `supersedes` is a receipt.

    `commitment` is made anew from digest and salt, and empty for a refused file; `outbox` is the row of its entry.
    """

    receipt: str
    collection: str
    term: str
    year: int | None
    school: str
    opaque: str
    status: str
    pupils: int
    digest: str
    at: datetime
    by: str
    supersedes: str | None
    commitment: str
    outbox: int | None
    findings_are_sound: bool
    files: tuple[HeldFile, ...]


def held_returns() -> Iterator[HeldReturn]:
    """Yield every return with its lines of the manifest, oldest first."""
    last, key = 0, names_of_schools()
    while True:
        with keeper():
            rows = Return.objects.filter(pk__gt=last).order_by("pk").select_related("supersedes")
            found = list(rows.prefetch_related("files")[:PAGE])
        if not found:
            return
        last = found[-1].pk
        yield from (_held(row, key) for row in found)


def _held(row: Return, key: bytes) -> HeldReturn:
    files = (_file(one) for one in sorted(row.files.all(), key=lambda one: one.pk))
    return HeldReturn(
        receipt=row.receipt,
        collection=row.collection,
        term=row.term,
        year=row.year,
        school=row.school,
        opaque=opaque_school(row.school, key=key),
        status=row.status,
        pupils=row.pupils,
        digest=row.digest,
        at=row.at,
        by=row.by,
        supersedes=None if row.supersedes is None else row.supersedes.receipt,
        commitment="" if row.salt is None else commitment(bytes(row.salt), row.digest),
        outbox=row.outbox,
        findings_are_sound=_sound(row.findings),
        files=tuple(files),
    )


def _file(row: Stored) -> HeldFile:
    return HeldFile(row.path, row.digest, row.rows, row.schema, row.made_at, row.retired_at)


def _sound(findings: object) -> bool:
    parts = {"line", "place", "rule", "sentence", "severity"}
    return isinstance(findings, list) and all(
        isinstance(one, dict) and set(one) - {"what_to_do"} == parts and one["severity"] in {"error", "query"}
        for one in findings
    )


def manifest_names(path: str) -> bool:
    """Say whether a line of the manifest names this file."""
    with keeper():
        return Stored.objects.filter(path=path).exists()


def columns(path: str) -> tuple[tuple[str, str], ...]:
    """Return the columns of a row file, with the catalogue's words for their types."""
    return scan.columns(path)


def rows_in(path: str) -> int:
    """Return how many rows a row file has."""
    return scan.rows_in(path)


def strangers_in(path: str) -> int:
    """Return how many person ids of a row file the vault does not know."""
    return sum(len(unknown([PersonId(UUID(bytes=one)) for one in ids])) for ids in scan.people_in(path))


def unknown(people: Sequence[PersonId]) -> frozenset[PersonId]:
    """Return those among these ids whom the vault does not know."""
    with keeper():
        return check.missing(people)


def vault_pages() -> Iterator[Page]:
    """Yield the vault page by page, each checked against slots, blobs and look-ups."""
    after: PersonId | None = None
    while True:
        with keeper():
            found = check.page(after, PAGE)
        if not found.people:
            return
        after = found.last
        yield found


def seeds() -> Iterator[ProofSeed]:
    """Yield everybody's proof seed, so that places, keys and tags can be derived anew. What does not open is absent."""
    after: PersonId | None = None
    while True:
        with keeper():
            after, found = check.seeds(after, PAGE)
        if after is None:
            return
        yield from found


def vault_counts() -> Counts:
    """Count the vault's tables."""
    with keeper():
        return check.counts()


def index_differs() -> bool:
    """Say whether the index by which people are found who are alike says anything else than the vault."""
    with keeper():
        one_list_at_a_time()
        return likeness.differs()


def spare_slots() -> Spare:
    """Look at the slots that no person is named by."""
    with keeper():
        return check.spare_slots()


def questions() -> tuple[Asked, ...]:
    """Return every question whether two records are one person, without saying who."""
    with keeper():
        return check.questions()


def unsound_suggestions() -> int:
    """Return how many suggestions that two records are one child do not hold together, without saying of whom."""
    with keeper():
        return alike.unsound()


def receipts_given(receipts: Sequence[str]) -> Mapping[str, datetime]:
    """Return when each of these receipts was given; one that never was is absent."""
    with keeper():
        return dict(Return.objects.filter(receipt__in=receipts).values_list("receipt", "at"))


def schools_with(collection: str, term: str, year: int) -> frozenset[str]:
    """Return the schools from which a return of one collection was accepted."""
    with keeper():
        rows = Return.objects.exclude(status="refused").filter(collection=collection, term=term, year=year)
        return frozenset(rows.values_list("school", flat=True))


def senders_of(collection: str, term: str, year: int) -> frozenset[str]:
    """Return the references of whoever brought a return of one collection that was accepted."""
    with keeper():
        rows = Return.objects.exclude(status="refused").filter(collection=collection, term=term, year=year)
        return frozenset(rows.values_list("by", flat=True))


def schools_known(schools: Sequence[str]) -> frozenset[str]:
    """Return those among these schools that sent a return which was accepted."""
    with keeper():
        rows = Return.objects.exclude(status="refused").filter(school__in=schools)
        return frozenset(rows.values_list("school", flat=True))
