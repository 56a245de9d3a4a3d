// SPDX-License-Identifier: Apache-2.0
// Small comforts. Every page works without this file.

const summary = document.querySelector(".govuk-error-summary");
if (summary) {
  summary.setAttribute("tabindex", "-1");
  summary.focus();
  summary.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    const field = link && document.getElementById(link.hash.slice(1));
    if (!field) return;
    event.preventDefault();
    (field.closest("fieldset") || field.closest(".govuk-form-group") || field).scrollIntoView();
    field.focus({ preventScroll: true });
  });
}

for (const form of document.querySelectorAll("form")) {
  let sent = 0;
  form.addEventListener("submit", (event) => {
    const now = Date.now();
    if (now - sent < 1000) event.preventDefault(); // a second press of the same finger
    sent = now;
  });
}

for (const place of document.querySelectorAll("[data-print]")) {
  place.hidden = false;
  place.querySelector("button").addEventListener("click", () => window.print());
}

const open = document.querySelector("[data-letter-open]");
const idle = document.querySelector("[data-idle]");
if (open && idle) {
  const minute = 60_000;
  let timers = [];
  const start = () => {
    timers.forEach(clearTimeout);
    idle.hidden = true;
    timers = [
      setTimeout(() => {
        idle.hidden = false;
        idle.querySelector("button").focus();
      }, 12 * minute),
      setTimeout(() => location.replace(open.dataset.left), 15 * minute),
    ];
  };
  idle.querySelector("button").addEventListener("click", async () => {
    const answer = await fetch(open.dataset.stay, {
      method: "POST",
      body: new FormData(open),
      credentials: "same-origin",
    });
    if (answer.ok) start();
    else location.replace(open.dataset.left);
  });
  start();
}
