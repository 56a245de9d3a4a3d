// SPDX-License-Identifier: Apache-2.0
// Trees of hashes: the root over a log's entries (RFC 6962 section 2.1), keyed hashes, and the bucketed tag tree
// (docs/explanation/proofs.md), in which a tag has one place, so that one root allows one bucket there.

import { fromHex, joined, toHex, u32, utf8 } from "./bytes.js";
import { Refusal } from "./refusals.js";
import { sha256 } from "./sha2.js";

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);
const BUCKET = utf8("\u0000beholden/bucket/v1");
const MEAN_BUCKET = 32;
const MAX_BUCKET_ITEMS = 512;
/** Bytes of an element: a tag, or a label with its commitment. */
export const TAG_WIDTH = 16;
export const KEY_WIDTH = 48;

/** Return the hash of one entry. */
export function leafHash(entry) {
  return sha256(joined(LEAF, entry));
}

function nodeHash(left, right) {
  return sha256(joined(NODE, left, right));
}

/** Return the root over leaf hashes. A node without a right neighbour moves up as it is. */
export function rootOver(leaves) {
  if (leaves.length === 0) return sha256(new Uint8Array(0));
  let level = leaves;
  while (level.length > 1) {
    const above = [];
    for (let at = 0; at + 1 < level.length; at += 2) above.push(nodeHash(level[at], level[at + 1]));
    if (level.length % 2) above.push(level.at(-1));
    level = above;
  }
  return level[0];
}

/** Return KH(k32, use7, ctx16) of hexadecimal in hexadecimal: exactly 55 bytes, one block. */
function keyedHash(key, use, context) {
  const text = joined(fromHex(key), utf8(use), fromHex(context));
  if (text.length !== 55) throw new Refusal("A keyed hash takes 32 bytes of key, a known use and 16 bytes of context.");
  return toHex(sha256(text));
}

/** Return the tag that stands for the holder of a key in one list. */
export function tagOf(y, listId) {
  return keyedHash(y, "bh.tag1", listId).slice(0, 32);
}

/** Return where a person's key stands in one registry: its place is the same in all of them. */
export function labelOf(place, registryId) {
  return keyedHash(place, "bh.lab1", registryId).slice(0, 32);
}

/** Return the commitment to a key at its label: 32 bytes, never cut. */
export function commitmentTo(y, label) {
  return keyedHash(y, "bh.com1", label);
}

/** Return D, the depth that the size of a list demands: nobody chooses the shape of a tree. */
export function depthOf(n) {
  const full = Math.floor(Math.max(n - 1, 0) / MEAN_BUCKET);
  return full === 0 ? 0 : full.toString(2).length;
}

function indexOf(element, depth) {
  return depth === 0 ? 0 : Number.parseInt(element.slice(0, 8), 16) >>> (32 - depth);
}

/** What a bucket is refused for, and the number of the step at which a handover's list is refused for it. */
class BucketRefused extends Refusal {
  constructor(at, sentence) {
    super(sentence);
    this.at = at;
  }
}

/** Return the step at which a bucket of a handover's list was refused, or undefined where it was not that. */
export function bucketStep(cause) {
  return cause instanceof BucketRefused ? cause.at : undefined;
}

/**
 * Return the element that begins with 16 bytes, or null if the list has none; refuse what proves neither.
 * Must hold: the depth is the rule's (8); at most min(n, 512) elements, strictly rising, each of the one bucket where
 * what is wanted belongs, which is computed here (9, 10); exactly D hashes, and the root comes out (11).
 */
export function elementAt(listId, width, set, wanted, { bucket, path }) {
  if (set.depth !== depthOf(set.n)) {
    throw new BucketRefused(8, "The depth of the tree is not the one that its size demands.");
  }
  const items = elementsOf(bucket, width);
  if (items.length > Math.min(set.n, MAX_BUCKET_ITEMS)) {
    throw new BucketRefused(10, "The bucket holds more elements than it can.");
  }
  const begins = items.map((item) => item.slice(0, 32));
  if (begins.some((one, at) => at > 0 && begins[at - 1] >= one)) {
    throw new BucketRefused(10, "The elements of the bucket are not in strictly rising order.");
  }
  const index = indexOf(wanted, set.depth);
  if (begins.some((one) => indexOf(one, set.depth) !== index)) {
    throw new BucketRefused(10, "An element stands in a bucket where it does not belong.");
  }
  checkPath(set, path, index, bucketHash(listId, width, set.depth, index, items.length, bucket));
  const at = begins.indexOf(wanted);
  return at < 0 ? null : items[at];
}

function elementsOf(bucket, width) {
  const items = [];
  for (let at = 0; at < bucket.length; at += 2 * width) items.push(bucket.slice(at, at + 2 * width));
  return items;
}

function bucketHash(listId, width, depth, index, items, bucket) {
  const shape = joined(Uint8Array.of(width, depth), u32(index), u32(items));
  return sha256(joined(BUCKET, fromHex(listId), shape, fromHex(bucket)));
}

function checkPath(set, path, index, leaf) {
  if (path.length !== 64 * set.depth) {
    throw new BucketRefused(11, "The path has not one hash for each level of the tree.");
  }
  let found = leaf;
  for (let level = 0; level < set.depth; level += 1) {
    const beside = fromHex(path.slice(64 * level, 64 * (level + 1)));
    found = (index >>> level) & 1 ? nodeHash(beside, found) : nodeHash(found, beside);
  }
  if (toHex(found) !== set.root) {
    throw new BucketRefused(11, "The bucket does not belong to the list that the log has fixed.");
  }
}
