# SPDX-License-Identifier: Apache-2.0
"""What the gate seals opens under its own key and for its own thing alone; its form stays what it was (D36)."""

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from beholden.gate.sealing import Unopened, seal, unseal

KEY, BOUND, PLAIN = bytes(range(32)), b"beholden/something/v1\n7", b"what is sealed"


def test_it_is_a_nonce_of_12_bytes_and_then_aes_gcm_bound_to_what_stands_beside_it():
    nonce = bytes(range(12))
    assert unseal(KEY, BOUND, nonce + AESGCM(KEY).encrypt(nonce, PLAIN, BOUND)) == PLAIN
    blob = seal(KEY, BOUND, PLAIN)
    assert AESGCM(KEY).decrypt(blob[:12], blob[12:], BOUND) == PLAIN
    assert len(blob) == 12 + len(PLAIN) + 16


def test_no_two_are_alike():
    assert len({seal(KEY, BOUND, PLAIN)[:12] for _ in range(100)}) == 100


def test_under_another_key_for_another_thing_or_changed_it_does_not_open():
    blob = seal(KEY, BOUND, PLAIN)
    for other in (
        (bytes(32), BOUND, blob),
        (KEY, BOUND + b"7", blob),
        *(
            (KEY, BOUND, blob[:place] + bytes([blob[place] ^ 1]) + blob[place + 1 :])
            for place in (0, 12, -17)
        ),
    ):
        with pytest.raises(Unopened):
            unseal(*other)


@pytest.mark.parametrize("length", [0, 5, 12, 27])
def test_what_is_too_short_to_be_sealed_does_not_open(length):
    with pytest.raises(Unopened):
        unseal(KEY, BOUND, seal(KEY, BOUND, PLAIN)[:length])
