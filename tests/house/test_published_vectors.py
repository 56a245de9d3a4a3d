# SPDX-License-Identifier: Apache-2.0
"""The published vectors and schemas are as they are generated, and small enough to be taken along. D27, D28."""

import json

import pytest

from beholden.ledger import entries
from house import reference, schemas_page, vectors
from house.planting import REPOSITORY

MOST = 600_000
"""Bytes that the folder of vectors may have."""


@pytest.mark.parametrize(
    "path", vectors.files(), ids=lambda path: path.relative_to(vectors.FOLDER).as_posix()
)
def test_each_file_is_as_it_is_generated(path):
    assert path.is_file(), "say `make reference`"
    assert path.read_bytes() == vectors.files()[path], "say `make reference`"


def test_nothing_lies_beside_them():
    assert reference.left_over() == [], "say `make reference`"


def test_the_folder_stays_small():
    assert sum(path.stat().st_size for path in vectors.FOLDER.rglob("*") if path.is_file()) < MOST


def test_no_machine_turns_their_ends_of_line():
    assert (
        "docs/reference/vectors/** -text" in (REPOSITORY / ".gitattributes").read_text("utf-8").splitlines()
    )


def test_every_kind_has_its_schema_and_each_bears_its_address():
    found = {path: json.loads(path.read_text("utf-8")) for path in schemas_page.FOLDER.rglob("*.json")}
    assert {
        (one["properties"]["log"]["const"], one["properties"]["kind"]["const"]) for one in found.values()
    } == {*entries.KINDS}
    for path, one in found.items():
        place = path.relative_to(schemas_page.FOLDER).as_posix()
        assert one["$id"] == f"https://beholden.example/schema/{place}"
        assert one["properties"]["v"] == {"const": entries.VERSION}
