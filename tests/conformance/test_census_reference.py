# SPDX-License-Identifier: Apache-2.0
"""Intake against what others published: the reconstructed sample, the tables of 2026, the check arithmetic."""

import csv
import random
import runpy

import pyarrow as pa
import pytest

from beholden.intake import census_shape, school_census, vectors
from beholden.intake.census_codes import SECTOR_SUPPORT, complete
from beholden.kinds import ItemId

COLUMNS = {
    "sex": "sex",
    "ethnicity": "ethnicity",
    "language": "language",
    "enrol_status": "enrolstatus",
    "boarder": "boarder",
    "nc_year": "ncyearactual",
    "service_child": "servicechild",
    "previously_looked_after": "plaa",
    "young_carer": "youngcarer",
}


@pytest.fixture(scope="module")
def tables(shared):
    with (shared / "data" / "school_census_tables_2026.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["term"] == "spring"]
    return {(row["table"], row["column"]): row for row in rows}


def test_the_reconstructed_sample_is_accepted(shared):
    """D1. Its one query is right: it records a suspension and no session marked E."""
    reading = school_census.read(shared / "data" / "reconstructed_school_census_spring.xml")
    assert reading.accepted
    assert dict(reading.findings.counts) == {"2485": 1}
    ada, sam = reading.pupils.to_pylist()
    assert (ada["upn"], ada["ethnicity"], ada["sen_primary_need"], ada["fsm_eligible"]) == (
        "B801200005001",
        "NOBT",
        "SPLD",
        True,
    )
    assert ada["session_details"] == [{"code": "I", "sessions": 4}, {"code": "L", "sessions": 2}]
    assert (sam["on_roll"], str(sam["leaving_date"])) == (False, "2025-11-21")


@pytest.mark.parametrize("item", sorted(COLUMNS))
def test_codes_are_those_of_the_published_tables(tables, item):
    published = frozenset(tables["pupilonroll", COLUMNS[item]]["codes"].split("|"))
    assert complete(None)[ItemId(item)] == published


def test_the_youth_support_codes_are_those_of_the_published_tables(tables):
    assert frozenset(tables["pupilonroll", "yssa"]["codes"].split("|")) == SECTOR_SUPPORT


def test_every_ethnicity_and_refusal_of_the_older_list_is_known(shared):
    with (shared / "data" / "codesets_characteristics.csv").open(encoding="utf-8", newline="") as file:
        older = {row[3].strip() for row in csv.reader(file) if len(row) > 3 and len(row[3].strip()) == 4}
    assert {"REFU", "NOBT"} <= older
    assert older <= complete(None)[ItemId("ethnicity")]


def test_the_shape_knows_every_pupil_column_that_the_2026_tables_collect(tables):
    known: set[str] = set()

    def gather(element: census_shape.Element) -> None:
        known.add(element.name.lower())
        for child in element.children:
            gather(child)

    gather(census_shape.PUPIL_ON_ROLL)
    collected = {column for table, column in tables if table == "pupilonroll"}
    # What the collecting system adds, and one column under the element's own name.
    added = {"pupilonrolltableid", "nativeid", "pupilonrollorderseqcolumn", "sourceid", "schoolcensustableid"}
    added |= {"missingaddress", "duplicatenotfunded", "moveoffrollflag", "termlysessionspossible"}
    assert {column.lower() for column in collected} - added <= known


def test_the_vectors_agree_with_the_shared_arithmetic(shared):
    arithmetic = runpy.run_path(str(shared / "data" / "check_digits.py"))
    chance = random.Random(1510)
    print("seed 1510")
    bodies = [f"801{chance.randrange(10**9):09}" for _ in range(500)] + ["92400001100A", "33040002601A"]
    right = [arithmetic["upn_check"](body) + body for body in bodies]
    assert not vectors.upn_flags(pa.array(right)).letter.any()
    wrong = [("B" if upn[0] == "A" else "A") + upn[1:] for upn in right]
    assert vectors.upn_flags(pa.array(wrong)).letter.all()
    learners = [f"{chance.randrange(10**9, 10**10)}" for _ in range(2_000)]
    flags = vectors.uln_flags(pa.array(learners))
    assert [not flag for flag in flags] == [arithmetic["uln_valid"](learner) for learner in learners]
    # The number on two suppliers' help pages, whose printed letter is wrong: P, not Q.
    assert vectors.upn_flags(pa.array(["P207000016049", "Q207000016049"])).letter.tolist() == [False, True]
