# SPDX-License-Identifier: Apache-2.0
"""Put a town's returns and contacts into a folder, one pass over its families, in bounded memory.

A file appears under its name only when it is whole: it is written beside, as `.part`, and renamed. An
existing file of the same name is replaced. Memory holds one family, at most 64 KiB for each open school,
and the entries of the few pupils who left.
"""

from pathlib import Path

from beholden.town import census, contacts
from beholden.town.calendar import REFERENCE_DATE
from beholden.town.plan import Town
from beholden.town.record import record
from beholden.town.schools import School

_HELD = 65_536


def return_name(school: School) -> str:
    """Return the file name of a school's return: `0014001_SPR_2026.xml`."""
    return f"{school.laestab}_SPR_{REFERENCE_DATE.year}.xml"


def contacts_path(out: Path, school: School) -> Path:
    """Return where `write` puts the contacts of a school: `contacts/0014001.json` below the folder."""
    return out / "contacts" / f"{school.laestab}.json"


def write(town: Town, out: Path) -> tuple[Path, ...]:
    """Write one School Census return per school and, apart, each school's contacts; return the returns'
    paths.

    The paths stand in the order of `town.schools`. The same town writes the same bytes.
    """
    (out / "contacts").mkdir(parents=True, exist_ok=True)
    returns = {s.laestab: _Return(s, place, out / return_name(s)) for place, s in enumerate(town.schools)}
    books = {s.laestab: _Contacts(s, contacts_path(out, s)) for s in town.schools}
    for family in town.families():
        for child in family.children:
            for stay in child.stays:
                school = returns[stay.laestab]
                if stay.left is None:
                    school.enrol(census.on_roll(child, stay, record(child, stay, seed=town.seed)))
                else:
                    school.say_goodbye(census.off_roll(child, stay))
        for laestab, entry in contacts.entries(family, seed=town.seed):
            books[laestab].add(entry)
    for book in books.values():
        book.finish()
    return tuple(school.finish() for school in returns.values())


class Growing:
    """A file that grows by text and appears under its name when finished. It is never open in between."""

    __slots__ = ("_held", "_part", "_path", "_size", "lines")

    def __init__(self, path: Path) -> None:
        self._path, self._part = path, path.with_name(path.name + ".part")
        self._part.write_bytes(b"")
        self._held: list[str] = []
        self._size = 0
        self.lines = 0
        """How many lines were added so far."""

    def add(self, text: str) -> None:
        self._held.append(text)
        self._size += len(text)
        self.lines += text.count("\n")
        if self._size >= _HELD:
            self._flush()

    def finish(self) -> Path:
        self._flush()
        return self._part.replace(self._path)

    def _flush(self) -> None:
        with self._part.open("ab") as file:
            file.write("".join(self._held).encode())
        self._held.clear()
        self._size = 0


class _Return:
    """One school's return: pupils on roll go straight to the file, those who left are held until the end."""

    __slots__ = ("_file", "_left")

    def __init__(self, school: School, place: int, path: Path) -> None:
        self._file = Growing(path)
        self._file.add(census.head(school, place))
        self._left: list[str] = []

    def enrol(self, entry: str) -> None:
        self._file.add(entry)

    def say_goodbye(self, entry: str) -> None:
        self._left.append(entry)

    def finish(self) -> Path:
        self._file.add(census.tail("".join(self._left)))
        return self._file.finish()


class _Contacts:
    """One school's contacts, one adult a line."""

    __slots__ = ("_any", "_file")

    def __init__(self, school: School, path: Path) -> None:
        self._file = Growing(path)
        self._file.add(contacts.head(school))
        self._any = False

    def add(self, entry: str) -> None:
        self._file.add(f",\n{entry}" if self._any else f"\n{entry}")
        self._any = True

    def finish(self) -> Path:
        self._file.add(contacts.tail())
        return self._file.finish()
