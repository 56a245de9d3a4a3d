# SPDX-License-Identifier: Apache-2.0
"""Where everybody's key stands in the lists of keys: by the pupil number, worked out once, and proved (D27, D28)."""

import json

import pytest

import homes
from beholden.ledger import places
from beholden.ledger.bundle import Bundle
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
    from beholden.register.vault.wall import keeper

    with keeper():
        return list(people.proof_seeds())


def number_of(person):
    from beholden.register.vault import people
    from beholden.register.vault.wall import keeper

    with keeper():
        return people.known_of(person, ("numbers",))["upn"]


def renumber(person, number):
    """Let the vault say another number of one person, as a decision about two records will."""
    from beholden.home import here
    from beholden.home.keys import load
    from beholden.register.vault import bulk
    from beholden.register.vault.people import NUMBER
    from beholden.register.vault.seal import digest_of_number, seal, unseal
    from beholden.register.vault.slots import Slots
    from beholden.register.vault.wall import keeper

    with keeper():
        (held,) = bulk.read([person], ("numbers",))
        own = Slots(here().slots, load(here(), "vault")).keys([held.slot])[held.slot]
        said = {**unseal(own, person, "numbers", held.blobs["numbers"]), "upn": number}
        bulk.renew(
            [bulk.Sealed(person, held.slot, {"numbers": seal(own, person, "numbers", said)})], ("numbers",)
        )
        bulk.point([(NUMBER, digest_of_number(load(here(), "lookup"), number), person)])


def proof(world, person):
    from beholden.gate.actions.proving import bundle

    return bundle(person, by=REGISTRAR, at=world.at)


def test_before_a_list_of_keys_nobody_has_a_place(world):
    assert all(seed.number is None and seed.label_seed == seed.drawn for seed in everybody())


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
    assert verify(raw, numbers=[one.number]).by_number
    assert one.number.encode() not in raw
    with pytest.raises(NotProven, match="not the place of the number that you typed") as caught:
        verify(raw, numbers=[other.number])
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


def test_of_two_records_with_one_number_the_older_has_its_place(world):
    from beholden.gate.actions.deciding import snapshot_registry

    older, newer = everybody()[:2]
    renumber(newer.person, older.number)
    snapshot_registry(by=REGISTRAR, at=world.at)
    by_person = {seed.person: seed for seed in everybody()}
    assert by_person[older.person] == older
    lost = by_person[newer.person]
    assert (lost.number, lost.label_seed) == (None, newer.drawn)
    assert lost.before == ((newer.number, newer.label_seed),)


def test_what_happened_under_a_number_before_is_proved_by_that_number(world):
    """The file has the place of the registry's time, and its proof; the newest registry, no handover names yet."""
    child = everybody()[1]
    ((number, place),) = child.before
    raw = proof(world, child.person)
    assert verify(raw, numbers=[number]).by_number
    (shown,) = Bundle.parse(raw).places
    assert places.claimed(shown.proof) == place


def test_a_new_number_has_a_new_place_and_the_one_before_is_kept(world):
    from beholden.register import actions

    child = everybody()[2]
    renumber(child.person, "Z999999999999")
    assert actions.place_numbers(by=REGISTRAR, at=world.at) == 1
    now = everybody()[2]
    assert now.number == "Z999999999999"
    assert now.before == ((child.number, child.label_seed),)
    assert verify(proof(world, child.person), numbers=[child.number]).by_number


def test_a_place_that_is_not_its_numbers_is_found_by_fsck(world):
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
        moved = seal(own, child.person, "proof", {**said, "place": bytes(32).hex()})
        bulk.renew([bulk.Sealed(child.person, held.slot, {"proof": moved})], ("proof",))
        assert set(check.page(None, 1_000).faults) - before == {(checked.Fault.BLOB, held.slot)}
