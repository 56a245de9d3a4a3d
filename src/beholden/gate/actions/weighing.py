# SPDX-License-Identifier: Apache-2.0
"""Asks every room for its list, so that a use can be weighed: when it is decided, and again before it goes."""

from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc

from beholden.catalogue import Catalogue, FamilySays, Flag, Store
from beholden.gate import registries, sets
from beholden.gate.actions.heeding import agreed, objectors
from beholden.gate.actions.safety import kept_safe, restricted
from beholden.gate.ids import column, unpacked
from beholden.gate.models import Registry
from beholden.gate.ways import CONTACT, MATCH
from beholden.kinds import Actor, ItemId
from beholden.notices import queries as notices
from beholden.people import queries as people
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
    objecting = objectors(use, catalogue, by=by, at=at)
    return {
        Flag.NOT_TOLD: column(notices.told(use.ref)),
        Flag.NOT_AGREED: _agreed(use, among, catalogue, by=by, at=at),
        Flag.OBJECTED: column(objecting),
        Flag.HIDDEN: column(kept_safe(by=by, at=at)),
        Flag.RESTRICTED: column(restricted(by=by, at=at)),
        Flag.NO_KEY: _with_key(registry, by=by, at=at),
        Flag.PAST_RETENTION: _past_retention(use, among, catalogue, by=by, at=at),
    }


def _with_key(registry: Registry, *, by: Actor, at: datetime) -> pa.Array:
    """Everybody whose key of now stands in a snapshot: not who came later, nor over whom power changed since (D35)."""
    keyed = unpacked(sets.read(registry.keyed))
    changed = people.everybody_written_about()
    if not changed:
        return keyed
    seeds = register.seeds_of(changed, by=by, at=at)
    gone = column(registries.overtaken(registry, seeds))
    return keyed.filter(pc.invert(pc.is_in(keyed, value_set=gone)))


def _agreed(use: AskedUse, among: pa.Array, catalogue: Catalogue, *, by: Actor, at: datetime) -> pa.Array:
    """Who has agreed; everybody, where no yes is needed."""
    if catalogue.purpose(use.purpose).family_says is not FamilySays.MUST_AGREE:
        return among
    return column(agreed(use, catalogue, by=by, at=at))


def _past_retention(
    use: AskedUse, among: pa.Array, catalogue: Catalogue, *, by: Actor, at: datetime
) -> pa.Array:
    """Who has passed the day until which one of the items is kept: everybody, where it is counted in years (D33)."""
    asked, today = use.population, at.date()
    taken_on = catalogue.collection(asked.collection, asked.term, asked.year).reference_date
    kept = [catalogue.item(item).keep_until for item in (*use.items, *_matched_on(use, catalogue))]
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
