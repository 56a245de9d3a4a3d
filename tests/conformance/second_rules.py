# SPDX-License-Identifier: Apache-2.0
"""The rest of the second verifier: how strictly it reads, what may follow what, and what its reader gives it beside.

Written from docs/explanation/proofs.md and the published JSON Schemas alone; like `test_second_reader.py` it shares no
code with the product, and names no step.
"""

import base64
import json
import re
from datetime import date, datetime
from functools import cache
from pathlib import Path

import rfc8785
from jsonschema import Draft202012Validator

import vrf_twin
from conformance.test_second_reader import (
    must,
    read_log,
    second_audits,
    second_hearing,
    second_reader,
    second_seals,
    second_seen,
    sha,
)

SCHEMAS = Path(__file__).resolve().parents[2] / "docs/reference/schemas/entry-1"


def second_answer(raw, *, key=None, number=None, policy=None, earlier=None):
    """Return what a file shows to a reader who gives all this beside it, in the names that vectors use."""
    bundle = strictly(raw)
    must(key is None or key == bundle["vkey"])
    public = vrf_twin.read(base64.b64decode(bundle["vkey"].split("+", 2)[2])[1:])
    must(public is not None and vrf_twin.times(8, public) != vrf_twin.NOBODY)
    seen = None if policy is None else second_seen(raw, policy)
    log = [entry_of(one) for one in bundle["handovers"]["entries"]]
    followed(bundle["vkey"].split("+")[0], log)
    place = bundle["place"]
    must(place is None or place["proof"] is None or sound(bytes.fromhex(place["proof"])))
    opened = [one["entry"] for one in bundle["registry"]]
    must(opened == sorted({*opened}))
    shown = second_reader(raw, number)
    if earlier is not None:
        continues(bundle, earlier, key)
    agreed = {seq for seq, holds in second_hearing(raw).items() if holds}
    audits = second_audits(read_log(bundle)[1])
    return {
        "A": [seq for seq in of(shown, "not in") if seq in audits and all(audits[seq].values())],
        "K": len(shown),
        "P": of(shown, "in"),
        "Q": of(shown, "not in"),
        "R": [seq for seq in of(shown, "not in") if seq in agreed],
        "S": of(shown, "sealed"),
        "U": of(shown, "not shown"),
        "continues_earlier_file": earlier is not None,
        "log": bundle["vkey"].split("+")[0],
        "log_key_given": key is not None or policy is not None,
        "log_key_number": in_groups(b"beholden/vkey/v1\n" + bundle["vkey"].encode()),
        "place_by_number": number is not None and place is not None,
        "place_number": place and in_groups(b"beholden/seed/v1\n" + stands(bundle)),
        "same_place_as_earlier_file": earlier is not None and json.loads(earlier)["place"] is not None,
        "until": log[-1]["at"] if log else None,
        "witnessed_by": seen,
    }


def of(shown, standing):
    return sorted(seq for seq, found in shown.items() if found == standing)


def in_groups(raw):
    digits = sha(raw).hex()[:32]
    return " ".join(digits[at : at + 4] for at in range(0, 32, 4))


def stands(bundle):
    """The place a file names; what a proof speaks of, whether or not anybody typed a number."""
    one = bundle["place"]
    if one is None or one["drawn"]:
        return one and bytes.fromhex(one["drawn"])
    return vrf_twin.output(vrf_twin.read(bytes.fromhex(one["proof"])[:32]))[:32]


def strictly(raw):
    """Read the file by the layout of the specification, which has no optional field and one spelling."""
    bundle = json.loads(raw)
    must(rfc8785.dumps(bundle) == raw)
    nothing = type(None)
    exactly(bundle, format=str, handovers=dict, place=(dict, nothing), proofs=list, registry=list, vkey=str)
    must(bundle["format"] == "beholden/bundle/v2")
    exactly(bundle["handovers"], checkpoint=str, entries=list)
    must(all(type(entry) is str for entry in bundle["handovers"]["entries"]))
    if bundle["place"] is not None:
        exactly(bundle["place"], drawn=(str, nothing), proof=(str, nothing))
        in_hexadecimal(bundle["place"], drawn=32, proof=80)
    for one in bundle["proofs"]:
        exactly(one, bucket=str, entry=int, path=str)
        in_hexadecimal(one)
    for one in bundle["registry"]:
        exactly(one, bucket=str, entry=int, path=str, y=str)
        in_hexadecimal(one, y=32)
    return bundle


def exactly(value, **fields):
    must(type(value) is dict and {*value} == {*fields})
    for name, kinds in fields.items():
        must(type(value[name]) in (kinds if isinstance(kinds, tuple) else (kinds,)))


def in_hexadecimal(value, **lengths):
    for name, held in value.items():
        if type(held) is str:
            must(re.fullmatch("([0-9a-f]{2})*", held))
            must(name not in lengths or len(held) == 2 * lengths[name])


@cache
def schema(kind):
    path = SCHEMAS / "handovers" / f"{kind}.json"
    must(path.is_file())
    return Draft202012Validator(json.loads(path.read_text("utf-8")))


def entry_of(text):
    """Read one entry: of a published kind, by its schema, in its one spelling, of days that there are."""
    must(len(text.encode()) <= 65_535)
    entry = json.loads(text)
    must(type(entry) is dict and re.fullmatch("[a-z_]+", str(entry.get("kind"))))
    must(schema(entry["kind"]).is_valid(entry) and rfc8785.dumps(entry) == text.encode())
    datetime.strptime(entry["at"], "%Y-%m-%dT%H:%M:%SZ")  # noqa: DTZ007  it asks whether there is such a moment
    if "opens_by" in entry["body"]:
        date.fromisoformat(entry["body"]["opens_by"])
    return entry


def followed(origin, log):
    """Step 5, what may follow what; and step 8, for lists that the file does not show too."""
    ids, duties, events, said, told, vrf = {}, set(), {}, {}, {}, set()
    openings = second_seals(origin, log)
    for at, (kind, body) in enumerate((one["kind"], one["body"]) for one in log):
        fixed = openings[at]["details"] if at in openings else body
        if "header" in fixed:
            header = fixed["header"]
            state = header["events"]
            must(events.setdefault(state["size"], state["root"]) == state["root"])
            must("decision" not in header or header["decision"] < state["size"])
            vrf |= {header["vrf"]} if "vrf" in header else set()
        if "set" in fixed:
            n = fixed["set"]["n"]
            must(fixed["set"]["depth"] == (max(n - 1, 0) // 32).bit_length())
        match kind:
            case "intent":
                ids[body["seq"]] = body["id"]
            case "unsealed":
                ids[body["seq"]] = fixed["id"]
            case "duty":
                duties.add(body["id"])
            case "outcome":
                must(ids.get(body["seq"]) == body["id"])
                must(body["recomputed"] is None or body["outcome"] == "delivered")
                now = (body["outcome"], body["recomputed"] is not None)
                before = said.get(body["seq"])
                must(before is None or now in FIRMER[before])
                said[body["seq"]] = now
            case "duty_outcome":
                must(body["id"] in duties)
                must((told.get(body["id"]), body["outcome"]) in DUTY_FIRMER)
                told[body["id"]] = body["outcome"]
    must(len(vrf) <= 1 and all(of_prime_group(bytes.fromhex(one)) for one in vrf))


UNKNOWN, DELIVERED, CONFIRMED, WITHDRAWN = (
    ("unknown", False),
    ("delivered", False),
    ("delivered", True),
    ("withdrawn", False),
)
FIRMER = {UNKNOWN: {DELIVERED, CONFIRMED}, DELIVERED: {CONFIRMED}, CONFIRMED: set(), WITHDRAWN: set()}
DUTY_FIRMER = {(None, "unknown"), (None, "delivered"), (None, "withdrawn"), ("unknown", "delivered")}


@cache
def of_prime_group(raw):
    point = vrf_twin.read(raw)
    return (
        point is not None
        and point != vrf_twin.NOBODY
        and vrf_twin.times(vrf_twin.Q, point) == vrf_twin.NOBODY
    )


def sound(proof):
    """What can be said of a proof without a number."""
    return (
        of_prime_group(proof[:32])
        and any(proof[32:48])
        and 0 < int.from_bytes(proof[48:], "little") < vrf_twin.Q
    )


def continues(bundle, earlier, key):
    """Step 13: an earlier file, which holds by itself, begins this one."""
    second_answer(earlier, key=key)
    before = json.loads(earlier)
    old = before["handovers"]["entries"]
    must(before["vkey"] == bundle["vkey"] and bundle["handovers"]["entries"][: len(old)] == old)
    must(stands(before) in (None, stands(bundle)))
    ys = {one["entry"]: one["y"] for one in bundle["registry"]}
    must(all(ys.get(one["entry"]) == one["y"] for one in before["registry"]))
