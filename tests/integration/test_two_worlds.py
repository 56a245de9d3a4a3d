# SPDX-License-Identifier: Apache-2.0
"""Two worlds that differ in one family's choice look the same to everybody but the recipient. D13.

Each world is played for real, from return to release, in a home of its own. What the public can fetch, and what a
school is given, must be equal but for values that are random by construction: roots, hashes, nonces, signatures.
"""

import json
import re
from datetime import timedelta

import homes
from beholden.kinds import Actor, Role
from beholden.ledger.entries import parse
from integration.world import BEGAN, CATALOGUE, World

RANDOM = re.compile(r"[0-9a-f]{32,}|refused-[0-9a-f]+")


def played(base_home, folder, *, refuses, pupils=60):
    """Play one world; return what everybody can see, what schools were given, and the recipient's parcel."""
    from beholden.choices.actions import close_day
    from beholden.ledger.actions import sequence

    with homes.clone(base_home) as home:
        world = World(folder, pupils)
        world.returns()
        world.published()
        world.told()
        if refuses:
            world.keep_out(world.letters()[0])
        given = [(school.laestab, len(world.handles(school))) for school in world.town.schools]
        disclosure = world.released()
        for day in range((world.at - BEGAN).days):
            closed = (BEGAN + timedelta(days=day)).date()
            close_day(closed, by=Actor("clock", Role.KEEPER), at=world.at)
        sequence(at=world.at)
        parcel = world.parcel(home, disclosure)
        return public(home, world.use), given, parcel


def public(home, use):
    """Everything the public pages and the two logs say, with every random-looking value masked, and all sizes."""
    from beholden.gate.queries import public_numbers
    from beholden.ledger.queries import checkpoint, entries
    from beholden.uses.queries import register_of_uses

    said = {log: [raw.decode() for raw in entries(log)] for log in ("handovers", "events")}
    assert all(parse(raw.encode(), log=log) for log, raws in said.items() for raw in raws)
    files = [path for path in home.ledger.rglob("*") if path.is_file()]
    whole = {
        "log": said,
        "sizes": {log: checkpoint(log).checkpoint.size for log in said},
        "uses": [repr(one) for one in register_of_uses(CATALOGUE)],
        "numbers": repr(public_numbers(use)),
        "files": sorted([str(path.relative_to(home.ledger)), path.stat().st_size] for path in files),
    }
    return RANDOM.sub("*", json.dumps(whole, indent=1))


def test_one_familys_no_is_seen_by_nobody_but_in_the_row_that_is_not_there(base_home, tmp_path):
    quiet, given, without = played(base_home, tmp_path / "quiet", refuses=False)
    loud, also_given, without_one = played(base_home, tmp_path / "loud", refuses=True)
    assert loud == quiet
    assert also_given == given
    assert len(without_one.tags) < len(without.tags)
    assert len(without_one.tags) + len(without_one.padding) == len(without.tags) + len(without.padding)


def test_the_comparison_itself_can_fail(base_home, tmp_path):
    """Ten more children are seen by everybody: the mask hides only what is random."""
    quiet, _, _ = played(base_home, tmp_path / "quiet", refuses=False)
    more, _, _ = played(base_home, tmp_path / "more", refuses=False, pupils=70)
    assert more != quiet
