# SPDX-License-Identifier: Apache-2.0
"""The ways out, as a lawyer would read them. This is the table of ARCHITECTURE section 4; the pack must say the same.

D6 (who was not told is left out), D11 and D13 (a no is kept everywhere it can be), D18 (one way out), D21 (a yes or
a no about a child is a disclosure), D35 (what is hidden stays hidden), D46 (a child in danger does not wait).
"""

import pytest

from beholden.catalogue import Effect, Flag, load

OUT, IN = "out", "in"
OUT_OR_NAMED = "out_unless_authority"  # out; or in, under a named authority, counted apart and told in public
ROW_IN_FIELDS_OUT = "fields_out"
PER_VIEWER = "fields_per_viewer"
FLAGGED = "flag_travels"

#  what leaves            not told      objected  hidden for safety   restricted, contested
THE_TABLE_OF_THE_DESIGN = {
    "extract":           (OUT,          OUT,      OUT,                OUT),
    "match":             (OUT,          OUT,      OUT,                OUT),
    "contact":           (OUT,          OUT,      OUT,                OUT),
    "enclave":           (OUT_OR_NAMED, OUT,      ROW_IN_FIELDS_OUT,  FLAGGED),
    "table":             (IN,           IN,       IN,                 IN),
    "subject_copy":      (IN,           IN,       PER_VIEWER,         FLAGGED),
    "look_up":           (IN,           IN,       ROW_IN_FIELDS_OUT,  FLAGGED),
    "transfer":          (IN,           IN,       PER_VIEWER,         FLAGGED),
    "duty_return":       (IN,           IN,       PER_VIEWER,         FLAGGED),
    "urgent":            (IN,           IN,       IN,                 FLAGGED),
}  # fmt: skip

#  beside the table:      no consent where one is needed, no key in the snapshot, past the day it should be wiped
BESIDE_THE_TABLE = {
    "extract":           (OUT, OUT, OUT),
    "match":             (OUT, OUT, OUT),
    "contact":           (OUT, OUT, OUT),
    "enclave":           (OUT, OUT, OUT),
    "table":             (IN,  IN,  OUT),
    "subject_copy":      (IN,  IN,  IN),
    "look_up":           (IN,  IN,  OUT),
    "transfer":          (IN,  IN,  OUT),
    "duty_return":       (IN,  IN,  OUT),
    "urgent":            (IN,  IN,  IN),
}  # fmt: skip

#  what leaves            in the log as tags, a tag on each row, locked to a key, rows of persons leave, at most
WHAT_LEAVES = {
    "extract":           (True,  True,  True,  True,  None),
    "match":             (True,  True,  True,  True,  None),
    "contact":           (True,  False, False, False, None),
    "enclave":           (True,  False, False, False, None),
    "table":             (False, False, False, False, None),
    "subject_copy":      (False, False, False, True,  1),
    "look_up":           (False, False, False, True,  1),
    "transfer":          (False, False, True,  True,  1),
    "duty_return":       (False, False, True,  True,  None),
    "urgent":            (False, False, False, True,  1),
}  # fmt: skip


def test_there_is_no_other_way_out():
    assert set(load().exits) == set(THE_TABLE_OF_THE_DESIGN)


@pytest.mark.parametrize("name", THE_TABLE_OF_THE_DESIGN)
def test_who_is_left_out_is_what_the_design_says(name):
    way_out = load().exit(name)
    flags = (Flag.NOT_TOLD, Flag.OBJECTED, Flag.HIDDEN, Flag.RESTRICTED)
    assert tuple(way_out.effect(flag).value for flag in flags) == THE_TABLE_OF_THE_DESIGN[name]
    beside = (Flag.NOT_AGREED, Flag.NO_KEY, Flag.PAST_RETENTION)
    assert tuple(way_out.effect(flag).value for flag in beside) == BESIDE_THE_TABLE[name]


@pytest.mark.parametrize("name", WHAT_LEAVES)
def test_what_leaves_is_what_the_design_says(name):
    way_out = load().exit(name)
    assert (
        way_out.commits_tags,
        way_out.carries_tags,
        way_out.needs_recipient_key,
        way_out.personal_rows_leave,
        way_out.most_children,
    ) == WHAT_LEAVES[name]


def test_every_exit_says_what_every_flag_does():
    for way_out in load().exits.values():
        assert tuple(flag for flag, _ in way_out.effects) == tuple(Flag)


def test_a_no_is_kept_wherever_records_leave_by_choice():
    """D11: where the law does not require it and no child is in danger, an objection takes the child out."""
    for purpose in load().purposes.values():
        for name in purpose.exits:
            if purpose.law.value == "requires" or purpose.told.value == "after" or name == "table":
                continue
            assert Flag.OBJECTED in load().exit(name).removes
            assert Flag.NOT_TOLD in load().exit(name).removes


def test_only_the_reading_room_knows_a_named_authority():
    """D6: under a named authority the untold are in, and every other reason still counts."""
    for way_out in load().exits.values():
        more = set(way_out.removes) - set(way_out.removes_under_authority)
        assert more == ({Flag.NOT_TOLD} if way_out.name == "enclave" else set())
    assert load().exit("enclave").effect("not_told") is Effect.OUT_UNLESS_AUTHORITY
