# SPDX-License-Identifier: Apache-2.0
"""The agreement's export is a well-formed ODRL 2.2 Agreement, in the vocabulary's own terms. D25.

The rules are those of the ODRL Information Model 2.2 (W3C Recommendation, 15 February 2018), sections Policy, Agreement
Class, Rule, Permission, Prohibition and Constraint; the terms are read off the ODRL Vocabulary 2.2 (ODRL22.jsonld).
"""

import json
import re
from dataclasses import fields, replace
from datetime import date, timedelta

import pytest

from beholden.uses.rules.agreement import Party
from beholden.uses.rules.odrl import odrl
from unit.uses.test_uses_agreement import TERMS

BASE = "https://register.example/"
ACTIONS = {
    *(
        "use",
        "grantUse",
        "aggregate",
        "annotate",
        "anonymize",
        "archive",
        "concurrentUse",
        "derive",
        "digitize",
    ),
    *("display", "distribute", "execute", "extract", "give", "index", "install", "modify", "move", "play"),
    *("present", "print", "read", "reproduce", "sell", "stream", "textToSpeech", "transfer", "transform"),
    *("translate", "acceptTracking", "attribute", "compensate", "delete", "ensureExclusivity", "include"),
    *("inform", "nextPolicy", "obtainConsent", "reviewPolicy", "uninstall", "watermark"),
}
LEFT_OPERANDS = {
    *("absolutePosition", "absoluteSpatialPosition", "absoluteTemporalPosition", "absoluteSize", "count"),
    *(
        "dateTime",
        "delayPeriod",
        "deliveryChannel",
        "elapsedTime",
        "event",
        "fileFormat",
        "industry",
        "language",
    ),
    *(
        "media",
        "meteredTime",
        "payAmount",
        "percentage",
        "product",
        "purpose",
        "recipient",
        "relativePosition",
    ),
    *("relativeSpatialPosition", "relativeTemporalPosition", "relativeSize", "resolution", "spatial"),
    *("spatialCoordinates", "systemDevice", "timeInterval", "unitOfCount", "version", "virtualLocation"),
}
OPERATORS = {
    "eq",
    "gt",
    "gteq",
    "lt",
    "lteq",
    "neq",
    "isA",
    "hasPart",
    "isPartOf",
    "isAllOf",
    "isAnyOf",
    "isNoneOf",
}
POLICY = {
    *(
        "@context",
        "@type",
        "uid",
        "profile",
        "inheritFrom",
        "conflict",
        "permission",
        "prohibition",
        "obligation",
    ),
    *("assigner", "assignee", "target", "action"),
}
RULE = {
    *("uid", "target", "action", "constraint", "assigner", "assignee", "duty", "remedy", "consequence"),
    *("informedParty", "informingParty"),
}
CONSTRAINT = {
    "leftOperand",
    "operator",
    "rightOperand",
    "rightOperandReference",
    "dataType",
    "unit",
    "status",
}


@pytest.fixture
def policy():
    return json.loads(json.dumps(odrl(TERMS, base=BASE)))


def rules(policy, *kinds):
    return [rule for kind in kinds or ("permission", "prohibition", "obligation") for rule in policy[kind]]


def is_iri(value):
    return (
        isinstance(value, str)
        and re.fullmatch(r"https://register\.example/[A-Za-z0-9._~/%-]+", value) is not None
    )


def test_an_agreement_has_one_name_and_two_parties(policy):
    """*An ODRL Policy of subclass Agreement MUST have one assigner and one assignee*; a Policy MUST have one uid."""
    assert policy["@context"] == "http://www.w3.org/ns/odrl.jsonld"
    assert policy["@type"] == "Agreement"
    assert all(is_iri(policy[name]) for name in ("uid", "assigner", "assignee"))
    assert policy["assigner"] != policy["assignee"]


def test_every_term_is_one_of_the_vocabularys(policy):
    assert set(policy) <= POLICY
    for rule in rules(policy):
        assert set(rule) <= RULE
        assert rule["action"] in ACTIONS
        for constraint in rule.get("constraint", ()):
            assert set(constraint) <= CONSTRAINT
            assert constraint["leftOperand"] in LEFT_OPERANDS
            assert constraint["operator"] in OPERATORS


def test_every_rule_has_an_action_and_a_target(policy):
    """*A Rule MUST have one action*; *a Permission (a Prohibition) MUST have one target property value*."""
    assert rules(policy, "permission")
    for rule in rules(policy):
        assert isinstance(rule["action"], str)
        assert is_iri(rule["target"])


def test_every_constraint_has_its_three_parts_of_the_right_kind(policy):
    """*Right operand value* of dateTime *MUST be an xsd:date or xsd:dateTime*; for spatial *an IRI MUST be used*."""
    for rule in rules(policy):
        for constraint in rule.get("constraint", ()):
            right = constraint["rightOperand"]
            match constraint["leftOperand"]:
                case "dateTime":
                    assert right["@type"] == "xsd:date"
                    assert date.fromisoformat(right["@value"])
                case "spatial":
                    assert constraint["operator"] == "isAnyOf"
                    assert right
                    assert all(is_iri(one["@id"]) for one in right)
                case "purpose":
                    assert is_iri(right["@id"])


def test_it_says_what_the_agreement_says(policy):
    """D25: time limit, territory, purpose, destruction, and nothing onward."""
    (permission,) = policy["permission"]
    said = {(one["leftOperand"], one["operator"]): one["rightOperand"] for one in permission["constraint"]}
    assert said["purpose", "eq"] == {"@id": f"{BASE}purposes/{TERMS.purpose}"}
    assert said["dateTime", "gteq"]["@value"] == TERMS.starts_on.isoformat()
    assert said["dateTime", "lteq"]["@value"] == TERMS.ends_on.isoformat()
    assert [one["@id"].rsplit("/", 1)[1] for one in said["spatial", "isAnyOf"]] == list(TERMS.territory)
    assert {rule["action"] for rule in policy["prohibition"]} >= {
        "distribute",
        "transfer",
        "sell",
        "grantUse",
    }
    wiped = next(rule for rule in policy["obligation"] if rule["action"] == "delete")
    (until,) = wiped["constraint"]
    last = TERMS.ends_on + timedelta(days=TERMS.destruction_days)
    assert (until["operator"], until["rightOperand"]["@value"]) == ("lteq", last.isoformat())
    assert policy["conflict"] == "prohibit", "where two rules meet, the stricter one holds"


def test_no_answer_of_the_applicant_reaches_it():
    """Public facts only: no typed text can put a term of its own into the policy."""
    trick = '"}], "permission": [{"action": "sell'
    changed = {
        one.name: trick for one in fields(TERMS) if one.name in {"title", "purpose_label", "population"}
    }
    told = replace(TERMS, **changed, conditions=(trick,), items=((trick, trick, trick),))
    assert odrl(told, base=BASE) == odrl(TERMS, base=BASE)


def test_a_country_with_a_space_is_still_an_iri():
    spaced = replace(
        TERMS, territory=("New Zealand", "Côte d'Ivoire"), recipient=Party("a", "A", "New Zealand")
    )
    (permission,) = odrl(spaced, base=BASE)["permission"]
    (spatial,) = [one for one in permission["constraint"] if one["leftOperand"] == "spatial"]
    assert all(is_iri(one["@id"]) for one in spatial["rightOperand"])
