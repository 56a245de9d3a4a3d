# SPDX-License-Identifier: Apache-2.0
"""Ed25519 keys under which anybody can sign. Decides whether a public key is one of them; knows nothing else.

A point of small order (RFC 8032 §5.1.7 lets it pass) makes one signature fit every text. A keeper that
published such a key could later say that somebody else signed; so it is refused before it is used.
"""

_P = 2**255 - 19
_ORDER_8 = int.from_bytes(
    bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), "little"
)
# y of all points of order 1, 2, 4 and 8, and the two spellings of them that are not reduced modulo p
_SMALL_ORDER = frozenset({0, 1, _P - 1, _P, _P + 1, _ORDER_8, _P - _ORDER_8})


def is_weak(public: bytes) -> bool:
    """Say whether a 32-byte public key has small order. The sign of x, the highest bit, does not matter."""
    return int.from_bytes(public, "little") & (2**255 - 1) in _SMALL_ORDER
