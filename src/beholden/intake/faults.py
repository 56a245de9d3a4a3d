# SPDX-License-Identifier: Apache-2.0
"""Say, for a file that is no sound census return, where it breaks and in what way: our words, our names only.

The file is walked with expat, which builds no tree and knows its line exactly. An element that we do not know is
never named, since even a name can be made of somebody's data; its line and the group it stands in are enough.
"""

from contextlib import suppress
from dataclasses import dataclass
from typing import BinaryIO
from xml.parsers import expat

from beholden.intake.census_shape import MESSAGE, Element
from beholden.intake.findings import LISTED, Finding
from beholden.intake.sent_bytes import Records, finding

_CHUNK = 1 << 20
_FURTHER = 64 << 20
"""So many bytes behind the first fault are still searched for others."""

_DEEPEST = 1_000

_EXPORT = (
    "Export the return from your system again and send it whole; if it happens again, tell the supplier."
)
_SUPPLIER = "Ask your software's supplier for the export of this term's School Census, and send it again."
_SCHEMAS = "http://www.w3.org/2001/XMLSchema-instance "

_BREAKS = {
    expat.errors.codes[expat.errors.XML_ERROR_NO_ELEMENTS]: (
        "file.truncated",
        "The file ends before the return does.",
    ),
    expat.errors.codes[expat.errors.XML_ERROR_UNCLOSED_TOKEN]: (
        "file.truncated",
        "The file ends before the return does.",
    ),
    expat.errors.codes[expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION]: (
        "file.truncated",
        "The file ends before the return does.",
    ),
    expat.errors.codes[expat.errors.XML_ERROR_JUNK_AFTER_DOC_ELEMENT]: (
        "file.second_root",
        "After the end of the return something else follows. A file holds one return.",
    ),
    expat.errors.codes[expat.errors.XML_ERROR_TAG_MISMATCH]: (
        "file.malformed",
        "An element is closed that was not the last one opened.",
    ),
    expat.errors.codes[expat.errors.XML_ERROR_UNDEFINED_ENTITY]: (
        "file.entity",
        "The file uses an entity that XML does not define.",
    ),
    expat.errors.codes[expat.errors.XML_ERROR_BAD_CHAR_REF]: (
        "file.control_character",
        "A control character stands in the file, written as a number, which XML does not allow.",
    ),
    expat.errors.codes[expat.errors.XML_ERROR_UNBOUND_PREFIX]: (
        "structure.namespace",
        "An element or attribute has a prefix that stands for nothing.",
    ),
}
_BREAK = ("file.malformed", "The file is not well-formed XML: from this line on it cannot be read.")


class _EnoughError(Exception):
    """Nothing more is to be read."""


@dataclass(slots=True)
class _Group:
    """One open element: what may stand in it, and what stood in it so far."""

    element: Element
    line: int
    seen: dict[str, int]
    place: str


class _Walk:
    """Follows the elements of a file along the known shape and writes down where they part."""

    def __init__(self) -> None:
        self.found: list[Finding] = []
        self._open: list[_Group] = []
        self._skipped = 0  # depth inside an element that we do not know
        self._pupils = {"PupilOnRoll": 0, "PupilNoLongerOnRoll": 0}
        self.parser = expat.ParserCreate("utf-8", namespace_separator=" ")
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.StartDoctypeDeclHandler = self._document_type

    def _add(self, rule: str, sentence: str, *, line: int = 0) -> None:
        place = self._open[-1].place if self._open else "the file"
        line = line or self.parser.CurrentLineNumber
        self.found.append(finding(rule, line, sentence, _SUPPLIER, place=place))
        if len(self.found) >= LISTED:
            raise _EnoughError

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if self._skipped:
            self._skipped += 1
            if self._skipped > _DEEPEST:
                raise _EnoughError  # expat keeps every open tag
            return
        child = self._known(name)
        if child is None:
            self._skipped = 1
            return
        if any(not attribute.startswith(_SCHEMAS) for attribute in attributes):
            self._add("structure.attribute", f"{child.name} carries an attribute. The census has none.")
        place = self._open[-1].place if self._open else "the file"
        if child.name in self._pupils:
            self._pupils[child.name] += 1
            place = pupil_place(self._pupils[child.name], on_roll=child.name == "PupilOnRoll")
        elif child.name == "Header":
            place = "the header"
        self._open.append(_Group(child, self.parser.CurrentLineNumber, {}, place))

    def _known(self, name: str) -> Element | None:
        """Return the element that may stand here under this name, or write down why none may."""
        if " " in name:
            self._add("structure.namespace", "An element stands in a namespace. The census has none.")
            return None
        if not self._open:
            if name == MESSAGE.name:
                return MESSAGE
            self._add("structure.root", "The outermost element is not a School Census message.")
            return None
        group = self._open[-1]
        child = next((one for one in group.element.children if one.name == name), None)
        if child is None:
            self._add(
                "structure.unknown_element",
                f"Inside {group.element.name} stands an element that the School Census does not have there.",
            )
            return None
        if group.seen.get(name, 0) >= child.most:
            often = "once" if child.most == 1 else f"{child.most} times"
            self._add("structure.repeated", f"{name} stands more than {often} inside {group.element.name}.")
        if group.element.ordered and any(
            _position(group.element, other) > _position(group.element, name) for other in group.seen
        ):
            self._add("structure.order", f"{name} stands behind an element that it should precede.")
        group.seen[name] = group.seen.get(name, 0) + 1
        return child

    def _end(self, _name: str) -> None:
        if self._skipped:
            self._skipped -= 1
            return
        group = self._open.pop()
        for child in group.element.children:
            if child.needed and child.name not in group.seen:
                self._add(
                    "structure.missing",
                    f"{child.name} is missing from {group.element.name}.",
                    line=group.line,
                )

    def _text(self, text: str) -> None:
        if (
            self._skipped
            or not self._open
            or not self._open[-1].element.children
            or not text.strip(" \t\r\n")
        ):
            return
        self._add(
            "structure.text", f"Text stands inside {self._open[-1].element.name}, between its elements."
        )

    def _document_type(self, *_: object) -> None:
        raise _EnoughError


def pupil_place(number: int, *, on_roll: bool, year: str = "") -> str:
    """Return where a pupil's record stands, as a person counts: from one, each list by itself."""
    roll = "on roll" if on_roll else "no longer on roll"
    return f"pupil {number} {roll}" + (f", year {year}" if year else "")


def diagnose(handle: BinaryIO, *, parsed: int, line: int) -> tuple[Finding, ...]:
    """Return at least one finding for a file that the parser found unsound near a line, after so many bytes."""
    walk = _Walk()
    try:
        _feed(walk.parser, handle, until=parsed + _FURTHER)
    except expat.ExpatError as trouble:
        rule, sentence = _BREAKS.get(trouble.code, _BREAK)
        walk.found.append(finding(rule, trouble.lineno, sentence, _EXPORT))
    except _EnoughError:
        pass
    if walk.found:
        return tuple(walk.found)
    # Well formed and true to the shape, and yet refused: too deep or too long for the parser's own limits.
    return (
        finding(
            "structure.limits",
            line,
            "The file is nested deeper, or holds a longer text, than any return needs.",
            _EXPORT,
        ),
    )


def exact_starts(handle: BinaryIO) -> tuple[Records, Records]:
    """Return where the pupil records start, on roll and off roll, for a sound file: slowly, and past any doubt.

    A comment or CDATA section can hold what looks like a record; then the quick count does not fit.
    """
    parser = expat.ParserCreate("utf-8")
    records = {"PupilOnRoll": Records(), "PupilNoLongerOnRoll": Records()}

    def start(name: str, _attributes: dict[str, str]) -> None:
        if name in records:
            records[name].add(parser.CurrentByteIndex, parser.CurrentLineNumber)

    parser.StartElementHandler = start
    _feed(parser, handle)
    return records["PupilOnRoll"], records["PupilNoLongerOnRoll"]


def line_of(record: bytes, *, path: str, nth: int = 0, leaf: str = "") -> int:
    """Return on which line of one record (its first is 0) an element starts; the bytes may run on behind it.

    `path` leads there from the record. Where its last step can stand several times, `nth` says which is meant and
    `leaf` what is looked for inside it. An element that is missing is on the line of the group it is missing from.
    """
    steps = [(name, 0) for name in path.split("/")]
    steps[-1] = (steps[-1][0], nth)
    steps += [(leaf, 0)] if leaf else []
    parser = expat.ParserCreate("utf-8")
    depth, matched, passed, line = 0, 0, 0, 0

    def start(name: str, _attributes: dict[str, str]) -> None:
        nonlocal depth, matched, passed, line
        depth += 1
        if depth != matched + 2 or matched == len(steps) or name != steps[matched][0]:
            return
        if passed < steps[matched][1]:
            passed += 1
            return
        matched, passed, line = matched + 1, 0, parser.CurrentLineNumber - 1

    def end(_name: str) -> None:
        nonlocal depth
        if depth == matched + 1:
            raise _EnoughError  # the innermost group that was found is over
        depth -= 1

    parser.StartElementHandler, parser.EndElementHandler = start, end
    # The slice may also be cut behind the record, or inside one that is very long: what was found stays right.
    with suppress(_EnoughError, expat.ExpatError):
        parser.Parse(record, False)
    return line


def _feed(parser: expat.XMLParserType, handle: BinaryIO, *, until: int | None = None) -> None:
    handle.seek(0)
    read = 0
    while chunk := handle.read(_CHUNK):
        parser.Parse(chunk, False)
        read += len(chunk)
        if until is not None and read >= until:
            return
    parser.Parse(b"", True)


def _position(element: Element, name: str) -> int:
    return next((place for place, child in enumerate(element.children) if child.name == name), -1)
