# SPDX-License-Identifier: Apache-2.0
"""The report card's formula is data: taken whole, refused by line, and under the ratchet (D38, D41)."""

import shutil
from dataclasses import replace
from types import MappingProxyType

import pytest

from beholden.catalogue import Catalogue, Letter, MeasureName, PackRefused, Subject, load
from beholden.catalogue.pack import ENGLAND as PACK
from beholden.catalogue.rules import tighter_or_equal

ENGLAND = load()
FILE = "grades.toml"
TEXT = (PACK / FILE).read_text(encoding="utf-8")
GRADE_B = "[grade.B]\nleast = 75\n"
DAYS = '[measure.days]\nsubject = "transparency"\n'
CHOICE = TEXT[TEXT.index("[subject.choice]") : TEXT.index("[subject.accuracy]")]
KNEW = TEXT[TEXT.index("[measure.knew]") : TEXT.index("# --- transparency")]

# (what stood there, what stands there now, code, the line that must be named: a text on it)
SPOILT = {
    "a grade that is missing": (GRADE_B, "", "missing_key", "# The report card"),
    "a subject that is missing": (CHOICE, "", "missing_key", "# The report card"),
    "a measure that is missing": (KNEW, "", "missing_key", "# The report card"),
    "a grade nobody knows": (GRADE_B, GRADE_B + "\n[grade.G]\nleast = 5\n", "unknown_key", "[grade.G]"),
    "a number for F": (GRADE_B, GRADE_B + "\n[grade.F]\nleast = 1\n", "unknown_key", "[grade.F]"),
    "a subject nobody knows": ("[subject.choice]", "[subject.beauty]", "unknown_key", "[subject.beauty]"),
    "a measure that nothing computes": ("[measure.told]", "[measure.charm]", "unknown_key", "[measure.charm]"),
    "a table of another file": ("[grade.B]", "[limit.B]", "unknown_kind", "[limit.B]"),
    "a grade twice": (GRADE_B, GRADE_B + "\n[grade.B] # again\nleast = 75\n", "duplicate", "# again"),
    "a B that needs as much as an A": ("least = 75", "least = 90 # B", "contradiction", "# B"),
    "a B that needs more than an A": ("least = 75", "least = 95", "contradiction", "least = 95"),
    "more than all": ("least = 90", "least = 101", "out_of_range", "least = 101"),
    "nothing at all": ("least = 30", "least = 0", "out_of_range", "least = 0"),
    "half a point": ("least = 30", "least = 30.5", "wrong_type", "30.5"),
    "a word for a number": ("least = 30", 'least = "30"', "wrong_type", '"30"'),
    "points that do not come to 100": ("points = 30", "points = 29", "contradiction", 'points = 15\nif_missed = "B"\n\n# --- tr'),
    "a measure without points": ("points = 30\n", "", "missing_key", "[measure.told]"),
    "a measure for nothing": ("points = 30", "points = 0", "out_of_range", "points = 0"),
    "a measure without its denominator": ('out_of = "families asked"\n', "", "missing_key", "[measure.knew]"),
    "a measure of no subject": ('[measure.told]\nsubject = "fair-processing"', '[measure.told]\nsubject = "luck"', "unknown_value", '"luck"'),
    "a best grade nobody knows": ('if_missed = "F"', 'if_missed = "G"', "unknown_value", '"G"'),
    "days where the formula has none": ("points = 30\n", "points = 30\nwithin_days = 3\n", "unknown_key", "within_days = 3"),
    "no days where the formula has some": ("within_days = 1\n", "", "missing_key", "[measure.days]"),
    "no day at all": ("within_days = 1\n", "within_days = 0\n", "out_of_range", "within_days = 0"),
    "a key nobody knows": (DAYS, DAYS + "bonus = 5\n", "unknown_key", "bonus = 5"),
    "a grade with a word too many": (GRADE_B, GRADE_B + 'label = "good"\n', "unknown_key", 'label = "good"'),
    "a subject without a reason": ('why = "What nobody can see, nobody can check."\n', "", "missing_key", "[subject.transparency]"),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(SPOILT))
def test_a_spoilt_grading_is_refused_at_its_line(tmp_path, name):
    old, new, code, marker = SPOILT[name]
    assert old in TEXT, "the test would spoil nothing"
    pack = tmp_path / "pack"
    shutil.copytree(PACK, pack)
    spoilt = TEXT.replace(old, new, 1)
    (pack / FILE).write_text(spoilt, encoding="utf-8")
    with pytest.raises(PackRefused) as refused:
        load(pack)
    no = refused.value
    assert no.code == f"catalogue.{code}"
    assert (no.file, no.line) == (FILE, spoilt[: spoilt.index(marker)].count("\n") + 1)
    assert no.next_step
    assert no.authority


# --- what it says


def test_the_numbers_are_these():
    assert {letter: ENGLAND.grades.least[letter] for letter in "ABCDE"} == {
        "A": 90,
        "B": 75,
        "C": 60,
        "D": 45,
        "E": 30,
    }
    points = {
        "fair-processing": {"told": 30, "window": 20, "settled": 25, "totals": 10, "knew": 15},
        "transparency": {
            "announced": 25,
            "confirmed": 20,
            "requests": 15,
            "days": 15,
            "texts": 15,
            "rules": 10,
        },
        "security": {
            "whole": 20,
            "signed": 15,
            "reviews": 15,
            "words": 20,
            "times": 10,
            "witnesses": 10,
            "replays": 10,
        },
        "timeliness": {"opened": 40, "seen": 30, "complaints": 30},
    }
    found = {
        name: {one.name.value: one.points for one in ENGLAND.grades.of(Subject(name))} for name in points
    }
    assert found == points


@pytest.mark.parametrize(
    ("percent", "letter"),
    [(100, "A"), (90, "A"), (89, "B"), (75, "B"), (74, "C"), (60, "C"), (59, "D"), (45, "D"), (44, "E"), (30, "E"), (29, "F"), (0, "F")],
)  # fmt: skip
def test_a_grade_is_the_best_that_is_reached(percent, letter):
    assert ENGLAND.grades.letter(percent) == letter


def test_what_forbids_a_good_grade_is_what_nothing_makes_up_for():
    """One list without a notice, a decision or an announcement; a log that is not whole or not signed."""
    last = {name.value for name in MeasureName if ENGLAND.grades.measures[name].if_missed is Letter.F}
    assert last == {"settled", "announced", "whole", "signed"}


@pytest.mark.parametrize("name", MeasureName)
def test_each_measure_says_numerator_denominator_and_reason(name):
    measure = ENGLAND.grades.measures[name]
    assert measure.label
    assert measure.counted
    assert measure.out_of
    assert measure.why.endswith(".")
    assert len(measure.label) <= 48, "it stands in a table"


@pytest.mark.parametrize("subject", Subject)
def test_each_of_the_seven_subjects_is_named(subject):
    """D38: also the three that nothing measures yet, so that the card admits them."""
    note = ENGLAND.grades.subjects[subject]
    assert note.label.endswith("?")
    assert note.why.endswith(".")
    unmeasured = {"choice", "accuracy", "minimisation"}
    assert bool(ENGLAND.grades.of(subject)) == (subject not in unmeasured)


# --- the ratchet


def with_least(letter: str, least: int) -> Catalogue:
    return replace(
        ENGLAND,
        grades=replace(ENGLAND.grades, least=MappingProxyType({**ENGLAND.grades.least, letter: least})),
    )


def with_measure(name: str, **values) -> Catalogue:
    measures = dict(ENGLAND.grades.measures)
    measures[MeasureName(name)] = replace(measures[MeasureName(name)], **values)
    return replace(ENGLAND, grades=replace(ENGLAND.grades, measures=MappingProxyType(measures)))


def without_measure(name: str) -> Catalogue:
    measures = {key: one for key, one in ENGLAND.grades.measures.items() if key != name}
    return replace(ENGLAND, grades=replace(ENGLAND.grades, measures=MappingProxyType(measures)))


LOOSER = [
    (with_least("A", 89), "grade A", "least"),
    (with_least("E", 1), "grade E", "least"),
    (with_measure("told", points=29), "measure told", "points"),
    (with_measure("told", points=31), "measure told", "points"),
    (with_measure("told", out_of="families who answered"), "measure told", "out_of"),
    (with_measure("told", counted="letters sent"), "measure told", "counted"),
    (with_measure("told", subject=Subject.CHOICE), "measure told", "subject"),
    (with_measure("settled", if_missed=Letter.E), "measure settled", "if_missed"),
    (with_measure("window", if_missed=Letter.A), "measure window", "if_missed"),
    (with_measure("days", within_days=2), "measure days", "within_days"),
    (without_measure("knew"), "measure knew", "dropped"),
]


@pytest.mark.parametrize(
    ("new", "where", "what"), LOOSER, ids=[f"{where}, {what}" for _, where, what in LOOSER]
)
def test_a_looser_grading_is_seen_by_name(new, where, what):
    assert (where, what) in {(one.where, one.what) for one in tighter_or_equal(ENGLAND, new)}


TIGHTER = {
    "an A needs more": with_least("A", 95),
    "a miss forbids more": with_measure("confirmed", if_missed=Letter.C),
    "a day is sealed sooner": with_measure("times", within_days=None),
    "better words": with_measure("told", label="Told first", why="Because."),
}


@pytest.mark.parametrize("name", TIGHTER)
def test_a_tighter_grading_takes_effect_at_once(name):
    assert tighter_or_equal(ENGLAND, TIGHTER[name]) == ()


def test_a_new_measure_is_a_published_difference():
    added = tighter_or_equal(without_measure("knew"), ENGLAND)
    assert [(one.where, one.what) for one in added] == [("measure knew", "added")]


def test_a_decision_cites_the_grading_too(tmp_path):
    """D41: what is counted is part of the catalogue's hash, and so of every decision under it."""
    pack = tmp_path / "pack"
    shutil.copytree(PACK, pack)
    (pack / FILE).write_text(TEXT.replace("least = 90", "least = 91", 1), encoding="utf-8")
    assert load(pack).hash != ENGLAND.hash
