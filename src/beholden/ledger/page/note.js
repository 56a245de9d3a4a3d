// SPDX-License-Identifier: Apache-2.0
// Signed notes and verifier keys (c2sp.org/signed-note), checkpoints (c2sp.org/tlog-checkpoint) and cosignatures
// (c2sp.org/tlog-cosignature), each in its one spelling: what does not print back to itself is refused.

import { bigEndian, fromBase64, isSame, joined, textOf, toBase64, toHex, utf8 } from "./bytes.js";
import { isSigned, isWeak } from "./ed25519.js";
import { NotProven, Refusal } from "./refusals.js";
import { sha256 } from "./sha2.js";

/** Types of keys: a log's signature, and a witness's cosignature. */
export const LOG_KEY = 1;
export const WITNESS_KEY = 4;
const COSIGNATURE_BYTES = 72;
const KEY_ID_BYTES = 4;
const MAX_NOTE_BYTES = 1_000_000;
const MAX_SIGNATURES = 64;
const MAX_SIZE = 2n ** 63n - 1n;
const LAST_SECOND = 253_402_300_799n; // 9999-12-31T23:59:59Z
// What Unicode calls a space (c2sp.org/signed-note), a plus sign, and control characters
const NO_NAME = /[\u0000-\u0020+\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;
const LONE_HALF = /[\ud800-\udfff]/u;

function checkName(name) {
  if (name === "" || NO_NAME.test(name)) {
    throw new Refusal("A key name is not empty and holds no space, plus sign or control character.");
  }
  if (LONE_HALF.test(name)) throw new Refusal("A note holds only characters that UTF-8 can carry.");
}

/** Read a verifier key (`name+id+base64`) of one type; refuse what does not print back to itself. */
export function parseKey(vkey, type = LOG_KEY) {
  const [name, keyId, ...rest] = vkey.split("+"); // base64 may itself hold a plus; a name may not
  if (rest.length === 0) {
    throw new Refusal("A verifier key has three parts joined by plus signs; this one has not.");
  }
  const material = fromBase64(rest.join("+"));
  if (material[0] !== type) throw new Refusal("The verifier key is of another type than is read here.");
  checkName(name);
  if (material.length !== 33) throw new Refusal("An Ed25519 public key has 32 bytes; this one has not.");
  const found = toHex(sha256(joined(utf8(`${name}\n`), material)).subarray(0, KEY_ID_BYTES));
  if (found !== keyId) {
    throw new Refusal("The verifier key does not print back to itself; its key id may be wrong.");
  }
  return { name, id: found, public: material.subarray(1), vkey };
}

/** Refuse unless a signature over a text holds under a key. */
export async function checkSignature(key, message, signature) {
  if (!(await isSigned(key.public, utf8(message), signature))) {
    throw new Refusal(`The signature under the name ${key.name} does not fit the text.`);
  }
}

/** Refuse unless a witness has cosigned a text: a moment of eight bytes, and a signature over it and the text. */
export async function checkCosigned(key, text, signature) {
  if (signature.length !== COSIGNATURE_BYTES) {
    throw new Refusal(`The cosignature under the name ${key.name} is not of the length of one.`);
  }
  const second = bigEndian(signature.subarray(0, 8));
  await checkSignature(key, `cosignature/v1\ntime ${second}\n${text}`, signature.subarray(8));
  if (second > LAST_SECOND) {
    throw new Refusal(`The cosignature under the name ${key.name} is of no time that there is.`);
  }
}

/** Read a note without trusting it: its text, and its lines in order. */
export function parseNote(bytes) {
  const whole = noteText(bytes);
  const cut = whole.lastIndexOf("\n\n"); // the *last* empty line: the text may hold others
  if (cut < 0) throw new Refusal("The note has no empty line between its text and its signatures.");
  const lines = whole.slice(cut + 2).split("\n").slice(0, -1);
  if (lines.length === 0 || lines.length > MAX_SIGNATURES) {
    throw new Refusal(`A note carries between 1 and ${MAX_SIGNATURES} signatures.`);
  }
  return { text: whole.slice(0, cut + 1), lines: lines.map(signatureLine) };
}

function noteText(bytes) {
  if (bytes.length > MAX_NOTE_BYTES) throw new Refusal("A note has at most 1,000,000 bytes.");
  const found = textOf(bytes);
  if (found === null) throw new Refusal("A note is valid UTF-8; this is not.");
  if (!found.endsWith("\n") || /[\u0000-\u0009\u000b-\u001f]/.test(found)) {
    throw new Refusal("The text of a note ends in a newline and holds no other control character.");
  }
  return found;
}

function signatureLine(line) {
  const rest = line.startsWith("— ") ? line.slice(2) : "";
  const space = rest.indexOf(" ");
  if (space < 0) {
    throw new Refusal("A signature line is a dash, a key name and base64, with single spaces between.");
  }
  const name = rest.slice(0, space);
  checkName(name);
  const blob = fromBase64(rest.slice(space + 1));
  if (blob.length <= KEY_ID_BYTES) {
    throw new Refusal("A signature line is too short to hold a key id and a signature.");
  }
  return { name, id: toHex(blob.subarray(0, KEY_ID_BYTES)), signature: blob.subarray(KEY_ID_BYTES) };
}

/** Read the three lines of a checkpoint: its origin, its size, its root. */
export function parseCheckpoint(text) {
  const lines = text.split("\n");
  if (lines.length !== 4 || lines[3] !== "") {
    throw new Refusal("A checkpoint has three lines: origin, size and root.");
  }
  const [origin, size, root] = lines;
  if (!/^[0-9]{1,19}$/.test(size)) throw new Refusal("The size of a checkpoint is not a decimal number.");
  const found = { origin, size: BigInt(size), root: rootLine(root) };
  if (origin === "") throw new Refusal("The origin of a checkpoint is one line that is not empty.");
  if (found.size > MAX_SIZE) throw new Refusal("The size of a checkpoint is not a number of entries.");
  if (found.root.length !== 32) throw new Refusal("The root of a checkpoint has 32 bytes; this one has not.");
  if (`${origin}\n${found.size}\n${toBase64(found.root)}\n` !== text) {
    throw new Refusal("The checkpoint does not print back to itself.");
  }
  return found;
}

function rootLine(line) {
  try {
    return fromBase64(line);
  } catch (cause) {
    if (!(cause instanceof Refusal)) throw cause;
    throw new Refusal("The root of a checkpoint is not canonical base64.");
  }
}

/** Return the key, note and state under which a log's own signature stands: step 1, (a) to (d). */
export async function signedState(checkpoint, vkey, pinned) {
  const key = parseKey(vkey);
  if (pinned !== null && parseKey(pinned).vkey !== key.vkey) {
    throw new NotProven(1, "The log is signed by another key than the one you gave.");
  }
  if (isWeak(key.public)) throw new NotProven(1, "The key of the log is one under which anybody can sign.");
  const note = parseNote(utf8(checkpoint));
  const [first, ...others] = note.lines;
  if (!isOf(key, first)) throw new Refusal("The checkpoint is not signed by the key that the file names.");
  if (others.some((line) => line.signature.length !== COSIGNATURE_BYTES)) {
    throw new NotProven(1, "Under the checkpoint stands a line that is neither its log's nor a witness's.");
  }
  if (new Set(note.lines.map((line) => `${line.id} ${line.name}`)).size !== note.lines.length) {
    throw new NotProven(1, "Somebody has signed the checkpoint twice.");
  }
  await checkSignature(key, note.text, first.signature);
  const state = parseCheckpoint(note.text);
  if (key.name !== state.origin || !state.origin.endsWith("/handovers")) {
    throw new NotProven(1, "The key is not the key of a handover log, or is that of another log.");
  }
  return { key, note, state };
}

/** Say whether a line stands under the name and number of a key. */
export function isOf(key, line) {
  return line.name === key.name && line.id === key.id;
}

/** Say whether two keys are one. */
export function isSameKey(one, other) {
  return one.name === other.name && isSame(one.public, other.public);
}
