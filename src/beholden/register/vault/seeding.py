# SPDX-License-Identifier: Apache-2.0
"""Opens the proof seeds of a whole country, packed, by every core. Every public function runs inside `keeper()`.

Decides nothing that `people.proof_seed` does not say one by one. Of those alone who were placed. Sealed seeds go to
other processes through pipes, some at a time, and come back open: no disk is touched.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import closing
from functools import partial
from itertools import islice
from multiprocessing import get_context
from os import cpu_count
from uuid import UUID

import numpy as np
from cryptography.exceptions import InvalidTag

from beholden.home import here
from beholden.home.keys import load
from beholden.register.lent import PROOF_ID_BYTES, ProofSeeds
from beholden.register.vault import bulk
from beholden.register.vault.check import seed_damaged
from beholden.register.vault.opening import Sealed, opened

PIECE = 20_000
MANY = 10
"""From so many pieces on other processes help; to begin with them takes half a second."""


def everybody() -> ProofSeeds:
    """Return the proof seeds of everybody who was placed, or refuse if one does not open."""
    with closing(
        bulk.proofs(PIECE)
    ) as pieces:  # also when refused: a cursor that is left open ends in another's work
        return _in_order(_opened(pieces))


def those(among: Iterable[UUID]) -> ProofSeeds:
    """Return the same of some people, who come in the order of their ids."""
    source = iter(among)
    return _opened(bulk.proofs_of(some) for some in iter(lambda: list(islice(source, PIECE)), []))


def _opened(pieces: Iterator[Sequence[Sealed]]) -> ProofSeeds:
    open_some = partial(opened, here().slots, load(here(), "vault"))
    try:
        return ProofSeeds.joined(list(_shared_out(open_some, pieces)))
    except (InvalidTag, ValueError, KeyError) as trouble:
        raise seed_damaged() from trouble


def _shared_out(
    open_some: Callable[[Sequence[Sealed]], ProofSeeds], pieces: Iterator[Sequence[Sealed]]
) -> Iterator[ProofSeeds]:
    """Yield what is made of each piece, in order. No more wait, sealed, than the processes have work for."""
    yield from map(open_some, islice(pieces, MANY))
    first = next(pieces, None)
    if first is None:
        return
    cores = cpu_count() or 1
    with ProcessPoolExecutor(cores, mp_context=get_context("spawn")) as pool:
        under_way: deque[Future[ProofSeeds]] = deque([pool.submit(open_some, first)])
        for piece in pieces:
            under_way.append(pool.submit(open_some, piece))
            if len(under_way) > 2 * cores:
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()


def _in_order(seeds: ProofSeeds) -> ProofSeeds:
    """Put seeds into the order of their persons' ids: by the first half, and where two share that, by both."""
    halves = np.frombuffer(seeds.people, ">u8").reshape(-1, 2)
    first = halves[:, 0].astype(np.uint64)
    order = np.argsort(first, kind="stable")
    if (np.diff(first[order]) == 0).any():
        order = np.lexsort((halves[:, 1].astype(np.uint64), first))
    return ProofSeeds(
        *(
            np.frombuffer(column, f"V{width}")[order].tobytes()
            for column, width in (
                (seeds.people, 16),
                (seeds.label_seeds, 32),
                (seeds.proof_ids, PROOF_ID_BYTES),
            )
        )
    )
