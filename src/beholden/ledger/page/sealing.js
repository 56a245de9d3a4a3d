// SPDX-License-Identifier: Apache-2.0
// What is signed in a log beside its checkpoint: seals and what follows them, a recipient's word on a list, an
// auditor's word on a handover (docs/explanation/proofs.md). Knows no child.

import { fromHex, joined, toHex, utf8 } from "./bytes.js";
import { printJson } from "./canonical.js";
import { isSigned, isWeak } from "./ed25519.js";
import { keyHash } from "./entries.js";
import { Refusal } from "./refusals.js";
import { sha256 } from "./sha2.js";

function message(prefix, said) {
  return joined(utf8(`beholden/${prefix}/v1\n`), printJson(said));
}

function without(body, ...fields) {
  return Object.fromEntries(Object.entries(body).filter(([name]) => !fields.includes(name)));
}

/** Say whether somebody's signature is sound: no weak key, and it covers the message. */
async function holds({ key, signature }, signed) {
  const publicKey = fromHex(key);
  return !isWeak(publicKey) && (await isSigned(publicKey, signed, fromHex(signature)));
}

/** What may follow what about sealed handovers: entries are judged one by one, in their order (step 5). */
export class Seals {
  bySeq = new Map();

  constructor(log) {
    this.log = log;
  }

  /** Let a sealed entry in: it opens on a later day than it was made, and is signed from outside. */
  async seal(index, at, body) {
    if (body.opens_by <= at.slice(0, 10)) {
      throw new Refusal(`Sealed handover ${body.seq} does not open on a later day than it was made.`);
    }
    const signed = message("second", { body: without(body, "second", "seq"), log: this.log });
    if (keyHash(body.second.key) === body.regulator || !(await holds(body.second, signed))) {
      throw new Refusal(`Sealed handover ${body.seq} is not signed by somebody outside.`);
    }
    const fresh = { seenAt: null, extended: false, opened: null, openedIndex: null };
    this.bySeq.set(body.seq, { index, at, body, opensBy: body.opens_by, ...fresh });
  }

  /** Let a regulator's word in: once, while the seal stands. */
  async see(at, body) {
    const held = this.#standing(body.seq);
    if (held.seenAt !== null) throw new Refusal(`Sealed handover ${body.seq} was seen before.`);
    const signed = message("seen", { body: held.body, log: this.log });
    if (!(await isRegulators(body.regulator, held.body, signed))) {
      throw new Refusal(`The word on sealed handover ${body.seq} is not its regulator's.`);
    }
    held.seenAt = at;
  }

  /** Let an extension in: once, before the day has passed, to a later day, signed from outside. */
  async extend(at, body) {
    const held = this.#standing(body.seq);
    if (held.extended || at.slice(0, 10) > held.opensBy || body.opens_by <= held.opensBy) {
      throw new Refusal(`The seal of handover ${body.seq} cannot be extended like this, or not again.`);
    }
    const said = { body: without(body, "second"), commitment: held.body.commitment, log: this.log };
    const outside = keyHash(body.second.key) !== held.body.regulator;
    if (!outside || !(await holds(body.second, message("extended", said)))) {
      throw new Refusal(`The longer seal of handover ${body.seq} is not signed by somebody outside.`);
    }
    held.opensBy = body.opens_by;
    held.extended = true;
  }

  /** Return the seal that an opening opens, or refuse: it stands, and what was committed comes out. */
  async checkUnseal({ details, regulator, salt, seq }) {
    const held = this.#standing(seq);
    const text = joined(utf8("beholden/sealed/v1\n"), fromHex(salt), printJson(details));
    if (toHex(sha256(text)) !== held.body.commitment) {
      throw new Refusal(`What is said to be in sealed handover ${seq} is not what was committed.`);
    }
    if (details.set.n !== held.body.band || details.power !== held.body.power) {
      throw new Refusal(`Sealed handover ${seq} was made of another band or power than it says.`);
    }
    const said = { commitment: held.body.commitment, log: this.log, seq };
    if (regulator !== null && !(await isRegulators(regulator, held.body, message("unsealed", said)))) {
      throw new Refusal(`The opening of handover ${seq} is not signed by its regulator.`);
    }
    return held;
  }

  #standing(seq) {
    const held = this.bySeq.get(seq);
    if (held === undefined || held.opened !== null) {
      throw new Refusal(`Handover ${seq} bears no seal, or bears it no more.`);
    }
    return held;
  }
}

async function isRegulators(said, sealed, signed) {
  return keyHash(said.key) === sealed.regulator && (await holds(said, signed));
}

/** Refuse an auditor's word that may not stand: by the recipient, a second one, or not signed by its key (step 5). */
export async function checkAudit({ agrees, auditor, seq }, handover, before) {
  if (keyHash(auditor.key) === handover.header.recipient.key) {
    throw new Refusal(`The recipient of handover ${seq} cannot audit it.`);
  }
  if (before.some((one) => one.key === auditor.key)) {
    throw new Refusal(`This auditor has said before what it found in handover ${seq}.`);
  }
  const { id, payload, set } = handover;
  const said = { agrees, id, n: set.n, payload, root: set.root };
  if (!(await holds(auditor, message("replayed", said)))) {
    throw new Refusal(`The word on handover ${seq} is not signed by the auditor that it names.`);
  }
}

/** Say what a recipient's word on a list is worth: none, unsigned, agrees or disagrees. */
export async function weigh({ header, id, payload, set }, said) {
  if (said === null) return "none";
  const { key, n, root, signature } = said;
  if (keyHash(key) !== header.recipient.key) return "unsigned";
  if (!(await holds({ key, signature }, message("recomputed", { id, n, payload, root })))) return "unsigned";
  return n === set.n && root === set.root ? "agrees" : "disagrees";
}
