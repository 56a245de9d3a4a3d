// SPDX-License-Identifier: Apache-2.0
// JSON in the one spelling that RFC 8785 (JCS) allows. What does not print back to itself is refused: that one
// comparison catches white space, the order of names, doubled names, other escapes and other numbers.

import { textOf, utf8 } from "./bytes.js";
import { Refusal } from "./refusals.js";
import { grouped } from "./spoken.js";

const DEEPEST = 32; // nothing of ours lies deeper than eight
const LONE = /[\ud800-\udfff]/u;

/** Return the value of canonical JSON bytes, or refuse more bytes than the limit and every other spelling. */
export function parseJson(bytes, limit) {
  if (bytes.length > limit) {
    throw new Refusal(`The JSON is longer than the ${grouped(limit)} bytes that are allowed here.`);
  }
  const text = textOf(bytes);
  let value;
  let printed;
  try {
    if (text === null) throw new Refusal("");
    value = JSON.parse(text);
    printed = spelling(value, 0);
  } catch (cause) {
    if (!(cause instanceof Refusal || cause instanceof SyntaxError)) throw cause;
    throw new Refusal(cause.sentence || "These bytes are not canonical JSON.");
  }
  if (printed !== text) throw new Refusal("These bytes are JSON, but not in its one canonical spelling.");
  return value;
}

/** Return the canonical bytes of a value made of objects, lists, strings, whole numbers, true, false and null. */
export function printJson(value) {
  return utf8(spelling(value, 0));
}

function spelling(value, deep) {
  if (deep > DEEPEST) throw new Refusal("");
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "number") return spelledNumber(value);
  if (typeof value === "string") return spelledText(value);
  if (Array.isArray(value)) return `[${value.map((one) => spelling(one, deep + 1)).join(",")}]`;
  const names = Object.keys(value).sort(); // by UTF-16 unit, as RFC 8785 section 3.2.3 has it
  return `{${names.map((name) => `${spelledText(name)}:${spelling(value[name], deep + 1)}`).join(",")}}`;
}

function spelledNumber(value) {
  if (!Number.isInteger(value)) throw new Refusal("The JSON holds a number that is not whole.");
  if (!Number.isSafeInteger(value)) throw new Refusal("");
  return String(value); // of minus nought too: "0", which is not how it stood there
}

function spelledText(value) {
  if (LONE.test(value)) throw new Refusal("");
  return JSON.stringify(value); // RFC 8785 section 3.2.2.2 is what ECMAScript does here
}
