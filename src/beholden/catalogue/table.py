# SPDX-License-Identifier: Apache-2.0
"""Hands out one table's values, each once and in its type. What is missing, wrong or left over is refused by line.

Knows types, words and authorities; does not know which keys an item or a purpose has (`pack.py` does).
"""

import re
from datetime import date
from enum import StrEnum
from typing import TypeVar

from beholden.catalogue.entries import KeepUntil
from beholden.catalogue.law import Authority, Checked
from beholden.catalogue.plain import Found, PackRefused

# What a reader of the refusal must learn at once is not "a key is missing" but which promise is not kept.
_MISSING = {"authority": "no_authority", "paragraph": "no_authority", "review_on": "no_review_date"}
_KEEP = re.compile(r"(age|years) ([1-9][0-9]?)")
_MOST_YEARS = 75  # longer is for ever, and nothing is kept for ever (D33)

_NOUNS: dict[type, str] = {
    str: "text in quotes",
    int: "whole number",
    bool: "plain true or false",
    list: "list",
    date: "day like 2027-09-01",
}

_Word = TypeVar("_Word", bound=StrEnum)
_Value = TypeVar("_Value")


class Table:
    """One `[kind.name]` of a pack while it is read. Call `done()` at the end."""

    def __init__(self, found: Found) -> None:
        self.found = found
        self._left = set(found.values)

    def refused(self, code: str, what: str, *, key: str = "") -> PackRefused:
        """Return a refusal that points at a key of this table, or at the table itself."""
        line = self.found.lines.get(key, self.found.line)
        return PackRefused(code, self.found.file, line, f"[{self.found.kind}.{self.found.name}] {what}")

    def done(self) -> None:
        """Refuse whatever nobody asked for."""
        for key in sorted(self._left, key=lambda key: (self.found.lines.get(key, self.found.line), key)):
            raise self.refused("unknown_key", f"{key} is not a key of this table.", key=key)

    def has(self, key: str) -> bool:
        return key in self.found.values

    def text(self, key: str) -> str:
        """Return one line of text, not empty and without odd blanks or control characters."""
        value = self._value(key, str)
        if not value.isprintable() or value != value.strip() or not value:
            raise self.refused("wrong_type", f"{key} must be one line of text.", key=key)
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of different texts; it may be empty."""
        values = self._value(key, list)
        if not all(type(value) is str and value and value.isprintable() for value in values):
            raise self.refused("wrong_type", f"{key} must be a list of texts.", key=key)
        if len(set(values)) != len(values):
            raise self.refused("duplicate", f"{key} names something twice.", key=key)
        return tuple(values)

    def texts_or_none(self, key: str) -> tuple[str, ...]:
        return self.texts(key) if self.has(key) else ()

    def whole(self, key: str, *, least: int = 1, most: int = 1_000_000) -> int:
        value = self._value(key, int)
        if not least <= value <= most:
            raise self.refused("out_of_range", f"{key} must be from {least} to {most}.", key=key)
        return value

    def truth(self, key: str) -> bool:
        return self._value(key, bool)

    def day(self, key: str) -> date:
        return self._value(key, date)

    def word(self, key: str, words: type[_Word]) -> _Word:
        """Return one word of a closed list."""
        value = self._value(key, str)
        for word in words:
            if word.value == value:
                return word
        allowed = ", ".join(word.value for word in words)
        raise self.refused("unknown_value", f"{key} must be one of: {allowed}.", key=key)

    def authority(self) -> Authority:
        """Return the law behind this table. There is no entry without one (D4)."""
        return Authority(self.text("authority"), self.text("paragraph"), self.word("checked", Checked))

    def keep_until(self, key: str) -> KeepUntil:
        kept = _KEEP.fullmatch(self._value(key, str))
        if kept is None or int(kept.group(2)) > _MOST_YEARS:
            raise self.refused("unknown_value", f"{key} is written like age 25 or years 6.", key=key)
        return KeepUntil(kept.group(1), int(kept.group(2)))

    def _value(self, key: str, kind: type[_Value]) -> _Value:
        if key not in self.found.values:
            raise self.refused(_MISSING.get(key, "missing_key"), f"{key} is missing.")
        value = self.found.values[key]
        if type(value) is not kind:  # exactly: True is no number here, and a moment is no day
            raise self.refused("wrong_type", f"{key} must be a {_NOUNS[kind]}.", key=key)
        self._left.discard(key)
        return value
