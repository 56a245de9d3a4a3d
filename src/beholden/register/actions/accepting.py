# SPDX-License-Identifier: Apache-2.0
"""Takes returns in, whole or not at all.

Order of `accept`, so that a kill at any point leaves the safe side: person keys on disk -> row file on disk -> one
transaction with vault rows, look-ups, manifest, receipt and the ledger's outbox row. Whatever dies before the commit
leaves only keys and a file that nothing names; nothing is half-stored, and nothing accepted is lost.
"""

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa

from beholden.catalogue import Catalogue, Store
from beholden.home import here
from beholden.intake import school_census
from beholden.intake.findings import Finding, Findings, Severity
from beholden.kinds import Actor, ItemId
from beholden.ledger.actions import propose
from beholden.ledger.vocabulary.terms import band
from beholden.register.naming import names_of_schools
from beholden.register.rows import write
from beholden.register.rows.models import Return, Stored
from beholden.register.rules import (
    check_sender,
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

    number: str = field(repr=False)
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


def _codes(catalogue: Catalogue) -> dict[ItemId, frozenset[str]]:
    """What a coded item may say, a refusal and *not asked yet* among it: a refused answer is an answer (D1)."""
    return {
        item.id: frozenset((*item.codes, *item.refused, *item.unanswered))
        for item in catalogue.items.values()
        if item.codes
    }
