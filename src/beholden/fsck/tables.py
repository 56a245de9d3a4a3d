# SPDX-License-Identifier: Apache-2.0
"""Everything that needs the database: each table against log, files, lists, keys and vault. Runs as the keeper."""

from django.db import DatabaseError

from beholden.catalogue import Catalogue
from beholden.fsck import (
    books,
    contests,
    counted,
    cubes,
    decided,
    governed,
    handed,
    held,
    linked,
    longer,
    papers,
    powers,
    redress,
    said,
    sealed,
    searched,
    singles,
    texts,
)
from beholden.fsck.guard import guarded
from beholden.fsck.rules import Findings
from beholden.home import Home
from beholden.ledger.signer import LOGS
from beholden.ledger.texts import FOLDER
from beholden.uses.held import held_uses


def check_tables(home: Home, catalogue: Catalogue) -> Findings:
    """Yield what is wrong in the database, and between it and the disk.

    The log first: what the rest is compared with are rows that were themselves compared with the log.
    """
    parts = (
        *((f"ledger/{log}", said.check_outbox(home, log)) for log in LOGS),
        ("catalogues", governed.check_catalogues(home, catalogue)),
        ("vault", held.check_vault(home)),
        ("rows", held.check_rows(home, catalogue)),
        ("table uses_use", said.check_uses()),
        ("table uses_paper", papers.check_papers()),
        ("table uses_sketch", papers.check_sketches()),
        ("table notices_run", said.check_tellings()),
        ("table notices_letter", said.check_letters()),
        ("table choices_answered", said.check_answers(catalogue)),
        ("table people_safetyflag", said.check_flags()),
        ("table people_powerline", powers.check_powers(catalogue)),
        ("table biometrics_entry", books.check_books()),
        ("sets", handed.check_sets(home)),
        ("table gate_registry", handed.check_registries(home)),
        ("table gate_decision", decided.check_decisions(home)),
        ("table gate_roster", decided.check_rosters(home)),
        ("table gate_linking", linked.check_linked(home)),
        (counted.NUMBERS, counted.check_numbers(home)),
        ("table choices_weighed", counted.check_weighings()),
        ("table gate_disclosure", _handovers(home)),
        ("table contests_contest", contests.check_contests()),
        ("table contests_month", contests.check_months()),
        ("table gate_compulsion", sealed.check_sealed(home)),
        ("table gate_lengthening", longer.check_longer(home)),
        ("table gate_search", searched.check_searches(home)),
        (singles.FILE, singles.check_journal(home)),
        ("table gate_singlebatch", singles.check_batches()),
        (singles.SPOOL, singles.check_urgent(home)),
        ("table gate_lookhold", singles.check_looks(catalogue)),
        ("tables", cubes.check_cubes(home)),
        ("table redress_day", redress.check_days()),
        ("table redress_message", redress.check_messages(home)),
        ("table redress_incident", redress.check_incidents()),
        (f"ledger/{FOLDER}", texts.check_texts(home)),
    )
    for where, findings in parts:
        yield from guarded(where, findings, also=(DatabaseError,))


def _handovers(home: Home) -> Findings:
    yield from handed.check_handovers(home, {use.ref: use for use in held_uses()})
