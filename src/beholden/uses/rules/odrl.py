# SPDX-License-Identifier: Apache-2.0
"""Says an agreement in ODRL 2.2, for machines that know no English. No clock, no database.

ODRL Information Model 2.2 (W3C Recommendation of 15 February 2018): an *Agreement* has one uid, one assigner, one
assignee and at least one rule; a rule has an action and a target; a *Constraint* has a leftOperand, an operator and a
rightOperand. Terms are those of the ODRL Vocabulary 2.2 under the context `http://www.w3.org/ns/odrl.jsonld`; the right
operand of *spatial* is an IRI, that of *dateTime* an xsd:date. Public facts only.
"""

from datetime import date, timedelta
from typing import Any
from urllib.parse import quote

from beholden.uses.rules.agreement import Terms

CONTEXT = "http://www.w3.org/ns/odrl.jsonld"
FORBIDDEN = ("distribute", "transfer", "sell", "give", "grantUse")
"""Passing on, under every name that the vocabulary has for it. What it has no action for stands in the text alone."""


def odrl(terms: Terms, *, base: str) -> dict[str, Any]:
    """Return the agreement as an ODRL policy in JSON-LD. `base` is this register's public address, ending in `/`."""
    target, recipient = f"{base}uses/{terms.use}/records", f"{base}organisations/{terms.recipient.ref}"
    keeper = f"{base}organisations/{terms.keeper.ref}"
    wiped_by = terms.ends_on + timedelta(days=terms.destruction_days)
    countries = [_named(f"{base}countries/{quote(country, safe='')}") for country in terms.territory]
    return {
        "@context": CONTEXT,
        "@type": "Agreement",
        "uid": f"{base}uses/{terms.use}/agreement",
        "assigner": keeper,
        "assignee": recipient,
        "conflict": "prohibit",
        "permission": [
            {
                "target": target,
                "action": "use",
                "constraint": [
                    _constraint("purpose", "eq", _named(f"{base}purposes/{terms.purpose}")),
                    _constraint("dateTime", "gteq", _day(terms.starts_on)),
                    _constraint("dateTime", "lteq", _day(terms.ends_on)),
                    _constraint("spatial", "isAnyOf", countries),
                ],
            }
        ],
        "prohibition": [{"target": target, "action": action} for action in FORBIDDEN],
        "obligation": [
            {
                "target": target,
                "action": "delete",
                "constraint": [_constraint("dateTime", "lteq", _day(wiped_by))],
            },
            {"target": target, "action": "inform", "informedParty": keeper},
        ],
    }


def _constraint(left: str, operator: str, right: object) -> dict[str, object]:
    return {"leftOperand": left, "operator": operator, "rightOperand": right}


def _named(iri: str) -> dict[str, str]:
    return {"@id": iri}


def _day(day: date) -> dict[str, str]:
    return {"@value": day.isoformat(), "@type": "xsd:date"}
