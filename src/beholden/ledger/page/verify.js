// SPDX-License-Identifier: Apache-2.0
// Proves, from one file and nothing else, in which handovers a child's key stood: the steps of
// docs/explanation/proofs.md in their order. Throws at the first that does not hold, and never answers *false*.

import { Account } from "./account.js";
import { fromHex, joined, toHex, utf8 } from "./bytes.js";
import { parseBundle } from "./bundle.js";
import { readLog } from "./handovers.js";
import { signedState } from "./note.js";
import { checkPolicy } from "./policy.js";
import { NotProven, Refusal, atStep } from "./refusals.js";
import { weigh } from "./sealing.js";
import { sha256 } from "./sha2.js";
import { KEY_WIDTH, TAG_WIDTH, bucketStep, commitmentTo, elementAt, labelOf, tagOf } from "./tree.js";
import { claimed, proven } from "./vrf.js";

const PLACE = utf8("beholden/place/v1\n");

/**
 * Return what a file proves. Beside it the reader may give: `key`, the log's key; `number`, the child's pupil number;
 * `policy`, as it was read; `earlier`, the bytes of an older file. What is not given is null.
 */
export async function verify(bytes, { key = null, number = null, policy = null, earlier = null }, pace) {
  const bundle = atStep(0, () => parseBundle(bytes));
  const { checkpoint, entries } = bundle.handovers;
  const signed = await atStep(1, () => signedState(checkpoint, bundle.vkey, key));
  const seenBy = policy === null ? null : await atStep(1, () => checkPolicy(policy, signed));
  pace.expect(3 * entries.length + bundle.proofs.length);
  const log = await readLog(entries, signed.state, pace);
  const at = placeOf(bundle, log, number);
  const keys = keysOf(bundle, log, at);
  const standings = await standingsOf(bundle, log, keys, pace);
  const continues = earlier !== null;
  const samePlace = continues && (await checkContinues(bundle, earlier, key, at, pace));
  const handovers = [];
  for (const one of [...log.handed].sort((a, b) => a.seq - b.seq)) {
    handovers.push(await handoverOf(one, log, standings));
  }
  return new Account({
    origin: log.origin,
    keyNumber: shownNumber("vkey", utf8(bundle.vkey)),
    pinned: key !== null || policy !== null,
    seenBy,
    until: log.until,
    handovers,
    duties: [...log.duties.values()].map((one) => dutyOf(one, log)),
    seals: [...log.seals.bySeq.values()].filter((seal) => seal.opened === null).map(sealOf),
    placeNumber: at === null ? null : shownNumber("seed", fromHex(at)),
    byNumber: number !== null && at !== null,
    drawn: bundle.place !== null && bundle.place.drawn !== null,
    continues,
    samePlace,
  });
}

/** Return the number by which people compare a key or a place: 128 bits, in eight groups. */
function shownNumber(prefix, bytes) {
  const digits = toHex(sha256(joined(utf8(`beholden/${prefix}/v1\n`), bytes))).slice(0, 32);
  return digits.match(/.{4}/g).join(" ");
}

/** Return the child's place, in hexadecimal, the same in every registry; null where none is opened (step 6). */
function placeOf({ place, registry }, log, number) {
  if ((place === null) !== (registry.length === 0)) {
    throw new NotProven(
      6,
      "The file names a place for the child without a key there, or a key without a place.",
    );
  }
  if (place === null) return null;
  const { drawn, proof } = place;
  if (drawn === null && proof !== null) return placeOfNumber(fromHex(proof), log, number);
  if (drawn === null || proof !== null) {
    throw new NotProven(
      6,
      "The place of the child is proved by its number or drawn by lot, never both and never neither.",
    );
  }
  if (number === null) return drawn;
  throw new NotProven(
    6,
    "The key stands at a place that was drawn by lot, as where two records bear one number, so no number " +
      "can show that it is the child's. If you give no number, the file is the keeper's word for it.",
  );
}

function placeOfNumber(proof, log, number) {
  if (number === null) return toHex(atStep(6, () => claimed(proof)).subarray(0, 32));
  const typed = atStep(6, () => asTyped(number));
  const first = log.registries.values().next().value;
  try {
    const publicKey = first === undefined ? new Uint8Array(0) : fromHex(first.body.header.vrf);
    return toHex(proven(publicKey, joined(PLACE, utf8(typed)), proof).subarray(0, 32));
  } catch (cause) {
    if (!(cause instanceof Refusal)) throw cause;
    throw new NotProven(6, "The place of the key is not the place of the number that you typed.");
  }
}

/** Return a number as the register has it: without spaces, in capitals. */
function asTyped(number) {
  if (!/^[\u0000-\u007f]*$/.test(number)) {
    throw new Refusal("A pupil number has letters and digits only.");
  }
  return number.replace(/[\u0009-\u000d\u001c-\u0020]/g, "").toUpperCase();
}

/** Return y by the registry's entry (steps 6 and 7). */
function keysOf({ registry }, log, at) {
  const opened = registry.map((one) => one.entry);
  const inOrder = opened.every((entry, place) => place === 0 || opened[place - 1] < entry);
  if (!inOrder || !opened.every((entry) => log.registries.has(entry))) {
    throw new NotProven(
      12,
      "The opened lists of keys are not lists of keys of this log, each once and in order.",
    );
  }
  const keys = new Map();
  for (const opening of registry) {
    checkOpening(opening, log.registries.get(opening.entry).body, at);
    keys.set(opening.entry, opening.y);
  }
  return keys;
}

function checkOpening(opening, { id, set }, at) {
  const label = labelOf(at, id);
  const element = atStep(7, () => elementAt(id, KEY_WIDTH, set, label, opening));
  if (element === null) throw new NotProven(7, "The list of keys has no key at the child's place.");
  if (element.slice(32) !== commitmentTo(opening.y, label)) {
    throw new NotProven(7, "The key in the file is not the one that the list of keys commits to.");
  }
}

/** Return the standing by the entry that shows the list (steps 9 to 12). */
async function standingsOf({ proofs }, log, keys, pace) {
  const { handed } = log;
  const shown = handed.filter((one) => keys.has(one.body.header.registry.index));
  if (proofs.length !== shown.length || proofs.some((proof, at) => proof.entry !== shown[at].index)) {
    throw new NotProven(
      12,
      "The file has not exactly one proof for each handover that it can show, in order.",
    );
  }
  const standings = new Map(handed.map((one) => [one.index, "not shown"]));
  for (const [at, { index, body }] of shown.entries()) {
    standings.set(index, standingOf(body, proofs[at], keys.get(body.header.registry.index)));
    await pace.step();
  }
  return standings;
}

function standingOf({ id, set }, proof, y) {
  try {
    return elementAt(id, TAG_WIDTH, set, tagOf(y, id), proof) === null ? "not in" : "in";
  } catch (cause) {
    const step = bucketStep(cause);
    throw step === undefined ? cause : new NotProven(step, cause.sentence);
  }
}

async function handoverOf({ index, at, seq, body }, log, standings) {
  const said = log.outcomes.get(seq);
  return {
    seq,
    at,
    use: body.header.use ?? null, // of what was sealed there is none: an order stood in the place of a use
    purpose: body.header.purpose,
    recipient: body.header.recipient.id,
    standing: standings.get(index),
    outcome: said?.body.outcome ?? null,
    outcomeAt: said?.at ?? null,
    word: await weigh(body, said?.body.recomputed ?? null),
    audits: log.audits.get(seq) ?? [],
  };
}

function dutyOf({ at, body: { header, id } }, log) {
  const outcome = log.dutyOutcomes.get(id)?.body.outcome ?? null;
  return { at, use: header.use, purpose: header.purpose, recipient: header.recipient.id, outcome };
}

function sealOf({ at, body, opensBy, seenAt, extended }) {
  return { seq: body.seq, at, band: body.band, opensBy, seenAt, extended };
}

/** Refuse unless an earlier file, itself proven, begins this one (step 13); say if it knew the place. */
async function checkContinues(bundle, earlier, key, nowAt, pace) {
  const before = await provenBefore(earlier, key, pace);
  if (before.vkey !== bundle.vkey) {
    throw new NotProven(13, "The two files are signed by different keys.");
  }
  const old = before.handovers.entries;
  if (old.some((entry, at) => bundle.handovers.entries[at] !== entry)) {
    throw new NotProven(13, "What the earlier file lists was changed or left out: the log was rewritten.");
  }
  const at = earlierPlace(before.place);
  if (at !== null && at !== nowAt) {
    throw new NotProven(13, "The child's place is another than in the earlier file: the key was exchanged.");
  }
  const now = new Map(bundle.registry.map((one) => [one.entry, one.y]));
  if (before.registry.some((one) => now.get(one.entry) !== one.y)) {
    throw new NotProven(13, "A key that the earlier file shows is exchanged, or no longer shown.");
  }
  return at !== null;
}

async function provenBefore(earlier, key, pace) {
  try {
    await verify(earlier, { key }, pace);
  } catch (cause) {
    if (cause instanceof NotProven) cause.isOfEarlier = true;
    throw cause;
  }
  return parseBundle(earlier);
}

function earlierPlace(place) {
  if (place === null) return null;
  return place.drawn ?? toHex(claimed(fromHex(place.proof)).subarray(0, 32));
}
