// SPDX-License-Identifier: Apache-2.0
// How this page says no: at a numbered step, in a sentence, with what to do next. Never with what stood in the file.

/** What each step of the proof looks at, by number (docs/explanation/proofs.md, what the verifier checks). */
export const STEPS = [
  "the file",
  "the signature under the log",
  "the whole log",
  "the words of its entries",
  "the name of each list",
  "what entries say of one another",
  "the child's place",
  "the child's key",
  "the size and depth of each list",
  "the child's tag",
  "the bucket",
  "the path to the root",
  "nothing missing and nothing left over",
  "the earlier file",
];

const NEXT =
  "Fetch a new file from the register and keep this one: if the new one fails too, send both to the regulator.";

/** An answer of *no*, which a person can act on. Whoever knows the step makes a `NotProven` of it. */
export class Refusal extends Error {
  constructor(sentence) {
    super(sentence);
    this.sentence = sentence;
  }
}

/** Says at which step a proof failed. Nothing that the file shows may be relied on. */
export class NotProven extends Refusal {
  constructor(step, sentence) {
    super(`Step ${step} (${STEPS[step]}): ${sentence}`);
    this.code = "ledger.not_proven";
    this.step = step;
    this.nextStep = NEXT;
    this.authority = "docs/explanation/proofs.md, what the verifier checks";
  }
}

/** Says in which line a text is no policy. Nothing of it is used, and nothing is said about the file. */
export class PolicyMalformed extends Refusal {
  constructor(line, sentence) {
    super(`Line ${line} of the policy: ${sentence}`);
    this.code = "ledger.policy_malformed";
    this.step = null;
    this.nextStep = "Mend the line. Until then nothing that asks for this policy goes on.";
    this.authority = "c2sp.org/tlog-policy";
  }
}

/**
 * Do some work, and let whatever is refused in it be refused at this step; what has a step keeps its own.
 * What is no refusal (a fault of this page) passes as it is, so that nothing takes it for an answer.
 */
export function atStep(step, work) {
  try {
    const found = work();
    if (!(found instanceof Promise)) return found;
    return found.catch((cause) => {
      throw placed(step, cause);
    });
  } catch (cause) {
    throw placed(step, cause);
  }
}

function placed(step, cause) {
  const bare = cause instanceof Refusal && cause.code === undefined;
  return bare ? new NotProven(step, cause.sentence) : cause;
}
