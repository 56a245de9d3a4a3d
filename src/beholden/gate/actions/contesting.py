# SPDX-License-Identifier: Apache-2.0
"""Lets somebody contest a match, and a reviewer decide it: *the recipient means somebody else* (D21; UK GDPR Art 18).

A match is what one use has answered about one person, in any of its runs. From the moment at which it is contested
the set expression leaves that person out of this use (`safety.contested`), and the recipient is told with the day's
message (`following`). Here it is seen to that there is such a match, and that nobody judges their own.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction

from beholden.catalogue import Catalogue
from beholden.choices.turns import take_turns
from beholden.contests import actions as contests
from beholden.contests import queries as contested
from beholden.contests.actions import Saying
from beholden.contests.queries import Waits
from beholden.contests.rules import Reason, Verdict, Why
from beholden.gate.actions.copying import EXIT
from beholden.gate.actions.empowering import powers_about
from beholden.gate.actions.recalling import WHAT
from beholden.gate.actions.singles import one_child, write_down
from beholden.gate.answered import answered_as, made_by, matches_of, pair_of
from beholden.gate.looks import InHandover
from beholden.gate.models import Disclosure
from beholden.gate.months import after, month_of, start
from beholden.gate.rules import LEFT, check_role, not_yours
from beholden.home import here
from beholden.home.keys import load
from beholden.kinds import Actor, PersonId, Role, UseRef
from beholden.people.mandate import Mandate, check, check_record
from beholden.people.queries import check_enrolled
from beholden.refusals import Refusal
from beholden.uses.queries import asked

_PAPER = re.compile(r"[A-Za-z0-9][A-Za-z0-9./-]{0,39}")


def seen_by(person: PersonId, *, mandate: str, by: Actor, at: datetime) -> tuple[InHandover, ...]:
    """Return the same to the adult of a mandate that reaches the record, once it stands in the journal who looked."""
    held = _reaching(person, mandate, at=at)
    write_down(EXIT, WHAT, person, reader=held.adult, by=by, at=at)
    return matches_of(person)


def contest(
    use: UseRef, person: PersonId, why: Why, *, mandate: str, catalogue: Catalogue, by: Actor, at: datetime
) -> int:
    """Write down that an adult says that a match is not of this person; return the number of the line.

    The plan: 1 a family, whose mandate is ours, fresh, of the second step, and names this person; 2 any adult who sees
    the record may say so, whoever decides: like a *no* it protects; what is an able child's alone is hers; 3 there is
    such a match.
    """
    check_role(by, Role.FAMILY)  # 1
    held = _reaching(person, mandate, at=at)
    pair = (person, held.adult)
    power = powers_about([pair], catalogue=catalogue, by=by, at=at)[pair]
    if not power.sees or asked(use).purpose in power.kept:  # 2
        raise not_yours()
    if why is Why.NOT_US or use not in {one.use for one in matches_of(person)}:  # 3
        raise _no_match()
    return _write(use, person, Saying(why, adult=held.adult), catalogue, by=by, at=at)


def _reaching(person: PersonId, mandate: str, *, at: datetime) -> Mandate:
    held = check(mandate, key=load(here(), "letters"), at=at)
    check_record(held, person)
    return held


@dataclass(frozen=True, slots=True)
class Paper:
    """What came by post: the keeper's number of it, and who is meant.

    Either a child, by number and birth date; or `reference`, which stands in the recipient's letter: so somebody who is
    in no register can say that they were taken for somebody who is.
    """

    paper: str
    why: Why
    number: str = field(default="", repr=False)
    born: date | None = field(default=None, repr=False)
    reference: str = field(default="", repr=False)


def contest_by_post(use: UseRef, paper: Paper, *, catalogue: Catalogue, by: Actor, at: datetime) -> int:
    """Write down what came by post against a match, and return its number.

    The plan: 1 an enrolled registrar, and a number of the paper; 2 whom it is about: a child, and that look stands in
    the journal first; or whom a list answered with that very reference, which shows the registrar nothing of them; 3
    there is such a match.
    """
    check_role(by, Role.REGISTRAR)  # 1
    check_enrolled(by)
    if not _PAPER.fullmatch(paper.paper) or bool(paper.reference) == bool(paper.number):
        raise Refusal(
            "gate.contest_paper",
            "A letter has a number of its own here, and names a child or the reference in the recipient's letter.",
            next_step="Give it a number, like P-2027-3. Type number and birth date, or the reference; not both.",
            authority="D21",
        )
    person = _named(use, paper, by=by, at=at)  # 2
    if person is None or use not in {one.use for one in matches_of(person)}:  # 3
        raise _no_match()
    return _write(use, person, Saying(paper.why, paper=paper.paper), catalogue, by=by, at=at)


@transaction.atomic
def _write(
    use: UseRef, person: PersonId, saying: Saying, catalogue: Catalogue, *, by: Actor, at: datetime
) -> int:
    """Write a contest down while the gate reads no answers: it is in what a decision reads, or comes after it."""
    _take_turns(use, person)
    return contests.contest(use, person, saying, days=catalogue.limits.contest_days, by=by, at=at)


def _take_turns(use: UseRef, person: PersonId) -> None:
    take_turns(f"contest/{use}/{person}")


def _named(use: UseRef, paper: Paper, *, by: Actor, at: datetime) -> PersonId | None:
    if paper.reference:
        return answered_as(use, paper.reference)
    if paper.born is None:
        raise _no_match()
    person = one_child(paper.number, paper.born, by=by, at=at)
    write_down(EXIT, WHAT, person, reader=by.ref, by=by, at=at)
    return person


def decide(number: int, verdict: Verdict, reason: Reason, *, by: Actor, at: datetime) -> Waits:
    """Decide one contested match, and return what it was about.

    *Right* ends the freeze, and the recipient may use the answer again; whatever else keeps it out for good, and the
    recipient is told to undo what came of it. Refuses whoever decided about the use or agreed to its release.
    """
    check_role(by, Role.REGISTRAR)
    check_enrolled(by)
    held = contested.one_waiting(number)
    pair = pair_of(held.use, held.person)
    with transaction.atomic():
        _take_turns(held.use, held.person)
        contests.decide(number, verdict, reason, pair=pair, made_by=made_by(held.use), by=by, at=at)
    return held


def close_months(*, by: Actor, at: datetime) -> int:
    """Say in the log, for each use that has answered a list, how many matches were contested by the end of each month.

    From the month of its first answer on, of every month that has been over for a day, once; return how many were said.
    It is said of every such use, whether anything was contested or not, so that the saying tells nothing.
    """
    said = 0
    for use, began in _matching_since():
        known, month = contested.months_said(use), month_of(began.date())
        while after(month) < at.date():
            if month not in known:
                contests.close_month(use, month, since=start(month), before=start(after(month)), by=by, at=at)
                said += 1
            month = after(month)
    return said


def _matching_since() -> Iterator[tuple[UseRef, datetime]]:
    """Yield each use that has answered a list, with the moment of its first answer."""
    rows = Disclosure.objects.filter(
        state__in=LEFT, decision__roster__isnull=False, logged_at__isnull=False
    ).order_by("logged_at")
    first: dict[UseRef, datetime] = {}
    for use, logged_at in rows.values_list("decision__use", "logged_at"):
        if logged_at is not None:
            first.setdefault(UseRef(use), logged_at)
    yield from sorted(first.items())


def _no_match() -> Refusal:
    return Refusal(
        "gate.no_match",
        "No list was answered with this person under this use.",
        next_step="Look at the use's reference, and at what the recipient's letter says.",
        authority="D21",
    )
