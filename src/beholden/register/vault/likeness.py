# SPDX-License-Identifier: Apache-2.0
"""Keeps the index by which people are found who are alike, and lends it for one request. Runs inside `keeper()`.

The index has keyed hashes and row numbers, and beside it lie who each row is and how frequent values are, the latter
sealed. All of it follows from the vault. The vault notes each writing of who people are (`Written`), and the index
names the last that it has seen: of whom there are later ones, they are indexed again, before anybody is asked about. So
a request is never answered from an old index, and it needs no backup. Its secrets follow from the key `lookup`.

Everybody is read again where there is no index, or it is damaged; where the vault does not know the writing that the
index names, or not of whom a later one was, or somebody is gone; and when one in fifty has changed. Until then how
often a value stands is what it was, and what came: so no value is taken for rarer than it is.

`index/current` names one folder of `index/`, that writing, and the digests of the files beside the index, under a seal.
It is written last, and no file that it names is written again: killed before that, the old index stands, or none.
"""

import hashlib
import hmac
import json
import os
import secrets
import shutil
from bisect import bisect_left
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import TypeVar
from uuid import UUID

import numpy as np
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from beholden.home import here
from beholden.home.files import fsync_folder, write_durably
from beholden.home.keys import derived, load
from beholden.kinds import PersonId
from beholden.linkage import index, making
from beholden.linkage.index import Index
from beholden.linkage.keys import Hasher
from beholden.linkage.linking import Register
from beholden.linkage.model import Frequencies, frequencies
from beholden.linkage.people import Person as Alike
from beholden.linkage.segments import IndexRefused
from beholden.refusals import Refusal
from beholden.register.vault import bulk
from beholden.register.vault.models import Person, Written
from beholden.register.vault.reading import GROUPS, Held, Reader

ONE_IN = 50
"""Of so many people one may have changed before everybody is read again."""

MANY = 100_000
"""From so many people on all cores read them: other processes take a second to begin."""

_Answer = TypeVar("_Answer")
_Variants = tuple[Alike, ...]
_BATCH = 5_000
_ID, _NONCE = 16, 12
_REMEMBERED = 50_000
_CURRENT, _PEOPLE, _COUNTED = "current", "people", "counted"
_INDEX_KEY, _COUNTED_KEY = b"beholden/linkage/index/v1", b"beholden/linkage/counted/v1"


@dataclass(frozen=True, slots=True)
class Known:
    """The register as linkage asks it, and who each row is."""

    register: Register
    ids: bytes = field(repr=False)

    def whose(self, row: int) -> PersonId:
        """Return the person of a row."""
        return PersonId(UUID(bytes=self.ids[row * _ID : (row + 1) * _ID]))


@dataclass(frozen=True, slots=True)
class _Writing:
    """One line of `Written`: its number, and the mark by which it is told from one of a vault that was put back."""

    number: int
    mark: str


@dataclass(frozen=True, slots=True)
class _Made:
    """What `current` says: the index's folder, and the last writing it has seen; and what was read there and checked.

    So many people's rows are in the order of their ids, later ones follow; so many were indexed again since everybody
    was.
    """

    folder: Path
    seen: _Writing
    ordered: int
    renewed: int
    index: Index
    ids: bytes = field(repr=False)
    counted: Frequencies = field(repr=False)

    @property
    def people(self) -> int:
        """So many rows there are."""
        return len(self.ids) // _ID


def asked(work: Callable[[Known], _Answer]) -> _Answer:
    """Do some work with the register as the vault says it now.

    Where a piece of the index turns out to be damaged when it is read, the work is done again, with one that is made
    anew. It leaves nothing behind but its answer.
    """
    secret = derived(here(), "lookup", _INDEX_KEY)
    try:
        return work(_known(_up_to_date(secret)))
    except IndexRefused:
        return work(_known(_make(secret)))


def differs() -> bool:
    """Say whether the index that would be asked as it stands says anything else than the vault. Everybody is read.

    Who is known to have changed will be indexed again, and is left out. Where somebody changes meanwhile, nothing is
    said. Nothing is written.
    """
    secret = derived(here(), "lookup", _INDEX_KEY)
    made = _current(secret)
    later = None if made is None else _later(made)
    if made is None or later is None:
        return False
    changed, rows, of_pieces = set(later[1]), _Rows(made.ids, made.ordered), deque[list[int]]()
    whole = people = 0

    def pieces() -> Iterator[tuple[Held, ...]]:
        for batch in _everybody():
            held = tuple(one for one in batch if one[0] not in changed)
            of_pieces.append(rows.of([one for one, *_ in held]))
            yield held

    for one in _keys_of(pieces(), secret):
        mine = np.array(of_pieces.popleft(), np.uint32)
        whole, people = whole + Hasher.total(one.keys, mine[one.rows]), people + one.people
    left_out = [row for row in rows.of(sorted(changed)) if row < made.people]
    try:
        total = made.index.total(left_out)
    except IndexRefused:
        return True
    same = (total, made.people - len(left_out)) == (whole % 2**64, people)
    return not same and _later(made) == later


def _known(made: _Made) -> Known:
    ids, read, held = made.ids, _reader(), dict[int, _Variants]()

    def look(rows: Sequence[int]) -> list[_Variants]:
        wanted = [row for row in rows if row not in held]
        if len(held) + len(wanted) > _REMEMBERED:
            held.clear()
            wanted = list(rows)
        places = {ids[row * _ID : (row + 1) * _ID]: row for row in wanted}
        for batch in _named(list(places)):
            held.update(zip((places[one] for one, *_ in batch), read(batch), strict=True))
        return [held[row] for row in rows]

    return Known(Register(made.people, made.index, made.counted, look), ids)


def _up_to_date(secret: bytes) -> _Made:
    """Return an index that says what the vault says: that of before, that with what changed, or new."""
    made = _current(secret)
    later = None if made is None else _later(made)
    if made is None or later is None:
        return _make(secret)
    last, changed = later
    if not changed:
        _alone(made.folder)
        return made
    held = list(chain.from_iterable(_named(changed)))
    return _renew(made, held, last, secret) if len(held) == len(changed) else _make(secret)


def _later(made: _Made) -> tuple[_Writing, list[bytes]] | None:
    """Return the last writing, and of whom those after the last one seen were.

    None where this vault never had that one, where of a later one nobody knows of whom, and where they are too many.
    """
    most = made.people // ONE_IN - made.renewed
    rows = Written.objects.filter(pk__gte=made.seen.number).order_by("pk")
    last: _Writing | None = None
    people: set[bytes] = set()
    for number, mark, some in rows.values_list("pk", "mark", "people").iterator(chunk_size=100):
        if last is None:
            last = _Writing(number, mark.hex)
            if last != made.seen:
                return None
            continue
        last = _Writing(number, mark.hex)
        people.update(one.bytes for one in some or ())
        if some is None or len(people) > most:
            return None
    return None if last is None else (last, sorted(people))


def _current(secret: bytes) -> _Made | None:
    """Return the index that is named, or None: there is none, or a file beside it is not as it was written.

    What was checked is what is used: nothing of it but the pieces is read again.
    """
    root = here().index
    try:
        said = json.loads((root / _CURRENT).read_bytes())
        seen, folder = _Writing(said["number"], said["mark"]), root / str(said["folder"])
        ids, sealed = (folder / _PEOPLE).read_bytes(), (folder / _COUNTED).read_bytes()
        found = Index.open(folder, secret)
        made = _Made(folder, seen, said["ordered"], said["renewed"], found, ids, _counted(sealed))
        if said != _said(secret, made, sealed) or folder.parent != root:
            return None
    except (OSError, ValueError, KeyError, TypeError, InvalidTag, Refusal):
        return None
    return made


def _make(secret: bytes) -> _Made:
    """Make the index of everybody beside the old one, and name it.

    The writing it has seen is looked at first: of whoever is written meanwhile, a later one says so.
    """
    seen, ids = _last(), bytearray()
    read, folder = _reader(), _folder()

    def pieces() -> Iterator[tuple[Held, ...]]:
        for held in _everybody():
            ids.extend(b"".join([one for one, *_ in held]))
            yield held

    if Person.objects.count() < MANY:
        counted = index.build(folder, chain.from_iterable(map(read, pieces())), secret)
    else:
        counted = index.build_by_all_cores(folder, pieces(), read, secret)
    found = Index.open(folder, secret)
    return _name(_Made(folder, seen, len(ids) // _ID, 0, found, bytes(ids), counted), secret)


def _renew(made: _Made, held: Sequence[Held], seen: _Writing, secret: bytes) -> _Made:
    """Make an index of the old one's files and of those who changed, beside the old one, and name it."""
    rows = _Rows(made.ids, made.ordered).of([one for one, *_ in held])
    people = _reader()(held)
    folder = _folder()
    for path in made.folder.iterdir():
        (folder / path.name).hardlink_to(path)
    again = [row for row in rows if row < made.people]
    index.add(folder, zip(rows, people, strict=True), secret, gone=again)
    counted = _recounted(made.counted, frequencies(one[0] for one in people), len(again))
    ids = made.ids + b"".join(one for (one, *_), row in zip(held, rows, strict=True) if row >= made.people)
    found, renewed = Index.open(folder, secret), made.renewed + len(held)
    return _name(_Made(folder, seen, made.ordered, renewed, found, ids, counted), secret)


def _recounted(before: Frequencies, now: Frequencies, again: int) -> Frequencies:
    """Return how often each value stood, and stands among those of now, so many of whom were counted before."""
    totals, counts = dict[str, int](), dict[str, Counter[str]]()
    for column, counter in now.counts.items():
        counts[column] = before.counts[column].copy()
        counts[column].update(counter)
        others = max(0, before.totals[column] - again)  # as if who has no value now had one before
        totals[column] = others + now.totals[column]
    return Frequencies(totals, counts)


class _Rows:
    """The row of each person: that of before, or the next that nobody has.

    So many rows are in the order of their people's ids; those who came later follow as they came.
    """

    def __init__(self, ids: bytes, ordered: int) -> None:
        self._ids, self._ordered = ids, ordered
        self._later = {self._whose(row): row for row in range(ordered, len(ids) // _ID)}

    def of(self, people: Sequence[bytes]) -> list[int]:
        """Return the row of each of some people."""
        return [self._of(one) for one in people]

    def _of(self, one: bytes) -> int:
        row = bisect_left(range(self._ordered), one, key=self._whose)
        if row < self._ordered and self._whose(row) == one:
            return row
        return self._later.setdefault(one, self._ordered + len(self._later))

    def _whose(self, row: int) -> bytes:
        return self._ids[row * _ID : (row + 1) * _ID]


def _folder() -> Path:
    folder = here().index / secrets.token_hex(8)
    folder.mkdir(mode=0o700)
    return folder


def _name(made: _Made, secret: bytes) -> _Made:
    """Write what lies beside an index that is whole on the disk, and name it."""
    root, sealed = here().index, _sealed(made.counted)
    write_durably(made.folder / _PEOPLE, made.ids)
    write_durably(made.folder / _COUNTED, sealed)
    fsync_folder(root)
    write_durably(root / _CURRENT, json.dumps(_said(secret, made, sealed)).encode())
    _alone(made.folder)
    return made


def _alone(folder: Path) -> None:
    """Take away whatever stands beside the index that is named: one of before, or what a kill left."""
    for path in here().index.iterdir():
        if path.is_dir() and path != folder:
            shutil.rmtree(path)
        elif path.is_file() and path.name != _CURRENT:
            path.unlink()


def _said(secret: bytes, made: _Made, sealed: bytes) -> dict[str, str | int]:
    """Return what is written of an index, with the digests of the files beside it, and a seal."""
    said: dict[str, str | int] = {
        "counted": hashlib.sha256(sealed).hexdigest(),
        "folder": made.folder.name,
        "mark": made.seen.mark,
        "number": made.seen.number,
        "ordered": made.ordered,
        "people": hashlib.sha256(made.ids).hexdigest(),
        "renewed": made.renewed,
    }
    raw = b"beholden/linkage/current/v2\n" + json.dumps(said, sort_keys=True).encode()
    return said | {"seal": hmac.digest(secret, raw, hashlib.sha256).hex()}


def _last() -> _Writing:
    """Return the last writing. Where none is noted, one that is none: an index that names it is made anew each time."""
    last = Written.objects.order_by("-pk").first()
    return _Writing(0, "") if last is None else _Writing(last.pk, last.mark.hex)


def _everybody() -> Iterator[tuple[Held, ...]]:
    """Yield everybody in the order of their ids, a few thousand at a time."""
    last: UUID | None = None
    while batch := bulk.after(last, _BATCH, GROUPS):
        last = batch[-1].person
        yield tuple(map(_held, batch))


def _named(people: Sequence[bytes]) -> Iterator[list[Held]]:
    """Yield those of some people who are in the vault, a few thousand at a time."""
    for start in range(0, len(people), _BATCH):
        some = [UUID(bytes=one) for one in people[start : start + _BATCH]]
        yield [_held(one) for one in bulk.read(some, GROUPS)]


def _held(one: bulk.Sealed) -> Held:
    return one.person.bytes, one.slot, tuple(one.blobs[group] for group in GROUPS)


def _sealed(counted: Frequencies) -> bytes:
    """Return how often each value stands, sealed."""
    nonce, said = os.urandom(_NONCE), {"counts": counted.counts, "totals": counted.totals}
    raw = json.dumps(said, ensure_ascii=False, sort_keys=True).encode()
    key = derived(here(), "lookup", _COUNTED_KEY)
    return nonce + AESGCM(key).encrypt(nonce, raw, _COUNTED_KEY)


def _counted(sealed: bytes) -> Frequencies:
    key = derived(here(), "lookup", _COUNTED_KEY)
    said = json.loads(AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], _COUNTED_KEY))
    return Frequencies(said["totals"], {column: Counter(counts) for column, counts in said["counts"].items()})


def _keys_of(pieces: Iterator[tuple[Held, ...]], secret: bytes) -> Iterator[making.Made]:
    """Yield the keys of each piece, in their order; where people are many, by all cores."""
    if Person.objects.count() < MANY:
        read, hasher = _reader(), Hasher(secret)
        return (making.made(read(held), hasher) for held in pieces)
    return making.by_all_cores(pieces, _reader(), secret)


def _reader() -> Reader:
    return Reader(here().slots, load(here(), "vault"))
