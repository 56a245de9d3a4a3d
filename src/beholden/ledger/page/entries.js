// SPDX-License-Identifier: Apache-2.0
// The closed vocabulary of the handovers log (docs/reference/schemas/entry-1): what an entry may say, and nothing else.

import { fromHex, joined, toHex, utf8 } from "./bytes.js";
import { parseJson, printJson } from "./canonical.js";
import { Refusal } from "./refusals.js";
import { sha256 } from "./sha2.js";
import { count, hasExactly, hex, maybe, moment, onDay, oneOf, part, truth, whole, word } from "./shapes.js";

export const MAX_ENTRY_BYTES = 65_535; // c2sp.org/tlog-tiles: an entry's length is an unsigned 16-bit number

const id = hex(16);
const hash = hex(32);
const code = word();
const origin = word(/^[a-z0-9][a-z0-9.:/-]{0,127}\/handovers$/);
const seq = whole(1);
const band = oneOf(...[2, 3, 4, 5, 6, 7, 8, 9].map((power) => 8 ** power));
const outcome = oneOf("delivered", "withdrawn", "unknown");
const power = oneOf("court_order", "statutory_power");
const reason = oneOf(
  ...["missing_child", "child_protection", "care_proceedings", "family_proceedings"],
  ...["criminal_investigation", "criminal_trial", "inquest", "civil_claim"],
);

const set = part({ depth: whole(0, 27), n: count, root: hash });
const events = part({ root: hash, size: whole() });
const registry = part({ id, index: whole(), root: hash });
const recipient = part({ id: code, key: hash });
const countersigned = part({ key: hash, signature: hex(64) });
const recomputed = part({ key: hash, n: count, root: hash, signature: hex(64) });

const registryHeader = part({ events, log: origin, nonce: hash, vrf: hash });
const settled = { gateway: code, items: hash, log: origin };
const intentHeader = part({
  ...{ decision: whole(), events, ...settled, mode: oneOf("include"), nonce: hash, population: code },
  ...{ purpose: code, recipient, registry, use: code },
});
const dutyHeader = part({
  ...{ decision: whole(), events, ...settled, nonce: hash, population: code, purpose: code, recipient, use: code },
});
const sealedHeader = part({
  ...{ events, ...settled, mode: oneOf("include"), nonce: hash, population: code, purpose: code },
  ...{ recipient, registry },
});
const details = part({ header: sealedHeader, id, payload: hash, power, reason, set });

/** By kind: the name under which a refusal speaks of the body, and its shape. */
const KINDS = new Map([
  ["registry", ["registry", part({ header: registryHeader, id, set })]],
  ["intent", ["intent", part({ header: intentHeader, id, payload: hash, seq, set })]],
  ["outcome", ["outcome", part({ id, outcome, recomputed: maybe(recomputed), seq })]],
  ["duty", ["dutyreturn", part({ band, header: dutyHeader, id, payload: hash })]],
  ["duty_outcome", ["dutyoutcome", part({ id, outcome })]],
  [
    "sealed",
    [
      "sealed",
      part({
        ...{ band: oneOf(64, 4_096, 65_536), commitment: hash, opens_by: onDay, power, regulator: hash },
        ...{ regulator_commitment: hash, second: countersigned, seq },
      }),
    ],
  ],
  ["seen", ["seen", part({ regulator: countersigned, seq })]],
  ["extended", ["extended", part({ opens_by: onDay, regulator_commitment: hash, second: countersigned, seq })]],
  ["unsealed", ["unsealed", part({ details, regulator: maybe(countersigned), salt: hash, seq })]],
  ["replayed", ["replayed", part({ agrees: truth, auditor: countersigned, id, seq })]],
]);

const FIELDS = ["at", "body", "kind", "log", "v"];

/** Read one entry of the log; refuse an unknown kind or field, a wrong type, and any second spelling. */
export function parseEntry(bytes) {
  const entry = parseJson(bytes, MAX_ENTRY_BYTES);
  if (!hasExactly(entry, FIELDS)) {
    throw new Refusal("entry: exactly these fields are expected: at, body, kind, log, v.");
  }
  if (entry.v !== 1 || entry.log !== "handovers" || typeof entry.kind !== "string") {
    throw new Refusal("entry: it is of another version or stands in another log.");
  }
  moment(entry.at, "entry.at");
  const known = KINDS.get(entry.kind);
  if (known === undefined) throw new Refusal("kind: no such kind of entry may stand in this log.");
  const [name, shape] = known;
  shape(entry.body, name);
  return entry;
}

const ID_PREFIX = utf8("beholden/id/v1\n");

/** Return the id that a header gives its list: SHA-256("beholden/id/v1\n" || JCS(header))[:16]. */
export function nameOf(header) {
  return toHex(sha256(joined(ID_PREFIX, printJson(header))).subarray(0, 16));
}

/** Return the hash under which an entry names somebody's Ed25519 key. */
export function keyHash(publicKey) {
  return toHex(sha256(fromHex(publicKey)));
}
