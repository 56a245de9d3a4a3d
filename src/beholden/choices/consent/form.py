# SPDX-License-Identifier: Apache-2.0
"""Reads a consent form that somebody drafted, and remembers on which line each word of it stands. Judges nothing.

A form is written as a pack is: `[kind.name]`, then `key = value`. What cannot be read is no error that ends the
reading, as far as that is possible: it is a *slip*, and a form with one does not pass.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from beholden.catalogue import PackRefused
from beholden.catalogue.plain import Found, read

MOST_BYTES = 256 * 1024

KEYS: Mapping[str, Mapping[str, tuple[type, ...]]] = MappingProxyType(
    {
        "form": {
            "title": (str,),
            "words": (list,),
            "answers": (list,),
            "ticked": (str,),
            "no_answer_means": (str,),
            "one_answer_for": (str,),
            "say_yes_by": (list,),
            "take_back_by": (list,),
            "child_answers_by": (list,),
            "asks_for": (list,),
        },
        "recipient": {"name": (str,), "country": (str,)},
        "sub_processor": {"name": (str,), "country": (str,), "works_for": (str,)},
        "question": {
            "asks": (str,),
            "purpose": (str, list),
            "recipients": (list,),
            "items": (list,),
            "from": (date,),
            "to": (date,),
            "who": (str,),
        },
    }
)
"""Which tables a form has, and of which type each of their values is."""

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|\'[^\']*\'|#.*')


@dataclass(frozen=True, slots=True)
class Said:
    """A text of the form, and the line it stands on."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Slip:
    """Something in the file that could not be read as part of a form."""

    line: int
    what: str


@dataclass(frozen=True, slots=True)
class Part:
    """One table of a form, with what could be read of it."""

    kind: str
    name: str
    line: int
    texts: Mapping[str, tuple[Said, ...]]  # a single text is a list of one
    days: Mapping[str, date]
    lines: Mapping[str, int]

    def one(self, key: str) -> Said | None:
        """Return a text, or None where it is missing or there are several."""
        said = self.texts.get(key, ())
        return said[0] if len(said) == 1 else None

    def all(self, key: str) -> tuple[Said, ...]:
        """Return a list of texts; it may be empty."""
        return self.texts.get(key, ())

    def at(self, key: str) -> int:
        """Return the line of a key, or of the table where the key is missing."""
        return self.lines.get(key, self.line)


@dataclass(frozen=True, slots=True)
class Form:
    """A whole drafted form."""

    name: str
    form: Part
    recipients: Mapping[str, Part]
    sub_processors: Mapping[str, Part]
    questions: tuple[Part, ...]
    slips: tuple[Slip, ...]


def read_form(file: str, raw: bytes) -> Form:
    """Return a form with its slips. A file that is no form at all has no question, and a slip that says why."""
    slips: list[Slip] = []
    found: tuple[Found, ...] = ()
    if len(raw) > MOST_BYTES:
        slips.append(Slip(1, f"The file is longer than {MOST_BYTES // 1024} KiB."))
    else:
        try:
            found = read(file, raw)
        except PackRefused as no:
            slips.append(Slip(no.line, no.sentence.removeprefix(f"{file}, line {no.line}: ")))
    lines = raw.decode("utf-8", "replace").replace("\r\n", "\n").split("\n")
    parts = [_part(one, lines, slips) for one in found if _is_known(one, slips)]
    forms = [part for part in parts if part.kind == "form"]
    if found and len(forms) != 1:
        slips.append(Slip(forms[1].line if forms else 1, "A file holds one form: [form.name], once."))
    if found and not any(part.kind == "question" for part in parts):
        slips.append(Slip(1, "A form asks something: [question.name]."))
    nothing: Mapping[str, tuple[Said, ...]] = MappingProxyType({})
    form = forms[0] if forms else Part("form", "", 1, nothing, MappingProxyType({}), MappingProxyType({}))
    return Form(
        name=form.name,
        form=form,
        recipients=_named("recipient", parts),
        sub_processors=_named("sub_processor", parts),
        questions=tuple(part for part in parts if part.kind == "question"),
        slips=tuple(slips),
    )


def _named(kind: str, parts: list[Part]) -> Mapping[str, Part]:
    return MappingProxyType({part.name: part for part in parts if part.kind == kind})


def _is_known(found: Found, slips: list[Slip]) -> bool:
    if found.kind not in KEYS:
        slips.append(Slip(found.line, f"A form has no table [{found.kind}.…]."))
    return found.kind in KEYS


def _part(found: Found, lines: list[str], slips: list[Slip]) -> Part:
    texts: dict[str, tuple[Said, ...]] = {}
    days: dict[str, date] = {}
    for key, value in found.values.items():
        line, types = found.lines[key], KEYS[found.kind].get(key)
        if types is None:
            slips.append(Slip(line, f"{key} is no part of [{found.kind}.…]."))
        elif type(value) not in types:
            slips.append(Slip(line, f"{key} is not written as it must be."))
        elif isinstance(value, date):
            days[key] = value
        elif isinstance(value, str):
            texts[key] = (Said(value, line),)
        elif isinstance(value, list) and all(isinstance(one, str) for one in value):
            texts[key] = tuple(map(Said, value, _lines_of(line, len(value), lines)))
        else:
            slips.append(Slip(line, f"{key} is a list of texts."))
    return Part(
        found.kind, found.name, found.line, MappingProxyType(texts), MappingProxyType(days), found.lines
    )


def _lines_of(first: int, count: int, lines: list[str]) -> list[int]:
    """Return the line of each text of a list that begins on a line: a list holds nothing but texts."""
    at: list[int] = []
    number = first
    while len(at) < count:
        at += [number for token in _TOKEN.findall(lines[number - 1]) if not token.startswith("#")]
        number += 1
    return at[:count]
