# SPDX-License-Identifier: Apache-2.0
"""The page's own arithmetic against what others published, with and without the browser's (D27, D28).

The modules are asked one by one, as they lie in the repository. Hashes: FIPS 180-4, by Python's. Signatures: RFC 8032
section 7.1. Places: RFC 9381 appendix B.3.
"""

import hashlib
import random
from importlib.resources import files

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import vrf_twin
from beholden.ledger import vrf
from conformance.test_rfc9381 import PUBLISHED
from journeys.screen import chromium
from proof_page import NO_CRYPTOGRAPHY

SITE = "https://page.test"  # no host: every request is answered here
SOURCES = files("beholden.ledger.page")
SIGNED = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
]
"""RFC 8032 section 7.1, tests 1 to 3: public key, message, signature."""


@pytest.fixture(scope="module", params=["the browser's cryptography", "its own"])
def modules(request, require):
    """A page on which the modules can be called."""
    with chromium(require("chromium")) as browser:
        context = browser.new_context()
        if request.param == "its own":
            context.add_init_script(NO_CRYPTOGRAPHY)
        context.route(f"{SITE}/**", answered)
        page = context.new_page()
        page.goto(f"{SITE}/")
        there = page.evaluate("globalThis.crypto?.subtle !== undefined")
        assert there is (request.param != "its own")
        yield page
        context.close()


def answered(route):
    name = route.request.url.removeprefix(f"{SITE}/")
    body = (SOURCES / name).read_text("utf-8") if name else "<!doctype html><title>modules</title>"
    route.fulfill(body=body, content_type="text/javascript" if name else "text/html")


def call(page, module, function, *arguments):
    """Call one function of a module with bytes in hex; a refusal is None, and bytes come back in hex."""
    return page.evaluate(
        """async ([module, name, given]) => {
          const [found, { fromHex, toHex }] = await Promise.all([import(module), import("/bytes.js")]);
          try {
            const answer = await found[name](...given.map(fromHex));
            return answer instanceof Uint8Array ? toHex(answer) : answer;
          } catch (cause) {
            if (cause.sentence === undefined) throw cause;
            return null;
          }
        }""",
        [f"/{module}.js", function, [one.hex() for one in arguments]],
    )


@pytest.mark.parametrize("name", ["sha256", "sha512"])
def test_hashes_are_those_of_every_other_program(modules, name):
    source = random.Random(1)
    for size in (*range(130), 239, 240, 255, 256, 1_000, 65_535):
        text = source.randbytes(size)
        assert call(modules, "sha2", name, text) == getattr(hashlib, name)(text).hexdigest(), size


@pytest.mark.parametrize("function", ["isSigned", "fits"])
def test_published_signatures_hold_and_others_do_not(modules, function):
    for parts in SIGNED:
        public, message, signature = map(bytes.fromhex, parts)
        assert call(modules, "ed25519", function, public, message, signature) is True
        for at in range(0, 64, 7):
            wrong = bytearray(signature)
            wrong[at] ^= 1
            assert call(modules, "ed25519", function, public, message, bytes(wrong)) is False
        assert call(modules, "ed25519", function, public, message + b"\n", signature) is False


def test_a_signature_has_one_s_and_a_nonce_of_small_order_is_asked_of_our_own(modules):
    """One answer in every browser: s is below the order; R is compared as bytes, whatever its order."""
    seed = bytes(range(32))
    public = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    signature = Ed25519PrivateKey.from_private_bytes(seed).sign(b"text")
    larger = int.from_bytes(signature[32:], "little") + vrf_twin.Q
    second = signature[:32] + larger.to_bytes(32, "little")
    wide = bytearray(hashlib.sha512(seed).digest()[:32])
    wide[0], wide[31] = wide[0] & 248, wide[31] & 127 | 64
    nonce = b"\1" + bytes(31)  # the neutral element, which whoever holds the key may choose
    h = int.from_bytes(hashlib.sha512(nonce + public + b"text").digest(), "little")
    known = h * int.from_bytes(wide, "little") % vrf_twin.Q
    small = nonce + known.to_bytes(32, "little")
    for function in ("isSigned", "fits"):
        assert call(modules, "ed25519", function, public, b"text", signature) is True
        assert call(modules, "ed25519", function, public, b"text", second) is False
        assert call(modules, "ed25519", function, public, b"text", small) is True
    key = Ed25519PrivateKey.from_private_bytes(seed).public_key()
    key.verify(small, b"text")  # as the command does


@pytest.mark.parametrize("number", PUBLISHED)
def test_published_places_are_proved(modules, number):
    _, public, text, proof, beta = (bytes.fromhex(one) for one in PUBLISHED[number])
    assert call(modules, "vrf", "proven", public, text, proof) == beta.hex()
    assert call(modules, "vrf", "claimed", proof) == beta.hex()
    assert call(modules, "vrf", "proven", public, text + b"\0", proof) is None
    for at in range(0, 80, 9):
        wrong = bytearray(proof)
        wrong[at] ^= 2
        assert call(modules, "vrf", "proven", public, text, bytes(wrong)) is None


def test_places_are_as_strict_as_the_command(modules):
    """Points of small order, of a mixed group, in a second spelling, and none; numbers that are nought or too large."""
    _, public, text, proof, _ = (bytes.fromhex(one) for one in PUBLISHED[16])
    good = vrf_twin.read(public)
    small = [bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05")]
    small += [bytes(32), b"\1" + bytes(31), (vrf_twin.P - 1).to_bytes(32, "little")]
    mixed = vrf_twin.spelt(vrf_twin.added(good, vrf_twin.read(small[0])))
    unreduced = [(vrf_twin.P + y).to_bytes(32, "little") for y in (0, 1, 3)]
    none = next(raw for raw in (bytes([n]) + bytes(31) for n in range(2, 99)) if vrf_twin.read(raw) is None)
    for point in (*small, mixed, *unreduced, none, b"\1" + bytes(30) + b"\x80"):
        assert call(modules, "vrf", "checkPublic", point) is None
        assert call(modules, "vrf", "claimed", point + proof[32:]) is None
        with pytest.raises(vrf.VrfRefused):
            vrf.check_public(point)
    s = int.from_bytes(proof[48:], "little")
    for tail in (
        bytes(16) + proof[48:],
        proof[32:48] + bytes(32),
        proof[32:48] + (s + vrf_twin.Q).to_bytes(32, "little"),
    ):
        assert call(modules, "vrf", "claimed", proof[:32] + tail) is None
        assert call(modules, "vrf", "proven", public, text, proof[:32] + tail) is None


@pytest.mark.parametrize(
    "text", ["AA==", "AB==", "AAA=", "AAB=", "AA", "AA=", "A A=", "AA==\n", "====", "", "é"]
)
def test_base64_has_one_spelling(modules, text):
    from beholden.ledger.note import NoteMalformed, decode_base64

    try:
        expected = decode_base64(text).hex()
    except NoteMalformed:
        expected = None
    found = modules.evaluate(
        """async (text) => {
          const { fromBase64, toHex } = await import("/bytes.js");
          try { return toHex(fromBase64(text)); } catch (cause) { return cause.sentence ? null : "fault"; }
        }""",
        text,
    )
    assert found == expected
