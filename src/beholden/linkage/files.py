# SPDX-License-Identifier: Apache-2.0
"""Reads two lists of people from CSV files, by a map that says which column holds what. Streams; keeps no list itself.

It decides how a file is read: UTF-8, commas, a header, as many fields in each line as in the header. What is wrong
with the file is refused, with its line; what is wrong with one value is a `Finding`, and the value counts as missing.
Neither ever repeats what stands there.
"""

import csv
import tomllib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from beholden.linkage.people import FIELDS, Finding, Person, in_calendar, person
from beholden.refusals import Refusal

SIDES = ("left", "right")


class FileRefused(Refusal):
    """Says that a file cannot be read as a list of people, or a map not as a map."""

    def __init__(self, code: str, sentence: str, next_step: str) -> None:
        super().__init__(f"linkage.{code}", sentence, next_step=next_step, authority="D21")


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column of one side holds what: the id's, and those of the fields that are there, by field."""

    id: str
    fields: dict[str, str]


def columns(path: Path) -> dict[str, Columns]:
    """Return the map of both sides, or refuse it: a misspelt field would be left out of every comparison unnoticed."""
    said = _toml(path)
    if set(said) != set(SIDES) or not all(isinstance(said[side], dict) for side in SIDES):
        raise _no_map("The map of columns has two tables, left and right, and nothing else.")
    return {side: _side(side, said[side]) for side in SIDES}


def asking_columns(path: Path) -> Columns:
    """Return the map of the one side that asks: its table is left. A map of both sides serves as well."""
    said = _toml(path)
    table = said.get("left")
    if not isinstance(table, dict) or not set(said) <= set(SIDES):
        raise _no_map("The map of columns has a table left, and no other but right.")
    return _side("left", table)


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as wrong:
        raise _no_map("The map of columns cannot be read as TOML.") from wrong


def _side(side: str, said: dict[str, object]) -> Columns:
    named = {name: column for name, column in said.items() if isinstance(column, str) and column}
    if set(named) != set(said) or not set(said) <= {"id", *FIELDS}:
        raise _no_map(f"The table {side} may name a column each for id, {', '.join(FIELDS)}, and no other.")
    if "id" not in named:
        raise _no_map(f"The table {side} does not say which column holds the id.")
    return Columns(named.pop("id"), named)


def _no_map(sentence: str) -> FileRefused:
    return FileRefused("map", sentence, "Write the map as the page on linking two lists shows it.")


def check_kept(path: Path) -> None:
    """Refuse what can be read once only, a pipe say: a second reading would find a list of nobody."""
    if path.exists() and not path.is_file():
        raise FileRefused(
            "not_a_file",
            "The list of those who are asked about is read more than once, and this is no file.",
            "Write the list into a file, and name that.",
        )


def people(path: Path, where: Columns, found: Callable[[Finding], None]) -> Iterator[Person]:
    """Yield the people of a file, one line after another; `found` is told of each value that could not be read."""
    for line, cells in written(path, where.id, where.fields.values()):
        yield _person(cells, line, where, found)


def written(path: Path, of: str, columns: Iterable[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield each line's number and what stands in it, by column, unread. `of` is the column of the id."""
    name = path.name
    try:
        with path.open("r", encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            header = next(reader, None)
            places = _places(name, header, (of, *columns))
            for row in reader:
                if not row:
                    continue
                line = reader.line_num
                if len(row) != len(header or ()):
                    raise _bad_line("line", name, line, "it has more or fewer fields than the header")
                if any("\0" in cell for cell in row):
                    raise _bad_line("csv", name, line, "it has a sign that stands in no text (NUL)")
                cells = {column: row[place] for column, place in places.items()}
                if not cells[of].strip():
                    raise _bad_line("id", name, line, "it has no id")
                yield line, cells
    except UnicodeDecodeError as wrong:
        raise FileRefused(
            "encoding", f"{name} is not UTF-8 throughout.", "Save it as CSV in UTF-8, and try again."
        ) from wrong
    except csv.Error as wrong:
        raise FileRefused(
            "csv", f"{name} is not CSV throughout.", "Save it as CSV with commas, and try again."
        ) from wrong
    except OSError as wrong:
        raise FileRefused(
            "no_file", "There is no file that can be read under one of the names.", "Name both files."
        ) from wrong


def _places(name: str, header: list[str] | None, columns: tuple[str, ...]) -> dict[str, int]:
    """Return where each column stands in a line."""
    stands = [one.strip() for one in header or ()]
    for column in columns:
        if stands.count(column) != 1:
            much = "no column" if column not in stands else "more than one column"
            raise FileRefused(
                "column",
                f"{name} has {much} with the name that was given: {column}.",
                "Correct the name where it was given, or the header of the file.",
            )
    return {column: stands.index(column) for column in columns}


def _bad_line(code: str, name: str, line: int, sentence: str) -> FileRefused:
    return FileRefused(code, f"{name}, line {line}: {sentence}.", "Correct this line, and try again.")


def _person(cells: dict[str, str], line: int, where: Columns, found: Callable[[Finding], None]) -> Person:
    """Return who stands in one line; `found` is told of what could not be read."""

    def say(what: str, sentence: str) -> None:
        found(Finding(line, where.fields[what], sentence))

    values = {what: cells[column] for what, column in where.fields.items()}
    one = person(cells[where.id].strip(), values, say)
    if one.birth_date and not in_calendar(one.birth_date):
        say("birth_date", "This day is in no calendar; it is compared figure by figure.")
    return one
