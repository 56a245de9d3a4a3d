# SPDX-License-Identifier: Apache-2.0
"""What is kept secret by order, on the report card: opened by its day, seen in time, and named while it stands (D22)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from beholden.catalogue import Letter, Subject
from beholden.ledger import handovers
from beholden.reportcard.card import State
from beholden.reportcard.rules import grade
from ledger_builder import small_town
from unit.reportcard.paper_log import CATALOGUE, Year, placed

WITHIN = timedelta(days=CATALOGUE.limits.sealed_seen_days)


@pytest.fixture
def keeper():
    return small_town()


def card(keeper, on=None):
    """The card of a log that holds seals, as anybody computes it from the entries."""
    held = handovers.read(keeper.checkpoint(), keeper.entries, vkey=keeper.key.print())
    facts = replace(
        Year().played().facts(), handed=held, handovers=placed(keeper.entries, "handovers"), releases=()
    )
    return grade(replace(facts, on=on or keeper.at.date()), CATALOGUE)


def sums(shown):
    lines = {one.name.value: one for one in shown.of(Subject.TIMELINESS).measures}
    return {
        name: (one.found.numerator, one.found.denominator, one.earned, one.found.missed)
        for name, one in lines.items()
        if one.found.state is State.MEASURED
    }


def sealed(keeper):
    seq = keeper.seal(max(keeper.registries), [1, 3])
    (seal,) = handovers.read(keeper.checkpoint(), keeper.entries, vkey=keeper.key.print()).seals.values()
    return seq, seal


def test_nothing_secret_is_nothing_to_count(keeper):
    """Neither good nor bad; and what is not measured is F."""
    shown = card(keeper)
    assert sums(shown) == {}
    assert shown.seals == ()
    assert shown.of(Subject.TIMELINESS).grade is Letter.F
    states = {one.name.value: one.found.state for one in shown.of(Subject.TIMELINESS).measures}
    assert states == {
        "opened": State.NOTHING_TO_COUNT,
        "seen": State.NOTHING_TO_COUNT,
        "complaints": State.NOT_MEASURED,
    }


def test_a_seal_in_its_time_is_named_and_is_no_miss(keeper):
    seq, seal = sealed(keeper)
    shown = card(keeper)
    assert sums(shown) == {}
    assert [(one.seq, one.band, one.opens_by, one.overdue, one.unseen) for one in shown.seals] == [
        (seq, 64, seal.opens_by, False, False)
    ]
    assert card(keeper, seal.opens_by).seals[0].overdue is False, "on its day it is not overdue yet"


def test_a_seal_that_outlives_its_day_is_a_miss_by_the_day_alone(keeper):
    seq, seal = sealed(keeper)
    keeper.see(seq)
    late = card(keeper, seal.opens_by + timedelta(days=1))
    assert sums(late) == {
        "opened": (0, 1, 0, (f"handover {seq}",)),
        "seen": (1, 1, 30, ()),
    }
    assert [(one.seq, one.overdue, one.opened_on) for one in late.seals] == [(seq, True, None)]
    assert late.of(Subject.TIMELINESS).grade is Letter.E


def test_opened_in_time_it_counts_and_stands_there_no_more(keeper):
    seq, _ = sealed(keeper)
    keeper.see(seq)
    keeper.unseal(seq)
    shown = card(keeper)
    assert sums(shown) == {"opened": (1, 1, 40, ()), "seen": (1, 1, 30, ())}
    assert shown.seals == ()
    assert shown.of(Subject.TIMELINESS).grade is Letter.C, "70 of 100: complaints are not measured"


def test_opened_too_late_it_stays_a_miss_for_ever(keeper):
    seq, seal = sealed(keeper)
    keeper.see(seq)
    keeper.at += timedelta(days=400)
    keeper.unseal(seq)
    shown = card(keeper, date(2099, 1, 1))
    assert sums(shown)["opened"] == (0, 1, 0, (f"handover {seq}",))
    assert [(one.overdue, one.opened_on, one.opens_by) for one in shown.seals] == [
        (True, keeper.at.date(), seal.opens_by)
    ]


@pytest.mark.parametrize(("days", "missed"), [(0, False), (1, True)])
def test_the_regulator_signs_within_the_catalogue_s_days(keeper, days, missed):
    """D22: whose word is missing after them is named; a word that came too late is a miss as well."""
    seq, seal = sealed(keeper)
    last = seal.at.date() + WITHIN + timedelta(days=days)
    unsigned = card(keeper, last)
    assert ("seen" in sums(unsigned)) is missed
    assert unsigned.seals[0].unseen is missed
    keeper.at = seal.at + WITHIN + timedelta(days=days - 1)  # each entry is a day later than the one before
    keeper.see(seq)
    assert sums(card(keeper))["seen"][:2] == (0 if missed else 1, 1)


def test_the_card_s_json_names_them_and_is_the_same_for_every_reader(keeper):
    """D38: from the public log alone, byte for byte."""
    _, seal = sealed(keeper)
    on = seal.opens_by + timedelta(days=1)
    (said,) = card(keeper, on).to_json()["seals"]
    assert (said["overdue"], said["opens_by"], said["entry"]) == (True, seal.opens_by.isoformat(), seal.index)
    assert card(keeper, on).print() == card(keeper, on).print()


def test_the_printed_card_names_them_too(keeper):
    from beholden.cli.grading import _seals

    seq, seal = sealed(keeper)
    late = card(keeper, seal.opens_by + timedelta(days=1))
    assert _seals(late)[1] == (
        f"   secret: handover {seq}, to open by {seal.opens_by}, still secret, overdue, "
        "not seen by the regulator in time"
    )
    assert _seals(card(small_town())) == []
