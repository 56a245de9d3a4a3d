# SPDX-License-Identifier: Apache-2.0
"""Which keys and references an organisation may be enrolled with."""

import pyrage
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from beholden.people.rules import check_encryption_key, check_ref, check_signing_key
from beholden.refusals import Refusal

SMALL_ORDER = (
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
)


@given(st.binary(min_size=32, max_size=32))
def test_every_key_that_is_made_as_one_passes(seed):
    check_signing_key(Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw().hex())


def test_no_key_is_a_body_that_receives_nothing():
    check_signing_key("")
    check_encryption_key("")


@pytest.mark.parametrize(
    "key",
    [
        *SMALL_ORDER,
        "00" * 31,
        "AB" * 32,
        "zz" * 32,
        "ff" * 32,  # y is not reduced modulo p
        "02" + "00" * 31,  # y = 2 is on no point (RFC 8032 section 5.1.3)
    ],
)
def test_a_key_under_which_anybody_or_nobody_can_sign_is_refused(key):
    with pytest.raises(Refusal, match=r"^people\.check_key:"):
        check_signing_key(key)


def test_only_an_age_recipient_can_be_locked_to():
    check_encryption_key(str(pyrage.x25519.Identity.generate().to_public()))
    for wrong in ("age1", "ssh-ed25519 AAAA", str(pyrage.x25519.Identity.generate())):
        with pytest.raises(Refusal, match=r"^people\.encryption_key:") as no:
            check_encryption_key(wrong)
        assert wrong not in str(no.value)


# The five points of small order (cr.yp.to/ecdh.html), each also with p added or with the bit that does not count.
WEAK_LOCKS = (
    "age1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq5cu47z",
    "age1qyqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqj7vrya",
    "age1ur4h5lpmgxu2u9jku0a0r87ydtdqnr0tnsetrlvxvgz3vh6fhqqqzyt4v9",
    "age1t7wft09r2zxzfvwsk92eeql0tvzyghxytqwgapkcyf8dm5ylz9ts6wm9s8",
    "age1anlllllllllllllllllllllllllllllllllllllllllllllllals4n2t7m",
    "age1ahlllllllllllllllllllllllllllllllllllllllllllllllalsn46ayy",
    "age1amlllllllllllllllllllllllllllllllllllllllllllllllalselrwrv",
    "age1qyqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqzqqk67yly",
)


@pytest.mark.parametrize("key", WEAK_LOCKS)
def test_a_lock_that_anybody_can_open_is_refused(key):
    """RFC 7748 section 6.1: a shared secret with such a point is no secret."""
    pyrage.x25519.Recipient.from_str(key)  # it is a well-formed age recipient
    with pytest.raises(Refusal, match=r"^people\.weak_key:") as no:
        check_encryption_key(key)
    assert key not in str(no.value)


def test_a_lock_that_was_made_as_one_passes():
    for _ in range(100):
        check_encryption_key(str(pyrage.x25519.Identity.generate().to_public()))


@pytest.mark.parametrize("ref", ["", "A", "a b", "x" * 41, "-a", "é", "a\n"])
def test_a_reference_is_short_and_plain(ref):
    with pytest.raises(Refusal, match=r"^people\.reference:"):
        check_ref(ref)
