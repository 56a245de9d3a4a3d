# SPDX-License-Identifier: Apache-2.0
"""Behind the import contract: pure modules are imported for real where Django and its kin are missing.

A family checks its bundle on its own machine with a few packages; the verifier may need no more (D28).
"""

import subprocess
import sys

import pytest

from house.planting import REPOSITORY, entries

HOUSE = REPOSITORY / "src" / "beholden"
DJANGO = ("django", "pgtrigger", "csp")
KEEPERS_TOOLS = (
    *DJANGO,
    "psycopg",
    "duckdb",
    "ibis",
    "pyarrow",
    "numpy",
    "pandas",
    "lxml",
    "xml2arrow",
    "pyrage",
    "jinja2",
)

WITHOUT = """
import importlib, sys
for absent in {absent!r}:
    sys.modules[absent] = None
for name in {names!r}:
    importlib.import_module(name)
"""


def below(name):
    """A module, or a package with everything below it."""
    place = REPOSITORY.joinpath("src", *name.split("."))
    if place.is_dir():
        for path in sorted(place.rglob("*.py")):
            dotted = ".".join(path.relative_to(REPOSITORY / "src").with_suffix("").parts)
            yield dotted.removesuffix(".__init__")
    else:
        yield name


def import_without(absent, names):
    code = WITHOUT.format(absent=absent, names=sorted(names))
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


def test_what_promises_purity_runs_where_there_is_no_django():
    names = {each for name in entries("pure", "source_modules") if "*" not in name for each in below(name)}
    names |= {f"beholden.{path.parent.name}.rules" for path in HOUSE.glob("*/rules.py")}
    run = import_without(DJANGO, names)
    assert run.returncode == 0, run.stderr


@pytest.mark.parametrize(
    "name",
    ["beholden.ledger.verify", "beholden.cli.commands", "beholden.cli.verify", "beholden.cli.consent"],
)
def test_what_runs_at_somebodys_own_desk_needs_none_of_the_keepers_tools(name):
    run = import_without(KEEPERS_TOOLS, {name})
    assert run.returncode == 0, run.stderr


def test_this_test_can_fail():
    assert import_without(DJANGO, {"beholden.people.models"}).returncode == 1
