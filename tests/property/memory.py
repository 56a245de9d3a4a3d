# SPDX-License-Identifier: Apache-2.0
"""How much memory hostile bytes can make a reader take."""

import resource
import tracemalloc
from contextlib import contextmanager

MOST = 50_000_000
"""Bytes beyond what was held before: for a file of any small size, whatever it says of itself."""
_BLOCK = 1024  # Linux counts a process's memory in these


@contextmanager
def within_limit():
    """Fail if what runs inside ever holds more at once. Every allocation is followed, which is slow."""
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        yield
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    _judge(peak - before)


@contextmanager
def hardly_growing():
    """Fail if the process grows by more beyond what it ever had: for runs of a million, where all is seen that lasts."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    yield
    _judge((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * _BLOCK)


def _judge(more):
    print(f"at most {more / 1e6:.1f} MB more")
    assert more < MOST
