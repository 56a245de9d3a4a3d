# SPDX-License-Identifier: Apache-2.0
"""Fixed tables: exact figures with their sums, of which no sum tells of a small group. D24."""

import json
import subprocess
import sys
from collections import Counter
from itertools import chain, combinations

import numpy as np
import pytest
from scipy.optimize import linprog

from beholden.refusals import Refusal
from beholden.tables import fixed, policy, question, suppress
from table_rows import POLICY, RULES, cube, read, rows, town, written

DATED = policy.read(POLICY.replace('pupil = "pupil"', 'pupil = "pupil"\nperiod = "year"').encode())
AREAS = ("region", "authority")


def made(columns, folder, given=RULES, **asked):
    whole = read(ask="count", **asked) if given is RULES else fixed_question(given, **asked)
    return fixed.document(fixed.fixed(whole, cube(columns, folder, given), given))


def fixed_question(given, **asked):
    return question.read(json.dumps({"about": "roll", "ask": "count"} | asked).encode(), given)


def counted(columns, names):
    """Return how many rows agree with every cell that may be named, sums and all, one row at a time."""
    found = Counter()
    for row in rows(columns):
        values = {name: row[name] if row[name] is not None else "missing" for name in names}
        areas = [name for name in names if name in AREAS]
        rest = [name for name in names if name not in AREAS]
        for area in ((), *((one,) for one in areas)):
            for some in chain.from_iterable(combinations(rest, many) for many in range(len(rest) + 1)):
                found[frozenset((name, values[name]) for name in (*area, *some))] += 1
    return found


def test_what_is_shown_is_exact_and_every_sum_is_there(tmp_path):
    said = made(town(areas=5), tmp_path, by=["authority", "sex", "phase"])
    true = counted(town(areas=5), ("region", "authority", "sex", "phase"))
    shown = {frozenset(one["at"].items()): one["value"] for one in said["cells"] if "value" in one}
    assert shown
    assert all(true[at] == value for at, value in shown.items())
    assert shown[frozenset()] == 4_000
    assert said["fields"] == ["region", "authority", "phase", "sex"]
    assert {at for at, many in true.items() if many} <= {
        frozenset(one["at"].items()) for one in said["cells"]
    }


def test_a_group_under_the_threshold_is_never_shown(tmp_path):
    said = made(town(areas=5), tmp_path, by=["authority", "sex", "phase"])
    true = counted(town(areas=5), ("region", "authority", "sex", "phase"))
    for one in said["cells"]:
        if true[frozenset(one["at"].items())] < 10:
            assert one.get("symbol") == "c"
            assert "value" not in one


def test_a_reader_who_knows_every_sum_learns_of_no_small_group(tmp_path):
    """The attack from outside: of the document alone, with equations of its own, by linear programming."""
    said = made(town(seed=4, areas=5), tmp_path, by=["authority", "sex"])
    names = said["fields"]
    places = {frozenset(one["at"].items()): number for number, one in enumerate(said["cells"])}
    lies_in = {row["authority"]: row["region"] for row in rows(town(seed=4, areas=5))}
    true = counted(town(seed=4, areas=5), ("region", "authority", "sex"))
    lines = []
    for at, place in places.items():
        where = dict(at)
        for name in names:
            if name in where or (name == "region" and "authority" in where):
                continue
            if name == "authority" and "region" not in where:
                continue
            below = [
                other
                for other in places
                if name in dict(other)
                and {k: v for k, v in other if k not in {"region", "authority"} or name not in AREAS}.items()
                >= {k: v for k, v in at if k != "region" or name != "authority"}.items()
                and len(other) == len(at) + (name != "authority")
                and (name != "authority" or lies_in.get(dict(other)["authority"]) == where["region"])
            ]
            if below:
                line = np.zeros(len(places))
                line[place] = 1
                line[[places[one] for one in below]] = -1
                lines.append(line)
    values = np.array([true[at] for at in places])
    assert lines
    assert not (np.array(lines) @ values).any()  # the equations are true ones
    bounds = [(one["value"], one["value"]) if "value" in one else (0, None) for one in said["cells"]]
    small = [place for at, place in places.items() if true[at] < 10]
    assert small
    for place in small:
        goal = np.zeros(len(places))
        goal[place] = 1
        nothing = np.zeros(len(lines))
        least = linprog(goal, A_eq=np.array(lines), b_eq=nothing, bounds=bounds).fun
        most = linprog(-goal, A_eq=np.array(lines), b_eq=nothing, bounds=bounds)
        assert least <= 1e-6
        assert most.status == 3 or -most.fun >= 10 - 1e-6


def test_what_is_empty_by_its_nature_is_said_and_hides_nothing(tmp_path):
    said = made(town(areas=5), tmp_path, by=["phase", "year"])
    at = {tuple(sorted(one["at"].items())): one for one in said["cells"]}
    assert at[("phase", "upper"), ("year", "7")]["symbol"] == "z"


def test_nobody_is_added_up_over_two_moments(tmp_path):
    said = made(town(areas=5), tmp_path, DATED, by=["year", "sex"])
    assert all("year" in one["at"] for one in said["cells"])


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"ask": "count", "by": ["meals", "sex"]}, "tables.fixed"),
        ({"ask": {"rate": "F", "of": "sex"}, "by": ["year"]}, "tables.fixed"),
        ({"ask": "count", "by": ["sex"], "show": {"sex": ["F"]}}, "tables.fixed"),
    ],
)
def test_what_a_fixed_table_is_not_made_of_is_refused_before_anything_is_counted(asked, code):
    with pytest.raises(Refusal) as no:
        fixed.check(read(**asked), RULES)
    assert no.value.code == code
    assert no.value.next_step


def test_a_table_of_too_many_cells_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(fixed, "MOST_CELLS", 20)
    with pytest.raises(Refusal) as no:
        made(town(areas=5), tmp_path, by=["authority", "sex"])
    assert no.value.code == "tables.too_large"


def test_a_small_group_that_one_sum_equals_hides_that_sum(tmp_path):
    """Year 7 is of the middle schools alone, so how many are in it in all is how many are in it there."""
    columns = town(300)
    seventh = [place for place, one in enumerate(columns["year"]) if one == "7"][4:]
    few = {
        name: [one for place, one in enumerate(listed) if place not in seventh]
        for name, listed in columns.items()
    }
    said = made(few, tmp_path, by=["phase", "year"])
    at = {tuple(sorted(one["at"].items())): one for one in said["cells"]}
    assert at[("year", "7"),]["symbol"] == "c"
    assert at[("phase", "middle"), ("year", "7")]["symbol"] == "c"
    assert "value" in at[()]


def test_what_cannot_be_hidden_is_not_given(tmp_path, monkeypatch):
    """The attack has the last word: where it finds a small group, there is no table."""
    monkeypatch.setattr(suppress, "hide", suppress.small)
    with pytest.raises(Refusal) as no:
        made(town(areas=5), tmp_path, by=["authority", "sex"])
    assert no.value.code == "tables.fixed_open"


def test_the_command_prints_it_and_needs_no_key(tmp_path):
    (tmp_path / "policy.toml").write_text(POLICY, "utf-8")
    (tmp_path / "q.json").write_text('{"about": "roll", "ask": "count", "by": ["region", "sex"]}', "utf-8")
    told = subprocess.run(
        [sys.executable, "-m", "beholden.cli", "table-fixed", "q.json", "--data", written(town(areas=5), tmp_path),
         "--policy", "policy.toml"],
        cwd=tmp_path, capture_output=True, text=True, check=True,
    )  # fmt: skip
    lines = [line.split("\t") for line in told.stdout.splitlines()]
    assert lines[0] == ["region", "sex", "count"]
    assert ["all", "all", "4000"] in lines
    assert "exact and add up" in told.stderr
