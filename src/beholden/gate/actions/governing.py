# SPDX-License-Identifier: Apache-2.0
"""Says in the public log which catalogue is in force, and announces a looser one. The ratchet is asked here (D41)."""

from datetime import datetime

from django.db import transaction

from beholden.catalogue import Catalogue
from beholden.gate import catalogues, ratchet
from beholden.gate.ratchet import Announced
from beholden.gate.rules import check_role
from beholden.gate.turns import govern_alone
from beholden.kinds import Actor, Role
from beholden.ledger.actions import propose, sequence
from beholden.ledger.shapes import Moment


def set_catalogue(catalogue: Catalogue, *, by: Actor, at: datetime) -> bool:
    """Bring a catalogue into force, if it is not; return whether it was new.

    The plan: 1 in one transaction, in which nobody else sets one: 2 it is held against the catalogue in force, whose
    own content is read; what loosens anything is refused, unless just this difference stands in the published log and
    its notice is over; 3 what it says is on the disk, under its hash, before anything names it; 4 the entry. The first
    catalogue of a home has nothing to loosen.
    """
    check_role(by, Role.REGISTRAR)
    sequence(at=at)
    with transaction.atomic():  # 1
        govern_alone()
        last = catalogues.last_set()
        if last is not None and last != catalogue.hash:
            before, known = catalogues.read(last), catalogues.announced()
            ratchet.check_may_come(last, before, catalogue, known, at=at)  # 2
        catalogues.keep(catalogue)  # 3
        if last == catalogue.hash:
            return False
        propose(log="events", kind="catalogue", body={"hash": catalogue.hash}, by=by, at=at)  # 4
    sequence(at=at)
    return True


def announce_catalogue(catalogue: Catalogue, *, by: Actor, at: datetime) -> Announced:
    """Publish that a catalogue is to come which loosens the one in force; return from when it may.

    How long it must have been published, the catalogue *in force* says. What loosens nothing is refused: it needs no
    notice. Announced again, the first announcement stands, so that its notice is not begun anew.
    """
    check_role(by, Role.REGISTRAR)
    sequence(at=at)
    with transaction.atomic():
        govern_alone()
        last = catalogues.last_set()
        changes = () if last is None else ratchet.loosenings(catalogues.read(last), catalogue)
        if last is None or not changes:
            raise ratchet.nothing_looser()
        known = [one for one in catalogues.announced() if (one.base, one.hash) == (last, catalogue.hash)]
        if known:
            return known[0]
        catalogues.keep(catalogue)
        made = Announced(last, catalogue.hash, ratchet.notice_ends(catalogues.notice_days(last), at=at))
        body = {
            "base": made.base,
            "difference": ratchet.digest(changes),
            "hash": made.hash,
            "not_before": Moment().show(made.not_before, "not_before"),
        }
        propose(log="events", kind="announced", body=body, by=by, at=at)
    sequence(at=at)
    return made
