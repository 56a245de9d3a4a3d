# SPDX-License-Identifier: Apache-2.0
"""Our tables beside those of other people's tools: cell_key_perturbation, acro, pytauargus. D24.

They run in an environment of their own (`make test` makes it), each time in a folder that is thrown away.
"""

import json
import subprocess
from pathlib import Path

import numpy as np
import pytest

from beholden.tables import cubes, ptable, safe, suppress
from beholden.tables.keys import KEYS, RecordKeys
from beholden.tables.policy import MISSING
from homes import lack
from table_rows import READY, RULES, SECRET, cells, cube, read, rows, town

REPOSITORY = Path(__file__).resolve().parents[2]
PYTHON = REPOSITORY / ".venv" / "oracles" / "bin" / "python"


@pytest.fixture
def oracle(tmp_path):
    """Return a function that asks one of the tools."""
    if not PYTHON.exists():
        lack("this machine has no environment of oracles (`make test` makes it)")

    def ask(tool, asked):
        run = subprocess.run(
            [PYTHON, "-W", "ignore", Path(__file__).with_name("table_oracles.py"), tool],
            input=json.dumps(asked),
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert run.returncode == 0, run.stderr
        return json.loads(run.stdout.splitlines()[-1])

    return ask


def coded(columns, names, modulo):
    """Return rows as the statistical office's package takes them: holes coded as a category, and record keys."""
    keys = RecordKeys(SECRET)
    plain = {name: [MISSING if one is None else one for one in columns[name]] for name in names}
    return plain | {"record_key": [keys.key(one) % modulo for one in columns["pupil"]]}


BY = ("authority", "sex", "phase", "year")


@pytest.mark.parametrize("seed", [1, 2])
def test_every_cell_is_that_of_cell_key_perturbation(oracle, seed, tmp_path_factory):
    """By our own perturbation table: number, cell key and error of each cell, and what of it may be shown."""
    columns = town(3_000, seed)
    asked = read(ask="count", by=list(BY))
    made = cube(columns, tmp_path_factory.mktemp("rows"))
    counted = cubes.counts(made, asked, RULES)
    counts = np.arange(1, 751)
    table = [READY.counts.of(np.full(KEYS, one), np.arange(KEYS)).tolist() for one in counts.tolist()]
    theirs = oracle(
        "cell_keys", {"rows": coded(columns, asked.by, KEYS), "by": list(asked.by), "table": table}
    )
    lists = [made.categories(name, RULES) for name in asked.by]
    shown = cells(asked, made)
    assert sum(row[len(BY)] for row in theirs) == counted.n.sum() == 3_000
    assert sum(row[-1] is not None for row in theirs) > 50
    for *at, n, key, error, perturbed in theirs:
        where = tuple(codes.index(one) for codes, one in zip(lists, at, strict=True))
        assert counted.n[where] == n
        assert counted.keys[where] % KEYS == key
        assert READY.counts.of(counted.n[where], counted.keys[where]) == error
        value, symbol = shown[tuple(at)]
        if symbol == "":
            assert value == safe.rounded(np.array(perturbed), 5)
        elif symbol == "c":
            assert n < 10 or perturbed is None


def test_the_offices_own_table_of_ten_and_five_gives_the_same_figures(oracle, tmp_path_factory):
    """Rounding to 5 and the threshold of 10, as their table does them, are as our rules do them without an error."""
    columns = town(3_000, 4)
    asked = read(ask="count", by=["authority", "sex", "year"])
    made = cube(columns, tmp_path_factory.mktemp("rows"))
    n = cubes.counts(made, asked, RULES).n
    theirs = oracle("cell_keys", {"rows": coded(columns, asked.by, 256), "by": list(asked.by), "table": None})
    lists = [made.categories(name, RULES) for name in asked.by]
    for *at, _, _, _, shown in theirs:
        here = n[tuple(codes.index(one) for codes, one in zip(lists, at, strict=True))]
        assert shown == (int(safe.rounded(here, 5)) if here >= 10 else None)


@pytest.mark.parametrize("seed", [1, 2])
def test_the_cells_that_fail_are_those_that_fail_in_acro(oracle, seed, tmp_path_factory):
    """Threshold, the two largest, and the rest beside the largest, each by itself, on a town with large grants."""
    draw = np.random.default_rng(seed)
    columns = town(900, seed)
    columns["grant"] = [round(float(one), 2) for one in (draw.pareto(0.6, 900) * 50).clip(0.01, 99_000)]
    asked = read(ask={"mean": "grant"}, by=["authority", "year"])
    made = cube(columns, tmp_path_factory.mktemp("rows"))
    counted = cubes.counts(made, asked, RULES)
    given = {"a": columns["authority"], "b": columns["year"], "v": columns["grant"]}
    theirs = oracle("masks", {"rows": given, "sizes": [10, 11]})
    lists = [made.categories(name, RULES) for name in asked.by]
    held = {
        (one, two): counted.n[i, j]
        for i, one in enumerate(lists[0])
        for j, two in enumerate(lists[1])
        if counted.n[i, j]
    }
    spread = RULES.rules
    two = counted.high + counted.second >= spread.two_largest * counted.total
    rest = counted.total - counted.high - counted.second < spread.third_share * counted.high
    for rule, mask in {
        "MinimumThresholdCheck": counted.n < spread.threshold,
        "NKCheck": two,
        "PPercentCheck": rest,
    }.items():
        ours = {at for at in held if mask[lists[0].index(at[0]), lists[1].index(at[1])]}
        assert ours == {tuple(one) for one in theirs["places"][rule]} & held.keys(), rule
    assert np.array_equal(two | rest, safe.dominated(counted.total, counted.high, counted.second, spread))
    assert theirs["freedom"] == [many - 1 >= spread.freedom for many in (10, 11)]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_what_is_hidden_beside_the_small_holds_as_that_of_tau_argus_does(oracle, seed):
    """The small cells are the same; both patterns withstand our attack; ours hides no more than twice the figures."""
    draw = np.random.default_rng(seed)
    names = [[f"{letter}{one}" for one in range(size)] for letter, size in (("a", 9), ("b", 6))]
    counts = {(one, two): int(draw.geometric(0.03)) for one in names[0] for two in names[1]}
    micro = {"a": [], "b": [], "one": []}
    for (one, two), many in counts.items():
        micro["a"] += [one] * many
        micro["b"] += [two] * many
        micro["one"] += [1] * many
    theirs = {(row[0], row[1]): row[2:] for row in oracle("argus", {"rows": micro})}
    table = suppress.margins(counts, [{"Total": names[0]}, {"Total": names[1]}])
    assert {at: freq for at, (freq, _) in theirs.items()} == {
        at: int(value) for at, value in zip(table.cells, table.values, strict=True)
    }
    small = {at for at, value in zip(table.cells, table.values, strict=True) if value < 10}
    assert {at for at, (_, status) in theirs.items() if status == "U"} == small
    pattern = np.array([theirs[at][1] in {"U", "M"} for at in table.cells])
    ours = suppress.hide(table, 10)
    for hidden in (pattern, ours):
        for one in suppress.audit(table, hidden):
            assert one.cell not in small or one.greatest - one.least > 1e-6
    lost = [table.values[hidden].sum() for hidden in (ours, pattern)]
    assert lost[0] <= 2 * lost[1], lost


def test_rows_are_the_same_for_both(tmp_path_factory):
    """What the tools above are given are the rows that our cube counts."""
    columns = town(200)
    assert len(rows(columns)) == len(coded(columns, BY, KEYS)["record_key"]) == 200
    assert READY.counts.top == ptable.rows(RULES.noise)[-1].count
