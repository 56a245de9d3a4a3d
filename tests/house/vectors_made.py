# SPDX-License-Identifier: Apache-2.0
"""What vectors are made of: one file, what its reader is given beside it, and what must come of it."""

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from beholden.ledger import tags
from beholden.ledger.bundle import Bundle
from beholden.ledger.cosignature import WitnessKey
from beholden.ledger.entries import Entry, name, parse
from beholden.ledger.note import Note, sign
from beholden.ledger.tree import node_hash
from beholden.ledger.vocabulary.terms import ListOf
from ledger_builder import Keeper

WITNESSES = {"press.example": bytes([1]) * 32, "school.example": bytes([2]) * 32}
STRANGER = {"stranger.example": bytes([3]) * 32}
DEEP = 70
"""So many in a list that its tree has two levels."""

UNKEYED = 9
"""A child who has no key in any list of keys."""
_FIRST_OF_THE_CHILD = 6


@dataclass(frozen=True, slots=True)
class Vector:
    """One file and one question. `step` is the step at which it fails, or None where it holds."""

    name: str
    about: str
    raw: bytes
    step: int | None = None
    key: str | None = None
    number: str | None = None
    policy: str | None = None
    earlier: bytes | None = None


def keyed(at_least: int = 10, **given: object) -> Keeper:
    """A keeper with one list of keys, of children 1, 2 and 3."""
    keeper = Keeper(**given)
    keeper.registry([1, 2, 3], at_least=at_least)
    return keeper


def flat() -> Keeper:
    """One handover of children 1 and 3. Every list is one bucket."""
    keeper = keyed()
    keeper.handover(0, [1, 3])
    return keeper


def heard() -> Keeper:
    """The same, and its recipient has signed for the list."""
    keeper = flat()
    keeper.outcome(1, recomputed=keeper.word(1))
    return keeper


def deep() -> Keeper:
    """The same with lists of two levels."""
    keeper = keyed(DEEP)
    keeper.handover(0, [1, 3], scope=DEEP)
    return keeper


def good(called: str, about: str, keeper: Keeper, child: int, **given: object) -> Vector:
    """An honest file of a child, asked with the log's key and the child's number."""
    raw = given.pop("raw", None) or keeper.bundle(child).print()
    return Vector(called, about, raw, **({"key": keeper.key.print(), "number": keeper.number(child)} | given))


def bad(
    called: str, about: str, keeper: Keeper, step: int, file: Bundle | bytes | None = None, **given: object
) -> Vector:
    """A file that fails: where none is given, the honest one over a log that lies.

    Up to step 5 that is the file of a child without a key, which is the smallest there is and shows the whole log.
    """
    whose = UNKEYED if step < _FIRST_OF_THE_CHILD else 1
    raw = file if isinstance(file, bytes) else (file or keeper.bundle(whose)).print()
    asked = {"key": keeper.key.print(), "number": keeper.number(1)} | given
    return Vector(called, about, raw, step, **asked)


def with_log(bundle: Bundle, **changed: object) -> Bundle:
    """The file with another checkpoint, or other entries."""
    return replace(bundle, handovers=replace(bundle.handovers, **changed))


def first_proof(bundle: Bundle, **changed: object) -> Bundle:
    """The file with something else in its first proof of a handover."""
    return replace(bundle, proofs=(replace(bundle.proofs[0], **changed), *bundle.proofs[1:]))


def first_opening(bundle: Bundle, **changed: object) -> Bundle:
    """The file with something else in its first opening of a list of keys."""
    return replace(bundle, registry=(replace(bundle.registry[0], **changed), *bundle.registry[1:]))


def only_place(bundle: Bundle, **changed: object) -> Bundle:
    """The file with something else in the one place it shows."""
    return replace(bundle, place=replace(bundle.place, **changed))


def signed(keeper: Keeper, change: Callable[[str], str]) -> Bundle:
    """A file under a checkpoint whose text is another, truly signed by the log's key."""
    text = change(Note.parse(keeper.checkpoint()).text)
    note = sign(text, name=keeper.origin, seed=keeper.log_seed)
    return with_log(keeper.bundle(UNKEYED), checkpoint=note.decode())


def said_anew(
    keeper: Keeper, index: int, change: Callable[[object], object], at: datetime | None = None
) -> None:
    """Let an entry say something else, in its one spelling; the log is signed over what it says then."""
    entry = parse(keeper.entries[index], log="handovers")
    keeper.entries[index] = Entry(at=at or entry.at, body=change(entry.body)).print()


def renamed(keeper: Keeper, index: int, **changed: object) -> None:
    """Put another header into a list, with the name that follows from it."""

    def change(body: object) -> object:
        header = replace(body.header, **changed)
        return replace(body, header=header, id=name(header))

    said_anew(keeper, index, change)


def second_spelling(encoded: str) -> str:
    """The same bytes in base64 that is not the canonical: a bit that stands for nothing is set."""
    body = encoded.rstrip("=")
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    other = body[:-1] + letters[letters.index(body[-1]) + 1] + encoded[len(body) :]
    if base64.b64decode(other) != base64.b64decode(encoded):
        raise ValueError("this many bytes have one spelling only")
    return other


def policy_of(keeper: Keeper, quorum: str = "all") -> str:
    """A reader's policy: the log's key, and both witnesses or any of them."""
    lines = [f"log {keeper.key.print()}"]
    lines += [f"witness {who} {WitnessKey.of_seed(who, seed).print()}" for who, seed in WITNESSES.items()]
    lines += [f"group enough {quorum} {' '.join(WITNESSES)}", "quorum enough", ""]
    return "\n".join(lines)


Forged = tuple[Sequence[bytes], Sequence[bytes], bytes]
"""The bucket and the path that a file shows, and the root that the log has."""


def forged(n: int, make: Callable[[Keeper, bytes, bytes], Forged]) -> tuple[Keeper, Bundle]:
    """A log that has fixed a badly made list, and a file whose proof leads to that very root.

    `make` gets the list's name and the tag of child 1. So only the one rule can refuse the file: what is wrong is
    what was committed.
    """
    keeper = keyed()
    header = keeper.header(0)
    list_id = name(header)
    bucket, path, root = make(keeper, list_id, tags.tag(keeper.y(0, 1), list_id))
    committed = ListOf(depth=tags.depth(n), n=n, root=root)
    keeper.handover(0, [1], header=header, id=list_id, set=committed)
    return keeper, first_proof(keeper.bundle(1), bucket=tuple(bucket), path=tuple(path))


def one_bucket(list_id: bytes, items: Sequence[bytes]) -> Forged:
    """A list of one bucket, as it is given, in whatever order."""
    return items, (), tags.bucket_hash(list_id, tags.TAG_BYTES, 0, 0, b"".join(items))


def climbed(leaf: bytes, index: int, path: Sequence[bytes]) -> bytes:
    """The root that a bucket and a path give, however long the path is."""
    for level, beside in enumerate(path):
        leaf = node_hash(beside, leaf) if index >> level & 1 else node_hash(leaf, beside)
    return leaf
