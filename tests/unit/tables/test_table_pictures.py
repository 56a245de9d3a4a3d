# SPDX-License-Identifier: Apache-2.0
"""Charts and tile maps show each cell once: what is shown at its length, what is hidden as a gap, never as nought."""

from itertools import pairwise

from hypothesis import assume, given
from hypothesis import strategies as st

from beholden.tables import chart, tiles
from beholden.tables.chart import Bars, Lines
from beholden.tables.tiles import Place
from unit.tables.paper_tables import table, tables


def test_one_field_is_one_group_of_bars():
    drawn = chart.picture(table({"sex": ["F", "M", "missing"]}, [1200, 600, "small"]))
    assert isinstance(drawn, Bars)
    (group,) = drawn.groups
    assert [(bar.words, bar.shown, bar.mark) for bar in group.bars] == [
        ("F", "1,200", ""),
        ("M", "600", ""),
        ("missing", "c", "c"),
    ]
    assert group.bars[0].width == 2 * group.bars[1].width > 0
    assert group.bars[2].width == 0


def test_two_fields_are_bars_in_groups():
    drawn = chart.picture(table({"area": ["A", "B"], "sex": ["F", "M"]}, [10, 20, "area", 40]))
    assert [(group.words, [bar.shown for bar in group.bars]) for group in drawn.groups] == [
        ("A", ["10", "20"]),
        ("B", ["x", "40"]),
    ]


def test_a_field_of_one_category_is_not_drawn():
    made = table({"area": ["A", "B"], "sex": ["F"], "year": ["2027"]}, [10, 20])
    assert [group.words for group in chart.picture(made).groups] == [""]


def test_the_period_is_drawn_as_lines_that_break_where_something_is_hidden():
    made = table({"sex": ["F", "M"], "year": ["2025", "2026", "2027"]}, [100, 50, 0, 100, "small", 200])
    drawn = chart.picture(made, "year")
    assert isinstance(drawn, Lines)
    first, second = drawn.panels
    assert [point.words for point in first.points] == ["2025", "2026", "2027"]
    assert len(first.pieces) == 2
    assert second.pieces == ()
    assert second.points[1].mark == "c"
    assert second.points[2].y == 0
    assert first.points[2].y == drawn.nought == chart.HEIGHT


def test_the_order_of_the_fields_does_not_change_the_lines():
    turned = table({"grade": ["1", "2"], "year": ["a", "b"]}, [1, 2, 3, 4])
    other = table({"year": ["a", "b"], "zone": ["1", "2"]}, [1, 3, 2, 4])
    shown = [
        [
            (panel.words, [point.shown for point in panel.points])
            for panel in chart.picture(one, "year").panels
        ]
        for one in (turned, other)
    ]
    assert shown[0] == shown[1]


def test_what_would_need_too_many_marks_is_not_drawn():
    many = [str(one) for one in range(chart.MOST_BARS + 1)]
    assert chart.picture(table({"area": many}, range(len(many)))) is None
    assert chart.picture(table({"a": ["1", "2"], "b": ["1", "2"], "c": ["1", "2"]}, range(8))) is None
    assert chart.picture(table({"sex": ["F", "M"]}, ["small", "small"])) is None
    assert chart.picture(table({"sex": ["F"]}, [5])) is None
    lines = [str(one) for one in range(chart.MOST_PANELS + 1)]
    assert chart.picture(table({"area": lines, "year": ["1", "2"]}, range(2 * len(lines))), "year") is None


def test_what_is_below_nothing_reaches_to_the_left_of_it():
    bars = chart.picture(table({"sex": ["F", "M"]}, [-50, 100], ask={"mean": "change"})).groups[0].bars
    assert (bars[0].left, bars[1].left) == (0.0, bars[0].width)


@given(tables(most=2))
def test_every_bar_and_every_point_lies_within_the_picture(made):
    drawn = chart.picture(made, made.by[-1])
    assume(drawn is not None)
    gaps = {False: 0, True: 0}
    if isinstance(drawn, Bars):
        for group in drawn.groups:
            for bar in group.bars:
                assert 0 <= bar.left <= bar.left + bar.width <= 75
                gaps[bool(bar.mark)] += 1
    else:
        for panel in drawn.panels:
            for point in panel.points:
                assert 0 <= point.x <= 100
                assert -0.01 <= point.y <= chart.HEIGHT + 0.01
                gaps[bool(point.mark)] += 1
    assert gaps == {
        False: sum(cell.value is not None for cell in made.cells),
        True: sum(cell.value is None for cell in made.cells),
    }


# --- tile maps ---

KNOWN = {"North": Place("N", 1, 0), "West": Place("W", 0, 1), "East": Place("E", 1, 1)}


def test_areas_stand_where_they_are_known_to_and_the_rest_below():
    held = tiles.placed(("East", "missing", "North"), KNOWN)
    assert held == {"East": KNOWN["East"], "missing": Place("miss", 0, 2), "North": KNOWN["North"]}


def test_a_map_has_a_tile_for_each_area_and_hides_what_is_hidden():
    made = table({"region": ["East", "North", "West"]}, [1_234_567, 100, "small"])
    drawn = tiles.maps(made, "region", KNOWN)
    (one,) = drawn.maps
    assert [(tile.name, tile.short, tile.shown, tile.shade, tile.mark) for tile in one.tiles] == [
        ("East", "E", "1.2m", 5, ""),
        ("North", "N", "100", 1, ""),
        ("West", "W", "c", 0, "c"),
    ]


def test_a_map_for_each_category_of_the_other_fields_if_they_are_few():
    made = table({"region": ["East", "West"], "sex": ["F", "M"]}, [1, 2, 3, "small"])
    drawn = tiles.maps(made, "region", KNOWN)
    assert [(one.words, [tile.shown for tile in one.tiles]) for one in drawn.maps] == [
        ("F", ["1", "3"]),
        ("M", ["2", "c"]),
    ]
    many = [str(one) for one in range(tiles.MOST_MAPS + 1)]
    assert tiles.maps(table({"region": ["East"], "year": many}, range(len(many))), "region", KNOWN) is None
    assert tiles.maps(made, "", KNOWN) is None
    assert tiles.maps(table({"region": ["East"]}, ["small"]), "region", KNOWN) is None


@given(st.lists(st.text("abc d", min_size=1, max_size=8), max_size=30, unique=True))
def test_no_two_areas_have_the_same_letters(names):
    found = tiles.shorts(names)
    assert set(found) == set(names)
    assert len(set(found.values())) == len(names)


@given(st.lists(st.text(min_size=1, max_size=8), min_size=1, max_size=200, unique=True))
def test_no_two_tiles_stand_on_one_place(names):
    held = tiles.placed(tuple(names), KNOWN)
    assert list(held) == names
    assert len({(one.column, one.row) for one in held.values()}) == len(names)


numbers = st.one_of(
    st.integers(-10_000, 10_000_000), st.floats(-1e6, 1e6, allow_nan=False).map(lambda one: round(one, 2))
)


@given(st.lists(numbers, min_size=1, max_size=12))
def test_a_few_round_steps_hold_every_value(values):
    found = tiles.steps(values)
    assert 1 <= len(found) <= tiles.MOST_STEPS
    shades = [one.shade for one in found]
    assert shades == sorted(set(shades))
    assert set(shades) <= set(range(1, tiles.MOST_STEPS + 1))
    assert all(one.high == other.low for one, other in pairwise(found))
    for value in values:
        step = tiles.step_of(value, found)
        assert step.low - 1e-6 <= value <= step.high + 1e-6


def test_steps_are_round():
    assert [(one.low, one.high) for one in tiles.steps([95, 1460])] == [(0, 500), (500, 1000), (1000, 1500)]
    assert [(one.low, one.high) for one in tiles.steps([20, 20])] == [(20, 40)]
    assert [one.shade for one in tiles.steps([19, 21])] == [2, 4]
    assert [(one.low, one.high) for one in tiles.steps([19, 21])] == [(19, 20), (20, 21)]
    assert [(one.low, one.high) for one in tiles.steps([1.5, 1.7])] == [
        (1.5, 1.55),
        (1.55, 1.6),
        (1.6, 1.65),
        (1.65, 1.7),
    ]
