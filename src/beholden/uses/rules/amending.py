# SPDX-License-Identifier: Apache-2.0
"""Decides what an amendment changes. No clock, no database.

A changed use is a new one that says which it changes: it has its own comment period, panel, agreement, notice and
window, and until it is released only the old one is in force (D7). What differs is worked out here and published.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from beholden.refusals import Refusal
from beholden.uses.rules.application import Draft, Population
from beholden.uses.rules.life import LIVE, State

CHANGED_HANDS = ("sold", "merged", "re-let", "renamed")
"""How a recipient becomes somebody else (D45)."""


@dataclass(frozen=True, slots=True)
class Change:
    """One answer that differs, as both versions have it; what was not there, or is not any more, is empty."""

    question: str
    before: str
    after: str


def difference(old: Draft, new: Draft, *, old_recipient: str, new_recipient: str) -> tuple[Change, ...]:
    """Return every answer that differs, item by item and country by country, in the order of the questions."""
    return tuple(_changes(old, new, old_recipient, new_recipient))


def _changes(old: Draft, new: Draft, old_recipient: str, new_recipient: str) -> Iterator[Change]:
    yield from _one("recipient", old_recipient, new_recipient)
    for question in ("title", "why", "what", "where", "purpose", "exit"):
        yield from _one(question, getattr(old, question), getattr(new, question))
    before, after = old.reasons, new.reasons
    for item in sorted({*before, *after}):
        yield from _one(f"items: {item}", before.get(item, ""), after.get(item, ""))
    yield from _one("population", _words(old.population), _words(new.population))
    yield from _one("starts_on", old.starts_on.isoformat(), new.starts_on.isoformat())
    yield from _one("ends_on", old.ends_on.isoformat(), new.ends_on.isoformat())
    was, now = old.application, new.application
    for question in (
        "standing",
        "gateway",
        "setting",
        "why_elsewhere",
        "outputs",
        "benefit",
        "ethics",
        "dpia",
    ):
        yield from _one(question, str(getattr(was, question)), str(getattr(now, question)))
    for question in ("linkage", "recurrence", "over_time", "untold_under"):
        yield from _one(question, str(getattr(was, question)), str(getattr(now, question)))
    letter, rewritten = ({} if one.invitation is None else one.invitation.to_json() for one in (was, now))
    for part in sorted({*letter, *rewritten}):
        yield from _one(f"invitation: {part}", letter.get(part, ""), rewritten.get(part, ""))
    for country in sorted({*was.territory, *now.territory}):
        yield from _one(
            "territory",
            country if country in was.territory else "",
            country if country in now.territory else "",
        )
    for question in ("access", "processors"):
        left, right = ({_line(one) for one in getattr(side, question)} for side in (was, now))
        for line in sorted(left ^ right):
            yield from _one(question, line if line in left else "", line if line in right else "")


def _one(question: str, before: str, after: str) -> Iterator[Change]:
    if before != after:
        yield Change(question, before, after)


def _words(asked: Population) -> str:
    years = f", school years {', '.join(asked.school_years)}" if asked.school_years else ""
    return f"{asked.collection}/{asked.term}/{asked.year}{years}"


def _line(one: object) -> str:
    return " · ".join(str(getattr(one, name)) for name in one.__slots__)  # type: ignore[attr-defined]


def check_amends(state: State, *, applicant: str, old_applicant: str, successor: str) -> None:
    """Refuse an amendment of a use that is not live, or of somebody else's.

    Its own recipient may ask for a change of a live use. A body that took the recipient over may ask for what was
    suspended when that happened, if the keeper wrote its name down then (D45).
    """
    own = applicant == old_applicant and state in LIVE
    taken_over = state is State.SUSPENDED and bool(successor) and applicant == successor
    if not own and not taken_over:
        raise Refusal(
            "uses.amends",
            "Only a live use can be changed, and only by its own recipient or by who took that over.",
            next_step="Ask for a new use.",
            authority="D7, D45",
        )


def check_differs(changes: tuple[Change, ...]) -> None:
    """Refuse an amendment that changes nothing."""
    if not changes:
        raise Refusal(
            "uses.no_difference",
            "This changes nothing.",
            next_step="Change an answer, or leave the use as it is.",
            authority="D7: a change is a published difference",
        )
