# SPDX-License-Identifier: Apache-2.0
"""Says a fact in plain words, by the catalogue's labels. No database, no clock, no page."""

from collections.abc import Iterator, Sequence
from datetime import date

from beholden.catalogue import Catalogue, Item, KeepUntil
from beholden.gate.actions.opening import Fact, Told, Value
from beholden.kinds import day
from beholden.rights.record import FactLine

NOTHING = "nothing is written down"


def fact_line(
    item: Item, value: Value, catalogue: Catalogue, *, own: bool = False, mark: str = ""
) -> FactLine:
    """Return one fact with what D4 asks for beside it; `own`: in the words for the child herself."""
    return FactLine(
        item=item.id,
        label=item.child_label if own else item.label,
        value=in_words(item, value),
        why=item.why,
        law=catalogue.cite(item.authority),
        owed=item.answer.value,
        kept=kept(item.keep_until),
        mark=mark,
    )


def as_lines(known: Sequence[Fact], told: Sequence[Told], catalogue: Catalogue) -> Iterator[str]:
    """Yield some of a record line by line: what is known of who it is about, then each return with its facts."""
    for fact in known:
        yield f"{fact.item:24} {in_words(catalogue.item(fact.item), fact.value)}"
    for one in told:
        census = catalogue.collection(one.collection, one.term, one.year)
        yield f"{census.label}, {'on' if one.on_roll else 'off'} roll"
        for fact in one.facts:
            said = in_words(catalogue.item(fact.item), fact.value).replace("\n", "; ")
            yield f"  {fact.item:22} {said}"


def in_words(item: Item, value: Value) -> str:
    """Return a value in words: codes by their labels, days as days, attendance as half days, a line for each kind."""
    match value:
        case None:
            return NOTHING
        case bool():
            return "yes" if value else "no"
        case date():
            return day(value)
        case int():
            return f"{value:,}"
        case str():
            return item.said(value) if item.codes else _day_or_text(item, value)
        case _:
            parts = [f"{item.said(code)}: {count:,}" for code, count in value if count]
            return "\n".join(parts) or NOTHING


def _day_or_text(item: Item, value: str) -> str:
    """A date of the vault is kept as text."""
    if item.type.value != "date32":
        return value
    return day(date.fromisoformat(value))


def kept(until: KeepUntil) -> str:
    """Return in words how long an item is kept."""
    if until.unit == "age":
        return f"until the age of {until.amount}"
    return f"for {until.amount} years"
