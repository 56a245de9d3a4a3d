// SPDX-License-Identifier: Apache-2.0
// What a verified file says, in the very words of `beholden verify`: computed from entries and proofs, and from no
// text that anybody sent. Proves nothing; an account is made only after every step has held.

import { counted, day, grouped, listed, names, when } from "./spoken.js";

const UNTYPED =
  "you gave no pupil number. Check the file again with your child's number, from a letter of the school or an exam " +
  "slip and not from the register: then the file proves that the place is that number's.";
const BY_LOT =
  "the place was drawn by lot, as where two records bear one number, and this file cannot prove it.";
const SECRET =
  "This file is a secret: whoever has it can find your child's row in the files handed over.";

/** What was proved. `until` is the keeper's own date of the log's last entry. */
export class Account {
  constructor(proved) {
    Object.assign(this, proved);
  }

  /** Return the numbers of the handovers of which something holds. */
  #numbers(holds) {
    return this.handovers.filter(holds).map((one) => one.seq);
  }

  /** K, P, Q, U and S of the specification; of Q, how many were confirmed (R) and replayed (A). */
  get listed() {
    return this.handovers.length + this.seals.length;
  }

  get present() {
    return this.#numbers((one) => one.standing === "in");
  }

  get absent() {
    return this.#numbers((one) => one.standing === "not in");
  }

  get notShown() {
    return this.#numbers((one) => one.standing === "not shown");
  }

  get confirmed() {
    return this.#numbers((one) => one.standing === "not in" && one.word === "agrees");
  }

  get audited() {
    const replayed = ({ audits }) => audits.length > 0 && audits.every((one) => one.agrees);
    return this.#numbers((one) => one.standing === "not in" && replayed(one));
  }

  /** Return the claim, one sentence group a line. */
  sentences() {
    return [
      this.#signed(),
      ...this.#witnessed(),
      this.#summary(),
      ...this.#required(),
      ...this.handovers.filter((one) => one.standing === "in").map(saidIn),
      ...this.#notIn(),
      ...this.#unshown(),
      ...this.seals.map((one) => saidSeal(one, this.until)),
      ...this.handovers.flatMap(saidRecipient),
      ...this.handovers.flatMap(saidAuditor),
      ...this.#firstUse(),
      SECRET,
    ];
  }

  #signed() {
    if (this.pinned) {
      return `The log ${this.origin} is signed by the key you gave, whose number is ${this.keyNumber}.`;
    }
    return (
      `The log ${this.origin} is signed by the key inside this file, whose number is ` +
      `${this.keyNumber}: compare it with the number on the register's website, and with the one that ` +
      "other families have. If it is another, this file proves nothing."
    );
  }

  #witnessed() {
    if (!this.seenBy?.length) return [];
    const who = this.seenBy.length === 1 ? "1 witness" : `${this.seenBy.length} witnesses`;
    return [
      `${who} that you trust (${this.seenBy.join(", ")}) signed that this log only grew until this state. ` +
        "So nobody can be shown another past of it that they have signed too.",
    ];
  }

  #summary() {
    if (this.until === null) return "This log is empty. It lists no handover yet.";
    const upto = `Up to its last entry, which the keeper dated ${when(this.until)},`;
    const sent = this.#sent().length > 0;
    if (!this.listed) {
      return `${upto} this log lists no handover${sent ? " of those that have a list of keys" : ""}.`;
    }
    const lists = `${upto} this log lists ${counted(this.listed, "handover")}.`;
    const { present, absent, notShown } = this;
    if (notShown.length === this.listed) {
      return `${lists} This file shows your child's key for no list of keys that they were made from.`;
    }
    if (this.seals.length === this.listed) return `${lists} ${this.#underSeal()}`;
    const certain = !notShown.length && !this.seals.length && !sent;
    const held = certain && !present.length ? "none" : present.length;
    const below = present.length ? " (below)" : "";
    const unshown = notShown.length ? `; ${notShown.length} this file does not show` : "";
    return (
      `${lists} Your child's key is in the list of ${held} of them${below} ` +
      `and not in the list of ${absent.length}${unshown}. ${this.#underSeal()}`
    );
  }

  /** The duty returns that left, or may have. */
  #sent() {
    return this.duties.filter((one) => one.outcome !== "withdrawn");
  }

  #required() {
    const sent = this.#sent();
    if (!sent.length) return [];
    const several = sent.length > 1;
    const which = listed(sent.map((one) => `${one.use} to ${one.recipient}, fixed on ${day(one.at)}`));
    return [
      `Apart from these, the log lists ${counted(sent.length, "return")} that a law made the keeper send: ` +
        `${which}. No answer of yours takes a child out of such a return, and it has no list of keys: this ` +
        `file says nothing about ${several ? "them" : "it"} either way. If your child is among those whom ` +
        `${several ? "such a return is" : "it is"} about, take it that your child's record was sent.`,
    ];
  }

  /** Say how many are sealed, in the same words in every family's file. */
  #underSeal() {
    if (!this.seals.length) return "No handover in it is sealed.";
    const several = this.seals.length > 1;
    const most = this.seals.reduce((sum, one) => sum + one.band, 0);
    return (
      `${this.seals.length} ${several ? "are" : "is"} sealed by law until the date beside ` +
      `${several ? "each; together they concern" : "it; it concerns"} at most ${grouped(most)} children. ` +
      "No family is told yet whether a sealed handover concerned their child, and this file says nothing " +
      "about it either way. Every family's file carries this sentence."
    );
  }

  #notIn() {
    const { absent } = this;
    if (!absent.length) return [];
    const which =
      absent.length === 1
        ? `list the keeper fixed before handover ${absent[0]}`
        : `lists the keeper fixed before handovers ${names(absent)}`;
    return [
      `Your child's key is not in the ${which}. This does not exclude a handover made outside the log, ` +
        "or a row sent under a key that is not your child's: recipients confirmed " +
        `${this.confirmed.length} of these lists, auditors replayed ${this.audited.length}.`,
    ];
  }

  #unshown() {
    const { notShown } = this;
    if (!notShown.length) return [];
    const it = notShown.length > 1 ? "them" : "it";
    return [
      `This file does not show handover${notShown.length > 1 ? "s" : ""} ${names(notShown)}: it opens no ` +
        `key of your child in the list of keys fixed before ${it}. Either your child had none there, or ` +
        "the keeper left it out of this file. Which of the two cannot be proved yet, so this file says " +
        `nothing about ${it} either way.`,
    ];
  }

  #firstUse() {
    const same =
      "This file continues your earlier one: the same log, and nothing that stood in it was changed.";
    const before = this.continues ? [same] : [];
    if (this.placeNumber === null) return before;
    if (this.byNumber) return [...before, saidProven(this.placeNumber)];
    if (this.samePlace) {
      return [`${same} Your child's place is the same, number ${this.placeNumber}, and so are the keys there.`];
    }
    return [
      ...before,
      `The number of your child's place is ${this.placeNumber}. That the key there is your child's is the ` +
        `keeper's word: ${this.drawn ? BY_LOT : UNTYPED} Keep this file: a later one with another number ` +
        "shows that the key was exchanged.",
    ];
  }

  /** Return the account as `beholden verify --json` has it. */
  toJson() {
    return {
      proven: true,
      K: this.listed,
      P: this.present,
      Q: this.absent,
      R: this.confirmed,
      A: this.audited,
      S: this.seals.map((one) => one.seq),
      U: this.notShown,
      D: this.duties,
      continues_earlier_file: this.continues,
      same_place_as_earlier_file: this.samePlace,
      handovers: this.handovers.map(handoverJson),
      log: this.origin,
      log_key_number: this.keyNumber,
      log_key_given: this.pinned,
      place_by_number: this.byNumber,
      place_number: this.placeNumber,
      sealed: this.seals.map(sealJson),
      sentences: this.sentences(),
      witnessed_by: this.seenBy,
      until: this.until,
    };
  }
}

function handoverJson({ at, audits, seq, outcome, outcomeAt, purpose, recipient, word, standing, use }) {
  return {
    ...{ at, audits, handover: seq, outcome, outcome_at: outcomeAt, purpose, recipient },
    ...{ recipient_confirmed: word, standing, use },
  };
}

function sealJson({ at, band, extended, opensBy, seenAt, seq }) {
  return { at, extended, handover: seq, most_children: band, opens_by: opensBy, seen_at: seenAt };
}

function saidProven(at) {
  return (
    "Your child's key stands at the one place that the number you typed has in every list of keys, which nobody " +
    `could choose: place ${at}. So the key fixed there is the one that every other family or auditor with this ` +
    "number is shown. That the number is your child's, you know from elsewhere."
  );
}

function saidIn({ outcome, outcomeAt, seq }) {
  let reports = "nothing yet: treat as delivered";
  if (outcome === "delivered") reports = `delivered on ${day(outcomeAt)}`;
  if (outcome === "withdrawn") reports = "withdrawn before delivery";
  if (outcome === "unknown") reports = "that it does not know whether it was delivered: treat as delivered";
  return `Your child's key is in the list fixed before handover ${seq}. The keeper reports ${reports}.`;
}

/** Say of one seal its day, whether its regulator has seen it, and whether the log itself has outlived it. */
function saidSeal({ extended, opensBy, seenAt, seq }, until) {
  const longer = extended ? ", which is later than was said at first" : "";
  const seen =
    seenAt === null
      ? "No regulator has signed yet that it has seen what is in it."
      : `Its regulator has seen what is in it, and signed so on ${day(seenAt)}.`;
  const late = until !== null && until.slice(0, 10) > opensBy;
  const overdue = late ? " That day is over: it should be open. Report this to the regulator." : "";
  return `Handover ${seq} is sealed until ${day(opensBy)}${longer}. ${seen}${overdue}`;
}

function saidRecipient({ seq, word }) {
  if (word === "disagrees") {
    return [
      `The recipient of handover ${seq} signed that it found another list than the one in the log. ` +
        "Report this to the regulator.",
    ];
  }
  if (word === "unsigned") {
    return [
      `The log carries a confirmation of handover ${seq} that the recipient it names did not sign. ` +
        "It is not counted.",
    ];
  }
  return [];
}

/** Say aloud that an auditor found other rows than the register would have released. */
function saidAuditor({ audits, seq }) {
  if (audits.every((one) => one.agrees)) return [];
  return [
    `An auditor made handover ${seq} again from the register, and signed that the rows its recipient holds ` +
      "are other ones. So a child's row may have been sent under a key that is not the child's. " +
      "Report this to the regulator.",
  ];
}
