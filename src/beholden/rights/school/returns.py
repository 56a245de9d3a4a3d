# SPDX-License-Identifier: Apache-2.0
"""A school sends a return, and sees what became of every file it ever sent (D1, D5).

A file is named by its place in the school's own history: an address with it tells nobody anything, and opens another
file, or none, for anybody else.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from beholden.catalogue import Catalogue
from beholden.home import here, inbox
from beholden.intake import packed
from beholden.intake.findings import LISTED, Severity
from beholden.refusals import Refusal
from beholden.register.actions import accept
from beholden.register.queries import SentReturn, one_sent_by, sent_by
from beholden.rights.school.asked import (
    MOST_BYTES,
    Findings,
    Group,
    History,
    Line,
    Put,
    Spot,
    Taken,
    Which,
)
from beholden.rights.school.knocking import Inside, open_door, senders
from beholden.rights.shown import Shown


def take(asked: Put, *, catalogue: Catalogue, at: datetime) -> Taken:
    """Take in a file that lies in the inbox, whole or not at all; whatever happens, it lies there no more.

    The plan: 1 who sends it is let in, before the file is looked at; 2 the name is one of ours, not a path; 3 a zip
    gives its one XML file, to the inbox too; 4 the register takes it in, and refuses a file of another school than the
    sender's; 5 the files are taken away, also after a refusal. What was sent twice is one return: the second time it is
    *unchanged*, and has the first one's place.
    """
    home = here()
    try:
        inside = open_door(asked.shown, catalogue=catalogue, at=at)  # 1
        with _xml(inbox.place(home, asked.name)) as path:  # 2, 3
            receipt = accept(path, catalogue=catalogue, by=inside.by, at=at)  # 4
    finally:
        inbox.take_away(home, asked.name)  # 5
    sent = sent_by(inside.school.number, senders(inside))
    place = next(place for place, one in enumerate(sent, 1) if one.receipt == receipt.number)
    return Taken(inside.school, receipt.status, place)


@contextmanager
def _xml(path: Path) -> Iterator[Path]:
    """Lend the XML file that was sent: the file itself, or what is in it."""
    if not packed.is_zip(path):
        yield path
        return
    name, descriptor = inbox.put_down(here())
    try:
        with open(descriptor, "wb") as out:  # noqa: PTH123  the file is open and held already
            packed.unpack(path, out, most_bytes=MOST_BYTES)
            out.flush()
            yield inbox.place(here(), name)
    finally:
        inbox.take_away(here(), name)


def history(asked: Shown, *, catalogue: Catalogue, at: datetime) -> History:
    """Return every file that the school sent, newest first: taken in, replaced by a newer one, or refused."""
    inside = open_door(asked, catalogue=catalogue, at=at)
    return History(inside.school, lines(inside, catalogue))


def lines(inside: Inside, catalogue: Catalogue) -> tuple[Line, ...]:
    """Return the school's files, newest first."""
    sent = sent_by(inside.school.number, senders(inside))
    return tuple(_line(place, one, catalogue) for place, one in enumerate(sent, 1))[::-1]


def findings(asked: Which, *, catalogue: Catalogue, at: datetime) -> Findings:
    """Return one file of the school with what was found in it, by rule, errors first; refuse a place where none is."""
    inside = open_door(asked.shown, catalogue=catalogue, at=at)
    found = one_sent_by(inside.school.number, senders(inside), place=asked.place)
    if found is None:
        raise Refusal(
            "rights.no_such_return",
            "Your school sent no such file.",
            next_step="Look at the list of what your school sent.",
            authority="UK GDPR Art 5(1)(f)",
        )
    one, listed = found
    return Findings(
        inside.school, _line(asked.place, one, catalogue), _groups(listed), all_listed=len(listed) < LISTED
    )


def _line(place: int, one: SentReturn, catalogue: Catalogue) -> Line:
    held = catalogue.collections.get(f"{one.collection}/{one.term}/{one.year}")
    return Line(place, one.receipt, held.label if held else "", one.status, one.pupils, one.at, one.found)


def _groups(listed: Sequence[Mapping[str, object]]) -> tuple[Group, ...]:
    spots: dict[tuple[bool, str, str, str], list[Spot]] = {}
    for one in listed:
        kind = (
            one["severity"] != Severity.ERROR.value,
            str(one["rule"]),
            str(one["sentence"]),
            str(one.get("what_to_do", "")),
        )
        spots.setdefault(kind, []).append(Spot(int(str(one["line"])), str(one["place"])))
    return tuple(
        Group(rule, not asks, sentence, what_to_do, tuple(places))
        for (asks, rule, sentence, what_to_do), places in sorted(spots.items(), key=lambda pair: pair[0][0])
    )
