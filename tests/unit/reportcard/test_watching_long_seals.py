# SPDX-License-Identifier: Apache-2.0
"""What whoever watches a keeper is told of secrets that were given more days than the rules allow (D22)."""

from dataclasses import replace

import pytest

from beholden.ledger import handovers
from beholden.reportcard.late import overdue
from ledger_builder import small_town
from unit.reportcard.paper_log import CATALOGUE, Year, placed

LIMITS = CATALOGUE.limits


@pytest.fixture
def keeper():
    return small_town()


def told(keeper, catalogue=CATALOGUE):
    held = handovers.read(keeper.checkpoint(), keeper.entries, vkey=keeper.key.print())
    facts = replace(
        Year().played().facts(), handed=held, handovers=placed(keeper.entries, "handovers"), releases=()
    )
    rules = {one.body.hash.hex(): catalogue for one in facts.events if one.body.kind == "catalogue"}
    found = overdue(replace(facts, on=keeper.at.date()), rules)
    return [one.code for one in found if one.code.startswith("watch.seal_long")]


def test_a_secret_in_its_time_is_no_alarm(keeper):
    keeper.seal(max(keeper.registries), [1])
    assert told(keeper) == []


def test_more_days_than_the_rules_allow_is_one(keeper):
    keeper.seal(max(keeper.registries), [1], opens_after=LIMITS.sealed_days + 1)
    assert told(keeper) == ["watch.seal_long"]
    assert told(keeper, catalogue=None) == []  # that nobody can read the rules is an alarm of its own


@pytest.mark.parametrize(("more", "codes"), [(0, []), (1, ["watch.seal_longer"])])
def test_longer_than_the_rules_allow_is_one(keeper, more, codes):
    seq = keeper.seal(max(keeper.registries), [1])
    keeper.extend(seq, days=LIMITS.sealed_longer_days + more)
    assert told(keeper) == codes
