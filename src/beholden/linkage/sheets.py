# SPDX-License-Identifier: Apache-2.0
"""The sheet that a person fills in, and its key, which tells what each row was drawn from. Text in and out; no files.

The sheet is CSV: what both lists say about two people, side by side, and an empty `answer`. It shows no probability, no
decision and no stratum, so whoever looks is blind to what the match came to. The key has all of that, and nobody's
value but the names of groups; it is for whoever counts, and not for whoever looks.

A sheet bears the code of its key, and the key a digest of the sheet's questions and of the result that they were drawn
from. So a sheet of another result, or one in which anything but answers was changed, is refused. That guards against
mistakes and not against forgers: there is no secret in it.
"""

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from beholden.linkage.deciding import Decision
from beholden.linkage.people import FIELDS
from beholden.linkage.sampling import (
    AuditRefused,
    Compared,
    Opinion,
    Pair,
    Row,
    Sample,
    Stratum,
    other_list,
)

FORM = "beholden/link-sample/v1"
ANSWER = "answer"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_CODE = 16

Values = Mapping[str, str]
"""What a list says of one person, as it is written: the id, and whatever else there is, by field."""


@dataclass(frozen=True, slots=True)
class Key:
    """What each row of a sheet was drawn from: strata, rows by number, and what the sheet is bound to."""

    result: str
    seed: int
    per_stratum: int
    by: str
    questions: str
    strata: tuple[Stratum, ...]
    rows: Mapping[int, Row]

    @property
    def code(self) -> str:
        """What the sheet bears in each row."""
        return hashlib.sha256(_print(self).encode()).hexdigest()[:_CODE]


# --- what a match printed ---


def compared(lines: Iterable[str]) -> Iterator[Compared]:
    """Yield the pairs of a result, as `beholden link --json` prints it."""
    for number, line in enumerate(lines, 1):
        try:
            said = json.loads(line)
            one = Compared((said["left"], said["right"]), said["probability"], Decision(said["decision"]))
        except (ValueError, KeyError, TypeError, RecursionError) as wrong:
            raise _no_result(number) from wrong
        chance = one.probability
        if isinstance(chance, bool) or not isinstance(chance, int | float) or not 0 <= chance <= 1:
            raise _no_result(number)
        if not all(isinstance(ref, str) and ref for ref in one.pair):
            raise _no_result(number)
        yield one


def _no_result(number: int) -> AuditRefused:
    return AuditRefused(
        "result",
        f"Line {number} of the result is not a pair as linking prints it.",
        "Hand in what `beholden link --json` printed, whole and unchanged.",
    )


# --- the sheet ---


def write(
    sample: Sample,
    left: Mapping[str, Values],
    right: Mapping[str, Sequence[Values]],
    *,
    result: str,
    seed: int,
    per_stratum: int,
    by: str = "",
) -> tuple[str, str]:
    """Return the sheet and its key. `left` and `right` say by id what is written of whom, `right` in all its lines."""
    if any(pair[0] not in left or pair[1] not in right for pair, _ in sample.rows):
        raise other_list()
    fields = _fields([*left.values(), *(one for lines in right.values() for one in lines)])
    header = [f"{side} {name}" for name in fields for side in ("left", "right")]
    questions = {
        number: _question(pair, fields, left, right) for number, (pair, _) in enumerate(sample.rows, 1)
    }
    rows = {number: row for number, (_, row) in enumerate(sample.rows, 1)}
    key = Key(result, seed, per_stratum, by, _digest(header, questions), sample.strata, rows)
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(["row", "sheet", *header, ANSWER])
    for number, cells in questions.items():
        writer.writerow([number, key.code, *cells, ""])
    return out.getvalue(), _print(key)


def _fields(people: Iterable[Values]) -> list[str]:
    said = {name for one in people for name in one}
    return [name for name in ("id", *FIELDS) if name in said]


def _question(
    pair: Pair, fields: Sequence[str], left: Mapping[str, Values], right: Mapping[str, Sequence[Values]]
) -> list[str]:
    """Return what both sides say, field by field; what the right says in several ways stands with | between."""
    asked, held = left[pair[0]], right[pair[1]]
    return [
        _harmless(text)
        for name in fields
        for text in (
            asked.get(name, ""),
            " | ".join(dict.fromkeys(one[name] for one in held if one.get(name))),
        )
    ]


def _harmless(cell: str) -> str:
    """Return a cell that no spreadsheet runs as a formula: it begins with an apostrophe where it might be one."""
    plain = " ".join(cell.split())
    return f"'{plain}" if plain.startswith(_FORMULA) else plain


def _digest(header: Sequence[str], questions: Mapping[int, Sequence[str]]) -> str:
    said = [list(header), *([number, *cells] for number, cells in sorted(questions.items()))]
    return hashlib.sha256(json.dumps(said, ensure_ascii=True).encode()).hexdigest()


def read(text: str, key: Key, *, whole: bool = True) -> dict[int, Opinion]:
    """Return what somebody answered, by row, or refuse the sheet. Not `whole`: rows may be left without an answer."""
    try:
        header, *lines = [line for line in csv.reader(io.StringIO(text, newline=""), strict=True) if line]
    except (ValueError, csv.Error) as wrong:
        raise _changed() from wrong
    if header[:2] != ["row", "sheet"] or header[-1:] != [ANSWER]:
        raise _changed()
    if any(len(line) != len(header) for line in lines):
        raise _changed()
    if any(line[1] != key.code for line in lines):
        raise AuditRefused(
            "other_sheet",
            "The sheet was drawn with another key, perhaps from another result.",
            "Hand in the key that was written beside this sheet.",
        )
    if sorted(line[0] for line in lines) != sorted(map(str, key.rows)):
        raise AuditRefused(
            "rows",
            f"The sheet has {len(lines)} rows, and {len(key.rows)} were drawn, each once.",
            "Put back what is missing. Whoever cannot say of a pair answers: cannot say.",
        )
    questions = {int(line[0]): line[2:-1] for line in lines}
    if _digest(header[2:-1], questions) != key.questions:
        raise _changed()
    said = {int(line[0]): _opinion(line) for line in lines if whole or line[-1].strip()}
    return dict(sorted(said.items()))


def _opinion(line: Sequence[str]) -> Opinion:
    try:
        return Opinion(" ".join(line[-1].casefold().split()))
    except ValueError as wrong:
        raise AuditRefused(
            "answer",
            f"Row {int(line[0])} has no answer, or one that is none.",
            f"Answer each row with one of: {', '.join(Opinion)}.",
        ) from wrong


def _changed() -> AuditRefused:
    return AuditRefused(
        "sheet_changed",
        "The sheet is not as it was written: more was changed than answers.",
        "Fill in the column answer alone. Open the sheet with every column as text, and save it as CSV with commas.",
    )


# --- its key ---


def _print(key: Key) -> str:
    said: dict[str, Any] = {"form": FORM} | asdict(replace(key, rows={}))
    said["rows"] = [[number, row.stratum, row.known] for number, row in key.rows.items()]
    return json.dumps(said, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def read_key(text: str) -> Key:
    """Return a key, or refuse what is none."""
    try:
        said = json.loads(text)
        if said.pop("form") != FORM:
            raise _no_key()
        strata = tuple(Stratum(**one | {"decision": Decision(one["decision"])}) for one in said.pop("strata"))
        rows = {number: Row(stratum, known and Opinion(known)) for number, stratum, known in said.pop("rows")}
        key = Key(**said, strata=strata, rows=rows)
        sound = _print(key) == text and all(_sound(place, one, rows) for place, one in enumerate(strata))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as wrong:
        raise _no_key() from wrong
    if not sound:
        raise _no_key()
    return key


def _sound(place: int, one: Stratum, rows: Mapping[int, Row]) -> bool:
    """Say whether a stratum has as many rows as it says, and no more than there are pairs."""
    return 0 < sum(row.stratum == place for row in rows.values()) == one.drawn <= one.pairs


def _no_key() -> AuditRefused:
    return AuditRefused(
        "key",
        "The key of the sheet cannot be read, or was changed.",
        "Hand in the key that was written beside the sheet, unchanged.",
    )


# --- pairs that are known ---


def known(lines: Iterable[tuple[str, str, str]]) -> dict[Pair, Opinion]:
    """Return pairs whose truth is known from elsewhere: the two ids, and same or different."""
    truths: dict[Pair, Opinion] = {}
    for number, (left, right, said) in enumerate(lines, 2):
        opinion = " ".join(said.casefold().split())
        if (left, right) in truths or opinion not in {Opinion.SAME, Opinion.DIFFERENT}:
            raise AuditRefused(
                "known",
                f"Line {number} of the known pairs names a pair again, or is neither same nor different.",
                "Write each pair once, and say of it: same, or different.",
            )
        truths[left, right] = Opinion(opinion)
    return truths
