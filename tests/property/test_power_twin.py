# SPDX-License-Identifier: Apache-2.0
"""Power argues with its naive twin over any history, and what may never happen never does (D14, D15, D35)."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from beholden.catalogue import PowerSays, Store
from beholden.people.power import (
    CONTACT,
    DECIDE,
    EVERYTHING,
    NOTHING,
    TAKES,
    Power,
    Reader,
    keeps_from_somebody,
    order_speaks,
)
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


def naive(reader, lines, *, of_age, at):
    """Say the same without a thought for speed or shape."""
    judgements = [one for one in lines if one.adult == HERSELF and one.since <= at]
    is_able = bool(judgements) and judgements[-1].says is PowerSays.ABLE and judgements[-1].counts(at)
    if reader.is_child:
        if of_age or (is_able and not judgements[-1].about):
            return EVERYTHING
        only = frozenset(judgements[-1].about) if is_able else None
        return Power(decides=True, contacted=True, only=only) if is_able else NOTHING
    if of_age:
        return NOTHING
    has, body = had_before(reader.adult, lines, at), ""
    begun, over = False, []
    for one in lines:
        if one.adult != reader.adult or one.says not in {PowerSays.HOLDS, PowerSays.ENDED}:
            continue
        if one.since <= at and one.says is PowerSays.ENDED:
            over.append(one.since)
        if one.since <= at and one.since >= max(over, default=one.since):
            begun, has, body = True, one.says is PowerSays.HOLDS and one.counts(at), one.body
        elif one.says is PowerSays.HOLDS and not begun:
            has = False
    if not has:
        return NOTHING
    taken = {word for one in taken_from(reader.adult, lines, at) for word in one.takes}
    kept = frozenset(name for name in HERS if is_able and name in (judgements[-1].about or HERS))
    sees = frozenset(store for store in Store if store.value not in taken)
    return Power(sees, DECIDE not in taken, CONTACT not in taken, None, kept, body)


def had_before(adult, lines, at):
    """Say what the school's letter gives: without what was written later of others, does any order speak?"""
    known = next((place for place, one in enumerate(lines) if one.adult == adult), len(lines))
    return not any(
        place < known for place, one in enumerate(lines) if any(one is other for other in spoken(lines, at))
    )


def taken_from(adult, lines, at):
    taken = []
    for one in lines:
        if one.adult == adult and one.says is PowerSays.RESTRICTED:
            taken.append(one)
        if one.adult == adult and one.says is PowerSays.LIFTED and one.counts(at):
            taken = [other for other in taken if other.since > one.since]
    return [one for one in taken if one.counts(at)]


def spoken(lines, at):
    """Play the lines again: what each adult lost so far, unless the adult is a body's officer by then."""
    of_body, lost = set(), {}
    taken = [one for adult in {one.adult for one in lines} for one in taken_from(adult, lines, at)]
    found = []
    for one in lines:
        own = not one.body and one.adult not in of_body
        if one.says is PowerSays.HOLDS:
            (of_body.add if one.body else of_body.discard)(one.adult)
            if one.counts(at) and not one.body:
                lost[one.adult] = [end for end in lost.get(one.adult, []) if end.since > one.since]
        if one.says is PowerSays.ENDED and one.since <= at and own:
            lost.setdefault(one.adult, []).append(one)
        if own and any(one is other for other in taken):
            found.append(one)
    return found + [one for ended in lost.values() for one in ended]


days = st.integers(0, 120)
ends = st.one_of(st.none(), st.integers(1, 60))
bodies = st.sampled_from(["", "", "westmere"])
adults = st.sampled_from([MOTHER, FATHER, COUNCIL])


def to(since, lasting):
    return lasting and since + lasting


one_order = st.one_of(
    st.builds(
        lambda who, takes, since, lasting, body: replace(
            restricted(who, *takes, since=since, until=to(since, lasting)), body=body
        ),
        adults,
        st.sets(st.sampled_from(TAKES), min_size=1),
        days,
        ends,
        bodies,
    ),
    st.builds(lambda who, since, body: replace(ended(who, since=since), body=body), adults, days, bodies),
)
one_line = st.one_of(
    one_order,
    st.builds(
        lambda who, since, lasting: holds(who, since=since, until=to(since, lasting)), adults, days, ends
    ),
    st.builds(lambda who, since: holds(who, "care-order", since=since, body="westmere"), adults, days),
    st.builds(
        lambda who, since, lasting: lifted(who, since=since, until=to(since, lasting)), adults, days, ends
    ),
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


@settings(max_examples=1_000)
@given(**WORLDS)
def test_the_naive_twin_says_the_same(lines, who, of_age, at):
    """D14, D15, D35: over any history, for everybody, at any moment."""
    reader = Reader(who, is_child=who == HERSELF)
    assert power(lines, who, of_age=of_age, at=day(at)) == naive(reader, lines, of_age=of_age, at=day(at))


def gives(before, after):
    """Say whether one power has anything that another has not."""
    return (
        not after.sees <= before.sees
        or (after.decides and not before.decides)
        or (after.contacted and not before.contacted)
    )


@settings(max_examples=1_000)
@given(**WORLDS, order=one_order)
def test_one_more_order_gives_nobody_anything(lines, who, of_age, at, order):
    """D35: whomever it is about, of whatever days, a body's or not: not to its adult, and to nobody else."""
    before = power(lines, who, of_age=of_age, at=day(at))
    assert not gives(before, power((*lines, order), who, of_age=of_age, at=day(at)))


@given(**WORLDS, since=days)
def test_a_lift_gives_back_what_an_order_took_and_nothing_else(lines, who, of_age, at, since):
    """D35: from whom no standing order takes anything gets nothing by a lift; what begins after it is not lifted."""
    before = power(lines, who, of_age=of_age, at=day(at))
    after = power((*lines, lifted(who, since=since)), who, of_age=of_age, at=day(at))
    if not any(one.since <= day(since) for one in taken_from(who, lines, day(at))):
        assert after == before


@given(**WORLDS, group=st.sampled_from(Store))
def test_an_order_keeps_a_group_from_somebody_exactly_while_it_takes_it(lines, who, of_age, at, group):
    """D35: a restriction of anybody, a body too; an end of an adult's power. Who lost the sight of it is always found."""
    kept = keeps_from_somebody(lines, group, day(at))
    taken = [one for adult in {one.adult for one in lines} for one in taken_from(adult, lines, day(at))]
    ends = [one for one in spoken(lines, day(at)) if one.says is PowerSays.ENDED]
    assert kept == bool(ends or any(group.value in one.takes for one in taken))
    has = power(lines, who, at=day(at))
    if not kept and who != HERSELF and not has.is_nothing:
        assert group in has.sees


@given(**WORLDS)
def test_a_stranger_has_something_only_while_no_order_speaks(lines, who, of_age, at):
    """D35: unknown is refused."""
    assert power(lines, STRANGER, at=day(at)).is_nothing == order_speaks(lines, day(at))
