# SPDX-License-Identifier: Apache-2.0
"""What each verb of the hatch does. Loaded by the keeper's process alone: it reaches rooms that no door may open."""

from datetime import datetime
from typing import Any

from beholden.catalogue import Catalogue
from beholden.hatch import verbs
from beholden.hatch.answering import Does, Keeper, awake
from beholden.hatch.verbs import Verb
from beholden.rights import contesting, family, letters
from beholden.rights import knocking as office
from beholden.rights.applicant import standing, writing
from beholden.rights.panel import looking, pairs
from beholden.rights.recipient import agreements
from beholden.rights.recipient.machine import Machine
from beholden.rights.registrar import desk, matches, records
from beholden.rights.school import knocking, moving, objecting, post, returns, today, uses
from beholden.rights.tables import Tables

_DONE: tuple[tuple[Verb[Any, Any], Does], ...] = (
    (verbs.ENTER, family.enter),
    (verbs.OVERVIEW, family.overview),
    (verbs.RECORD, family.record),
    (verbs.USED, family.used),
    (verbs.LETTERS, letters.for_child),
    (verbs.NO_MORE, letters.no_more),
    (verbs.CONTEST_PAGE, contesting.page),
    (verbs.CONTEST, contesting.say),
    (verbs.COPY, family.copy_file),
    (verbs.PROOF, family.proof_file),
    (verbs.SCHOOL_SIGN_IN, knocking.sign_in),
    (verbs.SCHOOL_TODAY, today.today),
    (verbs.SCHOOL_TAKE, returns.take),
    (verbs.SCHOOL_HISTORY, returns.history),
    (verbs.SCHOOL_FINDINGS, returns.findings),
    (verbs.SCHOOL_USES, uses.uses),
    (verbs.SCHOOL_OBJECTION, objecting.one),
    (verbs.SCHOOL_OBJECT, objecting.say),
    (verbs.SCHOOL_FETCH, moving.fetch),
    (verbs.SCHOOL_POST, post.waiting),
    (verbs.SCHOOL_PACK, post.pack),
    (verbs.OFFICE_SIGN_IN, office.sign_in),
    (verbs.APPLICANT_REQUESTS, standing.requests),
    (verbs.APPLICANT_BEGIN, writing.begin),
    (verbs.APPLICANT_TASKS, writing.tasks),
    (verbs.APPLICANT_QUESTION, writing.one),
    (verbs.APPLICANT_SAVE, writing.save),
    (verbs.APPLICANT_CHECK, writing.check),
    (verbs.APPLICANT_HAND_IN, writing.hand_in),
    (verbs.APPLICANT_THROW_AWAY, writing.throw_away),
    (verbs.APPLICANT_STANDS, standing.stands),
    (verbs.APPLICANT_WITHDRAW, standing.withdraw),
    (verbs.PANEL_WAITING, looking.waiting),
    (verbs.PANEL_COVER, looking.cover),
    (verbs.PANEL_DECLARE, looking.declare),
    (verbs.PANEL_REQUEST, looking.request),
    (verbs.PANEL_REVIEW, looking.review),
    (verbs.PANEL_VOTE, looking.vote),
    (verbs.PANEL_REPLY, looking.reply),
    (verbs.PANEL_PAIRS, pairs.waiting),
    (verbs.PANEL_PAIR, pairs.one),
    (verbs.PANEL_SAY, pairs.say),
    (verbs.RECIPIENT_ROUTES, agreements.routes),
    (verbs.RECIPIENT_HELD, agreements.held),
    (verbs.RECIPIENT_SIGN, agreements.sign),
    (verbs.RECIPIENT_RECEIVE, agreements.receive),
    (verbs.RECIPIENT_WIPE, agreements.wipe),
    (verbs.REGISTRAR_TODAY, desk.today),
    (verbs.REGISTRAR_DESK, desk.desk),
    (verbs.REGISTRAR_STEP, desk.step),
    (verbs.REGISTRAR_DO, desk.do),
    (verbs.REGISTRAR_PAIRS, records.waiting),
    (verbs.REGISTRAR_PAIR, records.one),
    (verbs.REGISTRAR_DECIDE, records.decide),
    (verbs.REGISTRAR_ALIKE, records.alike),
    (verbs.REGISTRAR_ASK, records.ask),
    (verbs.REGISTRAR_MATCHES, matches.waiting),
    (verbs.REGISTRAR_MATCH, matches.one),
    (verbs.REGISTRAR_DECIDE_MATCH, matches.decide),
)
"""Each verb with the function that does it."""


def keeper(catalogue: Catalogue, *, since: datetime) -> Keeper:
    """Return the keeper with the whole list; a verb that stands in it twice is a bug and is loud."""
    known: dict[str, tuple[Verb[Any, Any], Does]] = {}
    machine = Machine(since)  # it remembers what machines asked, for as long as this process lives
    machines: tuple[tuple[Verb[Any, Any], Does], ...] = (
        (verbs.RECIPIENT_WAITING, machine.waiting),
        (verbs.RECIPIENT_FETCH, machine.fetch),
        (verbs.RECIPIENT_DONE, machine.done),
    )
    tables = Tables()  # it remembers who had which tables, for as long
    public: tuple[tuple[Verb[Any, Any], Does], ...] = (
        (verbs.TABLES_SHELF, tables.on_offer),
        (verbs.TABLES_ASK, tables.ask),
        (verbs.TABLES_LOG, tables.log),
    )
    for verb, does in (awake(since), *_DONE, *machines, *public):
        if verb.name in known:
            raise ValueError(f"{verb.name} stands in the list twice")
        known[verb.name] = (verb, does)
    return Keeper(known, catalogue, since)
