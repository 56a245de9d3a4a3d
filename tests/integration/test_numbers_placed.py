# SPDX-License-Identifier: Apache-2.0
"""Where everybody's key stands in the lists of keys: by the pupil number, worked out once, and proved (D27, D28)."""

import json
import random
from datetime import date

import pyarrow as pa
import pytest

import homes
from beholden.ledger import places
from beholden.ledger.verify import NotProven, verify
from integration.world import REGISTRAR, World

pytestmark = pytest.mark.story


@pytest.fixture(scope="module")
def world(base_home, tmp_path_factory):
    from beholden.settings import found

    with homes.fresh(base_home) as home, found.acting_as(home, "keeper"):
        world = World(tmp_path_factory.mktemp("town"))
        world.returns()
        world.published()
        world.told()
        yield world


def everybody():
    """Return everybody's proof seed."""
    from beholden.register.vault import people
    from beholden.register.vault.models import Person
    from beholden.register.vault.wall import keeper

    with keeper():
        return list(people.proof_seeds(Person.objects.order_by("id").values_list("id", flat=True)))


def number_of(person):
    from beholden.register.vault import people
    from beholden.register.vault.wall import keeper

    with keeper():
        return people.known_of(person, ("numbers",))["upn"]


def proof(world, person):
    from beholden.gate.actions.proving import bundle

    return bundle(person, by=REGISTRAR, at=world.at)


def test_before_a_list_of_keys_nobody_has_a_place(world):
    assert all(not seed.placed and seed.number is None for seed in everybody())


def test_in_a_list_of_keys_each_stands_where_the_number_says_and_nobody_twice(world):
    from beholden.gate.registries import places_key

    world.released()
    secret, seeds = places_key(), everybody()
    assert len(seeds) > 50
    for seed in seeds:
        assert seed.number == number_of(seed.person)
        assert seed.label_seed == places.of_number(secret, seed.number)
    assert len({seed.label_seed for seed in seeds}) == len(seeds)


def test_a_family_that_types_its_number_needs_nobodys_word_and_another_number_fails(world):
    one, other = everybody()[:2]
    raw = proof(world, one.person)
    assert verify(raw, number=one.number).by_number
    assert one.number.encode() not in raw
    with pytest.raises(NotProven, match="not the place of the number that you typed") as caught:
        verify(raw, number=other.number)
    assert caught.value.step == 6


def test_every_list_of_keys_in_the_log_names_the_homes_key(world):
    from beholden.gate.registries import places_key
    from beholden.ledger.queries import entries

    said = [json.loads(one) for one in entries("handovers")]
    given = {one["body"]["header"]["vrf"] for one in said if one["kind"] == "registry"}
    assert given == {places_key().public.hex()}


def test_placed_once_is_not_worked_out_again(world, monkeypatch):
    from beholden.register import actions
    from beholden.register.vault import placing

    asked = []
    monkeypatch.setattr(placing, "of_numbers", lambda numbers: asked.extend(numbers) or [])
    before = everybody()
    assert actions.place_numbers(by=REGISTRAR, at=world.at) == 0
    assert asked == []
    assert everybody() == before


def newcomer(world, number, born):
    """Enter one more pupil, as a return does."""
    from beholden.register.vault import people
    from beholden.register.vault.wall import keeper

    texts = ("former_upn", "uln", "middle_names", "preferred_surname", "address_lines", "postcode")
    table = pa.table(
        {
            "upn": [number],
            "birth_date": pa.array([born], pa.date32()),
            "surname": ["Ångström"],
            "forename": ["Zoë"],
            **{name: pa.nulls(1, pa.string()) for name in texts},
        }
    )
    with keeper():
        return people.enter(table, receipt="r", at=world.at).people[0]


def test_who_comes_while_a_list_of_keys_is_made_has_a_key_in_the_next(world, monkeypatch):
    """Nobody stands in a list at a place that no number could show, because it came a moment too late."""
    from beholden.gate.actions import deciding
    from beholden.gate.models import Registry
    from beholden.register import actions as register

    came, place = [], register.place_numbers

    def and_then_somebody(**given):
        done = place(**given)
        came.append(newcomer(world, "N100000000001", date(2014, 5, 1)))
        return done

    monkeypatch.setattr(register, "place_numbers", and_then_somebody)
    first = deciding.snapshot_registry(by=REGISTRAR, at=world.at)
    monkeypatch.undo()
    second = deciding.snapshot_registry(by=REGISTRAR, at=world.at)
    inside = [
        came[0].bytes in keyed(Registry.objects.select_related("keyed").get(pk=name))
        for name in (first, second)
    ]
    assert inside == [False, True]
    seed = next(one for one in everybody() if one.person == came[0])
    assert seed.number == "N100000000001"


def keyed(registry):
    from beholden.gate import sets

    raw = sets.read(registry.keyed)
    return {raw[at : at + 16] for at in range(0, len(raw), 16)}


def test_of_two_records_with_one_number_the_older_has_its_place(world):
    """D14: also where the two are placed at one time, and where the second comes later."""
    from beholden.register import actions as register

    older = everybody()[0]
    later = newcomer(world, older.number, date(2001, 1, 1))
    both = [newcomer(world, "N100000000002", date(2014, 5, day)) for day in (1, 2)]
    assert register.place_numbers(by=REGISTRAR, at=world.at) == 3
    by_person = {seed.person: seed for seed in everybody()}
    assert by_person[older.person] == older
    assert [by_person[one].number for one in (later, *both)] == [None, "N100000000002", None]
    assert len({seed.label_seed for seed in by_person.values()}) == len(by_person)
    assert register.place_numbers(by=REGISTRAR, at=world.at) == 0


def test_a_key_that_is_renewed_meanwhile_is_not_put_back(world, monkeypatch):
    """What is written is made from what stands under the lock: yesterday's guardian gets no key back (D35)."""
    from beholden.register import actions as register
    from beholden.register.vault import bulk, placing

    person = newcomer(world, "N100000000003", date(2014, 5, 3))
    waiting, renewed = bulk.unplaced, []

    def and_then_power_changes(*given):
        people = waiting(*given)
        if not renewed:
            register.renew_proof(person, by=REGISTRAR, at=world.at)
            renewed.append(next(one.proof_id for one in everybody() if one.person == person))
        return people

    monkeypatch.setattr(placing.bulk, "unplaced", and_then_power_changes)
    assert register.place_numbers(by=REGISTRAR, at=world.at) == 1
    seed = next(one for one in everybody() if one.person == person)
    assert (seed.number, seed.proof_id) == ("N100000000003", renewed[0])


def test_who_was_placed_before_there_was_a_mark_of_it_keeps_the_place_and_is_marked(world, monkeypatch):
    """An older home's people are looked at once more, and nobody's key moves (D27)."""
    from beholden.register import actions as register
    from beholden.register.vault import placing
    from beholden.register.vault.models import Person
    from beholden.register.vault.wall import keeper

    before = everybody()
    with keeper():
        Person.objects.update(placed=False)
    monkeypatch.setattr(placing, "of_numbers", lambda numbers: [bytes(32) for _ in numbers])
    assert register.place_numbers(by=REGISTRAR, at=world.at) == 0
    assert everybody() == before
    with keeper():
        assert not Person.objects.filter(placed=False).exists()


@pytest.mark.parametrize("shared_out", [False, True])
def test_all_seeds_together_are_those_one_by_one(world, monkeypatch, shared_out):
    """Also where other processes open them, and of some people alone; who was not placed is in no list (D28)."""
    from beholden.register import actions as register
    from beholden.register.vault import seeding
    from beholden.register.vault.people import as_bytes

    newcomer(world, f"N10000000001{shared_out:d}", date(2014, 6, 1))
    if shared_out:
        monkeypatch.setattr(seeding, "MANY", 1)
        monkeypatch.setattr(seeding, "PIECE", 7)
    seeds = [seed for seed in everybody() if seed.placed]
    assert len(seeds) < len(everybody())
    for some in (seeds, seeds[3:40:2]):
        among = None if some is seeds else as_bytes(seed.person for seed in some)
        packed = register.proof_seeds(among=among, by=REGISTRAR, at=world.at)
        assert packed.people == b"".join(seed.person.bytes for seed in some)
        assert list(packed) == [(seed.label_seed, seed.proof_id) for seed in some]


@pytest.mark.parametrize("beginning", [bytes(8), None])
def test_seeds_are_put_in_the_order_of_ids_also_where_ids_begin_alike(world, beginning):
    """Everything that looks somebody up in them halves its way to them."""
    from beholden.register.lent import ProofSeeds
    from beholden.register.vault import seeding

    drawn = random.Random(1)
    rows = [
        ((beginning or drawn.randbytes(8)) + drawn.randbytes(8), drawn.randbytes(32), drawn.randbytes(16))
        for _ in range(300)
    ]
    packed = ProofSeeds(*(b"".join(column) for column in zip(*rows, strict=True)))
    expected = ProofSeeds(*(b"".join(column) for column in zip(*sorted(rows), strict=True)))
    assert seeding._in_order(packed) == expected


@pytest.mark.parametrize("shared_out", [False, True])
def test_no_list_of_keys_is_made_where_one_seed_does_not_open(world, monkeypatch, shared_out):
    """Who is damaged must not look like somebody who never was: refused, and nothing of it is kept (D27)."""
    from beholden.gate.actions import deciding
    from beholden.gate.models import Registry
    from beholden.refusals import Refusal
    from beholden.register.vault import bulk, seeding
    from beholden.register.vault.wall import keeper

    if shared_out:
        monkeypatch.setattr(seeding, "MANY", 1)
        monkeypatch.setattr(seeding, "PIECE", 7)
    child, before = everybody()[30], Registry.objects.count()
    with keeper():
        (held,) = bulk.read([child.person], ("proof",))
        torn = held.blobs["proof"][:-1] + bytes([held.blobs["proof"][-1] ^ 1])
        bulk.renew([bulk.Sealed(child.person, held.slot, {"proof": torn})], ("proof",))
    with pytest.raises(Refusal) as refused:
        deciding.snapshot_registry(by=REGISTRAR, at=world.at)
    assert refused.value.code == "register.seed_damaged"
    assert Registry.objects.count() == before
    with keeper():
        bulk.renew([bulk.Sealed(child.person, held.slot, {"proof": held.blobs["proof"]})], ("proof",))


def test_a_mark_without_a_place_is_found_by_fsck(world):
    """Whoever bears it would never be given a key: a child in no list, and nobody would see why (D27)."""
    from beholden.register import checked
    from beholden.register.vault import check
    from beholden.register.vault.models import Person
    from beholden.register.vault.wall import keeper

    person = newcomer(world, "N100000000020", date(2014, 6, 2))
    with keeper():
        before = set(check.page(None, 1_000).faults)
        Person.objects.filter(pk=person).update(placed=True)
        slot = Person.objects.get(pk=person).slot
        assert set(check.page(None, 1_000).faults) - before == {(checked.Fault.BLOB, slot)}
        Person.objects.filter(pk=person).update(placed=False)


@pytest.mark.parametrize("changed", [{"place": bytes(32).hex()}, {"number": "Z999999999999"}])
def test_a_place_that_is_not_its_numbers_is_found_by_fsck(world, changed):
    """Whoever could write into the vault could move a child's key to another's place."""
    from beholden.home import here
    from beholden.home.keys import load
    from beholden.register import checked
    from beholden.register.vault import bulk, check
    from beholden.register.vault.seal import seal, unseal
    from beholden.register.vault.slots import Slots
    from beholden.register.vault.wall import keeper

    child = everybody()[3]
    with keeper():
        before = set(check.page(None, 1_000).faults)
        (held,) = bulk.read([child.person], ("proof",))
        own = Slots(here().slots, load(here(), "vault")).keys([held.slot])[held.slot]
        said = dict(unseal(own, child.person, "proof", held.blobs["proof"]))
        moved = seal(own, child.person, "proof", {**said, **changed})
        bulk.renew([bulk.Sealed(child.person, held.slot, {"proof": moved})], ("proof",))
        assert set(check.page(None, 1_000).faults) - before == {(checked.Fault.BLOB, held.slot)}
        bulk.renew([bulk.Sealed(child.person, held.slot, {"proof": held.blobs["proof"]})], ("proof",))
