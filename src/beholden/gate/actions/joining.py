# SPDX-License-Identifier: Apache-2.0
"""Decides about two records, and raises flags, so that what severs a child's ties stands about every record (D14, D35).

Wherever the gate asks, it asks about all records of a child (`safety`). The doors cannot: they know no record but those
that a letter names. So a severance is written down about each, before a decision makes two records one child.
"""

from datetime import datetime

from django.db import transaction

from beholden.gate.rules import check_role
from beholden.gate.turns import join_alone
from beholden.kinds import Actor, PersonId, Role
from beholden.people import actions as people
from beholden.people.queries import check_enrolled
from beholden.register import actions as register
from beholden.register.rules import Evidence


@transaction.atomic
def decide(question: int, *, same: bool, evidence: Evidence, by: Actor, at: datetime) -> None:
    """Decide whether two records are one child: `register.decide`, with what severs either.

    The plan, in one transaction: 1 the registrar; 2 no flag is raised meanwhile; 3 one child: what severs any of its
    records severs all, and only then the decision; 4 two: what was carried between records that nothing joins any more
    ends, and what was raised about each stays.
    """
    check_role(by, Role.REGISTRAR)  # 1
    check_enrolled(by)
    join_alone()  # 2
    both = register.pair(question, by=by, at=at)
    child = register.joined(by=by, at=at).spread(both)
    if same:
        people.carry_severance(child, by=by, at=at)  # 3
    register.decide(question, same=same, evidence=evidence, by=by, at=at)
    joined = register.joined(by=by, at=at)
    for one in child:
        people.end_carried(one, joined.spread((one,)), by=by, at=at)  # 4


@transaction.atomic
def raise_flag(
    person: PersonId, kind: str, *, by: Actor, at: datetime, until: datetime | None = None
) -> None:
    """Raise a flag about one child, whichever of its records is named: `people.flag`."""
    join_alone()
    people.flag(person, kind, by=by, at=at, until=until)
    people.carry_severance(register.joined(by=by, at=at).spread((person,)), by=by, at=at)
