# SPDX-License-Identifier: Apache-2.0
"""Set files: immutable, sorted, hashed lists on disk, one row each. Told lists in a table would be 2.6 TB.

Contract: `keep` and `keep_list` return only when the bytes are on disk under their names; `read` refuses a list whose
bytes changed. What the log commits to by a tree has a second file beside it, its crown (`ledger.crown`), so that
`prove` reads a few pages and not the list. A crown is never believed: what it gives must fit the root in the log.
"""

import hashlib
import os
import secrets
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from beholden.gate.models import SetFile
from beholden.home import here
from beholden.home.files import write_durably
from beholden.ledger.crown import proof_between
from beholden.ledger.tags import TAG_BYTES, BucketTree, Committed, Proof, TagRefused, verify_bucket
from beholden.refusals import Refusal

_LIST, _CROWN = ".set", ".crown"
_PAGE = 256  # tags in a page of the disk
_BEYOND = 2**64
_GUESSES = 4


def keep(kind: str, content: bytes, *, width: int, at: datetime) -> SetFile:
    """Write a list of fixed-width elements, already sorted, and return its row."""
    name = f"{kind}-{secrets.token_hex(8)}.set"
    write_durably(here().sets / name, content)
    return SetFile.objects.create(
        path=name, digest=hashlib.sha256(content).hexdigest(), count=len(content) // width, made_at=at
    )


def keep_list(kind: str, tree: BucketTree, *, at: datetime) -> SetFile:
    """Write a list that is to be proved from, and its crown beside it; return its row."""
    kept = keep(kind, tree.items, width=tree.width, at=at)
    write_durably(here().sets / crown_name(kept.path), tree.crown)
    return kept


def crown_name(path: str) -> str:
    """Return how the crown of a list is called."""
    return path.removesuffix(_LIST) + _CROWN


def crowned_by(name: str) -> str | None:
    """Return the list that a file is the crown of by its name, or None if it is no crown."""
    return name.removesuffix(_CROWN) + _LIST if name.endswith(_CROWN) else None


def prove(kept: SetFile, list_id: bytes, width: int, fixed: Committed, wanted: bytes) -> Proof:
    """Return the proof of one bucket under the root that the log fixed, present or absent.

    The plan: 1 of list and crown a few pages are read, and what comes out is held against the root; 2 where either is
    not there or does not fit, the whole list is read, its hash compared, and hashed up to its root, which must be the
    log's; 3 the crown of that is put there. It is derived, so a wrong one needs nobody's decision.
    """
    crown = here().sets / crown_name(kept.path)
    try:
        with _laid(here().sets / kept.path) as items, _laid(crown) as hashes:
            shown = proof_between(list_id, width, items, hashes, wanted)
        verify_bucket(list_id, width, fixed, wanted, shown)  # 1
    except (OSError, TagRefused):
        tree = BucketTree.build(list_id, width, read(kept))  # 2
        shown = tree.proof(wanted)
        verify_bucket(list_id, width, fixed, wanted, shown)
        with suppress(OSError):  # a disk that takes nothing makes the next proof slow, not this one wrong
            write_durably(crown, tree.crown)  # 3
    return shown


def have(asked: Iterable[tuple[str, int, Sequence[bytes]]]) -> Iterator[bool]:
    """Say of each list, given with how many tags it was kept with, whether it holds one of some, from a page or two.

    No hash is compared, so this proves nothing.
    """
    folder = os.open(here().sets, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for path, size, tags in asked:
            file = os.open(path, os.O_RDONLY | os.O_CLOEXEC, dir_fd=folder)
            try:
                yield any(_has(file, size, tag) for tag in tags)
            finally:
                os.close(file)
    finally:
        os.close(folder)


def _has(file: int, size: int, wanted: bytes) -> bool:
    """Say whether an open list of so many tags holds one.

    Tags are as good as random, so where one would lie follows from its value, first in the list and then between what
    is known; a list in which that does not find it soon is searched by halves.
    """
    low, high = 0, size
    least, most, aim = 0, _BEYOND, int.from_bytes(wanted[:8])
    turns = 0
    while low < high:
        turns += 1
        if high - low <= _PAGE:
            first, many = low, high - low
        else:
            between = (
                (aim - least) * (high - low) // (most - least or 1)
                if turns <= _GUESSES
                else (high - low) // 2
            )
            first, many = max(low, min(low + between - _PAGE // 2, high - _PAGE)), _PAGE
        page = os.pread(file, many * TAG_BYTES, first * TAG_BYTES)
        start, end = page[:TAG_BYTES], page[-TAG_BYTES:]
        if start <= wanted <= end:
            return _in_page(page, wanted)
        if wanted < start:
            high, most = first, int.from_bytes(start[:8])
        else:
            low, least = first + _PAGE, int.from_bytes(end[:8])
    return False


def _in_page(page: bytes, wanted: bytes) -> bool:
    """Say whether a tag stands in a page, at the place of a tag and not across two."""
    at = page.find(wanted)
    while at % TAG_BYTES and at > 0:
        at = page.find(wanted, at + 1)
    return at >= 0


class _OnDisk:
    """An open file of which a slice is read when it is asked for.

    Not mapped: a file that is cut while it is mapped kills whoever looks at it, and here it is only unreadable.
    """

    def __init__(self, file: int) -> None:
        self._file, self._size = file, os.fstat(file).st_size

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, wanted: slice) -> bytes:
        start, stop, _ = wanted.indices(self._size)
        content = os.pread(self._file, stop - start, start)
        if len(content) != stop - start:
            raise OSError("a list was cut while it was read")
        return content


@contextmanager
def _laid(path: Path) -> Iterator[_OnDisk]:
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        yield _OnDisk(file)
    finally:
        os.close(file)


def read(kept: SetFile) -> bytes:
    """Return the bytes of a list, or refuse."""
    content = (here().sets / kept.path).read_bytes()
    if hashlib.sha256(content).hexdigest() != kept.digest:
        raise Refusal(
            "gate.set_changed",
            f"The list {kept.path} is not the one that was written.",
            next_step="Run `beholden fsck`, and restore this list from a backup.",
            authority="UK GDPR Art 32(1)(b)",
        )
    return content


def holds(content: bytes, element: bytes) -> bool:
    """Say whether a sorted list of elements as wide as this one holds it. A search by halves."""
    width = len(element)
    place = bisect_left(
        range(len(content) // width), element, key=lambda at: content[at * width : (at + 1) * width]
    )
    return content[width * place : width * (place + 1)] == element
