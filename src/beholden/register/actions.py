# SPDX-License-Identifier: Apache-2.0
"""Takes returns in, and lends the gate what only the vault knows. The only writer of this room.

Order of `accept`, so that a kill at any point leaves the safe side: person keys on disk -> row file on disk -> one
transaction with vault rows, look-ups, manifest, receipt and the ledger's outbox row. Whatever dies before the commit
leaves only keys and a file that nothing names; nothing is half-stored, and nothing accepted is lost.
"""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path

import pyarrow as pa

from beholden.catalogue import Catalogue, Store
from beholden.home import here
from beholden.intake import school_census
from beholden.intake.findings import Finding, Findings, Severity
from beholden.kinds import Actor, ItemId, PersonId
from beholden.ledger.actions import propose
from beholden.ledger.vocabulary.terms import band
from beholden.refusals import Refusal
from beholden.register.lent import Named, ProofSeed, ProofSeeds
from beholden.register.naming import names_of_schools
from beholden.register.rows import write
from beholden.register.rows.models import Correction, Return, Stored
from beholden.register.rows.scan import has_row, on_roll_at
from beholden.register.rules import (
    Evidence,
    Place,
    Scalar,
    Verdict,
    check_correctable,
    check_registrar,
    check_sender,
    check_statement,
    check_value,
    commitment,
    filed_under,
    is_own,
    opaque_school,
)
from beholden.register.vault import people
from beholden.register.vault.wall import keeper, one_at_a_time


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the sender keeps. `status` is accepted, unchanged or refused; a refused file is not stored in any part."""

    number: str
    status: str
    pupils: int
    findings: Findings
    asked: int = 0


def accept(path: Path, *, catalogue: Catalogue, by: Actor, at: datetime) -> Receipt:
    """Take one School Census file in, whole or not at all (D1, D5).

    The plan: 1 read the file; a school's file that is another school's is refused whole, and is filed under the sender;
    2 with one error in it, only the receipt is kept; 3 the very file that is in force already changes nothing and says
    so; 4 a file made before the one in force is refused: an old export must not bring back what was put right; 5 person
    keys and row file are on disk before anything names them; 6 one transaction for all the rest; 7 an earlier return of
    the same school and term is superseded, not erased.
    """
    check_sender(by)
    reading = school_census.read(path, codes=_codes(catalogue), expected=school_census.censuses_of(catalogue))
    header = reading.header
    if header is not None and not is_own(by, _school(header)):
        return _refuse(reading, Findings.of((_OTHER_SCHOOL,)), by=by, at=at)
    if not reading.accepted or header is None or reading.pupils is None:
        return _refuse(reading, reading.findings, by=by, at=at)
    exported_at = header.made_at.replace(tzinfo=header.made_at.tzinfo or UTC)
    school = _school(header)
    place = {"collection": header.collection, "term": header.term, "year": header.year, "school": school}
    with keeper():
        one_at_a_time()
        earlier = Return.objects.select_for_update().filter(**place, status="accepted").first()
        if earlier is not None and earlier.digest == reading.digest:
            return Receipt(earlier.receipt, "unchanged", earlier.pupils, reading.findings)
        if earlier is not None and earlier.exported_at is not None and exported_at < earlier.exported_at:
            return _refuse(reading, Findings.of((_OLDER,)), by=by, at=at)
        number = f"{header.collection}-{header.term}-{header.year}-{school}-{secrets.token_hex(4)}"
        entered = people.enter(reading.pupils, receipt=number, at=at)
        landed = write.land(
            here().rows, f"{header.term}{header.year}", _what(reading.pupils, entered, catalogue)
        )
        if earlier is not None:
            _supersede(earlier, at=at)
        salt = secrets.token_bytes(32)
        said = _public(school, reading.pupils.num_rows, reading.digest, salt)
        kept = Return.objects.create(
            receipt=number,
            **place,
            digest=reading.digest,
            status="accepted",
            pupils=reading.pupils.num_rows,
            findings=[_record(finding) for finding in reading.findings.listed],
            at=at,
            by=by.ref,
            exported_at=exported_at,
            supersedes=earlier,
            salt=salt,
            outbox=propose(log="events", kind="return", body=said, by=by, at=at),
        )
        _name(landed, kept, at=at)
    return Receipt(number, "accepted", reading.pupils.num_rows, reading.findings, entered.asked)


def _supersede(earlier: Return, *, at: datetime) -> None:
    earlier.status = "superseded"
    earlier.save(update_fields=["status"])
    Stored.objects.filter(source=earlier, retired_at__isnull=True).update(retired_at=at)


def _name(landed: write.Landed, kept: Return, *, at: datetime) -> None:
    """Write the row file's line in the manifest: from now on it counts."""
    Stored.objects.create(
        path=landed.path,
        digest=landed.digest,
        rows=landed.rows,
        schema=write.SCHEMA,
        source=kept,
        made_at=at,
    )


_OTHER_SCHOOL = Finding(
    rule="file.other_school",
    severity=Severity.ERROR,
    line=1,
    place="the file",
    sentence="This file is another school's: the number in its header is not that of the school that sends it.",
    what_to_do="Send your own school's file. If the number in your system is wrong, correct it there and export again.",
)

_OLDER = Finding(
    rule="file.older",
    severity=Severity.ERROR,
    line=1,
    place="the file",
    sentence="This file was made before the one that we hold for this school and term.",
    what_to_do="Make the file again from the school's system as it is now, and send that.",
)


def _refuse(reading: school_census.Reading, findings: Findings, *, by: Actor, at: datetime) -> Receipt:
    """Keep the receipt and its findings, which carry no value of the file, and nothing else."""
    number = f"refused-{secrets.token_hex(6)}"
    header = reading.header
    school = filed_under(by, _school(header) if header else "")
    with keeper():
        Return.objects.create(
            receipt=number,
            collection=header.collection if header else "",
            term=header.term if header else "",
            year=header.year if header else None,
            school=school,
            digest=reading.digest,
            status="refused",
            pupils=0,
            findings=[_record(finding) for finding in findings.listed],
            at=at,
            by=by.ref,
        )
    return Receipt(number, "refused", 0, findings)


def _record(finding: Finding) -> dict[str, object]:
    return {
        "line": finding.line,
        "place": finding.place,
        "rule": finding.rule,
        "sentence": finding.sentence,
        "severity": Severity(finding.severity).value,
        "what_to_do": finding.what_to_do,
    }


def _what(pupils: pa.Table, entered: people.Entered, catalogue: Catalogue) -> pa.Table:
    """The row file: person, on roll or not, and every item the catalogue keeps as rows. Nothing of who they are."""
    items = [item.id for item in catalogue.items.values() if item.store is Store.ROWS]
    columns = {"person": people.as_bytes(entered.people), "on_roll": pupils["on_roll"]}
    return pa.table(columns | {item: pupils[item] for item in items})


def _school(header: school_census.Header) -> str:
    return f"{header.lea}{header.estab}"


def _public(school: str, pupils: int, digest: str, salt: bytes) -> dict[str, object]:
    """What the log says of a return: an opaque school, a band, a salted commitment to the file."""
    return {
        "band": band(pupils),
        "commitment": commitment(salt, digest),
        "school": opaque_school(school, key=names_of_schools()),
    }


def children_for_letters(
    school: str,
    numbers: tuple[str, ...],
    *,
    collection: str,
    term: str,
    year: int,
    school_years: tuple[str, ...] = (),
    by: Actor,
    at: datetime,
) -> Mapping[str, Named]:
    """Lend the gate first names and birth dates, by number, of pupils on this school's roll in one census.

    A number that is not on that roll is absent, whoever may stand under it elsewhere: a school learns nothing of other
    pupils, not even that they exist, and one slip leaves out one child and not the school.
    """
    with keeper():
        here_then = on_roll_at(school, collection=collection, term=term, year=year, school_years=school_years)
        return people.named(numbers, among=here_then)


def numbers_on_roll(
    school: str,
    *,
    collection: str,
    term: str,
    year: int,
    school_years: tuple[str, ...] = (),
    by: Actor,
    at: datetime,
) -> tuple[str, ...]:
    """Lend the gate the pupil numbers on one school's own roll in one census, or in the years named, sorted."""
    with keeper():
        here_then = on_roll_at(school, collection=collection, term=term, year=year, school_years=school_years)
        return tuple(sorted(people.numbers_of(here_then)))


def proof_seeds(*, among: pa.Array | None = None, by: Actor, at: datetime) -> ProofSeeds:
    """Lend the gate what fixes each person's place and key in a registry snapshot; of everybody, or those named."""
    with keeper():
        return ProofSeeds.of(people.proof_seeds(None if among is None else people.from_bytes(among)))


def proof_seed(person: PersonId, *, by: Actor, at: datetime) -> ProofSeed:
    """Lend the gate one person's proof seed, for that person's own proof."""
    with keeper():
        return people.proof_seed(person)


def seeds_of(among: Iterable[PersonId], *, by: Actor, at: datetime) -> tuple[ProofSeed, ...]:
    """Lend the gate the proof seeds of some people, former proof ids included."""
    with keeper():
        return tuple(people.proof_seeds(among))


def renew_proof(person: PersonId, *, by: Actor, at: datetime) -> None:
    """Give one person a fresh proof id, so that whoever had its file looks into no handover to come (D35)."""
    with keeper():
        people.renew_proof(person)


def with_number_and_birth(number: str, born: date, *, by: Actor, at: datetime) -> tuple[PersonId, ...]:
    """Name who stands under a pupil number and a birth date together: nobody, one, or two who are in question."""
    with keeper():
        return people.with_number_and_birth(number, born)


def matching(asked: Iterable[tuple[str, date]], *, by: Actor, at: datetime) -> tuple[PersonId | None, ...]:
    """Lend the gate who stands under each pupil number and birth date together: None for nobody, and for two.

    Number and birth date agree, or it is nobody: nothing is compared that is only alike. Some thousands at a time.
    """
    with keeper():
        return tuple(people.matching(asked))


def known_of(
    person: PersonId, stores: frozenset[Store], *, by: Actor, at: datetime
) -> Mapping[str, str | None]:
    """Lend the gate what the vault knows of one person, of those groups that the reader may see, for their own copy."""
    groups = tuple(sorted(store.value for store in stores - {Store.ROWS}))
    with keeper():
        return people.known_of(person, groups) if groups else {}


def in_question(*, by: Actor, at: datetime) -> frozenset[PersonId]:
    """Name everybody who is restricted because two records may be one person."""
    with keeper():
        return people.in_question()


def past_retention(
    candidates: pa.Array, *, age: int, on: date, by: Actor, at: datetime
) -> frozenset[PersonId]:
    """Name those among the candidates (16-byte ids) who have passed the age until which an item may be kept (D33)."""
    with keeper():
        return frozenset(people.older_than(people.from_bytes(candidates), age=age, on=on))


def of_age(among: Iterable[PersonId], *, age: int, on: date, by: Actor, at: datetime) -> frozenset[PersonId]:
    """Name those among some people who have had the birthday of an age by a day (D14)."""
    with keeper():
        return frozenset(people.older_than(among, age=age, on=on))


def came_of_age(
    among: Iterable[PersonId], *, age: int, on: date, by: Actor, at: datetime
) -> Mapping[PersonId, datetime]:
    """Return since when each of some people who has reached an age by a day is of it (aware UTC)."""
    with keeper():
        reached = people.birthdays(among, age=age, on=on)
        return {person: datetime.combine(day, time(), UTC) for person, day in reached}


@dataclass(frozen=True, slots=True)
class About:
    """Which value a correction is about: whose, in which school's return of which census, which item."""

    person: PersonId
    place: Place
    item: str


def correct(
    about: About, value: Scalar, *, evidence: Evidence, catalogue: Catalogue, by: Actor, at: datetime
) -> int:
    """Put one value right (D30; UK GDPR Art 16), and return the number of the line that says so.

    The plan: 1 the registrar; 2 a value of a row, of the fact's own type, and none that a return could not have had; 3
    alone, so that numbers come in the order in which they count; 4 the return in force has such a row; 5 the line. The
    row file stays as it is: whoever reads rows reads them corrected from the commit on. Who received the old value is
    told by `redress`, which looks for lines that it has not told of, so that no kill between the two loses one.
    """
    check_registrar(by)  # 1
    item = catalogue.item(about.item)
    check_correctable(item)  # 2
    check_value(item, value)
    return _line(about, Verdict.PUT_RIGHT, value, "", evidence=evidence, by=by, at=at)


def dispute(
    about: About, statement: str, *, evidence: Evidence, catalogue: Catalogue, by: Actor, at: datetime
) -> int:
    """Leave a value as it is, and let the family's disagreement travel with it from now on (D30; Art 16).

    The words are sealed under the child's key; what travels is the mark. The plan is that of `correct`.
    """
    check_registrar(by)
    check_correctable(catalogue.item(about.item))
    check_statement(statement, most=catalogue.limits.statement_signs)
    return _line(about, Verdict.DISPUTED, None, statement, evidence=evidence, by=by, at=at)


def _line(
    about: About,
    verdict: Verdict,
    value: Scalar,
    statement: str,
    *,
    evidence: Evidence,
    by: Actor,
    at: datetime,
) -> int:
    place = about.place
    with keeper():
        one_at_a_time()  # 3
        if not has_row(about.person, place, about.item):  # 4
            raise Refusal(
                "register.no_such_value",
                "The register holds no such value about this person.",
                next_step="Look at which school's return of which census says it.",
                authority="D30",
            )
        made = Correction.objects.create(  # 5
            person=about.person,
            collection=place.collection,
            term=place.term,
            year=place.year,
            school=place.school,
            item=about.item,
            verdict=verdict.value,
            value=value,
            evidence=evidence.value,
            statement=people.sealed_words(about.person, statement) if statement else b"",
            salt=secrets.token_bytes(32),
            at=at,
            by=by.ref,
        )
        return made.pk


def _codes(catalogue: Catalogue) -> dict[ItemId, frozenset[str]]:
    """What a coded item may say, a refusal and *not asked yet* among it: a refused answer is an answer (D1)."""
    return {
        item.id: frozenset((*item.codes, *item.refused, *item.unanswered))
        for item in catalogue.items.values()
        if item.codes
    }
