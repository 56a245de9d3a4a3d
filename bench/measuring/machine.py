# SPDX-License-Identifier: Apache-2.0
"""What the machine says of itself: how busy, how large, how much time and memory a piece of work took."""

import os
import platform
import resource
import sys
import time
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
_servers: list[Path] = []
_others: list[float] = []


def count_server(pgdata: Path) -> None:
    """Count the time of a PostgreSQL server, too, from now on: it works for us in processes of its own."""
    _servers.append(pgdata)


def count(seconds: float) -> None:
    """Count seconds of cores that somebody else's process, which still runs, says it worked for us."""
    _others.append(seconds)


@dataclass(frozen=True)
class Moment:
    """One reading of the clocks: seconds on the wall, and seconds of all cores together that worked for us."""

    wall: float
    core: float

    @classmethod
    def now(cls) -> "Moment":
        usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        core = sum(usage.ru_utime + usage.ru_stime for usage in usages)
        return cls(time.perf_counter(), core + sum(map(_server_seconds, _servers)) + sum(_others))


def peak_memory() -> int:
    """Return the most bytes that this process, or any that it waited for, ever had in memory."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    for line in _lines(_PROC / "self/status"):
        if line.startswith("VmHWM"):  # of this program alone; ru_maxrss is inherited from who started it
            return max(int(line.split()[1]), children) * 1024
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return max(own, children) * (1 if sys.platform == "darwin" else 1024)


def load() -> float:
    """Return how many processes wanted a core over the last minute."""
    return round(os.getloadavg()[0], 1)


def described() -> str:
    """Return what the machine is, in one line."""
    models = [
        line.partition(":")[2].strip() for line in _lines(_PROC / "cpuinfo") if line.startswith("model name")
    ]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    name = models[0] if models else platform.processor() or platform.machine()
    return f"{os.cpu_count()} cores ({name}), {memory:.0f} GiB, {platform.system()}, Python {platform.python_version()}"


def _server_seconds(pgdata: Path) -> float:
    """Seconds of a server and of every backend it has or had. Without /proc the server is not counted."""
    postmaster = int((pgdata / "postmaster.pid").read_text().split()[0])
    ticks = 0
    for process in _PROC.glob("[0-9]*"):
        try:
            fields = (process / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it has ended meanwhile
        if int(process.name) == postmaster:
            ticks += sum(map(int, fields[11:15]))  # its own, and those of backends that have ended
        elif int(fields[1]) == postmaster:
            ticks += sum(map(int, fields[11:13]))
    return ticks / os.sysconf("SC_CLK_TCK")


def _lines(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []
