# SPDX-License-Identifier: Apache-2.0
"""The closed vocabulary: every kind prints back to itself, and nothing outside it can be read or built (D13)."""

import json
from dataclasses import fields
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from beholden.ledger import entries, shapes
from beholden.ledger.entries import Entry
from beholden.ledger.shapes import shapes_of
from beholden.ledger.vocabulary import events, handovers, terms
from beholden.refusals import Refusal

AT = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
H = "ab" * 32
LOG = "paper.example/demo/handovers"
SET = {"n": 1000, "depth": 5, "root": H}
EVENTS = {"size": 12, "root": H}
REGISTRY = {"header": {"events": EVENTS, "log": LOG, "nonce": H, "vrf": H}, "id": "cd" * 16, "set": SET}
HEADER = {
    "decision": 11,
    "events": EVENTS,
    "gateway": "agreement",
    "items": H,
    "log": LOG,
    "mode": "include",
    "nonce": H,
    "population": "census/spring/2026",
    "purpose": "public-interest-study",
    "recipient": {"id": "org-1", "key": H},
    "registry": {"index": 0, "id": "cd" * 16, "root": H},
    "use": "U-2026-0001",
}
INTENT = {"header": HEADER, "id": "ef" * 16, "payload": H, "seq": 1, "set": SET}
RECOMPUTED = {"key": H, "n": 1000, "root": H, "signature": "ab" * 64}
DUTY = {key: value for key, value in HEADER.items() if key not in {"mode", "registry"}}
SIGNED = {"key": H, "signature": "ab" * 64}
SEALED = {
    "band": 64,
    "commitment": H,
    "opens_by": "2027-03-01",
    "power": "court_order",
    "regulator": H,
    "regulator_commitment": H,
    "second": SIGNED,
    "seq": 2,
}
DETAILS = {
    "header": {name: value for name, value in HEADER.items() if name not in {"decision", "use"}},
    "id": "ef" * 16,
    "payload": H,
    "power": "court_order",
    "reason": "missing_child",
    "set": {"n": 64, "depth": 1, "root": H},
}
BODIES = {
    ("handovers", "duty"): {"band": 4096, "header": DUTY, "id": "ef" * 16, "payload": H},
    ("handovers", "duty_outcome"): {"id": "ef" * 16, "outcome": "delivered"},
    ("handovers", "registry"): REGISTRY,
    ("handovers", "intent"): INTENT,
    ("handovers", "outcome"): {"id": "ef" * 16, "outcome": "delivered", "recomputed": RECOMPUTED, "seq": 1},
    ("handovers", "sealed"): SEALED,
    ("handovers", "seen"): {"regulator": SIGNED, "seq": 2},
    ("handovers", "extended"): {
        "opens_by": "2028-03-01",
        "regulator_commitment": H,
        "second": SIGNED,
        "seq": 2,
    },
    ("handovers", "unsealed"): {"details": DETAILS, "regulator": SIGNED, "salt": H, "seq": 2},
    ("handovers", "replayed"): {"agrees": True, "auditor": SIGNED, "id": "ef" * 16, "seq": 1},
    ("events", "catalogue"): {"hash": H},
    ("events", "announced"): {"base": H, "difference": H, "hash": H, "not_before": "2026-12-27T14:00:00Z"},
    ("events", "urgent"): {"band": 64, "late": 0, "month": "2026-11-01"},
    ("events", "singles"): {"band": 64, "root": H, "until": "2026-11-27T14:00:00Z"},
    ("events", "return"): {"band": 512, "commitment": H, "school": "school-4"},
    ("events", "use"): {
        "commitment": H,
        "exit": "match",
        "purpose": "welfare-fraud",
        "rule": "P7",
        "state": "refused",
        "use": "U-2026-0002",
    },
    ("events", "paper"): {"commitment": H, "paper": "direction", "use": "U-2026-0001"},
    ("events", "notice"): {"audience": 1500, "told": 1490, "use": "U-2026-0001"},
    ("events", "choices"): {"band": 64, "day": "2026-10-01", "root": H},
    ("events", "decision"): {
        "catalogue": H,
        "commitment": H,
        "left_out": 40,
        "released": 1450,
        "scope": 1500,
        "use": "U-2026-0001",
    },
    ("events", "untold"): {"count": None, "under": "dea-2017", "use": "U-2026-0001"},
    ("events", "roster"): {"commitment": H, "rows": 40, "rule": "run", "use": "U-2026-0001"},
    ("events", "linked"): {
        "agree_high": 100,
        "agree_low": 85,
        "by_number": 64,
        "by_people": 64,
        "by_values": 512,
        "decoys": 12,
        "decoys_accepted": 0,
        "known": 16,
        "known_right": 15,
        "lead": 10,
        "likely": 250,
        "looked_at": 64,
        "model": H,
        "sure": 990,
        "use": "U-2026-0001",
    },
    ("events", "linked_audit"): {
        "cut_short": 0,
        "false_high": 15,
        "false_low": 0,
        "several": 20,
        "unread": 0,
        "use": "U-2026-0001",
        "with_birth_date": 100,
        "with_number": 0,
        "with_postcode": 90,
    },
    ("events", "linked_year"): {
        "false_high": 7,
        "false_low": 0,
        "groups": [
            {
                "column": "sex",
                "false_high": 12,
                "false_low": 0,
                "group": "girls",
                "missed_high": None,
                "missed_low": None,
            }
        ],
        "lists": 14,
        "lost_high": 31,
        "lost_low": 4,
        "missed_high": 80,
        "missed_low": 11,
        "since": "2025-10-01",
        "until": "2026-10-01",
    },
    ("events", "opened"): {"before": None, "handovers": EVENTS},
    ("events", "redress"): {
        "band": 64,
        "corrections": H,
        "day": "2026-11-26",
        "due": 3,
        "kept": 2,
        "key": H,
        "messages": H,
        "sent": 3,
    },
    ("events", "table"): {
        "band": 4096,
        "catalogue": H,
        "commitment": H,
        "data": "pupils",
        "moment": "SC/SPR/2026",
        "policy": H,
        "release": "sc-spr-2026",
    },
    ("events", "table_withdrawn"): {"commitment": H, "data": "pupils", "release": "sc-spr-2026"},
    ("events", "contests"): {
        "band": 64,
        "contested": 20,
        "late": 0,
        "month": "2026-10-01",
        "reversed": 10,
        "root": H,
        "upheld": 0,
        "use": "U-2026-0001",
    },
    ("events", "incident"): {
        "band": 512,
        "commitment": H,
        "incident": "I-2026-0001",
        "state": "opened",
        "tell_by": "2026-11-30T09:00:00Z",
        "use": "U-2026-0001",
    },
}


def whole(log, kind, /, **changed):
    return {
        "at": "2026-11-23T09:30:00Z",
        "body": BODIES[log, kind],
        "kind": kind,
        "log": log,
        "v": 1,
        **changed,
    }


def refused(value, *, log="handovers", code=None):
    raw = value if isinstance(value, bytes) else rfc8785.dumps(value)
    with pytest.raises(Refusal) as caught:
        entries.parse(raw, log=log)
    assert code in (None, caught.value.code)
    return caught.value


def test_every_kind_is_tried_here():
    assert set(BODIES) == set(entries.KINDS)


@pytest.mark.parametrize(("log", "kind"), sorted(BODIES))
class TestEveryKind:
    def test_it_prints_back_to_itself(self, log, kind):
        raw = rfc8785.dumps(whole(log, kind))
        entry = entries.parse(raw, log=log)
        assert (entry.log, entry.kind, entry.at) == (log, kind, AT)
        assert entry.print() == raw
        assert entries.body(log, kind, BODIES[log, kind]) == entry.body

    def test_it_stands_in_one_log_only(self, log, kind):
        other = "events" if log == "handovers" else "handovers"
        refused(whole(log, kind), log=other)
        refused(whole(log, kind, log=other), log=other)

    def test_every_field_is_needed_and_no_other_is_known(self, log, kind):
        body = BODIES[log, kind]
        for missing in body:
            refused(whole(log, kind, body={name: body[name] for name in body if name != missing}), log=log)
        refused(whole(log, kind, body={**body, "note": "x"}), log=log, code="ledger.shape")

    def test_no_field_takes_another_type(self, log, kind):
        body = BODIES[log, kind]
        for name in body:
            for wrong in (True, "", "Ada Byron", -1, [], {}, "x" * 100, [body[name]]):
                a_list_of_none = wrong == [] and isinstance(body[name], list)  # of the same type
                if wrong is not body[name] and not a_list_of_none:
                    refused(whole(log, kind, body={**body, name: wrong}), log=log, code="ledger.shape")

    def test_no_field_takes_a_fraction(self, log, kind):
        body = BODIES[log, kind]
        for name in body:
            refused(whole(log, kind, body={**body, name: 1.5}), log=log, code="ledger.not_canonical")

    def test_its_schema_names_the_same_fields(self, log, kind):
        schema = entries.schemas()[f"{log}/{kind}"]["properties"]["body"]
        assert set(schema["required"]) == set(schema["properties"]) == set(BODIES[log, kind])
        assert schema["additionalProperties"] is False
        json.dumps(schema)


@pytest.mark.parametrize("count", range(1, 10))
def test_a_count_of_one_to_nine_cannot_be_said(count):
    """D13, ARCHITECTURE section 5: it would point at somebody."""
    refused(whole("handovers", "registry", body={**REGISTRY, "set": {**SET, "n": count}}))
    refused(whole("events", "decision", body={**BODIES["events", "decision"], "scope": count}), log="events")
    with pytest.raises(Refusal):
        terms.ListOf(depth=0, n=count, root=bytes(32))


@pytest.mark.parametrize("rows", [64, 512, 4096, 0, None])
def test_a_recipients_word_cannot_say_how_many_rows(rows):
    """Not even as a band: of 70 in the scope, a band of 64 says that at least six were left out (D13)."""
    said = {**BODIES["handovers", "outcome"], "recomputed": {**RECOMPUTED, "rows": rows}}
    refused(whole("handovers", "outcome", body=said), code="ledger.shape")


@pytest.mark.parametrize("exact", [1459, 1460, 41, 63])
def test_returns_are_banded_and_decisions_in_tens(exact):
    """An exact number beside the exact scope would count the refusals (D13)."""
    refused(whole("events", "return", body={**BODIES["events", "return"], "band": exact}), log="events")
    if exact % 10:
        for name in ("released", "left_out"):
            body = {**BODIES["events", "decision"], name: exact}
            refused(whole("events", "decision", body=body), log="events")


def test_bands_and_tens():
    assert [terms.band(count) for count in (0, 64, 65, 1460, 9_000_000)] == [64, 64, 512, 4096, 16_777_216]
    assert [terms.tens(count) for count in (0, 9, 10, 1459)] == [0, 0, 10, 1450]
    for count in (-1, shapes.BANDS[-1] + 1):
        with pytest.raises(Refusal):
            terms.band(count)


@pytest.mark.parametrize(
    "at",
    [
        "2026-11-23T09:30:00+00:00",
        "2026-11-23T09:30:00.000Z",
        "2026-11-23 09:30:00Z",
        "2026-11-23T09:30Z",
        "2026-02-30T09:30:00Z",
        "2026-11-23T9:30:00Z",
        "26-11-23T09:30:00Z",
        " 2026-11-23T09:30:00Z",
        "２026-11-23T09:30:00Z",
        1764000000,
        None,
    ],
)
def test_an_instant_has_one_spelling(at):
    refused(whole("handovers", "registry", at=at), code="ledger.shape")


@pytest.mark.parametrize(
    "at",
    [
        AT.replace(tzinfo=None),
        AT.replace(microsecond=1),
        AT.astimezone(timezone(timedelta(hours=1))),
        date(2026, 11, 23),
    ],
)
def test_an_entry_is_not_built_with_another_instant(at):
    with pytest.raises(Refusal):
        Entry(at=at, body=entries.body("events", "catalogue", {"hash": H}))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda raw: raw + b"\n",
        lambda raw: b" " + raw,
        lambda raw: raw.replace(b":", b": ", 1),
        lambda raw: raw.replace(b'"at"', b'"\\u0061t"'),
        lambda raw: raw.replace(b'"v":1', b'"v":1.0'),
        lambda raw: raw.replace(b'"v":1', b'"v":1,"v":1'),
        lambda raw: b"\xef\xbb\xbf" + raw,
        lambda raw: raw.decode().encode("utf-16"),
        lambda raw: raw.replace(b'"v":1', b'"v":true'),
        lambda raw: raw.replace(b'"v":1', b'"v":2'),
        lambda raw: raw.replace(b'"n":1000', b'"n":NaN'),
        lambda raw: raw.replace(b'"n":1000', b'"n":-0'),
        lambda raw: raw.replace(b'"n":1000', b'"n":1' + b"0" * 5000),
        lambda raw: raw.replace(b'"n":1000', b'"n":"\\ud800"'),
        lambda raw: raw[:-1],
        lambda _: b"",
        lambda _: b"[]",
        lambda _: b"null",
        lambda _: b"[" * 100_000,
        lambda _: b"[" * 20_000 + b"]" * 20_000,
        lambda _: b'"' + b"x" * 70_000 + b'"',
    ],
)
def test_a_second_spelling_is_refused_without_a_traceback(spoil):
    raw = rfc8785.dumps(whole("handovers", "registry"))
    assert spoil(raw) != raw
    refused(spoil(raw))


@pytest.mark.parametrize("use", ["U-2026-0001 Ada", "Ada Byron", "", "-x", "a\n", "ü", "x" * 65, "<b>"])
def test_a_code_holds_no_sentence(use):
    refused(whole("events", "notice", body={**BODIES["events", "notice"], "use": use}), log="events")


def test_a_refusal_never_quotes_what_stood_there():
    body = {**BODIES["events", "notice"], "use": "Ada Byron"}
    refusal = refused(whole("events", "notice", body=body), log="events")
    assert "Ada" not in refusal.sentence + str(refusal)
    assert "noticegiven.use" in refusal.sentence


def test_nothing_can_be_built_that_could_not_be_read():
    with pytest.raises(Refusal):
        events.CatalogueSet(hash=b"short")
    with pytest.raises(Refusal):
        events.CatalogueSet(hash=H)
    with pytest.raises(Refusal):
        events.ChoicesOfDay(band=64, day=AT, root=bytes(32))
    with pytest.raises(Refusal):
        handovers.Registry(header=None, id=bytes(16), set=None)


def test_unknown_kinds_are_refused():
    for kind in ("sealed", "", None, 1, ["intent"]):
        refused(whole("handovers", "intent", kind=kind))


def test_an_entry_fits_its_tile():
    with pytest.raises(Refusal):
        entries.parse(b"x" * 65_536, log="events")


def test_fields_stand_in_order_and_each_has_a_shape():
    for cls in entries.KINDS.values():
        assert set(shapes_of(cls)) == {each.name for each in fields(cls)}


def test_items_and_keys_are_named_by_their_digest():
    assert terms.items_digest(("b", "a")) == terms.items_digest(("a", "b"))
    assert terms.items_digest(("a",)) != terms.items_digest(("a", "b"))
    assert len(terms.recipient_key_hash(bytes(32))) == 32


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda x: st.lists(x) | st.dictionaries(st.text(), x),
    )
)
def test_arbitrary_json_is_refused_or_prints_back(value):
    raw = json.dumps(value).encode()
    for log in ("handovers", "events"):
        refused(raw, log=log)


@given(st.binary(max_size=200))
def test_arbitrary_bytes_are_refused(raw):
    refused(raw)
