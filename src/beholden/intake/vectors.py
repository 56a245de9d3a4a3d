# SPDX-License-Identifier: Apache-2.0
"""Turn columns of text into values, strictly and all rows at once. What is no value becomes null, never a guess.

It refuses to know which column it is given and what a null means: a text that was there and a value that is not
are told apart by the caller. The arithmetic of pupil numbers is `numbers`; this is its fast twin, and a property
test makes the two argue.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from beholden.intake.numbers import CHECK_LETTERS, ULN_LENGTH, UPN_AUTHORITIES, UPN_LENGTH

Flags = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.int64]
_Bytes = npt.NDArray[np.uint8]

_DATE_LENGTH = 10
_YEARS = (1900, 2199)
_MONTH_DAYS = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
_LETTERS = np.frombuffer(CHECK_LETTERS.encode(), dtype=np.uint8)
_AUTHORITIES = np.isin(np.arange(1000), [int(code) for code in UPN_AUTHORITIES])
_VALUES = np.full(256, -1, dtype=np.int64)  # of a digit or check letter by its byte; -1 for anything else
_VALUES[_LETTERS] = np.arange(len(_LETTERS))
_VALUES[ord("0") : ord("9") + 1] = np.arange(10)


@dataclass(frozen=True, slots=True)
class UpnFlags:
    """Which rows break which rule of the pupil number. A missing number breaks none of them here."""

    letter: Flags  # 1510
    authority: Flags  # 1530
    digits: Flags  # 1540
    last: Flags  # 1550


def flags(values: pa.Array) -> Flags:
    """Return a boolean column as numpy, null as False."""
    return np.asarray(pc.fill_null(values, False).to_numpy(zero_copy_only=False), dtype=np.bool_)


def dates(texts: pa.Array) -> pa.Array:
    """Return YYYY-MM-DD as date32; anything else, and any day that no calendar has, as null."""
    rows, where = _fixed(texts, _DATE_LENGTH)
    dashes = (rows[:, [4, 7]] == ord("-")).all(axis=1)
    formed = _are_digits(rows[:, [0, 1, 2, 3, 5, 6, 8, 9]]).all(axis=1) & dashes
    digits = np.where(formed[:, None], rows - np.uint8(ord("0")), np.uint8(0)).astype(np.int64)
    year = digits[:, :4] @ np.array([1000, 100, 10, 1])
    month = digits[:, 5] * 10 + digits[:, 6]
    day = digits[:, 8] * 10 + digits[:, 9]
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    month_there = (month >= 1) & (month <= 12)  # noqa: PLR2004  months of a year
    length = _MONTH_DAYS[np.where(month_there, month, 0)] + (leap & (month == 2))  # noqa: PLR2004  February
    known = formed & month_there & (day >= 1) & (day <= length) & (year >= _YEARS[0]) & (year <= _YEARS[1])
    months = np.where(known, (year - 1970) * 12 + month - 1, 0).astype("datetime64[M]")
    days = months.astype("datetime64[D]").astype(np.int64) + day - 1
    every = np.zeros(len(texts), dtype=np.int32)
    every[where] = np.where(known, days, 0)
    return pa.array(every, mask=~_placed(known, where, len(texts))).cast(pa.date32())


def whole_numbers(texts: pa.Array) -> pa.Array:
    """Return up to six digits as int32; anything else as null."""
    formed = pc.match_substring_regex(texts, r"\A[0-9]{1,6}\z")
    return pc.if_else(formed, texts, pa.scalar(None, pa.string())).cast(pa.int32())


def booleans(texts: pa.Array) -> pa.Array:
    """Return true, false, 1 and 0 (the words of xs:boolean) as booleans; anything else as null."""
    yes = pc.is_in(texts, value_set=pa.array(["true", "1"]))
    no = pc.is_in(texts, value_set=pa.array(["false", "0"]))
    return pc.if_else(pc.or_(yes, no), yes, pa.scalar(None, pa.bool_()))


def upn_flags(texts: pa.Array) -> UpnFlags:
    """Return which pupil numbers break which rules, as `numbers.upn_faults` says for one."""
    rows, where = _fixed(texts, UPN_LENGTH)
    values = _VALUES[rows]
    digit = _are_digits(rows)
    la_digits, numeric, last = digit[:, 1:4].all(axis=1), digit[:, 4:12].all(axis=1), values[:, 12] >= 0
    code = np.where(la_digits, values[:, 1] * 100 + values[:, 2] * 10 + values[:, 3], 0)
    # GDSC UPN v2.0: each of characters 2 to 13 times its position, modulo 23. Told only where it can be computed.
    right = _LETTERS[(np.maximum(values[:, 1:], 0) @ np.arange(2, UPN_LENGTH + 1)) % len(_LETTERS)]
    no_letter = (values[:, 0] < 0) | digit[:, 0]
    wrong = np.asarray(no_letter | (la_digits & numeric & last & (right != rows[:, 0])))
    letter = _placed(wrong, where, len(texts))
    letter |= flags(pc.not_equal(pc.utf8_length(texts), UPN_LENGTH))
    return UpnFlags(
        letter=letter,
        authority=_placed(np.asarray(~(la_digits & _AUTHORITIES[code])), where, len(texts)),
        digits=_placed(np.asarray(~numeric), where, len(texts)),
        last=_placed(~last, where, len(texts)),
    )


def uln_flags(texts: pa.Array) -> Flags:
    """Return which learner numbers are none (rule 1575), as `numbers.uln_faults` says. A missing one is not judged."""
    rows, where = _fixed(texts, ULN_LENGTH)
    formed = _are_digits(rows).all(axis=1) & (rows[:, 0] != ord("0"))
    # HESA, ULN: all ten digits weighted 10 to 1 leave 10 modulo 11.
    right = (_VALUES[rows] @ np.arange(ULN_LENGTH, 0, -1)) % 11 == 10  # noqa: PLR2004
    sound = _placed(formed & right, where, len(texts))
    return np.asarray(texts.is_valid()) & ~sound


def repeated(texts: pa.Array) -> Flags:
    """Return the rows whose text stood in an earlier row already."""
    keys = texts.dictionary_encode().indices
    found = np.asarray(pc.fill_null(keys, -1), dtype=np.int64)
    first = np.full(int(found.max(initial=-1)) + 1, len(texts), dtype=np.int64)
    rows = np.arange(len(texts))
    np.minimum.at(first, found[found >= 0], rows[found >= 0])
    again = np.zeros(len(texts), dtype=np.bool_)
    again[found >= 0] = first[found[found >= 0]] < rows[found >= 0]
    return again


def first_of(which: Flags, parents: Rows, count: int) -> Rows:
    """Return for each of `count` parents which of its children is the first flagged (0 the first), or -1.

    `parents` names the parent of each child and never falls.
    """
    starts = np.searchsorted(parents, np.arange(count))
    found = np.full(count, -1, dtype=np.int64)
    children = np.flatnonzero(which)[::-1]  # backwards, so that the first is written last
    found[parents[children]] = children - starts[parents[children]]
    return found


def _fixed(texts: pa.Array, width: int) -> tuple[_Bytes, Rows]:
    """Return the texts of exactly so many characters as rows of bytes, and which rows of the column they are."""
    if flags(pc.string_is_ascii(texts)).sum() + texts.null_count != len(texts):
        texts = pc.replace_substring_regex(texts, "[^\x00-\x7f]", "?")  # one for one: lengths stay
    fits = flags(pc.equal(pc.utf8_length(texts), width))
    held = texts.filter(pa.array(fits)).cast(pa.binary()).cast(pa.binary(width))
    rows = np.frombuffer(held.buffers()[1] or b"", dtype=np.uint8, count=len(held) * width)
    return rows.reshape(len(held), width), np.flatnonzero(fits)


def _are_digits(rows: _Bytes) -> Flags:
    return np.asarray((rows >= ord("0")) & (rows <= ord("9")))


def _placed(some: Flags, where: Rows, count: int) -> Flags:
    """Return flags for all rows, given those for some of them."""
    every = np.zeros(count, dtype=np.bool_)
    every[where] = some
    return every
