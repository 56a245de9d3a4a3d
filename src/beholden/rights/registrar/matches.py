# SPDX-License-Identifier: Apache-2.0
"""Matches that somebody says are wrong: what waits for a registrar who had no hand in them, and the decision (D21).

No value of a record is on these pages, and nobody's name: who has to see the record looks at it by the command, which
the family reads of.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from beholden.catalogue import Catalogue
from beholden.contests import queries as contested
from beholden.contests.queries import Waits
from beholden.contests.rules import Reason, Verdict, Why
from beholden.gate.actions import contesting
from beholden.gate.answered import made_by
from beholden.gate.linked_pairs import why_matched
from beholden.kinds import Actor, Role
from beholden.linkage.comparing import COMPARISONS, FIELD
from beholden.linkage.deciding import SAYS
from beholden.refusals import Refusal
from beholden.rights.knocking import officer, open_door
from beholden.rights.registrar.asked import (
    FOUND,
    SHOWS,
    STEP_OVER,
    ContestedMatch,
    ContestedMatches,
    DecideMatch,
    MatchDecided,
    MatchPage,
    WhichMatch,
)
from beholden.rights.shown import Shown
from beholden.uses.queries import public_use

_SAID = {
    Why.STRANGER: "they wrote about somebody whom the family does not know",
    Why.MIXED: "some of what they say is about somebody else",
    Why.NOT_US: "they wrote to somebody who is not in this register",
    Why.UNSURE: "it looks wrong",
}

_BY_NUMBER = "Pupil number and birth date on the list were those that we hold."
"""How a match by a list of numbers comes about."""


def waiting(question: Shown, *, catalogue: Catalogue, at: datetime) -> ContestedMatches:
    """Return every contested match that waits, what is due first before the others."""
    by = open_door(question, Role.REGISTRAR, catalogue=catalogue, at=at)
    found = (_match(one, catalogue, by, at) for one in contested.waiting())
    return ContestedMatches(officer(by), tuple(found))


def one(question: WhichMatch, *, catalogue: Catalogue, at: datetime) -> MatchPage:
    """Return one contested match that waits, or say that it does not."""
    by = open_door(question.shown, Role.REGISTRAR, catalogue=catalogue, at=at)
    with _said_of(question.number):
        return MatchPage(officer(by), _match(contested.one_waiting(question.number), catalogue, by, at))


def decide(question: DecideMatch, *, catalogue: Catalogue, at: datetime) -> MatchDecided:
    """Decide one match, or refuse what is half an answer; say of one that does not wait that it does not."""
    by = open_door(question.shown, Role.REGISTRAR, catalogue=catalogue, at=at)
    if question.found not in FOUND or question.shows not in SHOWS:
        raise Refusal(
            "rights.match_half",
            "Say whom they mean, and what shows it.",
            next_step="Choose one answer to each question.",
            authority="UK GDPR Art 18(1)(a), 5(2)",
        )
    with _said_of(question.number):
        verdict, reason = Verdict(question.found), Reason(question.shows)
        held = contesting.decide(question.number, verdict, reason, by=by, at=at)
    return MatchDecided(question.number, held.paper)


@contextmanager
def _said_of(number: int) -> Iterator[None]:
    """Say of a match that does not wait that it does not, so that its page leads to those that do."""
    try:
        yield
    except Refusal as no:
        if no.code != "contests.no_contest":
            raise
        raise Refusal(
            STEP_OVER,
            f"Match {number} does not wait: it was decided already, or nobody contested it.",
            next_step="Look at what waits.",
            authority="UK GDPR Art 18(1)(a)",
        ) from no


def _match(one: Waits, catalogue: Catalogue, by: Actor, at: datetime) -> ContestedMatch:
    use = public_use(one.use, catalogue)
    return ContestedMatch(
        one.number,
        use.ref,
        use.title,
        use.applicant,
        one.on,
        one.decide_by,
        one.decide_by < at.date(),
        _SAID[Why(one.why)],
        one.paper,
        _found_by(one),
        by.ref not in made_by(one.use),
    )


def _found_by(one: Waits) -> str:
    """Return how a match came about: by number, or by which values that are alike; no value is in it."""
    why = why_matched(one.use, one.person)
    if why is None:
        return _BY_NUMBER
    lines = ((COMPARISONS[FIELD[line.field]], line.level) for line in why.lines)
    agreed = ". ".join(f"{field.says} {field.words(level)}" for field, level in lines)
    return f"By what is alike. {SAYS[why.reason]} {agreed}."
