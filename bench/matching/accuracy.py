# SPDX-License-Identifier: Apache-2.0
"""Measures what the shipped model and the decision are worth where the truth is known, beside Splink 5 in the same run.

Writes `bench/matching/figures.json` and the page `docs/reference/linkage.md`. Run by `make bench-linkage`, in the
environment of requirements/bench.txt.
"""

import json
import logging
import sys
from collections import Counter
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from time import process_time
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from beholden.linkage import linking, model
from beholden.linkage.people import Person, columns
from matching import curve, page, public, worlds
from measuring import machine

SEEDS = (9_001, 9_002, 9_003)
"""Towns that nothing was tried on before the figures were taken."""
PUPILS, MEMBERS, STRANGERS, SIBLINGS, TWINS, ALIKE = 20_000, 4_000, 2_000, 500, 1_000, 500
GROUP = 100
"""The smallest group of name origin that is shown apart."""

Pairs = set[tuple[str, str]]


def ours(held: list[Person], asked: list[Person]) -> list[linking.Answer]:
    """Return the answers of the shipped model, with the prior fitted to the request."""
    register, weights = linking.register_of([(one,) for one in held], bytes(32)), model.shipped()
    prior = linking.fit(asked, register, weights)
    return list(linking.answer(asked, register, weights, prior=prior, adverse=False))


def splink(held: list[Person], asked: list[Person], *, number: bool) -> list[tuple[float, str, str]]:
    """Return the pairs of Splink 5, trained without labels on the two lists themselves, as its guide does it."""
    import pandas as pd
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    rules = [
        block_on("birth_date"),
        block_on("given_name", "surname"),
        block_on("postcode", "given_spelling"),
        block_on("postcode", "surname_spelling"),
        block_on("surname", "given_spelling"),
        *([block_on("pupil_number")] if number else []),
    ]
    settings = SettingsCreator(
        link_type="link_only",
        unique_id_column_name="id",
        comparisons=[
            cl.NameComparison("given_name"),
            cl.NameComparison("surname"),
            cl.DamerauLevenshteinAtThresholds("birth_date", [1, 2]),
            cl.DamerauLevenshteinAtThresholds("postcode", [1, 2]),
            *([cl.DamerauLevenshteinAtThresholds("pupil_number", [1, 2])] if number else []),
        ],
        blocking_rules_to_generate_predictions=rules,
    )
    api = DuckDBAPI()
    tables = [
        api.register(pd.DataFrame(list(columns(side)), dtype="string"), dataset_display_name=name)
        for name, side in (("a_held", held), ("b_asked", asked))
    ]
    linker = Linker(tables, settings)
    linker.training.estimate_probability_two_random_records_match(rules[:2], recall=0.8)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    for rule in rules[:3]:
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    found = linker.inference.predict().as_pandas_dataframe()
    return list(zip(found["match_probability"], found["id_l"], found["id_r"], strict=True))


def public_set(
    name: str, held: list[Person], asked: list[Person], links: Pairs, *, number: bool
) -> dict[str, Any]:
    """Return both curves on one public set, and what is decided of it."""
    began = process_time()
    answers = ours(held, asked)
    seconds = process_time() - began
    pairs = [
        (pair.candidate.probability, pair.candidate.person.ref, one.asked.ref)
        for one in answers
        for pair in one.pairs
    ]
    began = process_time()
    theirs = splink(held, asked, number=number)
    told = {"name": name, "links": len(links), "seconds": [seconds, process_time() - began], "ways": {}}
    for way, scored in (("Beholden", pairs), ("Splink 5", theirs)):
        points = curve.curve([(chance, (a, b) in links) for chance, a, b in scored], len(links))
        at = curve.at_recall(points, 0.95)
        told["ways"][way] = {
            "curve": [[t, *_figures(curve.at(points, t))] for t in curve.THRESHOLDS],
            "best": [curve.best(points).f1, *_figures(curve.best(points))],
            "at 95": None if at is None else _figures(at),
            "found": sum((a, b) in links for _, a, b in scored) / len(links),
        }
    decided = Counter(
        (pair.verdict.decision.value, (pair.candidate.person.ref, one.asked.ref) in links)
        for one in answers
        for pair in one.pairs
    )
    return told | {"decided": [[*key, count] for key, count in sorted(decided.items())]}


def _figures(point: curve.Point) -> list[float]:
    return [point.precision, point.recall, point.wrong]


def town(seed: int) -> dict[str, Any]:
    """Return what becomes of each kind of record in one town, and of members by the origin of their names."""
    world = worlds.world(
        PUPILS,
        seed,
        members=MEMBERS,
        strangers=STRANGERS,
        siblings=SIBLINGS,
        twins=TWINS,
        alike=ALIKE,
        numbers=False,
    )
    kinds: Counter[tuple[str, str]] = Counter()
    groups: dict[str, list[int]] = {}
    for one in ours(world.register, world.request):
        kind, who = world.kinds[one.asked.ref], world.truth[one.asked.ref]
        kinds[kind, _became(one, who)] += 1
        if kind == "member":
            right = [pair for pair in one.pairs if pair.candidate.person.ref == who]
            group = groups.setdefault(world.origins[one.asked.ref], [0, 0, 0, 0])
            group[0] += 1
            group[1] += bool(right and right[0].candidate.probability >= 0.99)
            group[2] += bool(right and right[0].verdict.decision == "accept")
            group[3] += bool(right and right[0].verdict.decision != "none")
    return {"seed": seed, "kinds": [[*key, count] for key, count in sorted(kinds.items())], "groups": groups}


def _became(one: linking.Answer, who: str) -> str:
    accepted = [pair.candidate.person.ref for pair in one.pairs if pair.verdict.decision == "accept"]
    if accepted:
        return "accepted, right" if accepted == [who] else "accepted, wrong"
    return "to review" if any(pair.verdict.decision == "review" for pair in one.pairs) else "none"


def main() -> None:
    logging.disable(logging.WARNING)
    before = machine.load()
    weights = model.shipped()
    sets = [
        public_set("febrl 4, name, birth date and postcode only", *public.febrl4(number=False), number=False),
        public_set("febrl 4, with its number", *public.febrl4(number=True), number=True),
        public_set("febrl 1, name, birth date and postcode only", *public.febrl1(), number=False),
    ]
    told = {
        "model": asdict(weights) | {"fields": None},
        "sets": sets,
        "towns": [town(seed) for seed in SEEDS],
        "sizes": [PUPILS, MEMBERS, STRANGERS, SIBLINGS, TWINS, ALIKE],
        "smallest": GROUP,
        "machine": machine.described(),
        "load": [before, machine.load()],
        "on": datetime.now(UTC).date().isoformat(),
    }
    page.FIGURES.write_text(json.dumps(told, indent=1) + "\n", "utf-8")
    page.PAGE.write_text(page.written(told), "utf-8")
    print(page.written(told))


if __name__ == "__main__":
    main()
