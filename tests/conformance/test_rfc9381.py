# SPDX-License-Identifier: Apache-2.0
"""Examples 16 to 18 of RFC 9381, appendix B.3 (ECVRF-EDWARDS25519-SHA512-TAI), and what must be refused (D28)."""

import pytest

from beholden.ledger import vrf
from beholden.ledger.vrf import VrfRefused

PUBLISHED = {
    16: (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        (
            "8657106690b5526245a92b003bb079ccd1a92130477671f6fc01ad16f26f723f"
            "26f8a57ccaed74ee1b190bed1f479d9727d2d0f9b005a6e456a35d4fb0daab12"
            "68a1b0db10836d9826a528ca76567805"
        ),
        (
            "90cf1df3b703cce59e2a35b925d411164068269d7b2d29f3301c03dd757876ff"
            "66b71dda49d2de59d03450451af026798e8f81cd2e333de5cdf4f3e140fdd8ae"
        ),
    ),
    17: (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        (
            "f3141cd382dc42909d19ec5110469e4feae18300e94f304590abdced48aed593"
            "3bf0864a62558b3ed7f2fea45c92a465301b3bbf5e3e54ddf2d935be3b67926d"
            "a3ef39226bbc355bdc9850112c8f4b02"
        ),
        (
            "eb4440665d3891d668e7e0fcaf587f1b4bd7fbfe99d0eb2211ccec90496310eb"
            "5e33821bc613efb94db5e5b54c70a848a0bef4553a41befc57663b56373a5031"
        ),
    ),
    18: (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        (
            "9bc0f79119cc5604bf02d23b4caede71393cedfbb191434dd016d30177ccbf80"
            "96bb474e53895c362d8628ee9f9ea3c0e52c7a5c691b6c18c9979866568add7a"
            "2d41b00b05081ed0f58ee5e31b3a970e"
        ),
        (
            "645427e5d00c62a23fb703732fa5d892940935942101e456ecca7bb217c61c45"
            "2118fec1219202a0edcf038bb6373241578be7217ba85a2687f7a0310b2df19f"
        ),
    ),
}
"""Secret key, public key, alpha, pi, beta."""


@pytest.fixture(params=PUBLISHED)
def example(request):
    return tuple(bytes.fromhex(one) for one in PUBLISHED[request.param])


def test_key_proof_and_output_are_the_published_ones(example):
    seed, public, text, proof, beta = example
    secret = vrf.Secret.of(seed)
    assert secret.public == public
    assert vrf.prove(secret, text) == proof
    assert vrf.output(secret, text) == beta
    assert vrf.verify(public, text, proof) == beta
    assert vrf.claimed(proof) == beta


def test_a_proof_holds_for_no_other_text_and_no_other_key(example):
    _, public, text, proof, _ = example
    other = next(bytes.fromhex(one[1]) for one in PUBLISHED.values() if bytes.fromhex(one[1]) != public)
    for key, said in ((public, text + b"\x00"), (other, text)):
        with pytest.raises(VrfRefused, match="does not hold"):
            vrf.verify(key, said, proof)


@pytest.mark.parametrize("bit", range(0, 640, 7))
def test_no_proof_with_a_bit_changed_is_taken(bit):
    _, public, text, proof, _ = (bytes.fromhex(one) for one in PUBLISHED[18])
    changed = bytearray(proof)
    changed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(VrfRefused):
        vrf.verify(public, text, bytes(changed))


Q = 2**252 + 27742317777372353535851937790883648493
SMALL_ORDER = (
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
)
"""Points of order 1, 2, 4, 4, 8, 8 (RFC 9381 section 5.6.1 names them as keys that must be refused)."""


@pytest.mark.parametrize("public", [*SMALL_ORDER, "ff" * 32, "00", ""])
def test_a_key_with_more_than_one_output_is_refused(public):
    proof = bytes.fromhex(PUBLISHED[16][3])
    with pytest.raises(VrfRefused, match="no public key"):
        vrf.verify(bytes.fromhex(public), b"", proof)


@pytest.mark.parametrize("gamma", SMALL_ORDER)
def test_a_proof_about_a_point_of_small_order_is_refused(gamma):
    _, public, text, proof, _ = (bytes.fromhex(one) for one in PUBLISHED[16])
    with pytest.raises(VrfRefused, match="does not hold"):
        vrf.verify(public, text, bytes.fromhex(gamma) + proof[32:])


def test_a_number_that_is_not_reduced_is_refused():
    """s + q gives the same points, and so would be a second proof of the same."""
    _, public, text, proof, _ = (bytes.fromhex(one) for one in PUBLISHED[16])
    more = int.from_bytes(proof[48:], "little") + Q
    with pytest.raises(VrfRefused, match="does not hold"):
        vrf.verify(public, text, proof[:48] + more.to_bytes(32, "little"))


@pytest.mark.parametrize("proof", [b"", bytes(79), bytes(80), bytes(81)])
def test_bytes_that_are_no_proof_are_refused(proof):
    public = bytes.fromhex(PUBLISHED[16][1])
    with pytest.raises(VrfRefused, match="does not hold"):
        vrf.verify(public, b"", proof)
    with pytest.raises(VrfRefused, match="does not hold"):
        vrf.claimed(proof)


@pytest.mark.parametrize("seed", [b"", bytes(31), bytes(33)])
def test_a_secret_key_has_32_bytes(seed):
    with pytest.raises(VrfRefused, match="32 bytes"):
        vrf.Secret.of(seed)
