# SPDX-License-Identifier: Apache-2.0
"""Reads `deciders.toml` into who decides, on what evidence, and Biometrics, or refuses it by line. Weighs nobody."""

from collections.abc import Mapping
from types import MappingProxyType

from beholden.catalogue.deciders import (
    Able,
    Bar,
    BarNote,
    Biometrics,
    Evidence,
    Ground,
    GuardiansEnd,
    LifeEvent,
    PowerSays,
)
from beholden.catalogue.plain import PackRefused
from beholden.catalogue.table import Table

FILE = "deciders.toml"
KINDS = ("guardians", "able", "evidence", "biometrics", "bar", "ground")
_OLDEST = 30

Tables = Mapping[tuple[str, str], Table]


def guardians_end(tables: Tables) -> GuardiansEnd:
    """Return from when guardians decide no more: one table, [guardians.end], and no other."""
    table = _only(tables, "guardians", "end")
    if table is None:
        raise PackRefused("missing_key", FILE, 1, "[guardians.end] is missing.")
    events = table.texts("events")
    known = {event.value: event for event in LifeEvent}
    for event in events:
        if event not in known:
            raise table.refused("unknown_value", f"events may name: {', '.join(known)}.", key="events")
    made = GuardiansEnd(
        age=table.whole("age", most=_OLDEST),
        events=tuple(known[event] for event in events),
        authority=table.authority(),
    )
    table.done()
    return made


def able(tables: Tables) -> Able | None:
    """Return a country's rule of children who decide for themselves, or None: then none is ever recorded as able."""
    table = _only(tables, "able", "rule")
    if table is None:
        return None
    made = Able(from_age=table.whole("from_age", most=_OLDEST), authority=table.authority())
    table.done()
    return made


def evidence(tables: Tables) -> Mapping[str, Evidence]:
    """Return everything that a line about power may rest on. Where nothing is named for a line, none can be written."""
    return MappingProxyType({name: _evidence(table) for name, table in _of(tables, "evidence").items()})


def _evidence(table: Table) -> Evidence:
    known = {word.value: word for word in PowerSays}
    supports = table.texts("supports")
    for word in supports:
        if word not in known:
            raise table.refused("unknown_value", f"supports may name: {', '.join(known)}.", key="supports")
    of_body = table.truth("of_body") if table.has("of_body") else False
    bodies = table.texts_or_none("bodies")
    if of_body != bool(bodies):
        raise table.refused(
            "contradiction", "of_body and the kinds of bodies stand together, or neither does."
        )
    made = Evidence(
        name=table.found.name,
        label=table.text("label"),
        supports=tuple(known[word] for word in supports),
        of_body=of_body,
        bodies=bodies,
        authority=table.authority(),
    )
    table.done()
    return made


def biometrics(tables: Tables) -> Biometrics | None:
    """Return a country's law of biometrics at school, or None where the pack has none, and then not a word of it.

    What must hold: if [biometrics.rule] stands, every reason against it stands once, and no other; at least one ground.
    """
    rule = _only(tables, "biometrics", "rule")
    bars, grounds = _of(tables, "bar"), _of(tables, "ground")
    if rule is None:
        for table in (*bars.values(), *grounds.values()):
            raise table.refused("contradiction", "there is no [biometrics.rule] that this belongs to.")
        return None
    wanted = {bar.value: bar for bar in Bar}
    for name, table in bars.items():
        if name not in wanted:
            raise table.refused("unknown_key", "there is no reason of this name.")
    for name in wanted:
        if name not in bars:
            raise PackRefused("missing_key", FILE, 1, f"[bar.{name}] is missing.")
    made = Biometrics(
        until_age=rule.whole("until_age", most=_OLDEST),
        authority=rule.authority(),
        bars=MappingProxyType({name: _bar(bar, bars[name]) for name, bar in wanted.items()}),
        grounds=MappingProxyType({name: _ground(table) for name, table in grounds.items()}),
    )
    rule.done()
    return made


def _only(tables: Tables, kind: str, wanted: str) -> Table | None:
    found = _of(tables, kind)
    for name, table in found.items():
        if name != wanted:
            raise table.refused("unknown_key", f"there is no {kind} of this name.")
    return found.get(wanted)


def _of(tables: Tables, kind: str) -> dict[str, Table]:
    return {name: table for (its_kind, name), table in tables.items() if its_kind == kind}


def _bar(bar: Bar, table: Table) -> BarNote:
    made = BarNote(
        bar, says=table.text("says"), what_to_do=table.text("what_to_do"), authority=table.authority()
    )
    table.done()
    return made


def _ground(table: Table) -> Ground:
    made = Ground(table.found.name, label=table.text("label"), authority=table.authority())
    table.done()
    return made
