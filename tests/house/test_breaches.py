# SPDX-License-Identifier: Apache-2.0
"""Plants one breach after another in a copy of the tree, and sees each caught by the rule that is meant to.

A rule that never fails may be no rule. Whoever adds a contract or a fence adds the breach it is for.
"""

import subprocess
import sys
import tomllib

import pytest

from house import fences
from house.planting import EMPTY, REPOSITORY, Copy

B = "beholden"

IMPORTS = {
    # what: (contract that must break, the planted files)
    "a lower package looks upwards": (
        "layers",
        {f"{B}/register/planted.py": "from beholden.gate import actions\n"},
    ),
    "the gate looks upwards": ("layers", {f"{B}/gate/planted.py": "from beholden.web import family\n"}),
    "a neighbour is known": ("layers", {f"{B}/choices/planted.py": "from beholden.uses import rules\n"}),
    "an upward import inside a function": (
        "layers",
        {f"{B}/people/planted.py": "def act() -> None:\n    from beholden.gate import actions\n"},
    ),
    "an upward import written relatively": (
        "layers",
        {f"{B}/uses/planted.py": "from ..gate import actions\n"},
    ),
    "an upward import of the dotted kind": (
        "layers",
        {f"{B}/home/planted.py": "import beholden.ledger.tree\n"},
    ),
    "an upward import under TYPE_CHECKING": (
        "layers",
        {
            f"{B}/notices/planted.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n"
            "    from beholden.gate import actions\n"
        },
    ),
    "kinds learn something": ("layers", {f"{B}/kinds.py": "\nfrom beholden.refusals import Refusal\n"}),
    "a new package without a place": ("layers", {f"{B}/planted/__init__.py": EMPTY}),
    "a new module without a place": ("layers", {f"{B}/planted.py": EMPTY}),
    "one kind of door knows the other": (
        "layers",
        {f"{B}/cli/planted.py": "from beholden.web import public\n"},
    ),
    "models act": ("inside-a-domain", {f"{B}/choices/models.py": "\nfrom beholden.choices import actions\n"}),
    "rules ask": ("inside-a-domain", {f"{B}/uses/rules.py": "\nfrom beholden.uses import queries\n"}),
    "queries act": ("inside-a-domain", {f"{B}/gate/queries.py": "\nfrom beholden.gate import actions\n"}),
    "a rule imports Django": ("pure", {f"{B}/choices/rules.py": "\nfrom django.db import models\n"}),
    "intake imports Django": ("pure", {f"{B}/intake/planted.py": "import django\n"}),
    "the signer imports Django": ("pure", {f"{B}/ledger/signer.py": "\nfrom django.conf import settings\n"}),
    "a verifier reaches Django through another": (
        "pure",
        {
            f"{B}/ledger/verify.py": "\nfrom beholden.ledger import planted\n",
            f"{B}/ledger/planted.py": "from django.db import connection\n",
        },
    ),
    "the town is given a database": (
        "pure",
        {f"{B}/town/planted.py": "from beholden.choices import models\n"},
    ),
    "gate queries read rows": (
        "only-way-out",
        {f"{B}/gate/queries.py": "\nfrom beholden.register.rows.read import anything\n"},
    ),
    "the register reads rows for a caller": (
        "only-way-out",
        {f"{B}/register/actions/lending.py": "\nfrom beholden.register.rows import read\n"},
    ),
    "the gate writes rows": (
        "rows",
        {
            f"{B}/gate/actions.py": "\nfrom beholden.register.rows import planted\n",
            f"{B}/register/rows/planted.py": EMPTY,
        },
    ),
    "notices open the vault": (
        "vault",
        {f"{B}/notices/planted.py": "from beholden.register.vault import models\n"},
    ),
    "the gate opens the vault": (
        "vault",
        {f"{B}/gate/actions.py": "\nfrom beholden.register import vault\n"},
    ),
    "a door knows another door": (
        "doors",
        {f"{B}/web/family/planted.py": "from beholden.web import public\n"},
    ),
    "a door knows another door through a third": (
        "doors",
        {
            f"{B}/web/public/planted.py": "from beholden.web import planted\n",
            f"{B}/web/planted.py": "from beholden.web import family\n",
        },
    ),
    "a page imports models": (
        "doors-hold-no-data",
        {f"{B}/web/family/planted.py": "from beholden.choices.models import anything\n"},
    ),
    "a command opens the vault": (
        "doors-hold-no-data",
        {f"{B}/cli/planted.py": "from beholden.register.vault import anything\n"},
    ),
    "a page reads rows": (
        "doors-hold-no-data",
        {f"{B}/web/public/planted.py": "from beholden.register.rows import read\n"},
    ),
    "a page knows the invented town": ("town", {f"{B}/web/planted.py": "from beholden import town\n"}),
    "the gate opens a school's book": (
        "biometrics",
        {f"{B}/gate/planted.py": "from beholden.biometrics import queries\n"},
    ),
    "families are shown a school's book": (
        "biometrics",
        {f"{B}/rights/planted.py": "from beholden.biometrics.queries import written\n"},
    ),
    "a form is judged with Django": (
        "pure",
        {f"{B}/choices/consent/planted.py": "from django.db import connection\n"},
    ),
    "linkage is given a database": (
        "pure",
        {f"{B}/linkage/planted.py": "from django.db import connection\n"},
    ),
    "linkage asks the catalogue what it may": (
        "linkage",
        {f"{B}/linkage/planted.py": "from beholden.catalogue import load\n"},
    ),
    "linkage looks into the register": (
        "layers",
        {f"{B}/linkage/planted.py": "from beholden.register import queries\n"},
    ),
    "tables are given a database": (
        "pure",
        {f"{B}/tables/planted.py": "from django.db import connection\n"},
    ),
    "tables ask the catalogue what they may": (
        "tables",
        {f"{B}/tables/planted.py": "from beholden.catalogue import load\n"},
    ),
    "tables link people": ("tables", {f"{B}/tables/planted.py": "from beholden.linkage import keys\n"}),
    "tables look into the register": (
        "layers",
        {f"{B}/tables/planted.py": "from beholden.register import queries\n"},
    ),
    "settings know the invented town": ("town", {f"{B}/settings/planted.py": "from beholden import town\n"}),
}

HOLDER = (
    f"{EMPTY}from beholden.register.rows import read\n"
    "from beholden.register.rows.read import rows_of as rows_of\n"
)
"""A gate that has imported the reader lawfully, and so could pass it on."""

ROUND = {
    # what: (fence that must catch it, the planted files)
    "a model by name": (
        "hidden imports",
        "gate",
        'from django.apps import apps\nROW = apps.get_model("rows", "Row")\n',
    ),
    "a module by name": (
        "hidden imports",
        "web",
        'import importlib\nV = importlib.import_module("beholden.gate")\n',
    ),
    "a module by name, from": ("hidden imports", "web", "from importlib import import_module\n"),
    "a module by dunder": ("hidden imports", "web", 'V = __import__("beholden.register.vault")\n'),
    "a module by Django": (
        "hidden imports",
        "web",
        "from django.utils.module_loading import import_string\n",
    ),
    "a module by sys": ("hidden imports", "uses", 'import sys\nV = sys.modules["beholden.register.vault"]\n'),
    "code from text": ("hidden imports", "uses", 'exec("from beholden.register import vault")\n'),
    "a star": ("hidden imports", "uses", "from beholden.kinds import *\n"),
    "a dotted import": ("hidden imports", "gate", "import beholden.register.actions\n"),
    "a type checker's import": (
        "hidden imports",
        "uses",
        "import typing\nif typing.TYPE_CHECKING:\n    from beholden.kinds import Actor\n",
    ),
    "any model by content type": (
        "hidden imports",
        "gate",
        "from django.contrib.contenttypes.models import ContentType\n",
    ),
    "a module passed on": ("names passed on", "web", "from beholden.gate.planted_holder import read\n"),
    "a module passed on by attribute": (
        "names passed on",
        "web",
        "from beholden.gate import planted_holder\nROWS = planted_holder.read\n",
    ),
    "a reader passed on by its own name": (
        "names passed on",
        "web",
        "from beholden.gate.planted_holder import rows_of\n",
    ),
    "a module passed on inside the room": (
        "names passed on",
        "gate",
        "from .planted_holder import read as found\n",
    ),
    "a name taken by getattr": (
        "names passed on",
        "web",
        'from beholden.gate import planted_holder\nROWS = getattr(planted_holder, "re" + "ad")\n',
    ),
    "another's models": ("models are private", "gate", "from beholden.choices.models import Answered\n"),
    "another's models as a module": ("models are private", "notices", "from beholden.people import models\n"),
    "a raw cursor": (
        "raw cursors",
        "gate",
        "from django.db import connection\nwith connection.cursor() as cursor:\n    pass\n",
    ),
    "a driver": ("raw cursors", "uses", "import psycopg\n"),
    "a raw query": (
        "raw cursors",
        "uses",
        'def ask(kind: type) -> object:\n    return kind.objects.raw("select 1")\n',
    ),
    "a value in a log line": (
        "plain log lines",
        "gate",
        'import logging\n\n\ndef act(name: str) -> None:\n    logging.getLogger("x").info("released %s", name)\n',
    ),
    "a log line put together": (
        "plain log lines",
        "web",
        'import logging\n\n\ndef act(name: str) -> None:\n    logging.getLogger("x").error(f"no page for {name}")\n',
    ),
    "a value that a traceback prints": (
        "silent values",
        "redress",
        'from dataclasses import dataclass\n\n\n@dataclass(frozen=True)\nclass Child:\n    """One."""\n\n    born: str\n',
    ),
    "rows that a traceback prints": (
        "silent values",
        "gate",
        'from dataclasses import dataclass\n\nimport pyarrow as pa\n\n\n@dataclass\nclass Going:\n    """Some."""\n\n    sheet: pa.Table\n',
    ),
    "an assert": ("asserts", "gate", "def check(rows: int) -> None:\n    assert rows\n"),
    "a clock": (
        "clock at the door",
        "choices",
        "from datetime import UTC, datetime\nNOW = datetime.now(UTC)\n",
    ),
    "Django's clock": (
        "clock at the door",
        "gate",
        "from django.utils import timezone\nNOW = timezone.now()\n",
    ),
    "a switch": (
        "no switches",
        "gate",
        "def release(*, skip_notice: bool = False) -> None:\n    return None\n",
    ),
    "flags of one record": (
        "every record",
        "gate",
        "from beholden.people.queries import kept_safe\n\nSAFE = kept_safe\n",
    ),
    "flags by the module's name": (
        "every record",
        "gate",
        "from beholden.people import queries as people\n\nSAFE = people.flagged\n",
    ),
    "a country": ("knows no country", "uses", 'KEEPER = "DfE"\n'),
    "another country": ("knows no country", "choices", 'LAW = "34 CFR Part 99"\n'),
}


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    return Copy(tmp_path_factory.mktemp("tree"))


@pytest.fixture(scope="module")
def untouched(copy):
    return copy.lint()


def test_clean_tree_keeps_every_contract(untouched):
    assert not untouched.broken, untouched.words


@pytest.mark.parametrize("what", IMPORTS)
def test_contract_catches(what, copy, untouched):
    contract, files = IMPORTS[what]
    with copy.with_planted(files):
        heard = copy.lint()
    assert contract in heard.broken, heard.words
    news = set(heard.words.splitlines()) - set(untouched.words.splitlines())
    planted = {fences.Module(path, code).name for path, code in files.items()}
    assert any(name in line for name in planted for line in news), heard.words


@pytest.fixture(scope="module")
def tree():
    return fences.read(REPOSITORY / "src")


@pytest.mark.parametrize("what", ROUND)
def test_fence_catches(what, tree):
    fence, room, code = ROUND[what]
    planted = fences.Module(f"{B}/{room}/planted.py", EMPTY + code)
    holder = fences.Module(f"{B}/gate/planted_holder.py", HOLDER)
    reader = fences.Module(f"{B}/register/rows/read.py", f"{EMPTY}def rows_of() -> None: ...\n")
    found = fences.breaches_in(planted, tree.with_planted(planted, holder, reader))
    assert {breach.fence for breach in found} == {fence}


@pytest.mark.parametrize(
    "signature",
    [
        "(ref: str)",
        "(ref: str, by: str, at: str)",
        "(*, by: str)",
        "(*, at: str)",
        "(*, by: str | None = None, at: str)",
    ],
)
def test_fence_catches_an_act_without_who_or_when(signature, tree):
    code = f"{EMPTY}def act{signature} -> None:\n    return None\n"
    planted = fences.Module(f"{B}/choices/actions.py", code)
    assert {breach.fence for breach in fences.breaches_in(planted, tree)} == {"who and when"}


@pytest.mark.parametrize(
    ("fence", "path", "text"),
    [
        ("licence line", f"{B}/gate/planted.py", '"""Says what it is, not whose."""\n'),
        ("says what it is", f"{B}/gate/planted.py", f"{fences.SPDX}\nANSWER = 42\n"),
        ("says what it is", f"{B}/gate/planted_utils.py", EMPTY),
        ("says what it is", f"{B}/gate/helpers/planted.py", EMPTY),
        ("says what it is", f"{B}/gate/planted.py", f"{EMPTY}class RowHelper:\n    pass\n"),
        ("short enough", f"{B}/gate/planted.py", EMPTY + "\n" * fences.TOO_LONG),
    ],
)
def test_fence_catches_a_file_that(fence, path, text, tree):
    assert {breach.fence for breach in fences.breaches_in(fences.Module(path, text), tree)} == {fence}


def test_a_lawful_module_is_let_through(tree):
    """The fences catch what they are for, and not whatever is near it."""
    code = (
        "from importlib import resources\nfrom beholden.choices.queries import anything\n"
        "from beholden.kinds import Actor\n\ndef act(*, by: Actor, at: str) -> object:\n"
        '    return resources.files("beholden"), anything, by.role, at\n'
    )
    planted = fences.Module(f"{B}/gate/actions.py", EMPTY + code)
    assert not fences.breaches_in(planted, tree.with_planted(planted))


def test_a_long_module_may_give_its_reason(tree):
    text = f'{fences.SPDX}\n"""{fences.REASON_FOR_LENGTH} the table is one."""\n' + "\n" * fences.TOO_LONG
    assert not fences.breaches_in(fences.Module(f"{B}/gate/planted.py", text), tree)


def test_whole_tree_is_read_templates_included(copy):
    files = {
        f"{B}/gate/planted.py": f"{EMPTY}assert True\n",
        f"{B}/web/planted.html": "<p>Schools in England send this.</p>\n",
    }
    with copy.with_planted(files) as src:
        found = {(breach.fence, breach.path) for breach in fences.breaches(src) if "planted" in breach.path}
    assert found == {("asserts", f"{B}/gate/planted.py"), ("knows no country", f"{B}/web/planted.html")}


def test_mypy_catches_a_name_passed_on(tmp_path):
    """The second catcher of re-exports: `strict` forbids them unless they are spelled out (`x as x`)."""
    house = tmp_path / "src" / "house_of_cards"
    for package in (house, house / "gate", house / "rows"):
        package.mkdir(parents=True)
        (package / "__init__.py").touch()
    (house / "rows" / "read.py").touch()
    (house / "gate" / "actions.py").write_text("from house_of_cards.rows import read\n")
    (house / "door.py").write_text("from house_of_cards.gate.actions import read\n")
    ours = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["tool"]["mypy"]
    assert ours["strict"] is True
    assert "implicit_reexport" not in ours
    run = subprocess.run(
        [
            sys.executable,
            "-m",
            "mypy",
            "--config-file=",
            "--strict",
            "--cache-dir",
            tmp_path / "cache",
            house,
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "does not explicitly export attribute" in run.stdout, run.stdout + run.stderr
