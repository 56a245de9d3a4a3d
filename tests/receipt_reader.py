# SPDX-License-Identifier: Apache-2.0
"""Reads a receipt of consent back from its file, for tests: what another program makes of it. No clock.

It knows nothing of the receipt but what the file says, and takes only what prints back to itself.
"""

import json
from datetime import date, datetime
from typing import Any

from beholden.catalogue import Catalogue
from beholden.choices.consent.asking import Asked
from beholden.choices.consent.receipt import Controller, Event, Notice, Receipt, State
from beholden.choices.consent.receipt_file import BY, written
from beholden.choices.consent.sentence import Body, Consent, Recipient, Who
from beholden.kinds import ItemId, UseRef
from beholden.refusals import Refusal

MOST_BYTES = 256 * 1024
NOES = frozenset({State.REFUSED, State.WITHDRAWN})


class NoReceiptError(Exception):
    """This file is no receipt of a register, or was changed."""


def counts(one: Receipt, at: datetime) -> bool:
    """Say whether this file alone would let facts leave at a moment: a yes that counts, and no *no* that does.

    Facts leave only if the gate finds so too, and the gate knows more: see `Event.unless`.
    """
    consent = one.asked.consent
    on = [event for event in one.events if event.at <= at and (event.until is None or at < event.until)]
    return (
        consent.first_on <= at.date() <= consent.last_on
        and any(event.state is State.GIVEN for event in on)
        and not any(event.state in NOES for event in on)
    )


def read(raw: bytes, catalogue: Catalogue) -> Receipt:
    """Return what a file says, or refuse: only what prints back to itself is a receipt of ours."""
    if len(raw) > MOST_BYTES:
        raise NoReceiptError
    try:
        made = _made(json.loads(raw, object_pairs_hook=_each_once))
        again = written(made, catalogue)
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError, Refusal) as cause:
        raise NoReceiptError from cause
    if again != raw:
        raise NoReceiptError
    return made


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse a key that stands twice: most parsers keep the last, and the guide's own examples lose facts by it."""
    if len({key for key, _ in pairs}) != len(pairs):
        raise ValueError("a key stands twice")
    if not all(
        isinstance(value, int if key == "beholden:entry" else (str, list, dict)) for key, value in pairs
    ):
        raise TypeError("a value is of no type that we write")
    return dict(pairs)


def _made(whole: dict[str, Any]) -> Receipt:
    (record,) = whole["dpv:hasRecordOfActivity"]
    (process,), (notice,) = record["dpv:hasProcess"], record["dpv:hasNotice"]
    keeper, *others = record["dpv:hasEntity"]
    bound = (
        Notice(notice["beholden:entry"], notice["beholden:commitment"])
        if "beholden:entry" in notice
        else None
    )
    return Receipt(
        receipt=whole["dct:identifier"],
        record=record["dct:identifier"],
        principal=record["dpv:hasDataSubject"]["dct:identifier"],
        created=datetime.fromisoformat(whole["dct:created"]),
        asked=Asked(
            UseRef(process["dct:identifier"]),
            _consent(process, others),
            notice["dct:description"],
            notice["beholden:catalogue"],
            datetime.fromisoformat(notice["dct:date"]),
        ),
        where=process["dpv:hasStorageCondition"][0]["dct:description"],
        controller=Controller(
            keeper["dpv:hasName"],
            keeper["dpv:hasAddress"],
            keeper["dpv:hasContact"],
            keeper.get("dct:source", ""),
        ),
        notice=bound,
        events=tuple(map(_read_event, record["dpv:hasConsentStatus"])),
    )


def _consent(process: dict[str, Any], others: list[dict[str, Any]]) -> Consent:
    (purpose,), (days,) = process["dpv:hasPurpose"], process["dpv:hasDuration"]
    first, last = days["rdf:value"].split("/")
    works: dict[str, list[Body]] = {}
    bodies = []
    for one in others:
        body = Body(one["dpv:hasName"], one["dpv:hasAddress"]["dct:title"])
        if "beholden:worksFor" in one:
            works[one["beholden:worksFor"]].append(body)
        else:
            works[body.name] = []
            bodies.append(body)
    return Consent(
        purpose=purpose["dct:identifier"],
        recipients=tuple(Recipient(body, tuple(works[body.name])) for body in bodies),
        items=tuple(ItemId(one["dct:identifier"]) for one in process["dpv:hasPersonalData"]),
        first_on=date.fromisoformat(first),
        last_on=date.fromisoformat(last),
        who=Who.GUARDIAN,
    )


def _read_event(said: dict[str, Any]) -> Event:
    ends = said["dpv:hasDuration"]
    times = [one["rdf:value"] for one in ends if one["@type"] == "dpv:UntilTimeDuration"]
    return Event(
        state=State(said["@type"]),
        at=datetime.fromisoformat(said["dpv:isIndicatedAtTime"]),
        by={name: by for by, name in BY.items()}[said["dpv:isIndicatedBy"]],
        until=datetime.fromisoformat(times[0]) if times else None,
        unless=tuple(one["rdf:value"] for one in ends if one["@type"] == "dpv:UntilEventDuration"),
        why=said.get("dct:description", ""),
    )
