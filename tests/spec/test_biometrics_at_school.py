# SPDX-License-Identifier: Apache-2.0
"""Biometrics at school, as a truth table (D17). No line here needs more than reading.

A school wants to read children's fingers, so that they can pay for lunch. The Protection of Freedoms Act 2012, sections
26 to 28, says what it must do first. Each case below says what happened, in order, and every reason that follows; where
there is none, the finger may be read. docs/reference/biometrics.md is written from this table.
"""

from datetime import date
from itertools import product

import pytest

from beholden.biometrics.rules import How, Line, Said, age_on, bars, check_line, law_of
from beholden.catalogue import Bar, load
from beholden.refusals import Refusal

LAW = load().biometrics
MUM, DAD, COUNCIL, CHILD = "Mum", "Dad", "the council", ""
ACTS = {
    # how a case is told: the words of the table, and the line of the book
    "is a parent": (Said.PARENT, How.NOTED),
    "stands in": (Said.STANDS_IN, How.NOTED),
    "is told in writing": (Said.NOTIFIED, How.WRITTEN),
    "agrees in writing": (Said.CONSENTS, How.WRITTEN),
    "takes it back in writing": (Said.WITHDRAWS, How.WRITTEN),
    "objects in writing": (Said.OBJECTS, How.WRITTEN),
    "cannot be found": (Said.EXCEPTED, How.NOTED, "not-found"),
    "lacks capacity": (Said.EXCEPTED, How.NOTED, "lacks-capacity"),
    "must not be contacted, for the child's welfare": (Said.EXCEPTED, How.NOTED, "welfare"),
    "cannot practicably be asked": (Said.EXCEPTED, How.NOTED, "not-practicable"),
    "says no": (Said.CHILD_REFUSES, How.SPOKEN),
    "pulls the hand away": (Said.CHILD_REFUSES, How.SHOWN),
    "writes no": (Said.CHILD_REFUSES, How.WRITTEN),
    "says yes again": (Said.CHILD_WILLING, How.SPOKEN),
}


def book(*told):
    """Return the lines of a book from a case as it is told."""
    return [Line(who, *ACTS[what]) for who, what in told]


BOTH = ((MUM, "is a parent"), (DAD, "is a parent"))
BOTH_TOLD = (*BOTH, (MUM, "is told in writing"), (DAD, "is told in writing"))
AGREED = (*BOTH_TOLD, (MUM, "agrees in writing"))

CASES = (
    # section, what happened, age, the book, every reason against it
    ("26(2)", "Nothing has happened.", 9, (), {Bar.NOBODY_NAMED, Bar.NO_CONSENT}),
    ("26(2)", "Two parents are known. Nobody was told.", 9, BOTH, {Bar.NOT_NOTIFIED, Bar.NO_CONSENT}),
    (
        "26(2)",
        "Only Mum was told, and agrees. Dad was not told.",
        9,
        (*BOTH, (MUM, "is told in writing"), (MUM, "agrees in writing")),
        {Bar.NOT_NOTIFIED},
    ),
    ("26(3)(a)", "Both were told. Nobody has answered.", 9, BOTH_TOLD, {Bar.NO_CONSENT}),
    ("26(3)(a)", "Both were told. Mum agrees; Dad says nothing.", 9, AGREED, set()),
    (
        "26(3)(b)",
        "Both were told. Mum agrees; Dad objects.",
        9,
        (*AGREED, (DAD, "objects in writing")),
        {Bar.OBJECTION},
    ),
    (
        "26(3)(b)",
        "Dad objects; Mum agrees afterwards.",
        9,
        (*BOTH_TOLD, (DAD, "objects in writing"), (MUM, "agrees in writing")),
        {Bar.OBJECTION},
    ),
    (
        "27(3)",
        "Mum agrees, and takes it back.",
        9,
        (*AGREED, (MUM, "takes it back in writing")),
        {Bar.NO_CONSENT, Bar.OBJECTION},
    ),
    (
        "27(3)",
        "Both agree, and Mum takes it back.",
        9,
        (*AGREED, (DAD, "agrees in writing"), (MUM, "takes it back in writing")),
        {Bar.OBJECTION},
    ),
    (
        "27(3)",
        "Dad objects, thinks again, and agrees. Only he can change it.",
        9,
        (*AGREED, (DAD, "objects in writing"), (DAD, "agrees in writing")),
        set(),
    ),
    ("26(5)", "Mum agrees; the child says no.", 9, (*AGREED, (CHILD, "says no")), {Bar.CHILD_REFUSES}),
    (
        "26(5)",
        "Both agree; a child of four pulls the hand away.",
        4,
        (*AGREED, (DAD, "agrees in writing"), (CHILD, "pulls the hand away")),
        {Bar.CHILD_REFUSES},
    ),
    (
        "26(5)",
        "The child writes no; then both parents agree.",
        15,
        (*BOTH_TOLD, (CHILD, "writes no"), (MUM, "agrees in writing"), (DAD, "agrees in writing")),
        {Bar.CHILD_REFUSES},
    ),
    (
        "26(5)",
        "The child says no, and later says yes again. Mum's yes still stands.",
        9,
        (*AGREED, (CHILD, "says no"), (CHILD, "says yes again")),
        set(),
    ),
    (
        "26(5)",
        "The child says yes. No parent has agreed.",
        15,
        (*BOTH_TOLD, (CHILD, "says yes again")),
        {Bar.NO_CONSENT},
    ),
    (
        "27(1)(a)",
        "Dad cannot be found. Mum was told and agrees.",
        9,
        (*BOTH, (DAD, "cannot be found"), (MUM, "is told in writing"), (MUM, "agrees in writing")),
        set(),
    ),
    (
        "27(1)(b)",
        "Dad lacks capacity. Mum was told and agrees.",
        9,
        (*BOTH, (DAD, "lacks capacity"), (MUM, "is told in writing"), (MUM, "agrees in writing")),
        set(),
    ),
    (
        "27(1)(c)",
        "Dad must not be contacted. Mum was told and agrees.",
        9,
        (
            *BOTH,
            (DAD, "must not be contacted, for the child's welfare"),
            (MUM, "is told in writing"),
            (MUM, "agrees in writing"),
        ),
        set(),
    ),
    (
        "27(1)(d)",
        "Dad cannot practicably be asked. Mum was told and says nothing.",
        9,
        (*BOTH, (DAD, "cannot practicably be asked"), (MUM, "is told in writing")),
        {Bar.NO_CONSENT},
    ),
    (
        "27(1)",
        "Dad could not be found, and objects when he hears of it.",
        9,
        (
            *BOTH,
            (DAD, "cannot be found"),
            (MUM, "is told in writing"),
            (MUM, "agrees in writing"),
            (DAD, "objects in writing"),
        ),
        {Bar.OBJECTION},
    ),
    (
        "27(1)",
        "Dad could not be found, comes, is told, and agrees. Mum says nothing.",
        9,
        (
            *BOTH,
            (DAD, "cannot be found"),
            (MUM, "is told in writing"),
            (DAD, "is told in writing"),
            (DAD, "agrees in writing"),
        ),
        set(),
    ),
    (
        "28(5) to (8)",
        "Both parents are excepted, and nobody stands in.",
        9,
        (*BOTH, (MUM, "lacks capacity"), (DAD, "cannot be found")),
        {Bar.NOBODY_NAMED, Bar.NO_CONSENT},
    ),
    (
        "28(5) to (8)",
        "Both parents are excepted. The council stands in, was told, and agrees.",
        9,
        (
            *BOTH,
            (MUM, "lacks capacity"),
            (DAD, "cannot be found"),
            (COUNCIL, "stands in"),
            (COUNCIL, "is told in writing"),
            (COUNCIL, "agrees in writing"),
        ),
        set(),
    ),
    (
        "28(5) to (8)",
        "The child has no parents. The council stands in, and was not told.",
        9,
        ((COUNCIL, "stands in"),),
        {Bar.NOT_NOTIFIED, Bar.NO_CONSENT},
    ),
    (
        "28(5) to (8)",
        "Mum can be asked, and says nothing. The council agrees in her place.",
        9,
        (
            (MUM, "is a parent"),
            (MUM, "is told in writing"),
            (COUNCIL, "stands in"),
            (COUNCIL, "is told in writing"),
            (COUNCIL, "agrees in writing"),
        ),
        {Bar.NO_CONSENT},
    ),
    (
        "the keeper's choice",
        "Mum agrees. The council, which stands in for nobody yet, objects.",
        9,
        (*AGREED, (COUNCIL, "stands in"), (COUNCIL, "objects in writing")),
        {Bar.OBJECTION},
    ),
    (
        "28(1)",
        "Mum agreed when the student was 17. Today is the 18th birthday.",
        18,
        AGREED,
        {Bar.NOT_A_CHILD},
    ),
    (
        "28(1)",
        "A student of 18 says no. That is not this law's, and it is still a no.",
        18,
        (*AGREED, (CHILD, "says no")),
        {Bar.NOT_A_CHILD, Bar.CHILD_REFUSES},
    ),
)


@pytest.mark.parametrize(
    ("section", "happened", "age", "told", "reasons"), CASES, ids=[one[1] for one in CASES]
)
def test_what_happened_gives_these_reasons_and_no_other(section, happened, age, told, reasons):
    """D17. Each case can have happened so: every line may follow those before it."""
    lines = book(*told)
    for place, line in enumerate(lines):
        check_line(line, lines[:place], law=LAW)
    assert bars(lines, age=age, law=LAW) == reasons


def test_every_reason_is_reached_and_every_ground_is_used():
    assert set().union(*(reasons for *_, reasons in CASES)) == set(Bar)
    assert {line.ground for _, _, _, told, _ in CASES for line in book(*told)} - {""} == set(LAW.grounds)


NOT_WRITTEN = (
    # what cannot be written down, what stands already, the line, the refusal
    (
        "Mum agrees on the telephone (s.27(4)).",
        BOTH_TOLD,
        Line(MUM, Said.CONSENTS, How.SPOKEN),
        "not_written",
    ),
    ("Dad objects at the gate (s.27(2)).", BOTH_TOLD, Line(DAD, Said.OBJECTS, How.SPOKEN), "not_written"),
    (
        "Mum takes it back by telephone (s.27(4)).",
        AGREED,
        Line(MUM, Said.WITHDRAWS, How.SPOKEN),
        "not_written",
    ),
    ("Mum is told in the yard (s.27(2)).", BOTH, Line(MUM, Said.NOTIFIED, How.SPOKEN), "not_written"),
    ("Mum agrees before she was told.", BOTH, Line(MUM, Said.CONSENTS, How.WRITTEN), "not_told"),
    ("A neighbour agrees.", BOTH_TOLD, Line("a neighbour", Said.CONSENTS, How.WRITTEN), "unknown_adult"),
    ("Dad takes back a yes that he never gave.", BOTH_TOLD, Line(DAD, Said.WITHDRAWS, How.WRITTEN), "no_yes"),
    (
        "Dad is excepted because he is a bother.",
        BOTH,
        Line(DAD, Said.EXCEPTED, How.NOTED, "a-bother"),
        "ground",
    ),
    ("Dad is excepted on no ground.", BOTH, Line(DAD, Said.EXCEPTED, How.NOTED), "ground"),
    ("Mum's yes stands on a ground.", BOTH_TOLD, Line(MUM, Said.CONSENTS, How.WRITTEN, "welfare"), "ground"),
    ("Mum is named twice.", BOTH, Line(MUM, Said.STANDS_IN, How.NOTED), "named_already"),
    ("Mum says no for the child.", AGREED, Line(MUM, Said.CHILD_REFUSES, How.SPOKEN), "whose"),
    ("The child agrees in a parent's place.", BOTH_TOLD, Line(CHILD, Said.CONSENTS, How.WRITTEN), "whose"),
    (
        "The child is said to be willing because it did not pull the hand away.",
        AGREED,
        Line(CHILD, Said.CHILD_WILLING, How.SHOWN),
        "not_said",
    ),
    ("The school writes that a parent said to be one.", (), Line(MUM, Said.PARENT, How.SPOKEN), "form"),
    (
        "The school notes a refusal that nobody made.",
        AGREED,
        Line(CHILD, Said.CHILD_REFUSES, How.NOTED),
        "form",
    ),
)


@pytest.mark.parametrize(("what", "told", "line", "code"), NOT_WRITTEN, ids=[one[0] for one in NOT_WRITTEN])
def test_what_does_not_count_is_not_written_down(what, told, line, code):
    """D17. A parent's word counts in writing only; the child's counts however it is said."""
    with pytest.raises(Refusal) as no:
        check_line(line, book(*told), law=LAW)
    assert no.value.code == f"biometrics.{code}"


@pytest.mark.parametrize("how", [How.WRITTEN, How.SPOKEN, How.SHOWN])
def test_a_child_refuses_in_any_way(how):
    """D17. s.26(5): refuses to participate, or otherwise objects."""
    check_line(Line(CHILD, Said.CHILD_REFUSES, how), book(*AGREED), law=LAW)


def test_where_no_law_allows_it_nothing_is_allowed():
    """D17. The second pack knows no such law."""
    with pytest.raises(Refusal) as no:
        law_of(load("us"))
    assert no.value.code == "biometrics.no_law"


@pytest.mark.parametrize(
    ("on", "age"),
    [(date(2026, 2, 28), 17), (date(2026, 3, 1), 18), (date(2028, 2, 28), 19), (date(2028, 2, 29), 20)],
)
def test_a_birthday_on_29_february_is_on_1_march_in_a_common_year(on, age):
    assert age_on(date(2008, 2, 29), on) == age


# --- the whole table: two parents, everything each can have said, and the child ---

SAID_BY_ONE = {
    "not told": (),
    "excepted": ("cannot be found",),
    "told": ("is told in writing",),
    "agrees": ("is told in writing", "agrees in writing"),
    "takes back": ("is told in writing", "agrees in writing", "takes it back in writing"),
    "objects": ("objects in writing",),
    "excepted, objects": ("cannot be found", "objects in writing"),
}
CHILD_SAID = {"nothing": (), "no": ("says no",), "no, then yes": ("says no", "says yes again")}


@pytest.mark.parametrize(("mum", "dad", "child"), tuple(product(SAID_BY_ONE, SAID_BY_ONE, CHILD_SAID)))
def test_two_parents_and_a_child(mum, dad, child):
    """D17. All 147 cases, against the Act's own sentences written out once more."""
    told = [*BOTH]
    told += [(MUM, act) for act in SAID_BY_ONE[mum]] + [(DAD, act) for act in SAID_BY_ONE[dad]]
    told += [(CHILD, act) for act in CHILD_SAID[child]]
    found = bars(book(*told), age=9, law=LAW)

    words = {mum, dad}
    is_excepted = [word.startswith("excepted") for word in (mum, dad)]
    was_told = [word in ("told", "agrees", "takes back") for word in (mum, dad)]
    each_parent_notified = all(a or b for a, b in zip(is_excepted, was_told, strict=True))  # 26(2), 27(1)
    one_consents = "agrees" in words  # 26(3)(a)
    none_objects = not words & {"takes back", "objects", "excepted, objects"}  # 26(3)(b)
    child_refuses = child == "no"  # 26(5)

    may = each_parent_notified and one_consents and none_objects and not child_refuses
    assert (not found) == may
    assert (Bar.NOT_NOTIFIED in found) == (not each_parent_notified)
    assert (Bar.NO_CONSENT in found) == (not one_consents)
    assert (Bar.OBJECTION in found) == (not none_objects)
    assert (Bar.CHILD_REFUSES in found) == child_refuses
    assert (Bar.NOBODY_NAMED in found) == all(is_excepted)
