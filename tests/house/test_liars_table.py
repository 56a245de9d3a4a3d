# SPDX-License-Identifier: Apache-2.0
"""The page on proofs says which step catches which lie: vector, step and test are there, as it says. D27, D28."""

import ast
import re

import pytest

from house import vectors
from house.planting import REPOSITORY

TEXT = (REPOSITORY / "docs/explanation/proofs.md").read_text("utf-8")
PART = re.search(r"^## Which step catches which lie$(.*?)^## ", TEXT, re.MULTILINE | re.DOTALL)[1]
ROWS = re.findall(r"^\| ([^|]+?) \| (\d+) \| `([^|`]+)` \| `([^|`]+)` \|$", PART, re.MULTILINE)
LIES = (
    *(
        "swapped for another",
        "random",
        "dropped",
        "another child's key",
        "another child's leaf",
        "handover left out",
    ),
    *("fork", "earlier day", "another order", "removed", "sealed entry opened otherwise", "another depth"),
    *("too short", "too long", "another index", "tags twice", "another disclosure", "old registry"),
    *("recipient who is its own auditor", "*no* that was turned into a *yes*"),
    *("another log's key", "base64", "`+5`", "`1_0`", "another number's place", "weak key for places"),
)


def named_in(file):
    """The names of a file's tests, those in classes behind the class's."""
    tree = ast.parse((REPOSITORY / file).read_text("utf-8"))
    found = {one.name for one in tree.body if isinstance(one, ast.FunctionDef)}
    for one in (one for one in tree.body if isinstance(one, ast.ClassDef)):
        found |= {f"{one.name}::{each.name}" for each in one.body if isinstance(each, ast.FunctionDef)}
    return found


def test_every_line_is_read_and_every_kind_of_lie_is_there():
    assert len(ROWS) == len(re.findall(r"^\| (?!lie|-)", PART, re.MULTILINE))
    assert len({lie for lie, *_ in ROWS}) == len(ROWS)
    for known in LIES:
        assert any(known in lie for lie, *_ in ROWS), known
    steps = [int(step) for _, step, *_ in ROWS]
    assert steps == sorted(steps)


@pytest.mark.parametrize(("lie", "step", "vector", "test"), ROWS, ids=lambda value: "")
def test_each_lie_names_its_vector_its_step_and_a_test_that_is_there(lie, step, vector, test):
    made = {one.name: one.step for one in vectors.vectors()}
    assert made.get(vector) == int(step), f"{lie}: {vector}"
    file, _, name = test.partition("::")
    assert name in named_in(file), f"{lie}: {test}"
