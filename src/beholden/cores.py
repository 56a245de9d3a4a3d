# SPDX-License-Identifier: Apache-2.0
"""Shares work out among the cores of one machine. Imports nothing of ours, and knows no work.

Threads do not help: a short hash holds the interpreter. The processes are begun afresh, so nothing that this one has
open is theirs. What goes to them and what comes back goes through pipes, and touches no disk.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context
from os import cpu_count
from typing import Final, TypeVar

_Piece = TypeVar("_Piece")
_Made = TypeVar("_Made")
_AHEAD: Final = 2
"""Pieces that wait for each core: enough that none rests, and no more, because each is held in memory."""


def shared_out(work: Callable[[_Piece], _Made], pieces: Iterable[_Piece]) -> Iterator[_Made]:
    """Yield what each piece comes to, in their order; what a piece raises is raised in its place.

    To begin takes half a second, so whoever has little does it alone. `work` must be one that another process can be
    handed: a function of a module, or a partial of one.
    """
    cores = cpu_count() or 1
    with ProcessPoolExecutor(cores, mp_context=get_context("spawn")) as pool:
        under_way: deque[Future[_Made]] = deque()
        for piece in pieces:
            under_way.append(pool.submit(work, piece))
            if len(under_way) > _AHEAD * cores:
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()
