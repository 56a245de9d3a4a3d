# SPDX-License-Identifier: Apache-2.0
"""Weak Ed25519 keys: the list is compared with the curve itself, computed here from RFC 8032 section 5.1."""

import random

import pytest

from beholden.ledger.note import Key
from beholden.ledger.weak import is_canonical, is_weak

P = 2**255 - 19
D = -121665 * pow(121666, -1, P) % P


def add(one, two):
    (x1, y1), (x2, y2) = one, two
    product = D * x1 * x2 * y1 * y2
    x = (x1 * y2 + x2 * y1) * pow(1 + product, -1, P)
    y = (y1 * y2 + x1 * x2) * pow(1 - product, -1, P)
    return x % P, y % P


def points(y):
    """Both points with this y, or none (RFC 8032 section 5.1.3)."""
    y %= P
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    for root in (x, x * pow(2, (P - 1) // 4, P) % P):
        if root * root % P == square:
            return {(root, y), (-root % P, y)}
    return set()


def has_small_order(point):
    for _ in range(3):
        point = add(point, point)
    return point == (0, 1)


def spelled(y):
    return [y.to_bytes(32, "little"), (y | 2**255).to_bytes(32, "little")]


def test_every_listed_key_has_small_order_and_all_eight_points_are_listed():
    order_8 = int.from_bytes(
        bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), "little"
    )
    listed = [0, 1, P - 1, P, P + 1, order_8, P - order_8]
    assert all(is_weak(key) for y in listed for key in spelled(y))
    found = set().union(*(points(y) for y in listed))
    assert all(has_small_order(point) for point in found)
    assert len(found) == 8  # the cofactor of the curve: there are no others


@pytest.mark.parametrize("seed", range(50))
def test_no_honest_key_is_weak(seed):
    assert not is_weak(Key.of_seed("a", random.Random(seed).randbytes(32)).public)


def test_near_values_are_not_weak():
    assert not any(is_weak(key) for y in (2, 3, P - 2, P + 2, P + 18) for key in spelled(y))


def test_a_key_is_canonical_up_to_p_and_no_further():
    assert all(is_canonical(key) for y in (0, 1, P - 1) for key in spelled(y))
    assert not any(is_canonical(key) for y in range(P, 2**255) for key in spelled(y))


@pytest.mark.parametrize("seed", range(50))
def test_every_honest_key_is_canonical(seed):
    assert is_canonical(Key.of_seed("a", random.Random(seed).randbytes(32)).public)
