# SPDX-License-Identifier: Apache-2.0
"""What each way to agree weighs (Fellegi and Sunter), read from a file that Splink 5 reads as well.

m is how often a level is seen of one and the same person, u of two different ones; a weight is log2(m/u) bits. Where a
field has frequencies, an exact agreement weighs log2(m/f) instead, with f how often the value stands in the register:
two Okonkwos say more than two Smiths. The file `model.json` is settings of Splink and nothing else; `model.md` beside
it says how its figures were had. It refuses to know people: it holds figures, its version and its hash.
"""

import hashlib
import json
import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any

from beholden.linkage.comparing import COMPARISONS, EXACT, MISSING
from beholden.linkage.people import COLUMNS, Person
from beholden.refusals import Refusal

SMOOTHING = 2_000
"""As many people as the model's own figure counts for beside a register's: a list of ten says little of how rare a
name is."""


class ModelRefused(Refusal):
    """Says that a model's file is not one that these comparisons can use."""

    def __init__(self, sentence: str) -> None:
        super().__init__(
            "linkage.model",
            sentence,
            next_step="Use a model that was trained for these comparisons, or the one that comes with Beholden.",
            authority="D32: a match is explained by the model that decided it",
        )


@dataclass(frozen=True, slots=True)
class Weights:
    """What one field's levels weigh, in bits, in the order of its comparison; and u of its exact level."""

    bits: tuple[float, ...]
    u_exact: float


@dataclass(frozen=True, slots=True)
class Model:
    """All weights, with the version that the file names and the SHA-256 of its bytes."""

    version: str
    sha256: str
    fields: tuple[Weights, ...]


@dataclass(frozen=True, slots=True)
class Frequencies:
    """How often each value stands in a register, by column; `totals` how many people have one at all."""

    totals: dict[str, int]
    counts: dict[str, Counter[str]] = field(repr=False)

    def share(self, column: str, value: str, u: float) -> float:
        """Return a value's frequency, drawn towards u where the register is small."""
        return (self.counts[column][value] + SMOOTHING * u) / (self.totals[column] + SMOOTHING)


def frequencies(people: Iterable[Person]) -> Frequencies:
    """Count every value of the columns that have frequencies."""
    every = list(people)
    counts = {name: Counter(map(COLUMNS[name], every)) for name in _COUNTED}
    for counter in counts.values():
        del counter[""]
    return Frequencies({name: counter.total() for name, counter in counts.items()}, counts)


_COUNTED = tuple(one.frequent for one in COMPARISONS if one.frequent)


def shipped() -> Model:
    """Return the model that comes with Beholden."""
    return read(resources.files(__package__).joinpath("model.json").read_bytes())


def load(path: Path) -> Model:
    """Return the model in a file, or refuse it."""
    try:
        raw = path.read_bytes()
    except OSError as wrong:
        raise ModelRefused("There is no file with weights that can be read under this name.") from wrong
    return read(raw)


def read(raw: bytes) -> Model:
    """Return a model from its bytes, or refuse it: other fields, other levels or other SQL are another comparison."""
    try:
        said = json.loads(raw)
        comparisons: list[dict[str, Any]] = said["comparisons"]
        version = said["linker_uid"]
        if [one["output_column_name"] for one in comparisons] != [one.field for one in COMPARISONS]:
            raise ModelRefused("This model compares other fields.")
        weights = tuple(_weights(one["comparison_levels"], place) for place, one in enumerate(comparisons))
    except (ValueError, KeyError, TypeError) as wrong:
        raise ModelRefused(
            "This is no model: a file of settings as Splink 5 writes them is wanted."
        ) from wrong
    return Model(str(version), hashlib.sha256(raw).hexdigest(), weights)


def _weights(levels: list[dict[str, Any]], place: int) -> Weights:
    known = COMPARISONS[place].levels
    if [one["sql_condition"] for one in levels] != [one.sql for one in known]:
        raise ModelRefused(f"This model has other levels for {COMPARISONS[place].field}.")
    bits, chances = [0.0], list[float]()
    for level in levels[1:]:
        m, u = float(level["m_probability"]), float(level["u_probability"])
        if not (0 < m < 1 and 0 < u < 1):
            raise ModelRefused("This model has a probability that is none.")
        bits.append(math.log2(m / u))
        chances.append(u)
    return Weights(tuple(bits), chances[0])


def settings(figures: dict[str, dict[str, tuple[float, float]]], *, version: str) -> dict[str, Any]:
    """Return a model as Splink 5 reads it, from m and u by field and level; empty figures give one to be trained."""
    return {
        "link_type": "link_only",
        "comparisons": [
            {
                "output_column_name": one.field,
                "comparison_description": one.says,
                "comparison_levels": [
                    {
                        "sql_condition": level.sql,
                        "label_for_charts": level.name,
                        **({"is_null_level": True} if level.name == MISSING else {}),
                        **(
                            {"tf_adjustment_column": one.frequent, "tf_adjustment_weight": 1.0}
                            if level.name == EXACT and one.frequent
                            else {}
                        ),
                        **_figures(figures.get(one.field, {}).get(level.name)),
                    }
                    for level in one.levels
                ],
            }
            for one in COMPARISONS
        ],
        "blocking_rules_to_generate_predictions": [
            {"blocking_rule": 'l."birth_date" = r."birth_date"', "sql_dialect": "duckdb"},
        ],
        "probability_two_random_records_match": 0.0001,
        "retain_matching_columns": True,
        "retain_intermediate_calculation_columns": True,
        "additional_columns_to_retain": [],
        "unique_id_column_name": "id",
        "linker_uid": version,
    }


def _figures(pair: tuple[float, float] | None) -> dict[str, float]:
    return {} if pair is None else {"m_probability": pair[0], "u_probability": pair[1]}
