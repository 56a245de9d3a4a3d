# SPDX-License-Identifier: Apache-2.0
"""Reads `consent.toml` into Consents, or refuses it with file and line. Knows which faults there are; finds none."""

from collections.abc import Mapping
from types import MappingProxyType

from beholden.catalogue.consents import FOUND_BY_WORDS, Consents, FaultNote, FormFault, Phrase, folded
from beholden.catalogue.plain import PackRefused
from beholden.catalogue.table import Table

FILE = "consent.toml"
KINDS = ("fault", "ask", "form")

Tables = Mapping[tuple[str, str], Table]


def consents(tables: Tables) -> Consents:
    """Return what a pack says of consent.

    What must hold: 1 every fault stands once, and no other; 2 one that is found by words has phrases, no other has;
    3 no phrase stands twice, and each is written as it is looked for; 4 no two purposes are asked for in the same
    words; 5 [form.words] names the countries and the two answers. That exactly the purposes which need a yes are asked
    for, `pointers.py` sees to.
    """
    faults = _faults(tables)
    asks = _asks(tables)
    words = tables.get(("form", "words"))
    if words is None or len(_of(tables, "form")) != 1:
        raise PackRefused("missing_key", FILE, 1, "[form.words] stands once, and no other form.")
    made = Consents(
        faults=MappingProxyType({name: note for name, (note, _) in faults.items()}),
        asks=MappingProxyType(asks),
        countries=words.texts("countries"),
        yes=words.text("yes"),
        no=words.text("no"),
        phrases=_phrases(faults),
    )
    if not made.countries or folded(made.yes) == folded(made.no):
        raise words.refused("contradiction", "there is a country, and yes is not no.")
    words.done()
    return made


def _of(tables: Tables, kind: str) -> dict[str, Table]:
    return {name: table for (its_kind, name), table in tables.items() if its_kind == kind}


def _faults(tables: Tables) -> dict[str, tuple[FaultNote, Table]]:
    wanted = {fault.value: fault for fault in FormFault}
    found = _of(tables, "fault")
    for name, table in found.items():
        if name not in wanted:
            raise table.refused("unknown_key", "there is no fault of this name.")
    for name in wanted:
        if name not in found:
            raise PackRefused("missing_key", FILE, 1, f"[fault.{name}] is missing.")
    return {name: (_fault(wanted[name], found[name]), found[name]) for name in wanted}


def _fault(fault: FormFault, table: Table) -> FaultNote:
    by_words = fault in FOUND_BY_WORDS
    note = FaultNote(
        fault=fault,
        says=table.text("says"),
        change=table.text("change"),
        authority=table.authority(),
        phrases=table.texts("phrases") if by_words else (),
    )
    if by_words and not note.phrases:
        raise table.refused("contradiction", "this fault is found by words, and has none.", key="phrases")
    table.done()
    return note


def _asks(tables: Tables) -> dict[str, str]:
    asks: dict[str, str] = {}
    for name, table in _of(tables, "ask").items():
        to = table.text("to")
        if to in asks.values():
            raise table.refused("duplicate", "another purpose is asked for in these words.", key="to")
        if not to.startswith("to ") or not set(to) <= set("abcdefghijklmnopqrstuvwxyz "):
            raise table.refused("unknown_value", "to is plain small letters, like to study sleep.", key="to")
        asks[name] = to
        table.done()
    return asks


def _phrases(faults: Mapping[str, tuple[FaultNote, Table]]) -> tuple[Phrase, ...]:
    """Return every phrase, ready to be looked for; refuse one that stands twice or could never be found."""
    made: dict[str, Phrase] = {}
    for note, table in faults.values():
        for words in note.phrases:
            if words in made:
                raise table.refused("duplicate", f"'{words}' gives another fault away.", key="phrases")
            parts = [part.split() for part in words.split("…")]
            plain = " … ".join(" ".join(part) for part in parts)
            if words != folded(plain) or not all(parts):
                raise table.refused(
                    "unknown_value", f"'{words}' is not in plain small letters.", key="phrases"
                )
            made[words] = Phrase.of(note.fault, words)
    return tuple(made.values())
