# SPDX-License-Identifier: Apache-2.0
"""Says of one person which handovers list it, as the keeper's own lists have it. It proves nothing: `proving` does.

Knows no reason why a row was not there. Of what is sealed it says nothing to anybody before it opens (D22).
"""

from datetime import UTC, datetime, timedelta
from operator import itemgetter
from typing import NamedTuple

from django.db.models import BigIntegerField
from django.db.models.functions import Cast, Extract

from beholden.gate import registries, sets
from beholden.gate.actions.copying import EXIT
from beholden.gate.actions.singles import write_down
from beholden.gate.models import Compulsion, Disclosure
from beholden.gate.rules import LEFT, check_role
from beholden.kinds import Actor, PersonId, Role, UseRef
from beholden.ledger import queries as ledger
from beholden.ledger.elements import tagger
from beholden.people.queries import check_enrolled
from beholden.register import actions as register

WHAT = "uses"
"""How a look at this list stands in the journal, and so on the family's own page."""


class Recalled(NamedTuple):
    """One handover in the open that has a list: of which use, when it was logged, and if the person is in the list.

    What was sealed and is open has no use.
    """

    disclosure: str
    use: UseRef | None
    logged_at: datetime
    in_list: bool


def history(person: PersonId, *, by: Actor, at: datetime) -> tuple[Recalled, ...]:
    """Return every handover that may have left and has a list, newest first, and whether this person is in each.

    The plan: 1 a registrar asks; 2 it stands in the journal, on the disk, and the family reads of it; 3 the person's
    keys of every registry that a list was made under; 4 each list is searched as it lies on the disk, a page or two of
    it. A changed list is not seen here: its proof would not hold, and `beholden fsck` names it.
    """
    check_role(by, Role.REGISTRAR)  # 1
    check_enrolled(by)
    write_down(EXIT, WHAT, person, reader=by.ref, by=by, at=at)  # 2
    seed = register.proof_seed(person, by=by, at=at)
    lists = _lists()
    under = {one.registry for one in lists}
    keys = {one: registries.keys_of(seed, bytes.fromhex(one)) for one in under}  # 3
    tagged = {one: [tagger(key) for key in held] for one, held in keys.items()}
    asked = (
        (one.path, one.size, [made(bytes.fromhex(one.name)) for made in tagged[one.registry]])
        for one in lists
    )
    return tuple(
        Recalled(one.name, one.use, _BEGINNING + timedelta(microseconds=one.logged), in_list)
        for one, in_list in zip(lists, sets.have(asked), strict=True)  # 4
    )


_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


class _List(NamedTuple):
    """Where a list lies. First when it was logged, in microseconds since 1970: a moment takes far longer to read."""

    logged: int
    name: str
    use: UseRef | None
    registry: str
    path: str
    size: int


def _lists() -> list[_List]:
    """Return where the list of each handover lies that may have left, and of each seal that the public log has open.

    The newest first.
    """
    gone = {"state__in": LEFT, "logged_at__isnull": False}
    logged = Cast(Extract("logged_at", "epoch") * 1_000_000, BigIntegerField())
    rows = Disclosure.objects.filter(**gone, tags__isnull=False).annotate(logged=logged)
    fields = ("logged", "pk", "decision__use", "decision__registry", "tags__path", "tags__count")
    found = [_List(*row) for row in rows.values_list(*fields)]
    for held in (
        Compulsion.objects.filter(**gone, unsealed__isnull=False)
        .annotate(logged=logged)
        .select_related("tags")
    ):
        if held.unsealed is not None and ledger.entry(held.unsealed) is not None:
            found.append(_List(held.logged, held.pk, None, held.registry_id, held.tags.path, held.tags.count))
    return sorted(found, key=itemgetter(0, 1), reverse=True)
