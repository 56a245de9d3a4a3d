# SPDX-License-Identifier: Apache-2.0
"""Asks every room for its list, so that a use can be weighed: when it is decided, before it goes, and afterwards."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc

from beholden.catalogue import Catalogue, Collection, FamilySays, Flag, Store
from beholden.gate import registries, sets
from beholden.gate.actions.heeding import agreed, objectors
from beholden.gate.actions.safety import contested, kept_safe, restricted
from beholden.gate.expression import lasting, overtaken
from beholden.gate.ids import column, unpacked
from beholden.gate.models import Registry
from beholden.gate.ways import CONTACT, MATCH
from beholden.kinds import Actor, ItemId, PersonId
from beholden.notices import queries as notices
from beholden.people import queries as people
from beholden.people.queries import Pair
from beholden.register import actions as register
from beholden.register.rows import read
from beholden.uses.queries import AskedUse


def scope(use: AskedUse, *, by: Actor, at: datetime) -> pa.Array:
    """Return everybody the use is about: 16-byte ids, sorted, each once."""
    wanted = use.population
    table = read.population(wanted.collection, wanted.term, wanted.year, wanted.school_years)
    return table["person"].combine_chunks()


def lists(
    use: AskedUse, among: pa.Array, registry: Registry, catalogue: Catalogue, *, by: Actor, at: datetime
) -> dict[Flag, pa.Array]:
    """One list for each flag, from the room that answers for it."""
    rooms = _rooms(use, among, registry, catalogue, by=by, at=at)
    return {flag: asked() for flag, asked in rooms.items()}


def is_still_in(
    use: AskedUse, pair: Pair, registry: Registry, catalogue: Catalogue, *, by: Actor, at: datetime
) -> bool:
    """Say whether nothing by now takes one person out who was released, as one adult may know it.

    The exit's own row says what would (D11, D33, D35). Where a yes is needed it is this adult's own: another's would
    tell that there is one (U5).
    """
    alone, removes = column((pair[0],)), lasting(catalogue.exit(use.exit))
    rooms = _rooms(use, alone, registry, catalogue, only=pair, by=by, at=at)
    return not overtaken(alone, {flag: rooms[flag]() for flag in removes}, removes)


def _rooms(
    use: AskedUse,
    among: pa.Array,
    registry: Registry,
    catalogue: Catalogue,
    *,
    only: Pair | None = None,
    by: Actor,
    at: datetime,
) -> Mapping[Flag, Callable[[], pa.Array]]:
    """Say of each flag which room answers for it. With `only`, of one person, and of one adult's yes."""
    person = None if only is None else {only[0]}
    return {
        Flag.NOT_TOLD: lambda: column(notices.told(use.ref)),
        Flag.NOT_AGREED: lambda: _agreed(use, among, catalogue, only=only, by=by, at=at),
        Flag.OBJECTED: lambda: column(objectors(use, catalogue, among=person, by=by, at=at)),
        Flag.HIDDEN: lambda: column(kept_safe(by=by, at=at)),
        Flag.RESTRICTED: lambda: column(_restricted(use, by=by, at=at)),
        Flag.NO_KEY: lambda: _with_key(registry, by=by, at=at),
        Flag.PAST_RETENTION: lambda: _past_retention(use, among, catalogue, by=by, at=at),
    }


def _restricted(use: AskedUse, *, by: Actor, at: datetime) -> frozenset[PersonId]:
    """Whose record is restricted, or may be of two people; and whose match of this use is contested (Art 18)."""
    frozen = contested(use.ref, by=by, at=at)
    return restricted(by=by, at=at) | frozen.waiting | frozen.reversed


def _with_key(registry: Registry, *, by: Actor, at: datetime) -> pa.Array:
    """Everybody whose key of now stands in a snapshot: not who came later, nor over whom power changed since (D35)."""
    keyed = unpacked(sets.read(registry.keyed))
    changed = people.everybody_written_about()
    if not changed:
        return keyed
    seeds = register.seeds_of(changed, by=by, at=at)
    gone = column(registries.overtaken(registry, seeds))
    return keyed.filter(pc.invert(pc.is_in(keyed, value_set=gone)))


def _agreed(
    use: AskedUse, among: pa.Array, catalogue: Catalogue, *, only: Pair | None, by: Actor, at: datetime
) -> pa.Array:
    """Who has agreed; everybody, where no yes is needed."""
    if catalogue.purpose(use.purpose).family_says is not FamilySays.MUST_AGREE:
        return among
    return column(agreed(use, catalogue, only=only, by=by, at=at))


def _past_retention(
    use: AskedUse, among: pa.Array, catalogue: Catalogue, *, by: Actor, at: datetime
) -> pa.Array:
    asked = use.population
    census = catalogue.collection(asked.collection, asked.term, asked.year)
    items = (*use.items, *_matched_on(use, catalogue))
    return past_retention(items, among, census, catalogue, by=by, at=at)


def past_retention(
    items: Iterable[str],
    among: pa.Array,
    census: Collection,
    catalogue: Catalogue,
    *,
    by: Actor,
    at: datetime,
) -> pa.Array:
    """Who has passed the day until which one of the items is kept: everybody, where it is counted in years (D33)."""
    taken_on, today = census.reference_date, at.date()
    kept = [catalogue.item(item).keep_until for item in items]
    if any(one.unit == "years" and one.until(born_on=today, taken_on=taken_on) <= today for one in kept):
        return among
    ages = [one.amount for one in kept if one.unit == "age"]
    if not ages:
        return column(())
    return column(register.past_retention(among, age=min(ages), on=today, by=by, at=at))


def _matched_on(use: AskedUse, catalogue: Catalogue) -> tuple[ItemId, ...]:
    """Return the facts by which a list is matched or a letter finds its school: used, though they do not leave."""
    if use.exit not in {CONTACT, MATCH}:
        return ()
    asked = use.population
    held = catalogue.collection(asked.collection, asked.term, asked.year).items
    return tuple(item for item in held if catalogue.item(item).store in {Store.NUMBERS, Store.BIRTH})
