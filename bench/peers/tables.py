# SPDX-License-Identifier: Apache-2.0
"""Makes one table of rows by other people's tools, in their own words. Run by the environment of `make`'s oracles.

Says `ready` once it has the rows, works when told to, and says `done` and how many seconds of cores that took.
"""

import logging
import sys
import time
import warnings

import numpy as np
import pandas as pd


def cell_keys(rows):
    """Count by two fields and perturb, with the statistical office's package and its own table."""
    from cell_key_perturbation.create_perturbed_table import create_perturbed_table
    from cell_key_perturbation.utils.generate_test_ptable import generate_ptable_10_5_rule

    table = generate_ptable_10_5_rule()
    rows["record_key"] %= 256
    return lambda: create_perturbed_table(
        data=rows,
        ptable=table,
        geog=["authority"],
        tab_vars=["ethnicity"],
        record_key="record_key",
        use_existing_ons_id=False,
        threshold=10,
    )


def acro_counts(rows):
    """Count by two fields and check."""
    ours = acro()
    return lambda: ours.crosstab(rows["authority"], rows["ethnicity"])


def acro_means(rows):
    """Take means by two fields and check."""
    ours = acro()
    return lambda: ours.pivot_table(
        rows, index=["region"], columns=["ethnicity"], values=["absence"], aggfunc="mean"
    )


def acro():
    from acro import ACRO

    logging.disable(logging.CRITICAL)
    return ACRO(suppress=True)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    way, file = sys.argv[1:]
    with np.load(file) as held:
        work = {"cell_keys": cell_keys, "acro_counts": acro_counts, "acro_means": acro_means}[way](
            pd.DataFrame(dict(held))
        )
    out, sys.stdout = sys.stdout, sys.stderr
    print("ready", file=out, flush=True)
    sys.stdin.readline()
    before = time.process_time()
    work()
    print(f"done {time.process_time() - before}", file=out, flush=True)
