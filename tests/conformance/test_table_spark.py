# SPDX-License-Identifier: Apache-2.0
"""The same expressions on Spark, on a cluster of two workers on this machine, give the same cells and sums. D24, D40."""

import json
import os
import subprocess
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from beholden.tables import counting, cubes, question
from homes import lack
from table_rows import POLICY, RULES, SECRET, cube, town, written

REPOSITORY = Path(__file__).resolve().parents[2]
PYTHON = REPOSITORY / ".venv" / "spark" / "bin" / "python"
ASKED = (
    {"ask": "count", "by": ["authority", "sex", "meals"]},
    {"ask": {"rate": "upper", "of": "phase"}, "by": ["region", "year"]},
    {"ask": {"mean": "absence"}, "by": ["authority", "sex"]},
    {"ask": {"mean": "grant"}, "by": ["authority", "year"]},
)


@pytest.mark.long
def test_spark_finds_the_cells_and_the_sums_that_duckdb_finds(require, tmp_path):
    require("java")
    if not PYTHON.exists():
        lack("this machine has no environment with Spark (`make test-long` makes it)")
    columns = town(6_000)
    made = cube(columns, tmp_path)
    (tmp_path / "policy.toml").write_text(POLICY)
    keyed = tmp_path / "keyed.parquet"
    counting.write_keyed(written(columns, tmp_path), keyed, RULES, SECRET)
    asked = [{"about": "roll"} | one for one in ASKED]
    run = subprocess.run(
        [PYTHON, "-W", "ignore", Path(__file__).with_name("table_spark.py"), "policy.toml", keyed, tmp_path],
        input=json.dumps(asked),
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY / "src"), "PYSPARK_PYTHON": str(PYTHON)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr[-3_000:]
    cells = pq.read_table(tmp_path / "cells.parquet")
    assert cells.select(made.cells.column_names).cast(made.cells.schema).equals(made.cells)
    for number, said in enumerate(asked):
        one = question.read(json.dumps(said).encode(), RULES)
        theirs, ours = pq.read_table(tmp_path / f"{number}.parquet"), cubes.counts(made, one, RULES)
        assert theirs.num_rows == (ours.n > 0).sum() or one.asked == "mean"
        for row in theirs.to_pylist():
            where = tuple(row[name] for name in one.dimensions)
            for name in set(row) - set(one.dimensions):
                assert getattr(ours, name)[where] == (row[name] or 0)
