// SPDX-License-Identifier: Apache-2.0
// ECVRF-EDWARDS25519-SHA512-TAI (RFC 9381 section 5.5, suite 3), verifying only: whether 80 bytes prove what one text
// gives under a public key. As strict as the specification: both points are of the prime group, c and s are not nought.

import { isSame, joined, littleEndian } from "./bytes.js";
import { BASE, Q, combined, isNobody, isOfPrimeGroup, less, pointOf, spelt, timesCofactor } from "./curve.js";
import { Refusal } from "./refusals.js";
import { sha512 } from "./sha2.js";

const SUITE = 3;
const PROOF_BYTES = 80;
const TRIES = 256; // the counter is one byte; each try succeeds half of the time
const NO_PROOF = "The proof of a place does not hold.";

/** Refuse a public key under which more than one output could be proved; return its point (section 5.6.1). */
export function checkPublic(publicKey) {
  const point = publicKey.length === 32 ? pointOf(publicKey) : null;
  if (point === null || !isOfPrimeGroup(point)) {
    throw new Refusal("This is no public key of a verifiable random function.");
  }
  return point;
}

/** Return the output that a proof speaks of. It proves nothing without the key and the text: that is `proven`. */
export function claimed(proof) {
  return output(parted(proof).gamma);
}

/** Return the one output of a text under a public key, or refuse the proof (RFC 9381 section 5.3). */
export function proven(publicKey, text, proof) {
  const key = checkPublic(publicKey);
  const { gamma, c, s } = parted(proof);
  const point = pointOfText(publicKey, text);
  const number = littleEndian(c);
  const u = combined([s, BASE], [number, less(key)]);
  const v = combined([s, point], [number, less(gamma)]);
  const points = [publicKey, spelt(point), spelt(gamma), spelt(u), spelt(v)];
  const challenge = hashed(2, ...points).subarray(0, 16);
  if (!isSame(challenge, c)) throw new Refusal(NO_PROOF);
  return output(gamma);
}

function parted(proof) {
  if (proof.length !== PROOF_BYTES) throw new Refusal(NO_PROOF);
  const gamma = pointOf(proof.subarray(0, 32));
  const c = proof.subarray(32, 48);
  const s = littleEndian(proof.subarray(48));
  const sound = gamma !== null && isOfPrimeGroup(gamma) && c.some((byte) => byte) && s > 0n && s < Q;
  if (!sound) throw new Refusal(NO_PROOF);
  return { gamma, c, s };
}

/** Return the point of a text: the first of a row of hashes that is one, times 8 (RFC 9381 section 5.4.1.1). */
function pointOfText(publicKey, text) {
  for (let tried = 0; tried < TRIES; tried += 1) {
    const found = pointOf(hashed(1, publicKey, text, Uint8Array.of(tried)).subarray(0, 32));
    const point = found === null ? null : timesCofactor(found);
    if (point !== null && !isNobody(point)) return point;
  }
  throw new Refusal("This text has no point; no text is known that has none.");
}

function output(gamma) {
  return hashed(3, spelt(timesCofactor(gamma)));
}

function hashed(domain, ...parts) {
  return sha512(joined(Uint8Array.of(SUITE, domain), ...parts, Uint8Array.of(0)));
}
