# SPDX-License-Identifier: Apache-2.0
"""The whole walk of one question: count it from the cube, put it through the rules, show what was asked to be shown.

It decides how an answer is written: each cell with a value or a symbol, what was hidden and why, how large the error of
a figure may be, and what to cite. It refuses to know files and doors. Holds no state between questions: what is slow to
make, the perturbation tables, is made once and handed in.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from beholden.refusals import Refusal
from beholden.tables import cubes, ptable, safe
from beholden.tables.cubes import Cube
from beholden.tables.document import FORM
from beholden.tables.keys import Secret
from beholden.tables.policy import Policy
from beholden.tables.question import Asked, Question
from beholden.tables.safe import Bools, Shown, Why


@dataclass(frozen=True, slots=True)
class Ready:
    """A policy with its perturbation tables, made once: that of counts, and for means one of each measure."""

    policy: Policy
    secret: Secret
    counts: ptable.Table
    means: Mapping[str, ptable.Table]


@dataclass(frozen=True, slots=True)
class Answer:
    """One answered question: its dimensions with their categories, and what stands in each cell."""

    question: Question
    release: str
    policy: Policy
    categories: tuple[tuple[str, ...], ...]
    shown: Shown

    def cells(self) -> Iterator[tuple[tuple[str, ...], float | None, Why]]:
        """Yield each cell that the question wants to see: where it is, its value, and why there is none."""
        values, whys = self.shown.values.ravel().tolist(), self.shown.why.ravel().tolist()
        for at, value, why in zip(product(*self.categories), values, whys, strict=True):
            yield at, (None if why else value), Why(why)


def ready(policy: Policy, secret: Secret) -> Ready:
    """Return a policy with the tables that its errors are looked up in, or refuse conditions that contradict."""
    counts = ptable.counts_table(policy.noise, secret)
    means = {one.name: ptable.means_table(policy.noise, secret, one.name) for one in policy.measures}
    return Ready(policy, secret, counts, means)


def answer(question: Question, cube: Cube, given: Ready) -> Answer:
    """Return the answer to a question that was read under the same policy."""
    policy = given.policy
    cubes.check_fits(cube, policy, given.secret)
    if question.release not in {"", cube.manifest.release}:
        raise Refusal(
            "tables.release",
            "This is another release than the one that stands.",
            next_step="Ask without a release: the one that stands answers.",
            authority="D24",
        )
    shown = _shown(question, cube, given)
    categories = tuple(cube.categories(name, policy) for name in question.by)
    return Answer(question, cube.manifest.name, policy, *_picked(question, categories, shown))


def _shown(question: Question, cube: Cube, given: Ready) -> Shown:
    policy, names = given.policy, question.dimensions
    counted = cubes.counts(cube, question, policy)
    area = names[0] in policy.levels
    empty = impossible(names, cube, policy)
    sensitive = tuple(place for place, name in enumerate(names) if _sensitive(name, policy))
    match question.asked:
        case "count":
            return safe.count(
                counted, policy.rules, given.counts, area=area, sensitive=sensitive, impossible=empty
            )
        case "rate":
            place = cube.categories(question.subject, policy).index(question.category)
            return safe.rate(
                counted,
                place,
                policy.rules,
                given.counts,
                area=area,
                sensitive=_sensitive(question.subject, policy),
                impossible=empty[..., place],
            )
        case "mean":
            measure = next(one for one in policy.measures if one.name == question.subject)
            return safe.mean(
                counted,
                measure,
                policy.rules,
                (given.counts, given.means[measure.name]),
                area=area,
                sensitive=sensitive,
                impossible=empty,
            )


def _sensitive(name: str, policy: Policy) -> bool:
    variable = policy.variable(name)
    return variable is not None and variable.sensitive


def impossible(names: tuple[str, ...], cube: Cube, policy: Policy) -> Bools:
    """Say which cells of a table the policy knows to be empty by their nature."""
    lists = [cube.categories(name, policy) for name in names]
    found = np.zeros([len(one) for one in lists], dtype=np.bool_)
    for combination in policy.impossible:
        where = dict(combination)
        if where.keys() <= set(names):
            found[
                tuple(
                    codes.index(where[name]) if name in where else slice(None)
                    for name, codes in zip(names, lists, strict=True)
                )
            ] = True
    return found


def _picked(
    question: Question, categories: tuple[tuple[str, ...], ...], shown: Shown
) -> tuple[tuple[tuple[str, ...], ...], Shown]:
    """Return what of a finished table the question wants to see."""
    wanted = dict(question.show)
    kept = tuple(
        tuple(one for one in listed if name not in wanted or one in wanted[name])
        for name, listed in zip(question.by, categories, strict=True)
    )
    places = np.ix_(*([all_.index(one) for one in some] for all_, some in zip(categories, kept, strict=True)))
    return kept, Shown(shown.values[places], shown.why[places])


# --- as a document ---


def document(answer: Answer) -> dict[str, Any]:
    """Return an answer as it is written to a file: the cells, what was hidden and why, the error, what to cite."""
    question, policy = answer.question, answer.policy
    cells: list[dict[str, Any]] = []
    hidden = dict.fromkeys(Why, 0)
    for at, value, why in answer.cells():
        where = dict(zip(question.by, at, strict=True))
        if why is Why.SHOWN:
            cells.append({"at": where, "value": _number(value)})
        else:
            cells.append({"at": where, "symbol": why.symbol, "why": why.name.lower()})
            hidden[why] += 1
    return {
        "form": FORM,
        "question": written(question),
        "cite": f"{policy.says}. {answer.release}.",
        "release": answer.release,
        "policy": policy.sha256,
        "error": error(question, policy),
        "cells": cells,
        "hidden": [
            {
                "why": why.name.lower(),
                "symbol": why.symbol,
                "cells": many,
                "sentence": sentence(why, question.asked, policy),
            }
            for why, many in hidden.items()
            if many
        ],
    }


def written(question: Question) -> dict[str, Any]:
    """Return a question as JSON has it, in its one order: two that mean the same are written the same."""
    ask: Any = {"rate": question.category, "of": question.subject} if question.asked == "rate" else "count"
    if question.asked == "mean":
        ask = {"mean": question.subject}
    made: dict[str, Any] = {"about": question.about, "ask": ask, "by": list(question.by)}
    if question.show:
        made["show"] = {name: list(wanted) for name, wanted in question.show}
    return made


def error(question: Question, policy: Policy) -> str:
    """Return in a sentence how far from the truth a figure may be."""
    most = policy.noise.most
    match question.asked:
        case "count":
            return (
                f"Each count bears a random error of at most {most} and is rounded to {policy.rules.round_to}. "
                "Figures that should add up may not."
            )
        case "rate":
            return (
                "Each rate is of two counts that bear a random error and are rounded; the smaller they are, "
                "the more it may be off."
            )
        case "mean":
            return (
                f"The sum behind each mean bears a random error of at most {most} times the difference between the "
                "greatest and the least value in its cell."
            )


def sentence(why: Why, asked: Asked, policy: Policy) -> str:
    """Return what a reader is told of a symbol."""
    rules = policy.rules
    other = " are of this kind, or fewer are not" if asked == "rate" else ""
    return {
        Why.SHOWN: "Shown.",
        Why.IMPOSSIBLE: "There can be nobody of this kind.",
        Why.AREA: "Too many groups of this area are small, so for this question nothing is shown of it.",
        Why.SMALL: f"Fewer than {rules.threshold} children{other}, or nearly so.",
        Why.CLASS: "Nearly all of this group are alike, so that to be in it would be to be told of.",
        Why.BASE: f"The rate would be of fewer than {rules.percent_base} children.",
        Why.SAME: "All of this group have the same value, so that to be in it would be to be told of.",
        Why.LARGEST: "One or two make up nearly all of this sum.",
        Why.LOW: "The figure rounds to nothing.",
    }[why]


def _number(value: float | None) -> float | int | None:
    return int(value) if value is not None and value == int(value) else value
