// SPDX-License-Identifier: Apache-2.0
// Ed25519 signatures (RFC 8032 section 5.1.7). The browser's own arithmetic where it has it, ours where not, and
// ours too where libraries are known to differ: so that every browser gives the one answer.

import { isSame, joined, littleEndian } from "./bytes.js";
import { BASE, P, Q, combined, heightOf, less, pointOf, spelt } from "./curve.js";
import { sha512 } from "./sha2.js";

const ORDER_8 = 2707385501144840649318225287225658788936804267575313519463743609750303402022n;
// y of all points of order 1, 2, 4 and 8, and the two spellings of them that are not reduced modulo p
const SMALL_ORDER = new Set([0n, 1n, P - 1n, P, P + 1n, ORDER_8, P - ORDER_8]);

/** Say whether 32 bytes spell a point of small order. The sign of x, the highest bit, does not matter. */
export function isWeak(bytes) {
  return SMALL_ORDER.has(heightOf(bytes));
}

/** Say whether 32 bytes spell a y that is less than p (RFC 8032 section 5.1.3). */
export function isCanonical(bytes) {
  return heightOf(bytes) < P;
}

/**
 * Say whether a signature of 64 bytes over a message holds under a key of 32 bytes. The caller has refused weak keys.
 * A key in a second spelling is no key. A browser may refuse a nonce of small order: that is asked of ours.
 */
export async function isSigned(publicKey, message, signature) {
  if (signature.length !== 64 || !isCanonical(publicKey)) return false;
  const subtle = globalThis.crypto?.subtle;
  if (subtle === undefined || isWeak(signature.subarray(0, 32))) return fits(publicKey, message, signature);
  let key;
  try {
    key = await subtle.importKey("raw", publicKey, { name: "Ed25519" }, false, ["verify"]);
  } catch {
    return fits(publicKey, message, signature); // it knows no Ed25519, or takes these bytes for no key
  }
  return subtle.verify({ name: "Ed25519" }, key, signature, message);
}

/** Say the same by our own arithmetic: s below the order, and s*B - h*A spells the very bytes of R. */
export function fits(publicKey, message, signature) {
  const key = pointOf(publicKey);
  const nonce = signature.subarray(0, 32);
  const s = littleEndian(signature.subarray(32));
  if (key === null || s >= Q) return false;
  const h = littleEndian(sha512(joined(nonce, publicKey, message))) % Q;
  return isSame(spelt(combined([s, BASE], [h, less(key)])), nonce);
}
