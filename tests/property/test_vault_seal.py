# SPDX-License-Identifier: Apache-2.0
"""What is sealed is in one spelling, opens to what was said, and opens nowhere else. D36."""

import os
from uuid import UUID

import pytest
import rfc8785
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from beholden.kinds import PersonId
from beholden.register.vault.seal import GROUPS, seal, unseal

KEY = bytes(range(32))
ONE, TWO = PersonId(UUID(int=1)), PersonId(UUID(int=2))

records = st.dictionaries(
    st.text(st.sampled_from("abcdefghijklmnopqrstuvwxyz_"), min_size=1),
    st.none() | st.text(st.characters(exclude_categories=["Cs"])),
)


@given(values=records, group=st.sampled_from(GROUPS))
def test_a_blob_holds_the_one_spelling_of_rfc_8785(values, group):
    """The quick printer must never differ from the canonical one by a byte."""
    blob = seal(KEY, ONE, group, values)
    aad = b"beholden/vault/v1\n" + group.encode() + b"\n" + ONE.bytes
    assert AESGCM(KEY).decrypt(blob[:12], blob[12:], aad) == rfc8785.dumps(values)
    assert unseal(KEY, ONE, group, blob) == values


@pytest.mark.parametrize(
    ("key", "person", "group"),
    [(os.urandom(32), ONE, "names"), (KEY, TWO, "names"), (KEY, ONE, "birth")],
    ids=["another key", "another person", "another group"],
)
def test_a_blob_opens_nowhere_else(key, person, group):
    blob = seal(KEY, ONE, "names", {"forename": "Ada"})
    with pytest.raises(InvalidTag):
        unseal(key, person, group, blob)


@pytest.mark.parametrize(
    "held", [b'{"upn":1}', b"[]", b'{"upn":"1"', b"\xff"], ids=["a figure", "a list", "cut", "no text"]
)
def test_a_blob_of_another_shape_is_refused_and_not_repeated(held):
    nonce = bytes(12)
    aad = b"beholden/vault/v1\nnumbers\n" + ONE.bytes
    blob = nonce + AESGCM(KEY).encrypt(nonce, held, aad)
    with pytest.raises(ValueError, match=r"^a sealed blob has another shape$"):
        unseal(KEY, ONE, "numbers", blob)
