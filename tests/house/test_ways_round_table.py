# SPDX-License-Identifier: Apache-2.0
"""SECURITY.md says what stops each way round the gate: the table names tests that are there, and every kind of way. D18."""

import ast
import re

import pytest

from house.planting import REPOSITORY

TEXT = (REPOSITORY / "SECURITY.md").read_text("utf-8")
PART = re.search(r"^## Ways round the gate$(.*?)^## ", TEXT, re.MULTILINE | re.DOTALL)[1]
ROWS = re.findall(r"^\| ([^|]+?) \| ([^|]+?) \| `([^|`]+)` \|$", PART, re.MULTILINE)
KINDS = (
    *("import", "raw SQL", "ORM relation", "`get_model`", "template", "API", "CLI", "worker", "log line"),
    *("error text", "export", "backup", "another family's id", "staff role", "race"),
)


def test_every_line_is_read_and_every_kind_of_way_was_walked():
    assert len(ROWS) == len(re.findall(r"^\| (?!way|-)", PART, re.MULTILINE))
    assert len({way for way, _, _ in ROWS}) == len(ROWS) >= 15
    for kind in KINDS:
        assert any(way.startswith(kind) for way, _, _ in ROWS), kind


@pytest.mark.parametrize(("way", "layer", "test"), ROWS, ids=lambda value: "")
def test_each_way_names_a_test_that_is_there(way, layer, test):
    file, _, name = test.partition("::")
    tree = ast.parse((REPOSITORY / file).read_text("utf-8"))
    assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}, f"{way}: {test}"
