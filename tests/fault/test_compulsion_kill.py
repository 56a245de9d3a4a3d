# SPDX-License-Identifier: Apache-2.0
"""A compelled handover is killed before each durable step: logged and not released at worst, the regulator told first. D22.

After every kill, and again after the run that makes good: a parcel has left only if the published log holds its seal,
and a seal is in the letter box only if the regulator's file is on the disk.
"""

import hashlib
from datetime import timedelta

import pytest

from beholden.ledger.sealing import commitment
from beholden.ledger.vocabulary.sealed import Details
from fault import kills
from fault.stages import points
from integration import sealing
from integration.world import CATALOGUE, REGISTRAR
from ledger_story import Ledger, check_everything

LATER = timedelta(hours=1)


@pytest.fixture(scope="module")
def stages(base_home, tmp_path_factory):
    """Three points: an order on the desk, signed by everybody, released."""
    with points(base_home) as after:

        def sign():
            name = sealing.prepared(world)
            sealing.signed(world, name)
            return name

        desk, world = after(None, lambda: sealing.ready(tmp_path_factory.mktemp("town"), 20))
        signed, name = after(desk, sign)
        released, _ = after(signed, lambda: carry_out(world, name))
        yield {"desk": desk, "signed": signed, "released": released, "world": world, "name": name}


def carry_out(world, name, later=timedelta(0)):
    from beholden.gate.actions.carrying import carry_out as does

    does(name, catalogue=CATALOGUE, by=REGISTRAR, at=world.at + later)


def seen(home):
    """Check what must hold at every moment; return the state of the one handover, and how many seals are published."""
    from beholden.gate.check import public_log
    from beholden.gate.models import Compulsion

    seals = {one.body.commitment for one in public_log().read.seals.values()}
    rows = list(Compulsion.objects.all())
    said = {row.pk: commitment(Details.from_json(row.details), bytes(row.salt)) for row in rows}
    logged = {row.details["payload"] for row in rows if said[row.pk] in seals}
    gone = {hashlib.sha256(path.read_bytes()).hexdigest() for path in home.released.iterdir()}
    assert gone <= logged
    for row in rows:
        assert row.sealed is None or (home.regulator / row.file).is_file()
        assert row.state not in {"releasing", "released"} or said[row.pk] in seals
    return (rows[0].state if rows else ""), len(seals)


def made_good(struck, again, expected):
    """Say where a killed run stood; run it again on a disk that forgot what was never flushed; look again."""
    before = seen(struck.home)
    with struck.platter.turning():
        again()
    assert seen(struck.home) == expected
    check_everything(Ledger(struck.home))
    return before


def test_carrying_out_killed_at_each_step(stages):
    """From signed to released: the regulator's file, the seal, the public look, and then the parcel."""
    world, name, met = stages["world"], stages["name"], []
    for struck in kills.each_kill(stages["signed"], lambda: carry_out(world, name)):
        met.append(
            kills.answer(
                lambda struck=struck: made_good(
                    struck, lambda: carry_out(world, name, LATER), ("released", 1)
                )
            )
        )
    assert [state for state, _ in dict.fromkeys(met)][:1] == ["signed"]
    assert {state for state, _ in met} == {"signed", "logged", "releasing", "released"}
    assert met == sorted(met, key=lambda one: ["signed", "logged", "releasing", "released"].index(one[0]))


def test_preparing_killed_at_each_step(stages):
    """A row or none; prepared again, there is one, and nothing was said."""
    world, met = stages["world"], []

    def again():
        from beholden.gate.models import Compulsion

        if not Compulsion.objects.exists():
            sealing.prepared(world)

    for struck in kills.each_kill(stages["desk"], lambda: sealing.prepared(world)):
        met.append(kills.answer(lambda struck=struck: made_good(struck, again, ("built", 0))))
    assert [state for state, _ in dict.fromkeys(met)] == ["", "built"]


def test_opening_killed_at_each_step(stages):
    """On its day the seal opens once, whatever was killed."""
    world = stages["world"]
    day = world.at + timedelta(days=90)

    def open_it(later=timedelta(0)):
        from beholden.gate.actions.unsealing import open_due

        open_due(by=REGISTRAR, at=day + later)

    def again():
        from beholden.ledger.actions import sequence

        open_it(LATER)
        sequence(at=day + LATER)

    def opened(struck):
        from beholden.gate.check import public_log

        made_good(struck, again, ("released", 1))
        (seal,) = public_log().read.seals.values()
        return seal.opened is not None

    for struck in kills.each_kill(stages["released"], open_it):
        assert kills.answer(lambda struck=struck: opened(struck))
