# SPDX-License-Identifier: Apache-2.0
"""A use that recurs is told and decided afresh each time, for everybody, and each run is proved apart. D6, D11, D12, D14, D28."""

import pytest

from beholden.ledger.verify import verify
from beholden.refusals import Refusal
from integration.repeated import RULES, YEAR, Yearly, first_run
from integration.world import REGISTRAR


def refused(code):
    return pytest.raises(Refusal, match=f"^{code}:")


def proof(world, person):
    from beholden.gate.actions.proving import bundle

    return verify(bundle(person, by=REGISTRAR, at=world.at))


def next_year(world, year, **returned):
    world.pass_to(world.at + YEAR)
    world.returned(year, **returned)


def test_three_runs(keeper_home, tmp_path):
    probe = Yearly(tmp_path / "probe", catalogue=RULES)
    school = probe.town.schools[0]
    numbers = [handle.numbers for handle in probe.handles(school)]
    newcomer, leaver = numbers[2][0], numbers[5][0]
    world, first = first_run(tmp_path / "town", keeper_home, without=(newcomer,))
    next_year(world, 2027, without=(leaver,))
    assert world.again() == 2
    assert world.again() == 2
    world.told_to((newcomer,))
    second = world.confirmed(keeper_home, world.released())
    print(first.rows.num_rows, second.rows.num_rows)
    assert 0
