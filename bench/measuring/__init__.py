# SPDX-License-Identifier: Apache-2.0
"""Measures a claim: our way and named peers at several sizes in one run, each in a process of its own.

A way is a context manager over a size: what comes before its `yield` is made ready untimed, what it yields is the work.
The best of the rounds counts, because other work on a machine only ever adds; ways take turns within a round.
"""

import argparse
import json
import math
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from measuring import machine

BENCH = Path(__file__).resolve().parents[1]
FIGURES = BENCH / "figures.json"
_FOLDER = "BENCH_FOLDER"

Work = Callable[[], object]
Way = Callable[[int], AbstractContextManager[Work]]


@dataclass(frozen=True)
class Limit:
    """What must hold of our way at the largest size.

    `rate`: at least so many units a second of one core. `ratio`: at most so many times the peer's seconds.
    `cores`: at most so many times the peer's seconds of cores, where one way uses more cores than the other.
    `each`: at most so many seconds a unit. `whole`: at most so many seconds. `memory`: at most so many bytes.
    `late`: 95 of 100 of the work's parts take at most so many seconds.
    """

    kind: str
    value: float
    peer: str = ""


@dataclass(frozen=True)
class Claim:
    """One claim of speed. The first way is ours, the others are peers; `large` is measured only when asked for.

    `note` says what takes the time. A claim without other sizes than large ones is measured only when asked for.
    """

    name: str
    says: str
    unit: str
    ways: dict[str, Way]
    sizes: tuple[int, ...]
    limit: Limit
    note: str = ""
    large: tuple[int, ...] = ()
    rounds: int = 2


@dataclass(frozen=True)
class Figure:
    """One way at one size: the best of the rounds, and the most memory any round took.

    `said` is what the work said of its parts in the last round (see `Said`), or nothing; `late` what 95 of 100 of them
    kept to.
    """

    way: str
    size: int
    seconds: float
    core: float
    memory: int
    slowest: float
    said: str = ""
    late: float = 0.0


class Said(str):
    """A sentence that a way's work returns about what a total does not show: its middle and its worst, its bytes."""

    __slots__ = ()


class Parts(Said):
    """What a way's work says of the times of its parts. `late`: what 95 of 100 keep to, in seconds."""

    __slots__ = ("late",)
    late: float


def parts(seconds: Sequence[float]) -> Parts:
    """Return the times of some parts as a sentence that knows what 95 of 100 of them keep to."""
    made = Parts(spread(seconds))
    _, made.late = _middle_and_late(seconds)
    return made


def spread(seconds: Sequence[float]) -> str:
    """Return the middle of some times, and what 95 of 100 keep to."""
    middle, late = _middle_and_late(seconds)
    return f"{time(middle)} in the middle, {time(late)} or less for 95 of 100"


def _middle_and_late(seconds: Sequence[float]) -> tuple[float, float]:
    ordered = sorted(seconds)
    middle, late = (ordered[min(len(ordered) - 1, len(ordered) * part // 100)] for part in (50, 95))
    return middle, late


def time(seconds: float) -> str:
    """Return seconds with three digits that tell something: as seconds from one on, as thousandths below."""
    if seconds >= 100:
        return f"{seconds:,.0f} s"
    return f"{seconds:.3g} s" if seconds >= 1 else f"{1_000 * seconds:.3g} ms"


def folder() -> Path:
    """Return the folder that the processes of one run share; it is gone when the run ends."""
    return Path(os.environ[_FOLDER])


def main(*claims: Claim) -> None:
    """Measure the claims of one file, or, in a child, one way at one size. Ends with 1 if a limit is missed."""
    parser = argparse.ArgumentParser(description="Measure, print a table, and keep the figures.")
    parser.add_argument("--large", action="store_true", help="also the sizes that take minutes")
    parser.add_argument("--child", nargs=3, metavar=("CLAIM", "WAY", "SIZE"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        name, way, size = given.child
        (claim,) = (one for one in claims if one.name == name)
        print(json.dumps(_measure(claim.ways[way], int(size))))
        return
    missed = False
    for claim in claims:
        if not claim.sizes and not given.large:
            print(f"\n{claim.says}: only with --large")
            continue
        result = measure(claim, Path(sys.argv[0]), large=given.large)
        keep(result)
        missed |= not kept(result)
    sys.exit(missed)


def measure(claim: Claim, script: Path, *, large: bool) -> dict[str, Any]:
    """Run every way of a claim at every size, print the table, and return the result as it is kept."""
    before = machine.load()
    sizes = claim.sizes + (claim.large if large else ())
    found: dict[tuple[str, int], Figure] = {}
    with _shared_folder():
        for _ in range(claim.rounds):
            for size in sizes:
                for way in claim.ways:
                    fresh = _in_child(script, claim, way, size)
                    found[way, size] = _better(found.get((way, size)), fresh)
    result = {
        "name": claim.name,
        "says": claim.says,
        "unit": claim.unit,
        "limit": asdict(claim.limit),
        "note": claim.note,
        "figures": [asdict(found[way, size]) for way in claim.ways for size in sizes],
        "machine": machine.described(),
        "load": [before, machine.load()],
        "on": datetime.now(UTC).date().isoformat(),
    }
    print("\n".join(table(result)), flush=True)
    return result


def keep(result: dict[str, Any]) -> None:
    """Put a result in the place of the one before it, beside those of other claims."""
    known = {one["name"]: one for one in stored()} | {result["name"]: result}
    FIGURES.write_text(json.dumps([known[name] for name in sorted(known)], indent=1) + "\n", "utf-8")


def stored() -> list[dict[str, Any]]:
    """Return the results that were kept, or none."""
    kept_before: list[dict[str, Any]] = json.loads(FIGURES.read_text("utf-8")) if FIGURES.exists() else []
    return kept_before


# --- reading a result ---


def figures(result: dict[str, Any]) -> list[Figure]:
    return [Figure(**one) for one in result["figures"]]


def ours(result: dict[str, Any]) -> list[Figure]:
    """Our way's figures, smallest first."""
    every = figures(result)
    return sorted((one for one in every if one.way == every[0].way), key=lambda one: one.size)


def peers(result: dict[str, Any]) -> list[tuple[Figure, float]]:
    """Each peer at the largest size, and our seconds over its seconds there (of cores, if the limit counts them)."""
    mine = ours(result)[-1]
    clock = "core" if result["limit"]["kind"] in {"rate", "cores"} else "seconds"
    beside = [one for one in figures(result) if one.way != mine.way and one.size == mine.size]
    return [(one, getattr(mine, clock) / max(getattr(one, clock), 1e-9)) for one in beside]


def slope(result: dict[str, Any]) -> float:
    """How time grows with size: 1 is in proportion, 2 is with the square. Least squares over logarithms."""
    points = [(math.log(one.size), math.log(one.core or one.seconds)) for one in ours(result)]
    middle_x, middle_y = (sum(column) / len(points) for column in zip(*points, strict=True))
    across = sum((x - middle_x) ** 2 for x, _ in points)
    return sum((x - middle_x) * (y - middle_y) for x, y in points) / across


def reached(result: dict[str, Any]) -> float:
    """The number that is held against the limit."""
    mine, limit = ours(result)[-1], Limit(**result["limit"])
    if limit.kind == "rate":
        return mine.size / mine.core
    if limit.kind in {"ratio", "cores"}:
        return next(ratio for peer, ratio in peers(result) if peer.way == limit.peer)
    if limit.kind in {"memory", "late"}:
        return float(getattr(mine, limit.kind))
    return mine.seconds if limit.kind == "whole" else mine.seconds / mine.size


def kept(result: dict[str, Any]) -> bool:
    """Whether the limit holds."""
    limit = Limit(**result["limit"])
    return reached(result) >= limit.value if limit.kind == "rate" else reached(result) <= limit.value


def table(result: dict[str, Any]) -> Iterator[str]:
    """The lines that are printed for one claim."""
    yield f"\n{result['says']}"
    yield f"  {'way':46} {result['unit']:>12} {'seconds':>9} {'of cores':>9} {'a second a core':>16} {'memory':>9}"
    for one in figures(result):
        yield (
            f"  {one.way:46} {one.size:12,} {one.seconds:9.3f} {one.core:9.3f}"
            f" {one.size / max(one.core, 1e-9):16,.0f} {one.memory / 2**20:6,.0f} MB"
        )
    beside = "; ".join(f"{times(ratio)} x {peer.way}" for peer, ratio in peers(result))
    yield f"  {beside}; slope {slope(result):.2f}; load {result['load'][0]} to {result['load'][1]}"
    yield from (f"  {line}" for line in told(result))
    yield f"  {'kept' if kept(result) else 'MISSED'}: {said_limit(result)}"


def told(result: dict[str, Any]) -> list[str]:
    """What each way's work said of its parts at the largest size."""
    largest = max(one.size for one in figures(result))
    return [f"{one.way}: {one.said}" for one in figures(result) if one.size == largest and one.said]


def times(ratio: float) -> str:
    """How many times, with two digits that tell something."""
    return f"{ratio:.2f}" if ratio >= 0.1 else f"{ratio:.2g}"


def said_limit(result: dict[str, Any]) -> str:
    """The limit, and what was reached, in words."""
    limit, value = Limit(**result["limit"]), reached(result)
    if limit.kind == "rate":
        return f"{value:,.0f} {result['unit']} a second a core, at least {limit.value:,.0f}"
    if limit.kind in {"ratio", "cores"}:
        clock = "time" if limit.kind == "ratio" else "time of cores"
        return f"{times(value)} times the peer's {clock}, at most {limit.value:g} ({limit.peer})"
    if limit.kind == "memory":
        return f"{value / 2**20:,.0f} MB of memory, at most {limit.value / 2**20:,.0f} MB"
    if limit.kind == "late":
        return f"95 of 100 take {time(value)} or less, at most {time(limit.value)}"
    each = f" for each of the {result['unit']}" if limit.kind == "each" else ""
    return f"{time(value)}{each}, at most {time(limit.value)}"


# --- one measurement ---


def _measure(way: Way, size: int) -> dict[str, Any]:
    with way(size) as work:
        before = machine.Moment.now()
        answer = work()
        after = machine.Moment.now()
    return {
        "seconds": after.wall - before.wall,
        "core": after.core - before.core,
        "memory": machine.peak_memory(),
        "said": answer if isinstance(answer, Said) else "",
        "late": answer.late if isinstance(answer, Parts) else 0.0,
    }


def _in_child(script: Path, claim: Claim, way: str, size: int) -> Figure:
    command = [sys.executable, str(script), "--child", claim.name, way, str(size)]
    run = subprocess.run(command, check=False, stdout=subprocess.PIPE, text=True)
    if run.returncode:
        sys.exit(f"{claim.name}: {way} at {size:,} failed; its own words stand above.")
    said = json.loads(run.stdout.splitlines()[-1])
    return Figure(way=way, size=size, slowest=said["seconds"], **said)


def _better(before: Figure | None, fresh: Figure) -> Figure:
    if before is None:
        return fresh
    return replace(
        before,
        seconds=min(before.seconds, fresh.seconds),
        core=min(before.core, fresh.core),
        memory=max(before.memory, fresh.memory),
        slowest=max(before.slowest, fresh.slowest),
        said=fresh.said,
        late=min(before.late, fresh.late),
    )


@contextmanager
def _shared_folder() -> Iterator[None]:
    with tempfile.TemporaryDirectory(prefix="bh-", dir="/var/tmp") as path:
        os.environ[_FOLDER] = path
        yield
        del os.environ[_FOLDER]
