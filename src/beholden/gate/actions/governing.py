# SPDX-License-Identifier: Apache-2.0
"""Says in the public log which catalogue is in force. Every decision cites its hash (D41)."""

from datetime import datetime

from django.db import transaction

from beholden.catalogue import Catalogue
from beholden.gate.rules import check_role
from beholden.kinds import Actor, Role
from beholden.ledger import queries
from beholden.ledger.actions import propose, sequence
from beholden.ledger.entries import CatalogueSet, parse


def set_catalogue(catalogue: Catalogue, *, by: Actor, at: datetime) -> bool:
    """Log the catalogue in force, if the log does not say so already; return whether it was new."""
    check_role(by, Role.REGISTRAR)
    sequence(at=at)
    said = [parse(raw, log="events").body for raw in queries.entries("events")]
    last = next((body for body in reversed(said) if isinstance(body, CatalogueSet)), None)
    if last is not None and last.hash.hex() == catalogue.hash:
        return False
    with transaction.atomic():
        propose(log="events", kind="catalogue", body={"hash": catalogue.hash}, by=by, at=at)
    sequence(at=at)
    return True
