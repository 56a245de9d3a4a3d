# SPDX-License-Identifier: Apache-2.0
"""An auditor's word stands in the log after a delivery, once for each key, signed; and every file says it (D27, D28)."""

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from beholden.ledger import auditing, sealing
from beholden.ledger.verify import NotProven, verify
from beholden.ledger.vocabulary.handovers import Outcome
from beholden.ledger.vocabulary.sealed import Countersigned
from ledger_builder import Keeper, small_town

OTHER = bytes([8]) * 32
WEAK = bytes([1, *bytes(31)])
"""The point of order 1 (y = 1)."""


def shown(keeper, child=2):
    return verify(keeper.bundle(child).print())


def refused(keeper, sentence):
    with pytest.raises(NotProven, match=sentence) as no:
        shown(keeper)
    assert no.value.step == 5


def delivered():
    """Child 2 is in none of three lists; the first is delivered with the recipient's word, the third without."""
    keeper = small_town()
    keeper.outcome(3)
    return keeper


def test_it_is_counted_beside_the_recipients_word():
    keeper = delivered()
    assert shown(keeper).audited == ()
    keeper.audit(1)
    account = shown(keeper)
    assert account.audited == (1,)
    assert "recipients confirmed 1 of these lists, auditors replayed 1." in " ".join(account.sentences())
    found = account.to_json()
    assert found["A"] == [1]
    assert [one["agrees"] for one in found["handovers"][0]["audits"]] == [True]


def test_of_a_list_that_holds_the_child_nothing_is_counted():
    """A stands beside R: both are about lists in which the child is not."""
    keeper = delivered()
    keeper.audit(1)
    account = shown(keeper, child=1)
    assert (account.present, account.audited) == ((1, 3), ())


def test_one_that_found_other_rows_is_said_aloud_in_every_file_and_not_counted():
    keeper = delivered()
    keeper.audit(1, agrees=False)
    for child in (1, 2):
        account = shown(keeper, child)
        assert account.audited == ()
        assert any(
            line.startswith("An auditor made handover 1 again from the register, and signed that the rows")
            for line in account.sentences()
        )
    keeper.audit(1, seed=OTHER)  # another auditor's yes does not outweigh the first one's no
    account = shown(keeper)
    assert account.audited == ()
    assert [one.agrees for one in account.handovers[0].audits] == [False, True]


def test_each_key_speaks_once_of_one_handover():
    keeper = delivered()
    keeper.audit(1)
    keeper.audit(3)
    keeper.audit(1, seed=OTHER)
    assert len(shown(keeper).handovers[0].audits) == 2
    keeper.audit(1, agrees=False)
    refused(keeper, "has said before")


@pytest.mark.parametrize("outcome", [None, "withdrawn", "unknown"])
def test_nothing_is_audited_that_was_not_delivered(outcome):
    keeper = Keeper()
    keeper.handover(keeper.registry([1, 2]), [1])
    if outcome:
        keeper.outcome(1, outcome)
    keeper.audit(1)
    refused(keeper, "not delivered before it")


def test_a_delivery_may_come_after_it_is_unknown_and_a_recipients_word_after_the_audit():
    keeper = Keeper()
    keeper.handover(keeper.registry([1, 2]), [1])
    keeper.outcome(1, "unknown")
    keeper.outcome(1)
    keeper.audit(1)
    keeper.outcome(1, recomputed=keeper.word(1))
    account = shown(keeper)
    assert (account.confirmed, account.audited) == ((1,), (1,))


def test_it_names_a_handover_that_stands_there():
    for wrong in ({"seq": 9}, {"id": bytes(16)}):
        keeper = delivered()
        keeper.audit(1, **wrong)
        refused(keeper, "was not logged before it")


def test_the_recipient_cannot_audit_itself():
    keeper = delivered()
    keeper.audit(1, seed=keeper.recipient_seed)
    refused(keeper, "recipient of handover 1 cannot audit it")


def test_its_signature_covers_the_answer_the_list_and_the_file():
    keeper = delivered()
    about = keeper.intent(1)
    for signed in (
        auditing.message(about, agrees=False),
        auditing.message(replace(about, payload=bytes(32)), agrees=True),
        auditing.message(replace(about, id=bytes(16)), agrees=True),
        auditing.message(replace(about, set=replace(about.set, root=bytes(32))), agrees=True),
        auditing.message(replace(about, set=replace(about.set, n=about.set.n + 1)), agrees=True),
    ):
        lied = delivered()
        lied.audit(1, auditor=sealing.countersign(signed, seed=lied.auditor_seed))
        refused(lied, "not signed by the auditor that it names")


def test_the_message_is_the_page_s():
    about = small_town().intent(1)
    assert auditing.message(about, agrees=True) == (
        b'beholden/replayed/v1\n{"agrees":true,"id":"%s","n":%d,"payload":"%s","root":"%s"}'
        % (about.id.hex().encode(), about.set.n, about.payload.hex().encode(), about.set.root.hex().encode())
    )


def test_a_weak_key_says_nothing():
    """Under a key of small order one signature fits every text."""
    keeper = delivered()
    weak = Countersigned(key=WEAK, signature=WEAK + bytes(32))
    keeper.audit(1, auditor=weak)
    refused(keeper, "not signed by the auditor that it names")


def test_what_was_sealed_and_is_open_can_be_audited_like_any_other():
    keeper = small_town()
    seal = keeper.seal(max(keeper.registries), [1])
    details = keeper.hidden[seal][1]
    keeper.unseal(seal)
    keeper.add(Outcome(id=details.id, outcome="delivered", recomputed=None, seq=seal))
    keeper.audit(seal)
    assert shown(keeper).audited == (4,)


def test_of_what_is_sealed_still_nobody_says_anything():
    keeper = small_town()
    seal = keeper.seal(max(keeper.registries), [1])
    keeper.audit(seal)
    refused(keeper, "was not logged before it")


def test_the_key_beside_it_is_the_signers():
    keeper = delivered()
    keeper.audit(1)
    public = Ed25519PrivateKey.from_private_bytes(keeper.auditor_seed).public_key().public_bytes_raw()
    assert shown(keeper).to_json()["handovers"][0]["audits"][0]["key"] == public.hex()
