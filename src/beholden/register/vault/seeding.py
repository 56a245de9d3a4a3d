# SPDX-License-Identifier: Apache-2.0
"""Opens the proof seeds of a whole country, packed, by every core. Every public function runs inside `keeper()`.

Decides nothing that `people.proof_seed` does not say one by one. Of those alone who were placed.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from functools import partial
from itertools import chain, islice
from uuid import UUID

import numpy as np
from cryptography.exceptions import InvalidTag

from beholden.cores import shared_out
from beholden.home import here
from beholden.home.keys import load
from beholden.register.lent import PROOF_ID_BYTES, ProofSeeds
from beholden.register.vault import bulk
from beholden.register.vault.check import seed_damaged
from beholden.register.vault.opening import Wrapped, opened

PIECE = 20_000
MANY = 10
"""So many pieces are opened here, before other processes are begun."""


def everybody() -> ProofSeeds:
    """Return the proof seeds of everybody who was placed, or refuse if one does not open."""
    # Closed also when refused: a cursor that is left open would end in the middle of somebody else's transaction.
    with closing(bulk.proofs(PIECE)) as pieces:
        return _in_order(_opened(pieces))


def those(among: Iterable[UUID]) -> ProofSeeds:
    """Return the same of some people, who come in the order of their ids."""
    source = iter(among)
    return _opened(bulk.proofs_of(some) for some in iter(lambda: list(islice(source, PIECE)), []))


def _opened(pieces: Iterator[Sequence[Wrapped]]) -> ProofSeeds:
    open_some = partial(opened, here().slots, load(here(), "vault"))
    try:
        return ProofSeeds.joined(list(_shared_out(open_some, pieces)))
    except (InvalidTag, ValueError, KeyError) as trouble:
        raise seed_damaged() from trouble


def _shared_out(
    open_some: Callable[[Sequence[Wrapped]], ProofSeeds], pieces: Iterator[Sequence[Wrapped]]
) -> Iterator[ProofSeeds]:
    """Yield what each piece comes to, in order: the first ones here, and where there are more, by every core."""
    yield from map(open_some, islice(pieces, MANY))
    more = next(pieces, None)
    if more is not None:
        yield from shared_out(open_some, chain([more], pieces))


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
