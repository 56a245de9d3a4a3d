# SPDX-License-Identifier: Apache-2.0
"""Reads a question: which figure, by what, and what of it to show. A closed form over a closed vocabulary.

It decides whether a question may be asked at all (the *query test*), before anything is counted, and says of each that
may not what to ask instead. It refuses to know data: a question that is let through says nothing of who exists. There
are no filters, no ranges and no sums of categories: each of them cuts a group out of the country that nobody has looked
at, and two such groups that differ by one child tell of that child.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import Any, Literal

from beholden.refusals import Refusal
from beholden.tables.policy import MISSING, MOST_DIMENSIONS, Policy

LONGEST = 20_000
"""As many signs as a question may have. Ours have two hundred."""

Asked = Literal["count", "rate", "mean"]


class QuestionRefused(Refusal):
    """Says that a question is not answered, and what to ask instead."""

    def __init__(self, code: str, sentence: str, instead: str, authority: str = "D24") -> None:
        super().__init__(f"tables.{code}", sentence, next_step=instead, authority=authority)


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `by` has the area first, then the variables by their names: two orders are one question."""

    about: str
    asked: Asked
    subject: str  # whose rate, or the mean of what; of a count nothing
    category: str  # of a rate: which category's
    by: tuple[str, ...]
    show: tuple[tuple[str, tuple[str, ...]], ...]
    release: str = ""

    @property
    def dimensions(self) -> tuple[str, ...]:
        """What has to be counted by: of a rate its own variable too, last."""
        return (*self.by, self.subject) if self.asked == "rate" else self.by


def read(raw: bytes, policy: Policy) -> Question:
    """Return a question from its bytes, or refuse it."""
    said = _said(raw)
    if said.get("about") != policy.name:
        raise _no_form(f"The question must say what it is about: {policy.name}.")
    release = _release(said)
    asked, subject, category = _asked(said, policy)
    by = _by(said, policy, subject)
    question = Question(policy.name, asked, subject, category, by, _show(said, by, policy), release)
    _check_reach(question, policy)
    return question


def addressed(raw: bytes) -> tuple[str, str]:
    """Return what a question is about, and of which release: what is read before its policy is known."""
    said = _said(raw)
    about = said.get("about")
    return (about if type(about) is str else ""), _release(said)


def check_size(question: Question, lengths: Mapping[str, int], policy: Policy) -> None:
    """Refuse a table of more cells than the policy allows; `lengths` says how many categories each dimension has."""
    cells = prod(lengths[name] for name in question.dimensions)
    if cells > policy.rules.most_cells:
        raise QuestionRefused(
            "too_large",
            f"This table would have {cells:,} cells; at most {policy.rules.most_cells:,} are made.",
            "Ask by fewer fields, or by larger areas.",
        )


# --- the form ---


def _said(raw: bytes) -> dict[str, Any]:
    if len(raw) > LONGEST:
        raise _no_form("This is longer than any question.")
    try:
        said = json.loads(raw.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_number)
    except RecursionError as wrong:
        raise _no_form("This is folded deeper than any question.") from wrong
    except ValueError as wrong:
        raise _no_form("The question cannot be read as JSON.") from wrong
    if type(said) is not dict:
        raise _no_form("A question is one JSON object.")
    _check_fields(said)
    return said


def _release(said: dict[str, Any]) -> str:
    release = said.get("release", "")
    if type(release) is not str:
        raise QuestionRefused(
            "two_releases",
            "One question is answered from one release; two of one moment would tell who came between.",
            "Ask without a release: the one that stands answers. Ask for two years by naming the year in the field by.",
        )
    return release


_FIELDS = {"about", "ask", "by", "show", "release"}

_INSTEAD = {
    **dict.fromkeys(("where", "filter", "filters", "only", "having", "except", "exclude", "not"), "slice"),
    **dict.fromkeys(
        ("compare", "minus", "difference", "since", "against", "releases", "versions"), "two_releases"
    ),
    **dict.fromkeys(("sql", "expression", "formula", "code"), "code"),
}
_SENTENCES = {
    "slice": (
        "A question cannot pick children out by a filter.",
        "Put the field into the field by, and say in show which of its categories you want to see.",
    ),
    "two_releases": (
        "A question cannot set one release against another.",
        "Ask the release that stands. For change over time put the year into the field by.",
    ),
    "code": (
        "A question cannot bring code of its own.",
        "Ask for a count, a rate or a mean, by the fields of the policy.",
    ),
}


def _check_fields(said: dict[str, Any]) -> None:
    for name in said:
        if name in _INSTEAD:
            raise QuestionRefused(_INSTEAD[name], *_SENTENCES[_INSTEAD[name]])
        if name not in _FIELDS:
            raise _no_form("The question has a field that means nothing here.")


def _asked(said: dict[str, Any], policy: Policy) -> tuple[Asked, str, str]:
    ask = said.get("ask")
    if ask == "count":
        return "count", "", ""
    if type(ask) is dict and set(ask) == {"rate", "of"}:
        return "rate", *_rate(ask, policy)
    if type(ask) is dict and set(ask) == {"mean"}:
        name = _name(ask["mean"])
        if not policy.measure(name):
            _check_withheld(name, policy)
            known = ", ".join(one.name for one in policy.measures) or "none"
            raise QuestionRefused(
                "unknown", "There is no such measure.", f"Ask the mean of one of these: {known}."
            )
        return "mean", name, ""
    raise _no_form(
        'A question asks one thing: "count", {"rate": category, "of": variable} or {"mean": measure}.'
    )


def _rate(ask: dict[str, Any], policy: Policy) -> tuple[str, str]:
    name, category = _name(ask["of"]), ask["rate"]
    variable = policy.variable(name)
    if not variable:
        raise _unknown(name, policy)
    if type(category) is list:
        raise QuestionRefused(
            "union",
            "A rate is of one category: a sum of categories cuts out a group that nobody has looked at.",
            "Ask for each category by itself.",
        )
    if category not in variable.categories:
        raise _no_category(name, variable.categories)
    return name, category


def _by(said: dict[str, Any], policy: Policy, subject: str) -> tuple[str, ...]:
    by = said.get("by")
    if type(by) is not list or not by:
        raise _no_form('The question must say by what: a list of fields, like "by": ["sex"].')
    names = [_name(one) for one in by]
    if len(set(names)) != len(names) or subject in names:
        raise QuestionRefused("twice", "One field is asked by twice.", "Name each field once.")
    for name in names:
        if name not in policy.levels and not policy.variable(name):
            raise _unknown(name, policy)
    areas = [name for name in names if name in policy.levels]
    if len(areas) > 1:
        raise QuestionRefused(
            "two_areas",
            "A table has areas of one size; each lies in the larger ones already.",
            f"Ask by one of these: {', '.join(areas)}.",
        )
    if policy.period and policy.period not in names:
        raise QuestionRefused(
            "period",
            "A child stands in the data once for each period, so a table must say which.",
            f"Put {policy.period} into the field by.",
        )
    return (*areas, *sorted(set(names) - set(areas)))


def _check_reach(question: Question, policy: Policy) -> None:
    """Refuse what reaches too deep: too many dimensions, or a guarded variable in areas that are too small."""
    if len(question.dimensions) > MOST_DIMENSIONS:
        raise QuestionRefused(
            "dimensions",
            f"A table has at most {MOST_DIMENSIONS} dimensions.",
            "Ask by fewer fields, in two tables.",
        )
    area = next((name for name in question.by if name in policy.levels), "")
    for name in question.dimensions:
        variable = policy.variable(name)
        if area and variable and variable.finest:
            allowed = policy.levels[: policy.levels.index(variable.finest) + 1]
            if area not in allowed:
                raise QuestionRefused(
                    "too_fine",
                    f"{variable.says} is not shown for areas as small as {area}.",
                    f"Ask by one of these areas: {', '.join(allowed)}.",
                )


def _show(
    said: dict[str, Any], by: tuple[str, ...], policy: Policy
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    show = said.get("show", {})
    if type(show) is not dict:
        raise _no_form('The field show names categories, like "show": {"sex": ["F"]}.')
    for name, wanted in show.items():
        if name not in by:
            raise QuestionRefused("slice", *_SENTENCES["slice"])
        if type(wanted) is not list or not wanted or not all(type(one) is str for one in wanted):
            raise _no_form("The field show has a list of categories for each field.")
        variable = policy.variable(name)
        if variable and not set(wanted) <= set(variable.categories):
            raise _no_category(name, variable.categories)
    return tuple((name, tuple(sorted(set(show[name])))) for name in sorted(show))


def _name(said: Any) -> str:
    if type(said) is not str:
        raise _no_form("A field is named by one word.")
    return said


def _unknown(name: str, policy: Policy) -> QuestionRefused:
    _check_withheld(name, policy)
    known = ", ".join((*policy.levels, *(one.name for one in policy.variables)))
    return QuestionRefused(
        "unknown", "There is no field of this name to ask by.", f"Ask by one of these: {known}."
    )


def _check_withheld(name: str, policy: Policy) -> None:
    why = dict(policy.withheld).get(name)
    if why:
        raise QuestionRefused("withheld", f"No table is made of {name}.", why)


def _no_category(name: str, categories: tuple[str, ...]) -> QuestionRefused:
    listed = ", ".join(one for one in categories if one != MISSING)
    return QuestionRefused(
        "category", f"{name} has no such category.", f"Ask for one of these: {listed}, {MISSING}."
    )


def _no_form(sentence: str) -> QuestionRefused:
    return QuestionRefused("question", sentence, "Write the question as the page on safe tables shows it.")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise _no_form("The question says one thing twice.")
    return made


def _no_number(_: str) -> None:
    raise _no_form("The question has a number that is none.")
