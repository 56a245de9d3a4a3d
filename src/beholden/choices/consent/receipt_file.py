# SPDX-License-Identifier: Apache-2.0
"""Writes a receipt as a file for machines, and reads one back: ISO/IEC TS 27560:2023 in the words of W3C DPV. No clock.

Follows *Consent Records and Receipts as per ISO/IEC TS 27560:2023 using DPV* (W3C DPVCG, 15 February 2026); numbers in
brackets are its sections. It names no person, holds no fact about one, and not the number under which the answer can
be changed. What does not print back to itself is refused.
"""

import json
from datetime import UTC, date, datetime
from typing import Any

from beholden.catalogue import Catalogue, dpv
from beholden.choices.consent.asking import Asked
from beholden.choices.consent.receipt import Controller, Event, Notice, Receipt, State, midnight_after
from beholden.choices.consent.sentence import Body, Consent, Recipient, Who
from beholden.choices.consent.standing import Giver
from beholden.kinds import ItemId, UseRef
from beholden.refusals import Refusal

SCHEMA = "https://w3id.org/dpv/schema/dpv-27560#"
MEDIA_TYPE = "application/ld+json"
LANGUAGE = "en"
MOST_BYTES = 256 * 1024

# --- value to file ---


def written(one: Receipt, catalogue: Catalogue) -> bytes:
    """Return the file: JSON-LD, always the same bytes for the same values."""
    whole = {
        "@context": dict(dpv.PREFIXES),
        "@id": f"urn:uuid:{one.receipt}",
        "@type": "dpv:ConsentReceipt",
        "dct:conformsTo": f"{SCHEMA}receipt",
        "dct:created": _moment(one.created),
        "dct:identifier": one.receipt,
        "dpv:hasRecordOfActivity": [_record(one, catalogue)],
    }
    return json.dumps(whole, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"


def _record(one: Receipt, catalogue: Catalogue) -> dict[str, Any]:
    return {
        "@id": f"urn:uuid:{one.record}",
        "@type": "dpv:ConsentRecord",
        "dct:conformsTo": f"{SCHEMA}record",
        "dct:identifier": one.record,
        "dpv:hasConsentStatus": [_event(event) for event in one.events],
        "dpv:hasDataSubject": {
            "@id": f"urn:uuid:{one.principal}",
            "@type": "dpv:DataSubject",
            "dct:identifier": one.principal,
        },
        "dpv:hasEntity": _entities(one),
        "dpv:hasNotice": [_notice(one)],
        "dpv:hasProcess": [_process(one, catalogue)],
    }


def _notice(one: Receipt) -> dict[str, Any]:
    """The words that were asked, with the digest to which the answer is bound, and what binds the use in the log."""
    asked, found = one.asked, one.notice
    bound = {} if found is None else {"beholden:commitment": found.commitment, "beholden:entry": found.entry}
    return {
        "@type": "dpv:ConsentNotice",
        "beholden:catalogue": asked.catalogue,
        "dct:date": _moment(asked.at),
        "dct:description": asked.words,
        "dct:identifier": asked.digest,
        "dct:language": LANGUAGE,
        **bound,
    }


def _process(one: Receipt, catalogue: Catalogue) -> dict[str, Any]:
    """One process with one purpose (8.3): a second would be a second consent (D12)."""
    consent = one.asked.consent
    pages = one.controller.pages
    return {
        "@type": "dpv:Process",
        "dct:identifier": one.asked.use,
        "dpv:hasConsentControl": [
            {"@type": "dpv:WithdrawConsent", "dpv:isExercisedAt": _door(one, "letter")}
        ],
        "dpv:hasDataController": [_KEEPER],
        "dpv:hasDuration": [_between(consent)],
        "dpv:hasJurisdiction": [dpv.jurisdiction(catalogue.consents.countries)],
        "dpv:hasLegalBasis": ["dpv:ExplicitlyExpressedConsent"],
        "dpv:hasPersonalData": [
            {
                "@type": "dpv:PersonalData",
                "dct:identifier": item,
                "dct:title": catalogue.item(item).label,
                "dpv:hasNecessity": "dpv:Required",
                "skos:broader": dpv.fact(catalogue.item(item)),
            }
            for item in consent.items
        ],
        "dpv:hasPurpose": [
            {
                "@type": "dpv:Purpose",
                "dct:description": catalogue.consents.asks[consent.purpose],
                "dct:identifier": consent.purpose,
                "skos:broader": list(dpv.purpose(consent.purpose)),
            }
        ],
        "dpv:hasRecipient": [_party_id(body) for body, _ in _bodies(consent)],
        "dpv:hasRight": [
            {"@type": "dpv:DataSubjectRight", "dct:title": title, "dpv:isExercisedAt": _door(one, page)}
            for title, page in _RIGHTS
        ],
        "dpv:hasStorageCondition": [
            {
                "@type": "dpv:StorageLocation",
                "dct:description": one.where,
                "dpv:hasLocation": [
                    _place(country) for country in sorted({body.country for body, _ in _bodies(consent)})
                ],
            },
            {"@type": "dpv:StorageDuration", "dpv:hasDuration": _until(midnight_after(consent.last_on))},
            {"@type": "dpv:StorageDeletion", "dpv:hasDuration": _until(midnight_after(consent.last_on))},
        ],
        **({"dct:isPartOf": f"{pages}uses/{one.asked.use}"} if pages else {}),
    }


_KEEPER = "urn:beholden:keeper"
_RIGHTS = (
    ("To take a yes back, at any time and at no cost", "letter"),
    ("To see what is held, and who used it", "family"),
    ("To have what is wrong put right", "help"),
    ("To complain", "help"),
)


def _door(one: Receipt, page: str) -> str:
    return f"{one.controller.pages}{page}" if one.controller.pages else f"tel:{one.controller.phone}"


def _bodies(consent: Consent) -> tuple[tuple[Body, str], ...]:
    """Return who gets the facts, with the one for whom it works on them, or empty."""
    return tuple(
        pair
        for one in consent.recipients
        for pair in ((one.body, ""), *((body, one.body.name) for body in one.sub_processors))
    )


def _party_id(body: Body) -> str:
    return f"urn:beholden:{body.country}:{body.name}".replace(" ", "-")


def _entities(one: Receipt) -> list[dict[str, Any]]:
    """The controller, and each recipient and firm by name and country; these are reached through the controller."""
    held = one.controller
    contact = {"dct:description": "Ask the keeper of the register.", "dpv:hasContact": held.phone}
    return [
        {
            "@id": _KEEPER,
            "@type": "dpv:DataController",
            "dpv:hasAddress": held.address,
            "dpv:hasContact": held.phone,
            "dpv:hasIdentifier": _KEEPER,
            "dpv:hasName": held.name,
            **({"dct:source": held.pages} if held.pages else {}),
        },
        *(
            {
                "@id": _party_id(body),
                "@type": "dpv:DataProcessor" if works_for else "dpv:Recipient",
                "dpv:hasAddress": _place(body.country),
                "dpv:hasIdentifier": _party_id(body),
                "dpv:hasName": body.name,
                **({"beholden:worksFor": works_for} if works_for else {}),
                **contact,
            }
            for body, works_for in _bodies(one.asked.consent)
        ),
    ]


def _place(country: str) -> dict[str, str]:
    term = dpv.place(country)
    return {"dct:title": country, **({"@id": term} if term else {})}


_BY = {
    Giver.GUARDIAN: "dpv:GuardianOfDataSubject",
    Giver.SELF: "dpv:DataSubject",
    None: _KEEPER,
}
_METHOD = "Pressed in the letter's pages."


def _event(one: Event) -> dict[str, Any]:
    ends = [] if one.until is None else [_until(one.until)]
    ends += [{"@type": "dpv:UntilEventDuration", "rdf:value": said} for said in one.unless]
    whole = {
        "@type": one.state.value,
        "dpv:hasDuration": ends or [{"@type": "dpv:EndlessDuration"}],
        "dpv:isIndicatedAtTime": _moment(one.at),
        "dpv:isIndicatedBy": _BY[one.by],
    }
    if one.why:
        whole["dct:description"] = one.why
    return whole if one.by is None else {**whole, "dpv:hasIndicationMethod": _METHOD}


def _between(consent: Consent) -> dict[str, str]:
    return {
        "@type": "dpv:TemporalDuration",
        "rdf:value": f"{consent.first_on.isoformat()}/{consent.last_on.isoformat()}",
    }


def _until(moment: datetime) -> dict[str, str]:
    return {"@type": "dpv:UntilTimeDuration", "rdf:value": _moment(moment)}


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


# --- file to value ---


def read(raw: bytes, catalogue: Catalogue) -> Receipt:
    """Return what a file says, or refuse (`consent.receipt`): only what prints back to itself is a receipt of ours."""
    if len(raw) > MOST_BYTES:
        raise _unreadable()
    try:
        made = _made(json.loads(raw, object_pairs_hook=_each_once))
        again = written(made, catalogue)
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError, Refusal) as cause:
        raise _unreadable() from cause
    if again != raw:
        raise _unreadable()
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
        by={name: by for by, name in _BY.items()}[said["dpv:isIndicatedBy"]],
        until=datetime.fromisoformat(times[0]) if times else None,
        unless=tuple(one["rdf:value"] for one in ends if one["@type"] == "dpv:UntilEventDuration"),
        why=said.get("dct:description", ""),
    )


def _unreadable() -> Refusal:
    return Refusal(
        "consent.receipt",
        "This file is no receipt of this register, or was changed.",
        next_step="Take the receipt again at the page of your answer, by its number.",
        authority="ISO/IEC TS 27560:2023 section 6.3",
    )
