# SPDX-License-Identifier: Apache-2.0
"""Loads a pack of TOML files into one checked Catalogue, or refuses it with file and line. No Django, no clock.

A catalogue's *content* is what its pack says, as canonical JSON (RFC 8785): the SHA-256 of these very bytes is its
hash, so a kept content needs no second name, and `restore` reads it back into the same catalogue.

What must hold: 1 every file is there and no other; 2 every table is of its file's kind, complete, and holds nothing
unknown; 3 no name stands twice; 4 every entry names its authority, and every dated one its day of review; 5 every
name that is pointed at exists (`pointers.py`); 6 what contradicts itself is refused (`pointers.py`).
A pack is taken whole or not at all.
"""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

import rfc8785

from beholden.catalogue import consenting, counting, deciding, grading, looking, pointers
from beholden.catalogue.entries import Catalogue, CodeSet, Collection, Exit, Item, Purpose
from beholden.catalogue.law import Basis, Checked, Instrument
from beholden.catalogue.limits import LimitNote, Limits
from beholden.catalogue.plain import Found, PackRefused, read
from beholden.catalogue.table import Table
from beholden.catalogue.words import (
    Answer,
    Compartment,
    Effect,
    FamilySays,
    Flag,
    Keeper,
    Kind,
    Law,
    Store,
    Told,
)
from beholden.kinds import ItemId
from beholden.refusals import Refusal

_HERE = Path(__file__).parent
ENGLAND = _HERE / "england"
SHIPPED: Mapping[str, Path] = MappingProxyType({"england": ENGLAND, "us": _HERE / "us"})
"""The packs that come with the package, by the names under which a home may choose one."""

LENT = ("exits.toml", "limits.toml", "grades.toml")
"""What is no country's: a shipped pack without a file of its own takes England's, and is hashed with it."""

KINDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "law.toml": ("instrument", "basis"),
        "codes.toml": ("codes",),
        "collections.toml": ("collection",),
        "items.toml": ("item",),
        "exits.toml": ("exit",),
        "purposes.toml": ("purpose",),
        "limits.toml": ("limit",),
        grading.FILE: grading.KINDS,
        consenting.FILE: consenting.KINDS,
        deciding.FILE: deciding.KINDS,
        looking.FILE: looking.KINDS,
        counting.FILE: counting.KINDS,
    }
)
"""Which files a pack has, and which kinds of table each may hold."""

_MOST = 10_000_000
_MOST_PERCENT = 100
_MOST_BLUR = 99  # an error that always grows by one more never ends
_Entry = TypeVar("_Entry")


def load(pack: Path | str | None = None) -> Catalogue:
    """Return the catalogue in a folder, or one that is shipped, by its name; England's if none is named."""
    folder = ENGLAND if pack is None else _shipped(pack) if isinstance(pack, str) else pack
    return _made(_tables(folder, lent=LENT if isinstance(pack, str) else ()))


def restore(content: bytes) -> Catalogue:
    """Return the catalogue whose content these bytes are, or refuse what is no content of this version's.

    What must hold besides what holds of a pack: the bytes are the canonical ones, so that their SHA-256 is its hash.
    """
    made = _made(_kept_tables(content))
    if made.content != content:
        raise _malformed("it is not written as canonical JSON.")
    return made


def _made(tables: Mapping[tuple[str, str], Table]) -> Catalogue:
    codes = _each(tables, "codes", _codes)
    limits, notes = _limits(tables)
    content = _content(tables)
    catalogue = Catalogue(
        items=_each(tables, "item", lambda table: _item(table, codes)),
        codes=codes,
        collections=_by_code(_each(tables, "collection", _collection)),
        law=_each(tables, "instrument", _instrument),
        bases=_each(tables, "basis", _basis),
        purposes=_each(tables, "purpose", _purpose),
        exits=_each(tables, "exit", _exit),
        limits=limits,
        limit_notes=notes,
        grades=grading.grades(tables),
        consents=consenting.consents(tables),
        guardians_end=deciding.guardians_end(tables),
        able=deciding.able(tables),
        evidence=deciding.evidence(tables),
        biometrics=deciding.biometrics(tables),
        looks=looking.looks(tables),
        data_sets=counting.data_sets(tables),
        hash=hashlib.sha256(content).hexdigest(),
        content=content,
    )
    pointers.check(catalogue, tables)
    return catalogue


def _shipped(name: str) -> Path:
    if name not in SHIPPED:
        raise Refusal(
            "catalogue.unknown_pack",
            "No country's catalogue of this name comes with this software.",
            next_step=f"Name one of: {', '.join(sorted(SHIPPED))}.",
            authority="D41: each decision is taken under one catalogue, by its hash",
        )
    return SHIPPED[name]


def _tables(folder: Path, *, lent: tuple[str, ...]) -> Mapping[tuple[str, str], Table]:
    """Return every table of a pack by kind and name; what is lent may be missing from its own folder."""
    present = {path.name for path in folder.glob("*.toml")}
    borrowed = set(lent) - present
    for name in sorted((present | borrowed) ^ set(KINDS)):
        if name in KINDS:
            raise PackRefused("missing_file", name, 1, "this file of the pack is not there.")
        raise PackRefused("unknown_file", name, 1, "a pack has no file of this name.")
    tables: dict[tuple[str, str], Table] = {}
    for file, kinds in KINDS.items():
        for found in read(file, ((ENGLAND if file in borrowed else folder) / file).read_bytes()):
            if found.kind not in kinds:
                raise PackRefused(
                    "unknown_kind", file, found.line, f"{found.kind} has no place in this file."
                )
            tables[found.kind, found.name] = Table(found)
    tables |= {(found.kind, found.name): Table(found) for found in counting.policies(folder)}
    return MappingProxyType(tables)


_KEPT = "the kept catalogue"
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def _kept_tables(content: bytes) -> Mapping[tuple[str, str], Table]:
    """Return the tables of a kept content. JSON has no days: a text written like one was one, or is refused."""
    try:
        said = json.loads(content)
        tables = {
            (kind, name): {key: _as_said(value) for key, value in values.items()}
            for kind, named in said.items()
            for name, values in named.items()
        }
    except (ValueError, AttributeError, RecursionError) as cause:
        raise _malformed("it is not the content of a catalogue.") from cause
    known = {kind for kinds in KINDS.values() for kind in kinds}
    if unknown := sorted({kind for kind, _ in tables} - known):
        raise PackRefused(
            "unknown_kind", _KEPT, 1, f"{unknown[0]} is no kind of entry that this version has."
        )
    return MappingProxyType(
        {
            (kind, name): Table(Found(kind, name, _KEPT, 1, MappingProxyType(values), MappingProxyType({})))
            for (kind, name), values in tables.items()
        }
    )


def _as_said(value: object) -> object:
    return date.fromisoformat(value) if isinstance(value, str) and _DAY.fullmatch(value) else value


def _malformed(what: str) -> PackRefused:
    return PackRefused("malformed", _KEPT, 1, what)


def _each(
    tables: Mapping[tuple[str, str], Table], kind: str, make: Callable[[Table], _Entry]
) -> Mapping[str, _Entry]:
    """Return what `make` reads from each table of a kind, having refused everything it left unread."""
    made: dict[str, _Entry] = {}
    for (its_kind, name), table in tables.items():
        if its_kind == kind:
            made[name] = make(table)
            table.done()
    return MappingProxyType(made)


def _content(tables: Mapping[tuple[str, str], Table]) -> bytes:
    """Return what the pack says as canonical JSON (RFC 8785): comments, order and blanks do not count."""
    content: dict[str, dict[str, object]] = {}
    for (kind, name), table in tables.items():
        values = {key: _plain(value) for key, value in table.found.values.items()}
        content.setdefault(kind, {})[name] = values
    return rfc8785.dumps(content)  # type: ignore[arg-type]  # _plain made it JSON


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _instrument(table: Table) -> Instrument:
    return Instrument(
        name=table.found.name,
        title=table.text("title"),
        citation=table.text("citation"),
        review_on=table.day("review_on"),
    )


def _basis(table: Table) -> Basis:
    return Basis(name=table.found.name, label=table.text("label"), authority=table.authority())


def _codes(table: Table) -> CodeSet:
    held = CodeSet(
        name=table.found.name,
        values=table.texts("values"),
        retired=table.texts_or_none("retired"),
        source=table.text("source"),
        labels=MappingProxyType(_labels(table)),
    )
    if set(held.values) & set(held.retired) or not held.values:
        raise table.refused("contradiction", "a code is taken or retired, not both.", key="retired")
    if not set(held.labels) <= {*held.values, *held.retired}:
        raise table.refused("dangling", "labels names a code that this set does not hold.", key="labels")
    return held


def _labels(table: Table) -> dict[str, str]:
    """Return what codes mean: each line is `CODE: words`, and no code stands in two."""
    found: dict[str, str] = {}
    for line in table.texts_or_none("labels"):
        code, colon, words = line.partition(": ")
        if not (code and colon and words.strip()) or code in found:
            raise table.refused("malformed", 'a label is written like "CODE: words", once.', key="labels")
        found[code] = words
    return found


def _item(table: Table, codes: Mapping[str, CodeSet]) -> Item:
    allowed: tuple[str, ...] = ()
    labels: Mapping[str, str] = MappingProxyType({})
    if table.has("codes"):
        name = table.text("codes")
        if name not in codes:
            raise table.refused("dangling", "codes names a set that codes.toml does not hold.", key="codes")
        allowed, labels = codes[name].values, codes[name].labels
    return Item(
        id=ItemId(table.found.name),
        label=table.text("label"),
        child_label=table.text("child_label"),
        why=table.text("why"),
        collections=table.texts("collections"),
        answer=table.word("answer", Answer),
        refused=table.texts_or_none("refused"),
        unanswered=table.texts_or_none("unanswered"),
        authority=table.authority(),
        identifiability=table.whole("identifiability", least=1, most=5),
        sensitivity=_sensitivity(table),
        rating=table.text("rating"),
        since=table.whole("since", least=1900, most=2200),
        since_checked=table.word("since_checked", Checked),
        keep_until=table.keep_until("keep_until"),
        store=table.word("store", Store),
        type=table.word("type", Kind),
        codes=allowed,
        labels=labels,
        coarser=table.texts_or_none("coarser"),
        hers_alone=table.truth("hers_alone") if table.has("hers_alone") else False,
        tells_where=table.has("tells_where") and table.truth("tells_where"),
        shows_missing=table.has("shows_missing") and table.truth("shows_missing"),
    )


def _sensitivity(table: Table) -> str:
    letter = table.text("sensitivity")
    if letter not in ("A", "B", "C", "D", "E"):
        raise table.refused("unknown_value", "sensitivity must be a letter from A to E.", key="sensitivity")
    return letter


def _collection(table: Table) -> Collection:
    made = Collection(
        collection=table.text("collection"),
        term=table.text("term"),
        year=table.whole("year", least=1900, most=2200),
        label=table.text("label"),
        child_label=table.text("child_label"),
        authority=table.authority(),
        reference_date=table.day("reference_date"),
        items=tuple(ItemId(item) for item in table.texts("items")),
        review_on=table.day("review_on"),
    )
    plain = made.collection.isalnum() and made.term.isalnum()
    if not plain or made.code.replace("/", "-") != table.found.name:
        raise table.refused("contradiction", "a collection is named after its code, like SC-SPR-2026.")
    return made


def _by_code(collections: Mapping[str, Collection]) -> Mapping[str, Collection]:
    return MappingProxyType({one.code: one for one in collections.values()})


def _purpose(table: Table) -> Purpose:
    keeper = table.word("keeper", Keeper)
    says_no = (
        keeper is not Keeper.ALLOWS
    )  # then it has a rule, a public reason, and something to offer instead
    return Purpose(
        code=table.found.name,
        label=table.text("label"),
        child_label=table.text("child_label"),
        covers=table.text("covers"),
        compartment=table.word("compartment", Compartment),
        law=table.word("law", Law),
        authority=table.authority(),
        lawful_basis=table.texts("lawful_basis"),
        keeper=keeper,
        decided_by=table.text("decided_by"),
        decided_on=table.day("decided_on"),
        rule=table.text("rule") if says_no else "",
        reason=table.text("reason") if says_no else "",
        what_instead=table.text("what_instead") if says_no else "",
        family_says=table.word("family_says", FamilySays),
        told=table.word("told", Told),
        compatible_with=table.texts("compatible_with"),
        exits=table.texts("exits"),
        items=table.texts_or_none("items"),
        review_on=table.day("review_on"),
        only_items=tuple(ItemId(item) for item in table.texts_or_none("only_items")),
        hers_alone=table.truth("hers_alone") if table.has("hers_alone") else False,
        untold_under=table.texts_or_none("untold_under"),
        orders_reach=table.texts_or_none("orders_reach"),
        over_time=table.truth("over_time") if table.has("over_time") else False,
    )


def _exit(table: Table) -> Exit:
    return Exit(
        name=table.found.name,
        label=table.text("label"),
        child_label=table.text("child_label"),
        effects=tuple(
            (flag, table.word(flag.value, Effect)) for flag in Flag
        ),  # a missing flag refuses the pack
        commits_tags=table.truth("commits_tags"),
        carries_tags=table.truth("carries_tags"),
        needs_recipient_key=table.truth("needs_recipient_key"),
        personal_rows_leave=table.truth("personal_rows_leave"),
        most_children=table.whole("most_children") if table.has("most_children") else None,
    )


def _limits(tables: Mapping[tuple[str, str], Table]) -> tuple[Limits, Mapping[str, LimitNote]]:
    wanted = {field.name for field in fields(Limits)}
    values: dict[str, int] = {}

    def note(table: Table) -> LimitNote:
        name = table.found.name
        if name not in wanted:
            raise table.refused("unknown_key", "this limit governs nothing.")
        most = _MOST_PERCENT if name.endswith("_percent") else _MOST
        values[name] = table.whole("value", most=_MOST_BLUR if name == "left_out_blur_percent" else most)
        return LimitNote(label=table.text("label"), why=table.text("why"), unit=table.text("unit"))

    notes = _each(tables, "limit", note)
    for name in sorted(wanted - set(values)):
        raise PackRefused("missing_key", "limits.toml", 1, f"[limit.{name}] is missing.")
    return Limits(**values), notes
