# SPDX-License-Identifier: Apache-2.0
"""A second verifier, written from docs/explanation/proofs.md alone, argues with the first (D22, D27, D28).

It shares no code with the product. It is short because it assumes nothing of speed and names no step.
"""

import base64
import hashlib
import json
import random
import re
from dataclasses import fields
from itertools import combinations
from pathlib import Path

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

import vrf_twin
from beholden.ledger import entries
from beholden.ledger.cosignature import WitnessKey
from beholden.ledger.policy import Policy
from beholden.ledger.verify import verify
from beholden.ledger.vocabulary.handovers import Outcome
from beholden.refusals import Refusal
from ledger_builder import Keeper, small_town


class No(Exception):  # noqa: N818  a refusal, as in the product
    """The second reader refuses."""


def must(holds):
    if not holds:
        raise No


def sha(raw):
    return hashlib.sha256(raw).digest()


def kh(key, use, context):
    must((len(key), len(use), len(context)) == (32, 7, 16))
    return sha(key + use + context)


def mth(leaves):
    """RFC 6962 section 2.1, as it is written there."""
    if not leaves:
        return sha(b"")
    if len(leaves) == 1:
        return sha(b"\0" + leaves[0])
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    return sha(b"\1" + mth(leaves[:k]) + mth(leaves[k:]))


def chunks(text, size):
    raw = bytes.fromhex(text)
    must(len(raw) % size == 0)
    return [raw[at : at + size] for at in range(0, len(raw), size)]


def read_log(bundle):
    text, lines = bundle["handovers"]["checkpoint"].rsplit("\n\n", 1)
    must(re.fullmatch("(— [^ \n]+ [A-Za-z0-9+/=]+\n)+", lines))
    (name, blob), *others = (line[2:].split(" ") for line in lines[:-1].split("\n"))
    must(all(len(base64.b64decode(other)) == 4 + 8 + 64 for _, other in others))
    vname, vid, vkey = bundle["vkey"].split("+", 2)
    key = base64.b64decode(vkey)
    must(key[:1] == b"\1" and len(key) == 33 and base64.b64encode(key).decode() == vkey)
    must(sha(vname.encode() + b"\n" + key)[:4].hex() == vid)
    signature = base64.b64decode(blob)
    must(base64.b64encode(signature).decode() == blob and name == vname and signature[:4].hex() == vid)
    Ed25519PublicKey.from_public_bytes(key[1:]).verify(signature[4:], (text + "\n").encode())
    origin, size, root = text.split("\n")
    must(origin == vname and origin.endswith("/handovers"))
    raw = [entry.encode() for entry in bundle["handovers"]["entries"]]
    must(str(len(raw)) == size and base64.b64encode(mth(raw)).decode() == root)
    return origin, [json.loads(entry) for entry in raw]


def look_up(list_id, width, facts, wanted, bucket, path):
    n, deep = facts["n"], facts["depth"]
    must(deep == (max(n - 1, 0) // 32).bit_length() and len(bucket) <= min(n, 512) and len(path) == deep)
    bits = f"{int.from_bytes(wanted, 'big'):0128b}"[:deep]
    begins = [one[:16] for one in bucket]
    must(begins == sorted({*begins}))
    must(all(f"{int.from_bytes(one, 'big'):0128b}".startswith(bits) for one in begins))
    index = int(bits or "0", 2)
    head = b"\0beholden/bucket/v1" + list_id + bytes([width, deep])
    found = sha(head + index.to_bytes(4, "big") + len(bucket).to_bytes(4, "big") + b"".join(bucket))
    for bit, beside in zip(reversed(bits), path, strict=True):
        found = sha(b"\1" + beside + found) if bit == "1" else sha(b"\1" + found + beside)
    must(found.hex() == facts["root"])
    return [one for one in bucket if one[:16] == wanted]


def second_place(shown, public, number):
    """The first half of what a number gives under the key, or the place that was drawn by lot."""
    must((shown["drawn"] is None) != (shown["proof"] is None))
    if shown["drawn"] is not None:
        must(number is None)
        return bytes.fromhex(shown["drawn"])
    proof = bytes.fromhex(shown["proof"])
    if number is None:
        must(vrf_twin.read(proof[:32]) is not None)
        return vrf_twin.output(vrf_twin.read(proof[:32]))[:32]
    found = vrf_twin.verify(bytes.fromhex(public), b"beholden/place/v1\n" + number.encode(), proof)
    must(found is not None)
    return found[:32]


def second_reader(raw, number=None):
    """Return what the file shows, by handover number."""
    bundle = json.loads(raw)
    must(rfc8785.dumps(bundle) == raw)
    origin, log = read_log(bundle)
    lists = {at: one["body"] for at, one in enumerate(log) if one["kind"] in {"registry", "intent", "duty"}}
    places = {at: at for at in lists}
    for at, opened in second_seals(origin, log).items():
        lists[at], places[at] = {**opened["details"], "seq": opened["seq"]}, opened["place"]
    for body in lists.values():
        must(body["id"] == sha(b"beholden/id/v1\n" + rfc8785.dumps(body["header"]))[:16].hex())
        must(body["header"]["log"] == origin)
    must(len({body["id"] for body in lists.values()}) == len(lists))
    duties = {one["body"]["id"] for one in log if one["kind"] == "duty"}
    must(all("set" not in body and "seq" not in body for body in lists.values() if body["id"] in duties))
    must({one["body"]["id"] for one in log if one["kind"] == "duty_outcome"} <= duties)
    for entry in log:
        if entry["kind"] == "outcome" and entry["body"]["recomputed"] is not None:
            must({*entry["body"]["recomputed"]} == {"key", "n", "root", "signature"})
    second_audits(log)
    keys = {}
    must((bundle["place"] is None) == (not bundle["registry"]))
    given = {body["header"]["vrf"] for body in lists.values() if "vrf" in body["header"]}
    must(len(given) <= 1)
    stands = bundle["place"] and second_place(bundle["place"], *given, number)
    for opened in bundle["registry"]:
        body = lists[opened["entry"]]
        list_id, y = bytes.fromhex(body["id"]), bytes.fromhex(opened["y"])
        label = kh(stands, b"bh.lab1", list_id)[:16]
        found = look_up(
            list_id, 48, body["set"], label, chunks(opened["bucket"], 48), chunks(opened["path"], 32)
        )
        must(found == [label + kh(y, b"bh.com1", label)])
        keys[opened["entry"]] = y
    numbered = [one["body"]["seq"] for one in log if one["kind"] in {"intent", "sealed"}]
    must(numbered == list(range(1, len(numbered) + 1)))
    shown, proofs = {}, iter(bundle["proofs"])
    for at, body in sorted(lists.items()):
        if "payload" not in body or body["id"] in duties:
            continue
        named = body["header"]["registry"]
        must(named["index"] < places[at] and lists[named["index"]]["id"] == named["id"])
        must(lists[named["index"]]["set"]["root"] == named["root"])
        if named["index"] not in keys:
            shown[body["seq"]] = "not shown"
            continue
        proof, list_id = next(proofs), bytes.fromhex(body["id"])
        must(proof["entry"] == at)
        tag = kh(keys[named["index"]], b"bh.tag1", list_id)[:16]
        held = look_up(list_id, 16, body["set"], tag, chunks(proof["bucket"], 16), chunks(proof["path"], 32))
        shown[body["seq"]] = "in" if held else "not in"
    must(next(proofs, None) is None)
    return {seq: shown.get(seq, "sealed") for seq in numbered}


def signed_by(said, prefix, value):
    """Check a signature over a prefix and JCS; return the key's hash."""
    key = bytes.fromhex(said["key"])
    Ed25519PublicKey.from_public_bytes(key).verify(
        bytes.fromhex(said["signature"]), prefix + rfc8785.dumps(value)
    )
    return sha(key).hex()


def second_audits(log):
    """Check what auditors say; return, by handover number, what each of their keys found."""
    shown, arrived, heard = {}, set(), {}
    for kind, body in ((one["kind"], one["body"]) for one in log):
        if kind in {"intent", "unsealed"}:
            shown[body["seq"]] = body.get("details", body)
        if kind == "outcome" and body["outcome"] == "delivered":
            arrived.add(body["seq"])
        if kind == "replayed":
            of = shown[body["seq"]]
            must(body["id"] == of["id"] and body["seq"] in arrived)
            about = {"agrees": body["agrees"], "id": of["id"], "n": of["set"]["n"]}
            about |= {"payload": of["payload"], "root": of["set"]["root"]}
            who = signed_by(body["auditor"], b"beholden/replayed/v1\n", about)
            must(who != of["header"]["recipient"]["key"] and who not in heard.setdefault(body["seq"], {}))
            heard[body["seq"]][who] = body["agrees"]
    return heard


def second_seals(origin, log):
    """Check what is said of seals; return the openings by their entry, each with the place of its seal."""
    seals, opened = {}, {}
    for at, (day, kind, body) in enumerate((one["at"][:10], one["kind"], one["body"]) for one in log):
        if kind == "sealed":
            about = {name: value for name, value in body.items() if name not in {"second", "seq"}}
            outside = signed_by(body["second"], b"beholden/second/v1\n", {"body": about, "log": origin})
            must(outside != body["regulator"] and body["opens_by"] > day)
            seals[body["seq"]] = {"place": at, "until": body["opens_by"], "said": set(), **body}
        if kind not in {"seen", "extended", "unsealed"}:
            continue
        held = seals[body["seq"]]
        must(not held["said"] & {kind, "unsealed"})
        held["said"].add(kind)
        entry = log[held["place"]]["body"]
        if kind == "seen":
            about = {"body": entry, "log": origin}
            must(signed_by(body["regulator"], b"beholden/seen/v1\n", about) == entry["regulator"])
        elif kind == "extended":
            about = {name: value for name, value in body.items() if name != "second"}
            whole = {"body": about, "commitment": entry["commitment"], "log": origin}
            must(signed_by(body["second"], b"beholden/extended/v1\n", whole) != entry["regulator"])
            must(day <= held["until"] < body["opens_by"])
            held["until"] = body["opens_by"]
        else:
            raw = b"beholden/sealed/v1\n" + bytes.fromhex(body["salt"]) + rfc8785.dumps(body["details"])
            must(sha(raw).hex() == entry["commitment"])
            must(body["details"]["set"]["n"] == entry["band"])
            must(body["details"]["power"] == entry["power"])
            if body["regulator"] is not None:
                about = {"commitment": entry["commitment"], "log": origin, "seq": body["seq"]}
                must(signed_by(body["regulator"], b"beholden/unsealed/v1\n", about) == entry["regulator"])
            opened[at] = {"place": held["place"], **body}
    return opened


def second_seen(raw, policy):
    """Return which witnesses of a reader's policy have cosigned the file's state; refuse without a quorum.

    Written from c2sp.org/tlog-cosignature and tlog-policy, for a policy of one log.
    """
    bundle = json.loads(raw)
    text, lines = bundle["handovers"]["checkpoint"].rsplit("\n\n", 1)
    words = [line.split() for line in policy.splitlines()]
    must(["log", bundle["vkey"]] in [one[:2] for one in words])
    under = {}
    for name, blob in (line[2:].split(" ") for line in lines[:-1].split("\n")[1:]):
        signed = base64.b64decode(blob)
        must((name, signed[:4]) not in under)
        under[name, signed[:4]] = signed[4:]
    seen, groups = set(), {"none": True}
    for kind, name, *rest in (one for one in words if one[0] in {"witness", "group"}):
        if kind == "witness":
            key_name, _, encoded = rest[0].split("+", 2)
            key = base64.b64decode(encoded)
            said = under.get((key_name, sha(key_name.encode() + b"\n" + key)[:4]))
            if said is not None:
                must(key[:1] == b"\4")
                message = f"cosignature/v1\ntime {int.from_bytes(said[:8], 'big')}\n{text}\n"
                Ed25519PublicKey.from_public_bytes(key[1:]).verify(said[8:], message.encode())
                seen.add(name)
            groups[name] = said is not None
        else:
            needed = {"all": len(rest) - 1, "any": 1}.get(rest[0]) or int(rest[0])
            groups[name] = sum(groups[member] for member in rest[1:]) >= needed
    must(groups[next(one[1] for one in words if one[0] == "quorum")])
    return sorted(seen)


def second_hearing(raw):
    """Return, by handover number, whether the named recipient signed that it found the very list."""
    log = [json.loads(entry) for entry in json.loads(raw)["handovers"]["entries"]]
    intents = {one["body"]["seq"]: one["body"] for one in log if one["kind"] == "intent"}
    heard = {}
    for body in (one["body"] for one in log if one["kind"] == "outcome" and one["body"]["recomputed"]):
        intent, said = intents[body["seq"]], body["recomputed"]
        about = {"id": intent["id"], "n": said["n"], "payload": intent["payload"], "root": said["root"]}
        must(sha(bytes.fromhex(said["key"])).hex() == intent["header"]["recipient"]["key"])
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(said["key"]))
        key.verify(bytes.fromhex(said["signature"]), b"beholden/recomputed/v1\n" + rfc8785.dumps(about))
        heard[body["seq"]] = (said["n"], said["root"]) == (intent["set"]["n"], intent["set"]["root"])
    return heard


def test_both_hear_the_same_word_of_the_recipient():
    keeper = small_town()
    rows, padding = keeper.row_tags[3]
    keeper.row_tags[3] = (rows, [*padding[:-1], bytes(16)])
    keeper.outcome(3, recomputed=keeper.word(3))
    raw = keeper.bundle(2).print()
    assert second_hearing(raw) == {1: True, 3: False}
    assert {one.seq: one.word.value for one in verify(raw).handovers} == {
        1: "agrees",
        2: "none",
        3: "disagrees",
    }


def audited_town():
    """Three handovers delivered, one of them opened from under a seal; two auditors, who do not always agree."""
    keeper = small_town()
    seal = keeper.seal(max(keeper.registries), [1, 2])
    keeper.unseal(seal)
    keeper.outcome(3)
    details = keeper.hidden[seal][1]
    keeper.add(Outcome(id=details.id, outcome="delivered", recomputed=None, seq=seal))
    keeper.audit(1)
    keeper.audit(3, agrees=False)
    keeper.audit(3, seed=bytes([8]) * 32)
    keeper.audit(seal)
    return keeper


def test_both_hear_the_same_words_of_auditors():
    """D27, D28."""
    raw = audited_town().bundle(2).print()
    heard = {seq: [*said.values()] for seq, said in second_audits(read_log(json.loads(raw))[1]).items()}
    assert heard == {1: [True], 3: [False, True], 4: [True]}
    account = verify(raw)
    assert heard == {one.seq: [word.agrees for word in one.audits] for one in account.handovers if one.audits}
    assert second_reader(raw) == first_reader(raw)


def first_reader(raw):
    account = verify(raw)
    shown = {one.seq: one.standing.value for one in account.handovers}
    return shown | dict.fromkeys(account.sealed, "sealed")


@pytest.mark.parametrize("child", [1, 2, 3, 4, 9])
def test_both_read_the_same(child):
    raw = small_town().bundle(child).print()
    assert second_reader(raw) == first_reader(raw)


@pytest.mark.parametrize("child", [1, 2])
def test_both_find_the_place_of_a_number_and_refuse_another_number(child):
    """D27, D28."""
    keeper = small_town()
    raw, mine = keeper.bundle(child).print(), keeper.number(child)
    assert second_reader(raw, mine) == second_reader(raw)
    assert verify(raw, number=mine).by_number
    for wrong in (keeper.number(child + 1), "", mine + "0"):
        with pytest.raises(No):
            second_reader(raw, wrong)
        with pytest.raises(Refusal):
            verify(raw, number=wrong)


@pytest.mark.parametrize("child", [1, 2, 9])
def test_both_read_past_a_return_that_a_law_requires(child):
    """It stands in the log and takes no number: nothing is shown of any child in it (D27)."""
    keeper = small_town()
    keeper.duty_outcome(keeper.duty())
    keeper.handover(3, [3], scope=12)
    raw = keeper.bundle(child).print()
    assert second_reader(raw) == first_reader(raw)
    assert len(first_reader(raw)) == 4
    assert len(verify(raw).duties) == 1


def test_both_read_the_same_in_larger_towns():
    source = random.Random(5)
    keeper = Keeper(seed=5)
    for _ in range(3):
        keyed = source.sample(range(300), 200)
        registry = keeper.registry(keyed, at_least=source.choice([200, 900]))
        for _ in range(3):
            keeper.handover(registry, source.sample(keyed, 60), scope=source.choice([60, 65, 2_000]))
    standings = set()
    for child in range(0, 300, 7):
        raw = keeper.bundle(child).print()
        assert second_reader(raw) == first_reader(raw)
        standings |= {*first_reader(raw).values()}
    assert standings == {"in", "not in", "not shown"}


def sealed_town():
    """Three handovers in the open, one sealed for good, one seen, extended and opened."""
    keeper = small_town()
    registry = max(keeper.registries)
    first, last = keeper.seal(registry, [1, 2]), keeper.seal(registry, [2, 3])
    keeper.see(first)
    keeper.extend(first, days=30)
    keeper.unseal(first, by_regulator=True)
    keeper.see(last)
    return keeper


@pytest.mark.parametrize("child", [1, 2, 3, 4, 9])
def test_both_read_the_same_of_what_is_sealed_and_opened(child):
    raw = sealed_town().bundle(child).print()
    assert second_reader(raw) == first_reader(raw)
    assert first_reader(raw)[5] == "sealed"


MUTATIONS = 3_000


@pytest.mark.parametrize("town", [small_town, sealed_town, audited_town])
def test_what_the_second_reader_refuses_the_first_refuses_too(town):
    """The first may be stricter; it may never be more credulous."""
    raw = town().bundle(1).print()
    source = random.Random(6)
    print("seed 6")
    refused = 0
    for _ in range(MUTATIONS // 2):
        changed = bytearray(raw)
        changed[source.randrange(len(raw))] ^= 1 << source.randrange(8)
        try:
            second_reader(bytes(changed))
        except Exception:  # noqa: BLE001  the second reader is short, and crashes where the first explains
            refused += 1
            with pytest.raises(Refusal):
                verify(bytes(changed))
    assert refused > MUTATIONS // 2 * 0.95, "almost no byte of a file may be another one"


WITNESSES = {f"w{number}.example": bytes([number]) * 32 for number in range(1, 5)}


def policy_of(keeper, quorum):
    """Three of the four witnesses, two of them in a group; the fourth is a stranger, whose line nobody reads."""
    known = [(name, WitnessKey.of_seed(name, seed).print()) for name, seed in [*WITNESSES.items()][:3]]
    lines = [f"log {keeper.key.print()}", *(f"witness {name} {key}" for name, key in known)]
    return "\n".join(
        [*lines, "group two 1 w1.example w2.example", f"group top {quorum} two w3.example", "quorum top", ""]
    )


@pytest.mark.parametrize("quorum", ["all", "any"])
def test_both_read_the_same_of_a_file_that_witnesses_have_cosigned(quorum):
    """Every set of witnesses under it: the same answer of both, about the children and about who has seen it (D27)."""
    keeper = sealed_town()
    policy, answers = policy_of(keeper, quorum), set()
    for some in (names for size in range(5) for names in combinations(WITNESSES, size)):
        raw = keeper.bundle(1, witnesses={name: WITNESSES[name] for name in some}).print()
        assert second_reader(raw) == first_reader(raw)
        try:
            first = sorted(verify(raw, policy=Policy.parse(policy.encode())).seen_by)
        except Refusal:
            first = None
        try:
            second = second_seen(raw, policy)
        except No:
            second = None
        assert first == second, some
        answers.add(first is None)
    assert answers == {True, False}


def test_what_the_second_reader_refuses_of_a_cosigned_file_the_first_refuses_too():
    keeper = small_town()
    raw = keeper.bundle(1, witnesses=WITNESSES).print()
    policy = policy_of(keeper, "all")
    place = raw.index(b'"checkpoint":"')
    source, refused = random.Random(7), 0
    print("seed 7")
    for _ in range(500):
        changed = bytearray(raw)
        changed[source.randrange(place, raw.index(b'","entries"'))] ^= 1 << source.randrange(8)
        try:
            second_reader(bytes(changed))
            second_seen(bytes(changed), policy)
        except Exception:  # noqa: BLE001  as above
            refused += 1
            with pytest.raises(Refusal):
                verify(bytes(changed), policy=Policy.parse(policy.encode()))
    assert refused > 250


def test_the_bytes_of_a_file_have_not_changed():
    """Families keep these files for ever. A change of this hash is a new format, never an edit."""
    raw = small_town().bundle(1).print()
    assert hashlib.sha256(raw).hexdigest() == (
        "bb820e3e20ce0eba58d94ff7e5840631d6c2357deb17a5ffc3dd36075b9574cb"
    )


def test_the_page_has_every_kind_field_and_value():
    page = (Path(__file__).parents[2] / "docs/explanation/proofs.md").read_text()
    for (_, kind), cls in entries.KINDS.items():
        assert f"`{kind}`" in page
        for each in fields(cls):
            assert f"`{each.name}`" in page or f'"{each.name}"' in page, (kind, each.name)
    known = (Path(__file__).parents[1] / "unit/ledger/test_tags.py").read_text()
    values = re.findall(r"\| `([0-9a-f]{32,64})` \|", page)
    assert len(values) == 7
    assert all(value in known for value in values)
    for step in range(14):
        assert f"\n{step}. " in page
