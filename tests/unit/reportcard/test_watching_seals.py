# SPDX-License-Identifier: Apache-2.0
"""What whoever watches a keeper is told of secrets: past their day, or given more days than the rules allow (D22)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from beholden.ledger import handovers
from beholden.reportcard.watching_seals import troubles
from ledger_builder import small_town
from unit.reportcard.paper_log import CATALOGUE, Year, placed

LIMITS = CATALOGUE.limits


@pytest.fixture
def keeper():
    return small_town()


def told(keeper, on=None, catalogue=CATALOGUE):
    held = handovers.read(keeper.checkpoint(), keeper.entries, vkey=keeper.key.print())
    facts = replace(
        Year().played().facts(), handed=held, handovers=placed(keeper.entries, "handovers"), releases=()
    )
    return [one.code for one in troubles(replace(facts, on=on or keeper.at.date()), catalogue)]


def seal_of(keeper):
    (seal,) = handovers.read(keeper.checkpoint(), keeper.entries, vkey=keeper.key.print()).seals.values()
    return seal


def test_a_secret_in_its_time_is_no_alarm(keeper):
    keeper.seal(max(keeper.registries), [1])
    assert told(keeper) == []
    assert told(keeper, seal_of(keeper).opens_by) == []


def test_past_its_day_it_is_one_also_without_rules_that_can_be_read(keeper):
    keeper.seal(max(keeper.registries), [1])
    late = seal_of(keeper).opens_by + timedelta(days=1)
    assert told(keeper, late) == ["seal_overdue"]
    assert told(keeper, late, None) == ["seal_overdue"]


def test_more_days_than_the_rules_allow_is_one(keeper):
    keeper.seal(max(keeper.registries), [1], opens_after=LIMITS.sealed_days + 1)
    assert told(keeper) == ["seal_long"]
    assert told(keeper, catalogue=None) == []


@pytest.mark.parametrize(("more", "codes"), [(0, []), (1, ["seal_longer"])])
def test_longer_than_the_rules_allow_is_one(keeper, more, codes):
    seq = keeper.seal(max(keeper.registries), [1])
    keeper.extend(seq, days=LIMITS.sealed_longer_days + more)
    assert told(keeper) == codes
