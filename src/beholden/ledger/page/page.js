// SPDX-License-Identifier: Apache-2.0
// What stands on the page: takes what its reader gives, asks `verify`, and shows the answer. It opens no connection and
// keeps nothing; whatever it shows is put there as text, so that nothing in a file can become a part of the page.

import { MAX_BUNDLE_BYTES } from "./bundle.js";
import { MAX_POLICY_BYTES, parsePolicy } from "./policy.js";
import { NotProven, Refusal } from "./refusals.js";
import { day, grouped } from "./spoken.js";
import { verify } from "./verify.js";

const AT_ONCE = 50; // milliseconds of work, after which the page shows how far it is

const form = document.getElementById("ask");
const told = document.getElementById("told");
const bar = document.getElementById("bar");
const answer = document.getElementById("answer");
const given = (name) => document.getElementById(name);

/** Shows how far a check is, and lets the browser draw it. */
class Pace {
  #done = 0;
  #expected = 0;
  #since = performance.now();

  expect(steps) {
    this.#expected += steps;
  }

  async step() {
    this.#done += 1;
    if (performance.now() - this.#since < AT_ONCE) return;
    bar.value = this.#done / Math.max(this.#expected, 1);
    await new Promise((resolve) => {
      setTimeout(resolve);
    });
    this.#since = performance.now();
  }
}

function made(name, text = "", attributes = {}) {
  const found = document.createElement(name);
  found.textContent = text;
  for (const [key, value] of Object.entries(attributes)) found.setAttribute(key, value);
  return found;
}

/** Return at most so many bytes of a file, and one more: one too many is refused by whoever reads them. */
async function bytesOf(name, limit) {
  const file = given(name).files[0];
  return file === undefined ? null : new Uint8Array(await file.slice(0, limit + 1).arrayBuffer());
}

/** Return what the reader gave, a policy first: nothing is read by half a policy. */
async function asked() {
  const rules = await bytesOf("policy", MAX_POLICY_BYTES);
  const policy = rules === null ? null : parsePolicy(rules);
  const file = await bytesOf("file", MAX_BUNDLE_BYTES);
  const earlier = await bytesOf("earlier", MAX_BUNDLE_BYTES);
  const key = given("key").value.trim() || null;
  const number = given("number").value || null; // just as it was typed: step 6 says what may stand in it
  return [file, { key, number, policy, earlier }];
}

async function check() {
  const began = performance.now();
  forget();
  form.inert = true;
  bar.hidden = false;
  told.textContent = "The file is being checked.";
  try {
    const [file, beside] = await asked();
    showProven(await verify(file, beside, new Pace()));
  } catch (cause) {
    showRefused(cause);
  }
  answer.dataset.milliseconds = String(Math.round(performance.now() - began));
  form.inert = false;
  bar.hidden = true;
  told.textContent = "";
  answer.hidden = false;
  answer.focus();
}

/** Take an answer away: it was about something else than what is given now. */
function forget() {
  answer.hidden = true;
  answer.replaceChildren();
  bar.value = 0;
}

function showProven(account) {
  const list = made("ul");
  list.append(...account.sentences().map((one) => made("li", one)));
  const heading = made("h2", "This file holds together", { class: "holds", id: "verdict" });
  answer.append(heading, made("p", "It shows:"), list);
  if (account.listed) {
    answer.append(later("Every handover, one by one", () => tableOf(account)));
  }
  answer.append(later("The answer as data", () => dataOf(account.toJson())));
}

function showRefused(cause) {
  answer.append(made("h2", "Not proven", { class: "fails", id: "verdict" }));
  if (!(cause instanceof Refusal)) {
    const ours = "This page could not finish. That says nothing about the file, and nothing is proved.";
    answer.append(made("p", ours), made("p", "Try another browser, or the program: beholden verify."));
    return;
  }
  answer.append(made("p", "Do not rely on this file."));
  if (cause instanceof NotProven && cause.isOfEarlier) {
    answer.append(made("p", "It is the earlier file that fails."));
  }
  answer.append(made("p", cause.message), made("p", cause.nextStep));
  const { code, message, nextStep, authority, step } = cause;
  const said = { proven: false, code, step, sentence: message, next_step: nextStep, authority };
  answer.append(later("The answer as data", () => dataOf(said)));
}

/** Return something to open, which is made when it is opened for the first time. */
function later(title, make) {
  const found = made("details");
  found.append(made("summary", title));
  found.addEventListener("toggle", () => found.append(make()), { once: true });
  return found;
}

function dataOf(said) {
  return made("pre", JSON.stringify(said, null, 2), { tabindex: "0", role: "region", "aria-label": "The data" });
}

/** Return every handover of the log in a row, sealed ones among them, of which nothing more is known. */
function tableOf({ handovers, seals }) {
  const heads = ["Handover", "Fixed on", "Your child's key", "Use", "Purpose", "Recipient", "The keeper reports"];
  const rows = [
    ...handovers.map((one) => {
      const { seq, at, standing, use, purpose, recipient, outcome } = one;
      return [seq, day(at), standing, use ?? "an order", purpose, recipient, outcome ?? "nothing yet"];
    }),
    ...seals.map(({ seq, at, opensBy }) => [seq, day(at), `sealed until ${day(opensBy)}`, "", "", "", ""]),
  ].sort((one, other) => one[0] - other[0]);
  const [table, top, body] = [made("table"), made("thead"), made("tbody")];
  top.append(rowOf(heads.map((one) => made("th", one, { scope: "col" }))));
  for (const [seq, ...cells] of rows) {
    body.append(rowOf([made("th", grouped(seq), { scope: "row" }), ...cells.map((cell) => made("td", cell))]));
  }
  table.append(top, body);
  const around = made("div", "", { class: "wide", tabindex: "0", role: "region", "aria-label": "Every handover" });
  around.append(table);
  return around;
}

function rowOf(cells) {
  const row = made("tr");
  row.append(...cells);
  return row;
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const missing = given("file").files.length === 0;
  given("missing").hidden = !missing;
  given("file").setAttribute("aria-invalid", String(missing));
  if (missing) given("file").focus();
  else check();
});
form.addEventListener("input", forget);
given("without").hidden = true; // it stands there until all of this script was read: no browser shows half a page
form.hidden = false;
