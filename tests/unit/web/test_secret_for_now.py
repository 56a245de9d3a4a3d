# SPDX-License-Identifier: Apache-2.0
"""What everybody reads of a seal that stands: its day, and what is overdue, counted from the log (D22, D26)."""

from datetime import timedelta

from beholden.ledger import handovers
from beholden.web.public.sentences import said, under_seal
from ledger_builder import small_town

WITHIN = timedelta(days=7)


def standing(*, seen=False):
    """Return the seal of a small town, and the day on which it was made."""
    keeper = small_town()
    number = keeper.seal(max(keeper.registries), [1])
    if seen:
        keeper.see(number)
    log = handovers.read(keeper.checkpoint(), keeper.entries, vkey=keeper.key.print())
    return log.seals[number]


def test_it_is_counted_from_the_first_minute():
    seal = standing()
    assert under_seal(seal, on=seal.at.date(), within=WITHIN) == (
        "Handover 4 is secret until 8 December 2026. The regulator has not signed yet that it has seen it."
    )


def test_a_missing_signature_of_the_regulator_is_overdue_in_public():
    seal = standing()
    day = seal.at.date() + WITHIN
    assert "overdue" not in under_seal(seal, on=day, within=WITHIN)
    late = under_seal(seal, on=day + timedelta(days=1), within=WITHIN)
    assert late.endswith("The regulator has not signed that it has seen it. That is overdue.")
    assert under_seal(standing(seen=True), on=day + timedelta(days=1), within=WITHIN).endswith(
        "The regulator has seen what is in it."
    )


def test_a_seal_that_outlives_its_day_is_overdue_in_public():
    seal = standing(seen=True)
    assert "overdue" not in under_seal(seal, on=seal.opens_by, within=WITHIN)
    assert "and is still secret. That is overdue." in under_seal(
        seal, on=seal.opens_by + timedelta(days=1), within=WITHIN
    )


def test_the_sentences_of_its_entries_name_nobody():
    keeper = small_town()
    number = keeper.seal(max(keeper.registries), [1])
    keeper.see(number)
    keeper.extend(number, days=10)
    keeper.unseal(number, by_regulator=True)
    from beholden.ledger.entries import parse

    words = [said(parse(raw, log="handovers").body) for raw in keeper.entries[-4:]]
    assert words == [
        (
            "Handover 4 is secret until 8 December 2026. A court ordered it. It concerns at most 64 children. "
            "Someone from outside has signed for it."
        ),
        "The regulator has seen what is in secret handover 4, and signed for that.",
        "Handover 4 stays secret longer, until 18 December 2026. That can be done once.",
        "The regulator, not the keeper, opened handover 4. Each family can now check it like any other.",
    ]
