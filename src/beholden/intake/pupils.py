# SPDX-License-Identifier: Apache-2.0
"""Make two tables out of the texts of a return: what is kept, and what the rules look at.

*Kept* has one column per catalogue item, typed once for all. *Judged* has the texts as sent, the values they could
be read as, and what takes more than one column or row to see (a number that stands twice, the first session code
that nobody knows). Neither table is a finding: this module refuses to know which of it is allowed.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from beholden.intake import vectors
from beholden.intake.census_codes import Codes
from beholden.intake.columns import PUPIL, Tables
from beholden.intake.vectors import Flags, Rows
from beholden.kinds import ItemId

SESSION = pa.struct([("code", pa.string()), ("sessions", pa.int32())])

SCHEMA = pa.schema(
    [
        ("upn", pa.string()),
        ("former_upn", pa.string()),
        ("uln", pa.string()),
        ("surname", pa.string()),
        ("forename", pa.string()),
        ("middle_names", pa.string()),
        ("preferred_surname", pa.string()),
        ("birth_date", pa.date32()),
        ("address_lines", pa.string()),  # one line of the address per line of the text
        ("postcode", pa.string()),
        ("sex", pa.string()),
        ("ethnicity", pa.string()),
        ("language", pa.string()),
        ("enrol_status", pa.string()),
        ("entry_date", pa.date32()),
        ("leaving_date", pa.date32()),
        ("part_time", pa.bool_()),
        ("boarder", pa.string()),
        ("nc_year", pa.string()),
        ("fsm_eligible", pa.bool_()),  # null for those who left: the question is about census day
        ("service_child", pa.string()),
        ("previously_looked_after", pa.string()),
        ("young_carer", pa.string()),
        ("sen_provision", pa.string()),
        ("sen_primary_need", pa.string()),
        ("sessions_possible", pa.int32()),
        ("session_details", pa.list_(SESSION)),
        ("on_roll", pa.bool_()),
        ("line", pa.int32()),
    ]
)
"""The columns of a return: catalogue items, whether the pupil is on roll, and the line where the record starts."""

UNREADABLE = r"[\p{Cc}\p{Zl}\p{Zp}\x{202A}-\x{202E}\x{2066}-\x{2069}\x{FEFF}]"
"""Characters that no name or address has: controls, line ends, and those that turn the direction of writing."""

NOT_POSSIBLE = frozenset({"D", "Q", "X", "Y1", "Y2", "Y3", "Y4", "Y5", "Y6", "Y7", "Z", "#"})
"""Codes of sessions that are no possible attendance (SI 2024/208 reg 10), and so not among SessionsPossible."""

_BEHIND_STREET = ("locality", "town", "area", "post_town", *(f"line{n}" for n in range(1, 6)), "county")


@dataclass(frozen=True, slots=True)
class Window:
    """The days that a return speaks about: census day, and the term before it, for attendance and suspensions."""

    day: date
    since: date
    until: date


@dataclass(frozen=True, slots=True)
class Pupils:
    """The two tables, row for row the same pupils."""

    kept: pa.Table
    judged: pa.Table


def make(tables: Tables, *, on_roll: int, lines: Rows, window: Window, codes: Codes) -> Pupils:
    """Return the tables of a return whose first `on_roll` rows are the pupils on roll."""
    texts = {name: tables["pupils"][name].combine_chunks() for name in PUPIL}
    count = len(lines)
    days = {name: vectors.dates(texts[name]) for name in ("birth_date", "entry_date", "leaving_date")}
    part_time = vectors.booleans(texts["part_time"])
    possible = vectors.whole_numbers(texts["sessions_possible"])
    is_on_roll = np.arange(count) < on_roll
    fsm, fsm_judged = _free_meals(tables["fsm"], count, window)
    need, need_judged = _needs(tables["needs"], count, codes)
    sessions, sessions_judged = _sessions(tables["sessions"], count, codes)
    lines_of, postcodes, unreadable = _addresses(tables["addresses"], count)
    kept = {
        **texts,
        **days,
        "part_time": part_time,
        "sessions_possible": possible,
        "fsm_eligible": pa.array(fsm, mask=~is_on_roll),
        "sen_primary_need": need,
        "session_details": sessions,
        "address_lines": lines_of,
        "postcode": postcodes,
        "on_roll": pa.array(is_on_roll),
        "line": pa.array(lines, pa.int32()),
    }
    judged = {
        **texts,
        **{f"{name}_value": value for name, value in days.items()},
        "part_time_value": part_time,
        "sessions_possible_value": possible,
        "on_roll": kept["on_roll"],
        "age": _ages(days["birth_date"], window.day),
        "postcode": postcodes,
        "address_unreadable": pa.array(unreadable),
        **_numbers(texts),
        **fsm_judged,
        **need_judged,
        **sessions_judged,
        **_suspensions(tables["suspensions"], count, window),
    }
    return Pupils(pa.table([kept[name] for name in SCHEMA.names], schema=SCHEMA), pa.table(judged))


def _numbers(texts: dict[str, pa.Array]) -> dict[str, pa.Array]:
    upn = vectors.upn_flags(texts["upn"])
    former = vectors.upn_flags(texts["former_upn"])
    return {
        "upn_letter": pa.array(upn.letter),
        "upn_authority": pa.array(upn.authority),
        "upn_digits": pa.array(upn.digits),
        "upn_last": pa.array(upn.last),
        "upn_again": pa.array(vectors.repeated(texts["upn"])),
        "former_upn_wrong": pa.array(former.letter | former.authority | former.digits | former.last),
        "uln_wrong": pa.array(vectors.uln_flags(texts["uln"])),
    }


def _ages(born: pa.Array, day: date) -> pa.Array:
    """Return completed years on census day; null where no birth date could be read."""
    year, month, of_month = pc.year(born), pc.month(born), pc.day(born)
    later = pc.or_(
        pc.greater(month, day.month), pc.and_(pc.equal(month, day.month), pc.greater(of_month, day.day))
    )
    return pc.subtract(pc.subtract(day.year, year), later.cast(pa.int64()))


def _free_meals(periods: pa.Table, count: int, window: Window) -> tuple[Flags, dict[str, pa.Array]]:
    """Return who has a period open on census day, and the first period of each pupil that cannot be right."""
    parents = _parents(periods)
    start, end = (vectors.dates(periods[name].combine_chunks()) for name in ("start", "end"))
    begun = vectors.flags(pc.less_equal(start, window.day))
    ended = vectors.flags(pc.less(end, window.day))
    end_given = np.asarray(periods["end"].combine_chunks().is_valid())
    end_read = np.asarray(end.is_valid())
    wrong_end = (end_given & ~end_read) | vectors.flags(pc.less(end, start))
    open_now = np.zeros(count, dtype=np.bool_)
    open_now[parents[begun & ~ended & (end_read | ~end_given)]] = True
    return open_now, {
        "fsm_start_missing": _first(~np.asarray(start.is_valid()), parents, count),
        "fsm_start_late": _first(vectors.flags(pc.greater(start, window.day)), parents, count),
        "fsm_end_wrong": _first(wrong_end, parents, count),
    }


def _needs(needs: pa.Table, count: int, codes: Codes) -> tuple[pa.Array, dict[str, pa.Array]]:
    """Return each pupil's need of rank 1, and the first need of each pupil that no list holds."""
    parents = _parents(needs)
    need = needs["need"].combine_chunks()
    ranked_first = vectors.flags(pc.equal(needs["rank"].combine_chunks(), "1"))
    starts = np.searchsorted(parents, np.arange(count))
    which = vectors.first_of(ranked_first, parents, count)
    primary = need.take(pa.array(starts + which, mask=which < 0))
    return primary, {
        "need_unknown": _first(_unknown(need, codes[ItemId("sen_primary_need")]), parents, count)
    }


def _sessions(details: pa.Table, count: int, codes: Codes) -> tuple[pa.Array, dict[str, pa.Array]]:
    """Return each pupil's sessions by code, and the first of each pupil that cannot be right."""
    parents = _parents(details)
    code = details["code"].combine_chunks()
    number = vectors.whole_numbers(details["sessions"].combine_chunks())
    starts = np.searchsorted(parents, np.arange(count + 1)).astype(np.int32)
    rows = pa.StructArray.from_arrays([code, number], fields=list(SESSION))
    none = pa.array(starts[1:] == starts[:-1])
    counting = np.where(_unknown(code, NOT_POSSIBLE), np.asarray(pc.fill_null(number, 0)), 0)
    total = np.zeros(count, dtype=np.int64)
    np.add.at(total, parents, counting)
    marked = np.zeros(count, dtype=np.bool_)
    marked[parents[vectors.flags(pc.equal(code, "E"))]] = True
    lists = (
        pa.ListArray.from_arrays(pa.array(starts), rows, mask=none)
        if count
        else pa.array([], pa.list_(SESSION))
    )
    return lists, {
        "session_code_unknown": _first(_unknown(code, codes[ItemId("session_details")]), parents, count),
        "session_count_wrong": _first(~np.asarray(number.is_valid()), parents, count),
        "sessions_counted": pa.array(total),
        "suspension_marked": pa.array(marked),
    }


def _suspensions(suspensions: pa.Table, count: int, window: Window) -> dict[str, pa.Array]:
    """Return who was suspended, and the first suspension of each pupil that lies outside the term."""
    parents = _parents(suspensions)
    start = vectors.dates(suspensions["start"].combine_chunks())
    within = vectors.flags(pc.and_(pc.greater_equal(start, window.since), pc.less_equal(start, window.until)))
    suspended = np.zeros(count, dtype=np.bool_)
    suspended[parents] = True
    return {"suspension_outside": _first(~within, parents, count), "suspended": pa.array(suspended)}


def _addresses(addresses: pa.Table, count: int) -> tuple[pa.Array, pa.Array, Flags]:
    """Return the lines and postcode of each pupil's first address, and who has an address nobody could print."""
    parents = _parents(addresses)
    columns = {name: addresses[name].combine_chunks() for name in addresses.column_names if name != "pupil"}
    street = _together([columns["paon"], columns["street"]], " ")
    joined = _together([columns["saon"], street, *(columns[name] for name in _BEHIND_STREET)], "\n")
    unreadable = np.zeros(count, dtype=np.bool_)
    for column in columns.values():
        unreadable[parents[vectors.flags(pc.match_substring_regex(column, UNREADABLE))]] = True
    starts = np.searchsorted(parents, np.arange(count + 1))
    first = pa.array(starts[:-1], mask=starts[1:] == starts[:-1])
    return joined.take(first), columns["postcode"].take(first), unreadable


def _together(texts: list[pa.Array], separator: str) -> pa.Array:
    """Return the texts of each row that are there, joined; null where none is.

    Two columns at a time and without nulls, because `binary_join_element_wise` of pyarrow 26 returns no rows at all
    where every text is null.
    """
    whole = texts[0]
    for text in texts[1:]:
        if text.null_count == len(text):
            continue
        both = pc.binary_join_element_wise(pc.fill_null(whole, ""), pc.fill_null(text, ""), separator)
        whole = pc.if_else(pc.is_null(whole), text, pc.if_else(pc.is_null(text), whole, both))
    return whole


def _parents(part: pa.Table) -> Rows:
    return np.asarray(part["pupil"].combine_chunks(), dtype=np.int64)


def _first(which: Flags, parents: Rows, count: int) -> pa.Array:
    return pa.array(vectors.first_of(which, parents, count))


def _unknown(texts: pa.Array, known: frozenset[str]) -> Flags:
    """Return which texts no list holds; a missing one is held by none."""
    return ~np.asarray(pc.is_in(texts, value_set=pa.array(sorted(known), pa.string())))
