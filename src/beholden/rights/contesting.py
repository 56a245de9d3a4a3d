# SPDX-License-Identifier: Apache-2.0
"""*They mean somebody else*: a family contests a match behind the second step, and reads what came of it (D21).

Like all verbs of the hatch these open the letter afresh and ask for the own code again. A reader reads of the own word
alone: whether another adult has contested the same match stands nowhere, nor does it show in when a recipient was told.
"""

import hashlib
import hmac
from dataclasses import replace
from datetime import date, datetime

from beholden.catalogue import Catalogue
from beholden.contests.queries import Mine, said_by
from beholden.contests.rules import Verdict, Why, decide_by
from beholden.gate.actions import contesting
from beholden.gate.answered import matches_of
from beholden.gate.looks import InHandover
from beholden.gate.message import Do
from beholden.gate.ways import MATCH
from beholden.home import here
from beholden.home.keys import load
from beholden.kinds import PersonId, UseRef
from beholden.people.signs import drawn
from beholden.redress.queries import last_closed, said_of
from beholden.refusals import Refusal
from beholden.rights.handed import Tells, tells
from beholden.rights.record import AboutMatch, Contest, Contested, ContestPage, UseLine
from beholden.rights.second_step import FAMILY, Inside, step_in
from beholden.uses.queries import asked, public_use

_SIGNS = 8
_PAUSED = frozenset({Do.PAUSE, Do.DELETE})
"""What stops a recipient from acting on a match; a row that was to be wiped already needs no more."""


def page(question: AboutMatch, *, catalogue: Catalogue, at: datetime) -> ContestPage:
    """Return one match as its family contests it, or as it stands since. It is a look at the list of uses."""
    found = step_in(question.about.shown, catalogue, at)
    person, child = found.child(question.about.child)
    one = _named(question, found, person, contesting.seen_by(person, mandate=found.mandate, by=FAMILY, at=at))
    use = public_use(one.use, catalogue)
    return ContestPage(
        child,
        question.match,
        use.ref,
        use.title,
        f"{use.applicant}, {use.country}",
        one.logged_at.date(),
        decide_by(at.date(), days=catalogue.limits.contest_days),
        _contested(one.use, person, found.held.adult),
    )


def say(question: Contest, *, catalogue: Catalogue, at: datetime) -> ContestPage:
    """Write down that a match is of somebody else, and return it as it stands then. Nobody may act on it any more."""
    found = step_in(question.about.about.shown, catalogue, at)
    person, _ = found.child(question.about.about.child)
    one = _named(question.about, found, person, matches_of(person))
    contesting.contest(
        one.use, person, _why(question.why), mandate=found.mandate, catalogue=catalogue, by=FAMILY, at=at
    )
    return page(question.about, catalogue=catalogue, at=at)


def with_contest(line: UseLine, found: Inside, person: PersonId, *, on: date) -> UseLine:
    """Return a line of who used a record, with its day; of a match also its reference, and what this reader said."""
    line = replace(line, on=on)
    use = UseRef(line.use)
    if not line.in_list or asked(use).exit != MATCH:
        return line
    adult = found.held.adult
    return replace(line, match=_ref(adult, person, use), contested=_contested(use, person, adult))


def _named(
    question: AboutMatch, found: Inside, person: PersonId, matches: tuple[InHandover, ...]
) -> InHandover:
    """Return the match of a reference, in its newest run, or refuse: another's reference is as good as none."""
    for one in matches:
        if tells(one.use, found.power[person]) is not Tells.ALL:
            continue
        if hmac.compare_digest(_ref(found.held.adult, person, one.use), question.match):
            return one
    raise Refusal(
        "rights.no_such_child",
        "There is no such page in your letter.",
        next_step="Go back to your children's records.",
        authority="UK GDPR Art 5(1)(f)",
    )


def _ref(adult: str, person: PersonId, use: UseRef) -> str:
    """Return one adult's own reference for one match: no address says which use it is."""
    key = load(here(), "letters")
    said = b"beholden/contest/v1/ref\n" + adult.encode() + person.bytes + use.encode()
    return drawn(hmac.digest(key, said, hashlib.sha256), _SIGNS)


def _why(said: str) -> Why:
    if said not in {one.value for one in Why}:
        raise Refusal(
            "rights.contest_half",
            "Say why you think that they mean somebody else.",
            next_step="Choose one answer.",
            authority="D21",
        )
    return Why(said)


def _contested(use: UseRef, person: PersonId, adult: str) -> Contested | None:
    mine = said_by(adult, person).get(use)
    if mine is None:
        return None
    return Contested(
        mine.at.date(),
        mine.decide_by,
        mine.verdict.value if mine.verdict else "",
        mine.reason.value if mine.reason else "",
        _told(mine, person),
    )


def _told(mine: Mine, person: PersonId) -> str:
    """Say if the recipient was told what it has to do by now, and has signed for all of it.

    Never before the day of the own word is closed: what was told earlier was told because of somebody else.
    """
    wanted, since = (_PAUSED, mine.at) if mine.decided_at is None else ({Do.UNDO}, mine.decided_at)
    closed = last_closed()
    if mine.verdict is Verdict.RIGHT or closed is None or closed < since.date():
        return ""
    lines = [one for one in said_of(person) if one.use == mine.use and one.do in wanted]
    if not lines:
        return ""
    return "told" if any(one.done_at is None for one in lines) else "signed"
