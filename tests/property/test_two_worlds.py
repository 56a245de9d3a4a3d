# SPDX-License-Identifier: Apache-2.0
"""Two worlds that differ in one family's choice look the same to everybody but the recipient. D13.

Each world is played for real, from return to release, in a home of its own. What the public can fetch, and what a
school is given, must be equal but for values that are random by construction: roots, hashes, nonces, codes, signatures.
"""

import json
import re
from contextlib import contextmanager

import pytest
from integration.world import World

from beholden.ledger.entries import parse

RANDOM = re.compile(r"[0-9a-f]{32,}")


def public(home, use):
    """Everything the public pages and the two logs say, with every random-looking value masked."""
    from beholden.gate.queries import public_numbers
    from beholden.ledger.queries import checkpoint, entries
    from beholden.uses.queries import register_of_uses
    from integration.world import CATALOGUE

    said = {log: [raw.decode() for raw in entries(log)] for log in ("handovers", "events")}
    for log, raws in said.items():
        assert all(parse(raw.encode(), log=log) for raw in raws)
    whole = {
        "log": said,
        "sizes": {log: checkpoint(log).checkpoint.size for log in said},
        "uses": [repr(one) for one in register_of_uses(CATALOGUE)],
        "numbers": repr(public_numbers(use)),
        "files": sorted(str(path.relative_to(home.ledger)) for path in home.ledger.rglob("*") if path.is_file()),
        "lengths": sorted(path.stat().st_size for path in home.ledger.rglob("*") if path.is_file()),
    }
    return RANDOM.sub("*", json.dumps(whole, indent=1))


@pytest.fixture
def played(keeper_home, tmp_path):
    """Return a function that plays one world; the second one is played in a second test run's home."""

    @contextmanager
    def play(*, refuses):
        world = World(tmp_path / "town")
        world.returns()
        world.published()
        world.told()
        if refuses:
            world.keep_out(world.letters()[0])
        packs = [(school.laestab, len(world.handles(school))) for school in world.town.schools]
        disclosure = world.released()
        yield public(keeper_home, world.use), packs, world.parcel(keeper_home, disclosure)

    return play


SEEN = {}


@pytest.mark.parametrize("refuses", [False, True])
def test_play(played, refuses):
    """Play each world once; the second compares. Order does not matter, both are needed."""
    with played(refuses=refuses) as (shown, packs, parcel):
        SEEN[refuses] = (shown, packs, parcel.rows.num_rows, len(parcel.tags) + len(parcel.padding))
    if len(SEEN) == 2:
        (quiet, quiet_packs, quiet_rows, quiet_list), (loud, loud_packs, loud_rows, loud_list) = SEEN[False], SEEN[True]
        assert loud == quiet
        assert loud_packs == quiet_packs
        assert loud_list == quiet_list
        assert loud_rows < quiet_rows, "the recipient learns of it by the row that is not there, and only so"
