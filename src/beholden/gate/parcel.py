# SPDX-License-Identifier: Apache-2.0
"""Packs what a recipient gets, and opens it again as the recipient does. No database, no clock, no Django.

A parcel is a zip (stored, fixed dates) locked with age to the recipient's key: `header.json` (the public header of the
handover), `rows.parquet` (tag, pseudonym, the named items; sorted by tag, so that the order tells nothing of school or
family), `missing.json` (which groups are missing from the rows, and weights) and `padding.tags` (random tags that fill
the list up to its scope). The recipient's check is exact:
tags of the rows plus padding = the committed list.
"""

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.parquet as pq

from beholden.gate.locks import WrongKeyError, lock, unlock
from beholden.ledger.canonical import print_json
from beholden.ledger.tags import TAG_BYTES
from beholden.refusals import Refusal

_NAMES = ("header.json", "missing.json", "padding.tags", "rows.parquet")
_DAY = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Parcel:
    """What is in a parcel, opened."""

    header: Mapping[str, object]
    rows: pa.Table = field(repr=False)
    padding: tuple[bytes, ...]
    missing: Mapping[str, object]

    @property
    def tags(self) -> tuple[bytes, ...]:
        """The tag of each row, in the order of the file."""
        return tuple(self.rows["tag"].to_pylist())


def pack(
    header: Mapping[str, object],
    rows: pa.Table,
    padding: tuple[bytes, ...],
    *,
    missing: bytes,
    recipient: str,
) -> bytes:
    """Return the ciphertext for one age recipient (age-encryption.org/v1)."""
    whole = zipped(_NAMES, (print_json(header), missing, b"".join(sorted(padding)), parquet(rows)))
    return lock(whole, to=recipient)


def unpack(ciphertext: bytes, *, identity: str) -> Parcel:
    """Open a parcel with the recipient's own age identity; refuse whatever is not exactly a parcel."""
    try:
        plain = unlock(ciphertext, identity=identity)
    except WrongKeyError as trouble:
        raise _refused("It does not open with this key.") from trouble
    try:
        header, missing, padding, content = unzipped(plain, _NAMES)
        rows = pq.read_table(pa.BufferReader(content))
        fields, groups = json.loads(header), json.loads(missing)
    except (pa.ArrowInvalid, ValueError) as trouble:
        raise _refused("What is in it cannot be read.") from trouble
    if len(padding) % TAG_BYTES or not isinstance(fields, dict) or not isinstance(groups, dict):
        raise _refused("Its padding or its header is damaged.")
    return Parcel(
        fields,
        rows,
        tuple(padding[at : at + TAG_BYTES] for at in range(0, len(padding), TAG_BYTES)),
        groups,
    )


def parquet(rows: pa.Table) -> bytes:
    """Return rows as Parquet (zstd), without statistics."""
    content = io.BytesIO()
    pq.write_table(rows, content, compression="zstd", write_statistics=False)
    return content.getvalue()


def zipped(names: Sequence[str], contents: Sequence[bytes]) -> bytes:
    """Return files in one zip, stored, with one fixed date: the same contents give the same bytes."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_STORED) as archive:
        for name, content in zip(names, contents, strict=True):
            archive.writestr(zipfile.ZipInfo(name, _DAY), content)
    return whole.getvalue()


def unzipped(whole: bytes, names: Sequence[str]) -> tuple[bytes, ...]:
    """Return the contents of exactly these files, or raise ValueError: other names, or a broken zip."""
    try:
        with zipfile.ZipFile(io.BytesIO(whole)) as archive:
            if archive.namelist() != list(names):
                raise ValueError("it does not hold exactly the files that it must hold")
            return tuple(archive.read(name) for name in names)
    except zipfile.BadZipFile as trouble:
        raise ValueError("it is no zip") from trouble


def _refused(why: str) -> Refusal:
    return Refusal(
        "gate.parcel",
        f"This file is not a parcel from the register. {why}",
        next_step="Do not use it. Ask the keeper to send it again, and say what you saw.",
        authority="ARCHITECTURE section 5: the recipient recomputes before any use",
    )
