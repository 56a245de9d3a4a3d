# SPDX-License-Identifier: Apache-2.0
"""Reads a pack's text as plain TOML and remembers the line of every table and key. Knows no field and no country.

Packs are read by officials and lawyers, so they may use one shape only: `[kind.name]` headers, then `key = value`.
Python's tomllib gives no lines; a scanner beside it does, and both must agree on what stands in the file.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from beholden.refusals import Refusal

_HEADER = re.compile(r"\[([a-z_]+)\.([A-Za-z0-9_-]+)\][ \t]*(#.*)?$")
_KEY = re.compile(r"([a-z_]+)[ \t]*=")
# A multi-line quote, a string, a comment, or a bracket that is in none of them.
_MARKS = re.compile(r'"""|\'\'\'|"(?:[^"\\]|\\.)*"|\'[^\']*\'|#.*|[\[\]{}]')
_AT_LINE = re.compile(r"\(at line (\d+), column \d+\)$")


class PackRefused(Refusal):
    """Says which file and line of a pack cannot stand. A pack is taken whole or not at all."""

    def __init__(self, code: str, file: str, line: int, what: str) -> None:
        super().__init__(
            f"catalogue.{code}",
            f"{file}, line {line}: {what}",
            next_step="Put this line right and load the pack again. Until then nothing is decided under it.",
            authority="D4, D41",
        )
        self.file = file
        self.line = line


@dataclass(frozen=True, slots=True)
class Found:
    """One table as it stands in a file: `values[key]` was written on line `lines[key]`."""

    kind: str
    name: str
    file: str
    line: int
    values: Mapping[str, object]
    lines: Mapping[str, int]


def read(file: str, raw: bytes) -> tuple[Found, ...]:
    """Return a file's tables in the order they stand in, or refuse with the line that cannot be read."""
    text = _decode(file, raw)
    lines = _scan(file, text)
    try:
        content = tomllib.loads(text)
    except (ValueError, RecursionError) as cause:  # TOMLDecodeError is a ValueError; so is a number too long
        at = _AT_LINE.search(str(cause))
        line = int(at.group(1)) if at else text.count("\n") + 1  # "at end of document"
        raise PackRefused("malformed", file, line, "this is not TOML.") from cause
    seen = {(kind, name): set(table) for kind, tables in content.items() for name, table in tables.items()}
    if seen != {header: set(keys) - {""} for header, keys in lines.items()}:
        raise PackRefused("malformed", file, 1, "two readers of this file do not agree on what stands in it.")
    return tuple(
        Found(
            kind,
            name,
            file,
            keys[""],
            MappingProxyType(content[kind][name]),
            MappingProxyType({key: line for key, line in keys.items() if key}),
        )
        for (kind, name), keys in lines.items()
    )


def _decode(file: str, raw: bytes) -> str:
    try:
        return raw.decode().replace("\r\n", "\n")
    except UnicodeDecodeError as cause:
        line = raw.count(b"\n", 0, cause.start) + 1
        raise PackRefused("malformed", file, line, "this is not UTF-8.") from cause


def _scan(file: str, text: str) -> dict[tuple[str, str], dict[str, int]]:
    """Return the line of each table (under the empty key) and of each of its keys."""
    tables: dict[tuple[str, str], dict[str, int]] = {}
    here: dict[str, int] | None = None
    depth = 0
    for number, line in enumerate(text.split("\n"), start=1):
        start = line.strip(" \t")
        if depth == 0 and start.startswith("["):
            here = _open(file, number, start, tables)
            continue
        if depth == 0 and start and not start.startswith("#"):
            _note(file, number, start, here)
        depth += _opened(file, number, line)
    return tables


def _open(
    file: str, number: int, start: str, tables: dict[tuple[str, str], dict[str, int]]
) -> dict[str, int]:
    header = _HEADER.match(start)
    if header is None:
        raise PackRefused("malformed", file, number, "a table is written [kind.name], in plain letters.")
    name = (header.group(1), header.group(2))
    if name in tables:
        raise PackRefused(
            "duplicate", file, number, f"[{name[0]}.{name[1]}] stands on line {tables[name]['']} already."
        )
    tables[name] = {"": number}
    return tables[name]


def _note(file: str, number: int, start: str, here: dict[str, int] | None) -> None:
    key = _KEY.match(start)
    if key is None:
        raise PackRefused("malformed", file, number, "a line is written key = value, with a plain key.")
    if here is None:
        raise PackRefused("unknown_key", file, number, f"{key.group(1)} stands outside any table.")
    if key.group(1) in here:
        raise PackRefused(
            "duplicate", file, number, f"{key.group(1)} stands on line {here[key.group(1)]} already."
        )
    here[key.group(1)] = number


def _opened(file: str, number: int, line: str) -> int:
    """Return how many more brackets a line opens than it closes, outside strings and comments."""
    depth = 0
    for mark in _MARKS.findall(line):
        if mark in ('"""', "'''", "{", "}"):
            raise PackRefused(
                "malformed", file, number, "a pack uses no multi-line texts and no inline tables."
            )
        depth += {"[": 1, "]": -1}.get(mark, 0)
    return depth
