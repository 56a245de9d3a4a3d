# SPDX-License-Identifier: Apache-2.0
"""The sheet is blind, is bound to its key, and is refused where anything but answers was changed. No value in a refusal."""

import csv
import io
import json

import pytest

from beholden.linkage import sheets
from beholden.linkage.deciding import Decision
from beholden.linkage.sampling import MOST_GROUPS, AuditRefused, Compared, Opinion, draw

SECRET = "Quellwasser"
LEFT = {f"L{n}": {"id": f"L{n}", "given_name": SECRET, "surname": f"Left{n}"} for n in range(8)}
RIGHT = {f"R{n}": [{"id": f"R{n}", "given_name": SECRET, "postcode": f"ZZ{n}"}] for n in range(8)}
RIGHT["R0"].append({"id": "R0", "given_name": SECRET, "postcode": "=1+1"})
RIGHT["R1"] = [{"id": "R1", "given_name": "=HYPERLINK()", "postcode": ""}]
PAIRS = [Compared((f"L{n}", f"R{n}"), 0.9999, Decision.ACCEPT) for n in range(8)]


def written(seed=1, result="ab" * 32, known=None):
    sample = draw(PAIRS, seed=seed, per_stratum=6, known=known)
    text, key = sheets.write(sample, LEFT, RIGHT, result=result, seed=seed, per_stratum=6)
    return text, sheets.read_key(key), key


def filled(text, answer="same"):
    header, *rows = csv.reader(io.StringIO(text))
    return printed([header, *([*row[:-1], answer] for row in rows)])


def printed(rows):
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    return out.getvalue()


def lines(text):
    return list(csv.reader(io.StringIO(text)))


def refused(text, key, code):
    with pytest.raises(AuditRefused) as no:
        sheets.read(text, key)
    assert no.value.code == f"linkage.{code}"
    assert SECRET not in str(no.value) + no.value.next_step
    return no.value


def test_the_sheet_shows_both_sides_and_is_blind():
    text, key, _ = written()
    header, *rows = lines(text)
    assert header == [
        *("row", "sheet", "left id", "right id", "left given_name", "right given_name"),
        *("left surname", "right surname", "left postcode", "right postcode", "answer"),
    ]
    assert [row[0] for row in rows] == list("123456")
    assert {row[1] for row in rows} == {key.code}
    assert {row[-1] for row in rows} == {""}
    for word in ("0.9999", "accept", "review", "none"):
        assert word not in text


def test_two_keys_of_the_same_rows_make_blind_sheets_that_differ_in_nothing_but_their_code():
    """Neither what was decided nor how sure it was can be read off a sheet."""
    other = [Compared(one.pair, 0.0, Decision.NONE) for one in PAIRS]
    made = [
        sheets.write(draw(of, seed=1, per_stratum=6), LEFT, RIGHT, result="", seed=1, per_stratum=6)[0]
        for of in (PAIRS, other)
    ]
    one, two = ([row[:1] + row[2:] for row in lines(text)] for text in made)
    assert one == two


def test_what_a_spreadsheet_would_run_is_made_harmless():
    for seed in range(6):
        for row in lines(written(seed=seed)[0]):
            assert not any(cell.startswith(("=", "+", "-", "@")) for cell in row)
    text = "".join(written(seed=seed)[0] for seed in range(6))
    assert "'=HYPERLINK()" in text
    assert "ZZ0 | =1+1" in text  # one person, in two lines of the list


def test_answers_are_read_back_by_row_however_they_are_written_and_ordered():
    text, key, _ = written()
    header, *rows = lines(text)
    for row, answer in zip(
        rows, ["same", " Same", "DIFFERENT", "cannot say", "Cannot  Say ", "different"], strict=True
    ):
        row[-1] = answer
    said = sheets.read(printed([header, *reversed(rows)]), key)
    same, different, cannot = Opinion.SAME, Opinion.DIFFERENT, Opinion.CANNOT_SAY
    assert said == {1: same, 2: same, 3: different, 4: cannot, 5: cannot, 6: different}


def test_a_third_may_leave_rows_out_and_nobody_else():
    text, key, _ = written()
    header, *rows = lines(text)
    rows[2][-1] = "same"
    assert sheets.read(printed([header, *rows]), key, whole=False) == {3: Opinion.SAME}
    refused(printed([header, *rows]), key, "answer")


def test_an_answer_that_is_none_is_refused_by_its_row():
    text, key, _ = written()
    header, *rows = lines(filled(text))
    rows[4][-1] = SECRET
    assert "Row 5" in refused(printed([header, *rows]), key, "answer").sentence


@pytest.mark.parametrize("column", range(2, 10))
def test_a_sheet_in_which_a_value_was_changed_is_refused(column):
    text, key, _ = written()
    rows = lines(filled(text))
    rows[2][column] += "x"
    refused(printed(rows), key, "sheet_changed")


@pytest.mark.parametrize(
    "change",
    [
        lambda rows: [row[:-1] for row in rows],
        lambda rows: [[*row, "note"] for row in rows],
        lambda rows: [rows[0], [*rows[1], "more"], *rows[2:]],
        lambda rows: [[*rows[0][:2], rows[0][3], rows[0][2], *rows[0][4:]], *rows[1:]],
        lambda rows: [["answer"] * len(rows[0]), *rows[1:]],
        lambda rows: rows[1:],
    ],
)
def test_a_sheet_of_another_shape_is_refused(change):
    text, key, _ = written()
    refused(printed(change(lines(filled(text)))), key, "sheet_changed")


@pytest.mark.parametrize("text", ["", "\n", '"', "row;sheet;answer\n1;2;same\n", "\0"])
def test_what_is_no_sheet_is_refused(text):
    refused(text, written()[1], "sheet_changed")


@pytest.mark.parametrize(
    "change",
    [
        lambda rows: rows[:-1],
        lambda rows: [*rows, rows[-1]],
        lambda rows: [*rows[:-1], rows[-2]],
        lambda rows: [*rows[:-1], ["7", *rows[-1][1:]]],
        lambda rows: [*rows[:-1], ["6" * 5000, *rows[-1][1:]]],
        lambda rows: rows[:1],
    ],
)
def test_missing_and_doubled_rows_are_refused(change):
    text, key, _ = written()
    refused(printed(change(lines(filled(text)))), key, "rows")


def test_a_sheet_of_another_result_or_seed_is_refused():
    text, key, _ = written()
    for other in (written(result="cd" * 32), written(seed=2)):
        refused(filled(other[0]), key, "other_sheet")
        refused(filled(text), other[1], "other_sheet")


def test_a_key_that_was_changed_is_refused_by_itself_or_by_the_sheet():
    text, _, key = written()
    for was, now in (
        ('"pairs": 8', '"pairs": 5'),
        ('"drawn": 6', '"drawn": 5'),
        ("sample/v1", "sample/v2"),
        ("\n", "\r\n"),
    ):
        assert was in key
        with pytest.raises(AuditRefused, match=r"linkage\.key"):
            sheets.read_key(key.replace(was, now))
    more = sheets.read_key(key.replace('"pairs": 8', '"pairs": 80000'))
    refused(filled(text), more, "other_sheet")


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", "null", "7", '{"form": "beholden/link-sample/v1"}', "\ufeff{}", "[" * 100_000]
)
def test_what_is_no_key_is_refused(text):
    with pytest.raises(AuditRefused, match=r"linkage\.key"):
        sheets.read_key(text)


def test_the_key_holds_nobody():
    _, key, text = written(known={("L1", "R2"): Opinion.DIFFERENT})
    assert SECRET not in text
    assert "L1" not in text
    assert sorted(row.known for row in key.rows.values() if row.known) == [Opinion.DIFFERENT]


def test_a_pair_that_the_lists_do_not_have_is_refused():
    with pytest.raises(AuditRefused, match=r"linkage\.other_list"):
        written(known={("L1", "R99"): Opinion.SAME})
    with pytest.raises(AuditRefused, match=r"linkage\.other_list"):
        draw(PAIRS, seed=1, per_stratum=5, groups={"L0": ""})


# --- what is handed in beside it ---


def test_a_result_is_read_as_linking_prints_it():
    line = '{"left": "C-1", "right": "P-1", "probability": 0.5, "decision": "review", "rule": "x", "reason": "y"}'
    assert list(sheets.compared([line])) == [Compared(("C-1", "P-1"), 0.5, Decision.REVIEW)]


@pytest.mark.parametrize(
    "change",
    [
        {"left": ""},
        {"left": 7},
        {"right": None},
        {"probability": 1.5},
        {"probability": -0.1},
        {"probability": float("nan")},
        {"probability": True},
        {"probability": "0.5"},
        {"decision": "maybe"},
        {"decision": None},
    ],
)
def test_a_line_that_is_no_pair_is_refused_by_its_number(change):
    good = {"left": SECRET, "right": "P-1", "probability": 0.5, "decision": "review"}
    with pytest.raises(AuditRefused, match="Line 2") as no:
        list(sheets.compared([json.dumps(good), json.dumps(good | change)]))
    assert no.value.code == "linkage.result"
    assert SECRET not in str(no.value)


@pytest.mark.parametrize(
    "line", ["", "accept  0.9  C-1  P-1", "[]", "7", "null", '{"left": "C-1"}', "[" * 100_000]
)
def test_a_line_that_is_no_object_is_refused(line):
    with pytest.raises(AuditRefused, match=r"linkage\.result"):
        list(sheets.compared([line]))


def test_a_pair_twice_no_pair_no_draw_and_too_many_groups_are_refused():
    for pairs, per_stratum, groups, code in (
        ([PAIRS[0], PAIRS[0]], 5, None, "pair_twice"),
        ([], 5, None, "no_pairs"),
        (PAIRS, 0, None, "per_stratum"),
        (PAIRS, 5, {f"L{n}": f"{SECRET}{n}" for n in range(MOST_GROUPS + 1)}, "groups"),
    ):
        with pytest.raises(AuditRefused) as no:
            draw(pairs, seed=1, per_stratum=per_stratum, groups=groups)
        assert no.value.code == f"linkage.{code}"
        assert SECRET not in str(no.value)


def test_known_pairs_are_same_or_different_and_each_once():
    assert sheets.known([("L1", "R1", " Same "), ("L1", "R2", "different")]) == {
        ("L1", "R1"): Opinion.SAME,
        ("L1", "R2"): Opinion.DIFFERENT,
    }
    for bad in ([("L1", "R1", "cannot say")], [("L1", "R1", "same"), ("L1", "R1", "same")]):
        with pytest.raises(AuditRefused, match=r"linkage\.known"):
            sheets.known(bad)
