# SPDX-License-Identifier: Apache-2.0
"""An auditor makes a handover again, row by row: the one lie that no family's file finds is found here (D27, D28)."""

import secrets
from dataclasses import dataclass, field
from datetime import timedelta

import pyarrow as pa
import pytest

import homes
from beholden.kinds import Actor, Role
from beholden.refusals import Refusal
from integration.replayed import AUDITOR, AUDITOR_SEED, account, audit, enrolled, said, with_copy
from integration.world import APPLICANT, RECIPIENT, REGISTRAR, SEED, SECOND, World, copy_of


def refused(code):
    return pytest.raises(Refusal, match=f"^{code}:")


@dataclass
class Decided:
    """A home in which a use was told and decided: one family kept out, and power over one of its children changed."""

    home: object
    world: World
    decision: int
    out: list = field(default_factory=list)

    def released(self):
        from beholden.gate.actions import releasing

        world = self.world
        return releasing.release_use(
            world.use, self.decision, catalogue=world.catalogue, by=REGISTRAR, at=world.at
        )


@pytest.fixture(scope="module")
def told(base_home, tmp_path_factory):
    from beholden.register.actions import renew_proof
    from beholden.settings import found

    with homes.fresh(base_home) as home:
        with found.acting_as(home, "keeper"):
            world = World(tmp_path_factory.mktemp("town"))
            world.returns()
            world.published()
            world.told()
            out = world.keep_out(world.letters()[0])
            renew_proof(out[0], by=REGISTRAR, at=world.at)
            decision = world.decided()
            enrolled(world)
        yield Decided(home, world, decision, out)


@pytest.fixture
def home(told):
    with copy_of(told) as home:
        yield home


def test_an_honest_handover_is_equal_and_every_file_counts_it(told, home):
    """A goes up in the file of a child who is not in the list; asked twice, the log says it once."""
    world, disclosure = told.world, told.released()
    copy = with_copy(world, home, disclosure)
    made = audit(world, disclosure, copy)
    assert (made.agrees, made.found.rows, dict(made.found.faults)) == (True, copy.num_rows, {})
    again = audit(world, disclosure, copy.slice(1))
    assert (again.agrees, again.found) == (True, None)
    assert said() == {1: [True]}
    held = account(told.out[0], world)
    assert held.audited == (1,)
    assert "recipients confirmed 1 of these lists, auditors replayed 1." in " ".join(held.sentences())


def test_it_is_equal_still_when_a_value_was_put_right_and_a_new_return_came_since(told, home):
    """Rows are read as they were held when the handover was built; power may have changed since, too (D31, D35)."""
    from beholden.gate.released import released
    from beholden.register.actions import renew_proof

    world, disclosure = told.world, told.released()
    copy = with_copy(world, home, disclosure)
    world.at += timedelta(days=1)
    child = next(iter(released(disclosure))) if callable(released) else None
    renew_proof(child, by=REGISTRAR, at=world.at)
    assert audit(world, disclosure, copy).agrees


# --- liars: each at the release itself, so that recipient and families find nothing


def random_tag(monkeypatch, told):
    """One child's row goes under a random tag, and the list holds that."""
    _under(monkeypatch, lambda tags: [secrets.token_bytes(16), *tags[1:]])


def swapped(monkeypatch, told):
    """Two children's rows go under one another's tags."""
    _under(monkeypatch, lambda tags: [tags[1], tags[0], *tags[2:]])


def left_out_child(monkeypatch, told):
    """One child's row goes under the tag of a child who was left out."""
    _under(monkeypatch, lambda tags: [_tag(told, told.out[0], 0), *tags[1:]])


def former_key(monkeypatch, told):
    """One child's row goes under the tag of a child who was left out, by the key it had before power changed."""
    _under(monkeypatch, lambda tags: [_tag(told, told.out[0], 1), *tags[1:]])


def padding_is_somebodys(monkeypatch, told):
    """What fills the list up holds the tag of a child who was left out, by a former key, and no row has it."""
    from beholden.gate.actions import building

    real = building.padding
    monkeypatch.setattr(building, "padding", lambda count: (_tag(told, told.out[0], 1), *real(count - 1)))


def dropped(monkeypatch, told):
    """A row is taken out, and its tag stays in the list as if it filled it up."""
    _locked(monkeypatch, lambda rows: (rows.slice(1), (rows["tag"][0].as_py(),)))


def changed(monkeypatch, told):
    """A value is another one than the register's."""
    _locked(
        monkeypatch,
        lambda rows: (_with(rows, "sessions_possible", 1 + rows["sessions_possible"][0].as_py()), ()),
    )


def one_column_more(monkeypatch, told):
    """The file holds what nobody granted."""
    _locked(monkeypatch, lambda rows: (rows.append_column("sex", pa.array(["F"] * rows.num_rows)), ()))


def _under(monkeypatch, lie):
    from beholden.gate.actions import building

    def tags(held, seeds):
        whole = real(held, seeds)
        building.lied_about = bytes.fromhex(held.id)
        return b"".join(lie([whole[at : at + 16] for at in range(0, len(whole), 16)]))

    real = building._tags
    monkeypatch.setattr(building, "_tags", tags)


def _locked(monkeypatch, lie):
    from beholden.gate.actions import building

    real = building.parcel.pack

    def pack(header, rows, filling, **rest):
        rows, more = lie(rows)
        return real(header, rows, (*filling, *more), **rest)

    monkeypatch.setattr(building.parcel, "pack", pack)


def _tag(told, person, former):
    """The tag of a person in the one handover of this home, under the key of now (0) or the one before (1)."""
    from beholden.gate import registries
    from beholden.gate.models import Disclosure
    from beholden.ledger.tags import tag
    from beholden.register.actions import proof_seed

    held = Disclosure.objects.select_related("decision").get()
    seed = proof_seed(person, by=REGISTRAR, at=told.world.at)
    key = registries.keys_of(seed, bytes.fromhex(held.decision.registry_id))[former]
    return tag(key, bytes.fromhex(held.id))


def _with(rows, column, value):
    whole = rows[column].to_pylist()
    return rows.set_column(
        rows.column_names.index(column), column, pa.array([value, *whole[1:]], type=rows[column].type)
    )


LIARS = {
    random_tag: {"nobodys": 1, "no_row": 1, "not_in_list": 1},
    left_out_child: {"left_out": 1, "no_row": 1, "not_in_list": 1},
    former_key: {"left_out": 1, "no_row": 1, "not_in_list": 1},
    swapped: {"anothers": 2},
    padding_is_somebodys: {"left_out": 1},
    dropped: {"no_row": 1},
    changed: {"changed": 1},
    one_column_more: {"columns": 1},
}


@pytest.mark.parametrize("liar", LIARS, ids=lambda liar: liar.__name__)
def test_each_lie_at_the_release_is_found_and_said_aloud(told, home, monkeypatch, liar):
    """The recipient recomputed the list and agreed. Only the replay knows whose tag is whose (D27, D28)."""
    liar(monkeypatch, told)
    disclosure = told.released()
    copy = with_copy(told.world, home, disclosure)
    monkeypatch.undo()
    made = audit(told.world, disclosure, copy)
    assert (made.agrees, dict(made.found.faults)) == (False, LIARS[liar])
    assert said() == {1: [False]}
    held = account(told.out[-1], told.world)
    assert held.audited == ()
    assert "An auditor made handover 1 again from the register, and signed" in " ".join(held.sentences())
