# SPDX-License-Identifier: Apache-2.0
"""What a family can prove, told as cases (D27, D28). No line here needs more than reading.

A keeper holds the keys of children. Before each handover it fixes a list. A family holds one file.
"""

from dataclasses import replace

import pytest

from beholden.ledger.verify import NotProven, verify
from ledger_builder import Keeper

ADA, BEN, CLEO = 1, 2, 3


@pytest.fixture
def keeper():
    keeper = Keeper()
    keeper.autumn = keeper.registry([ADA, BEN])
    return keeper


def account(keeper, child, **given):
    return verify(keeper.bundle(child).print(), key=keeper.key.print(), **given)


def words(keeper, child, **given):
    return " ".join(account(keeper, child, **given).sentences())


def test_a_child_whose_row_was_handed_over_sees_it(keeper):
    """D27. Ada's row went to a university; Ben's family had objected."""
    keeper.handover(keeper.autumn, [ADA])
    keeper.outcome(1, "delivered")
    assert account(keeper, ADA).present == (1,)
    assert "Your child's key is in the list fixed before handover 1." in words(keeper, ADA)
    assert "The keeper reports delivered on 4 September 2026." in words(keeper, ADA)


def test_a_child_who_was_kept_out_can_prove_it(keeper):
    """D28. Ben's family proves that Ben was not in the list."""
    keeper.handover(keeper.autumn, [ADA])
    assert account(keeper, BEN).absent == (1,)
    assert "Your child's key is not in the list the keeper fixed before handover 1." in words(keeper, BEN)


def test_the_proof_of_absence_says_what_it_does_not_exclude(keeper):
    """D28, said honestly: a lie outside the log, or under another key, is not what this proves."""
    keeper.handover(keeper.autumn, [ADA])
    assert (
        "This does not exclude a handover made outside the log, or a row sent under a key that is not your child's"
        in words(keeper, BEN)
    )


def test_who_refused_cannot_be_told_from_the_size_of_a_list(keeper):
    """D13. Twenty were asked for. With one refusal or with none, the list has twenty entries."""
    keeper.handover(keeper.autumn, [ADA, BEN], scope=20)
    keeper.handover(keeper.autumn, [ADA], scope=20)
    assert keeper.intent(1).set.n == keeper.intent(2).set.n == 20
    assert keeper.intent(1).set.depth == keeper.intent(2).set.depth


def test_no_handover_can_be_left_out_of_the_file(keeper):
    """D27. The file carries the whole log. A file without Ada's handover fails, and so does a shorter log."""
    keeper.handover(keeper.autumn, [BEN])
    keeper.handover(keeper.autumn, [ADA])
    whole = keeper.bundle(ADA)
    shorter = replace(whole.handovers, entries=whole.handovers.entries[:-1])
    with pytest.raises(NotProven, match="Step 2"):
        verify(replace(whole, handovers=shorter, proofs=whole.proofs[:-1]).print())


def test_a_family_that_kept_its_file_sees_that_the_log_was_rewritten(keeper):
    """D27. The keeper later signs another past, in which Ada's handover never was."""
    keeper.handover(keeper.autumn, [ADA])
    kept = keeper.bundle(ADA).print()
    rewritten = Keeper()
    autumn = rewritten.registry([ADA, BEN])
    rewritten.handover(autumn, [BEN])
    with pytest.raises(NotProven, match="Step 13"):
        verify(rewritten.bundle(ADA).print(), earlier=kept)


def test_a_family_that_kept_its_file_sees_that_its_key_was_exchanged(keeper):
    """D28. To hide Ada's handover the keeper shows her Ben's key. Her first file gives it away."""
    kept = keeper.bundle(ADA).print()
    keeper.handover(keeper.autumn, [ADA])
    bens = keeper.bundle(BEN).print()
    assert verify(bens).absent == (1,)  # taken alone, nothing in the file is wrong
    with pytest.raises(NotProven, match="exchanged"):
        verify(bens, earlier=kept)


def test_a_file_without_a_number_says_that_it_rests_on_the_keepers_word(keeper):
    """Trust on first use, in the words that the family reads, and the way out of it."""
    keeper.handover(keeper.autumn, [ADA])
    said = words(keeper, ADA)
    assert "That the key there is your child's is the keeper's word: you gave no pupil number." in said
    assert "Check the file again with your child's number" in said


def test_whoever_knows_the_number_needs_nobodys_word_for_the_place(keeper):
    """From the first file on: no other key can be shown to a family that types the number itself."""
    keeper.handover(keeper.autumn, [ADA])
    said = words(keeper, ADA, number=keeper.number(ADA))
    assert "the one place that the number you typed has in every list of keys" in said
    assert "the keeper's word" not in said
    with pytest.raises(NotProven, match="not the place of the number that you typed"):
        verify(keeper.bundle(BEN).print(), number=keeper.number(ADA))


def test_nothing_is_claimed_about_a_handover_that_is_older_than_the_childs_key(keeper):
    """Cleo came in spring. Of the autumn handover her file says that it shows nothing, not that she was not in it."""
    keeper.handover(keeper.autumn, [ADA])
    spring = keeper.registry([ADA, BEN, CLEO])
    keeper.handover(spring, [ADA])
    found = account(keeper, CLEO)
    assert (found.not_shown, found.absent, found.present) == ((1,), (2,), ())
    assert "This file does not show handover 1" in words(keeper, CLEO)
    assert "none of them" not in words(keeper, CLEO)


def test_the_word_none_is_used_when_it_is_true(keeper):
    keeper.handover(keeper.autumn, [ADA])
    assert "Your child's key is in the list of none of them and not in the list of 1." in words(keeper, BEN)


def test_a_recipient_that_checked_the_list_is_counted(keeper):
    """The recipient recomputes the list from the file it got, and signs. One word, one count."""
    keeper.handover(keeper.autumn, [ADA])
    assert "recipients confirmed 0 of these lists" in words(keeper, BEN)
    keeper.outcome(1, "delivered", keeper.word(1))
    assert "recipients confirmed 1 of these lists" in words(keeper, BEN)


def test_what_is_withdrawn_before_delivery_is_said_so(keeper):
    keeper.handover(keeper.autumn, [ADA])
    keeper.outcome(1, "withdrawn")
    assert "The keeper reports withdrawn before delivery." in words(keeper, ADA)


def test_silence_about_an_outcome_counts_as_delivered(keeper):
    keeper.handover(keeper.autumn, [ADA])
    assert "The keeper reports nothing yet: treat as delivered." in words(keeper, ADA)
