# SPDX-License-Identifier: Apache-2.0
"""Takes what reviewers say of the pairs of a list of names, and says in the log what it came to once nobody waits."""

from datetime import datetime

from django.db import IntegrityError, transaction

from beholden.gate import audits, pairs
from beholden.gate.error_rates import year_until
from beholden.gate.linked_pairs import (
    instant,
    is_waited_for,
    key_of,
    pair_over,
    public_figures,
    running,
    said_of,
)
from beholden.gate.models import LinkedPair, LinkedYear, Linking, PairOpinion, Roster
from beholden.gate.pair_rules import check_reviewer, is_looked_at, is_wanted
from beholden.gate.rules import check_role
from beholden.home import here, keys
from beholden.kinds import Actor, Role, UseRef
from beholden.ledger.actions import propose
from beholden.linkage.sampling import Opinion
from beholden.people.queries import check_enrolled
from beholden.uses.queries import asked
from beholden.uses.rules.life import OVER
from beholden.uses.voices import has_no_part


def say(number: int, opinion: Opinion, *, by: Actor, at: datetime) -> None:
    """Write down what one reviewer says of one pair. The last that is waited for settles the list.

    The plan: 1 an enrolled reviewer who has no part in the use; 2 the pair waits, of a list that is not over; 3 it is
    sealed to the pair, and the table takes one word of each officer: the first holds; 4 where nobody is waited for any
    more, the list is settled in the same transaction.
    """
    check_role(by, Role.REVIEWER)  # 1
    check_enrolled(by)
    try:
        with transaction.atomic():
            pair = LinkedPair.objects.select_related("roster").filter(pk=number).first()
            if pair is None or not is_looked_at(pair):
                raise pair_over()
            linking = Linking.objects.select_for_update().get(roster=pair.roster)
            check_reviewer(has_no_part=has_no_part(UseRef(pair.roster.use), by))
            _check_waits(pair, linking)  # 2
            seal = pairs.of_opinion(key_of(linking), pair.pk, opinion.value, by.ref, instant(at))  # 3
            PairOpinion.objects.create(pair=pair, says=opinion.value, at=at, by=by.ref, seal=seal)
            settle(pair.roster, by=by, at=at)  # 4
    except IntegrityError as twice:
        raise pair_over() from twice


def _check_waits(pair: LinkedPair, linking: Linking) -> None:
    said = said_of(pair.roster).get(pair.pk, ())
    if not is_wanted(said) or all(one.pk != linking.pk for one, _ in running()):
        raise pair_over()


def settle(roster: Roster, *, by: Actor, at: datetime) -> None:
    """Say in the log what a list of names came to, and how often the rules were wrong, if nobody is waited for."""
    linking = Linking.objects.select_for_update().get(roster=roster)
    said = said_of(roster)
    rows = list(LinkedPair.objects.filter(roster=roster))
    if linking.outbox is not None or any(is_waited_for(one, said) for one in rows):
        return
    body = public_figures(linking, rows, said)
    linking.outbox = propose(log="events", kind="linked", body={**body, "use": roster.use}, by=by, at=at)
    linking.settled_at = at
    if "strata" in linking.figures:  # else it was matched before anything was drawn
        linking.audited = audits.audited(linking, rows, said)
        audit = {**audits.public_audit(linking), "use": roster.use}
        linking.audit_outbox = propose(log="events", kind="linked_audit", body=audit, by=by, at=at)
    linking.save(update_fields=["outbox", "settled_at", "audited", "audit_outbox"])


def say_year(*, by: Actor, at: datetime) -> bool:
    """Say in the log how often lists were matched wrongly in the year that was over when this quarter began, once.

    Nothing is said where what was looked at since the last time is of fewer than three bodies, or of fewer than thirty
    pairs: from the difference of two such figures nobody can count back to one list. The keeper's process does it:
    killed at any point, it does it again.
    """
    since, until = year_until(at)
    if not audits.is_due(since, until):
        return False
    with transaction.atomic():
        body = audits.public_year(since, until)
        outbox = propose(log="events", kind="linked_year", body=body, by=by, at=at)
        LinkedYear.objects.create(since=since, until=until, outbox=outbox)
    return True


def destroy_pair_keys(*, by: Actor, at: datetime) -> int:
    """Destroy the key of every list whose use is over: nobody opens its pairs again. The keeper's process does it."""
    gone = 0
    for linking in Linking.objects.select_related("roster").order_by("pk"):
        name = pairs.key_name(linking.key)
        use = asked(UseRef(linking.roster.use))
        if keys.exists(here(), name) and (use.state in OVER or use.ends_on < at.date()):
            keys.destroy(here(), name)
            gone += 1
    return gone
