# SPDX-License-Identifier: Apache-2.0
"""What fsck makes of facts: a handover's state against its file and the log, and lists against the tree. D18, D27."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beholden.fsck import lists
from beholden.fsck.rules import Handover, Weight, judge, missing_and_extra, strictly_rising
from beholden.ledger.tags import SNAPSHOT_WIDTH, TAG_BYTES, BucketTree

LIST = bytes(16)


def codes(**facts):
    whole = {
        "id": "0" * 32, "state": "released", "file": "a.age", "waits": False, "gone": True,
        "is_said": True, "has_intent": True, "is_withdrawn": False,
    }  # fmt: skip
    return {(one.code, one.weight) for one in judge(Handover(**(whole | facts)))}


def wrong(*named):
    return {(code, Weight.FINDING) for code in named}


WHOLE = {
    "header fixed": {"state": "fixed", "file": "", "gone": False, "is_said": False, "has_intent": False},
    "built": {"state": "built", "waits": True, "gone": False, "is_said": False, "has_intent": False},
    "logged": {"state": "logged", "waits": True, "gone": False},
    "released": {},
    "called off before it was logged": {
        "state": "withdrawn",
        "gone": False,
        "is_said": False,
        "has_intent": False,
    },
    "called off": {"state": "withdrawn", "gone": False, "is_withdrawn": True},
}


@pytest.mark.parametrize("facts", WHOLE.values(), ids=WHOLE)
def test_a_handover_that_tells_one_story(facts):
    assert codes(**facts) == set()


BROKEN = {
    "released and never said": (
        {"is_said": False, "has_intent": False},
        {"fsck.released_unlogged", "fsck.state"},
    ),
    "gone and never said": (
        {"state": "built", "is_said": False, "has_intent": False},
        {"fsck.released_unlogged", "fsck.released_early", "fsck.file_missing"},
    ),
    "gone before its time": ({"state": "logged"}, {"fsck.released_early", "fsck.file_missing"}),
    "gone after it was called off": ({"state": "withdrawn", "is_withdrawn": True}, {"fsck.released_early"}),
    "said to be withdrawn and gone": ({"is_withdrawn": True}, {"fsck.released_withdrawn"}),
    "called off in silence": ({"state": "withdrawn", "gone": False}, {"fsck.state"}),
    "built and lost": (WHOLE["built"] | {"waits": False}, {"fsck.file_missing"}),
    "released and lost": ({"gone": False}, {"fsck.file_missing"}),
    "in both folders": ({"waits": True}, {"fsck.file_twice"}),
}


@pytest.mark.parametrize(("facts", "expected"), BROKEN.values(), ids=BROKEN)
def test_a_handover_that_does_not(facts, expected):
    assert codes(**facts) == wrong(*expected)


def test_what_a_crash_leaves_is_a_note():
    """Logged and not released at worst; and a parcel that a cut-off call-off left."""
    assert codes(state="releasing", gone=False, waits=True) == {("fsck.cut_off", Weight.NOTE)}
    assert codes(state="releasing") == {("fsck.cut_off", Weight.NOTE)}
    assert codes(state="logged", gone=False, waits=True, is_said=False) == {("fsck.unsaid", Weight.NOTE)}
    assert codes(state="withdrawn", gone=False, waits=True, is_withdrawn=True) == {
        ("fsck.called_off", Weight.NOTE)
    }


def test_counting_what_each_side_lacks():
    assert missing_and_extra([("a",), ("a",), ("b",)], [("a",), ("c",)]) == (2, 1)
    assert missing_and_extra([("a",)], [("a",)]) == (0, 0)


@given(st.lists(st.binary(min_size=16, max_size=16)))
def test_rising_is_sorted_without_doubles(keys):
    assert strictly_rising(b"".join(keys), 16, b"") == (keys == sorted(set(keys)))


@pytest.mark.parametrize("width", [TAG_BYTES, SNAPSHOT_WIDTH])
@pytest.mark.parametrize("count", [0, 1, 31, 32, 33, 64, 65, 500, 3_000])
def test_a_list_on_disk_commits_to_what_the_tree_commits_to(tmp_path, width, count):
    """The one that holds nothing in memory, and the one that every proof is made from."""
    import hashlib

    items = [hashlib.shake_128(f"{number}".encode()).digest(width) for number in range(count)]
    tree = BucketTree.build(LIST, width, items)
    path = tmp_path / "list"
    path.write_bytes(tree.items)
    assert lists.committed(path, LIST, width) == (tree.committed, tree.crown)
    with lists.opened(path, width) as listed:
        assert all(item in listed for item in items)
        assert len(listed) == count
        assert bytes(width) not in listed
        assert b"\xff" * width not in listed


def test_one_list_within_another(tmp_path):
    for name, numbers in (("all", range(50)), ("some", range(0, 50, 7)), ("other", range(40, 60))):
        (tmp_path / name).write_bytes(b"".join(number.to_bytes(16) for number in numbers))
    assert lists.is_within(tmp_path / "some", tmp_path / "all", 16)
    assert not lists.is_within(tmp_path / "other", tmp_path / "all", 16)
