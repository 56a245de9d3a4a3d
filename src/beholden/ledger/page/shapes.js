// SPDX-License-Identifier: Apache-2.0
// The few shapes that a field of an entry or a file may have. Each looks at one JSON value and refuses what is not of
// its shape, naming the place and never what stood there. Bytes stay in hexadecimal, which compares as they do.

import { Refusal } from "./refusals.js";

function otherShape(where, sentence) {
  return new Refusal(`${where}: ${sentence}`);
}

/** A value that is what a function says it is; `wants` says in words what is expected. */
function same(accepts, wants) {
  return (value, where) => {
    if (!accepts(value)) throw otherShape(where, `${wants} is expected.`);
  };
}

/** Bytes of one length, in lowercase hexadecimal. */
export function hex(size) {
  const form = new RegExp(`^[0-9a-f]{${2 * size}}$`);
  return (value, where) => {
    if (typeof value !== "string" || !form.test(value)) {
      throw otherShape(where, `${size} bytes are expected, in lowercase hexadecimal.`);
    }
  };
}

/** Byte strings of one length, end to end. */
export function hexes(size, most) {
  const digits = 2 * size;
  return (value, where) => {
    const whole = typeof value === "string" && value.length % digits === 0 && value.length <= digits * most;
    if (!whole || !/^[0-9a-f]*$/.test(value)) {
      throw otherShape(where, `at most ${most} times ${size} bytes in hex are expected.`);
    }
  };
}

/** A short code or opaque id without spaces. */
export function word(form = /^[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}$/) {
  return same((value) => typeof value === "string" && form.test(value), "a code without spaces");
}

/** One word, or one number, of a closed list. */
export function oneOf(...values) {
  return same((value) => values.includes(value), `one of ${values.join(", ")}`);
}

/** True or false. */
export const truth = same((value) => typeof value === "boolean", "true or false");

/** A whole number between two limits, both included. */
export function whole(low = 0, high = Number.MAX_SAFE_INTEGER) {
  const fits = (value) => Number.isInteger(value) && low <= value && value <= high;
  return same(fits, `a whole number from ${low} to ${high}`);
}

/** A public count of people: 0, or at least 10. */
export const count = same(
  (value) => Number.isInteger(value) && (value === 0 || (10 <= value && value <= 2 ** 32 - 1)),
  "a count that is 0 or at least 10",
);

/** Any string up to so many characters: for what has its own strict reader. */
export function text(most = 65_535) {
  const fits = (value) => typeof value === "string" && (value.length <= most || [...value].length <= most);
  return same(fits, `a string of at most ${most} characters`);
}

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function isInCalendar(date) {
  const [year, month, on] = date.split("-").map(Number);
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return year >= 1 && on >= 1 && on <= DAYS[month - 1] + (month === 2 && leap ? 1 : 0);
}

const DAY = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/;

/** A day of the calendar, RFC 3339 full-date. */
export function onDay(value, where) {
  if (typeof value !== "string" || !DAY.test(value) || !isInCalendar(value)) {
    throw otherShape(where, "a day like 2026-11-23 is expected.");
  }
}

const MOMENT = /^([0-9]{4}-[0-9]{2}-[0-9]{2})T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z$/;

/** An instant: RFC 3339, UTC, whole seconds and `Z`; no second is a leap second. */
export function moment(value, where) {
  const found = typeof value === "string" ? MOMENT.exec(value) : null;
  if (found === null || !isInCalendar(found[1])) {
    throw otherShape(where, "an instant like 2026-11-23T09:30:00Z is expected.");
  }
}

/** A value that may be null. */
export function maybe(inner) {
  return (value, where) => {
    if (value !== null) inner(value, where);
  };
}

/** A list of one shape, with a limit. */
export function many(inner, most) {
  return (value, where) => {
    if (!Array.isArray(value) || value.length > most) {
      throw otherShape(where, `a list of at most ${most} is expected.`);
    }
    value.forEach((one, at) => inner(one, `${where}[${at}]`));
  };
}

/** An object with exactly these fields, each of its shape. */
export function part(fields) {
  const expected = Object.keys(fields);
  return (value, where) => {
    if (!hasExactly(value, expected)) {
      throw otherShape(where, `exactly these fields are expected: ${expected.join(", ")}.`);
    }
    for (const name of expected) fields[name](value[name], `${where}.${name}`);
  };
}

/** Say whether a value is an object with these fields and no other. */
export function hasExactly(value, expected) {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return Object.keys(value).length === expected.length && expected.every((name) => Object.hasOwn(value, name));
}
