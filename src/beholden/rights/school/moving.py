# SPDX-License-Identifier: Apache-2.0
"""Gives a school the record of a child who moved to it, locked to the school's own key (D18, D35)."""

from datetime import datetime

from beholden.catalogue import Catalogue
from beholden.gate.actions.transferring import transfer
from beholden.rights.school.asked import Fetch, Locked
from beholden.rights.school.knocking import open_door


def fetch(asked: Fetch, *, catalogue: Catalogue, at: datetime) -> Locked:
    """Return the locked file, or refuse as `beholden.gate.actions.transferring.transfer` does."""
    inside = open_door(asked.shown, catalogue=catalogue, at=at)
    sent = transfer(asked.number, asked.born, catalogue=catalogue, by=inside.by, at=at)
    return Locked(f"pupil-record-{sent.line}-{at:%Y-%m-%d}.json.age", sent.ciphertext)
