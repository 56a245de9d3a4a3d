# SPDX-License-Identifier: Apache-2.0
"""Answers how a use stands in public: who was heard, what was agreed, when it is wiped; and all of one recipient's.

Frozen values only. Days are counted here and never kept, so nobody can move one.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from beholden.catalogue import Catalogue
from beholden.kinds import UseRef
from beholden.people.queries import Body, organisation, sharing_keys
from beholden.uses.models import Comment, Use
from beholden.uses.papers import (
    agreed,
    comment_until,
    filed,
    granted,
    newest,
    open_objections,
    released_at,
    schools_in_scope,
    signed_by,
)
from beholden.uses.queries import unknown_use
from beholden.uses.rules import ending
from beholden.uses.rules.life import State
from beholden.uses.rules.odrl import odrl as as_odrl


@dataclass(frozen=True, slots=True)
class Hearing:
    """What was heard about a use: how many comments, until when, and what schools object, by name, with the answers."""

    until: datetime
    comments: int
    schools: int
    objections: tuple[tuple[str, str, str], ...]  # school, what it says, the answer or nothing


@dataclass(frozen=True, slots=True)
class Agreed:
    """An agreement as everybody may read it. `digest` is what both sides signed, or it would not be published."""

    text: str
    digest: str
    published_on: date
    odrl: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Route:
    """One use of one recipient: what for, in which compartment, where it stands, what left and when it must be gone."""

    ref: UseRef
    title: str
    purpose: str
    compartment: str
    exit: str
    state: str
    items: tuple[str, ...]
    starts_on: date
    ends_on: date
    released_on: tuple[date, ...]
    wiped_by: date | None
    overdue_days: int
    amends: UseRef | None


@dataclass(frozen=True, slots=True)
class Routes:
    """All routes of one recipient on one page (D19). `same_keys`: names of bodies that could open the same files."""

    recipient: Body
    same_keys: tuple[str, ...]
    compartments: tuple[str, ...]
    routes: tuple[Route, ...]


def hearing(ref: str) -> Hearing:
    """Return what was heard about a use, or refuse where it was never open for comment."""
    use = _seen(ref)
    answers = {
        (school, paper.pk): str(text)
        for paper in filed(use, "decision", "reply")
        for school, text in paper.body["replies"].items()
    }
    objections = []
    for paper in filed(use, "objection"):
        school = str(paper.body["school"])
        later = [text for (who, at), text in answers.items() if who == school and at > paper.pk]
        objections.append((school, str(paper.body["reason"]), later[0] if later else ""))
    until, counted, opening = comment_until(use), newest(use, "hearing"), newest(use, "opening")
    comments = Comment.objects.filter(use=use, at__lte=until).count()
    if counted is not None and opening is not None and counted.pk > opening.pk:
        comments = counted.body["comments"]
    return Hearing(
        until=until,
        comments=comments,
        schools=len(schools_in_scope(use)),
        objections=tuple(objections),
    )


def agreement(ref: str, *, base: str) -> Agreed | None:
    """Return the newest agreement once it is published, or None. `base` is the register's public address."""
    use = _seen(ref)
    terms, paper = agreed(use), newest(use, "agreement")
    published = use.steps.filter(state=State.PUBLISHED.value).order_by("-pk").first()
    if terms is None or paper is None or published is None or published.at < paper.at:
        return None
    return Agreed(
        text=paper.body["text"],
        digest=paper.body["digest"],
        published_on=published.at.date(),
        odrl=as_odrl(terms, base=base),
    )


@dataclass(frozen=True, slots=True)
class Drawn:
    """The newest agreement as its two sides may read it before it is published, and which of them have signed."""

    text: str
    digest: str
    signed_by: frozenset[str]


def drawn(ref: str) -> Drawn | None:
    """Return what was drawn up about a use, or None. For the two sides and the panel: it is public once published."""
    use = _seen(ref)
    paper = newest(use, "agreement")
    return None if paper is None else Drawn(paper.body["text"], paper.body["digest"], signed_by(use))


def in_force(ref: str) -> UseRef:
    """Return the use that is in force where this one stood: itself, or the newest amendment that was released."""
    use = _seen(ref)
    for later in Use.objects.filter(amends=use.ref).order_by("-ref"):
        if released_at(later) is not None:
            return in_force(later.ref)
    return UseRef(use.ref)


def routes(recipient: str, *, catalogue: Catalogue, at: datetime) -> Routes:
    """Return every use of one recipient, in any state and compartment, newest first (D19, D25)."""
    body = organisation(recipient)
    rows = Use.objects.exclude(state=State.DRAFT.value).filter(applicant=recipient).order_by("-ref")
    found = tuple(_route(row, catalogue, at) for row in rows.prefetch_related("papers", "steps"))
    return Routes(
        recipient=body,
        same_keys=tuple(organisation(ref).name for ref in sharing_keys(recipient) if ref != recipient),
        compartments=tuple(sorted({one.compartment for one in found if one.released_on})),
        routes=found,
    )


def overdue(*, catalogue: Catalogue, at: datetime) -> tuple[Route, ...]:
    """Return every use whose records should be wiped by now, and are not certified to be, the oldest first (D25)."""
    late = [one for one in _held(catalogue, at) if one.overdue_days]
    return tuple(sorted(late, key=lambda one: -one.overdue_days))


def unanswered() -> tuple[tuple[UseRef, str], ...]:
    """Return each school's objection that nobody has answered yet: use and school."""
    rows = Use.objects.filter(papers__kind="objection").distinct().order_by("ref")
    return tuple((UseRef(row.ref), school) for row in rows for school in open_objections(row))


def _held(catalogue: Catalogue, at: datetime) -> Iterator[Route]:
    rows = Use.objects.filter(steps__state=State.RELEASED.value).distinct().order_by("ref")
    for row in rows.prefetch_related("papers", "steps"):
        yield _route(row, catalogue, at)


def _route(use: Use, catalogue: Catalogue, at: datetime) -> Route:
    due = _wiped_by(use)
    gone = use.state in {State.DESTROYED.value, State.CLOSED.value}
    late = 0 if due is None or gone else max((at.date() - due).days, 0)
    known = catalogue.purposes.get(use.purpose)
    left = (step.at.date() for step in use.steps.all() if step.state == State.RELEASED.value)
    return Route(
        ref=UseRef(use.ref),
        title=use.title,
        purpose=use.purpose,
        compartment="" if known is None else known.compartment.value,
        exit=use.exit,
        state=use.state,
        items=granted(use),
        starts_on=use.starts_on,
        ends_on=use.ends_on,
        released_on=tuple(sorted(left)),
        wiped_by=due,
        overdue_days=late,
        amends=UseRef(use.amends) if use.amends else None,
    )


def _wiped_by(use: Use) -> date | None:
    """Return the last day to wipe what left under a use, or None where nothing has left."""
    terms = agreed(use)
    if terms is None or released_at(use) is None:
        return None
    stops = use.steps.filter(state__in=(State.SUSPENDED.value, State.BREACHED.value))
    ends = [step.at.date() for step in stops]
    replaced = (released_at(later) for later in Use.objects.filter(amends=use.ref))
    ends += [left.date() for left in replaced if left is not None]
    return ending.wiped_by(min((terms.ends_on, *ends)), days=terms.destruction_days)


def _seen(ref: str) -> Use:
    found = Use.objects.exclude(state=State.DRAFT.value).filter(ref=ref).first()
    if found is None:
        raise unknown_use()
    return found


def countersigned_by(ref: UseRef) -> frozenset[str]:
    """Return the officers who agreed, as second ones, to any release of a use."""
    row = Use.objects.filter(ref=ref).first()
    return frozenset() if row is None else frozenset(paper.by for paper in filed(row, "second"))
