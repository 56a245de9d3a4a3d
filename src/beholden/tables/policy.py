# SPDX-License-Identifier: Apache-2.0
"""Reads the policy of one data set: what may be asked of it, by which categories, and how strict each rule is.

It decides that a policy can only be stricter than the floors below, and that every word in it is one we know: a
misspelt rule would be no rule. No clock, no data. Categories are listed here and never learned from the data, so that
no answer tells that somebody of a rare category exists.
"""

import hashlib
import re
import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from beholden.refusals import Refusal

MOST_DIMENSIONS = 5
MISSING = "missing"
"""The category of whoever has no value: coded before anything is counted, for a hole has cell keys too."""

AUTHORITY = "D24: open statistics are safe for anyone"


class TablesRefused(Refusal):
    """Says that no table is made; what kind of no it is, each of its kinds says."""

    def __init__(self, code: str, sentence: str, next_step: str) -> None:
        super().__init__(f"tables.{code}", sentence, next_step=next_step, authority=AUTHORITY)


class PolicyRefused(Refusal):
    """Says that a policy cannot be used, and which line of it is to blame."""

    def __init__(self, sentence: str) -> None:
        super().__init__(
            "tables.policy",
            sentence,
            next_step="Correct the policy as the page on safe tables describes it.",
            authority=AUTHORITY,
        )


@dataclass(frozen=True, slots=True)
class Noise:
    """The published parameters of a perturbation table: most, variance, no counts of 1 to js, share that stays."""

    most: int = 5
    variance: float = 3.0
    js: int = 2
    stay: float = 0.5


@dataclass(frozen=True, slots=True)
class Rules:
    """How strict the rules are. The defaults are the floors: a policy may tighten each and loosen none."""

    threshold: int = 10
    round_to: int = 5
    percent_base: int = 23
    small_share: float = 0.5  # of an area's cells that hold anybody, at most so many may be small
    class_share: float = 0.9  # a category that holds so much of its group speaks of all the group
    class_within: int = 2
    two_largest: float = 0.9  # NK(2, .90): the two largest may hold less than this of a sum
    third_share: float = 0.1  # p% 10: all others must come to as much of the largest
    freedom: int = 10  # contributors beyond the first
    most_cells: int = 1_000_000


_HIGHER_IS_STRICTER = ("threshold", "round_to", "percent_base", "class_within", "third_share", "freedom")
_LOWER_IS_STRICTER = ("small_share", "class_share", "two_largest", "most_cells")


@dataclass(frozen=True, slots=True)
class Variable:
    """What people are counted by: its categories, and how far down it may be asked."""

    name: str
    says: str
    categories: tuple[str, ...]
    sensitive: bool = False
    finest: str = ""


@dataclass(frozen=True, slots=True)
class Measure:
    """What means are made of: its range, and in steps of what a mean is shown.

    With `dominance` nothing is shown of a sum that one or two make up.
    """

    name: str
    says: str
    low: float
    high: float
    decimals: int = 0
    dominance: bool = False

    @property
    def scale(self) -> int:
        """How many whole units a value counts as: sums are of whole numbers, in any order the same."""
        return int(10**self.decimals)


@dataclass(frozen=True, slots=True)
class Policy:
    """What may be asked of one data set, and the hash of the file that says so."""

    name: str
    says: str
    pupil: str
    period: str
    rules: Rules
    noise: Noise
    levels: tuple[str, ...]
    variables: tuple[Variable, ...]
    measures: tuple[Measure, ...]
    impossible: tuple[tuple[tuple[str, str], ...], ...]
    withheld: tuple[tuple[str, str], ...]
    sha256: str

    def variable(self, name: str) -> Variable | None:
        """Return a variable by its name, or nothing."""
        return next((one for one in self.variables if one.name == name), None)

    def measure(self, name: str) -> Measure | None:
        """Return a measure by its name, or nothing."""
        return next((one for one in self.measures if one.name == name), None)


def load(path: Path) -> Policy:
    """Return the policy in a file, or refuse it."""
    try:
        raw = path.read_bytes()
    except OSError as wrong:
        raise PolicyRefused("There is no policy that can be read under this name.") from wrong
    return read(raw)


def read(raw: bytes) -> Policy:
    """Return a policy from its bytes, or refuse it."""
    try:
        said = tomllib.loads(raw.decode("utf-8"))
    except ValueError as wrong:
        raise PolicyRefused("The policy cannot be read as TOML.") from wrong
    _only(said, {"name", "says", "pupil", "period", "rules", "noise", "areas"} | _TABLES, "The policy")
    period = _text(said, "period", "The policy") if "period" in said else ""
    variables = tuple(
        _variable(name, one, holes=name != period) for name, one in _table(said, "variables").items()
    )
    policy = Policy(
        name=_text(said, "name", "The policy"),
        says=_text(said, "says", "The policy"),
        pupil=_text(said, "pupil", "The policy"),
        period=period,
        rules=_rules(_table(said, "rules")),
        noise=_noise(_table(said, "noise")),
        levels=_words(said.get("areas", []), "areas"),
        variables=variables,
        measures=tuple(_measure(name, one) for name, one in _table(said, "measures").items()),
        impossible=tuple(_combination(one, variables) for one in _list(said, "impossible")),
        withheld=tuple((name, _sentence(why, name)) for name, why in _table(said, "withheld").items()),
        sha256=hashlib.sha256(raw).hexdigest(),
    )
    _check(policy)
    return policy


_TABLES = {"variables", "measures", "impossible", "withheld"}
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")
_OURS = {"n", "keys", "record_key"}
_LARGEST = 10**11
"""Whole units of a measure: of so large ones ninety million still add up in 64 bits."""


def _check(policy: Policy) -> None:
    """Refuse a policy whose parts do not fit one another."""
    names = [policy.pupil, *policy.levels, *(name for name, _ in policy.withheld)]
    names += [*(one.name for one in policy.variables), *(one.name for one in policy.measures)]
    if not all(_PLAIN.fullmatch(name) and name.lower() not in _OURS for name in names):
        raise PolicyRefused(
            "A column is named in letters, digits and underscores, and not n, keys or record_key."
        )
    if len({name.lower() for name in names}) != len(names):  # engines take Sex and sex for one column
        raise PolicyRefused("One name stands for two things in the policy.")
    if not policy.variables and not policy.levels:
        raise PolicyRefused("The policy lists nothing to count by.")
    if policy.period and not policy.variable(policy.period):
        raise PolicyRefused("The period must be one of the variables.")
    for one in policy.variables:
        if one.finest and one.finest not in policy.levels:
            raise PolicyRefused(f"The finest area of {one.name} is none of the areas.")


def _rules(said: dict[str, Any]) -> Rules:
    floor = Rules()
    _only(said, {one.name for one in fields(Rules)}, "The table rules")
    for name, value in said.items():
        least = getattr(floor, name)
        if type(value) is not type(least) and not (type(value) is int and type(least) is float):
            raise PolicyRefused(f"The rule {name} must be a number like {least}.")
        if name in _HIGHER_IS_STRICTER and not value >= least:  # not a number is not enough
            raise PolicyRefused(f"The rule {name} may be raised above {least}, and never lowered.")
        if name in _LOWER_IS_STRICTER and not 0 < value <= least:
            raise PolicyRefused(f"The rule {name} may be lowered below {least}, and never raised.")
    return Rules(**said)


def _noise(said: dict[str, Any]) -> Noise:
    _only(said, {one.name for one in fields(Noise)}, "The table noise")
    made = Noise(**said)
    if not (type(made.most) is int and type(made.js) is int and type(made.variance) in {int, float}):
        raise PolicyRefused("The table noise has whole numbers most and js, and a number variance.")
    if not (3 <= made.most <= 20 and 0 <= made.js < made.most and 2 <= made.variance <= made.most**2):  # noqa: PLR2004
        raise PolicyRefused(
            "The noise must be at most 3 to 20, of a variance from 2, and js less than the most."
        )
    if type(made.stay) is not float or not 0 < made.stay <= 0.5:  # noqa: PLR2004  at least half of all cells move
        raise PolicyRefused(
            "At most half of all counts may stay as they are: stay is above 0 and at most 0.5."
        )
    return made


def _variable(name: str, said: Any, *, holes: bool) -> Variable:
    where = f"The variable {name}"
    _only(said, {"says", "categories", "sensitive", "finest"}, where)
    if type(said.get("sensitive", False)) is not bool:
        raise PolicyRefused(f"{where} is sensitive or not: true or false.")
    categories = _words(said.get("categories"), f"categories of {name}")
    if not categories:
        raise PolicyRefused(f"{where} has no categories.")
    finest = _text(said, "finest", where) if "finest" in said else ""
    listed = categories if MISSING in categories or not holes else (*categories, MISSING)
    return Variable(name, _text(said, "says", where), listed, said.get("sensitive", False), finest)


def _measure(name: str, said: Any) -> Measure:
    where = f"The measure {name}"
    _only(said, {"says", "low", "high", "decimals", "dominance"}, where)
    low, high, decimals = said.get("low"), said.get("high"), said.get("decimals", 0)
    if not all(type(one) in {int, float} for one in (low, high)) or not low < high:
        raise PolicyRefused(f"{where} must say its range: low and high.")
    if type(decimals) is not int or not 0 <= decimals <= 3:  # noqa: PLR2004
        raise PolicyRefused(f"{where} may have 0 to 3 decimals.")
    if max(abs(low), abs(high)) * 10**decimals > _LARGEST:
        raise PolicyRefused(f"{where} has a range that is too large to add up.")
    dominance = said.get("dominance", False)
    if type(dominance) is not bool or (dominance and low < 0):
        raise PolicyRefused(f"{where} may be guarded by dominance only if it is never below nothing.")
    return Measure(name, _text(said, "says", where), float(low), float(high), decimals, dominance)


def _combination(said: Any, variables: tuple[Variable, ...]) -> tuple[tuple[str, str], ...]:
    known = {one.name: one.categories for one in variables}
    if type(said) is not dict or len(said) < 2:  # noqa: PLR2004  one category alone would not be listed at all
        raise PolicyRefused("An impossible combination names a category of two variables or more.")
    for name, category in said.items():
        if name not in known or category not in known[name]:
            raise PolicyRefused("An impossible combination names what is not listed.")
    return tuple(sorted(said.items()))


def _only(said: Any, known: set[str], where: str) -> None:
    if type(said) is not dict:
        raise PolicyRefused(f"{where} must be a table.")
    for name in said:
        if name not in known:
            raise PolicyRefused(f"{where} says {name}, which means nothing here.")


def _table(said: dict[str, Any], name: str) -> dict[str, Any]:
    found = said.get(name, {})
    if type(found) is not dict:
        raise PolicyRefused(f"The policy's {name} must be a table.")
    return found


def _list(said: dict[str, Any], name: str) -> list[Any]:
    found = said.get(name, [])
    if type(found) is not list:
        raise PolicyRefused(f"The policy's {name} must be a list.")
    return found


def _text(said: dict[str, Any], name: str, where: str) -> str:
    found = said.get(name)
    if type(found) is not str or not found.strip():
        raise PolicyRefused(f"{where} does not say its {name}.")
    return found


def _sentence(said: Any, name: str) -> str:
    if type(said) is not str or not said.strip():
        raise PolicyRefused(f"What is withheld says why, and what to ask instead: {name} does not.")
    return said


def _words(said: Any, name: str) -> tuple[str, ...]:
    if type(said) is not list or not all(type(one) is str and one for one in said):
        raise PolicyRefused(f"The {name} must be a list of words.")
    if len(set(said)) != len(said):
        raise PolicyRefused(f"The {name} name one thing twice.")
    return tuple(said)
