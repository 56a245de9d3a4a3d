// SPDX-License-Identifier: Apache-2.0
// The points of edwards25519 in whole numbers (RFC 8032 section 5.1). Only what is public is worked with here, so
// nothing has to take the same time: this page holds no secret key and makes no signature.

import { littleEndian, littleEndian32 } from "./bytes.js";

export const P = 2n ** 255n - 19n;
/** The order of the prime group. */
export const Q = 2n ** 252n + 27742317777372353535851937790883648493n;

const LOW = (1n << 255n) - 1n;
const WINDOW = 4n;

function reduced(number) {
  const rest = number % P;
  return rest < 0n ? rest + P : rest;
}

function raised(base, exponent) {
  let found = 1n;
  let square = base;
  for (let left = exponent; left > 0n; left >>= 1n) {
    if (left & 1n) found = (found * square) % P;
    square = (square * square) % P;
  }
  return found;
}

const inverse = (number) => raised(number, P - 2n);
const D = reduced(-121665n * inverse(121666n));
const TWICE_D = (2n * D) % P;
const ROOT_OF_MINUS_ONE = raised(2n, (P - 1n) / 4n);

/** The neutral element, in extended coordinates (x, y, z, xy/z). */
export const NOBODY = [0n, 1n, 1n, 0n];

/** Return the sum of two points, whichever they are (RFC 8032 section 5.1.4: the formulas are complete). */
export function added([x1, y1, z1, t1], [x2, y2, z2, t2]) {
  const a = reduced((y1 - x1) * (y2 - x2));
  const b = ((y1 + x1) * (y2 + x2)) % P;
  const c = (((t1 * TWICE_D) % P) * t2) % P;
  const d = (2n * z1 * z2) % P;
  const [e, f, g, h] = [b - a, d - c, d + c, b + a];
  return [reduced(e * f), reduced(g * h), reduced(f * g), reduced(e * h)];
}

/** Return twice a point. */
export function doubled([x, y, z]) {
  const a = (x * x) % P;
  const b = (y * y) % P;
  const h = a + b;
  const e = h - ((x + y) * (x + y)) % P;
  const g = a - b;
  const f = ((2n * z * z) % P) + g;
  return [reduced(e * f), reduced(g * h), reduced(f * g), reduced(e * h)];
}

/** Return the point on the other side. */
export function less([x, y, z, t]) {
  return [reduced(-x), y, z, reduced(-t)];
}

/** Return the sum of points, each so many times: four bits at a time, all together (Straus). */
export function combined(...terms) {
  const tables = terms.map(([number, point]) => [number, multiples(point)]);
  let total = NOBODY;
  for (let shift = 252n; shift >= 0n; shift -= WINDOW) {
    for (let bit = 0n; bit < WINDOW && total !== NOBODY; bit += 1n) total = doubled(total);
    for (const [number, table] of tables) {
      const digit = Number((number >> shift) & 15n);
      if (digit) total = added(total, table[digit]);
    }
  }
  return total;
}

function multiples(point) {
  const table = [NOBODY];
  for (let count = 1; count < 16; count += 1) table.push(added(table[count - 1], point));
  return table;
}

/** Return 8 times a point. */
export function timesCofactor(point) {
  return doubled(doubled(doubled(point)));
}

/** Say whether a point is the neutral element. */
export function isNobody([x, y, z]) {
  return x === 0n && y === z;
}

/** Say whether a point is of the prime group, and not its neutral element. */
export function isOfPrimeGroup(point) {
  return !isNobody(point) && isNobody(combined([Q, point]));
}

/** Return the one spelling of a point in 32 bytes (RFC 8032 section 5.1.2). */
export function spelt([x, y, z]) {
  const scale = inverse(z);
  const sign = (reduced(x * scale) & 1n) << 255n;
  return littleEndian32(reduced(y * scale) | sign);
}

/** Return the y that 32 bytes spell, reduced or not: all but the highest bit. */
export function heightOf(bytes) {
  return littleEndian(bytes) & LOW;
}

/** Return the point that 32 bytes spell, or null: y is reduced, and no x of nought has a sign (section 5.1.3). */
export function pointOf(bytes) {
  const sign = littleEndian(bytes) >> 255n;
  const y = heightOf(bytes);
  if (bytes.length !== 32 || y >= P) return null;
  const square = reduced((y * y - 1n) * inverse(reduced(D * y * y + 1n)));
  let x = raised(square, (P + 3n) / 8n);
  if ((x * x) % P !== square) x = (x * ROOT_OF_MINUS_ONE) % P;
  if ((x * x) % P !== square || (x === 0n && sign)) return null;
  if ((x & 1n) !== sign) x = P - x;
  return [x, y, 1n, (x * y) % P];
}

/** The base point: y is four fifths, and x is even. */
export const BASE = pointOf(littleEndian32((4n * inverse(5n)) % P));
