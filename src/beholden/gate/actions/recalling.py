# SPDX-License-Identifier: Apache-2.0
"""Says of one person which handovers list it, as the keeper's own lists have it. It proves nothing: `proving` does.

Knows no reason why a row was not there. Of what is sealed it says nothing to anybody before it opens (D22).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from beholden.gate import registries, sets
from beholden.gate.actions.copying import EXIT
from beholden.gate.actions.singles import write_down
from beholden.gate.models import Compulsion, Disclosure
from beholden.gate.rules import check_role
from beholden.kinds import Actor, PersonId, Role, UseRef
from beholden.ledger import queries as ledger
from beholden.ledger.tags import tag
from beholden.people.queries import check_enrolled
from beholden.register import actions as register

WHAT = "uses"
"""How a look at this list stands in the journal, and so on the family's own page."""


@dataclass(frozen=True, slots=True)
class Recalled:
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
    lists = tuple(_lists())
    under = {one.registry for one in lists}
    keys = {one: registries.keys_of(seed, bytes.fromhex(one)) for one in under}  # 3
    tags = ((one.path, [tag(key, bytes.fromhex(one.name)) for key in keys[one.registry]]) for one in lists)
    found = [
        Recalled(one.name, one.use, one.logged_at, in_list)
        for one, in_list in zip(lists, sets.have(tags), strict=True)  # 4
    ]
    return tuple(sorted(found, key=lambda one: (one.logged_at, one.disclosure), reverse=True))


class _List(NamedTuple):
    name: str
    use: UseRef | None
    registry: str
    logged_at: datetime
    path: str


def _lists() -> Iterator[_List]:
    """Yield where the list of each handover lies that may have left, and of each seal that the public log has open."""
    gone = {"state__in": ["releasing", "released"], "logged_at__isnull": False}
    rows = Disclosure.objects.filter(**gone, tags__isnull=False)
    fields = ("pk", "decision__use", "decision__registry", "logged_at", "tags__path")
    for name, use, registry, logged_at, path in rows.values_list(*fields):
        if logged_at is not None:
            yield _List(name, UseRef(use), registry, logged_at, path)
    for held in Compulsion.objects.filter(**gone, unsealed__isnull=False).select_related("tags"):
        is_open = held.unsealed is not None and ledger.entry(held.unsealed) is not None
        if held.logged_at is not None and is_open:
            yield _List(held.pk, None, held.registry_id, held.logged_at, held.tags.path)
