# SPDX-License-Identifier: Apache-2.0
"""Two records that may be one child: what waits for a registrar, what agrees, and the decision (D14, D32).

No value of a record is on these pages: who has to see values looks at both by the command, which both families read.
"""

from datetime import datetime

from beholden.catalogue import Catalogue
from beholden.kinds import Role
from beholden.redress import desk
from beholden.refusals import Refusal
from beholden.register.lent import InQuestion
from beholden.register.rules import Evidence
from beholden.rights.knocking import officer, open_door
from beholden.rights.registrar.asked import SEEN, DecideRecords, Pair, Pairs
from beholden.rights.shown import Shown

_SAYS = {True: "The same", False: "Differs", None: "Not known"}


def waiting(question: Shown, *, catalogue: Catalogue, at: datetime) -> Pairs:
    """Return every question whether two records are one child, the oldest first."""
    by = open_door(question, Role.REGISTRAR, catalogue=catalogue, at=at)
    return Pairs(officer(by), tuple(map(_pair, desk.questions(by=by, at=at))))


def decide(question: DecideRecords, *, catalogue: Catalogue, at: datetime) -> Pairs:
    """Decide one question, or refuse what is half an answer; return what waits then."""
    by = open_door(question.shown, Role.REGISTRAR, catalogue=catalogue, at=at)
    if question.same not in {"one", "two"} or question.evidence not in SEEN:
        raise Refusal(
            "rights.records_half",
            "Say if both records are of one child, and what you saw.",
            next_step="Choose one answer to each question.",
            authority="UK GDPR Art 5(1)(d), 5(2)",
        )
    same, seen = question.same == "one", Evidence(question.evidence)
    desk.decide(question.number, same=same, evidence=seen, by=by, at=at)
    return waiting(question.shown, catalogue=catalogue, at=at)


def _pair(one: InQuestion) -> Pair:
    return Pair(
        one.number,
        one.receipt,
        one.asked_at.date(),
        one.rule,
        tuple((name, _SAYS[agrees]) for name, agrees in one.agrees.items()),
    )
