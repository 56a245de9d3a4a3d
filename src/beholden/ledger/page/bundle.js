// SPDX-License-Identifier: Apache-2.0
// The one file that a family keeps (docs/explanation/proofs.md, the file): its layout, in its one spelling.

import { parseJson } from "./canonical.js";
import { MAX_ENTRY_BYTES } from "./entries.js";
import { hex, hexes, many, maybe, oneOf, part, text, whole } from "./shapes.js";

export const MAX_BUNDLE_BYTES = 64 * 2 ** 20;
const MAX_ENTRIES = 1_000_000;
const MAX_BUCKET = 512;
const hashPath = hexes(32, 27);

const LAYOUT = part({
  handovers: part({ checkpoint: text(), entries: many(text(MAX_ENTRY_BYTES), MAX_ENTRIES) }),
  place: maybe(part({ drawn: maybe(hex(32)), proof: maybe(hex(80)) })),
  proofs: many(part({ bucket: hexes(16, MAX_BUCKET), entry: whole(), path: hashPath }), MAX_ENTRIES),
  registry: many(part({ bucket: hexes(48, MAX_BUCKET), entry: whole(), path: hashPath, y: hex(32) }), MAX_ENTRIES),
  vkey: text(512),
  format: oneOf("beholden/bundle/v2"),
});

/** Read a file; refuse every byte that is not as its one spelling has it. */
export function parseBundle(bytes) {
  const found = parseJson(bytes, MAX_BUNDLE_BYTES);
  LAYOUT(found, "bundle");
  return found;
}
