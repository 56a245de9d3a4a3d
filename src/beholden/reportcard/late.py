# SPDX-License-Identifier: Apache-2.0
"""Which days a keeper has missed, by its own published logs: seals, messages, incidents. No clock, no file.

As of the day on which somebody looks, or of the newest entry, where that is later in the day. What is late once stays
so: that it was done in the end does not undo it.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, time, timedelta

from beholden.catalogue import Catalogue
from beholden.ledger.handovers import Placed
from beholden.ledger.sealing import Seal
from beholden.ledger.vocabulary.events import CatalogueSet
from beholden.ledger.vocabulary.redress import IncidentMoved, RedressOfDay
from beholden.ledger.vocabulary.sealed import Extended
from beholden.ledger.vocabulary.terms import EVENTS, HANDOVERS
from beholden.reportcard.alarms import Alarm
from beholden.reportcard.facts import Facts, of_kind

OPENED, TOLD, HIGH_RISK, PEOPLE_TOLD = "opened", "regulator_told", "high_risk", "people_told"


def overdue(found: Facts, rules: Mapping[str, Catalogue | None]) -> Iterator[Alarm]:
    """Yield an alarm for each day that was missed. `rules` are the readable catalogues of the copy, by their hash."""
    for seal in found.handed.seals.values():
        yield from _seal(seal, found, rules)
    for day in of_kind(found.events, RedressOfDay):
        if day.body.kept < day.body.due:
            late = day.body.due - day.body.kept
            sentence = (
                f"{late:,} of {day.body.due:,} messages to recipients, whose last day was {day.body.day}, were not "
                "acknowledged by then."
            )
            yield Alarm("watch.messages_late", f"{EVENTS} {day.index}", sentence)
    yield from _incidents(found)
    yield from _families(found, rules)


def _seal(seal: Seal, found: Facts, rules: Mapping[str, Catalogue | None]) -> Iterator[Alarm]:
    place = f"{HANDOVERS} {seal.index}"
    if seal.is_overdue(found.on):
        how = "is not opened" if seal.opened is None else "was opened later"
        sentence = f"Sealed handover {seal.body.seq} was to be open by {seal.opens_by}, and {how}."
        yield Alarm("watch.seal_overdue", place, sentence)
    catalogue = _rules_at(seal.at, place, found, rules)
    if isinstance(catalogue, Alarm):
        yield catalogue
        return
    yield from _too_long(seal, found, catalogue)
    if seal.is_unseen(found.on, within=timedelta(days=catalogue.limits.sealed_seen_days)):
        sentence = (
            f"The regulator has not signed within {catalogue.limits.sealed_seen_days} days that it has seen what is in "
            f"sealed handover {seal.body.seq}."
        )
        yield Alarm("watch.seal_unseen", place, sentence)


def _rules_at(
    moment: datetime, place: str, found: Facts, rules: Mapping[str, Catalogue | None]
) -> Catalogue | Alarm:
    """Return the rules that were in force at a moment, or the alarm that nobody can read what they say."""
    set_before = [one for one in of_kind(found.events, CatalogueSet) if one.at <= moment]
    name = set_before[-1].body.hash.hex() if set_before else ""
    if name not in rules:
        sentence = (
            "What the rules of that day say is not in the copy, so nobody can tell what was late by them."
        )
        return Alarm("watch.rules_unpublished", place, sentence)
    return rules[name] or Alarm(
        "watch.rules_unreadable", place, "This version cannot read the rules of that day."
    )


def _too_long(seal: Seal, found: Facts, catalogue: Catalogue) -> Iterator[Alarm]:
    """Hold a seal's days, and those that it was given later, against the rules under which it was made."""
    name, limits = f"Sealed handover {seal.body.seq}", catalogue.limits
    if (seal.body.opens_by - seal.at.date()).days > limits.sealed_days:
        sentence = f"{name} is secret for more than {limits.sealed_days} days."
        yield Alarm("watch.seal_long", f"{HANDOVERS} {seal.index}", sentence)
    for more in of_kind(found.handovers, Extended):
        days = (more.body.opens_by - seal.body.opens_by).days
        if more.body.seq == seal.body.seq and days > limits.sealed_longer_days:
            sentence = (
                f"{name} is secret for more than {limits.sealed_longer_days} days longer than it was to be."
            )
            yield Alarm("watch.seal_longer", f"{HANDOVERS} {more.index}", sentence)


def _incidents(found: Facts) -> Iterator[Alarm]:
    """Hold each incident against the hours that its first entry states; a later entry does not move them."""
    steps: dict[str, list[Placed[IncidentMoved]]] = {}
    for one in of_kind(found.events, IncidentMoved):
        steps.setdefault(one.body.incident, []).append(one)
    for incident, (first, *others) in steps.items():
        place = f"{EVENTS} {first.index}"
        if first.body.state != OPENED or any(one.body.tell_by != first.body.tell_by for one in others):
            sentence = f"Incident {incident} does not begin with its opening, or states other hours later on."
            yield Alarm("watch.figures", place, sentence)
        told = next((one.at for one in (first, *others) if one.body.state == TOLD), None)
        if (_now(found) if told is None else told) > first.body.tell_by:
            how = "has not been told yet" if told is None else "was told later"
            hour = f"{first.body.tell_by:%-d %B %Y, %H:%M} UTC"
            sentence = f"The regulator was to be told of incident {incident} by {hour}, and {how}."
            yield Alarm("watch.incident_late", place, sentence)


def _families(found: Facts, rules: Mapping[str, Catalogue | None]) -> Iterator[Alarm]:
    """Say where the people were not told of a high risk within as many hours as the regulator is given.

    The law says *without undue delay* (UK GDPR Art 34(1)). The hours begin when the keeper says that the risk is high;
    whoever was told of the incident before that was not told of the risk.
    """
    moves = of_kind(found.events, IncidentMoved)
    told = [one for one in moves if one.body.state == PEOPLE_TOLD]
    for high in (one for one in moves if one.body.state == HIGH_RISK):
        place = f"{EVENTS} {high.index}"
        catalogue = _rules_at(high.at, place, found, rules)
        if isinstance(catalogue, Alarm):
            yield catalogue
            continue
        since = (one.at for one in told if one.body.incident == high.body.incident and one.index > high.index)
        hours, at = catalogue.limits.incident_hours, next(since, None)
        if (at or _now(found)) > high.at + timedelta(hours=hours):
            how = "have not been told yet" if at is None else "were told later"
            sentence = (
                f"The risk of incident {high.body.incident} is high, so those whom it is about were to be told within "
                f"{hours} hours, and {how}."
            )
            yield Alarm("watch.families_untold", place, sentence)


def _now(found: Facts) -> datetime:
    """Return the latest moment that has surely come: the beginning of the day, or the newest entry."""
    begins = datetime.combine(found.on, time.min, UTC)
    return max((begins, *(one.at for one in found.events[-1:]), *(one.at for one in found.handovers[-1:])))
