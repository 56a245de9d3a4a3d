# SPDX-License-Identifier: Apache-2.0
"""Read a sent file once, chunk by chunk: are the bytes sound, the XML well formed, the structure a census?

It decides yes or no and keeps what the later steps need: the digest, the header's leaves, where each pupil's
record starts. Why the answer is no is found by `faults`, in words of ours. It refuses to know any pupil's value.

**lxml's `schema=` is not used while streaming**: together with `resolve_entities=False`, which we need, the parsers
of lxml 6.1 then accept a file that is cut short or breaks off at a stray `&` (held by a test). So the stream is
parsed for well-formedness alone; each pupil's record is validated by itself when it ends, and what is left when
all records have been taken out, the frame, is validated last. That is also a fifth cheaper.

Memory is bounded: records are dropped as they pass, and a record may not be larger than `RECORD` bytes.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias, cast

from lxml import etree

from beholden.intake.census_shape import MOST_PUPILS, PUPIL_OFF_ROLL, PUPIL_ON_ROLL
from beholden.intake.findings import Finding
from beholden.intake.sent_bytes import Look, Records, finding

CHUNK = 1 << 16
RECORD = 4 << 20
"""So many bytes may pass without the end of a pupil's record."""

Element: TypeAlias = etree._Element  # noqa: SLF001  lxml has no other name for it

_XSD = Path(__file__).with_name("school_census.xsd")
_BLANK = " \t\r\n"
_AGAIN = (
    "Export one school's return from your system again; if it happens again, ask the software's supplier."
)


class UnsoundError(Exception):
    """The XML breaks off or has another structure; `line` is where the parser noticed. Says nothing more."""

    def __init__(self, line: int) -> None:
        super().__init__("the structure does not hold")
        self.line = line


@dataclass(frozen=True, slots=True)
class Leaf:
    """The text of one leaf of the header and its line."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Frame:
    """What one walk over the file left behind.

    `forbidden` is what kept the bytes from the parser; `unsound_at` the line where the parser gave up; one of
    them set means that nothing else may be relied on but the digest. `read` counts the bytes that were parsed.
    """

    digest: str
    read: int
    forbidden: Finding | None = None
    unsound_at: int | None = None
    header: Mapping[str, Leaf] = field(default_factory=dict)
    on_roll: Records = field(default_factory=Records)
    off_roll: Records = field(default_factory=Records)
    on_roll_count: int = 0
    off_roll_count: int = 0

    @property
    def sound(self) -> bool:
        """Say whether the whole file was read and found to be a census return in form."""
        return self.forbidden is None and self.unsound_at is None


@cache
def schema() -> etree.XMLSchema:
    """Return the compiled structure."""
    return etree.XMLSchema(etree.parse(_XSD, etree.XMLParser(resolve_entities=False, no_network=True)))


def pull_parser(*tags: str) -> etree.XMLPullParser:
    """Return a parser that opens nothing, expands nothing, keeps libxml2's limits, and reports these ends."""
    return etree.XMLPullParser(
        events=("end",),
        tag=tags,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
    )


def ended(parser: etree.XMLPullParser) -> Iterator[Element]:
    """Yield the elements that have ended since last asked, of those the parser was to report."""
    for _, element in parser.read_events():
        yield cast(Element, element)  # an `end` event always brings an element


def walk(handle: BinaryIO) -> Frame:
    """Read the file from its start and return what was seen. The digest is of all its bytes, whatever they are."""
    digest = hashlib.sha256()
    look = Look()
    taking = _Taking()
    forbidden: Finding | None = None
    unsound: UnsoundError | None = None
    while chunk := handle.read(CHUNK):
        digest.update(chunk)
        if forbidden is not None or unsound is not None:
            continue  # nothing more is parsed, but the digest names the whole file
        forbidden = look.at(chunk) or taking.too_large(look)
        if forbidden is None:
            try:
                taking.feed(chunk, read=look.read)
            except UnsoundError as trouble:
                unsound = trouble
    if forbidden is None and unsound is None:
        forbidden = look.end()
    if forbidden is None and unsound is None:
        try:
            header = taking.close()
        except UnsoundError as trouble:
            unsound = trouble
        else:
            return Frame(
                digest.hexdigest(),
                look.read,
                header=header,
                on_roll=look.on_roll,
                off_roll=look.off_roll,
                on_roll_count=taking.on_roll,
                off_roll_count=taking.off_roll,
            )
    return Frame(digest.hexdigest(), look.read, forbidden, unsound.line if unsound else None)


class _Taking:
    """The parser and the records it has let pass."""

    def __init__(self) -> None:
        self.on_roll = 0
        self.off_roll = 0
        self._since = 0  # the byte count when a record last ended
        self._parser = pull_parser(PUPIL_ON_ROLL.name, PUPIL_OFF_ROLL.name)
        self._validate = schema().validate

    def too_large(self, look: Look) -> Finding | None:
        """Refuse a record without end, which the parser would have to hold, and records without number."""
        if look.read - self._since > RECORD:
            return finding(
                "file.record_too_large",
                look.line,
                f"More than {RECORD >> 20} MiB came without the end of a pupil's record.",
                _AGAIN,
            )
        if self.on_roll + self.off_roll > MOST_PUPILS:
            return finding(
                "file.too_many_pupils", look.line, f"The file holds more than {MOST_PUPILS:,} pupils.", _AGAIN
            )
        return None

    def feed(self, chunk: bytes, *, read: int) -> None:
        try:
            self._parser.feed(chunk)
        except etree.XMLSyntaxError as trouble:
            raise UnsoundError(_line(trouble)) from None
        for record in ended(self._parser):
            self._since = read
            self._take(record)

    def _take(self, record: Element) -> None:
        if not self._validate(record):
            raise UnsoundError(_start(record))
        if record.tag == PUPIL_ON_ROLL.name:
            self.on_roll += 1
        else:
            self.off_roll += 1
        cast(Any, record).clear(
            keep_tail=True
        )  # what follows a record may be here already, and is looked at next
        earlier = record.getprevious()
        if earlier is None:
            return
        # Only a record that was validated may be dropped, and no text may hide between two of them.
        if earlier.tag != record.tag or (earlier.tail or "").strip(_BLANK):
            raise UnsoundError(_start(record))
        parent = record.getparent()
        if parent is not None:
            parent.remove(earlier)

    def close(self) -> dict[str, Leaf]:
        """Validate the frame and return the header's leaves by name."""
        try:
            message = self._parser.close()
        except etree.XMLSyntaxError as trouble:
            raise UnsoundError(_line(trouble)) from None
        # The schema knows the records as global elements too; a file that is one record has no header.
        header = message.find("Header")
        if header is None or not self._validate(message):
            raise UnsoundError(1)
        return {
            str(leaf.tag): Leaf((leaf.text or "").strip(), _start(leaf))
            for leaf in header.iter()
            if len(leaf) == 0
        }


def _start(element: Element) -> int:
    """Return the line of an element near enough to look for it; beyond 65,535 libxml2 can be one off."""
    return int(cast(Any, element).sourceline or 1)


def _line(trouble: etree.XMLSyntaxError) -> int:
    """Return the line of a parser's complaint and nothing of its text, which can carry values of the file."""
    return max(int(trouble.lineno or 1), 1)
