# SPDX-License-Identifier: Apache-2.0
"""Answers what was handed in for a match: the newest list of a use, who of it is in scope, by which own reference."""

import hashlib

import numpy as np
import pyarrow as pa

from beholden.gate import sets
from beholden.gate.ids import column, listed, unpacked
from beholden.gate.linked_pairs import settled
from beholden.gate.models import Decision, Roster
from beholden.gate.roster import REFERENCE
from beholden.kinds import UseRef
from beholden.ledger.shapes import SMALLEST_COUNT
from beholden.refusals import Refusal

WIDTH = 16 + REFERENCE
"""Bytes of one matched row: person, own reference."""


def commitment(salt: bytes, digest: str) -> str:
    """Return what the log has of a list: SHA-256(salt || SHA-256 of the file's bytes), in hex."""
    return hashlib.sha256(salt + bytes.fromhex(digest)).hexdigest()


def newest(use: UseRef) -> Roster:
    """Return the list that was handed in last and taken, or refuse: nothing is matched with nothing."""
    found = Roster.objects.filter(use=use, rule="").select_related("matched").order_by("-pk").first()
    if found is None:
        raise Refusal(
            "gate.no_roster",
            "The recipient has handed in no list to be matched.",
            next_step="Ask the recipient for its list.",
            authority="D21",
        )
    return found


def people(roster: Roster) -> pa.Array:
    """Return who of a list was found in the scope of its use: 16-byte ids, sorted.

    Of a list of names only those who were accepted, or whom people took for the same; refused while somebody waits.
    """
    found = unpacked(_rows(roster)["person"].tobytes())
    taken = settled(roster)
    return found if taken is None else found.filter(pa.array(listed(found, column(taken))))


def references(roster: Roster, among: pa.Array) -> list[str]:
    """Return the own references of some of those found, who come in the order of their ids."""
    rows = _rows(roster)
    wanted = rows["reference"][listed(unpacked(rows["person"].tobytes()), among)]
    return [raw.rstrip(b"\0").decode() for raw in wanted.tolist()]


def _rows(roster: Roster) -> "np.ndarray[tuple[int], np.dtype[np.void]]":
    content = b"" if roster.matched is None else sets.read(roster.matched)
    return np.frombuffer(content, dtype=[("person", "V16"), ("reference", f"S{REFERENCE}")])


def padded(rows: int) -> int:
    """Return how many answers a list of so many rows has in public: its rows, and never one to nine."""
    return max(rows, SMALLEST_COUNT)


def size_of(decision: Decision) -> int:
    """Return how many were asked for: everybody in scope, or of a match every row of the list, found or not.

    The list in the log is filled up to it. Of a match it must not be the number found: beside the answers it would tell
    the recipient how many were left out.
    """
    return decision.scope.count if decision.roster is None else padded(decision.roster.rows)
