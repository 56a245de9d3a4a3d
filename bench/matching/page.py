# SPDX-License-Identifier: Apache-2.0
"""Writes the page of accuracy from the figures. Decides what is shown, and hides nothing that missed."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from beholden.linkage.intervals import wilson
from matching.twins import ALIKE

FIGURES = Path(__file__).with_name("figures.json")
PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "linkage.md"

OPENING = """# Accuracy of matching

Written by `make bench-linkage` from `bench/matching/figures.json`. How matching works, and what it cannot do:
[how two records are matched](../explanation/matching.md). What the model was trained on, and what was looked at
before: [the model](../../src/beholden/linkage/model.md). Everybody here is invented; none of these figures is of real
people.

*Precision* is how many of the pairs taken are right, *recall* how many of those that are right are taken. A pair is
taken from its probability on. *Splink 5* is trained without labels on the two lists themselves, with the comparisons
of its own library, and takes each pair by itself; ours was trained on other sets, and shares one certainty among all
candidates and *nobody*. *Best* is chosen with the truth in hand, and too good for both.
"""

TOWNS = """
## Invented towns

{seeds} towns of {pupils:,} pupils, of seeds that nothing was tried on. Each is asked about {members:,} of its pupils
written down with errors, {strangers:,} people of another town, {siblings:,} unregistered brothers and sisters and
{twins:,} unregistered **twins** of its pupils. No pupil numbers. Names of a town are few, so that strangers agree by
chance more often than in a country.

These twins have a name that somebody else of the town bears. The decision takes no such name for a slip, and none that
is two letters away, so that none of them *can* be accepted: their line is a check of the rule and no measurement. What
can go wrong is a twin whose name is one letter from the pupil's and borne by nobody in the register, nor in our table.
{alike:,} of those are asked about too, a town, with {pairs} pairs of names that twins do bear
(`bench/matching/twins.py`); of half of them the sex is not said.
"""


def written(told: dict[str, Any]) -> str:
    """The whole page."""
    pupils, members, strangers, siblings, twins, alike = told["sizes"]
    towns = TOWNS.format(
        seeds=len(told["towns"]),
        pupils=pupils,
        members=members,
        strangers=strangers,
        siblings=siblings,
        twins=twins,
        alike=alike,
        pairs=len(ALIKE),
    )
    low, high = told["load"]
    return "".join(
        (
            OPENING,
            *(line for one in told["sets"] for line in _set(one)),
            towns,
            *_kinds(told),
            *_groups(told),
            MEASURED.format(
                on=told["on"], model=told["model"]["version"], machine=told["machine"], low=low, high=high
            ),
        )
    )


MEASURED = "\nMeasured on {on} with model {model}: {machine}; load {low} before, {high} after.\n"


def _set(one: dict[str, Any]) -> Iterator[str]:
    yield f"\n## {one['name'][0].upper()}{one['name'][1:]}\n\n{one['links']:,} pairs are one person.\n"
    ways = list(one["ways"])
    heads = " | ".join(f"{way}: precision | recall | wrong" for way in ways)
    yield f"\n| from | {heads} |\n|--:|{'--:|' * 3 * len(ways)}\n"
    for row in zip(*(one["ways"][way]["curve"] for way in ways), strict=True):
        yield f"| {row[0][0]} | {' | '.join(_three(each[1:]) for each in row)} |\n"
    yield f"| best F1 | {' | '.join(_three(one['ways'][way]['best'][1:]) for way in ways)} |\n\n"
    for way in ways:
        said = one["ways"][way]
        at = said["at 95"]
        reached = (
            f"at the first recall of .95 a precision of {at[0]:.4f} ({at[2]} wrong)"
            if at
            else "a recall of .95 is never reached"
        )
        found = f"the rules find {said['found']:.4f} of the pairs"
        yield f"* {way}: best F1 {said['best'][0]:.4f}; {reached}; {found}.\n"
    decided = {(decision, right): f"{count:,}" for decision, right, count in one["decided"]}
    accepted = [decided.get(("accept", right), "0") for right in (True, False)]
    looked_at = [decided.get(("review", right), "0") for right in (True, False)]
    yield (
        f"* Decided: {accepted[0]} accepted rightly and {accepted[1]} wrongly; {looked_at[0]} right and"
        f" {looked_at[1]} wrong pairs go to a person.\n"
    )


def _three(figures: list[float]) -> str:
    precision, recall, wrong = figures
    return f"{precision:.4f} | {recall:.4f} | {wrong}"


_ALIKE = ("alike, sex said", "alike, sex not said")
SAYS = {
    "member": "members",
    "stranger": "strangers",
    "sibling": "siblings",
    "twin": "twins whose name others bear",
    "alike, sex said": "twins of alike names, sex said",
    "alike, sex not said": "twins of alike names, sex not said",
}


def _kinds(told: dict[str, Any]) -> Iterator[str]:
    whole: Counter[tuple[str, str]] = Counter()
    for town in told["towns"]:
        for kind, became, count in town["kinds"]:
            whole[kind, became] += count
    outcomes = ("accepted, right", "accepted, wrong", "to review", "none")
    yield f"\n| records of | {' | '.join(outcomes)} |\n|---|{'--:|' * len(outcomes)}\n"
    for kind in ("member", "stranger", "sibling", "twin", *_ALIKE):
        yield f"| {SAYS[kind]} | {' | '.join(f'{whole[kind, became]:,}' for became in outcomes)} |\n"
    usual = {key: count for key, count in whole.items() if key[0] not in _ALIKE}
    wrong = sum(count for (_, became), count in usual.items() if became == "accepted, wrong")
    right = sum(count for (_, became), count in usual.items() if became == "accepted, right")
    low, high = wilson(wrong, wrong + right)
    yield (
        f"\nOf {wrong + right:,} accepted, {wrong:,} are wrong: {low:.5f} to {high:.5f} of all (Wilson, 95 of 100),"
        " without the twins of alike names: how many of a real list are such is not known.\n"
    )
    for kind in _ALIKE:
        taken = whole[kind, "accepted, wrong"]
        of = sum(count for (one, _), count in whole.items() if one == kind)
        low, high = wilson(taken, of)
        yield f"Of {of:,} {SAYS[kind]}, {taken:,} are accepted, wrongly: {low:.3f} to {high:.3f} of them.\n"


GROUPS = """
### By the origin of names

Groups of {smallest} or more members, by the first language of the community whose names they bear, the lowest first.
*Sure*: its own record has .99 or more. *Found*: accepted or to review.

| language | members | sure | with Wilson's interval | accepted | found |
|---|--:|--:|:-:|--:|--:|
"""


def _groups(told: dict[str, Any]) -> Iterator[str]:
    whole: dict[str, list[int]] = {}
    for town in told["towns"]:
        for origin, counts in town["groups"].items():
            whole[origin] = [a + b for a, b in zip(whole.get(origin, [0] * 4), counts, strict=True)]
    shown = [(origin, counts) for origin, counts in whole.items() if counts[0] >= told["smallest"]]
    shown.sort(key=lambda one: one[1][1] / one[1][0])
    yield GROUPS.format(smallest=told["smallest"])
    for origin, (members, sure, accepted, found) in shown:
        low, high = wilson(sure, members)
        yield (
            f"| {origin} | {members:,} | {sure / members:.3f} | {low:.3f} to {high:.3f} | {accepted / members:.3f}"
            f" | {found / members:.3f} |\n"
        )
    for place, what in ((1, "sure"), (2, "accepted"), (3, "found")):
        shares = sorted((counts[place] / counts[0], origin) for origin, counts in shown)
        (low, worst), (high, best) = shares[0], shares[-1]
        yield f"\nLargest gap in *{what}*: {high - low:.3f} ({best} {high:.3f}, {worst} {low:.3f}).\n"
