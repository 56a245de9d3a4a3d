# SPDX-License-Identifier: Apache-2.0
"""The comparison of a copy with the register argues with a naive twin, whatever the two hold (D27, D28)."""

from hypothesis import given
from hypothesis import strategies as st

from beholden.gate.replaying import Fault, Frozen, compare

TAGS = [bytes([number]) * 16 for number in range(8)]
ROWS = [(f"name-{number}", number % 3) for number in range(5)]

tags = st.sampled_from(TAGS)
rows = st.sampled_from(ROWS)


@st.composite
def worlds(draw):
    """A list, who was released with which row, tags by other keys, and a copy: all from the same few, so that they meet."""
    released = draw(st.dictionaries(tags, rows, max_size=5))
    others = draw(st.frozensets(tags.filter(lambda tag: tag not in released)))
    listed = draw(st.frozensets(tags))
    copy = draw(st.lists(st.tuples(tags, rows), max_size=8))
    keyless = draw(st.integers(0, 2))
    return copy, Frozen(("name", "value"), listed, released, others & listed, keyless)


def naive(copy, frozen):
    """Row by row and tag by tag, in lists."""
    found = []
    for place, (tag, row) in enumerate(copy):
        if tag not in list(frozen.listed):
            found.append("unlisted")
        elif any(tag == before for before, _ in copy[:place]):
            found.append("double")
        elif tag in list(frozen.left_out):
            found.append("left_out")
        elif tag not in list(frozen.rows):
            found.append("nobodys")
        elif frozen.rows[tag] != row:
            found.append("anothers" if row in list(frozen.rows.values()) else "changed")
    for tag in frozen.rows:
        if tag not in list(frozen.listed):
            found.append("not_in_list")
        if not any(tag == one for one, _ in copy):
            found.append("no_row")
    found += ["left_out" for tag in frozen.left_out if not any(tag == one for one, _ in copy)]
    found += ["no_key"] * frozen.keyless
    return found


@given(worlds(), st.integers(0, 2))
def test_both_find_the_same(world, strange):
    copy, frozen = world
    found = naive(copy, frozen) + ["columns"] * strange
    made = compare(copy, frozen, strange=strange)
    assert {fault.value: many for fault, many in made.faults.items()} == {
        name: found.count(name) for name in found
    }
    assert made.agrees == (not found)
    assert made.rows == len(copy)


@given(worlds())
def test_only_the_register_s_own_rows_agree(world):
    """Equal is one thing alone: each released child's row once, under its tag, in the list; every other tag nobody's."""
    _, frozen = world
    whole = Frozen(frozen.columns, frozen.listed | {*frozen.rows}, frozen.rows, frozenset())
    honest = [*whole.rows.items()]
    assert compare(honest, whole).agrees
    for place in range(len(honest)):
        assert not compare(honest[:place] + honest[place + 1 :], whole).agrees
        assert not compare([*honest, honest[place]], whole).agrees


def test_every_fault_has_a_name_on_the_page():
    from pathlib import Path

    page = (Path(__file__).parents[2] / "docs/how-to/replay-a-handover.md").read_text()
    assert [fault.value for fault in Fault if f"| `{fault.value}` |" not in page] == []
