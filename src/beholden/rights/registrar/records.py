# SPDX-License-Identifier: Apache-2.0
"""Two records that may be one child: what waits for a registrar, what agrees, and the decision (D14, D32).

No value of a record is on these pages: who has to see values looks at both by the command, which both families read.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from beholden.catalogue import Catalogue
from beholden.kinds import Role
from beholden.redress import desk
from beholden.refusals import Refusal
from beholden.register.lent import InQuestion, LooksAlike
from beholden.register.rules import Evidence, Match
from beholden.rights.knocking import officer, open_door
from beholden.rights.registrar.asked import (
    ALIKE_A_PAGE,
    CHILDREN,
    SEEN,
    STEP_OVER,
    AlikePage,
    AlikePair,
    DecidedPair,
    DecideRecords,
    Pair,
    PairPage,
    Pairs,
    RecordsDecided,
    WhichPair,
    WhichPairs,
)

_ASKED = {
    Match.ASK: "found by the number alone",
    Match.AGAIN: "asked again",
    Match.ALIKE: "the two look alike",
}
"""Why a question is there."""

_SAYS = {True: "The same", False: "Differs", None: "Not known"}


def waiting(question: WhichPairs, *, catalogue: Catalogue, at: datetime) -> Pairs:
    """Return every question whether two records are one child, the oldest first, and what was decided lately.

    Of what looks alike so many as one page has: what nobody asks about stays, so there may be many.
    """
    by = open_door(question.shown, Role.REGISTRAR, catalogue=catalogue, at=at)
    found = desk.questions(by=by, at=at)
    settled = (DecidedPair(one.number, one.decided_at.date(), one.same) for one in desk.settled(by=by, at=at))
    many = desk.how_many_suggested(by=by, at=at)
    pages = max(-(-many // ALIKE_A_PAGE), 1)
    page = min(max(question.page, 1), pages)
    shown = desk.suggested(first=(page - 1) * ALIKE_A_PAGE, most=ALIKE_A_PAGE, by=by, at=at)
    alike = tuple(_alike(one) for one in shown)
    return Pairs(officer(by), tuple(map(_pair, found)), tuple(settled), alike, many, page, pages)


def alike(question: WhichPair, *, catalogue: Catalogue, at: datetime) -> AlikePage:
    """Return one pair that looks alike, with the sum that says so; or say that it does not wait."""
    by = open_door(question.shown, Role.REGISTRAR, catalogue=catalogue, at=at)
    with _said_of(question.number):
        found = desk.one_suggested(question.number, by=by, at=at)
    return AlikePage(officer(by), _alike(found), found.says, found.steps, found.picture)


def ask(question: WhichPair, *, catalogue: Catalogue, at: datetime) -> RecordsDecided:
    """Ask of one pair that looks alike if it is one child; return the number under which it waits now."""
    by = open_door(question.shown, Role.REGISTRAR, catalogue=catalogue, at=at)
    with _said_of(question.number):
        return RecordsDecided(desk.ask_suggested(question.number, by=by, at=at))


def one(question: WhichPair, *, catalogue: Catalogue, at: datetime) -> PairPage:
    """Return one question that waits, or say that it does not."""
    by = open_door(question.shown, Role.REGISTRAR, catalogue=catalogue, at=at)
    with _said_of(question.number):
        return PairPage(officer(by), _pair(desk.question(question.number, by=by, at=at)))


def decide(question: DecideRecords, *, catalogue: Catalogue, at: datetime) -> RecordsDecided:
    """Decide one question, or refuse what is half an answer; say of one that does not wait that it does not."""
    by = open_door(question.shown, Role.REGISTRAR, catalogue=catalogue, at=at)
    if question.same not in CHILDREN or question.evidence not in SEEN:
        raise Refusal(
            "rights.records_half",
            "Say if both records are of one child, and what you saw.",
            next_step="Choose one answer to each question.",
            authority="UK GDPR Art 5(1)(d), 5(2)",
        )
    same, seen = question.same == "one", Evidence(question.evidence)
    with _said_of(question.number):
        desk.decide(question.number, same=same, evidence=seen, by=by, at=at)
    return RecordsDecided(question.number)


_OVER = {
    "register.no_question": "Question {} does not wait: it was decided already, or it was never asked.",
    "register.no_suggestion": "Pair {} does not wait: it was asked already, or there is none.",
}


@contextmanager
def _said_of(number: int) -> Iterator[None]:
    """Say of a question that does not wait that it does not, so that its page leads to those that do."""
    try:
        yield
    except Refusal as no:
        if no.code not in _OVER:
            raise
        raise Refusal(
            STEP_OVER,
            _OVER[no.code].format(number),
            next_step="Look at what waits.",
            authority="UK GDPR Art 5(1)(d)",
        ) from no


def _alike(one: LooksAlike) -> AlikePair:
    return AlikePair(one.number, one.at.date(), one.probability)


def _pair(one: InQuestion) -> Pair:
    return Pair(
        one.number,
        one.receipt,
        one.asked_at.date(),
        _ASKED[Match(one.rule)],
        tuple((name, _SAYS[agrees]) for name, agrees in one.agrees.items()),
    )
