# SPDX-License-Identifier: Apache-2.0
"""Reads an answer back from its document (`answering.document`): the table that pages, files and notebooks show.

It decides that a document is whole: each cell once, in the one order, with a value or a symbol and never both, and what
is said of hidden cells counted again. It refuses what it does not know, so that no reader shows half of an answer.
No numpy, no network: whoever reads a table needs nothing else of ours.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from itertools import product
from math import isfinite
from typing import Any

from beholden.refusals import Refusal

FORM = "beholden/table/v1"

_FIELDS = {"form", "question", "cite", "release", "policy", "error", "cells", "hidden"}
_SHOWN, _SYMBOL = frozenset({"at", "value"}), frozenset({"at", "symbol", "why"})
_QUESTION = {"about", "ask", "by", "show"}


class DocumentRefused(Refusal):
    """Says that a document is no table, or not a whole one."""

    def __init__(self, sentence: str) -> None:
        super().__init__(
            "tables.document",
            sentence,
            next_step="Fetch the table again. If it stays so, tell whoever sent it.",
            authority="D24: open statistics are safe for anyone",
        )


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: a value, or a symbol and why there is no value."""

    value: float | None = field(repr=False)
    symbol: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Hidden:
    """One reason for which cells are hidden: its name, its symbol, how many cells, and what a reader is told."""

    why: str
    symbol: str
    cells: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Table:
    """One answered question. `cells` are in the order of the categories, the last dimension running first."""

    question: Mapping[str, Any]
    by: tuple[str, ...]
    categories: tuple[tuple[str, ...], ...]
    cells: tuple[Cell, ...]
    hidden: tuple[Hidden, ...]
    error: str
    cite: str
    release: str
    policy: str

    @property
    def asked(self) -> str:
        """What a value is: a count, a rate of a hundred, or a mean."""
        ask = self.question["ask"]
        return "count" if ask == "count" else "mean" if "mean" in ask else "rate"

    def rows(self) -> Iterator[tuple[tuple[str, ...], Cell]]:
        """Yield each cell with the categories that it stands at."""
        yield from zip(product(*self.categories), self.cells, strict=True)

    @property
    def fixed(self) -> tuple[tuple[str, str], ...]:
        """The fields of which one category is shown, with that category: what the whole table is about."""
        return tuple((name, of[0]) for name, of in zip(self.by, self.categories, strict=True) if len(of) == 1)

    def title(self, says: Mapping[str, str]) -> str:
        """Return what the table shows, in words. `says` has the words for the names of fields and measures."""
        return title(self.question, says, dict(self.fixed))


def title(question: Mapping[str, Any], says: Mapping[str, str], alone: Mapping[str, str]) -> str:
    """Return a question in words; of the fields in `alone` one category is shown, and they go without saying *by*."""
    ask, named = question["ask"], {name: lowered(said) for name, said in says.items()}
    what = "Number of children"
    if ask != "count" and "mean" in ask:
        what = f"Mean of {named.get(ask['mean'], ask['mean'])}"
    elif ask != "count":
        what = f"Of 100 children, how many have {named.get(ask['of'], ask['of'])}: {ask['rate']}"
    names = [named.get(name, name) for name in question["by"] if name not in alone]
    by = f", by {' and '.join(filter(None, (', '.join(names[:-1]), names[-1])))}" if names else ""
    about = "; ".join(f"{named.get(name, name)}: {one}" for name, one in alone.items())
    return f"{what}{by} ({about})" if about else f"{what}{by}"


def lowered(label: str) -> str:
    """Return a label as it stands inside a sentence: a small first letter, but for what is written in capitals."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


def read(raw: str | bytes) -> Table:
    """Return the table that a document holds, or refuse the document."""
    try:
        said = json.loads(raw, object_pairs_hook=_once, parse_constant=_no_number)
    except (ValueError, RecursionError) as wrong:
        raise DocumentRefused("This is no table: it cannot be read as JSON.") from wrong
    if type(said) is not dict or said.get("form") != FORM:
        raise DocumentRefused(f"This is no table of the form {FORM}.")
    try:
        return _table(said)
    except (KeyError, TypeError, AttributeError) as wrong:
        raise DocumentRefused("This table lacks something, or has it in another form.") from wrong


def _table(said: dict[str, Any]) -> Table:
    _only(said, _FIELDS)
    question = said["question"]
    _only(question, _QUESTION, optional={"show"})
    by = tuple(_text(name) for name in question["by"])
    named = frozenset(by)
    cells = [_cell(one, by, named) for one in said["cells"]]
    categories = tuple(tuple(dict.fromkeys(at[place] for at, _ in cells)) for place in range(len(by)))
    if [at for at, _ in cells] != list(product(*categories)):
        raise DocumentRefused("This table does not have each of its cells once and in order.")
    table = Table(
        question=_question(question),
        by=by,
        categories=categories,
        cells=tuple(cell for _, cell in cells),
        hidden=tuple(_hidden(one) for one in said["hidden"]),
        **{name: _text(said[name]) for name in ("error", "cite", "release", "policy")},
    )
    counted = Counter((one.why, one.symbol) for one in table.cells if one.symbol)
    if counted != {(one.why, one.symbol): one.cells for one in table.hidden}:
        raise DocumentRefused("This table hides other cells than it says.")
    return table


def _question(said: dict[str, Any]) -> Mapping[str, Any]:
    """Return the question as it stands, once everything in it is a word where a word has to be."""
    _text(said["about"])
    ask = said["ask"]
    if ask != "count":
        _only(ask, {"mean"} if "mean" in ask else {"rate", "of"})
        for one in ask.values():
            _text(one)
    for wanted in said.get("show", {}).values():
        for one in wanted:
            _text(one)
    return said


def _cell(said: dict[str, Any], by: tuple[str, ...], named: frozenset[str]) -> tuple[tuple[str, ...], Cell]:
    at = said["at"]
    _only(at, named)
    where = tuple(_text(at[name]) for name in by)
    if "value" in said:
        _only(said, _SHOWN)
        if type(said["value"]) not in {int, float} or not isfinite(said["value"]):
            raise TypeError
        return where, Cell(said["value"])
    _only(said, _SYMBOL)
    return where, Cell(None, _text(said["symbol"]), _text(said["why"]))


def _hidden(said: dict[str, Any]) -> Hidden:
    _only(said, {"why", "symbol", "cells", "sentence"})
    if type(said["cells"]) is not int:
        raise TypeError
    return Hidden(_text(said["why"]), _text(said["symbol"]), said["cells"], _text(said["sentence"]))


def _only(said: Any, known: AbstractSet[str], optional: AbstractSet[str] = frozenset()) -> None:
    """Refuse what is no object of these fields."""
    if not known - optional <= said.keys() <= known:
        raise KeyError


def _text(said: Any) -> str:
    if type(said) is not str or not said:
        raise TypeError
    return said


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("one thing twice")
    return made


def _no_number(_: str) -> None:
    raise ValueError("a number that is none")
