# SPDX-License-Identifier: Apache-2.0
"""Who may see, who may decide and who may be contacted about one child, as a table to read (D8, D14, D15, D35).

Each case: what is written about the child, about whom it is asked, and what follows. *Sees* is all, nothing, or all but
what is named. Two of the child's adults are *mother* and *father*; *council* is a body. Times are days of one year.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beholden.catalogue import PowerSays, Store, load
from beholden.people.power import (
    CONTACT,
    DECIDE,
    EVERYTHING,
    NOTHING,
    TAKES,
    Line,
    Power,
    Reader,
    able_since,
    check_line,
    decides_alone,
    order_speaks,
    power_of,
)
from beholden.refusals import Refusal

CATALOGUE = load()
HERS = frozenset({"young_carer", "health-linkage-study"})
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
MOTHER, FATHER, COUNCIL, STRANGER, HERSELF = (sign * 64 for sign in "abcde")


def day(number):
    return NEW_YEAR + timedelta(days=number)


def holds(who, evidence="birth-entry", since=0, until=None, body=""):
    return Line(who, PowerSays.HOLDS, evidence, day(since), until and day(until), body)


def restricted(who, *takes, since=0, until=None):
    return Line(who, PowerSays.RESTRICTED, "court-order", day(since), until and day(until), takes=takes)


def lifted(who, since=0):
    return Line(who, PowerSays.LIFTED, "order-over", day(since))


def ended(who, evidence="discharge", since=0):
    return Line(who, PowerSays.ENDED, evidence, day(since))


def able(since=0, *about):
    return Line(HERSELF, PowerSays.ABLE, "understands", day(since), about=about)


def not_able(since=0):
    return Line(HERSELF, PowerSays.NOT_ABLE, "understands", day(since))


IN_CARE = holds(COUNCIL, "care-order", body="westmere")
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
    ("Power ends", (holds(FATHER), ended(FATHER)), FATHER, False, NOTHING, "A court ended it."),
    ("Power ends", (ended(FATHER),), FATHER, False, NOTHING, "Also where nothing was written before."),
    ("Power ends", (holds(MOTHER), ended(FATHER)), STRANGER, False, NOTHING, "An order speaks."),
    ("Power ends", (ended(FATHER), holds(FATHER, "responsibility-order")), FATHER, False, ALL, "Given anew."),
    ("Power ends", (ended(FATHER, since=90),), FATHER, False, ALL, "It ends later."),
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


def power(lines, who, *, of_age=False, at=None):
    reader = Reader(who, is_child=who == HERSELF)
    return power_of(reader, lines, of_age=of_age, hers=HERS, at=at or day(60))


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


# --- the naive twin: one question, each rule by itself, over the lines as they stand ---


def naive(reader, lines, *, of_age, at):
    """Say the same without a thought for speed or shape."""
    mine = [one for one in lines if one.adult == reader.adult]
    judgements = [one for one in lines if one.adult == HERSELF and one.since <= at]
    is_able = bool(judgements) and judgements[-1].says is PowerSays.ABLE and judgements[-1].counts(at)
    if reader.is_child:
        if of_age or (is_able and not judgements[-1].about):
            return EVERYTHING
        only = frozenset(judgements[-1].about) if is_able else None
        return Power(decides=True, contacted=True, only=only) if is_able else NOTHING
    if of_age:
        return NOTHING
    has, body = None, ""
    for one in mine:
        if one.says is PowerSays.HOLDS and has is None:
            has = False
        if one.says in {PowerSays.HOLDS, PowerSays.ENDED} and one.since <= at:
            has, body = one.says is PowerSays.HOLDS and one.counts(at), one.body
    if has is None:
        has = bool(mine) or not speaks(lines, at)
        body = ""
    if not has:
        return NOTHING
    taken = taken_from(reader.adult, lines, at)
    kept = frozenset(name for name in HERS if is_able and name in (judgements[-1].about or HERS))
    sees = frozenset(store for store in Store if store.value not in taken)
    return Power(sees, DECIDE not in taken, CONTACT not in taken, None, kept, body)


def taken_from(adult, lines, at):
    taken = []
    for one in lines:
        if one.adult == adult and one.says is PowerSays.RESTRICTED:
            taken.append(one)
        if one.adult == adult and one.says is PowerSays.LIFTED and one.since <= at:
            taken = []
    return {word for one in taken if one.counts(at) for word in one.takes}


def speaks(lines, at):
    for adult in {one.adult for one in lines}:
        if any(one.body for one in lines if one.adult == adult):
            continue
        titles = [
            one
            for one in lines
            if one.adult == adult and one.says in {PowerSays.HOLDS, PowerSays.ENDED} and one.since <= at
        ]
        if (titles and titles[-1].says is PowerSays.ENDED) or taken_from(adult, lines, at):
            return True
    return False


days = st.integers(0, 120)
one_line = st.one_of(
    st.builds(holds, st.sampled_from([MOTHER, FATHER]), since=days, until=st.one_of(st.none(), st.just(121))),
    st.builds(lambda since: holds(COUNCIL, "care-order", since=since, body="westmere"), days),
    st.builds(
        lambda who, takes, since, long: restricted(who, *takes, since=since, until=long and since + long),
        st.sampled_from([MOTHER, FATHER]),
        st.sets(st.sampled_from(TAKES), min_size=1),
        days,
        st.one_of(st.none(), st.integers(1, 60)),
    ),
    st.builds(lifted, st.sampled_from([MOTHER, FATHER]), since=days),
    st.builds(ended, st.sampled_from([MOTHER, FATHER, COUNCIL]), since=days),
    st.builds(able, days),
    st.builds(lambda since: able(since, "young_carer"), days),
    st.builds(not_able, days),
)
WORLDS = {
    "lines": st.lists(one_line, max_size=8),
    "who": st.sampled_from([MOTHER, FATHER, COUNCIL, STRANGER, HERSELF]),
    "of_age": st.booleans(),
    "at": days,
}


@given(**WORLDS)
def test_the_naive_twin_says_the_same(lines, who, of_age, at):
    """D14, D15, D35: over any history, for everybody, at any moment."""
    reader = Reader(who, is_child=who == HERSELF)
    assert power(lines, who, of_age=of_age, at=day(at)) == naive(reader, lines, of_age=of_age, at=day(at))


@given(**WORLDS, takes=st.sets(st.sampled_from(TAKES), min_size=1))
def test_one_more_restriction_gives_nobody_anything(lines, who, of_age, at, takes):
    """D35: an order only takes: from its adult what it names, from strangers everything."""
    before = power(lines, who, of_age=of_age, at=day(at))
    after = power((*lines, restricted(FATHER, *takes, since=at)), who, of_age=of_age, at=day(at))
    assert after.sees <= before.sees
    assert (after.decides, after.contacted) <= (before.decides, before.contacted) or not before.decides
    assert not after.decides or before.decides
    assert not after.contacted or before.contacted


@given(**WORLDS)
def test_a_stranger_has_something_only_while_no_order_speaks(lines, who, of_age, at):
    """D35: unknown is refused."""
    assert power(lines, STRANGER, at=day(at)).is_nothing == order_speaks(lines, day(at))
