# SPDX-License-Identifier: Apache-2.0
"""Decides for a whole population at once: every flag for every child in one pass. No clock, no database of ours.

`eligible = scope - objected - not agreed - not told - hidden - restricted - no key - past retention`, as Ibis boolean
columns by `.isin()`, grouped by all flags together. No bit arithmetic: in DuckDB `|` and `<<` bind alike, and a
hand-written mask once gave 24 groups where there were 38. A NULL flag refuses.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import ibis
import pyarrow as pa

from beholden.catalogue import Flag
from beholden.gate.rules import IN_LIST, missing_list
from beholden.refusals import Refusal


@dataclass(frozen=True, slots=True)
class Weighed:
    """The answer: released ids (16 bytes, sorted), and how many children bear each combination of flags."""

    released: pa.Array
    combinations: Mapping[frozenset[Flag], int]


def weigh(scope: pa.Array, lists: Mapping[Flag, pa.Array], removes: Iterable[Flag]) -> Weighed:
    """Weigh a scope (16-byte ids, each once) against one list for each flag.

    `lists` holds for each flag of `rules.IN_LIST` those who bear it, for each of `rules.NOT_IN_LIST` those who do not.
    """
    for flag in Flag:
        if flag not in lists:
            raise missing_list(flag)
    out = frozenset(removes)
    engine = ibis.duckdb.connect()
    try:
        people = ibis.memtable(_column(scope))
        columns = {}
        for flag in Flag:
            listed = people.person.isin(ibis.memtable(_column(lists[flag])).person)
            columns[flag.value] = listed if flag in IN_LIST else ~listed
        # Written down once: the counts and the released ids come from one pass over the same flags.
        flagged = engine.create_table("flagged", people.mutate(**columns), temp=True)
        names = [flag.value for flag in Flag]
        grouped = flagged.group_by(names).aggregate(children=flagged.count()).to_pyarrow().to_pylist()
        combinations = {_borne(row): int(row["children"]) for row in grouped}
        kept = flagged
        for flag in out:
            kept = kept.filter(~kept[flag.value])
        released = kept.order_by("person").select("person").to_pyarrow()["person"]
    finally:
        engine.disconnect()
    return Weighed(released.combine_chunks().cast(pa.binary(16)), combinations)


def _column(people: pa.Array) -> pa.Table:
    """Ibis knows no fixed width; the engine's blobs compare byte by byte all the same."""
    return pa.table({"person": people.cast(pa.binary())})


def _borne(row: Mapping[str, bool | None]) -> frozenset[Flag]:
    for flag in Flag:
        if row[flag.value] is None:
            raise Refusal(
                "gate.flag_unknown",
                "For some children it is not known whether they may be released, so nobody is.",
                next_step="Look for an empty identifier in the lists of this decision.",
                authority="ARCHITECTURE section 4: a NULL flag refuses",
            )
    return frozenset(flag for flag in Flag if row[flag.value])
