# SPDX-License-Identifier: Apache-2.0
"""Reads a paper that officers typed into a file (TOML), line by line. Knows no field but those it is given.

Each line is `key = value`, or opens one more of some list: `[[child]]`. What is not known, stands twice or is of
another form is refused with its line, and neither key nor value is repeated: one typed in the wrong place may be a
child's number.
"""

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path

from beholden.refusals import Refusal

Read = Callable[[object], object]
"""Returns what a field says, or raises ValueError where it cannot say that."""

MOST_BYTES = 2**24
_OPENS = re.compile(r"\[\[([a-z_]+)\]\][ \t]*(?:#.*)?")


@dataclass(frozen=True, slots=True)
class Form:
    """What stands in a paper: its fields; and by header the lists of more that follow, with the fields of each."""

    fields: Mapping[str, Read]
    lists: Mapping[str, Mapping[str, Read]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Paper:
    """What a paper says, whole, and of each of its lists, by header. Printed by accident, it says nothing."""

    said: dict[str, object] = field(repr=False)
    lists: Mapping[str, list[dict[str, object]]] = field(repr=False)


def read(path: Path, form: Form) -> Paper:
    """Return what a paper says: exactly its fields, each once and of its form; else refuse with the line."""
    said: dict[str, object] = {}
    lists: dict[str, list[dict[str, object]]] = {header: [] for header in form.lists}
    begun: list[tuple[int, str, dict[str, object]]] = []
    known, into = form.fields, said
    for number, line in enumerate(_lines(path, form), start=1):
        start = line.strip()
        opens = _OPENS.fullmatch(start)
        if not start or start.startswith("#"):
            continue
        if opens is None:
            _note(start, known, into, number, form)
        elif opens.group(1) in form.lists:
            known, into = form.lists[opens.group(1)], {}
            lists[opens.group(1)].append(into)
            begun.append((number, opens.group(1), into))
        else:
            raise _no_paper(number, form)
    if said.keys() != form.fields.keys():
        raise _lacking(sorted(form.fields.keys() - said.keys()), "The paper", form)
    for number, header, one in begun:
        fields = form.lists[header].keys()
        if one.keys() != fields:
            raise _lacking(sorted(fields - one.keys()), f"What begins on line {number}", form)
    return Paper(said, lists)


def _lines(path: Path, form: Form) -> list[str]:
    try:
        with path.open("rb") as file:
            raw = file.read(MOST_BYTES + 1)
    except OSError:
        raise _no_file() from None
    if len(raw) > MOST_BYTES:
        raise _no_file()
    try:
        return raw.decode("utf-8").replace("\r\n", "\n").split("\n")
    except UnicodeDecodeError as cause:
        raise _no_paper(raw.count(b"\n", 0, cause.start) + 1, form) from None


def _note(line: str, known: Mapping[str, Read], into: dict[str, object], number: int, form: Form) -> None:
    """Take one line in. It is read alone, so that its key and its value are its own and so is the fault."""
    try:
        ((key, value),) = tomllib.loads(line).items()
        if key in into:
            raise ValueError
        into[key] = known[key](value)
    except (
        ValueError,
        KeyError,
        RecursionError,
    ):  # a TOMLDecodeError is a ValueError, and repeats what it met
        raise _no_paper(number, form) from None


# --- what a field can be ---


def text(value: object) -> str:
    """Take words on one line, of signs that can be seen."""
    if not isinstance(value, str) or not value.strip() or not value.isprintable():
        raise ValueError
    return value


def text_or_nothing(value: object) -> str:
    """Take words on one line, or the two quotes alone where the paper says nothing."""
    return "" if value == "" else text(value)


def texts(value: object) -> tuple[str, ...]:
    """Take a list of words."""
    if not isinstance(value, list):
        raise ValueError  # noqa: TRY004  one error for every field that cannot be read
    return tuple(map(text, value))


def day(value: object) -> date:
    """Take a day, without an hour."""
    if not isinstance(value, date) or isinstance(value, datetime):
        raise ValueError  # noqa: TRY004
    return value


def truth(value: object) -> bool:
    """Take true or false."""
    if not isinstance(value, bool):
        raise ValueError  # noqa: TRY004
    return value


def one_of(words: type[StrEnum]) -> Read:
    """Take one word of a closed list."""
    return lambda value: words(text(value))


def census(value: object) -> tuple[str, str, int]:
    """Take a return, like SC/SPR/2026."""
    collection, term, year = text(value).split("/")
    if not re.fullmatch(r"[0-9]{4}", year):
        raise ValueError
    return collection, term, int(year)


def _no_paper(number: int, form: Form) -> Refusal:
    return Refusal(
        "cli.paper",
        f"Line {number} of the paper says what no such paper says, says it twice, or in another form.",
        next_step=_form(form),
        authority="D22",
    )


def _lacking(names: list[str], what: str, form: Form) -> Refusal:
    return Refusal("cli.paper", f"{what} lacks: {', '.join(names)}.", next_step=_form(form), authority="D22")


def _form(form: Form) -> str:
    """Say what a paper is made of, in the names that we gave; nothing of what stands in it."""
    listed = " Or ".join(
        f"for each a line [[{header}]], and: {', '.join(sorted(fields))}."
        for header, fields in form.lists.items()
    )
    listed = f" Then {listed}" if listed else ""
    return (
        f"Write one thing a line: {', '.join(sorted(form.fields))}.{listed} Words in quotes, days as 2027-05-01, "
        "true or false."
    )


def _no_file() -> Refusal:
    return Refusal(
        "cli.paper",
        "There is no such file that can be read, or it is larger than any paper.",
        next_step="Name the file that the paper was typed into.",
        authority="D22",
    )
