# SPDX-License-Identifier: Apache-2.0
"""Asks other people's tools, each in its own words: run by the environment of `make`'s oracles, never imported by ours.

A request comes as JSON on the input, the answer goes as one line of JSON to the output. The folder it is run in is
thrown away: pytauargus leaves files there that hold true values.
"""

import contextlib
import io
import json
import logging
import sys


def cell_keys(asked):
    """Perturb counts with the statistical office's package, by its own table (10 and 5) or by one that is handed in."""
    import pandas as pd
    from cell_key_perturbation.create_perturbed_table import create_perturbed_table
    from cell_key_perturbation.utils.generate_test_ptable import generate_ptable_10_5_rule

    if asked["table"] is None:
        table = generate_ptable_10_5_rule()
    else:
        rows = asked["table"]
        table = pd.DataFrame(
            {
                "pcv": [count for count, row in enumerate(rows, 1) for _ in row],
                "ckey": [key for row in rows for key in range(len(row))],
                "pvalue": [error for row in rows for error in row],
            }
        )
    made = create_perturbed_table(
        data=pd.DataFrame(asked["rows"]),
        ptable=table,
        geog=asked["by"][:1],
        tab_vars=asked["by"][1:],
        record_key="record_key",
        use_existing_ons_id=False,
        threshold=10,
    )
    names = [*asked["by"], "pre_sdc_count", "ckey", "pvalue"]
    shown = [None if pd.isna(one) else int(one) for one in made["count"]]
    plain = made[names].astype(dict.fromkeys(asked["by"], str)).to_numpy().tolist()
    return [[*row, one] for row, one in zip(plain, shown, strict=True)]


def masks(asked):
    """Say which cells of a table of means fail which rule of acro, by place; and whether acro's degrees of freedom do."""
    import pandas as pd
    from acro import ACRO

    logging.disable(logging.CRITICAL)
    rows = pd.DataFrame(asked["rows"])
    ours = ACRO(suppress=False)
    table = ours.pivot_table(rows, index=["a"], columns=["b"], values=["v"], aggfunc="mean")
    record = list(ours.results.results.values())[-1]
    places = {
        rule: [[str(table.index[row]), str(table.columns[column][1])] for row, column in found]
        for rule, found in record.sdc["cells"].items()
    }
    free = []
    for many in asked["sizes"]:
        one = pd.DataFrame({"a": ["x"] * many, "b": ["y"] * many, "v": [float(each) for each in range(many)]})
        ours.pivot_table(one, index=["a"], columns=["b"], values=["v"], aggfunc="std")
        free.append("MinimumDoFCheck: fail" not in list(ours.results.results.values())[-1].summary)
    return {"places": places, "freedom": free}


def argus(asked):
    """Hide cells of a table with margins by tau-Argus's way of cutting a hierarchy into pieces."""
    from pathlib import Path

    import pytauargus

    made = pytauargus.protect(
        asked["rows"],
        ["a", "b"],
        "one",
        safety_rules="FREQ(10,30)",
        suppress="MOD(1)",
        workdir=str(Path.cwd()),
    )
    return [[row["a"], row["b"], row["freq"], row["status"]] for row in made.tables[0].rows]


if __name__ == "__main__":
    with contextlib.redirect_stdout(io.StringIO()):
        answer = {"cell_keys": cell_keys, "masks": masks, "argus": argus}[sys.argv[1]](json.load(sys.stdin))
    print("\n" + json.dumps(answer))
