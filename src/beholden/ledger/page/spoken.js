// SPDX-License-Identifier: Apache-2.0
// Numbers, lists and moments as an account says them in English. Knows nothing of what is told.

const MONTHS = [
  ...["January", "February", "March", "April", "May", "June", "July"],
  ...["August", "September", "October", "November", "December"],
];

/** Return a whole number with a comma before each three digits. */
export function grouped(number) {
  return String(number).replace(/\B(?=(?:[0-9]{3})+$)/g, ",");
}

/** Say a number of things: 1 handover, 2 handovers. */
export function counted(count, noun) {
  return `${grouped(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/** Say numbers in words, with runs drawn together: 1, 3 to 5 and 9. */
export function names(numbers) {
  const runs = [];
  for (const number of numbers) {
    const last = runs.at(-1);
    if (last !== undefined && last[1] === number - 1) last[1] = number;
    else runs.push([number, number]);
  }
  const said = [];
  for (const [first, last] of runs) {
    if (last - first > 1) said.push(`${first} to ${last}`);
    else for (let number = first; number <= last; number += 1) said.push(String(number));
  }
  return listed(said);
}

/** Say words one after the other: one, two and three. */
export function listed(said) {
  return said.length === 1 ? said[0] : `${said.slice(0, -1).join(", ")} and ${said.at(-1)}`;
}

/** Say the day of a day or moment as RFC 3339 spells it: 19 March 2027. */
export function day(at) {
  if (at === null) return "an unknown day";
  const [year, month, on] = at.slice(0, 10).split("-");
  return `${Number(on)} ${MONTHS[Number(month) - 1]} ${year}`;
}

/** Say a moment as RFC 3339 spells it: 19 March 2027 at 09:30 UTC. */
export function when(at) {
  return `${day(at)} at ${at.slice(11, 16)} UTC`;
}
