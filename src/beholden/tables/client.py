# SPDX-License-Identifier: Apache-2.0
"""For notebooks: asks a public table builder, and gives the answer as rows, as pandas or as polars.

    roll = Tables("https://records.example.org", "pupils")
    answer = roll.count(by=["region", "sex"])
    answer.polars()

Only the public addresses are used, and nothing but the standard library: whoever has a notebook needs no register and
no account. A hidden cell has no value and keeps its symbol, in a column of its own. What is no whole table is refused.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote, urlsplit
from urllib.request import Request, urlopen

from beholden.refusals import Refusal
from beholden.tables import address, document, tidy
from beholden.tables.document import Hidden, Table
from beholden.tables.policy import TablesRefused

PATIENCE = 60.0
"""Seconds that one answer may take."""

MOST_BYTES = 256 * 1024 * 1024
"""No table that a policy allows is larger."""


@dataclass(frozen=True)
class Answer:
    """One table, as it came: what is hidden and why, how exact it is, and how to name it as a source."""

    table: Table

    @property
    def cite(self) -> str:
        """How to name the table as a source."""
        return self.table.cite

    @property
    def hidden(self) -> tuple[Hidden, ...]:
        """Each reason for which cells are hidden, with its symbol, a sentence and how many there are."""
        return self.table.hidden

    @property
    def error(self) -> str:
        """How far from the truth a figure may be, in a sentence."""
        return self.table.error

    @cached_property
    def columns(self) -> Mapping[str, list[Any]]:
        """The cells as columns: one for each field, the value (or None), and the symbol and the reason (or None)."""
        rows, table = list(self.table.rows()), self.table
        value, symbol, why = tidy.heads(table.by)
        return {
            **{name: [at[place] for at, _ in rows] for place, name in enumerate(table.by)},
            value: [cell.value for cell in table.cells],
            symbol: [cell.symbol or None for cell in table.cells],
            why: [cell.why or None for cell in table.cells],
        }

    def pandas(self) -> Any:
        """Return the cells as a pandas data frame; a hidden cell's value is missing."""
        try:
            import pandas as pd  # noqa: PLC0415  no dependency of ours: whoever asks for it has it
        except ImportError as absent:
            raise _not_here("pandas") from absent
        value, *words = tidy.heads(self.table.by)
        kinds = dict.fromkeys((*self.table.by, *words), "string")
        return pd.DataFrame(self.columns).astype(kinds | {value: "Float64"})

    def polars(self) -> Any:
        """Return the cells as a polars data frame; a hidden cell's value is null."""
        try:
            import polars as pl  # noqa: PLC0415  no dependency of ours: whoever asks for it has it
        except ImportError as absent:
            raise _not_here("polars") from absent
        value, *words = tidy.heads(self.table.by)
        kinds = dict.fromkeys((*self.table.by, *words), pl.String)
        return pl.DataFrame(self.columns, schema_overrides={**kinds, value: pl.Float64}, strict=False)


class Tables:
    """One keeper's public tables. `about` names a data set; where there is only one, it need not be named."""

    def __init__(self, site: str, about: str = "", *, patience: float = PATIENCE) -> None:
        parts = urlsplit(site)
        if parts.scheme not in {"http", "https"} or not parts.netloc or parts.query:
            raise TablesRefused(
                "site", "This is no address of a site.", "Name one like https://records.example.org."
            )
        self._site, self._about, self._patience = site.rstrip("/"), about, patience

    @cached_property
    def data_sets(self) -> Mapping[str, Any]:
        """What can be asked: each data set by its name, with its fields, measures and releases."""
        try:
            return {one["name"]: one for one in json.loads(self._fetch("tables.json"))["data_sets"]}
        except (ValueError, KeyError, TypeError) as wrong:
            raise document.DocumentRefused("This site does not say which tables it has.") from wrong

    def count(self, *, by: Iterable[str], show: Mapping[str, Iterable[str]] | None = None) -> Answer:
        """Ask how many children there are."""
        return self.ask({"ask": "count", "by": by, "show": show})

    def rate(
        self, category: str, *, of: str, by: Iterable[str], show: Mapping[str, Iterable[str]] | None = None
    ) -> Answer:
        """Ask how many of a hundred are of one category of a field."""
        return self.ask({"ask": {"rate": category, "of": of}, "by": by, "show": show})

    def mean(self, of: str, *, by: Iterable[str], show: Mapping[str, Iterable[str]] | None = None) -> Answer:
        """Ask for the mean of a measure."""
        return self.ask({"ask": {"mean": of}, "by": by, "show": show})

    def ask(self, question: Mapping[str, Any]) -> Answer:
        """Ask one question, as its JSON has it. What is refused is raised as the refusal that came back."""
        asked = dict(question) | {"by": list(question["by"])}
        about = asked.pop("about", "") or self._about or self._only()
        show = asked.pop("show", None)
        if show:
            asked["show"] = {name: list(wanted) for name, wanted in show.items()}
        raw = self._fetch(f"tables/{quote(about, safe='')}.json?{address.query(asked)}")
        return Answer(document.read(raw))

    def _only(self) -> str:
        if len(self.data_sets) != 1:
            known = ", ".join(self.data_sets) or "none"
            raise TablesRefused(
                "unnamed",
                "This site has not one data set, so a question must say which.",
                f"Name one of these: {known}.",
            )
        return next(iter(self.data_sets))

    def _fetch(self, where: str) -> bytes:
        """Return what stands at an address, or raise the refusal that stands there."""
        wanted = Request(f"{self._site}/{where}", headers={"Accept": "application/json"})  # noqa: S310  http alone, see above
        try:
            with urlopen(wanted, timeout=self._patience) as answer:  # noqa: S310
                return _bounded(answer.read(MOST_BYTES + 1))
        except HTTPError as no:
            with no:
                raise _refused(no.read(MOST_BYTES), no.code) from no
        except (OSError, HTTPException) as silent:
            raise TablesRefused(
                "unreachable", "The site does not answer.", "Look at its address, and try again later."
            ) from silent


def _bounded(raw: bytes) -> bytes:
    if len(raw) > MOST_BYTES:
        raise document.DocumentRefused("This answer is larger than any table.")
    return raw


def _refused(raw: bytes, status: int) -> Refusal:
    """Return the refusal that came back; where none can be read, that there was none."""
    try:
        said = json.loads(raw)["refused"]
        code, sentence, then, authority = (
            str(said[one]) for one in ("code", "sentence", "next_step", "authority")
        )
    except (ValueError, KeyError, TypeError):
        return TablesRefused(
            "no_table", f"There is no table at this address ({status}).", "Look at its list of tables."
        )
    return Refusal(code, sentence, next_step=then, authority=authority)


def _not_here(library: str) -> Refusal:
    return TablesRefused(
        "library", f"{library} is not installed here.", f"Install {library}, or take the columns as they are."
    )
