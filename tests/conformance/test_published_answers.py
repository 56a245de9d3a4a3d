# SPDX-License-Identifier: Apache-2.0
"""The published vectors, read from the published files alone, by both verifiers (D27, D28)."""

import base64
import json
from contextlib import suppress
from pathlib import Path

import pytest

from beholden.ledger import tags, tree
from beholden.ledger.checkpoint import Checkpoint
from beholden.ledger.handovers import STEPS, Rules
from beholden.ledger.policy import Policy
from beholden.ledger.verify import NotProven, verify
from conformance.second_rules import second_answer

FOLDER = Path(__file__).resolve().parents[2] / "docs/reference/vectors"
LIST = json.loads((FOLDER / "vectors.json").read_bytes())
VECTORS = LIST["vectors"]
ANSWERS = ("P", "Q", "S", "U")


def asked(one):
    """What a reader gives beside the file."""
    beside = {name: one[name] and (FOLDER / one[name]).read_bytes() for name in ("policy", "earlier")}
    return (FOLDER / one["file"]).read_bytes(), {"key": one["key"], "number": one["number"], **beside}


def named(one):
    return one["name"]


@pytest.mark.parametrize("one", [one for one in VECTORS if one["step"] is None], ids=named)
def test_both_verifiers_give_the_answer_of_a_file_that_holds(one):
    raw, given = asked(one)
    policy = given["policy"] and Policy.parse(given["policy"])
    first = json.loads(json.dumps(verify(raw, **{**given, "policy": policy}).to_json()))
    assert {name: value for name, value in first.items() if name != "sentences"} == one["account"]
    second = second_answer(raw, **{**given, "policy": given["policy"] and given["policy"].decode()})
    assert second == {name: one["account"][name] for name in second}
    assert {*ANSWERS} < {*second}


@pytest.mark.parametrize("one", [one for one in VECTORS if one["step"] is not None], ids=named)
def test_both_verifiers_refuse_a_file_that_fails(one):
    raw, given = asked(one)
    policy = given["policy"] and Policy.parse(given["policy"])
    with pytest.raises(NotProven) as no:
        verify(raw, **{**given, "policy": policy})
    assert no.value.step == one["step"]
    try:
        second_answer(raw, **{**given, "policy": given["policy"] and given["policy"].decode()})
    except Exception:  # noqa: BLE001  the second verifier is short, and crashes where the first explains
        return
    pytest.fail("the second verifier let it pass")


def test_every_answer_and_every_step_is_there():
    """Step 9 reads nothing, so nothing can fail there."""
    assert {one["step"] for one in VECTORS} == {None, *range(len(STEPS))} - {9}
    seen = [one["account"] for one in VECTORS if one["step"] is None]
    for name in (*ANSWERS, "R", "A", "D", "place_by_number", "witnessed_by", "continues_earlier_file"):
        assert {bool(account[name]) for account in seen} == {True, False}, name


def test_files_and_list_name_one_another():
    named_there = {one[name] for one in VECTORS for name in ("file", "policy", "earlier")} - {None}
    there = {
        path.relative_to(FOLDER).as_posix()
        for path in FOLDER.rglob("*")
        if path.is_file() and path.parent != FOLDER
    }
    assert there == named_there
    assert len({one["name"] for one in VECTORS}) == len(VECTORS)


def lax(without):
    """The rules of one bucket, with one left out."""

    def read(list_id, width, committed, wanted, proof):
        items, path = proof.bucket, proof.path
        index = tags.bucket_index(wanted, committed.depth)
        begins = [one[:16] for one in items]
        rules = {
            "count": len(items) <= committed.n,
            "order": begins == sorted({*begins}),
            "bucket": all(tags.bucket_index(one, committed.depth) == index for one in begins),
            "path": len(path) == committed.depth,
        }
        found = tags.bucket_hash(list_id, width, committed.depth, index, b"".join(items))
        for level, beside in enumerate(path):
            found = tree.node_hash(beside, found) if index >> level & 1 else tree.node_hash(found, beside)
        rules["root"] = found == committed.root
        if not all(holds for rule, holds in rules.items() if rule != without):
            raise tags.TagRefused("bucket_lax", "It does not hold.")
        return next((one for one in items if one[:16] == wanted), None)

    return read


def let_through(steps):
    """The names of those vectors that pass, of all that must fail at these steps."""
    found = set()
    for one in (one for one in VECTORS if one["step"] in steps):
        raw, given = asked(one)
        with suppress(NotProven):
            verify(raw, **{**given, "policy": given["policy"] and Policy.parse(given["policy"])})
            found.add(one["name"])
    return found


@pytest.mark.parametrize(
    ("rule", "passes"),
    [
        (None, set()),
        ("count", {"tags-more-than-counted"}),
        ("order", {"tags-unsorted", "tag-twice"}),
        ("bucket", {"tag-in-a-wrong-bucket"}),
        ("path", {"path-long", "path-short"}),
        ("root", {one["name"] for one in VECTORS if one["step"] == 11} - {"path-long", "path-short"}),
    ],
)
def test_a_verifier_that_leaves_one_rule_out_lets_a_vector_pass(rule, passes, monkeypatch):
    """So each of them is worth its place: no other rule would have caught it."""
    monkeypatch.setattr(tags, "verify_bucket", lax(rule))
    assert let_through({10, 11}) == passes


@pytest.mark.parametrize(
    ("rule", "passes"),
    [
        ("_check_number", {"number-left-out", "number-twice"}),
        (
            "_check_name",
            {
                "duty-not-of-its-header",
                "two-lists-of-one-name",
                "id-not-of-its-header",
                "list-of-another-log",
                "two-events-logs",
            },
        ),
        ("_check_decision", {"decision-not-yet-made"}),
        ("_check_registry", {"keys-fixed-afterwards", "old-registry"}),
        ("_check_places", {"weak-vrf-key", "second-vrf-key"}),
        ("_check_outcome", {"outcome-taken-back", "outcome-of-no-handover"}),
        ("_check_duty_outcome", {"duty-outcome-taken-back"}),
        (
            "_hear",
            {
                *("replayed-before-delivered", "replayed-twice", "replayed-by-the-recipient"),
                *("replayed-signature-false", "replayed-of-no-handover"),
            },
        ),
    ],
)
def test_a_log_that_lies_is_seen_by_one_rule_alone(rule, passes, monkeypatch):
    """What lies in an entry was signed with the lie in it."""
    monkeypatch.setattr(Rules, rule, lambda *_, **__: None)
    assert let_through({3, 4, 5}) == passes


def test_a_reader_of_checkpoints_that_is_as_lax_as_its_language_lets_sizes_and_roots_pass(monkeypatch):
    """Python reads all of these as two, or as ten; other languages read others."""

    def parse(text):
        origin, size, root = text.split("\n")[:3]
        return Checkpoint(origin, int(size), base64.b64decode(root))

    monkeypatch.setattr(Checkpoint, "parse", parse)
    assert let_through({1}) == {
        *("size-plus", "size-nought-before", "size-space", "size-underscore", "size-other-digits"),
        *("root-base64-second-spelling", "extension-line"),
    }
