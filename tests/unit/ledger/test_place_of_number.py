# SPDX-License-Identifier: Apache-2.0
"""The place of a number (D27): one for each, whoever works it out, and proved to whoever knows the number."""

import pytest

from beholden.ledger import places
from beholden.ledger.vrf import Secret, VrfRefused

SEED = bytes(range(32))
SECRET = Secret.of(SEED)
NUMBER = "A100000000001"


def test_it_is_the_first_half_of_what_the_function_gives_for_the_documented_text():
    from vrf_twin import output, prove, read

    public, proof = prove(SEED, b"beholden/place/v1\n" + NUMBER.encode())
    assert SECRET.public == public
    assert places.of_number(SECRET, NUMBER) == output(read(proof[:32]))[:32]


def test_whoever_knows_the_number_finds_the_place_in_the_proof():
    proof = places.prove(SECRET, NUMBER)
    assert places.check(SECRET.public, NUMBER, proof) == places.of_number(SECRET, NUMBER)
    assert places.claimed(proof) == places.of_number(SECRET, NUMBER)
    with pytest.raises(VrfRefused):
        places.check(SECRET.public, "A100000000002", proof)


def test_many_are_worked_out_by_several_processes_alike(monkeypatch):
    numbers = [f"A{place:012}" for place in range(60)]
    alone = places.of_numbers(SEED, numbers)
    assert alone == [places.of_number(SECRET, number) for number in numbers]
    monkeypatch.setattr(places, "MANY", 10)
    monkeypatch.setattr(places, "PIECE", 25)
    assert places.of_numbers(SEED, numbers) == alone
    assert len(set(alone)) == 60


@pytest.mark.parametrize("typed", [NUMBER, " a1000 00000 001 ", "A100000000001\n", "a100000000001"])
def test_people_type_spaces_and_small_letters(typed):
    assert places.as_typed(typed) == NUMBER


def test_a_secret_key_is_never_printed():
    assert SECRET.x.hex() not in repr(SECRET)
    assert repr(SECRET.x) not in repr(SECRET)
