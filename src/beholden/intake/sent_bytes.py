# SPDX-License-Identifier: Apache-2.0
"""Look at the bytes of a sent file before any parser does, one chunk after another.

It decides whether the bytes may be parsed at all: UTF-8 throughout and said so, no control characters, and no
document type, so that no entity can be declared and none can grow or reach outside. On the way it notes where
each pupil's record starts. It refuses to know what the elements mean.
"""

import codecs
import re
from array import array
from dataclasses import dataclass, field

from beholden.intake.findings import Finding, Severity

_BEFORE = 32
"""So many bytes of the last chunk are looked at again: more than the longest thing searched for."""

_PUPIL = re.compile(rb"<Pupil(?:(OnRoll)|NoLongerOnRoll)[\s/>]")
_DECLARATION = re.compile(
    rb"<\?xml\s+version\s*=\s*(['\"])1\.0\1"
    rb"(?:\s+encoding\s*=\s*(['\"])(?P<encoding>[A-Za-z][A-Za-z0-9._-]*)\2)?"
    rb"(?:\s+standalone\s*=\s*(['\"])(?:yes|no)\4)?\s*\?>"
)
# XML 1.0 section 2.2: of the control characters only tab, line feed and carriage return may stand in a document.
_CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\r")
_CONTROL = re.compile(b"[" + re.escape(_CONTROLS) + b"]")
_TYPES = (b"<!DOCTYPE", b"<!ENTITY")
_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE, b"\0", b"<\0")

_AGAIN = "Ask your software's supplier to export the return as UTF-8, and send it again."


@dataclass(slots=True)
class Records:
    """Where the pupil records of one list start: byte offsets and lines, in the order of the file."""

    offsets: "array[int]" = field(default_factory=lambda: array("q"))
    lines: "array[int]" = field(default_factory=lambda: array("i"))

    def add(self, offset: int, line: int) -> None:
        """Note one more record."""
        self.offsets.append(offset)
        self.lines.append(line)


@dataclass(slots=True)
class Look:
    """One walk over the bytes. `line` is the line that the walk has reached, counted by line feeds."""

    on_roll: Records = field(default_factory=Records)
    off_roll: Records = field(default_factory=Records)
    line: int = 1
    read: int = 0
    _tail: bytes = b""
    _decoder: codecs.IncrementalDecoder = field(
        default_factory=lambda: codecs.getincrementaldecoder("utf-8")("strict")
    )

    def at(self, chunk: bytes) -> Finding | None:
        """Look at the next chunk; return what forbids parsing it, if anything does."""
        found = self._opening(chunk) if self.read == 0 else None
        seen = self._tail + chunk
        found = found or self._characters(chunk) or self._document_type(seen)
        if found is None:
            self._records(seen)
            self._tail = seen[-_BEFORE:]
            self.read += len(chunk)
        return found

    def end(self) -> Finding | None:
        """Return what is wrong when no more bytes come: nothing at all was sent, or half a character."""
        if self.read == 0:
            return finding("file.empty", 1, "The file is empty.", "Export the return again and send it.")
        try:
            self._decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return _not_utf8(self.line)
        return None

    def _opening(self, chunk: bytes) -> Finding | None:
        if chunk.startswith(_WIDE):
            return finding("file.encoding", 1, "The file is not written in UTF-8.", _AGAIN)
        start = chunk.removeprefix(codecs.BOM_UTF8)
        if not start.startswith(b"<?xml"):
            return None  # without a declaration XML is UTF-8 (XML 1.0 section 4.3.3)
        declared = _DECLARATION.match(start)
        if declared is None:
            return finding(
                "file.declaration", 1, "The first line of the file is not an XML 1.0 declaration.", _AGAIN
            )
        if (declared["encoding"] or b"utf-8").lower() != b"utf-8":
            return finding("file.encoding", 1, "The file says that it is not written in UTF-8.", _AGAIN)
        return None

    def _characters(self, chunk: bytes) -> Finding | None:
        kept = len(self._decoder.getstate()[0])
        try:
            self._decoder.decode(chunk)
        except UnicodeDecodeError as trouble:
            # `start` counts from the bytes that the decoder had kept back: half a character, so no line feed.
            return _not_utf8(self.line + chunk.count(b"\n", 0, max(trouble.start - kept, 0)))
        if len(chunk.translate(None, _CONTROLS)) == len(chunk):
            return None
        first = _CONTROL.search(chunk)
        return finding(
            "file.control_character",
            self.line + chunk.count(b"\n", 0, first.start() if first else 0),
            "A control character stands in the file, which XML does not allow.",
            "Remove the character in your system (often a pasted name or address), and send the return again.",
        )

    def _document_type(self, seen: bytes) -> Finding | None:
        starts = [start for token in _TYPES if (start := seen.find(token)) >= 0]
        if not starts:
            return None
        before = seen.count(b"\n", len(self._tail), max(min(starts), len(self._tail)))
        return finding(
            "file.document_type",
            self.line + before,
            "The file declares a document type or an entity. No return needs one, and none is opened.",
            "Export the return from your system again and send that file unchanged.",
        )

    def _records(self, seen: bytes) -> None:
        kept = len(self._tail)
        last = kept
        for match in _PUPIL.finditer(seen):
            if match.end() <= kept:
                continue  # found in the last chunk already
            # A tag that began in the last chunk stands on the line which that chunk ended on: no feed is in it,
            # or only the one that ends the match.
            start = match.start()
            if start > last:
                self.line += seen.count(b"\n", last, start)
                last = start
            records = self.on_roll if match[1] else self.off_roll
            records.add(self.read - kept + start, self.line)
        self.line += seen.count(b"\n", last)


def finding(rule: str, line: int, sentence: str, what_to_do: str, *, place: str = "the file") -> Finding:
    """Return an error that concerns the file as a whole."""
    return Finding(rule, Severity.ERROR, line, place, sentence, what_to_do)


def _not_utf8(line: int) -> Finding:
    return finding(
        "file.encoding", line, "From this line on the file is not written in UTF-8, as it must be.", _AGAIN
    )
