// SPDX-License-Identifier: Apache-2.0
// Bytes and their spellings: hexadecimal, base64 in its one spelling (RFC 4648 section 4), UTF-8, and numbers.

import { Refusal } from "./refusals.js";

const ENCODER = new TextEncoder();
const DECODER = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Return the UTF-8 bytes of a text. */
export function utf8(text) {
  return ENCODER.encode(text);
}

/** Return the text of UTF-8 bytes, a byte order mark kept, or null where they are none. */
export function textOf(bytes) {
  try {
    return DECODER.decode(bytes);
  } catch {
    return null;
  }
}

/** Return byte strings end to end. */
export function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Return the bytes of lowercase hexadecimal. Whether it is such, its shape has said before. */
export function fromHex(digits) {
  const bytes = new Uint8Array(digits.length / 2);
  for (let at = 0; at < bytes.length; at += 1) {
    bytes[at] = nibble(digits.charCodeAt(2 * at)) * 16 + nibble(digits.charCodeAt(2 * at + 1));
  }
  return bytes;
}

function nibble(code) {
  return code < 58 ? code - 48 : code - 87;
}

const PAIRS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** Return bytes in lowercase hexadecimal. */
export function toHex(bytes) {
  let digits = "";
  for (const byte of bytes) digits += PAIRS[byte];
  return digits;
}

/** Return the number that big-endian bytes spell. */
export function bigEndian(bytes) {
  return bytes.length ? BigInt(`0x${toHex(bytes)}`) : 0n;
}

/** Return the number that little-endian bytes spell. */
export function littleEndian(bytes) {
  return bigEndian(Uint8Array.from(bytes).reverse());
}

/** Return a number below 2^256 as 32 little-endian bytes. */
export function littleEndian32(number) {
  return fromHex(number.toString(16).padStart(64, "0")).reverse();
}

/** Return the four big-endian bytes of a number below 2^32. */
export function u32(number) {
  return Uint8Array.of(number >>> 24, (number >>> 16) & 255, (number >>> 8) & 255, number & 255);
}

/** Say whether two byte strings are the same. Nothing here is secret from whoever runs this page. */
export function isSame(one, other) {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}

/** Return bytes in base64. */
export function toBase64(bytes) {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Return the bytes of base64, or refuse every spelling but the one that encoding gives back. */
export function fromBase64(text) {
  if (!BASE64.test(text)) throw new Refusal("A line that should be base64 is not.");
  const found = Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
  if (toBase64(found) !== text) {
    throw new Refusal("A line of base64 has more than one spelling; only the canonical one is read.");
  }
  return found;
}
