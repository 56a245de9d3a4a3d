# SPDX-License-Identifier: Apache-2.0
"""Who may see, who may decide and who may be contacted about one child, as a table to read (D8, D14, D15, D35).

Each case: what is written about the child, about whom it is asked, and what follows. *Sees* is all, nothing, or all but
what is named. Two of the child's adults are *mother* and *father*; *council* is a body. Times are days of one year.
"""

from dataclasses import replace

import pytest

from beholden.catalogue import Store, load
from beholden.people.power import (
    CONTACT,
    DECIDE,
    EVERYTHING,
    NOTHING,
    TAKES,
    Power,
    able_since,
    check_line,
    decides_alone,
)
from beholden.refusals import Refusal
from power_lines import (
    COUNCIL,
    FATHER,
    HERS,
    HERSELF,
    MOTHER,
    STRANGER,
    able,
    day,
    ended,
    holds,
    lifted,
    not_able,
    power,
    restricted,
)

CATALOGUE = load()
IN_CARE = holds(COUNCIL, "care-order", body="westmere")
AS_OFFICER = holds(FATHER, "care-order", body="westmere")
ALL = EVERYTHING
UNSEEN_ADDRESS = replace(ALL, sees=frozenset(Store) - {Store.ADDRESS})

CASES = [
    # section, what is written, about whom it is asked, of age, what follows
    ("Nothing is written", (), MOTHER, False, ALL, "The school's letter says who decides."),
    ("Nothing is written", (), HERSELF, False, NOTHING, "A child decides when somebody judged that she can."),
    ("Parents", (holds(MOTHER),), MOTHER, False, ALL, "She stands in the register of births."),
    ("Parents", (holds(MOTHER),), FATHER, False, ALL, "What is written of one says nothing of another."),
    ("Parents", (holds(MOTHER, since=90),), MOTHER, False, NOTHING, "It begins later."),
    ("Parents", (holds(MOTHER, until=30),), MOTHER, False, NOTHING, "It has run out."),
    (
        "Orders",
        (restricted(FATHER, "address"),),
        FATHER,
        False,
        UNSEEN_ADDRESS,
        "He never learns the address.",
    ),
    (
        "Orders",
        (restricted(FATHER, DECIDE),),
        FATHER,
        False,
        replace(ALL, decides=False),
        "He sees; he decides not.",
    ),
    (
        "Orders",
        (restricted(FATHER, CONTACT),),
        FATHER,
        False,
        replace(ALL, contacted=False),
        "He gets no letter.",
    ),
    ("Orders", (restricted(FATHER, *TAKES),), FATHER, False, NOTHING, "All of it is taken."),
    (
        "Orders",
        (restricted(FATHER, "address"),),
        MOTHER,
        False,
        NOTHING,
        "An order speaks: she is to be written down.",
    ),
    ("Orders", (holds(MOTHER), restricted(FATHER, "address")), MOTHER, False, ALL, "She is written down."),
    ("Orders", (restricted(FATHER, "address"),), STRANGER, False, NOTHING, "A new handle is no way round."),
    ("Orders", (restricted(FATHER, "address", until=30),), FATHER, False, ALL, "The order has run out."),
    ("Orders", (restricted(FATHER, "address", since=90),), FATHER, False, ALL, "The order begins later."),
    (
        "Orders",
        (restricted(FATHER, "address"), holds(FATHER)),
        FATHER,
        False,
        UNSEEN_ADDRESS,
        "A birth certificate shown later takes nothing from an order.",
    ),
    (
        "Orders",
        (restricted(FATHER, "address"), lifted(FATHER)),
        FATHER,
        False,
        ALL,
        "The court changed its order.",
    ),
    ("Orders", (restricted(FATHER, DECIDE), lifted(FATHER)), MOTHER, False, ALL, "No order speaks any more."),
    (
        "Orders",
        (restricted(FATHER, DECIDE), restricted(MOTHER, "address")),
        MOTHER,
        False,
        NOTHING,
        "An order about her who had nothing is no grant.",
    ),
    (
        "Orders",
        (restricted(FATHER, DECIDE), restricted(MOTHER, "address", since=90)),
        MOTHER,
        False,
        NOTHING,
        "Nor is one that begins later.",
    ),
    (
        "Orders",
        (restricted(FATHER, DECIDE), lifted(MOTHER)),
        MOTHER,
        False,
        NOTHING,
        "Nothing was taken from her, so there is nothing to give back.",
    ),
    (
        "Orders",
        (restricted(FATHER, DECIDE), restricted(MOTHER, "address"), lifted(FATHER)),
        MOTHER,
        False,
        UNSEEN_ADDRESS,
        "His order is over; hers stands.",
    ),
    (
        "Orders",
        (restricted(FATHER, DECIDE), restricted(MOTHER, "address"), holds(MOTHER)),
        MOTHER,
        False,
        UNSEEN_ADDRESS,
        "Her paper gives; her order takes from it.",
    ),
    (
        "Orders",
        (restricted(FATHER, "address", since=50), lifted(FATHER, since=40)),
        FATHER,
        False,
        UNSEEN_ADDRESS,
        "What had not begun on the day of the lift is not lifted.",
    ),
    (
        "Orders",
        (restricted(FATHER, "address", since=40), lifted(FATHER, since=50)),
        FATHER,
        False,
        ALL,
        "What had begun is.",
    ),
    (
        "Orders",
        (restricted(FATHER, "address", since=40), lifted(FATHER, since=50)),
        STRANGER,
        False,
        ALL,
        "Then no order speaks.",
    ),
    (
        "Orders",
        (restricted(FATHER, "address"), AS_OFFICER),
        STRANGER,
        False,
        NOTHING,
        "A body's title silences no order about the adult whose handle it is.",
    ),
    ("Power ends", (holds(FATHER), ended(FATHER)), FATHER, False, NOTHING, "A court ended it."),
    ("Power ends", (ended(FATHER),), FATHER, False, NOTHING, "Also where nothing was written before."),
    ("Power ends", (holds(MOTHER), ended(FATHER)), STRANGER, False, NOTHING, "An order speaks."),
    ("Power ends", (ended(FATHER), holds(FATHER, "responsibility-order")), FATHER, False, ALL, "Given anew."),
    (
        "Power ends",
        (ended(FATHER), holds(FATHER, "responsibility-order", until=30)),
        STRANGER,
        False,
        NOTHING,
        "What was given anew has run out, so his end speaks again.",
    ),
    (
        "Power ends",
        (ended(FATHER), AS_OFFICER),
        STRANGER,
        False,
        NOTHING,
        "A body's title undoes no end of the adult whose handle it is.",
    ),
    (
        "Power ends",
        (ended(FATHER, since=50), holds(FATHER)),
        FATHER,
        False,
        NOTHING,
        "A birth certificate shown later takes nothing from an end either.",
    ),
    (
        "Power ends",
        (ended(FATHER, since=50), holds(FATHER)),
        STRANGER,
        False,
        NOTHING,
        "So his end speaks.",
    ),
    (
        "Power ends",
        (ended(FATHER, since=90), holds(FATHER)),
        FATHER,
        False,
        ALL,
        "Until the day of his end he holds it.",
    ),
    ("Power ends", (ended(FATHER, since=90),), FATHER, False, ALL, "It ends later."),
    (
        "Power ends",
        (ended(FATHER), ended(MOTHER, since=90)),
        MOTHER,
        False,
        NOTHING,
        "What would end later gives nothing now.",
    ),
    (
        "Power ends",
        (holds(MOTHER), ended(FATHER), replace(ended(FATHER), body="westmere")),
        STRANGER,
        False,
        NOTHING,
        "A body's end written beside his does not undo his.",
    ),
    ("A child in care", (IN_CARE,), COUNCIL, False, replace(ALL, body="westmere"), "The authority holds it."),
    ("A child in care", (IN_CARE,), MOTHER, False, ALL, "A parent keeps hers under a care order (s.33(3))."),
    ("A child in care", (IN_CARE, ended(COUNCIL, "order-over")), COUNCIL, False, NOTHING, "The order ended."),
    (
        "A child in care",
        (IN_CARE, ended(COUNCIL, "order-over")),
        MOTHER,
        False,
        ALL,
        "Nothing was taken from her.",
    ),
    ("The able child", (able(),), HERSELF, False, ALL, "She was judged able to decide."),
    ("The able child", (able(since=90),), HERSELF, False, NOTHING, "That begins later."),
    ("The able child", (able(), not_able()), HERSELF, False, NOTHING, "The judgement was taken back."),
    (
        "The able child",
        (able(0, "research-contact"),),
        HERSELF,
        False,
        Power(decides=True, contacted=True, only=frozenset({"research-contact"})),
        "Judged for one matter, she decides that one.",
    ),
    ("The able child", (able(),), MOTHER, False, replace(ALL, kept=HERS), "Some of it is hers alone."),
    (
        "The able child",
        (able(0, "young_carer"),),
        MOTHER,
        False,
        replace(ALL, kept=frozenset({"young_carer"})),
        "As far as she was judged able.",
    ),
    ("The able child", (able(), not_able()), MOTHER, False, ALL, "Nothing is hers alone any more."),
    ("Of age", (), HERSELF, True, ALL, "At 18 the record is hers."),
    ("Of age", (holds(MOTHER),), MOTHER, True, NOTHING, "At 18 nobody decides for her."),
    ("Of age", (IN_CARE,), COUNCIL, True, NOTHING, "Nor an authority."),
    ("Of age", (not_able(),), HERSELF, True, ALL, "What was said of the child counts no more."),
]


@pytest.mark.parametrize(("section", "lines", "who", "of_age", "follows", "why"), CASES)
def test_the_table(section, lines, who, of_age, follows, why):
    """D8, D14, D15, D35: every line of the table."""
    assert power(lines, who, of_age=of_age) == follows, (section, why)


@pytest.mark.parametrize(("section", "lines", "who", "of_age", "follows", "why"), CASES)
def test_every_line_of_the_table_can_be_written_down(section, lines, who, of_age, follows, why):
    """What the table speaks of is what the catalogue's evidence supports."""
    for line in lines:
        check_line(line, catalogue=CATALOGUE, child=HERSELF)


def test_a_body_decides_on_no_use_that_it_asks_for_receives_or_supplies():
    """D15."""
    council = power((IN_CARE,), COUNCIL)
    assert council.decides_on("public-interest-study", {"northford"})
    assert not council.decides_on("public-interest-study", {"northford", "westmere"})
    assert power((), MOTHER).decides_on("public-interest-study", {"westmere"})


def test_a_child_judged_for_one_matter_decides_that_one():
    """D15."""
    hers = power((able(0, "research-contact"),), HERSELF)
    assert hers.decides_on("research-contact", ())
    assert not hers.decides_on("public-interest-study", ())


def test_whose_word_alone_counts():
    """D14, D15: what is hers alone once she is able; everything once she is of age; else nothing."""
    said = {"hers": HERS, "at": day(60)}
    assert decides_alone((able(),), "health-linkage-study", of_age=False, **said)
    assert not decides_alone((able(),), "public-interest-study", of_age=False, **said)
    assert not decides_alone((able(0, "young_carer"),), "health-linkage-study", of_age=False, **said)
    assert not decides_alone((), "health-linkage-study", of_age=False, **said)
    assert decides_alone((), "public-interest-study", of_age=True, **said)
    assert able_since((able(3),), day(60)) == day(3)
    assert able_since((able(3), not_able(4)), day(60)) is None


NOT_WRITTEN = {
    "evidence nobody knows": holds(MOTHER, "hearsay"),
    "evidence for something else": holds(MOTHER, "court-order"),
    "a body's evidence without a body": holds(MOTHER, "care-order"),
    "a person's evidence with a body": holds(MOTHER, body="westmere"),
    "an end before its beginning": holds(MOTHER, since=9, until=9),
    "a restriction of nothing": restricted(FATHER),
    "a restriction of what there is not": restricted(FATHER, "shoes"),
    "a title that takes": replace(holds(MOTHER), takes=("address",)),
    "somebody with a name": replace(holds(MOTHER), adult="Ann"),
    "a judgement of an adult": replace(able(), adult=MOTHER),
    "a title of the child over herself": replace(holds(MOTHER), adult=HERSELF),
    "a judgement about nothing known": able(0, "shoe_size"),
    "a title about something": replace(holds(MOTHER), about=("young_carer",)),
}


@pytest.mark.parametrize("what", NOT_WRITTEN)
def test_what_is_not_written_down(what):
    """D35: a line that could not be acted upon is refused, and no value is in the refusal."""
    with pytest.raises(Refusal, match=r"^people\.power_line:") as no:
        check_line(NOT_WRITTEN[what], catalogue=CATALOGUE, child=HERSELF)
    assert "hearsay" not in str(no.value)
