# SPDX-License-Identifier: Apache-2.0
"""A receipt of consent as a file: every field that ISO/IEC TS 27560 asks for, and nothing that it must not say (D12-D14)."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from beholden.catalogue import dpv, load
from beholden.choices.consent import receipt as said
from beholden.choices.consent.asking import asked, consent_of
from beholden.choices.consent.receipt import Controller, Notice, Receipt, State, Word, events
from beholden.choices.consent.receipt_file import written
from beholden.choices.consent.standing import Giver, No, Terms, Yes, stands
from beholden.kinds import PersonId, UseRef
from house.planting import REPOSITORY
from receipt_reader import NoReceiptError, counts, read

ENGLAND = load()
SCHEMA = json.loads((REPOSITORY / "docs/reference/consent-receipt.schema.json").read_text("utf-8"))
JUDGE = Draft202012Validator(SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER)
MOST = timedelta(days=ENGLAND.limits.consent_days)
FIRST = datetime(2027, 3, 1, 9, tzinfo=UTC)
CONSENT = consent_of(
    "health-linkage-study",
    recipient=("University of Northford", "England"),
    processors=(("Datahouse", "Wales"),),
    items=("nc_year", "sen_provision"),
    first_on=date(2027, 4, 1),
    last_on=date(2028, 3, 31),
    catalogue=ENGLAND,
)
KEEPER = Controller("The keeper", "Freepost RECORDS", "0800 000 0000", "https://records.example/")
IDS = tuple(f"00000000-0000-4000-8000-00000000000{n}" for n in range(3))


def made(*words, at=FIRST + timedelta(days=90), of_age_since=None, **changed):
    happened = events(words, CONSENT, most=MOST, of_age_since=of_age_since, at=at)
    one = Receipt(
        *IDS,
        created=at,
        asked=asked(UseRef("U-2027-0001"), CONSENT, ENGLAND, at=FIRST - timedelta(days=9)),
        where="In our locked reading room.",
        controller=KEEPER,
        notice=Notice(17, "ab" * 32),
        events=happened,
    )
    return replace(one, **changed)


def yes(days=0, giver=Giver.GUARDIAN):
    return Word(is_yes=True, giver=giver, at=FIRST + timedelta(days=days))


def no(days=0, back=None, giver=Giver.GUARDIAN):
    at = FIRST + timedelta(days=days)
    return Word(
        is_yes=False, giver=giver, at=at, back_from=None if back is None else at + timedelta(days=back)
    )


WORLDS = {
    "given": (yes(),),
    "refused": (no(),),
    "withdrawn": (yes(), no(40)),
    "taken back, and given again": (no(), yes(20)),
    "hers": (yes(giver=Giver.SELF),),
    "undone": (no(back=7),),
}


def whole(one):
    return json.loads(written(one, ENGLAND))


@pytest.mark.parametrize("name", WORLDS)
def test_every_field_that_the_standard_requires_is_there(name):
    """ISO/IEC TS 27560:2023 by section 7.2 of the DPVCG guide: each mandatory field, in the DPV term for it."""
    file = whole(made(*WORLDS[name]))
    (record,) = file["dpv:hasRecordOfActivity"]
    (process,), (notice,) = record["dpv:hasProcess"], record["dpv:hasNotice"]
    storage = {one["@type"]: one for one in process["dpv:hasStorageCondition"]}
    required = {
        "schema version": file["dct:conformsTo"],
        "schema version of the record": record["dct:conformsTo"],
        "receipt id": file["dct:identifier"],
        "record id": record["dct:identifier"],
        "pii principal id": record["dpv:hasDataSubject"]["dct:identifier"],
        "privacy notice": notice["dct:identifier"],
        "language": notice["dct:language"],
        "purpose": process["dpv:hasPurpose"][0]["skos:broader"],
        "pii information": process["dpv:hasPersonalData"],
        "pii type": [one["skos:broader"] for one in process["dpv:hasPersonalData"]],
        "pii controllers": process["dpv:hasDataController"],
        "storage locations": storage["dpv:StorageLocation"]["dpv:hasLocation"],
        "retention period": storage["dpv:StorageDuration"]["dpv:hasDuration"]["rdf:value"],
        "jurisdiction": process["dpv:hasJurisdiction"],
        "recipient third parties": process["dpv:hasRecipient"],
        "withdrawal method": process["dpv:hasConsentControl"][0]["dpv:isExercisedAt"],
        "privacy rights": process["dpv:hasRight"],
    }
    assert all(required.values()), required
    for party in record["dpv:hasEntity"]:  # party id, name, role, contact, address
        assert all(
            party[term]
            for term in ("dpv:hasIdentifier", "dpv:hasName", "@type", "dpv:hasContact", "dpv:hasAddress")
        )
    named = {party["@id"] for party in record["dpv:hasEntity"]}
    assert {*process["dpv:hasDataController"], *process["dpv:hasRecipient"]} == named
    for event in record[
        "dpv:hasConsentStatus"
    ]:  # event time, duration, entity, state; its type is the legal basis
        assert all(
            event[term] for term in ("dpv:isIndicatedAtTime", "dpv:hasDuration", "dpv:isIndicatedBy", "@type")
        )
    assert process["dpv:hasLegalBasis"] == ["dpv:ExplicitlyExpressedConsent"]


@pytest.mark.parametrize("name", WORLDS)
def test_it_is_valid_by_the_schema_that_we_publish_and_reads_back_to_itself(name):
    one = made(*WORLDS[name])
    raw = written(one, ENGLAND)
    JUDGE.validate(json.loads(raw))
    assert read(raw, ENGLAND) == one


def test_the_schema_is_one_and_refuses_what_is_missing():
    Draft202012Validator.check_schema(SCHEMA)
    file = whole(made(yes()))
    for key in SCHEMA["required"]:
        assert not JUDGE.is_valid({name: value for name, value in file.items() if name != key}), key
    (record,) = file["dpv:hasRecordOfActivity"]
    for key in SCHEMA["$defs"]["record"]["required"]:
        without = {name: value for name, value in record.items() if name != key}
        assert not JUDGE.is_valid(file | {"dpv:hasRecordOfActivity": [without]}), key
    assert not JUDGE.is_valid(file | {"name": "Maya"})


def test_one_purpose_and_each_recipient_with_its_country():
    """D12: the file cannot hold a second purpose, and every name has a country, also of who works for another."""
    (record,) = whole(made(yes()))["dpv:hasRecordOfActivity"]
    (process,) = record["dpv:hasProcess"]
    assert process["dpv:hasPurpose"][0]["dct:identifier"] == "health-linkage-study"
    assert process["dpv:hasPurpose"][0]["skos:broader"] == [
        "dpv:NonCommercialResearch",
        "dpv:ScientificResearch",
    ]
    assert [
        (party["dpv:hasName"], party["dpv:hasAddress"]["@id"]) for party in record["dpv:hasEntity"][1:]
    ] == [("University of Northford", "loc:GB-ENG"), ("Datahouse", "loc:GB-WLS")]
    assert process["dpv:hasJurisdiction"] == ["loc:GB"]


@pytest.mark.parametrize(
    ("words", "of_age", "states"),
    [
        ((yes(),), None, [State.GIVEN]),
        ((no(),), None, [State.REFUSED]),
        ((yes(), no(40)), None, [State.GIVEN, State.WITHDRAWN]),
        ((yes(),), 50, [State.GIVEN, State.EXPIRED]),
        ((yes(giver=Giver.SELF),), 50, [State.GIVEN]),
        ((yes(), no(40)), 50, [State.GIVEN, State.WITHDRAWN]),
        ((yes(), no(60)), 50, [State.GIVEN, State.EXPIRED, State.WITHDRAWN]),
    ],
)
def test_what_happened_in_its_order(words, of_age, states):
    """D14: given, withdrawn, ended by age."""
    since = None if of_age is None else FIRST + timedelta(days=of_age)
    assert [one.state for one in made(*words, of_age_since=since).events] == states


def test_a_yes_ends_with_its_last_day():
    late = datetime(2029, 1, 1, tzinfo=UTC)
    given, over = made(yes(), at=late).events
    assert (over.state, over.why, over.at, given.until) == (
        State.EXPIRED,
        said.TERM_OVER,
        datetime(2028, 4, 1, tzinfo=UTC),
        datetime(2028, 4, 1, tzinfo=UTC),
    )


def test_a_judgement_and_another_adults_no_are_conditions_in_every_file():
    """D13, D15: nobody can tell from a receipt whether they came to pass."""
    (event,) = made(yes()).events
    assert event.unless == (said.ANY_NO, said.CHILD_DECIDES)


@given(
    st.lists(
        st.tuples(st.booleans(), st.integers(0, 500), st.sampled_from((None, 7, 30))), min_size=1, max_size=5
    ),
    st.sampled_from(tuple(Giver)),
    st.none() | st.integers(0, 500),
    st.integers(0, 600),
)
def test_what_it_says_is_what_the_gate_weighs(words, giver, of_age, moment):
    """D12, D14: for one adult's own words, the file counts exactly when `stands` does and no no of theirs stands."""
    at, person = FIRST + timedelta(days=moment), PersonId(PersonId.__supertype__(int=1))
    said_so = [
        yes(days, giver) if is_yes else no(days, back, giver)
        for is_yes, days, back in words
        if days <= moment
    ]
    if not said_so:
        return
    since = None if of_age is None else FIRST + timedelta(days=of_age)
    if giver is Giver.SELF:
        since = datetime(2027, 1, 1, tzinfo=UTC)  # her own yes is given when she decides, or not at all
    one = made(*said_so, at=at, of_age_since=since)
    noes = [No(person, "a", word.at, 0) for word in said_so if not word.is_yes]
    terms = Terms("x", CONSENT.first_on, CONSENT.last_on, MOST)
    standing = any(
        stands(Yes(person, "a", giver, "x", word.at, 0), noes, terms, decides_since=since, at=at)
        for word in said_so
        if word.is_yes
    )
    kept_out = any(not word.is_yes and (word.back_from is None or word.back_from > at) for word in said_so)
    assert counts(one, at) == (standing and not kept_out)
    assert read(written(one, ENGLAND), ENGLAND) == one


@given(st.data())
def test_what_was_changed_is_refused(data):
    raw = written(made(yes(), no(40)), ENGLAND)
    place = data.draw(st.integers(0, len(raw) - 1))
    put = data.draw(st.binary(max_size=2).filter(lambda new: new != raw[place : place + 1]))
    changed = raw[:place] + put + raw[place + 1 :]
    try:
        found = read(changed, ENGLAND)
    except NoReceiptError:
        pass
    else:  # another value in the place of one: still a whole receipt, and not this one
        assert found != made(yes(), no(40))
        assert written(found, ENGLAND) == changed


@pytest.mark.parametrize("raw", [b"", b"{}", b"[]", b"null", b"\xff", b"[" * 100_000])
def test_no_receipt_at_all_is_refused(raw):
    with pytest.raises(NoReceiptError):
        read(raw, ENGLAND)


@pytest.mark.parametrize("pack", ["england", "us"])
def test_every_country_and_asked_purpose_of_a_pack_has_its_term(pack):
    catalogue = load(pack)
    assert all(dpv.place(country) for country in catalogue.consents.countries)
    assert all(dpv.purpose(code) != ("dpv:Purpose",) for code in catalogue.consents.asks)
    assert dpv.jurisdiction(catalogue.consents.countries) == {"england": "loc:GB", "us": "loc:US"}[pack]
