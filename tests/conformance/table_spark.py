# SPDX-License-Identifier: Apache-2.0
"""Counts a file on a Spark cluster of two workers on this machine, by our own expressions, and writes what it found.

Run by the environment of `make`'s Spark, never imported by ours. Takes: a policy, a file with record keys for ids, a
folder to write to, and questions as JSON on the input.
"""

import json
import os
import sys
from pathlib import Path

import ibis
import pyarrow.parquet as pq
from pyspark.sql import SparkSession

from beholden.tables import counting, cubes, policy, question


def cluster():
    """Start a master and two workers on the loopback, each a process of its own."""
    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    building = SparkSession.builder.master("local-cluster[2,1,1024]").appName("tables")
    for name, value in {
        "spark.ui.enabled": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.executor.memory": "1g",
        "spark.sql.shuffle.partitions": "4",
    }.items():
        building = building.config(name, value)
    return building.getOrCreate()


if __name__ == "__main__":
    rules, keyed, folder = policy.load(Path(sys.argv[1])), sys.argv[2], Path(sys.argv[3])
    session = cluster()
    engine = ibis.pyspark.connect(session)
    found = engine.to_pyarrow(counting.grouped(engine.read_parquet(keyed), rules))
    coded = counting.coded(found, rules)
    pq.write_table(coded.cells, folder / "cells.parquet")
    cells = engine.read_parquet(str(folder / "cells.parquet"))
    for number, said in enumerate(json.load(sys.stdin)):
        asked = question.read(json.dumps(said).encode(), rules)
        prefix = f"{asked.subject}." if asked.asked == "mean" else ""
        dominance = asked.asked == "mean" and rules.measure(asked.subject).dominance
        made = engine.to_pyarrow(cubes.summed(cells, asked.dimensions, prefix, dominance=dominance))
        pq.write_table(made, folder / f"{number}.parquet")
    session.stop()
