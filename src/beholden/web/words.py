# SPDX-License-Identifier: Apache-2.0
"""Decides how pages write days, times, numbers and lists of names (notes/ux.md 5.2). No clock, no database.

Names are never inflected: "the record of Maya", never a possessive, so that a name may end in any letter and a
translation may put it anywhere.
"""

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from beholden import kinds

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_NOON = 12
_LAST_MINUTE = (23, 59)
FEW = 10
MOST_NAMES = 3
"""More children than this are counted, not named, in one sentence."""


def day(when: date) -> str:
    """Return a day as it is read aloud: Friday 19 March 2027."""
    return f"{_WEEKDAYS[when.weekday()]} {short_day(when)}"


def short_day(when: date) -> str:
    """Return a day without its weekday: 19 March 2027."""
    return kinds.day(when)


def up_to(first: date, after: date) -> str:
    """Return all days from one on and before another: 1 January to 31 December 2026."""
    last = after - timedelta(days=1)
    begins = short_day(first)
    return f"{begins.removesuffix(f' {last.year}')} to {short_day(last)}"


def month(when: date) -> str:
    """Return a month: March 2027."""
    return f"{kinds.MONTHS[when.month - 1]} {when.year}"


def named(name: str) -> str:
    """Return a name as it stands; but a day that was written for programs (2027-03-19) as people write it."""
    return short_day(date.fromisoformat(name)) if _DAY.fullmatch(name) else name


def clock(when: datetime, zone: ZoneInfo) -> str:
    """Return a time of day: 9:14am."""
    local = when.astimezone(zone)
    hour = local.hour % _NOON or _NOON
    return f"{hour}:{local.minute:02d}{'am' if local.hour < _NOON else 'pm'}"


def last_day(until: datetime, zone: ZoneInfo) -> date:
    """Return the last day that is whole before a time runs out: who reads a day may use all of it."""
    local = until.astimezone(zone)
    return local.date() if (local.hour, local.minute) == _LAST_MINUTE else local.date() - timedelta(days=1)


def number(count: int) -> str:
    """Return a number with commas: 1,462."""
    return f"{count:,}"


def in_tens(count: int) -> str:
    """Return a count that was cut down to tens before it reached us: nought then says fewer than ten."""
    return "fewer than 10" if count < FEW else number(count)


def listed(names: tuple[str, ...]) -> str:
    """Return names in one line: Maya, Sam and Iris."""
    if len(names) <= 1:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def people(names: tuple[str, ...]) -> str:
    """Return the children as a sentence names them: up to three by name, more by count."""
    return f"your {len(names)} children" if len(names) > MOST_NAMES else listed(names)


def records(names: tuple[str, ...], own: bool = False) -> str:  # noqa: FBT001, FBT002  a filter of the pages
    """Return whose record: the record of Maya; the records of Maya and Sam; to the child herself, your record."""
    if own:
        return "your record"
    return f"the {'record' if len(names) == 1 else 'records'} of {people(names)}"


def capitalised(text: str) -> str:
    """Return a sentence's beginning with a capital first letter, the rest untouched."""
    return text[:1].upper() + text[1:]


def lowered(label: str) -> str:
    """Return a label as it stands inside a sentence: a small first letter, but for what is written in capitals."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


def in_fours(text: str) -> str:
    """Return a code in groups of four signs."""
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def spelled(text: str) -> str:
    """Return a code as it is spoken, sign by sign: K, T, F, M."""
    return ", ".join(sign for sign in text if not sign.isspace())
