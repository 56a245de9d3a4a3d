# SPDX-License-Identifier: Apache-2.0
"""Writes a receipt as a file for machines: ISO/IEC TS 27560:2023 in the words of W3C DPV. No clock.

Follows *Consent Records and Receipts as per ISO/IEC TS 27560:2023 using DPV* (W3C DPVCG, 15 February 2026); numbers in
brackets are its sections. It names no person, holds no fact about one, and not the number under which the answer can
be changed.
"""

import json
from datetime import UTC, datetime
from typing import Any

from beholden.catalogue import Catalogue, dpv
from beholden.choices.consent.receipt import Event, Receipt, midnight_after
from beholden.choices.consent.sentence import Body, Consent
from beholden.choices.consent.standing import Giver

SCHEMA = "https://w3id.org/dpv/schema/dpv-27560#"
MEDIA_TYPE = "application/ld+json"
LANGUAGE = "en"


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


BY = {
    Giver.GUARDIAN: "dpv:GuardianOfDataSubject",
    Giver.SELF: "dpv:DataSubject",
    None: _KEEPER,
}
"""Who indicated an event; what ends by itself, the keeper says."""

_METHOD = "Pressed in the letter's pages."


def _event(one: Event) -> dict[str, Any]:
    ends = [] if one.until is None else [_until(one.until)]
    ends += [{"@type": "dpv:UntilEventDuration", "rdf:value": said} for said in one.unless]
    whole = {
        "@type": one.state.value,
        "dpv:hasDuration": ends or [{"@type": "dpv:EndlessDuration"}],
        "dpv:isIndicatedAtTime": _moment(one.at),
        "dpv:isIndicatedBy": BY[one.by],
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
