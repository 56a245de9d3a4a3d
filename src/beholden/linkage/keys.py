# SPDX-License-Identifier: Apache-2.0
"""The rules by which two people are worth comparing, as keyed hashes: equal keys, and only those, find each other.

Each rule joins some parts of what is known (a birth date and a surname's frame, say). A part becomes 64 bits by keyed
BLAKE2b under the index's secret; a rule mixes its parts' bits, and what comes of it is enciphered under a key that
follows from the secret: the mix alone anybody could undo, and see which keys have a part in common. Without the secret
a key tells nothing but that two are equal, and an index holds nothing else. A part that is missing makes no key.

A rule that is not here finds nobody: what is lost by that is measured in bench/, not guessed.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path

import numpy as np
import numpy.typing as npt
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from beholden.linkage.names import given_keys, surname_keys
from beholden.linkage.people import Person, turned

Keys = npt.NDArray[np.uint64]
Parts = tuple[str, ...]

_GIVEN, _SURNAME, _BEGINS, _BIRTH, _YEAR, _DAY, _POSTCODE, _SECTOR, _NUMBER = range(9)
PARTS = (
    *(
        "given name",
        "surname",
        "start of the surname",
        "birth date",
        "year",
        "day and month",
        "postcode",
        "sector",
    ),
    "pupil number",
)
_START = 3


@dataclass(frozen=True, slots=True)
class Rule:
    """One way to be found: its name, and the places of its parts. `strong` rules must not be cut short unnoticed."""

    name: str
    parts: tuple[int, ...]
    strong: bool = True


RULES = (
    Rule("pupil number", (_NUMBER,)),
    Rule("birth date and surname", (_BIRTH, _SURNAME)),
    Rule("birth date and given name", (_BIRTH, _GIVEN)),
    Rule("birth date and sector", (_BIRTH, _SECTOR)),
    Rule("postcode and given name", (_POSTCODE, _GIVEN)),
    Rule("postcode and surname", (_POSTCODE, _SURNAME)),
    Rule("both names and year", (_GIVEN, _SURNAME, _YEAR)),
    Rule("both names, day and month", (_GIVEN, _SURNAME, _DAY)),
    Rule("both names", (_GIVEN, _SURNAME), strong=False),
    Rule("given name and start of the surname", (_GIVEN, _BEGINS), strong=False),
)
"""In the order in which the rule that found a pair is named. The last two find rare names only: others are capped."""


def stored(person: Person) -> Iterator[Parts]:
    """Yield under which parts somebody is kept: once for each key of the given name and of the surname."""
    rest = (
        person.birth_date,
        person.birth_date[:4],
        person.birth_date[4:],
        person.postcode,
        person.postcode[:-2],  # the sector: what is left of the last two signs
        person.pupil_number,
    )
    for given, surname in product(given_keys(person.given) or ("",), surname_keys(person.surname) or ("",)):
        yield given, surname, surname[:_START], *rest


def asked(person: Person) -> Iterator[Parts]:
    """Yield under which parts somebody is looked for: as kept, with the names swapped, with day and month turned."""
    yield from stored(person)
    swapped = replace(person, given=person.surname, surname=person.given)
    yield from stored(swapped)
    if person.birth_date and person.birth_date != turned(person.birth_date):
        yield from stored(replace(person, birth_date=turned(person.birth_date)))


class Hasher:
    """Makes keys under one secret. It remembers the digests of values, because names come again and again."""

    __slots__ = ("_cipher", "_digests", "_secret")
    _REMEMBERED = 4_000_000

    def __init__(self, secret: bytes) -> None:
        if len(secret) != 32:  # noqa: PLR2004  bytes
            raise ValueError("the secret of an index is 32 bytes")
        self._secret = secret
        sealing = hashlib.blake2b(b"seal", key=secret, digest_size=32, person=b"bh.link.seal").digest()
        self._cipher = Cipher(algorithms.AES(sealing), modes.ECB())  # noqa: S305  one block a key: equal must stay equal
        self._digests: dict[tuple[int, str], int] = {}

    def check(self) -> str:
        """Return what tells one secret from another and nothing more, to be kept beside an index."""
        return hashlib.blake2b(
            b"check", key=self._secret, digest_size=16, person=b"bh.link.check"
        ).hexdigest()

    def seal(self, raw: bytes) -> str:
        """Return what shows that bytes are those that were written by somebody who has the secret."""
        return self._seal_of(raw).hexdigest()

    def file(self, path: Path) -> str:
        """Return the same of all that stands in a file."""
        with path.open("rb") as file:
            return hashlib.file_digest(file, self._seal_of).hexdigest()

    def _seal_of(self, raw: bytes = b"") -> hashlib.blake2b:
        return hashlib.blake2b(raw, key=self._secret, digest_size=32, person=b"bh.link.file")

    def table(self, rows: Iterable[Parts]) -> Keys:
        """Return one line of nine digests a row; zero where a part is missing."""
        flat = [self._digest(place, value) if value else 0 for row in rows for place, value in enumerate(row)]
        return np.array(flat, dtype=np.uint64).reshape(-1, len(PARTS))

    def keys(self, table: Keys) -> list[tuple[Keys, npt.NDArray[np.intp]]]:
        """Return for each rule the keys that can be made, and the rows of the table that they are made of."""
        made = []
        for number, rule in enumerate(RULES):
            columns = [table[:, place] for place in rule.parts]
            rows = np.nonzero(np.all([column != 0 for column in columns], axis=0))[0]
            key = np.full(len(rows), number + 1, dtype=np.uint64)
            for column in columns:
                key = _mixed(key * _ODD + column[rows])
            made.append((self._sealed(key, number), rows))
        return made

    def _sealed(self, mixed: Keys, rule: int) -> Keys:
        """Return the first half of each block (mixed bits, rule), enciphered: no arithmetic leads back to the parts."""
        blocks = np.empty((len(mixed), 2), dtype="<u8")
        blocks[:, 0], blocks[:, 1] = mixed, rule
        raw = self._cipher.encryptor().update(blocks.tobytes())
        return np.frombuffer(raw, dtype="<u8").reshape(-1, 2)[:, 0].astype(np.uint64)

    def _digest(self, place: int, value: str) -> int:
        known = self._digests.get((place, value))
        if known is None:
            raw = hashlib.blake2b(
                value.encode(), key=self._secret, digest_size=8, person=b"bh.link.%d" % place
            )
            known = int.from_bytes(raw.digest(), "little") or 1
            if len(self._digests) < self._REMEMBERED:
                self._digests[place, value] = known
        return known


_ODD = np.uint64(0x9E3779B97F4A7C15)
_SHIFTS = ((np.uint64(30), np.uint64(0xBF58476D1CE4E5B9)), (np.uint64(27), np.uint64(0x94D049BB133111EB)))


def _mixed(bits: Keys) -> Keys:
    """Spread 64 bits over all 64 (the finalizer of SplitMix64): so that sums of parts do not meet by arithmetic."""
    for shift, factor in _SHIFTS:
        bits = (bits ^ (bits >> shift)) * factor
    return bits ^ (bits >> np.uint64(31))
