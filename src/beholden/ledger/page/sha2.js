// SPDX-License-Identifier: Apache-2.0
// SHA-256 and SHA-512, as FIPS 180-4 writes them. Most of our texts have some 60 bytes: for these it is as fast as the
// browser's own, which would make a promise of every hash; so this one is used wherever the page runs.

/** The first 64 bits behind the point of the square and cube roots of primes (FIPS 180-4 sections 4.2 and 5.3). */
function rootOf(prime, power) {
  const wanted = BigInt(prime) << BigInt(64 * power);
  let low = 0n;
  let high = 1n << 70n;
  while (high - low > 1n) {
    const middle = (low + high) >> 1n;
    if (middle ** BigInt(power) <= wanted) low = middle;
    else high = middle;
  }
  return BigInt.asUintN(64, low);
}

function firstPrimes(count) {
  const found = [];
  for (let number = 2; found.length < count; number += 1) {
    if (found.every((prime) => number % prime)) found.push(number);
  }
  return found;
}

const PRIMES = firstPrimes(80);
const CUBES = PRIMES.map((prime) => rootOf(prime, 3));
const SQUARES = PRIMES.slice(0, 8).map((prime) => rootOf(prime, 2));
const highHalf = (word) => Number(word >> 32n) | 0;
const lowHalf = (word) => Number(word & 0xffffffffn) | 0;
const K_HIGH = Int32Array.from(CUBES, highHalf);
const K_LOW = Int32Array.from(CUBES, lowHalf);
const H_HIGH = Int32Array.from(SQUARES, highHalf);
const H_LOW = Int32Array.from(SQUARES, lowHalf);

/** Return the text with its padding: a one bit, noughts, and its length in bits (FIPS 180-4 section 5.1). */
function padded(bytes, block, lengthBytes) {
  const size = Math.ceil((bytes.length + 1 + lengthBytes) / block) * block;
  const whole = new Uint8Array(size);
  whole.set(bytes);
  whole[bytes.length] = 0x80;
  const view = new DataView(whole.buffer);
  view.setUint32(size - 8, Math.floor(bytes.length / 2 ** 29));
  view.setUint32(size - 4, bytes.length << 3);
  return view;
}

function digestOf(words) {
  const view = new DataView(new ArrayBuffer(4 * words.length));
  words.forEach((word, at) => view.setInt32(4 * at, word));
  return new Uint8Array(view.buffer);
}

const W = new Int32Array(64);
const turned = (word, by) => (word >>> by) | (word << (32 - by));

/** Return the 32 bytes of SHA-256 (FIPS 180-4 section 6.2). */
export function sha256(bytes) {
  const view = padded(bytes, 64, 8);
  const state = Int32Array.from(H_HIGH); // SHA-256's words are the first halves of SHA-512's
  for (let from = 0; from < view.byteLength; from += 64) compress256(state, view, from);
  return digestOf(state);
}

function compress256(state, view, from) {
  for (let t = 0; t < 16; t += 1) W[t] = view.getInt32(from + 4 * t);
  for (let t = 16; t < 64; t += 1) {
    const early = W[t - 15];
    const late = W[t - 2];
    const s0 = turned(early, 7) ^ turned(early, 18) ^ (early >>> 3);
    const s1 = turned(late, 17) ^ turned(late, 19) ^ (late >>> 10);
    W[t] = W[t - 16] + s0 + W[t - 7] + s1;
  }
  let a = state[0];
  let b = state[1];
  let c = state[2];
  let d = state[3];
  let e = state[4];
  let f = state[5];
  let g = state[6];
  let h = state[7];
  for (let t = 0; t < 64; t += 1) {
    const s1 = turned(e, 6) ^ turned(e, 11) ^ turned(e, 25);
    const first = (h + s1 + ((e & f) ^ (~e & g)) + K_HIGH[t] + W[t]) | 0;
    const s0 = turned(a, 2) ^ turned(a, 13) ^ turned(a, 22);
    const second = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + first) | 0;
    d = c;
    c = b;
    b = a;
    a = (first + second) | 0;
  }
  state[0] += a;
  state[1] += b;
  state[2] += c;
  state[3] += d;
  state[4] += e;
  state[5] += f;
  state[6] += g;
  state[7] += h;
}

const WIDE = Array.from({ length: 80 }, () => 0n);
const K_WIDE = CUBES;
const wide = (word) => BigInt.asUintN(64, word);
const turnedWide = (word, by) => wide((word >> by) | (word << (64n - by)));

/** Return the 64 bytes of SHA-512 (FIPS 180-4 section 6.4). In whole numbers: few and short texts are hashed so. */
export function sha512(bytes) {
  const view = padded(bytes, 128, 16);
  const state = SQUARES.slice();
  for (let from = 0; from < view.byteLength; from += 128) compress512(state, view, from);
  return digestOf(state.flatMap((word) => [highHalf(word), lowHalf(word)]));
}

function compress512(state, view, from) {
  for (let t = 0; t < 16; t += 1) WIDE[t] = view.getBigUint64(from + 8 * t);
  for (let t = 16; t < 80; t += 1) {
    const early = WIDE[t - 15];
    const late = WIDE[t - 2];
    const s0 = turnedWide(early, 1n) ^ turnedWide(early, 8n) ^ (early >> 7n);
    const s1 = turnedWide(late, 19n) ^ turnedWide(late, 61n) ^ (late >> 6n);
    WIDE[t] = wide(WIDE[t - 16] + s0 + WIDE[t - 7] + s1);
  }
  let [a, b, c, d, e, f, g, h] = state;
  for (let t = 0; t < 80; t += 1) {
    const s1 = turnedWide(e, 14n) ^ turnedWide(e, 18n) ^ turnedWide(e, 41n);
    const first = h + s1 + ((e & f) ^ (wide(~e) & g)) + K_WIDE[t] + WIDE[t];
    const s0 = turnedWide(a, 28n) ^ turnedWide(a, 34n) ^ turnedWide(a, 39n);
    const second = s0 + ((a & b) ^ (a & c) ^ (b & c));
    h = g;
    g = f;
    f = e;
    e = wide(d + first);
    d = c;
    c = b;
    b = a;
    a = wide(first + second);
  }
  [a, b, c, d, e, f, g, h].forEach((word, at) => {
    state[at] = wide(state[at] + word);
  });
}
