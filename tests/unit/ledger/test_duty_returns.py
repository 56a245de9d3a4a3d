# SPDX-License-Identifier: Apache-2.0
"""A return that a law requires stands in the log of handovers without a list, and a family's file is honest about it (D27, D28)."""

import pytest

from beholden.ledger.verify import NotProven, check_duty, verify
from ledger_builder import Keeper, small_town


def shown(keeper, child=2):
    return verify(keeper.bundle(child).print())


def refused(step, keeper):
    with pytest.raises(NotProven) as no:
        shown(keeper)
    assert no.value.step == step


def test_the_file_says_that_it_proves_nothing_about_it():
    keeper = small_town()
    before = shown(keeper)
    keeper.duty()
    account = shown(keeper)
    (said,) = [line for line in account.sentences() if "a law made the keeper send" in line]
    assert "1 return that a law made the keeper send: U-2026-0009 to org-ministry" in said
    assert "it has no list of keys: this file says nothing about it either way" in said
    assert "take it that your child's record was sent" in said
    assert (account.listed, account.present, account.absent) == (before.listed, before.present, before.absent)


def test_none_is_never_said_beside_it():
    """*In the list of none* would be heard as *nothing left*; the number is still proved."""
    keeper = small_town()
    assert "in the list of none of them" in shown(keeper).sentences()[1]
    keeper.duty()
    assert "in the list of 0 of them" in shown(keeper).sentences()[1]
    empty = Keeper()
    empty.registry([1, 2])
    assert shown(empty).sentences()[1].endswith("this log lists no handover.")
    empty.duty()
    assert "no handover of those that have a list of keys" in shown(empty).sentences()[1]


def test_two_are_named_in_the_plural_and_one_that_was_taken_back_is_not_said_to_have_left():
    keeper = small_town()
    taken_back = keeper.duty()
    keeper.duty_outcome(taken_back, "withdrawn")
    assert "none" in shown(keeper).sentences()[1]
    keeper.duty_outcome(keeper.duty())
    keeper.duty()
    account = shown(keeper)
    assert [one.outcome for one in account.duties] == ["withdrawn", "delivered", None]
    assert any("2 returns that a law made the keeper send" in line for line in account.sentences())
    assert [one["outcome"] for one in account.to_json()["D"]] == ["withdrawn", "delivered", None]


def test_it_bears_the_name_that_its_header_gives_it_and_no_other_has():
    keeper = small_town()
    keeper.duty(id=bytes(16))
    refused(4, keeper)
    other = small_town()
    other.duty(log="other.example/demo/handovers")
    refused(4, other)
    twice = small_town()
    twice.duty()
    twice.entries.append(twice.entries[-1])
    refused(4, twice)


def test_its_decision_stands_in_the_events_that_it_names():
    keeper = small_town()
    keeper.duty(decision=10_000)
    refused(5, keeper)


@pytest.mark.parametrize(
    ("said", "holds"),
    [
        (("unknown", "delivered"), True),
        (("delivered", "delivered"), False),
        (("delivered", "withdrawn"), False),
        (("withdrawn", "delivered"), False),
        (("unknown", "withdrawn"), False),
    ],
)
def test_what_became_of_it_only_becomes_firmer(said, holds):
    keeper = small_town()
    list_id = keeper.duty()
    for outcome in said:
        keeper.duty_outcome(list_id, outcome)
    if holds:
        assert shown(keeper).duties[0].outcome == said[-1]
    else:
        refused(5, keeper)


def test_no_outcome_comes_before_it_or_from_nowhere():
    keeper = small_town()
    keeper.duty_outcome(bytes(16))
    refused(5, keeper)


def test_an_intent_and_its_outcome_are_no_duty_return():
    """A handover with a list cannot be closed as one without."""
    keeper = small_town()
    keeper.duty_outcome(keeper.intent(3).id)
    refused(5, keeper)


def test_the_gate_sends_only_what_the_signed_log_holds():
    keeper = small_town()
    list_id = keeper.duty()
    asked = {"entries": keeper.entries, "vkey": keeper.key.print(), "checkpoint": keeper.checkpoint()}
    held = check_duty(**asked, list_id=list_id, payload=_payload(keeper))
    assert held.id == list_id
    for wrong in ({"list_id": bytes(16)}, {"payload": bytes(32)}):
        with pytest.raises(NotProven):
            check_duty(**asked, **({"list_id": list_id, "payload": _payload(keeper)} | wrong))
    keeper.duty_outcome(list_id, "withdrawn")
    with pytest.raises(NotProven):
        check_duty(
            entries=keeper.entries,
            vkey=keeper.key.print(),
            checkpoint=keeper.checkpoint(),
            list_id=list_id,
            payload=_payload(keeper),
        )


def _payload(keeper):
    import hashlib

    return hashlib.sha256(b"duty").digest()
