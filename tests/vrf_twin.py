# SPDX-License-Identifier: Apache-2.0
"""ECVRF-EDWARDS25519-SHA512-TAI in whole numbers, read aloud from RFC 9381 and RFC 8032. For tests: slow, and open."""

import hashlib

P = 2**255 - 19
Q = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
NOBODY = (0, 1)


def added(one, other):
    """The sum of two points of the curve, as RFC 8032 section 5.1 writes it."""
    (x, y), (u, v) = one, other
    both = D * x * u * y * v % P
    return (
        (x * v + u * y) * pow(1 + both, -1, P) % P,
        (y * v + x * u) * pow(1 - both, -1, P) % P,
    )


def times(number, point):
    total = NOBODY
    for bit in f"{number:b}":
        total = added(total, total)
        if bit == "1":
            total = added(total, point)
    return total


def less(point):
    return -point[0] % P, point[1]


def spelt(point):
    return (point[1] | (point[0] & 1) << 255).to_bytes(32, "little")


def read(raw):
    """RFC 8032 section 5.1.3, or None."""
    said = int.from_bytes(raw, "little")
    sign, y = said >> 255, said & (2**255 - 1)
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * pow(2, (P - 1) // 4, P) % P
    if x * x % P != square or (x == 0 and sign):
        return None
    return (x if x & 1 == sign else -x % P), y


BASE = read((4 * pow(5, -1, P) % P).to_bytes(32, "little"))


def hashed(*parts):
    return hashlib.sha512(b"\x03" + b"".join(parts)).digest()


def point_of(public, text):
    for tried in range(256):
        found = read(hashed(b"\x01", public, text, bytes([tried]), b"\x00")[:32])
        if found is not None and times(8, found) != NOBODY:
            return times(8, found)
    raise AssertionError("no point")


def challenge(*points):
    return hashed(b"\x02", *(spelt(one) for one in points), b"\x00")[:16]


def output(gamma):
    return hashed(b"\x03", spelt(times(8, gamma)), b"\x00")


def prove(seed, text):
    wide = hashlib.sha512(seed).digest()
    x = int.from_bytes(wide[:32], "little") & (2**254 - 8) | 2**254
    public = times(x, BASE)
    point = point_of(spelt(public), text)
    gamma = times(x, point)
    nonce = int.from_bytes(hashlib.sha512(wide[32:] + spelt(point)).digest(), "little") % Q
    c = challenge(public, point, gamma, times(nonce, BASE), times(nonce, point))
    s = (nonce + int.from_bytes(c, "little") * x) % Q
    return spelt(public), spelt(gamma) + c + s.to_bytes(32, "little")


def verify(public, text, proof):
    """The output, or None; as strict as ours where the RFC leaves a choice: key and gamma are of the prime group."""
    key = read(public)
    gamma, c, s = read(proof[:32]), proof[32:48], int.from_bytes(proof[48:], "little")
    if key is None or gamma is None or s >= Q or 0 in (s, int.from_bytes(c, "little")):
        return None
    if NOBODY in (key, gamma) or times(Q, key) != NOBODY or times(Q, gamma) != NOBODY:
        return None
    point, number = point_of(public, text), int.from_bytes(c, "little")
    u = added(times(s, BASE), less(times(number, key)))
    v = added(times(s, point), less(times(number, gamma)))
    return output(gamma) if challenge(key, point, gamma, u, v) == c else None
