# SPDX-License-Identifier: Apache-2.0
"""Reads what was filed about a use, and what follows from it: the round, what is granted, who objects, who signed.

A paper is never altered: whoever wants to know where a use stands reads its papers and steps. The public log has a
salted hash of each. Frozen values only.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import rfc8785

from beholden.kinds import Actor, UseRef
from beholden.ledger.entries import parse
from beholden.ledger.queries import entry
from beholden.ledger.vocabulary.events import PaperFiled
from beholden.refusals import Refusal
from beholden.uses.models import Comment, Paper, Use
from beholden.uses.models import Seat as Held
from beholden.uses.rules.agreement import Terms
from beholden.uses.rules.life import State
from beholden.uses.rules.panel import Mark, Review, Says, Seat, Vote
from beholden.uses.rules.triage import Remark, Verdict
from beholden.uses.words import PUBLIC_PAPERS


@dataclass(frozen=True, slots=True)
class Filed:
    """One public paper as it was filed. `entry` is its place in the events log, once it is there."""

    use: UseRef
    kind: str
    round: int
    body: Mapping[str, Any]
    at: datetime
    entry: int | None


def commitment(paper: Paper) -> bytes:
    """Return SHA-256(salt32 || JCS of key, paper, round, text and use): what the log has of it."""
    said = {
        "key": paper.key,
        "paper": paper.kind,
        "round": paper.round,
        "text": paper.body,
        "use": paper.use_id,
    }
    return hashlib.sha256(bytes(paper.salt) + rfc8785.dumps(said)).digest()


def round_of(use: Use) -> int:
    """Return how often a use has come before the panel."""
    return use.steps.filter(state=State.PANEL.value).count()


def filed(use: Use, *kinds: str) -> tuple[Paper, ...]:
    """Return the papers of some kinds about a use, oldest first."""
    return tuple(use.papers.filter(kind__in=kinds).order_by("pk"))


def newest(use: Use, kind: str) -> Paper | None:
    """Return the newest paper of a kind about a use, or None."""
    return use.papers.filter(kind=kind).order_by("-pk").first()


def ran(use: Use, *, then: datetime | None = None) -> tuple[Paper, ...]:
    """Return the papers of a use's later runs, oldest first, but of those left off; or as they stood at a moment."""
    rows = use.papers.filter(kind__in=("run", "left_off"))
    found: dict[int, Paper] = {}
    for paper in (rows if then is None else rows.filter(at__lte=then)).order_by("pk"):
        if paper.kind == "run":
            found[paper.body["number"]] = paper
        else:
            found.pop(paper.body["number"], None)
    return tuple(found.values())


def is_logged(paper: Paper) -> bool:
    """Say whether the public log holds exactly this paper."""
    found = entry(paper.outbox)
    said = None if found is None else parse(found.entry, log="events").body
    return isinstance(said, PaperFiled) and (said.use, said.paper, said.commitment) == (
        paper.use_id,
        paper.kind,
        commitment(paper),
    )


# --- what follows from papers ---


def granted(use: Use, *, then: datetime | None = None) -> tuple[str, ...]:
    """Return the items that may leave: those of the newest decision, or of the request while there is none.

    Nothing stands in a decision that was asked for without a reason, or that a reviewer struck out (D18). With a moment
    in the past: those that might leave then.
    """
    decided = _decided(use, then)
    return tuple(use.items) if decided is None else tuple(sorted(decided["items"]))


def over_time(use: Use, *, then: datetime | None = None) -> str:
    """Return why a use may follow children over time, by the same papers as what may leave; empty: it may not (D15)."""
    decided = _decided(use, then)
    return str((use.application if decided is None else decided).get("over_time", ""))


def _decided(use: Use, then: datetime | None) -> Mapping[str, Any] | None:
    """Return what the newest decision says, or that of a moment; None while there is none, or where it is a no."""
    rows = (one for one in use.papers.all() if one.kind == "decision" and (then is None or one.at <= then))
    decisions = sorted(rows, key=lambda one: one.pk)
    return decisions[-1].body if decisions and decisions[-1].body["says"] != Says.NO.value else None


def months(use: Use, *, then: datetime | None = None) -> tuple[str, ...]:
    """Return the items of which the month alone may leave, by the newest decision, or by that of a moment (D18)."""
    decided = [one for one in filed(use, "decision") if then is None or one.at <= then]
    return tuple(decided[-1].body.get("months", ())) if decided else ()


def comment_until(use: Use) -> datetime:
    """Return the last moment to comment on a use that is, or was, open for comment."""
    opening = newest(use, "opening")
    if opening is None:
        raise Refusal(
            "uses.not_opened",
            "This was never open for comment.",
            next_step="Open it for comment first.",
            authority="D7",
        )
    return datetime.fromisoformat(opening.body["until"])


def schools_in_scope(use: Use) -> frozenset[str]:
    """Return the schools that sent what is asked for, as of the last opening for comment or the run it is in since."""
    found = max((*filed(use, "opening"), *ran(use)), key=lambda paper: paper.pk, default=None)
    return frozenset() if found is None else frozenset(found.body["schools"])


def open_objections(use: Use) -> Mapping[str, str]:
    """Return what each school objects that no decision and no reply has answered since (D29)."""
    found: dict[str, str] = {}
    for paper in filed(use, "objection", "decision", "reply"):
        if paper.kind == "objection":
            found[paper.body["school"]] = paper.body["reason"]
        for school in paper.body.get("replies", ()):
            found.pop(school, None)
    return found


def answered(use: Use, school: str) -> str | None:
    """Return the newest answer that a school has to its objections, by a decision or a reply, or None."""
    found = [paper.body["replies"].get(school) for paper in filed(use, "decision", "reply")]
    return next((str(text) for text in reversed(found) if text is not None), None)


def objecting(ref: UseRef) -> Mapping[str, str]:
    """Return what each school objects to a use and has no answer to yet, by the use's reference."""
    return open_objections(Use.objects.get(pk=ref))


def comments_until(ref: UseRef) -> datetime:
    """Return the last moment to comment on a use, by its reference."""
    return comment_until(Use.objects.get(pk=ref))


def is_outside(use: Use, by: Actor) -> bool:
    """Say whether somebody neither acts for the organisation that asked nor wrote the request."""
    return by.organisation != use.applicant and by.ref != use.drafted_by


def interested(use: Use, *, round_: int) -> frozenset[str]:
    """Return the officers who declared an interest in this round."""
    return frozenset(
        str(paper.body["officer"])
        for paper in filed(use, "interest")
        if paper.round == round_ and paper.body["interest"]
    )


def has_declared(use: Use, officer: str, *, round_: int) -> bool:
    """Say whether an officer has said, in this round, that there is no interest."""
    return any(
        paper.round == round_ and paper.body["officer"] == officer and not paper.body["interest"]
        for paper in filed(use, "interest")
    )


def reviews_of(use: Use, *, round_: int) -> tuple[Review, ...]:
    """Return the reviews of one round, in the order in which they were handed in."""
    return tuple(
        Review(
            paper.body["reviewer"],
            paper.body["organisation"],
            {question: _mark(mark) for question, mark in paper.body["marks"].items()},
            Says(paper.body["recommends"]),
        )
        for paper in filed(use, "review")
        if paper.round == round_
    )


def _mark(held: Mapping[str, Any]) -> Mark:
    return Mark(
        Says(held["says"]),
        held["reason"],
        held["condition"],
        tuple(held["without"]),
        tuple(held.get("coarser", ())),
    )


def votes_of(use: Use, *, round_: int) -> tuple[Vote, ...]:
    """Return the votes of one round, in the order in which they were given."""
    return tuple(
        Vote(
            paper.body["member"],
            paper.body["organisation"],
            Seat(paper.body["seat"]),
            Says(paper.body["says"]),
            paper.body["reason"],
            paper.body["condition"],
        )
        for paper in filed(use, "vote")
        if paper.round == round_
    )


def agreed(use: Use) -> Terms | None:
    """Return the terms of the newest agreement, or None while there is none."""
    found = newest(use, "agreement")
    return None if found is None else Terms.from_json(dict(found.body["terms"]))


def signed_by(use: Use) -> frozenset[str]:
    """Return which sides have signed the newest agreement: keeper, recipient."""
    found = newest(use, "agreement")
    if found is None:
        return frozenset()
    return frozenset(
        str(paper.body["side"])
        for paper in filed(use, "signature")
        if paper.body["digest"] == found.body["digest"] and paper.round == found.round
    )


def successor(use: Use) -> str:
    """Return who took the recipient over, as it was written down when the use was suspended for it; or nothing."""
    found = newest(use, "recipient")
    return "" if found is None else str(found.body["successor"])


def comments_digest(use: Use, *, until: datetime) -> tuple[int, str]:
    """Return how many comments there are up to a moment, and SHA-256 over each one's hash, by time and reference.

    A comment's hash is SHA-256 of JCS of its reference, text and time.
    """
    digest, count = hashlib.sha256(), 0
    for comment in Comment.objects.filter(use=use, at__lte=until).order_by("at", "ref"):
        one = {"at": comment.at.isoformat(), "ref": comment.ref, "text": comment.text}
        digest.update(hashlib.sha256(rfc8785.dumps(one)).digest())
        count += 1
    return count, digest.hexdigest()


def clearings(use: Use) -> int:
    """Return how often a use was cleared: a second officer agrees to one of these times."""
    return use.steps.filter(state=State.CLEARED.value).count()


def released_at(use: Use) -> datetime | None:
    """Return when records last left under a use, or None."""
    step = use.steps.filter(state=State.RELEASED.value).order_by("-pk").first()
    return None if step is None else step.at


def lineage(use: Use) -> tuple[UseRef, ...]:
    """Return the uses that this one amends, directly or through others, newest first."""
    found: list[UseRef] = []
    last = use.amends
    while last and last not in found and last != use.ref:
        found.append(UseRef(last))
        last = Use.objects.values_list("amends", flat=True).get(pk=last)
    return tuple(found)


def triaged(ref: str) -> tuple[Remark, ...]:
    """Return what triage said when a request was handed in, the newest time, question by question."""
    found = Paper.objects.filter(use=ref, kind="triage").order_by("-pk").first()
    said = () if found is None else found.body["remarks"]
    return tuple(Remark(**{**one, "verdict": Verdict(one["verdict"])}) for one in said)


def public_papers(ref: str) -> tuple[Filed, ...]:
    """Return what everybody may read about a use, oldest first: the request's way, not the texts of the request."""
    rows = Paper.objects.filter(use=ref, kind__in=PUBLIC_PAPERS).order_by("pk")
    return tuple(_shown(row) for row in rows)


def _shown(row: Paper) -> Filed:
    found = entry(row.outbox)
    return Filed(
        UseRef(row.use_id), row.kind, row.round, row.body, row.at, None if found is None else found.index
    )


# --- for fsck ---


@dataclass(frozen=True, slots=True)
class HeldPaper:
    """One paper as it stands in the database. `commitment` is made anew from what it says and its salt.

    `comments_agree`: of a hearing, whether the comments that it speaks of are those that are held.
    """

    use: str
    kind: str
    at: datetime
    by: str
    outbox: int
    commitment: str
    comments_agree: bool


def held_papers() -> Iterator[HeldPaper]:
    """Yield every paper, oldest first."""
    for row in Paper.objects.order_by("pk").select_related("use").iterator(chunk_size=500):
        agree = row.kind != "hearing" or comments_digest(row.use, until=row.at) == (
            row.body["comments"],
            row.body["digest"],
        )
        yield HeldPaper(
            row.use_id, row.kind, row.at, row.by, row.outbox, commitment(row).hex(), comments_agree=agree
        )


def held_seats() -> Iterator[str]:
    """Yield every officer who has a seat on the panel."""
    yield from Held.objects.order_by("officer").values_list("officer", flat=True).iterator()
