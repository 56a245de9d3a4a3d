# SPDX-License-Identifier: Apache-2.0
"""When a use is nearly over, by when its records are wiped, and what a certificate is worth. D25."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from beholden.refusals import Refusal
from beholden.uses.rules.ending import (
    Certificate,
    check_certificate,
    is_expiring,
    message,
    sign,
    wiped_by,
)

SEED = bytes(range(32))
KEY = Ed25519PrivateKey.from_private_bytes(SEED).public_key().public_bytes_raw().hex()
RELEASED, TODAY = date(2026, 4, 1), date(2026, 9, 1)
CERTIFICATE = Certificate(
    use="U-2026-0001",
    agreement="cd" * 32,
    destroyed_on=date(2026, 8, 31),
    method="Keys destroyed, disks overwritten.",
    statement="Every copy and every backup is gone.",
)


def check(certificate=CERTIFICATE, signature=None, *, key=KEY):
    check_certificate(
        certificate,
        sign(certificate, seed=SEED) if signature is None else signature,
        use="U-2026-0001",
        agreement="cd" * 32,
        check_key=key,
        released_on=RELEASED,
        on=TODAY,
    )


def test_a_whole_certificate_signed_with_the_enrolled_key_is_taken():
    check()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"use": "U-2026-0002"}, "uses.certificate_other"),
        ({"agreement": "ef" * 32}, "uses.certificate_other"),
        ({"method": " "}, "uses.certificate_empty"),
        ({"statement": ""}, "uses.certificate_empty"),
        ({"destroyed_on": RELEASED - timedelta(days=1)}, "uses.certificate_day"),
        ({"destroyed_on": TODAY + timedelta(days=1)}, "uses.certificate_day"),
    ],
)
def test_a_certificate_that_cannot_be_meant_is_refused(change, code):
    with pytest.raises(Refusal) as no:
        check(replace(CERTIFICATE, **change))
    assert no.value.code == code


@pytest.mark.parametrize(
    ("signature", "key"),
    [
        (b"", KEY),
        (bytes(64), KEY),
        (sign(replace(CERTIFICATE, method="Another."), seed=SEED), KEY),
        (sign(CERTIFICATE, seed=bytes(32)), KEY),
        (sign(CERTIFICATE, seed=SEED), Ed25519PrivateKey.generate().public_key().public_bytes_raw().hex()),
        (bytes(64), "01" + "00" * 31),
        (sign(CERTIFICATE, seed=SEED), ""),
    ],
    ids=["none", "zeros", "of another text", "another's", "another key", "a weak key", "no key"],
)
def test_only_the_recipients_own_signature_counts(signature, key):
    with pytest.raises(Refusal, match=r"^uses\.certificate_signature:"):
        check(signature=signature, key=key)


@given(st.integers(0, 511))
def test_no_bit_of_a_signature_can_change(bit):
    signed = bytearray(sign(CERTIFICATE, seed=SEED))
    signed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(Refusal, match=r"^uses\.certificate_signature:"):
        check(signature=bytes(signed))


@pytest.mark.parametrize("field", ["use", "agreement", "method", "statement"])
def test_every_word_of_a_certificate_is_signed(field):
    changed = replace(CERTIFICATE, **{field: getattr(CERTIFICATE, field) + "x"})
    assert message(changed) != message(CERTIFICATE)


@pytest.mark.parametrize(("left", "expiring"), [(61, False), (60, True), (0, True), (-1, True)])
def test_a_use_is_nearly_over_the_catalogues_days_before_its_end(left, expiring):
    assert is_expiring(TODAY + timedelta(days=left), days=60, on=TODAY) is expiring


def test_the_records_are_wiped_within_the_agreements_days():
    assert wiped_by(date(2026, 8, 31), days=28) == date(2026, 9, 28)
