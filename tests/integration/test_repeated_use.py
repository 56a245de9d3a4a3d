# SPDX-License-Identifier: Apache-2.0
"""A use that recurs is told and decided afresh each time, for everybody; each run is proved apart.

D6, D7, D11, D12, D14, D15, D25, D28, D31, D45.
"""

import copy
from datetime import timedelta

import pytest

import homes
from beholden.ledger.verify import verify
from beholden.refusals import Refusal
from integration.redressed import CLOCK
from integration.repeated import RULES, YEAR, Yearly, first_run
from integration.world import APPLICANT, RECIPIENT, REGISTRAR, SECOND


def refused(code):
    return pytest.raises(Refusal, match=f"^{code}:")


@pytest.fixture(scope="module")
def numbers(tmp_path_factory):
    """A pupil who comes in the second year, and one who has left by then; no letter is about both."""
    town = Yearly(tmp_path_factory.mktemp("probe"), catalogue=RULES)
    handles = [handle.numbers for handle in town.handles(town.town.schools[0]) if len(handle.numbers) == 1]
    each = list(dict.fromkeys(one[0] for one in handles))
    return each[0], each[1]


@pytest.fixture(scope="module")
def prepared(base_home, tmp_path_factory, numbers):
    """A yearly study after its first run."""
    from beholden.settings import found

    with homes.fresh(base_home) as home:
        with found.acting_as(home, "keeper"):
            world, parcel = first_run(tmp_path_factory.mktemp("town"), home, without=numbers[:1])
        yield home, world, parcel


@pytest.fixture
def home(prepared):
    with homes.copied(prepared[0]) as lent:
        yield lent


@pytest.fixture
def world(prepared, home):
    return copy.deepcopy(prepared[1])


def next_year(world, year, **returned):
    world.pass_to(world.at + YEAR)
    world.returned(year, **returned)


def account(world, person):
    """What the family's own verifier says of its file."""
    from beholden.gate.actions.proving import bundle

    return verify(bundle(person, by=REGISTRAR, at=world.at))


def listed(world, person):
    found = account(world, person)
    return len(found.present), len(found.absent)


def handovers(world):
    from beholden.gate.models import Disclosure

    return list(Disclosure.objects.filter(decision__use=world.use).order_by("decision_id"))


def state(world):
    from beholden.uses.queries import asked

    return asked(world.use).state.value


@pytest.fixture
def clean(capsys, tmp_path):
    """Everything in the home agrees with everything else, and whoever watches from outside hears no alarm."""

    def look(world, home):
        from beholden.cli.fsck import run
        from beholden.cli.logs import export
        from beholden.ledger.actions import sequence
        from beholden.reportcard.watching import watch

        sequence(at=world.at)
        capsys.readouterr()
        assert run(home.root, offline=False, as_json=True) == 0, capsys.readouterr().out
        copied = tmp_path / "copy"
        export(home.root, copied)
        keys = [(copied / log / "vkey").read_text().strip() for log in ("events", "handovers")]
        assert watch(copied, keys=keys, before=None, on=world.at.date())[1] == ()

    return look


def test_three_runs_with_a_newcomer_a_leaver_a_no_and_an_empty_run(world, home, numbers, prepared, clean):
    """D6, D11, D28: who is in is decided each time by what holds then, and every family can prove where it was."""
    newcomer, leaver = numbers
    letters = world.letters()
    gone = world.person(world.letter_of(leaver))
    says_no = next(one for one in letters if not set(one[3]) & set(numbers) and len(one[3]) == 1)
    stays = next(
        one for one in letters[::-1] if len(one[3]) == 1 and not set(one[3]) & {*numbers, *says_no[3]}
    )
    refuses, remains = world.person(says_no), world.person(stays)
    world.keep_out(says_no)
    next_year(world, 2027, without=(leaver,))
    assert world.again() == 2
    assert world.again() == 2, "pressed twice, it is begun once"
    told, audience = world.told_to((newcomer,))
    assert told <= audience == len(world.children()) - 1
    came = world.person(world.letter_of(newcomer))
    second = world.confirmed(home, world.released())
    assert listed(world, refuses) == (1, 1)
    assert listed(world, gone) == (1, 1)
    assert listed(world, remains) == (2, 0)
    assert listed(world, came) == (1, 0), "whoever has no key in a registry is in no list under it"
    first = prepared[2]
    assert not set(first.rows["pseudonym"].to_pylist()) & set(second.rows["pseudonym"].to_pylist())
    for letter in world.letters():
        world.keep_out(letter)
    next_year(world, 2028)
    assert world.again() == 3
    world.told_to(())
    third = world.confirmed(home, world.released())
    assert third.rows.num_rows == 0
    assert len(third.padding) == len(world.children()), "a run with nobody in it looks like any other"
    assert listed(world, remains) == (2, 1)
    assert listed(world, came) == (1, 1)
    assert len({one.decision.registry_id for one in handovers(world)}) == 3, "each run has its own registry"
    assert [one.header["population"] for one in handovers(world)] == [f"SC/SPR/{year}" for year in (2026, 2027, 2028)]
    clean(world, home)
