# SPDX-License-Identifier: Apache-2.0
"""Turn a sound file into columns of text: one table of pupils and one for each thing a pupil has several of.

It decides which leaves are taken out at all; a leaf that is not named here never leaves the file. It refuses to
judge what they say. xml2arrow does the work (it ignores what it does not know, takes an empty leaf for a missing
one and keeps blanks: hence the check of the structure before it, and the trimming after). Where it fails, or
counts other pupils than the check did, the same tables are built by lxml, slowly; a property test holds the two
equal.
"""

import json
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO, NewType

import pyarrow as pa
import pyarrow.compute as pc
import xml2arrow

from beholden.intake.census_shape import PUPIL_OFF_ROLL, PUPIL_ON_ROLL, ROLLS
from beholden.intake.structure import CHUNK, Element, ended, pull_parser

Leaves = Mapping[str, str]
"""Column name to the path of a leaf below its row's element."""

PUPIL: Leaves = MappingProxyType(
    {
        "upn": "PupilIdentifiers/UPN",
        "former_upn": "PupilIdentifiers/FormerUPN",
        "uln": "PupilIdentifiers/UniqueLearnerNumber",
        "surname": "PupilIdentifiers/Surname",
        "forename": "PupilIdentifiers/Forename",
        "middle_names": "PupilIdentifiers/MiddleNames",
        "preferred_surname": "PupilIdentifiers/PreferredSurname",
        "birth_date": "PupilIdentifiers/DOB",
        "sex": "PupilIdentifiers/Sex",
        "ethnicity": "PupilCharacteristics/Ethnicity",
        "language": "PupilCharacteristics/Language",
        "service_child": "PupilCharacteristics/ServiceChild",
        "sector_support": "PupilCharacteristics/YSSA",  # judged, and not kept: no catalogue item
        "previously_looked_after": "PupilCharacteristics/PLAA",
        "young_carer": "PupilCharacteristics/YoungCarer",
        "enrol_status": "PupilStatus/EnrolStatus",
        "entry_date": "PupilStatus/EntryDate",
        "leaving_date": "PupilStatus/LeavingDate",
        "part_time": "PupilStatus/PartTime",
        "boarder": "PupilStatus/Boarder",
        "nc_year": "PupilStatus/NCyearActual",
        "sen_provision": "SpecialEducationalNeeds/SENprovision",
        "sessions_possible": "Attendance/TermlyAttendance/SessionsPossible",
    }
)


@dataclass(frozen=True, slots=True)
class Part:
    """Something that a pupil can have several of: the list's path below the pupil, its rows, their leaves."""

    path: str
    row: str
    leaves: Leaves


PARTS: Mapping[str, Part] = MappingProxyType(
    {
        "fsm": Part(
            "PupilCharacteristics/FSMeligibility",
            "FSMperiod",
            MappingProxyType({"start": "FSMstartDate", "end": "FSMendDate"}),
        ),
        "needs": Part(
            "SpecialEducationalNeeds/SENneeds",
            "SENneed",
            MappingProxyType({"rank": "SENtypeRank", "need": "SENtype"}),
        ),
        "addresses": Part(
            "HomeInformation/Addresses",
            "Address",
            MappingProxyType(
                {
                    "saon": "BS7666Address/SAON",
                    "paon": "BS7666Address/PAON",
                    "street": "BS7666Address/Street",
                    "locality": "BS7666Address/Locality",
                    "town": "BS7666Address/Town",
                    "area": "BS7666Address/AdministrativeArea",
                    "post_town": "BS7666Address/PostTown",
                    **{f"line{n}": f"AddressLines/AddressLine{n}" for n in range(1, 6)},
                    "county": "County",
                    "postcode": "PostCode",
                }
            ),
        ),
        "suspensions": Part(
            "Exclusions",
            "TermlyExclusion",
            MappingProxyType({"category": "Category", "start": "ExclusionStartDate"}),
        ),
        "sessions": Part(
            "Attendance/TermlyAttendance/SessionDetails",
            "SessionDetail",
            MappingProxyType({"code": "AttendanceReason", "sessions": "AbsenceSessions"}),
        ),
    }
)

_RECORDS = (PUPIL_ON_ROLL.name, PUPIL_OFF_ROLL.name)
_PUPIL = "<pupil>"  # xml2arrow's name for the count of a level
_MANY, _FEW = 65_536, 4_096

Tables = NewType("Tables", "dict[str, pa.Table]")
"""`pupils` and one table for each of PARTS, whose column `pupil` counts the rows of `pupils`; trimmed text."""


class MiscountedError(Exception):
    """The tables do not hold as many pupils as the check of the structure counted."""


def quick(handle: BinaryIO, *, counted: tuple[int, int]) -> Tables:
    """Return the tables by xml2arrow. Raises its error, or MiscountedError; then `slow` has the word."""
    batches: dict[str, list[pa.RecordBatch]] = {}
    for name, batch in _parser().parse_batches(handle, max_rows_per_batch=_MANY):
        batches.setdefault(name, []).append(batch)

    def table(name: str, leaves: Leaves) -> pa.Table:
        schema = _schema(leaves)
        found = [batch.select(schema.names).cast(schema) for batch in batches.get(name, [])]
        return pa.Table.from_batches(found, schema)

    return _joined(table, counted)


def slow(handle: BinaryIO, *, counted: tuple[int, int]) -> Tables:
    """Return the same tables by lxml, for a file that xml2arrow will not read."""
    rows: dict[str, _Rows] = {}
    parser = pull_parser(*_RECORDS)
    seen = [0, 0]
    while chunk := handle.read(CHUNK):
        parser.feed(chunk)
        for record in ended(parser):
            roll = _RECORDS.index(str(record.tag))
            rows.setdefault(f"pupils{roll}", _Rows(PUPIL)).add(seen[roll], record)
            for name, part in PARTS.items():
                for element in record.iterfind(f"{part.path}/{part.row}"):
                    rows.setdefault(f"{name}{roll}", _Rows(part.leaves)).add(seen[roll], element)
            seen[roll] += 1
            record.clear()
            earlier, parent = record.getprevious(), record.getparent()
            if earlier is not None and parent is not None:
                parent.remove(earlier)
    parser.close()
    return _joined(lambda name, leaves: rows.get(name, _Rows(leaves)).table(), counted)


class _Rows:
    """Rows of text as they come, turned into Arrow a few thousand at a time."""

    def __init__(self, leaves: Leaves) -> None:
        self._leaves = leaves
        self._schema = _schema(leaves)
        self._done: list[pa.RecordBatch] = []
        self._held: list[dict[str, str | int | None]] = []

    def add(self, pupil: int, element: Element) -> None:
        texts = {name: element.findtext(path) or None for name, path in self._leaves.items()}
        self._held.append({_PUPIL: pupil, **texts})
        if len(self._held) >= _FEW:
            self._flush()

    def table(self) -> pa.Table:
        self._flush()
        return pa.Table.from_batches(self._done, self._schema)

    def _flush(self) -> None:
        self._done.append(pa.RecordBatch.from_pylist(self._held, self._schema))
        self._held = []


def _schema(leaves: Leaves) -> pa.Schema:
    return pa.schema([(_PUPIL, pa.uint32()), *((leaf, pa.string()) for leaf in leaves)])


def _joined(table: Callable[[str, Leaves], pa.Table], counted: tuple[int, int]) -> Tables:
    """Return the tables of both lists of pupils as one: those on roll, then those no longer on roll."""
    rolls = tuple(table(f"pupils{roll}", PUPIL) for roll in (0, 1))
    if tuple(roll.num_rows for roll in rolls) != counted:
        raise MiscountedError
    made = Tables({"pupils": _trimmed(pa.concat_tables(rolls).drop_columns(_PUPIL))})
    for name, part in PARTS.items():
        on_roll, off_roll = (table(f"{name}{roll}", part.leaves) for roll in (0, 1))
        places = pc.add(off_roll[_PUPIL], pa.scalar(counted[0], pa.uint32()))
        both = pa.concat_tables([on_roll, off_roll.set_column(0, _PUPIL, places)])
        trimmed = _trimmed(both.drop_columns(_PUPIL))
        made[name] = trimmed.add_column(0, "pupil", both[_PUPIL].cast(pa.int32()))
    return made


def _trimmed(table: pa.Table) -> pa.Table:
    """Return the texts without blanks around them, line ends as XML means them, and nothing where nothing is left.

    XML 1.0 section 2.11 reads every line end as one line feed; xml2arrow leaves them as they were sent.
    """
    return pa.table([_text(column) for column in table.columns], names=table.column_names)


def _text(column: pa.ChunkedArray) -> pa.Array:
    text = pc.utf8_trim_whitespace(column.combine_chunks())
    if pc.any(pc.match_substring(text, "\r")).as_py():
        text = pc.replace_substring_regex(text, "\r\n?", "\n")
    return pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text)


@cache
def _parser() -> xml2arrow.XmlToArrowParser:
    """Return the parser for our tables. It takes its configuration only from a file: JSON, which YAML contains."""
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder, "census.yaml")
        config.write_text(json.dumps(_config()), encoding="utf-8")
        return xml2arrow.XmlToArrowParser(config)


def _config() -> dict[str, object]:
    return {"parser_options": {"trim_text": False}, "tables": list(_tables())}


def _tables() -> Iterable[dict[str, object]]:
    for roll, (path, record) in enumerate(zip(ROLLS, _RECORDS, strict=True)):
        yield _table(f"pupils{roll}", path, record, ["pupil"], PUPIL)
        for name, part in PARTS.items():
            yield _table(
                f"{name}{roll}", f"{path}/{record}/{part.path}", part.row, ["pupil", "part"], part.leaves
            )


def _table(name: str, path: str, row: str, levels: list[str], leaves: Leaves) -> dict[str, object]:
    return {
        "name": name,
        "xml_path": path,
        "levels": levels,
        "fields": [
            {"name": leaf, "xml_path": f"{path}/{row}/{at}", "data_type": "Utf8", "nullable": True}
            for leaf, at in leaves.items()
        ],
    }
