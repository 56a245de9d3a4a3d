# SPDX-License-Identifier: Apache-2.0
r"""Seals what lies in the reading room, and opens it again. No database, no clock, no Django.

A sealed file is nonce (12) || AES-256-GCM(key, zip, aad = "beholden/room/v1\n" || list id (16)). The zip (stored, fixed
dates) holds `header.json` (the public header of the handover), `missing.json` (which groups are missing from the rows,
and weights) and `rows.parquet` (pseudonym, the named items; sorted by pseudonym, so that the order tells nothing of
school or family). The rows carry no tag: nobody who looks at them in the
room can find a family's child by the family's own file. Each file has a key of its own in the key folder, so that to
destroy the key is to wipe every copy of the file.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.parquet as pq

from beholden.gate import sealing
from beholden.gate.parcel import parquet, unzipped, zipped
from beholden.ledger.canonical import print_json
from beholden.ledger.tags import identifier
from beholden.refusals import Refusal

_NAMES = ("header.json", "missing.json", "rows.parquet")


@dataclass(frozen=True, slots=True)
class Sealed:
    """What lies in the reading room for one use, opened."""

    header: Mapping[str, object]
    rows: pa.Table = field(repr=False)
    missing: Mapping[str, object]


def key_name(list_id: str) -> str:
    """Return the name of the key file of what lies in the room under one handover's name (hex)."""
    return f"room.{list_id}"


def seal(header: Mapping[str, object], rows: pa.Table, *, missing: bytes, key: bytes) -> bytes:
    """Return rows and header sealed under a key of 32 bytes, bound to the handover's name."""
    plain = zipped(_NAMES, (print_json(header), missing, parquet(rows)))
    return sealing.seal(key, _aad(identifier(header)), plain)


def unseal(content: bytes, *, key: bytes, list_id: str) -> Sealed:
    """Open what was sealed; refuse what another key, another handover or another hand made."""
    try:
        plain = sealing.unseal(key, _aad(bytes.fromhex(list_id)), content)
        header, missing, rows = unzipped(plain, _NAMES)
        return Sealed(json.loads(header), pq.read_table(pa.BufferReader(rows)), json.loads(missing))
    except (ValueError, pa.ArrowInvalid) as trouble:
        raise Refusal(
            "gate.room",
            "This is not what was put into the reading room for this handover.",
            next_step="Run `beholden fsck`, and put the very file back from a copy.",
            authority="D23, D36",
        ) from trouble


def _aad(list_id: bytes) -> bytes:
    return b"beholden/room/v1\n" + list_id
