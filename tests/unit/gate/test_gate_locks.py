# SPDX-License-Identifier: Apache-2.0
"""What is locked to one key opens with its own and with no other (D36)."""

import pyrage
import pytest

from beholden.gate.locks import WrongKeyError, lock, unlock
from beholden.refusals import Refusal

MINE, OTHER = pyrage.x25519.Identity.generate(), pyrage.x25519.Identity.generate()


def test_what_is_locked_opens_with_its_own_key():
    locked = lock(b"a list", to=str(MINE.to_public()))
    assert b"a list" not in locked
    assert unlock(locked, identity=str(MINE)) == b"a list"


@pytest.mark.parametrize(
    ("locked", "identity"),
    [
        (lock(b"a list", to=str(MINE.to_public())), str(OTHER)),
        (lock(b"a list", to=str(MINE.to_public()))[:-1], str(MINE)),
        (b"no age file", str(MINE)),
        (lock(b"a list", to=str(MINE.to_public())), "no identity"),
    ],
    ids=["another's key", "cut off", "no age file", "no identity"],
)
def test_anything_else_does_not(locked, identity):
    with pytest.raises(WrongKeyError):
        unlock(locked, identity=identity)


def test_nothing_is_locked_to_what_is_no_recipient():
    with pytest.raises(Refusal, match=r"^gate\.recipient_key:"):
        lock(b"a list", to="age1nobody")
