# SPDX-License-Identifier: Apache-2.0
"""Numbers, lists and moments as an account says them in English. Knows nothing of what is told."""

from datetime import date, datetime

from beholden import kinds


def number(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def names(numbers: tuple[int, ...]) -> str:
    """Say numbers in words, with runs drawn together: 1, 3 to 5 and 9."""
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and runs[-1][1] == number - 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    said: list[str] = []
    for first, last in runs:
        if last - first > 1:
            said.append(f"{first} to {last}")
        else:
            said.extend(str(number) for number in range(first, last + 1))
    return listed(tuple(said))


def listed(said: tuple[str, ...]) -> str:
    return said[0] if len(said) == 1 else f"{', '.join(said[:-1])} and {said[-1]}"


def day(at: date | None) -> str:
    return kinds.day(at) if at else "an unknown day"


def when(at: datetime) -> str:
    return f"{day(at)} at {at:%H:%M} UTC"


def iso(at: datetime) -> str:
    return at.isoformat().removesuffix("+00:00") + "Z"
