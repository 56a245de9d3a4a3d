# SPDX-License-Identifier: Apache-2.0
"""Every step of the proof, broken one at a time; and the words, which never say more than was shown (D27, D28)."""

import json
import random
from copy import deepcopy
from dataclasses import replace

import pytest

from beholden.ledger import confirmation, handovers, tags, tree, verify
from beholden.ledger.account import Standing
from beholden.ledger.bundle import Membership, Place
from beholden.ledger.confirmation import Word
from beholden.ledger.cosignature import WitnessKey
from beholden.ledger.entries import Entry, name, parse
from beholden.ledger.note import Key, Note, Signature, sign
from beholden.ledger.policy import Policy
from beholden.ledger.verify import NotProven
from beholden.ledger.vocabulary.events import CatalogueSet
from beholden.ledger.vocabulary.terms import ListOf, LogState
from beholden.ledger.vrf import Secret
from beholden.refusals import Refusal
from ledger_builder import ORIGIN, START, Keeper, small_town

AUTHORITATIVE_DOUBT = (
    "This does not exclude a handover made outside the log, or a row sent under a key that is not your child's: "
    "recipients confirmed {R} of these lists, auditors replayed 0."
)


def fails(step, bundle, **given):
    raw = bundle if isinstance(bundle, bytes) else bundle.print()
    with pytest.raises(NotProven) as caught:
        verify.verify(raw, **given)
    assert caught.value.step == step, caught.value.sentence
    assert caught.value.sentence.startswith(f"Step {step} (")
    return caught.value


def shown(bundle, **given):
    return verify.verify(bundle.print(), **given)


def spoil_header(keeper, index, **changed):
    """Put another header into a list of keys, with the name that follows from it."""
    body = parse(keeper.entries[index], log="handovers").body
    header = replace(body.header, **changed)
    keeper.entries[index] = Entry(at=START, body=replace(body, header=header, id=name(header))).print()


def with_log(bundle, **changed):
    return replace(bundle, handovers=replace(bundle.handovers, **changed))


class TestHonestFiles:
    def test_present_absent_and_counts(self):
        keeper = small_town()
        account = shown(keeper.bundle(1))
        assert (account.listed, account.present, account.absent, account.not_shown) == (3, (1, 3), (2,), ())
        assert shown(keeper.bundle(2)).absent == (1, 2, 3)

    @pytest.mark.parametrize("child", [1, 2, 3, 4, 9])
    def test_every_handover_is_counted_once(self, child):
        account = shown(small_town().bundle(child))
        counted = [*account.present, *account.absent, *account.not_shown, *account.sealed]
        assert sorted(counted) == [1, 2, 3] == list(range(1, account.listed + 1))

    def test_many_children_and_handovers_agree_with_what_was_done(self):
        """The builder's own lists are the oracle."""
        source = random.Random(3)
        keeper = Keeper(seed=3)
        done = []
        for _ in range(4):
            keyed = source.sample(range(60), 40)
            registry = keeper.registry(keyed)
            for _ in range(source.randrange(1, 4)):
                sent = source.sample(keyed, 20)
                done.append((set(keyed), set(sent)))
                keeper.handover(registry, sent, scope=source.choice([20, 33, 150]))
        for child in range(60):
            account = shown(keeper.bundle(child))
            for seq, (keyed, sent) in enumerate(done, start=1):
                expected = Standing.NOT_SHOWN if child not in keyed else Standing.NOT_IN
                expected = Standing.IN if child in sent else expected
                assert account.handovers[seq - 1].standing is expected

    def test_an_empty_log_and_a_log_without_handovers(self):
        keeper = Keeper()
        assert "lists no handover" in shown(keeper.bundle(1)).sentences()[1]
        keeper.registry([1])
        account = shown(keeper.bundle(1))
        assert account.listed == 0
        assert "this log lists no handover." in account.sentences()[1]
        assert account.place_number is not None


class TestStep1Signature:
    def test_another_key_than_the_one_given(self):
        other = Key.of_seed(ORIGIN, bytes(32)).print()
        fails(1, small_town().bundle(1), key=other)

    def test_the_key_given(self):
        keeper = small_town()
        account = shown(keeper.bundle(1), key=keeper.key.print())
        assert account.pinned
        assert "signed by the key you gave" in account.sentences()[0]

    def test_a_key_that_is_no_key(self):
        for key in ("", "x", "a+b+c", ORIGIN):
            fails(1, small_town().bundle(1), key=key)

    def test_signed_anew_by_another_key(self):
        keeper = small_town()
        note = keeper.checkpoint(seed=bytes(32)).decode()
        fails(1, with_log(keeper.bundle(1), checkpoint=note))

    def test_signed_anew_and_the_key_exchanged_too(self):
        """Without a pinned key the file holds, and its first sentence names the other number."""
        keeper = small_town()
        forged = with_log(keeper.bundle(1), checkpoint=keeper.checkpoint(seed=bytes(32)).decode())
        forged = replace(forged, vkey=Key.of_seed(ORIGIN, bytes(32)).print())
        fails(1, forged, key=keeper.key.print())
        account = shown(forged)
        assert account.vkey_number != shown(keeper.bundle(1)).vkey_number
        assert account.vkey_number in account.sentences()[0]
        assert (
            "compare it with the number on the register's website, and with the one that other families"
            in (account.sentences()[0])
        )

    def test_a_second_signature_line_may_not_hide_in_the_note(self):
        """C2SP ignores signatures of unknown keys; bytes that nobody checks may not stand in a proof."""
        keeper = small_town()
        note = keeper.checkpoint()
        line = sign(note.decode().split("\n\n")[0] + "\n", name="w.example", seed=bytes(32)).decode()
        line = line.split("\n\n")[1]
        fails(1, with_log(keeper.bundle(1), checkpoint=note.decode() + line))
        fails(1, with_log(keeper.bundle(1), checkpoint=note.decode() + note.decode().split("\n\n")[1]))

    def test_a_log_under_another_origin_than_its_key(self):
        keeper = small_town()
        text = keeper.checkpoint().decode().split("\n\n")[0].replace(ORIGIN, "evil.example/handovers") + "\n"
        note = sign(text, name=ORIGIN, seed=keeper.log_seed).decode()
        fails(1, with_log(keeper.bundle(1), checkpoint=note))

    def test_a_key_under_which_anybody_can_sign(self):
        """The point of order 1: one signature, made without any secret, fits every text."""
        keeper = small_town()
        weak = Key(ORIGIN, b"\x01" + bytes(31))
        text = Note.parse(keeper.checkpoint()).text
        forged = Note(text, (Signature(ORIGIN, weak.id, weak.public + bytes(32)),)).print()
        weak.check(text, weak.public + bytes(32))  # the library lets it pass
        fails(1, replace(with_log(keeper.bundle(1), checkpoint=forged.decode()), vkey=weak.print()))

    def test_an_events_log_is_no_handover_log(self):
        keeper = Keeper(origin="paper.example/demo/events")
        fails(1, keeper.bundle(1))


WITNESSES = {"press.example": bytes([1]) * 32, "school.example": bytes([2]) * 32}


def trusted(keeper, *, quorum="all", witnesses=WITNESSES, key=None):
    """A reader's policy: this log's key, and how many of the witnesses must have seen it."""
    lines = [f"log {(key or keeper.key).print()}"]
    lines += [f"witness {name} {WitnessKey.of_seed(name, seed).print()}" for name, seed in witnesses.items()]
    lines += [f"group enough {quorum} {' '.join(witnesses)}", "quorum enough", ""]
    return Policy.parse("\n".join(lines).encode())


class TestStep1ThePolicy:
    """D27: the log's own signature first, then the reader's policy, and only then the entries."""

    def test_a_quorum_is_named(self):
        keeper = small_town()
        account = verify.verify(keeper.bundle(1, witnesses=WITNESSES).print(), policy=trusted(keeper))
        assert account.seen_by == ("press.example", "school.example")

    def test_a_witness_too_few(self):
        keeper = small_town()
        one = dict([*WITNESSES.items()][:1])
        raw = keeper.bundle(1, witnesses=one).print()
        fails(1, raw, policy=trusted(keeper))
        assert verify.verify(raw, policy=trusted(keeper, quorum="any")).seen_by == ("press.example",)

    def test_another_key_for_the_log(self):
        keeper = small_town()
        raw = keeper.bundle(1, witnesses=WITNESSES).print()
        fails(1, raw, policy=trusted(keeper, key=Key.of_seed(keeper.origin, bytes(32))))

    def test_a_true_quorum_under_a_log_that_its_key_did_not_sign(self):
        """Witnesses vouch for growth, never for whose log it is."""
        keeper = small_town()
        note = Note.parse(keeper.cosigned(WITNESSES))
        own = note.signatures[0]
        false = replace(own, signature=own.signature[:-1] + bytes([own.signature[-1] ^ 1]))
        note = Note(note.text, (false, *note.signatures[1:]))
        bundle = keeper.bundle(1)
        bundle = replace(bundle, handovers=replace(bundle.handovers, checkpoint=note.print().decode()))
        fails(1, bundle.print(), policy=trusted(keeper))

    def test_a_quorum_that_is_missing_is_said_before_an_entry_that_is(self):
        """It stops at the first step that does not hold: no entry is looked at that too few have seen."""
        keeper = small_town()
        bundle = keeper.bundle(1)
        cut = replace(bundle, handovers=replace(bundle.handovers, entries=bundle.handovers.entries[:-1]))
        fails(2, cut.print())
        fails(1, cut.print(), policy=trusted(keeper))

    def test_an_earlier_file_from_before_there_were_witnesses(self):
        """Whoever saw this state has seen what it continues."""
        keeper = small_town()
        earlier = keeper.bundle(1).print()
        keeper.handover(3, [1])
        now = keeper.bundle(1, witnesses=WITNESSES).print()
        assert verify.verify(now, policy=trusted(keeper), earlier=earlier).continues


class TestTheEmptyLog:
    def test_it_is_a_log(self):
        keeper = Keeper()
        log = handovers.read(keeper.checkpoint(), (), vkey=keeper.key.print(), pinned=keeper.key.print())
        assert (log.size, log.root, log.until) == (0, tree.EMPTY_ROOT, None)
        assert (log.registries, log.intents, log.outcomes) == ({}, (), {})

    def test_entries_under_the_checkpoint_of_an_empty_log(self):
        keeper = Keeper()
        empty = keeper.checkpoint()
        keeper.registry([1])
        with pytest.raises(NotProven) as caught:
            handovers.read(empty, keeper.entries, vkey=keeper.key.print())
        assert caught.value.step == 2

    def test_no_entries_under_the_checkpoint_of_another(self):
        keeper = small_town()
        with pytest.raises(NotProven) as caught:
            handovers.read(keeper.checkpoint(), (), vkey=keeper.key.print())
        assert caught.value.step == 2


class TestTheRulesOneByOne:
    """The sequencer asks them before each entry; `read` asks the same after the fact."""

    def entries(self):
        return [parse(raw, log="handovers") for raw in small_town().entries]

    def test_what_is_let_in_is_what_is_read(self):
        keeper, rules = small_town(), handovers.Rules(ORIGIN)
        for entry in self.entries():
            rules.add(entry)
        log = handovers.read(keeper.checkpoint(), keeper.entries, vkey=keeper.key.print())
        assert (rules.size, tuple(rules.intents)) == (log.size, log.intents)
        assert (rules.registries, rules.outcomes) == (log.registries, log.outcomes)

    def test_what_is_refused_changes_nothing(self):
        """Every other entry in the place of each one, and one of another log; then the right one still fits."""
        rules, whole = handovers.Rules(ORIGIN), self.entries()
        event, turned_away = Entry(at=START, body=CatalogueSet(hash=bytes(32))), 0
        for good in whole:
            for bad in (*whole, event):
                before, tried = deepcopy(rules), deepcopy(rules)
                try:
                    tried.add(bad)
                except NotProven:
                    assert tried == before
                    turned_away += 1
            rules.add(good)
        assert turned_away > 4 * len(whole)


class TestStep2Completeness:
    def test_a_missing_entry(self):
        """A file that shows 2 of 3 handovers would otherwise verify: the most important refusal of all."""
        bundle = small_town().bundle(2)
        for at in range(len(bundle.handovers.entries)):
            entries = bundle.handovers.entries[:at] + bundle.handovers.entries[at + 1 :]
            fails(2, with_log(bundle, entries=entries))

    def test_entries_in_another_order(self):
        bundle = small_town().bundle(2)
        fails(2, with_log(bundle, entries=bundle.handovers.entries[::-1]))

    def test_one_entry_twice(self):
        bundle = small_town().bundle(2)
        fails(2, with_log(bundle, entries=(*bundle.handovers.entries, bundle.handovers.entries[-1])))

    def test_an_old_checkpoint_under_a_longer_list(self):
        keeper = small_town()
        old = keeper.checkpoint().decode()
        keeper.handover(3, [1])
        fails(2, with_log(keeper.bundle(1), checkpoint=old))


class TestStep3Vocabulary:
    def test_an_entry_outside_the_vocabulary(self):
        for raw in (
            b"{}",
            b"",
            b"\x00",
            b'{"at":"2026-11-23T09:30:00Z","body":{},"kind":"sealed","log":"handovers","v":1}',
        ):
            keeper = small_town()
            keeper.entries.append(raw)
            fails(3, keeper.bundle(1))

    def test_a_number_left_out(self):
        keeper = Keeper()
        keeper.handover(keeper.registry([1]), [1], seq=2)
        fails(3, keeper.bundle(1))


class TestStep4Names:
    def test_a_list_under_another_name(self):
        """If the id could be chosen, a tag could be too."""
        keeper = Keeper()
        keeper.handover(keeper.registry([1]), [1], id=bytes(16))
        fails(4, keeper.bundle(1))

    def test_two_handovers_under_one_name(self):
        """Two different lists under one name would let one proof stand for both."""
        keeper = Keeper()
        registry = keeper.registry([1])
        keeper.handover(registry, [1])
        intent = keeper.intent(1)
        keeper.handover(registry, [], header=intent.header, id=intent.id)
        fails(4, keeper.bundle(1))

    def test_a_list_of_another_log(self):
        keeper = Keeper()
        registry = keeper.registry([1])
        header = replace(keeper.header(registry), log="other.example/handovers")
        keeper.handover(registry, [1], header=header, id=name(header))
        fails(4, keeper.bundle(1))


class TestStep5References:
    def changed(self, alter):
        keeper = Keeper()
        registry = keeper.registry([1])
        header = alter(keeper.header(registry))
        keeper.handover(registry, [1], header=header, id=name(header))
        return keeper.bundle(1)

    def test_a_registry_that_is_not_there(self):
        for change in ({"index": 1}, {"index": 7}, {"id": bytes(16)}, {"root": bytes(32)}):
            fails(5, self.changed(lambda h, c=change: replace(h, registry=replace(h.registry, **c))))

    def test_a_registry_that_was_fixed_after_the_handover(self):
        """Keys chosen when the list is known could be chosen to be absent."""
        keeper = Keeper()
        registry = keeper.registry([1])
        keeper.handover(registry, [1])
        first, second = keeper.entries
        keeper.entries[:] = [second, first]
        keeper.lists = {0: keeper.lists[1]}
        keeper.registries = {1: keeper.registries[0]}
        fails(5, keeper.bundle(9))

    def test_a_decision_that_was_not_yet_in_the_events(self):
        fails(5, self.changed(lambda h: replace(h, decision=h.events.size)))

    def test_two_events_logs_of_one_size(self):
        keeper = Keeper()
        registry = keeper.registry([1])
        keeper.handover(registry, [1])
        seen = keeper.intent(1).header.events
        header = replace(keeper.header(registry), events=LogState(size=seen.size, root=bytes(32)))
        header = replace(header, decision=0)
        keeper.handover(registry, [1], header=header, id=name(header))
        fails(5, keeper.bundle(1))

    @pytest.mark.parametrize(
        "outcomes",
        [
            [("withdrawn", False), ("delivered", False)],
            [("delivered", False), ("withdrawn", False)],
            [("delivered", False), ("delivered", False)],
            [("delivered", True), ("delivered", False)],
            [("delivered", False), ("unknown", False)],
            [("withdrawn", True)],
            [("unknown", True)],
        ],
    )
    def test_an_outcome_that_takes_another_back(self, outcomes):
        keeper = Keeper()
        keeper.handover(keeper.registry([1]), [1])
        for outcome, confirmed in outcomes:
            keeper.outcome(1, outcome, keeper.word(1) if confirmed else None)
        fails(5, keeper.bundle(1))

    def test_outcomes_that_become_firmer(self):
        keeper = Keeper()
        keeper.handover(keeper.registry([1]), [1])
        for outcome, confirmed in [("unknown", False), ("delivered", False), ("delivered", True)]:
            keeper.outcome(1, outcome, keeper.word(1) if confirmed else None)
        assert shown(keeper.bundle(1)).handovers[0].word is Word.AGREES

    def test_an_outcome_of_no_handover(self):
        for spoil in (lambda o: replace(o, seq=2), lambda o: replace(o, id=bytes(16))):
            keeper = Keeper()
            keeper.handover(keeper.registry([1]), [1])
            keeper.outcome(1)
            body = spoil(parse(keeper.entries[-1], log="handovers").body)
            keeper.entries[-1] = Entry(at=keeper.at, body=body).print()
            fails(5, keeper.bundle(1))


class TestSteps6And7TheChildsKey:
    def test_another_place(self):
        keeper = small_town()
        fails(7, replace(keeper.bundle(1), place=Place(drawn=bytes(32), proof=None)))
        fails(7, replace(keeper.bundle(1), place=keeper.bundle(2).place))

    def test_a_place_without_a_key_and_a_key_without_a_place(self):
        keeper = small_town()
        fails(6, replace(keeper.bundle(1), place=None))
        fails(6, replace(keeper.bundle(9), place=Place(drawn=bytes(32), proof=None)))
        fails(6, replace(keeper.bundle(9), place=keeper.bundle(1).place))

    def test_a_place_is_proved_or_drawn_never_both_and_never_neither(self):
        bundle = small_town().bundle(1)
        fails(6, replace(bundle, place=Place(drawn=None, proof=None)))
        fails(6, replace(bundle, place=replace(bundle.place, drawn=bytes(32))))

    def test_the_number_that_was_typed(self):
        """D27: the place is the number's, whoever made the file; spaces and small letters are how people type."""
        keeper = small_town()
        mine = keeper.number(1)
        account = shown(keeper.bundle(1), number=mine)
        assert account.by_number
        assert "the one place that the number you typed has" in account.sentences()[-2]
        assert shown(keeper.bundle(1), number=f" {mine.lower()} ").by_number
        assert not shown(keeper.bundle(9), number=mine).by_number

    def test_another_number_than_the_one_that_was_typed(self):
        """The lie that the function stops: another child's place and key, shown to a family that comes first."""
        keeper = small_town()
        fails(6, keeper.bundle(2), number=keeper.number(1))
        fails(6, keeper.bundle(1), number="")

    def test_a_place_by_lot_is_no_numbers(self):
        keeper = Keeper(by_lot=frozenset({1}))
        keeper.handover(keeper.registry([1, 2]), [1])
        assert "drawn by lot" in shown(keeper.bundle(1)).sentences()[-2]
        fails(6, keeper.bundle(1), number=keeper.number(1))

    def test_a_proof_that_no_number_could_give(self):
        bundle = small_town().bundle(1)
        place = bundle.place
        for proof in (bytes(80), place.proof[:48] + bytes(32), bytes(32) + place.proof[32:]):
            fails(6, replace(bundle, place=replace(place, proof=proof)))

    def test_a_number_that_is_none(self):
        for typed in ("\xff", "Ä1", "\udcff"):
            fails(6, small_town().bundle(1), number=typed)

    def test_a_weak_key_for_places_and_a_second_one(self):
        for changed in (bytes(32), b"\x01" + bytes(31), b"\xff" * 32):
            keeper = Keeper()
            index = keeper.registry([1])
            spoil_header(keeper, index, vrf=changed)
            fails(5, keeper.bundle(2))
        keeper = Keeper()
        keeper.registry([1])
        index = keeper.registry([1])
        spoil_header(keeper, index, vrf=Secret.of(bytes(32)).public)
        fails(5, keeper.bundle(2))

    def test_another_childs_key_at_this_childs_place(self):
        """The lie that the registry stops: absent under a key that was never this child's."""
        keeper = small_town()
        mine, other = keeper.bundle(1), keeper.bundle(2)
        swapped = tuple(replace(a, y=b.y) for a, b in zip(mine.registry, other.registry, strict=True))
        fails(7, replace(mine, registry=swapped, proofs=other.proofs))

    def test_another_childs_whole_opening_needs_the_other_childs_place(self):
        keeper = small_town()
        mine, other = keeper.bundle(1), keeper.bundle(2)
        fails(7, replace(mine, registry=other.registry, proofs=other.proofs))

    def test_the_key_of_another_registry(self):
        bundle = small_town().bundle(1)
        first, second = bundle.registry
        fails(7, replace(bundle, registry=(replace(first, y=second.y), second)))


class TestStep8Depth:
    @pytest.mark.parametrize("whose", ["shown", "unshown"])
    def test_a_list_with_another_depth_than_its_size_demands(self, whose):
        keeper = Keeper()
        keeper.handover(keeper.registry([1]), [1], set=ListOf(depth=3, n=10, root=bytes(32)))
        fails(8, keeper.bundle(1 if whose == "shown" else 9))


class TestSteps9To11TheBucket:
    def test_the_tag_taken_out_of_its_bucket(self):
        keeper = small_town()
        bundle = keeper.bundle(1)
        mine = tags.tag(keeper.y(0, 1), keeper.intent(1).id)
        first = bundle.proofs[0]
        assert mine in first.bucket
        cut = replace(first, bucket=tuple(one for one in first.bucket if one != mine))
        fails(11, replace(bundle, proofs=(cut, *bundle.proofs[1:])))

    def test_a_disordered_bucket(self):
        bundle = small_town().bundle(1)
        first = bundle.proofs[0]
        fails(10, replace(bundle, proofs=(replace(first, bucket=first.bucket[::-1]), *bundle.proofs[1:])))

    def test_a_longer_path(self):
        bundle = small_town().bundle(1)
        first = replace(bundle.proofs[0], path=(bytes(32),))
        fails(11, replace(bundle, proofs=(first, *bundle.proofs[1:])))

    def test_the_bucket_of_another_handover(self):
        bundle = small_town().bundle(1)
        a, b, c = bundle.proofs
        fails(11, replace(bundle, proofs=(replace(a, bucket=b.bucket), b, c)))


class TestStep12NothingMissingNothingLeft:
    def test_a_proof_left_out(self):
        bundle = small_town().bundle(2)
        for at in range(3):
            fails(12, replace(bundle, proofs=bundle.proofs[:at] + bundle.proofs[at + 1 :]))

    def test_a_proof_twice_or_in_another_order(self):
        bundle = small_town().bundle(2)
        fails(12, replace(bundle, proofs=(*bundle.proofs, bundle.proofs[-1])))
        fails(12, replace(bundle, proofs=bundle.proofs[::-1]))

    def test_a_proof_for_an_entry_that_is_no_handover(self):
        bundle = small_town().bundle(9)
        for entry in (0, 2, 99):
            fails(12, replace(bundle, proofs=(Membership(bucket=(), entry=entry, path=()),)))

    def test_registries_opened_twice_in_another_order_or_out_of_nothing(self):
        bundle = small_town().bundle(1)
        first, second = bundle.registry
        for opened in ((second, first), (first, first, second), (first, second, replace(second, entry=99))):
            fails(12, replace(bundle, registry=opened))
        fails(12, replace(bundle, registry=(replace(first, entry=1), second)))

    def test_a_registry_that_no_handover_names_may_be_opened_or_not(self):
        """It shows a key early, so that it is bound before there is anything to hide."""
        keeper = small_town()
        keeper.registry([1, 2])
        opened = keeper.bundle(1)
        closed = replace(opened, registry=opened.registry[:-1])
        assert shown(opened).handovers == shown(closed).handovers

    def test_an_opening_left_out_with_its_proofs_is_said_and_never_counted_as_absent(self):
        """The keeper can hide a key it has. Then the file must not say *not in*, and must not say *none*."""
        bundle = small_town().bundle(1)
        hidden = replace(bundle, registry=bundle.registry[1:], proofs=bundle.proofs[1:])
        account = shown(hidden)
        assert (account.present, account.absent, account.not_shown) == ((3,), (2,), (1,))
        said = " ".join(account.sentences())
        assert "This file does not show handover 1" in said
        assert "the keeper left it out of this file" in said
        assert "none" not in said.split("Either")[0]


class TestStep13TheEarlierFile:
    def test_a_file_that_continues_another(self):
        keeper = small_town()
        old = keeper.bundle(1).print()
        keeper.handover(3, [1, 2])
        account = shown(keeper.bundle(1), earlier=old)
        assert account.continues
        assert account.same_place
        assert account.listed == 4
        assert "This file continues your earlier one" in account.sentences()[-2]
        assert "so are the keys there" in account.sentences()[-2]
        assert shown(keeper.bundle(1), earlier=keeper.bundle(1).print()).continues

    def test_a_log_that_was_rewritten(self):
        keeper = small_town()
        old = keeper.bundle(1).print()
        other = small_town()
        other.entries = other.entries[:3]
        other.lists = {1: other.lists[1]}
        other.registries = {0: other.registries[0]}
        other.handover(0, [2])
        fails(13, other.bundle(1), earlier=old)

    def test_a_shorter_log(self):
        keeper = small_town()
        short = keeper.bundle(1).print()
        keeper.handover(3, [])
        fails(13, short, earlier=keeper.bundle(1).print())

    def test_another_log_key(self):
        keeper = small_town()
        other = small_town(seed=8)
        fails(13, other.bundle(1), earlier=keeper.bundle(1).print())

    def test_another_child_in_the_place_of_this_one(self):
        """Trust on first use: whoever kept the first file sees the exchange, also where it begins with a later list."""
        keeper = small_town()
        early = keeper.bundle(1, opened=[min(keeper.registries)])
        lie = keeper.bundle(2, opened=[max(keeper.registries)])
        fails(13, lie, earlier=early.print())
        fails(13, keeper.bundle(2), earlier=keeper.bundle(1).print())
        fails(13, keeper.bundle(9), earlier=keeper.bundle(1).print())

    def test_a_key_that_is_no_longer_shown(self):
        bundle = small_town().bundle(1)
        hidden = replace(bundle, registry=bundle.registry[1:], proofs=bundle.proofs[1:])
        fails(13, hidden, earlier=bundle.print())
        assert shown(bundle, earlier=hidden.print()).same_place

    def test_a_first_file_without_a_place_binds_none(self):
        keeper = small_town()
        account = shown(keeper.bundle(1), earlier=keeper.bundle(9).print())
        assert account.continues
        assert not account.same_place
        assert "is the keeper's word" in account.sentences()[-2]

    def test_an_earlier_file_that_does_not_hold(self):
        keeper = small_town()
        raw = keeper.bundle(1).print()
        fails(0, raw, earlier=raw[:-1])


class TestRecipientsWord:
    def account(self, **changed):
        keeper = Keeper()
        keeper.handover(keeper.registry([1, 2]), [1])
        word = keeper.word(1)
        keeper.outcome(1, recomputed=replace(word, **{k: v(word) for k, v in changed.items()}))
        return shown(keeper.bundle(2))

    def test_it_is_counted_if_it_agrees(self):
        account = self.account()
        assert account.confirmed == (1,)
        assert AUTHORITATIVE_DOUBT.format(R=1) in account.sentences()[2]

    def test_a_word_by_a_key_that_the_header_does_not_name_counts_for_nothing(self):
        account = self.account(key=lambda _: bytes(32))
        assert account.handovers[0].word is Word.UNSIGNED
        assert AUTHORITATIVE_DOUBT.format(R=0) in account.sentences()[2]
        assert "did not sign" in " ".join(account.sentences())

    @pytest.mark.parametrize("name", ["signature", "root", "n"])
    def test_a_word_with_one_thing_changed_counts_for_nothing(self, name):
        other = {
            "signature": lambda w: bytes([w.signature[0] ^ 1]) + w.signature[1:],
            "root": lambda _: bytes(32),
            "n": lambda _: 11,
        }
        account = self.account(**{name: other[name]})
        assert account.handovers[0].word is Word.UNSIGNED
        assert account.confirmed == ()

    def test_a_word_about_another_handover_counts_for_nothing(self):
        keeper = Keeper()
        registry = keeper.registry([1, 2])
        keeper.handover(registry, [1])
        keeper.handover(registry, [1])
        keeper.outcome(2, recomputed=keeper.word(1))
        assert shown(keeper.bundle(2)).confirmed == ()

    @pytest.mark.parametrize("scope", [64, 65, 70, 512])
    def test_a_word_is_the_same_whoever_refused(self, scope):
        """D13: from the log nobody learns how many of a scope were left out, near the edge of a band either."""
        public = set()
        for left_out in (0, 1, 6, scope - 1):
            keeper = Keeper()
            registry = keeper.registry(range(scope))
            keeper.handover(registry, range(scope - left_out), scope=scope)
            word = keeper.word(1)
            assert confirmation.weigh(verify.subject(keeper.intent(1)), word) is Word.AGREES
            public.add((*word.to_json(), word.n))
        assert public == {("key", "n", "root", "signature", scope)}

    def test_a_recipient_that_found_another_list_is_heard(self):
        """A row without a tag, or a list that was not the logged one: the recipient's root differs."""
        keeper = Keeper()
        keeper.handover(keeper.registry([1, 2]), [1])
        keeper.row_tags[1] = (keeper.row_tags[1][0], [*keeper.row_tags[1][1][:-1], bytes(16)])
        keeper.outcome(1, recomputed=keeper.word(1))
        account = shown(keeper.bundle(2))
        assert account.handovers[0].word is Word.DISAGREES
        assert account.confirmed == ()
        assert "found another list than the one in the log" in " ".join(account.sentences())


class TestTheWords:
    @pytest.mark.parametrize(
        ("outcome", "words"),
        [
            ("delivered", "The keeper reports delivered on 4 September 2026."),
            ("withdrawn", "The keeper reports withdrawn before delivery."),
            ("unknown", "that it does not know whether it was delivered: treat as delivered."),
            (None, "The keeper reports nothing yet: treat as delivered."),
        ],
    )
    def test_in(self, outcome, words):
        keeper = Keeper()
        keeper.handover(keeper.registry([1]), [1])
        if outcome:
            keeper.outcome(1, outcome)
        sentence = shown(keeper.bundle(1)).sentences()[2]
        assert sentence.startswith("Your child's key is in the list fixed before handover 1. ")
        assert sentence.endswith(words)

    def test_not_in_is_the_sentence_of_the_design_to_the_letter(self):
        keeper = Keeper()
        keeper.handover(keeper.registry([1, 2]), [1])
        assert shown(keeper.bundle(2)).sentences()[2] == (
            "Your child's key is not in the list the keeper fixed before handover 1. This does not exclude a "
            "handover made outside the log, or a row sent under a key that is not your child's: recipients "
            "confirmed 0 of these lists, auditors replayed 0."
        )

    def test_none_is_said_only_if_everything_is_shown(self):
        keeper = small_town()
        assert "in the list of none of them" in shown(keeper.bundle(2)).sentences()[1]
        assert "none" not in shown(keeper.bundle(1)).sentences()[1]
        for child in (4, 9):
            assert "none of them" not in " ".join(shown(keeper.bundle(child)).sentences())
        keeper.handover(3, [])
        unshown = keeper.bundle(2)
        unshown = replace(unshown, registry=unshown.registry[:1], proofs=unshown.proofs[:1])
        said = shown(unshown).sentences()[1]
        assert "in the list of 0 of them and not in the list of 1; 3 this file does not show." in said

    def test_a_child_without_a_key_is_told_that_nothing_is_shown(self):
        said = shown(small_town().bundle(9)).sentences()
        assert "This file shows your child's key for no list of keys" in said[1]
        assert "says nothing about them either way" in said[2]
        assert not any("not in the list" in line for line in said)

    def test_numbers_are_drawn_together(self):
        keeper = Keeper()
        registry = keeper.registry([1, 2])
        for sent in ([2], [1], [2], [2], [2], [1], [2], [2]):
            keeper.handover(registry, sent)
        assert "before handovers 1, 3 to 5, 7 and 8." in " ".join(shown(keeper.bundle(1)).sentences())

    def test_the_words_come_from_entries_and_machines_get_the_same(self):
        account = shown(small_town().bundle(1))
        found = json.loads(json.dumps(account.to_json()))
        assert found["sentences"] == list(account.sentences())
        assert (found["K"], found["P"], found["Q"], found["R"], found["A"], found["S"], found["U"]) == (
            3, [1, 3], [2], [], [], [], [],
        )  # fmt: skip

    def test_one_handover_is_not_handovers(self):
        keeper = Keeper()
        keeper.handover(keeper.registry([1]), [1])
        assert "this log lists 1 handover. " in shown(keeper.bundle(1)).sentences()[1]


class TestTheGatesLastLook:
    """`check_release` is the public verifier's own code, turned on the keeper's own log before a release."""

    def ask(self, keeper, seq=2, **changed):
        rows, padding = keeper.row_tags.get(seq, ([], []))
        given = {
            "checkpoint": keeper.checkpoint(),
            "entries": tuple(keeper.entries),
            "vkey": keeper.key.print(),
            "seq": seq,
            "tag_file": b"".join([*rows, *padding]),
            "payload": keeper.intent(2).payload,
        }
        return verify.check_release(**{**given, **changed})

    def keeper(self):
        keeper = Keeper()
        registry = keeper.registry([1, 2])
        keeper.handover(registry, [1])
        keeper.outcome(1)
        keeper.handover(registry, [2], scope=40)
        return keeper

    def test_it_lets_pass_what_was_logged(self):
        keeper = self.keeper()
        assert self.ask(keeper) == keeper.intent(2)
        rows, padding = keeper.row_tags[2]
        assert self.ask(keeper, tag_file=[*padding, *rows]) == keeper.intent(2)

    @pytest.mark.parametrize(
        ("step", "changed"),
        [
            (1, {"vkey": Key.of_seed(ORIGIN, bytes(32)).print()}),
            (2, {"entries": ()}),
            (5, {"seq": 1}),
            (5, {"seq": 3}),
            (5, {"seq": 0}),
            (11, {"tag_file": b""}),
            (11, {"tag_file": bytes(16) * 40}),
            (11, {"tag_file": b"x"}),
            (12, {"payload": bytes(32)}),
        ],
    )
    def test_it_stops_what_was_not(self, step, changed):
        with pytest.raises(NotProven) as caught:
            self.ask(self.keeper(), **changed)
        assert caught.value.step == step

    def test_one_tag_exchanged(self):
        keeper = self.keeper()
        rows, padding = keeper.row_tags[2]
        with pytest.raises(NotProven):
            self.ask(keeper, tag_file=[*rows, *padding[:-1], bytes(16)])

    def test_absent_or_present(self):
        keeper = self.keeper()
        built, intent = keeper.lists[3]
        for child, expected in ((1, False), (2, True)):
            y = keeper.y(0, child)
            proof = built.proof(tags.tag(y, intent.id))
            assert verify.absent_or_present(intent.id, intent.set.committed, y, proof) is expected
        with pytest.raises(NotProven):
            verify.absent_or_present(intent.id, replace(intent.set.committed, root=bytes(32)), y, proof)


def test_not_proven_is_a_refusal_that_names_its_step():
    refusal = fails(2, with_log(small_town().bundle(1), entries=()))
    assert isinstance(refusal, Refusal)
    assert refusal.code == "ledger.not_proven"
    assert "the whole log" in refusal.sentence


def test_numbers_are_of_128_bits_in_groups():
    account = shown(small_town().bundle(1))
    for number in (account.vkey_number, account.place_number):
        assert [len(group) for group in number.split(" ")] == [4] * 8
