# SPDX-License-Identifier: Apache-2.0
"""Sealed handovers in the log and in a family's file: what may follow what, what opens, what is said (D22, D37)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from beholden.ledger import handovers, sealing, tags, verify
from beholden.ledger.bundle import Membership
from beholden.ledger.handovers import NotProven
from beholden.ledger.vocabulary.sealed import sealed_band
from ledger_builder import Keeper, small_town

SECRET = (
    "1 is sealed by law until the date beside it; it concerns at most 64 children. No family is told yet whether a "
    "sealed handover concerned their child, and this file says nothing about it either way. Every family's file "
    "carries this sentence."
)


def town():
    """A small town with a fourth handover, sealed, that concerns child 1 and not child 2."""
    keeper = small_town()
    return keeper, keeper.seal(max(keeper.registries), [1, 3])


def account(keeper, child):
    return verify.verify(keeper.bundle(child).print())


def read(keeper):
    return handovers.read(keeper.checkpoint(), keeper.entries, vkey=keeper.key.print())


def refused(keeper, step=5):
    with pytest.raises(NotProven) as caught:
        read(keeper)
    assert caught.value.step == step, caught.value.sentence


class TestUnderSeal:
    def test_every_file_counts_it_and_says_the_same(self):
        """Included or not, with a key in that registry or without, every family reads one sentence (D22)."""
        keeper, seq = town()
        sentences = set()
        for child in (1, 2, 3, 4, 9):
            shown = account(keeper, child)
            assert (shown.listed, shown.sealed) == (4, (seq,))
            counted = [*shown.present, *shown.absent, *shown.not_shown, *shown.sealed]
            assert sorted(counted) == [1, 2, 3, 4]
            sentences.add(next(line for line in shown.sentences() if line.startswith("Handover 4 is sealed")))
            if child != 9:
                assert SECRET in shown.sentences()[1]
        assert len(sentences) == 1

    def test_the_files_of_two_worlds_differ_in_the_entry_alone(self):
        """Who was in the sealed list changes no proof of anybody's (D22)."""
        keeper, _ = town()
        for child in (1, 2, 3, 4):
            without = small_town().bundle(child)
            now = keeper.bundle(child)
            assert (now.proofs, now.registry, now.place) == (
                without.proofs,
                without.registry,
                without.place,
            )
            assert now.handovers.entries[:-1] == without.handovers.entries

    def test_none_is_not_said_while_anything_is_sealed(self):
        """Not in any of them is no *none*: one may be under seal."""
        keeper, _ = town()
        assert account(keeper, 2).present == ()
        assert "in the list of 0 of them and not in the list of 3." in account(keeper, 2).sentences()[1]
        keeper.unseal(4)
        assert "in the list of none of them and not in the list of 4." in account(keeper, 2).sentences()[1]

    def test_only_seals_are_counted_too(self):
        keeper = Keeper()
        keeper.seal(keeper.registry([1, 2]), [1])
        keeper.seal(0, [2], band=4096)
        said = account(keeper, 1).sentences()[1]
        assert "lists 2 handovers. 2 are sealed by law until the date beside each; together they" in said
        assert "at most 4,160 children" in said

    def test_nobody_gets_a_proof_before_it_opens(self):
        """A file with a bucket for a seal is refused, whatever the bucket shows."""
        keeper, seq = town()
        built, details, _, _ = keeper.hidden[seq]
        proof = built.proof(tags.tag(keeper.y(details.header.registry.index, 1), details.id))
        bundle = keeper.bundle(1)
        index = len(keeper.entries) - 1
        more = Membership(bucket=proof.bucket, entry=index, path=proof.path)
        with pytest.raises(NotProven) as caught:
            verify.verify(replace(bundle, proofs=(*bundle.proofs, more)).print())
        assert caught.value.step == 12

    def test_an_overdue_seal_is_called_overdue_by_the_log_itself(self):
        """No clock is asked: the log goes on past the day, and every file says so from then on (D22)."""
        keeper, _ = town()
        assert "should be open" not in " ".join(account(keeper, 2).sentences())
        keeper.at += timedelta(days=91)
        keeper.outcome(3)
        assert "That day is over: it should be open. Report this to the regulator." in " ".join(
            account(keeper, 2).sentences()
        )

    def test_whether_the_regulator_has_seen_it_is_said_to_all(self):
        keeper, seq = town()
        assert "No regulator has signed yet" in " ".join(account(keeper, 2).sentences())
        keeper.see(seq)
        assert "Its regulator has seen what is in it, and signed so on" in " ".join(
            account(keeper, 2).sentences()
        )

    def test_for_machines(self):
        keeper, seq = town()
        said = account(keeper, 2).to_json()
        assert (said["K"], said["P"], said["Q"], said["S"], said["U"]) == (4, [], [1, 2, 3], [seq], [])
        assert said["sealed"][0]["most_children"] == 64

    def test_an_earlier_file_without_it_is_continued(self):
        """Old files go on to verify, and to be continued."""
        keeper = small_town()
        earlier = keeper.bundle(1).print()
        keeper.seal(max(keeper.registries), [1])
        assert verify.verify(earlier).sealed == ()
        assert verify.verify(keeper.bundle(1).print(), earlier=earlier).sealed == (4,)


class TestOpened:
    def test_it_proves_in_and_not_in_with_the_keys_of_its_day(self):
        keeper, seq = town()
        keeper.registry([1, 2, 3, 4])
        keeper.unseal(seq)
        assert account(keeper, 1).present == (1, 3, 4)
        assert account(keeper, 2).absent == (1, 2, 3, 4)
        assert account(keeper, 9).not_shown == (1, 2, 3, 4)
        assert "treat as delivered" in " ".join(account(keeper, 1).sentences())

    def test_an_outcome_comes_after_the_opening_only(self):
        """*Delivered* said of a seal would tell that it went; so nothing is said before."""
        keeper, seq = town()
        keeper.unseal(seq)
        from beholden.ledger.vocabulary.handovers import Outcome

        said = Outcome(id=keeper.hidden[seq][1].id, outcome="withdrawn", recomputed=None, seq=seq)
        keeper.add(said)
        assert account(keeper, 1).handovers[3].outcome == "withdrawn"
        early, seq = town()
        early.add(replace(said, id=early.hidden[seq][1].id))
        refused(early)

    def test_numbers_go_on_across_seals(self):
        keeper, seq = town()
        assert keeper.handover(max(keeper.registries), [2]) == seq + 1
        assert account(keeper, 2).present == (5,)
        keeper.handover(max(keeper.registries), [2], seq=seq + 1)
        refused(keeper, step=3)

    def test_what_was_not_committed_does_not_open(self):
        for spoil in ("salt", "reason", "payload"):
            keeper, seq = town()
            _, details, _, _ = keeper.hidden[seq]
            changed = {
                "salt": {"salt": bytes(32)},
                "reason": {"details": replace(details, reason="inquest")},
                "payload": {"details": replace(details, payload=bytes(32))},
            }[spoil]
            keeper.unseal(seq, **changed)
            refused(keeper)

    def test_a_band_that_was_not_filled_exactly_does_not_open(self):
        """A keeper that commits to another size than it says is never able to open, and is overdue for all to see."""
        keeper = small_town()
        seq = keeper.seal(max(keeper.registries), [1], filled=60)
        keeper.unseal(seq)
        refused(keeper)

    @pytest.mark.parametrize("again", ["unseal", "see", "extend"])
    def test_nothing_follows_an_opening(self, again):
        keeper, seq = town()
        keeper.unseal(seq)
        with_days = {"days": 9} if again == "extend" else {}
        getattr(keeper, again)(seq, **with_days)
        refused(keeper)

    def test_the_regulator_opens_what_the_keeper_does_not(self):
        keeper, seq = town()
        keeper.unseal(seq, by_regulator=True)
        assert account(keeper, 1).present == (1, 3, 4)
        keeper, seq = town()
        keeper.regulator_seed = bytes(range(32))
        keeper.unseal(seq, by_regulator=True)
        refused(keeper)

    def test_a_registry_that_was_fixed_after_the_seal_cannot_be_named(self):
        keeper = small_town()
        later = keeper.registry([1, 2])
        place = len(keeper.entries)
        keeper.registries[place] = keeper.registries.pop(later)
        seq = keeper.seal(place, [1])
        keeper.entries[later], keeper.entries[place] = keeper.entries[place], keeper.entries[later]
        read(keeper)
        keeper.unseal(seq)
        refused(keeper)


class TestSigned:
    def test_somebody_outside_signs_and_not_the_regulator(self):
        """No keeper can log a seal alone: the log itself refuses one that nobody outside has signed (D22)."""
        keeper = small_town()
        keeper.second_seed = keeper.regulator_seed
        keeper.seal(max(keeper.registries), [1])
        refused(keeper)

    @pytest.mark.parametrize("field", ["band", "opens_by", "power", "commitment", "regulator_commitment"])
    def test_what_was_signed_is_what_is_logged(self, field):
        keeper, seq = town()
        from beholden.ledger.entries import Entry

        sealed = keeper.hidden[seq][3]
        other = {
            "band": 4096,
            "opens_by": sealed.opens_by + timedelta(days=1),
            "power": "statutory_power",
            "commitment": bytes(32),
            "regulator_commitment": bytes(32),
        }[field]
        keeper.entries[-1] = Entry(at=keeper.at, body=replace(sealed, **{field: other})).print()
        refused(keeper)

    def test_seen_is_the_regulators_own_word_and_is_said_once(self):
        keeper, seq = town()
        keeper.see(seq, seed=bytes(range(32)))
        refused(keeper)
        keeper, seq = town()
        keeper.see(seq)
        read(keeper)
        keeper.see(seq)
        refused(keeper)

    def test_longer_once_before_the_day_and_signed_outside(self):
        keeper, seq = town()
        keeper.extend(seq, days=30)
        assert read(keeper).seals[seq].opens_by == keeper.hidden[seq][3].opens_by + timedelta(days=30)
        assert "later than was said at first" in " ".join(account(keeper, 2).sentences())
        keeper.extend(seq, days=60)
        refused(keeper)
        for spoil in ({"days": 0}, {"days": 9, "seed": keeper.regulator_seed}):
            keeper, seq = town()
            keeper.extend(seq, **spoil)
            refused(keeper)
        keeper, seq = town()
        keeper.at += timedelta(days=91)
        keeper.extend(seq, days=30)
        refused(keeper)

    def test_a_seal_opens_on_a_later_day(self):
        keeper = small_town()
        keeper.seal(max(keeper.registries), [1], opens_after=0)
        refused(keeper)

    def test_a_weak_key_signs_for_nobody(self):
        keeper, seq = town()
        weak = replace(keeper.hidden[seq][3].second, key=bytes([1]) + bytes(31))
        assert not sealing.holds(weak, b"anything")


class TestTheGatesLastLook:
    def look(self, keeper, seq, **changed):
        built, details, salt, _ = keeper.hidden[seq]
        asked = {
            "checkpoint": keeper.checkpoint(),
            "entries": keeper.entries,
            "vkey": keeper.key.print(),
            "details": details,
            "salt": salt,
            "tag_file": built.items,
            "payload": details.payload,
        }
        return verify.check_sealed_release(**(asked | changed))

    def test_it_finds_the_seal(self):
        keeper, seq = town()
        assert self.look(keeper, seq).body.seq == seq

    @pytest.mark.parametrize(
        ("spoil", "step"), [("salt", 5), ("tag_file", 11), ("payload", 12), ("opened", 5), ("twice", 5)]
    )
    def test_it_refuses(self, spoil, step):
        keeper, seq = town()
        changed = {}
        match spoil:
            case "salt":
                changed = {"salt": bytes(32)}
            case "tag_file":
                changed = {"tag_file": [bytes([n]) * 16 for n in range(64)]}
            case "payload":
                changed = {"payload": bytes(32)}
            case "opened":
                keeper.unseal(seq)
            case "twice":
                from beholden.ledger.vocabulary.sealed import Sealed

                fields = keeper.hidden[seq][3].to_json() | {"seq": seq + 1}
                keeper.add(Sealed.from_json(fields))
        with pytest.raises(NotProven) as caught:
            self.look(keeper, seq, **changed)
        assert caught.value.step == step


def test_the_bands():
    """Few and wide, and none above the largest: what is larger is not sealed at all (D22)."""
    assert [sealed_band(count) for count in (1, 64, 65, 4096, 4097, 65_536)] == [
        64,
        64,
        4096,
        4096,
        65_536,
        65_536,
    ]
    assert [sealed_band(count) for count in (0, 65_537)] == [None, None]


def test_a_seal_says_nothing_of_whom_it_concerns():
    """The entry's own bytes: no number of children but the band, no recipient, school, fact or list (D22)."""
    keeper, seq = town()
    _, details, _, sealed = keeper.hidden[seq]
    said = keeper.entries[-1].decode()
    for hidden in (
        *(details.id, details.payload, details.set.root, details.header.recipient.key, details.header.items),
        *(details.header.nonce, details.header.registry.id),
    ):
        assert hidden.hex() not in said
    for word in (
        details.header.recipient.id,
        details.header.purpose,
        details.reason,
        details.header.population,
    ):
        assert word not in said
    assert isinstance(sealed.opens_by, date)
