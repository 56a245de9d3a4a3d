// SPDX-License-Identifier: Apache-2.0
// Who must have seen a log before its reader believes it, exactly as c2sp.org/tlog-policy. Names are opaque bytes, kept
// here as one sign for each byte; only keys have to be UTF-8.

import { textOf } from "./bytes.js";
import { isCanonical, isWeak } from "./ed25519.js";
import { LOG_KEY, WITNESS_KEY, checkCosigned, checkSignature, isOf, isSameKey, parseKey } from "./note.js";
import { PolicyMalformed, Refusal } from "./refusals.js";

export const MAX_POLICY_BYTES = 100_000;
const MAX_WITNESSES = 63; // as many lines as a note has room for beside its log's
const MAX_GROUPS = 64;
const MAX_NESTING = 32;
const NONE = "none";

/** Read a policy file, or refuse at the line that is at fault. */
export function parsePolicy(bytes) {
  const reading = new Reading();
  linesOf(bytes).forEach((line, at) => {
    const words = line.split(/[\t ]+/).filter((one) => one !== "");
    if (words.length && !words[0].startsWith("#")) reading.take(at + 1, words);
  });
  if (reading.quorum === "") throw new PolicyMalformed(1, "there is no line that says the quorum.");
  return reading;
}

function linesOf(bytes) {
  if (bytes.length > MAX_POLICY_BYTES) throw new PolicyMalformed(1, "a policy has at most 100,000 bytes.");
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  const lines = binary.split("\n");
  const controlled = lines.findIndex((line) => /[\u0000-\u0008\u000b-\u001f\u007f]/.test(line));
  if (controlled >= 0) throw new PolicyMalformed(controlled + 1, "it holds a control character.");
  if (lines.at(-1) !== "") throw new PolicyMalformed(lines.length, "it does not end.");
  return lines.slice(0, -1);
}

/** What the lines up to here have defined. */
class Reading {
  logs = [];
  witnesses = new Map();
  groups = new Map();
  quorum = "";
  #members = new Set();
  #nesting = new Map();

  /** Take one line in, or refuse it. */
  take(line, [kind, ...words]) {
    if (kind === "log" && (words.length === 1 || words.length === 2)) {
      this.#log(line, words[0]);
    } else if (kind === "witness" && (words.length === 2 || words.length === 3)) {
      this.#witness(line, words[0], words[1]);
    } else if (kind === "group" && words.length >= 3) {
      this.#group(line, words[0], words[1], words.slice(2));
    } else if (kind === "quorum" && words.length === 1) {
      if (this.quorum !== "") throw new PolicyMalformed(line, "the quorum is said once.");
      if (words[0] !== NONE) this.#known(line, words[0]);
      this.quorum = words[0];
    } else {
      throw new PolicyMalformed(line, "it is none of log, witness, group or quorum in their form.");
    }
  }

  #log(line, vkey) {
    const key = policyKey(line, vkey, LOG_KEY);
    newKey(line, key, this.logs);
    this.logs.push(key);
  }

  #witness(line, name, vkey) {
    this.#newName(line, name);
    if (this.witnesses.size === MAX_WITNESSES) {
      throw new PolicyMalformed(line, `a policy has at most ${MAX_WITNESSES} witnesses.`);
    }
    const key = policyKey(line, vkey, WITNESS_KEY);
    newKey(line, key, [...this.witnesses.values()]);
    this.witnesses.set(name, key);
  }

  #group(line, name, threshold, members) {
    this.#newName(line, name);
    if (this.groups.size === MAX_GROUPS) {
      throw new PolicyMalformed(line, `a policy has at most ${MAX_GROUPS} groups.`);
    }
    for (const member of members) {
      this.#known(line, member);
      if (this.#members.has(member)) {
        throw new PolicyMalformed(line, "a name is a member of one group only, and once.");
      }
      this.#members.add(member);
    }
    const nesting = 1 + Math.max(...members.map((member) => this.#nesting.get(member) ?? 0));
    if (nesting > MAX_NESTING) {
      throw new PolicyMalformed(line, `at most ${MAX_NESTING} groups stand within one another.`);
    }
    this.#nesting.set(name, nesting);
    this.groups.set(name, { threshold: thresholdOf(line, threshold, members.length), members });
  }

  #known(line, name) {
    if (!this.witnesses.has(name) && !this.groups.has(name)) {
      throw new PolicyMalformed(line, "it names a witness or a group that no line before it defines.");
    }
  }

  #newName(line, name) {
    if (name === NONE || this.witnesses.has(name) || this.groups.has(name)) {
      throw new PolicyMalformed(line, "its name is taken.");
    }
  }

  /** Say whether a witness or group has seen it. A group names only what stands before it, so this ends. */
  hasSeen(name, seen) {
    if (name === NONE) return true;
    const group = this.groups.get(name);
    if (group === undefined) return seen.has(name);
    return group.members.filter((member) => this.hasSeen(member, seen)).length >= group.threshold;
  }
}

function policyKey(line, word, type) {
  let key;
  try {
    const vkey = decoded(word, (byte) => String.fromCharCode(0xdc00 + byte)); // half a character: no key has one
    key = parseKey(vkey, type);
  } catch (cause) {
    throw cause instanceof Refusal ? new PolicyMalformed(line, cause.sentence) : cause;
  }
  if (isWeak(key.public)) throw new PolicyMalformed(line, "its key is one under which anybody can sign.");
  if (!isCanonical(key.public)) throw new PolicyMalformed(line, "its key is a second spelling of another.");
  return key;
}

function newKey(line, key, held) {
  const spelled = String(key.public);
  if (held.some((one) => String(one.public) === spelled)) {
    throw new PolicyMalformed(line, "its key stands in another line.");
  }
}

function thresholdOf(line, said, members) {
  if (said === "all" || said === "any") return said === "all" ? members : 1;
  if (!/^[1-9][0-9]*$/.test(said) || Number(said) > members) {
    throw new PolicyMalformed(line, `the threshold is all, any, or a number from 1 to ${members}.`);
  }
  return Number(said);
}

/**
 * Return the witnesses that have seen a signed state, as they can be printed, or refuse: step 1, (e). The policy names
 * this very key for this log; every line of a witness that it knows is true; those witnesses are a quorum.
 */
export async function checkPolicy(policy, { key, note, state }) {
  const keys = policy.logs.filter((one) => one.name === state.origin);
  if (!keys.some((one) => isSameKey(one, key))) {
    throw new Refusal("The log is signed by another key than the one that your policy names for it.");
  }
  if (new Set(keys.map((one) => one.id)).size !== keys.length) {
    throw new Refusal("Two of the given keys have the same name and key id.");
  }
  const seen = new Set();
  for (const line of note.lines) {
    const log = keys.find((one) => isOf(one, line));
    if (log !== undefined) await checkSignature(log, note.text, line.signature);
  }
  for (const line of note.lines) {
    for (const [name, witness] of policy.witnesses) {
      if (!isOf(witness, line)) continue;
      await checkCosigned(witness, note.text, line.signature);
      seen.add(name);
    }
  }
  if (!policy.hasSeen(policy.quorum, seen)) {
    throw new Refusal(
      `${seen.size} of ${policy.witnesses.size} witnesses have seen this state of the log, ` +
        "which is not the quorum of the policy.",
    );
  }
  return [...seen].map(printable).sort(byCharacter);
}

/** Return a name as it can be printed: bytes that are no UTF-8 stand there as escapes. */
function printable(name) {
  return decoded(name, (byte) => `\\x${byte.toString(16).padStart(2, "0")}`);
}

/** Return the text of bytes, with something else in the place of each that is no part of a character. */
function decoded(name, instead) {
  const bytes = Uint8Array.from(name, (sign) => sign.charCodeAt(0));
  let said = "";
  for (let at = 0; at < bytes.length; ) {
    const size = [1, 2, 3, 4].find((length) => isCharacter(bytes.subarray(at, at + length)));
    said += size ? textOf(bytes.subarray(at, at + size)) : instead(bytes[at]);
    at += size ?? 1;
  }
  return said;
}

function isCharacter(bytes) {
  const found = textOf(bytes);
  return found !== null && [...found].length === 1;
}

function byCharacter(one, other) {
  const [mine, theirs] = [[...one], [...other]];
  const at = mine.findIndex((sign, place) => sign !== theirs[place]);
  if (at < 0) return mine.length - theirs.length;
  return at < theirs.length ? mine[at].codePointAt(0) - theirs[at].codePointAt(0) : 1;
}
