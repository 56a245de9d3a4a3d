# SPDX-License-Identifier: Apache-2.0
"""The report card as a page, as CSV and as JSON: what it says is what the card says, and F is said (D38, U8)."""

import csv
import io
import json
import re
from datetime import date
from html import unescape

import pytest

from beholden.reportcard.card import State
from unit.web import doubles

CARD = doubles.report_card(catalogue=None, on=doubles.NOW.date())
MEASURED = [one for one in CARD.subjects if one.measures]


def page(reader, address="/report-card"):
    answer = reader.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def tables(shown):
    """Every table of a page: rows of cells, as text."""
    return [
        [
            [" ".join(unescape(re.sub(r"<[^>]+>", " ", cell)).split()) for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.DOTALL)]
            for row in re.findall(r"<tr.*?</tr>", table, re.DOTALL)
        ]
        for table in re.findall(r"<table.*?</table>", shown, re.DOTALL)
    ]  # fmt: skip


def test_every_subject_has_its_grade_as_a_letter(reader, box):
    shown = page(reader)
    assert f">Report card {CARD.on.year}<" in shown
    first, *_ = tables(shown)
    points = {
        one.label: f"{one.earned} of {one.possible}" if one.measured else "not measured"
        for one in CARD.subjects
    }
    assert first[1:] == [[one.label, one.grade.value, points[one.label]] for one in CARD.subjects]


def test_every_sum_is_shown_with_each_denominator(reader, box):
    _, *sums = tables(page(reader))
    assert len(sums) == len(MEASURED) == 4
    for subject, table in zip(MEASURED, sums, strict=True):
        head, *rows, foot = table
        assert head == ["What is counted", "Counted", "Out of", "Points"]
        for one, row in zip(subject.measures, rows, strict=True):
            assert row[0].startswith(one.label)
            if one.found.state is State.MEASURED:
                figures = [
                    f"{one.found.numerator:,}",
                    f"{one.found.denominator:,}",
                    f"{one.earned} of {one.points}",
                ]
                assert row[1:] == figures
            else:
                assert row[1:3] == ["– none", "– none"]
                assert one.found.why_not in row[0]
        assert foot == ["The sum", f"{subject.earned} of {subject.possible}"]


def test_not_measured_is_said_and_is_f(reader, box):
    shown = page(reader)
    assert shown.count("This is not measured yet. What is not measured is F.") == 3
    assert "Not measured, so F. Whose signature counts" in shown


def test_what_was_missed_is_named(reader, box):
    """The recipient found another list: the worst of all, and nothing makes up for it."""
    shown = page(reader, "/report-card/security")
    assert re.search(r"No recipient found another list\s*<span[^>]*>Missed: handover 1\.", shown)
    assert "which alone would be" in shown
    assert "Missed: 3 September 2026." in page(reader, "/report-card/transparency")


@pytest.mark.parametrize("subject", MEASURED, ids=lambda one: one.subject.value)
def test_every_figure_opens_the_entries_it_was_counted_from(reader, box, subject):
    """U8: each entry by its log and its place; the page says how many it leaves to the JSON."""
    shown = page(reader, f"/report-card/{subject.subject}")
    for one in subject.measures:
        part = re.search(rf'<section aria-labelledby="{one.name}">.*?</section>', shown, re.DOTALL)[0]
        linked = {(log, int(index)) for log, index in re.findall(r'href="/log/(\w+)/(\d+)"', part)}
        assert linked == set(one.found.sources)
        for said in (one.label, one.counted, one.out_of):
            assert said.replace("'", "&#39;") in part


def test_it_says_when_and_at_which_sizes_it_was_counted(reader, box):
    sizes = {read.log: read.size for read in CARD.logs}
    for address in ("/report-card", "/report-card/transparency"):
        shown = page(reader, address)
        assert "Counted on Tuesday 29 September 2026." in shown
        assert f"The log of events had {sizes['events']} entries." in shown
        assert f"The log of handovers had {sizes['handovers']} entries." in shown


def test_the_picture_says_the_same_in_words(reader, box):
    shown = page(reader)
    picture = re.search(r'<svg width="100%".*?</svg>', shown, re.DOTALL)[0]
    assert 'role="img"' in picture
    assert "3 of 7 subjects are measured, and the best grade is B</title>" in picture
    assert (
        "“Were families told, and heard?” has the grade B. “Can the log be trusted?” has the grade D.</desc>"
        in picture
    )
    assert re.findall(r'class="bh-pic-letter"[^>]*>(\w)<', picture) == ["B", "C", "D"]
    assert re.findall(r'class="bh-pic-open-letter"[^>]*>(\w)<', picture) == ["F"] * 4
    assert picture.count(">not measured<") == 4


def test_the_command_that_a_stranger_types_is_whole(reader, box):
    shown = page(reader)
    command = re.search(r"<pre[^>]*>(.*?)</pre>", shown, re.DOTALL)[1]
    assert "beholden log copy http://testserver/log copy" in command
    for read in CARD.logs:
        assert f"--key '{read.key}'" in command
    assert f"--on {CARD.on.isoformat()}" in command
    assert 'href="/check#copy"' in shown
    assert 'id="copy"' in page(reader, "/check")


def test_json_is_byte_for_byte_what_the_command_prints(reader, box):
    answer = reader.get("/report-card.json")
    assert answer.content == CARD.print() + b"\n"
    assert answer.headers["Content-Type"] == "application/json"


def test_csv_has_a_line_for_each_measure_and_for_each_subject_without_one(reader, box):
    answer = reader.get("/report-card.csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert len(rows) == sum(max(len(one.measures), 1) for one in CARD.subjects)
    for subject in CARD.subjects:
        its = [row for row in rows if row["subject"] == subject.subject]
        assert {row["subject_grade"] for row in its} == {subject.grade.value}
        for row, one in zip(its, subject.measures, strict=False):
            assert (row["measure"], row["state"]) == (one.name, one.found.state)
            if one.found.state is State.MEASURED:
                assert (int(row["counted"]), int(row["out_of"])) == (
                    one.found.numerator,
                    one.found.denominator,
                )
                assert len([entry for entry in row["entries"].split("; ") if entry]) == len(one.found.sources)
            else:
                assert row["counted"] == row["out_of"] == ""
        if not subject.measures:
            assert [(row["measure"], row["state"]) for row in its] == [("", "not measured")]


def test_the_first_page_and_check_us_lead_to_it(reader, box):
    for address in ("/", "/check"):
        assert 'href="/report-card"' in page(reader, address)
    assert re.search(r'aria-current="true">\s*<strong[^>]*>Check us<', page(reader))


def test_where_the_log_does_not_hold_there_is_no_card_and_no_old_one(reader, box, monkeypatch):
    """D27: the page, its parts and its twins all say so, and none answers 200."""
    from beholden.web.public import report

    monkeypatch.setattr(report, "report_card", doubles.no_report_card)
    for address in ("/report-card", "/report-card/transparency"):
        answer = reader.get(address)
        assert answer.status_code == 503
        shown = answer.content.decode()
        assert "The entries of events are not the ones that were signed." in shown
        assert "bh-grade__letter" not in shown
    held = reader.get("/report-card.json")
    assert held.status_code == 503
    assert json.loads(held.content)["refused"]["code"] == "reportcard.not_the_log"
    assert reader.get("/report-card.csv").status_code == 503


def test_the_day_is_the_day_of_the_door_s_clock(reader, box, monkeypatch):
    from beholden.web.public import report

    asked = []

    def report_card(*, catalogue, on):
        asked.append(on)
        return CARD

    monkeypatch.setattr(report, "report_card", report_card)
    monkeypatch.setattr(report, "now", lambda: doubles.NOW)
    page(reader)
    assert asked == [date(2027, 3, 3)]
