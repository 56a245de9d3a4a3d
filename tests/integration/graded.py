# SPDX-License-Identifier: Apache-2.0
"""A town whose keeper can be graded, and a stranger's machine: the package, and nothing that only a keeper needs."""

import os
import shutil
import subprocess
import sys

from beholden.kinds import Actor, Role
from beholden.ledger.signer import LOGS, Signer
from beholden.reportcard.queries import card_of_home
from integration.world import BEGAN, CATALOGUE, REGISTRAR, World

ABSENT = (
    "django",
    "psycopg",
    "pyarrow",
    "duckdb",
    "ibis",
    "numpy",
    "lxml",
    "pyrage",
    "jinja2",
    "pgtrigger",
    "csp",
)
STRANGER = """
import sys
for absent in {absent!r}:
    sys.modules[absent] = None
sys.argv[0] = "beholden"
from beholden.cli import main
main()
"""


class Played:
    """One world from rules to confirmation, with every day sealed; a test looks at what is published."""

    def __init__(self, home, folder):
        from beholden.gate.actions.governing import set_catalogue

        self.home = home
        set_catalogue(CATALOGUE, by=REGISTRAR, at=BEGAN)
        self.world = World(folder, sealing=BEGAN.date())
        self.world.returns()
        self.world.published()
        self.refused = self.refuse()
        self.world.told()
        self.world.keep_out(self.world.letters()[0])
        self.disclosure = self.world.released()
        self.confirm()
        self.on = self.world.at.date()

    def refuse(self):
        from beholden.uses import actions as uses

        by = Actor("applicant-2", Role.APPLICANT, "welfare")
        ref = uses.draft(self.world.draft(purpose="welfare-fraud", exit="match"), by=by, at=self.world.at)
        uses.submit(ref, catalogue=CATALOGUE, by=by, at=self.world.at)
        return ref

    def confirm(self):
        self.world.confirmed(self.home, self.disclosure)

    @property
    def keys(self):
        return [Signer.of(self.home, log).key.print() for log in LOGS]

    def card(self, on=None):
        return card_of_home(self.home, catalogue=CATALOGUE, on=on or self.on)

    def copy(self, folder):
        shutil.copytree(self.home.ledger, folder)
        return folder


def as_stranger(*words):
    """Run the command where there is no Django, no database and no home."""
    code = STRANGER.format(absent=ABSENT)
    clean = {
        key: value for key, value in os.environ.items() if not key.startswith(("BEHOLDEN", "DJANGO", "PG"))
    }
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", code, *map(str, words)],
        capture_output=True, env=clean, timeout=120, check=False,
    )  # fmt: skip
