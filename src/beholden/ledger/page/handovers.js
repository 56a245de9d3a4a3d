// SPDX-License-Identifier: Apache-2.0
// The handover log as one whole: complete, and consistent with itself. Steps 2 to 5, and 8. What may follow what
// depends only on the entries before, so entries are judged one by one, in their order.

import { fromHex, toHex, utf8 } from "./bytes.js";
import { nameOf, parseEntry } from "./entries.js";
import { NotProven, atStep } from "./refusals.js";
import { Seals, checkAudit } from "./sealing.js";
import { depthOf, leafHash, rootOver } from "./tree.js";
import { checkPublic } from "./vrf.js";

/** Read the entries under a signed state: the log, or a refusal at the first step that does not hold. */
export async function readLog(texts, state, pace) {
  const leaves = [];
  for (const text of texts) {
    leaves.push(leafHash(utf8(text)));
    await pace.step();
  }
  if (BigInt(texts.length) !== state.size || toHex(rootOver(leaves)) !== toHex(state.root)) {
    throw new NotProven(2, "The entries are not the ones that were signed: one is missing, or was changed.");
  }
  const entries = [];
  for (const text of texts) {
    entries.push(atStep(3, () => parseEntry(utf8(text))));
    await pace.step();
  }
  const log = new Log(state.origin);
  for (const entry of entries) {
    await log.add(entry);
    await pace.step();
  }
  return log;
}

/** A log that has passed up to its last entry. Maps go by entry, by handover number, or by the id of a duty return. */
export class Log {
  size = 0;
  until = null;
  registries = new Map();
  intents = [];
  outcomes = new Map();
  duties = new Map();
  dutyOutcomes = new Map();
  audits = new Map();
  #shown = new Map();
  #names = new Set();
  #events = new Map();

  constructor(origin) {
    this.origin = origin;
    this.seals = new Seals(origin);
  }

  /** Every handover whose list is in the open, in the order of the entries that show it. */
  get handed() {
    const found = this.intents.map(({ index, at, body }) => ({ index, at, seq: body.seq, body }));
    for (const [seq, seal] of this.seals.bySeq) {
      if (seal.opened !== null) found.push({ index: seal.openedIndex, at: seal.at, seq, body: seal.opened });
    }
    return found.sort((one, other) => one.index - other.index);
  }

  /** Let an entry in as the next one, or refuse it. */
  async add({ at, body, kind }) {
    const one = { index: this.size, at, body };
    if (kind === "registry") this.#addRegistry(one);
    else if (kind === "intent") this.#addIntent(one);
    else if (kind === "outcome") this.#addOutcome(one);
    else if (kind === "duty") this.#addDuty(one);
    else if (kind === "duty_outcome") this.#addDutyOutcome(one);
    else if (kind === "replayed") await this.#addAudit(one);
    else await this.#addSealed(one, kind);
    this.until = at;
    this.size += 1;
  }

  #addRegistry(one) {
    this.#checkList(one);
    const { vrf } = one.body.header;
    atStep(5, () => this.#checkVrf(vrf));
    if ([...this.registries.values()].some((held) => held.body.header.vrf !== vrf)) {
      throw new NotProven(
        5,
        `Entry ${one.index} gives places by another key than the lists of keys before it.`,
      );
    }
    this.#admit(one);
    this.registries.set(one.index, one);
  }

  /** The key is looked at once: every later one is the same, or refused for that. */
  #checkVrf(vrf) {
    const first = this.registries.values().next().value;
    if (first === undefined || first.body.header.vrf !== vrf) checkPublic(fromHex(vrf));
  }

  #addIntent(one) {
    const { header, seq } = one.body;
    this.#checkNumber(seq);
    this.#checkList(one);
    checkDecision(header, `Handover ${seq}`);
    this.#checkRegistry(seq, header, one.index);
    this.#admit(one);
    this.#shown.set(seq, one.body);
    this.intents.push(one);
  }

  #addOutcome(one) {
    const { seq, outcome, recomputed } = one.body;
    this.#named(one);
    const before = this.outcomes.get(seq);
    if (before !== undefined && !isFirmer(before.body, one.body)) {
      throw new NotProven(5, `Entry ${one.index} takes back what was said about handover ${seq}.`);
    }
    if (outcome !== "delivered" && recomputed !== null) {
      throw new NotProven(5, `Entry ${one.index} carries a recipient's word, but reports no delivery.`);
    }
    this.outcomes.set(seq, one);
  }

  #addDuty(one) {
    this.#checkName(one);
    checkDecision(one.body.header, `The duty return of entry ${one.index}`);
    this.#admit(one);
    this.duties.set(one.body.id, one);
  }

  #addDutyOutcome(one) {
    const { id, outcome } = one.body;
    if (!this.duties.has(id)) {
      throw new NotProven(5, `Entry ${one.index} tells of a duty return that was not logged before it.`);
    }
    const before = this.dutyOutcomes.get(id);
    if (before !== undefined && !(before.body.outcome === "unknown" && outcome === "delivered")) {
      throw new NotProven(5, `Entry ${one.index} takes back what was said about a duty return.`);
    }
    this.dutyOutcomes.set(id, one);
  }

  async #addAudit(one) {
    const { agrees, auditor, seq } = one.body;
    const shown = this.#named(one);
    if (this.outcomes.get(seq)?.body.outcome !== "delivered") {
      throw new NotProven(
        5,
        `Entry ${one.index} tells of an audit of what was not delivered before it.`,
      );
    }
    const before = this.audits.get(seq) ?? [];
    await atStep(5, () => checkAudit(one.body, shown, before));
    this.audits.set(seq, [...before, { agrees, at: one.at, key: auditor.key }]);
  }

  async #addSealed(one, kind) {
    if (kind === "sealed") {
      this.#checkNumber(one.body.seq);
      await atStep(5, () => this.seals.seal(one.index, one.at, one.body));
    } else if (kind === "unsealed") {
      await this.#open(one);
    } else {
      const said = kind === "seen" ? "see" : "extend";
      await atStep(5, () => this.seals[said](one.at, one.body));
    }
  }

  /** A seal opens as an intent at its place would be judged. */
  async #open({ index, at, body }) {
    const seal = await atStep(5, () => this.seals.checkUnseal(body));
    const opened = { index, at, body: body.details };
    this.#checkList(opened);
    this.#checkRegistry(body.seq, body.details.header, seal.index);
    seal.opened = body.details;
    seal.openedIndex = index;
    this.#admit(opened);
    this.#shown.set(body.seq, body.details);
  }

  #checkNumber(seq) {
    if (seq !== this.intents.length + this.seals.bySeq.size + 1) {
      throw new NotProven(3, "The handovers are not numbered 1, 2, 3 and so on.");
    }
  }

  #checkList(one) {
    this.#checkName(one);
    if (one.body.set.depth !== depthOf(one.body.set.n)) {
      throw new NotProven(8, `The list of entry ${one.index} has not the depth that its size demands.`);
    }
  }

  #checkName({ index, body: { header, id } }) {
    if (header.log !== this.origin) throw new NotProven(4, `Entry ${index} belongs to another log.`);
    if (id !== nameOf(header)) {
      throw new NotProven(4, `Entry ${index} does not bear the name that its header gives it.`);
    }
    if (this.#names.has(id)) {
      throw new NotProven(4, `Entry ${index} bears a name that an earlier list has.`);
    }
    const { root, size } = header.events;
    if ((this.#events.get(size) ?? root) !== root) {
      throw new NotProven(5, `Entry ${index} shows another events log than an earlier entry.`);
    }
  }

  #checkRegistry(seq, { registry }, before) {
    const held = registry.index < before ? this.registries.get(registry.index) : undefined;
    if (held?.body.id !== registry.id || held.body.set.root !== registry.root) {
      throw new NotProven(5, `Handover ${seq} does not name an earlier list of keys of this log.`);
    }
  }

  #named({ index, body: { id, seq } }) {
    const shown = this.#shown.get(seq); // of a seal there is none before it is opened
    if (shown?.id !== id) {
      throw new NotProven(5, `Entry ${index} tells of a handover that was not logged before it.`);
    }
    return shown;
  }

  #admit({ body: { header, id } }) {
    this.#names.add(id);
    this.#events.set(header.events.size, header.events.root);
  }
}

function checkDecision({ decision, events }, which) {
  if (decision >= events.size) {
    throw new NotProven(5, `${which} names a decision that was not yet in the events log.`);
  }
}

/** Say whether an outcome may follow: unknown, then delivered, then with the recipient's word. */
function isFirmer(before, now) {
  const rank = ["unknown", "delivered"];
  const [then, next] = [rank.indexOf(before.outcome), rank.indexOf(now.outcome)];
  if (then < 0 || next < 0) return false; // withdrawn stands alone
  if (then !== next) return next > then;
  return now.recomputed !== null && before.recomputed === null;
}
