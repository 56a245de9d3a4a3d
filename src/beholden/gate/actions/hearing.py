# SPDX-License-Identifier: Apache-2.0
"""Opens a use for comment, to the public and to the schools whose returns it is about. The rooms meet here alone."""

from datetime import datetime

from beholden.catalogue import Catalogue
from beholden.gate.rules import check_role
from beholden.kinds import Actor, Role, UseRef
from beholden.ledger.actions import sequence
from beholden.register.queries import schools_with
from beholden.uses import actions as uses
from beholden.uses.queries import asked


def open_for_comment(ref: UseRef, *, catalogue: Catalogue, by: Actor, at: datetime) -> datetime:
    """Open a use for comment, with the schools that sent what it asks for, and return the last moment (D29).

    Every school of the return counts as in scope, also one without a child in the school years asked for.
    """
    check_role(by, Role.REGISTRAR)
    wanted = asked(ref).population
    schools = schools_with(wanted.collection, wanted.term, wanted.year)
    until = uses.open_comment(ref, schools=schools, catalogue=catalogue, by=by, at=at)
    sequence(at=at)
    return until
