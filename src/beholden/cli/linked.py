# SPDX-License-Identifier: Apache-2.0
"""`beholden link`: reads two lists, asks which of one are in the other, prints one line a pair. Decides nothing.

No register and no database. The list on the right is held in memory as the register; the one on the left is read three
times and never held (for sweeps, for the prior, for the answers), so it may be of any length.
"""

import json
import secrets
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from itertools import islice
from pathlib import Path

from beholden.linkage import files, model, sweeping
from beholden.linkage.explaining import Explanation, explain
from beholden.linkage.linking import SAMPLE, Answer, Register, answer, fit, register_of
from beholden.linkage.people import Finding, Person

_SHOWN = 20
_SUREST = 0.999999
"""As much as is printed for people to read: nothing is certain, however it rounds."""


class _Findings:
    """What could not be read on one side: counted by column, the first few kept to be shown."""

    def __init__(self, name: str) -> None:
        self.name, self.counts, self.first = name, Counter[str](), list[Finding]()

    def __call__(self, one: Finding) -> None:
        self.counts[one.column] += 1
        if len(self.first) < _SHOWN:
            self.first.append(one)

    def say(self) -> None:
        for one in self.first:
            print(f"{self.name}, line {one.line}, column {one.column}: {one.sentence}", file=sys.stderr)
        if self.counts.total() > len(self.first):
            print(f"{self.name}: {self.counts.total():,} such values in all.", file=sys.stderr)


def link_files(
    left: Path, right: Path, columns: Path, weights: Path | None, *, adverse: bool, why: bool, as_json: bool
) -> None:
    """Answer each record of the left list from the right one, and print a line for each pair that was compared."""
    files.check_kept(left)
    where = files.columns(columns)
    used = model.load(weights) if weights else model.shipped()
    unread = _Findings(right.name)
    register = _register(list(files.people(right, where["right"], unread)))
    unread.say()
    asking = _Findings(left.name)
    records = sweeping.check(files.people(left, where["left"], asking))
    asking.say()
    step = max(1, -(-records // SAMPLE))
    prior = fit(islice(_again(left, where["left"]), 0, None, step), register, used)
    told = Counter[str]()
    for one in answer(_again(left, where["left"]), register, used, prior=prior, adverse=adverse):
        _count(told, one)
        for place in range(len(one.pairs)):
            print(_line(one, place, used, register, why=why, as_json=as_json))
    _sum(told, records, prior, register, used)


def _register(people: list[Person]) -> Register:
    """Return the right list as a register: lines of one id are one person, as known now and formerly."""
    variants: dict[str, list[Person]] = {}
    for one in people:
        variants.setdefault(one.ref, []).append(one)
    return register_of(list(variants.values()), secrets.token_bytes(32))


def _again(path: Path, where: files.Columns) -> Iterator[Person]:
    """Read a list once more; what could not be read was said the first time."""
    return files.people(path, where, lambda _: None)


def _line(one: Answer, place: int, used: model.Model, register: Register, *, why: bool, as_json: bool) -> str:
    pair = one.pairs[place]
    said: dict[str, object] = {
        "left": one.asked.ref,
        "right": pair.candidate.person.ref,
        "probability": float(f"{pair.candidate.probability:.12g}"),
        "decision": pair.verdict.decision.value,
        "rule": pair.rule,
        "reason": pair.verdict.reason.value,
    }
    explained = explain(one, place, used, people=register.people) if why else None
    if as_json:
        return json.dumps(said | ({"why": asdict(explained)} if explained else {}), ensure_ascii=False)
    line = (
        f"{pair.verdict.decision.value:6}  {min(pair.candidate.probability, _SUREST):.6f}  {one.asked.ref}  "
        f"{pair.candidate.person.ref}  ({pair.verdict.reason.value}; found by {pair.rule})"
    )
    return "\n".join((line, *_sum_of(explained))) if explained else line


def _sum_of(why: Explanation) -> Iterator[str]:
    """Yield the sum of one pair as people add it up: a line for each step, and what it comes to."""
    for says, bits in (*why.steps(), ("The odds, in bits", why.odds)):
        yield f"    {bits:+8.1f}  {says}"


def _count(told: Counter[str], one: Answer) -> None:
    decisions = {pair.verdict.decision.value for pair in one.pairs}
    told["accept" if "accept" in decisions else "review" if "review" in decisions else "none"] += 1
    told["capped"] += bool(one.capped)


def _sum(told: Counter[str], records: int, prior: float, register: Register, used: model.Model) -> None:
    """Say on the side what the lines do not: how many came to what, and what was not compared."""
    print(
        f"{records:,} records, {register.people:,} people: {told['accept']:,} accepted, {told['review']:,} to review, "
        f"{told['none']:,} with none. Fitted prior {prior:.3f}. Model {used.version}, {used.sha256[:16]}.",
        file=sys.stderr,
    )
    if told["capped"]:
        print(f"For {told['capped']:,} records a block was too large to be compared.", file=sys.stderr)
