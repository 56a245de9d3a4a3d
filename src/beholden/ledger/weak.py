# SPDX-License-Identifier: Apache-2.0
"""Ed25519 keys that are not to be trusted as they stand. Decides whether a public key is one; knows nothing else.

A point of small order (RFC 8032 §5.1.7 lets it pass) makes one signature fit every text. A keeper that
published such a key could later say that somebody else signed; so it is refused before it is used. A key whose y is not
reduced modulo p is a second spelling of another key (RFC 8032 §5.1.3 refuses it, not every library does): a list that
must name each key once is not to be fooled by it.
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


def is_canonical(public: bytes) -> bool:
    """Say whether a 32-byte public key is in its one spelling: its y is less than p (RFC 8032 §5.1.3)."""
    return int.from_bytes(public, "little") & (2**255 - 1) < _P
