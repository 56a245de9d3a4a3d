# SPDX-License-Identifier: Apache-2.0
"""Keeps the index by which people are found who are alike, and lends it for one request. Runs inside `keeper()`.

The index has keyed hashes and row numbers, and beside it lie who each row is and how frequent values are, the latter
sealed. All of it follows from the vault: it is made anew as soon as the vault says otherwise, so a request is never
answered from an old one, and it needs no backup. Its secrets follow from the key `lookup`.

`index/current` names one folder of `index/`, what the vault's sealed parts came to when it was made, and the digests
of the two files beside the index, under a seal. It is written last: killed before that, the old one stands, or none.
"""

import hashlib
import hmac
import json
import os
import secrets
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from beholden.home import here
from beholden.home.files import fsync_folder, write_durably
from beholden.home.keys import derived, load
from beholden.kinds import PersonId
from beholden.linkage import index
from beholden.linkage.linking import Register
from beholden.linkage.model import Frequencies, frequencies
from beholden.linkage.people import Person as Alike
from beholden.linkage.people import formerly, person
from beholden.refusals import Refusal
from beholden.register.vault import bulk
from beholden.register.vault.seal import unseal
from beholden.register.vault.slots import Slots

_GROUPS = ("names", "birth", "address", "numbers")
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


def known() -> Known:
    """Return the register to be asked, from an index that says what the vault says now; it is made where none does."""
    secret = derived(here(), "lookup", _INDEX_KEY)
    folder = _fitting(secret, _digest())
    if folder is None:
        folder = _make(secret)
    ids = (folder / _PEOPLE).read_bytes()
    slots = _slots()

    @lru_cache(maxsize=_REMEMBERED)
    def look(row: int) -> tuple[Alike, ...]:
        (held,) = bulk.read([UUID(bytes=ids[row * _ID : (row + 1) * _ID])], _GROUPS)
        return _variants(held, slots.keys([held.slot])[held.slot])

    asked = Register(len(ids) // _ID, index.Index.open(folder, secret), _counted(folder), look)
    return Known(asked, ids)


def _fitting(secret: bytes, vault: str) -> Path | None:
    """Return the folder of the index that fits the vault, or None: there is none, it is old, or it is damaged."""
    root = here().index
    try:
        said = json.loads((root / _CURRENT).read_bytes())
        folder = root / str(said["folder"])
        if said != _said(secret, folder, vault) or folder.parent != root:
            return None
        index.Index.open(folder, secret)
        _counted(folder)
    except (OSError, ValueError, KeyError, TypeError, InvalidTag, Refusal):
        return None
    return folder


def _make(secret: bytes) -> Path:
    """Make the index anew beside the old one, name it, and take away whatever is no longer named."""
    root = here().index
    folder = root / secrets.token_hex(8)
    folder.mkdir(mode=0o700)
    ids, seen = bytearray(), hashlib.sha256()
    counts: dict[str, Counter[str]] = {}
    totals: Counter[str] = Counter()

    def everybody() -> Iterator[tuple[Alike, ...]]:
        slots = _slots()
        for batch in _all():
            keys = slots.keys([one.slot for one in batch])
            these = [_variants(one, keys[one.slot]) for one in batch]
            for one in batch:
                ids.extend(one.person.bytes)
                seen.update(_mark(one))
            some = frequencies(one[0] for one in these)
            totals.update(some.totals)
            for column, counter in some.counts.items():
                counts.setdefault(column, Counter()).update(counter)
            yield from these

    index.build(folder, everybody(), secret)
    if not counts:
        empty = frequencies(())
        counts.update(empty.counts)
    write_durably(folder / _PEOPLE, bytes(ids))
    write_durably(
        folder / _COUNTED, _sealed({"counts": counts, "totals": {one: totals[one] for one in counts}})
    )
    for path in folder.iterdir():
        path.chmod(0o600)
    fsync_folder(root)
    write_durably(root / _CURRENT, json.dumps(_said(secret, folder, seen.hexdigest())).encode())
    for old in root.iterdir():
        if old.is_dir() and old != folder:
            shutil.rmtree(old)
    return folder


def _said(secret: bytes, folder: Path, vault: str) -> dict[str, str]:
    """Return what is written of an index: its folder, the vault that it is of, the files beside it, and a seal."""
    said = {
        "counted": hashlib.sha256((folder / _COUNTED).read_bytes()).hexdigest(),
        "folder": folder.name,
        "people": hashlib.sha256((folder / _PEOPLE).read_bytes()).hexdigest(),
        "vault": vault,
    }
    raw = b"beholden/linkage/current/v1\n" + json.dumps(said, sort_keys=True).encode()
    return said | {"seal": hmac.digest(secret, raw, hashlib.sha256).hex()}


def _digest() -> str:
    """Return what the vault's sealed parts come to: whatever is written there changes it."""
    seen = hashlib.sha256()
    for batch in _all():
        for one in batch:
            seen.update(_mark(one))
    return seen.hexdigest()


def _mark(one: bulk.Sealed) -> bytes:
    parts = (hashlib.sha256(one.blobs[group]).digest() for group in _GROUPS)
    return hashlib.sha256(b"".join((one.person.bytes, *parts))).digest()


def _all() -> Iterator[tuple[bulk.Sealed, ...]]:
    last: UUID | None = None
    while batch := bulk.after(last, _BATCH, _GROUPS):
        yield batch
        last = batch[-1].person


def _variants(held: bulk.Sealed, key: bytes) -> tuple[Alike, ...]:
    """Return somebody as known now, and under the surname that is used instead, if there is one."""
    said: dict[str, str | None] = {}
    for group in _GROUPS:
        said |= unseal(key, held.person, group, held.blobs[group])
    values = {
        "given_name": said["forename"],
        "surname": said["surname"],
        "birth_date": said["birth_date"],
        "postcode": said["postcode"],
        "pupil_number": said["upn"],
    }
    now = person("", {name: value or "" for name, value in values.items()}, _unread)
    preferred = said["preferred_surname"]
    return formerly(now, surnames=(preferred,)) if preferred else (now,)


def _unread(_field: str, _sentence: str) -> None:
    """A value of ours that cannot be compared counts as missing, as one of the list does."""


def _sealed(counted: dict[str, object]) -> bytes:
    nonce = os.urandom(_NONCE)
    raw = json.dumps(counted, ensure_ascii=False, sort_keys=True).encode()
    return nonce + AESGCM(derived(here(), "lookup", _COUNTED_KEY)).encrypt(nonce, raw, _COUNTED_KEY)


def _counted(folder: Path) -> Frequencies:
    raw = (folder / _COUNTED).read_bytes()
    key = derived(here(), "lookup", _COUNTED_KEY)
    said = json.loads(AESGCM(key).decrypt(raw[:_NONCE], raw[_NONCE:], _COUNTED_KEY))
    return Frequencies(said["totals"], {column: Counter(counts) for column, counts in said["counts"].items()})


def _slots() -> Slots:
    return Slots(here().slots, load(here(), "vault"))
