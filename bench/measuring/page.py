# SPDX-License-Identifier: Apache-2.0
"""Writes the page of figures from what was measured and kept. `make bench` runs it; a test compares."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from measuring import BENCH, figures, kept, peers, said_limit, slope, times, told

_CLAIM = re.compile(r'\b[Cc]laim\(\s*"([a-z_.]+)"')
PAGE = BENCH.parent / "docs" / "reference" / "performance.md"

OPENING = """# Performance

Written by `make bench` from `bench/figures.json`. Each claim of speed is measured against a limit and beside named
peers, in one run, at several sizes. `make bench LARGE=1` adds the sizes that take minutes.

How to read it. *Seconds* are by the clock on the wall, *of cores* is the time of all cores together, the database
server's included. The best of the rounds counts, because other work on a machine only ever adds. *Memory* is the most
that the measuring process had, its input and Python itself included; the database server's is not in it. *Slope*: 1
means that time grows in proportion to size. *Load* is how many processes wanted a core, before and after: above the
number of cores, seconds on the wall tell more of the others than of us.
"""


def written(results: Sequence[dict[str, Any]]) -> str:
    """The whole page."""
    summary = [
        f"| {one['says']} | {said_limit(one)} | {'kept' if kept(one) else '**missed**'} |" for one in results
    ]
    parts = [
        OPENING,
        "\n| claim | measured | |\n|---|---|---|\n",
        "\n".join(summary),
        "\n",
        *_missing(results),
    ]
    return "".join((*parts, *(line for one in results for line in _section(one))))


def claims() -> dict[str, str]:
    """Return the name of every claim as the files have it, and which file measures it."""
    return {
        name: path.name
        for path in sorted(BENCH.glob("[a-z]*.py"))
        for name in _CLAIM.findall(path.read_text("utf-8"))
    }


def _missing(results: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Name the claims of which no figure is kept: nothing is claimed of them."""
    measured = {one["name"] for one in results}
    waiting = [f"`{name}` (`bench/{file}`)" for name, file in claims().items() if name not in measured]
    if waiting:
        yield f"\nNot measured yet, so nothing is claimed: {', '.join(waiting)}.\n"


def _section(result: dict[str, Any]) -> Iterator[str]:
    yield f"\n## {result['says']}\n"
    if result["note"]:
        yield f"\n{result['note']}\n"
    yield f"\n| way | {result['unit']} | seconds | of cores | {result['unit']} a second a core | memory |\n"
    yield "|---|--:|--:|--:|--:|--:|\n"
    for one in figures(result):
        rate = one.size / max(one.core, 1e-9)
        yield (
            f"| {one.way} | {one.size:,} | {one.seconds:.3f} | {one.core:.3f} | {rate:,.0f}"
            f" | {one.memory / 2**20:,.0f} MB |\n"
        )
    beside = "; ".join(f"{times(ratio)} times *{peer.way}*" for peer, ratio in peers(result))
    low, high = result["load"]
    yield f"\nAt the largest size {beside}. Slope {slope(result):.2f}.\n"
    yield from (f"{line}.\n" for line in told(result))
    yield f"Measured on {result['on']}: {result['machine']}; load {low} before, {high} after.\n"
