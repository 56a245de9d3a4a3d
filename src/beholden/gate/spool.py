# SPDX-License-Identifier: Apache-2.0
"""What is known of urgent exits, also where their spool was damaged and put aside. Decides nothing, and writes nothing.

A spool that begins anew goes on with the numbers, so that none is given twice and none before it is forgotten. What
stood under those comes from the file that was put aside, line by line where a line is whole, and else from the journal
of single exits, which has every urgent exit too, if it could be written. So it does not matter whether the file still
lies in the folder.
"""

from collections import defaultdict, deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Max

from beholden.gate import journal
from beholden.gate.journal import URGENT, Leaving, Line
from beholden.gate.models import SingleExit, UrgentReview
from beholden.home import here
from beholden.kinds import PersonId

URGENT_EXIT = "urgent"


@dataclass(frozen=True, slots=True)
class Known:
    """One urgent exit: its number, what left, and the hash of every line that says so, the spool's own first.

    A review bears one of them, whichever was known when it was made. `is_read` where the spool's own line is; else
    there is the journal's alone. Number 0: no number was given to it.
    """

    line: int
    left: Leaving
    digests: tuple[str, ...]
    is_read: bool


@dataclass(frozen=True, slots=True)
class Spool:
    """Everything that is known: exits in the order of their numbers, how many numbers say nothing, and until when.

    `began` is the day of the first line of the spool as it stands; what is lost is of that day or before it. `strays`
    are exits of which the journal alone knows, though the spool was never put aside.
    """

    exits: tuple[Known, ...]
    first: int
    lost: int
    began: date | None
    strays: int


def spool() -> Spool:
    """Read the spool, what was put aside of it, and the journal's index. Refuses a spool that is damaged now."""
    chain = tuple(journal.lines(here().journal, name=URGENT))
    first = chain[0].seq if chain else next_number()
    saved = {line.seq: line for line in _saved() if line.seq < first}
    read = (*saved.values(), *chain)
    noted, elsewhere = _in_journal(read)
    free = [number for number in range(1, first) if number not in saved]
    numbered = [_of_journal(number, row) for number, row in zip(free, elsewhere, strict=False)]
    strays = elsewhere[len(free) :]
    found = [*(_of_spool(line, noted.get(line.seq)) for line in read), *numbered]
    return Spool(
        exits=(*sorted(found, key=lambda one: one.line), *(_of_journal(0, row) for row in strays)),
        first=first,
        lost=max(0, len(free) - len(elsewhere)),
        began=chain[0].left.at.date() if chain else None,
        strays=len(strays),
    )


def next_number() -> int:
    """Return a number above every one that was given: where a spool begins after one that was put aside."""
    reviewed = UrgentReview.objects.aggregate(last=Max("line"))["last"] or 0
    noted = SingleExit.objects.filter(exit=URGENT_EXIT).count()
    read = max((line.seq for line in _saved()), default=0)
    stood = sum(path.read_bytes().count(b"\n") for path in journal.asides(here().journal))
    return 1 + max(reviewed, noted, read, stood)


def _saved() -> list[Line]:
    """Return every whole line of what was put aside; a number that stands twice is the first one's."""
    found: dict[int, Line] = {}
    for path in journal.asides(here().journal):
        for line in journal.whole_lines(path):
            found.setdefault(line.seq, line)
    return list(found.values())


def _in_journal(lines: Iterable[Line]) -> tuple[dict[int, str], list[SingleExit]]:
    """Return by number the journal's hash of what these lines say, and what the journal alone knows, oldest first.

    An exit that stands twice is looked for twice.
    """
    written: defaultdict[Leaving, deque[int]] = defaultdict(deque)
    for line in lines:
        written[line.left].append(line.seq)
    noted, alone = {}, []
    for row in SingleExit.objects.filter(exit=URGENT_EXIT).order_by("seq"):
        same = written[_left(row)]
        if same:
            noted[same.popleft()] = row.digest
        else:
            alone.append(row)
    return noted, alone


def _left(row: SingleExit) -> Leaving:
    return Leaving(row.exit, row.what, PersonId(row.person), row.by, row.at)


def _of_spool(line: Line, noted: str | None) -> Known:
    own = line.digest.hex()
    return Known(line.seq, line.left, (own,) if noted is None else (own, noted), is_read=True)


def _of_journal(number: int, row: SingleExit) -> Known:
    return Known(number, _left(row), (row.digest,), is_read=False)
