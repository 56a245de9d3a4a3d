# SPDX-License-Identifier: Apache-2.0
"""The verifiable random function argues with a twin of whole numbers that reads RFC 9381 and RFC 8032 aloud (D28)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beholden.ledger import vrf
from beholden.ledger.vrf import VrfRefused
from vrf_twin import prove, verify


def ours(public, text, proof):
    try:
        return vrf.verify(public, text, proof)
    except VrfRefused:
        return None


@given(st.binary(min_size=32, max_size=32), st.binary(max_size=40))
@settings(max_examples=6, deadline=None)
def test_key_proof_and_output_are_the_twins(seed, text):
    secret = vrf.Secret.of(seed)
    public, proof = prove(seed, text)
    assert (secret.public, vrf.prove(secret, text)) == (public, proof)
    assert vrf.output(secret, text) == vrf.verify(public, text, proof) == verify(public, text, proof)


@given(st.binary(min_size=32, max_size=32), st.binary(max_size=20), st.data())
@settings(max_examples=6, deadline=None)
def test_the_two_refuse_the_same_proofs(seed, text, data):
    public, proof = prove(seed, text)
    place = data.draw(st.integers(0, 8 * (len(public) + len(proof)) - 1))
    changed = bytearray(public + proof)
    changed[place // 8] ^= 1 << place % 8
    key, said = bytes(changed[:32]), bytes(changed[32:])
    assert ours(key, text, said) == verify(key, text, said) is None


@pytest.mark.long
@given(st.binary(min_size=32, max_size=32), st.binary(max_size=40))
@settings(max_examples=500, deadline=None)
def test_key_proof_and_output_are_the_twins_at_length(seed, text):
    secret = vrf.Secret.of(seed)
    assert (secret.public, vrf.prove(secret, text)) == prove(seed, text)
