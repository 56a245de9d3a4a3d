# SPDX-License-Identifier: Apache-2.0
"""Reads and prints JSON in the one spelling that RFC 8785 (JCS) allows.

Decides whether bytes are canonical JSON. Knows no field and no kind. What does not print back to itself is
refused: that one comparison catches white space, key order, doubled keys, other escapes and other numbers.
"""

import json
import re
from contextlib import suppress
from typing import Never, TypeAlias

import rfc8785

from beholden.refusals import Refusal

Json: TypeAlias = "bool | int | str | list[Json] | dict[str, Json] | None"
"""What our files may hold. No floating point number: two readers could differ over one."""

LARGEST = 2**53 - 1
"""The largest whole number that every JSON reader keeps."""
MAX_DIGITS = len(str(LARGEST))


class NotCanonical(Refusal):
    """Says that bytes are not canonical JSON; never quotes them."""

    def __init__(self, sentence: str) -> None:
        super().__init__(
            "ledger.not_canonical",
            sentence,
            next_step="Fetch the file again; it was cut, changed, or saved by a program that rewrites JSON.",
            authority="RFC 8785 (JSON Canonicalization Scheme)",
        )


def print_json(value: object) -> bytes:
    """Return the canonical bytes of a value made of dict, list, str, int, bool and None."""
    try:
        return _printed(value)
    except (ValueError, RecursionError) as cause:
        raise NotCanonical("A value that has no canonical JSON cannot be written.") from cause


def parse_json(raw: bytes, *, limit: int) -> Json:
    """Return the value of canonical JSON bytes; refuse more than `limit` bytes and every other spelling."""
    if len(raw) > limit:
        raise NotCanonical(f"The JSON is longer than the {limit:,} bytes that are allowed here.")
    try:
        text = raw.decode()
        value = _read(text)
        printed = rfc8785.dumps(value) if _FAR.search(text) else _quickly(value).encode()
    except (ValueError, RecursionError) as cause:  # UnicodeDecodeError and JSONDecodeError are ValueErrors
        raise NotCanonical("These bytes are not canonical JSON.") from cause
    if printed != raw:
        raise NotCanonical("These bytes are JSON, but not in its one canonical spelling.")
    return value


_quickly = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode
"""Prints whole numbers and texts as RFC 8785 does, in a tenth of the time; keys are in its order up to `_FAR`."""

_FAR = re.compile("[\ud800-\U0010ffff]")
"""The characters from which on keys are in another order by UTF-16, as the RFC has them, than by number."""


def _printed(value: object) -> bytes:
    """Print quickly what reads back as the same value and has one order; otherwise by the RFC's own rules.

    A key that is no text, a tuple, a number that is not whole or too large: none of them comes back as it was.
    """
    with suppress(NotCanonical, TypeError, ValueError):
        quick = _quickly(value)
        if not _FAR.search(quick) and _read(quick) == value:
            return quick.encode()
    return rfc8785.dumps(value)  # type: ignore[arg-type]  # what it cannot print, it refuses itself


def _whole(digits: str) -> int:
    if len(digits) > MAX_DIGITS + 1:  # the sign; and no time is spent on a number of a million digits
        raise NotCanonical("A number in the JSON is too large.")
    number = int(digits)
    if abs(number) > LARGEST:
        raise NotCanonical("A number in the JSON is too large.")
    return number


def _refuse_number(_: str) -> Never:
    raise NotCanonical("The JSON holds a number that is not whole.")


_decoder = json.JSONDecoder(parse_int=_whole, parse_float=_refuse_number, parse_constant=_refuse_number)


def _read(text: str) -> Json:
    value: Json = _decoder.decode(text)
    return value
