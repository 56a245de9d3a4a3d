# SPDX-License-Identifier: Apache-2.0
"""The files that hold: every answer a file can give, each once."""

from house.vectors_made import (
    DEEP,
    STRANGER,
    WITNESSES,
    Vector,
    deep,
    flat,
    good,
    heard,
    keyed,
    policy_of,
)
from ledger_builder import Keeper

SECOND_AUDITOR = bytes([8]) * 32
"""The seed of an auditor beside the keeper's one."""


def vectors() -> list[Vector]:
    """All of them."""
    return [*_answers(), *_seals(), *_places(), *_beside()]


def _answers() -> list[Vector]:
    twice = flat()
    twice.handover(twice.registry([2]), [2])
    duty = flat()
    duty.duty_outcome(duty.duty())
    duty.duty()
    empty = Keeper()
    return [
        good("child-in", "The child's key is in the list; the recipient signed for that list.", heard(), 1),
        good(
            "child-out", "The child's key is not in the list; the recipient signed for that list.", heard(), 2
        ),
        good("child-in-deep", "In a list of so many that its tree has two levels.", deep(), 1),
        good(
            "child-out-deep",
            "Not in a list of two levels: the bucket where it would stand is shown.",
            deep(),
            2,
        ),
        good(
            "child-not-shown", "The child has no key in any list of keys: the file says nothing.", flat(), 9
        ),
        good("one-shown-one-not", "Two lists of keys, and the child has a key in the first alone.", twice, 1),
        good(
            "outcomes", "Withdrawn, not known, a word for another list, and nothing said yet.", _outcomes(), 1
        ),
        good(
            "audited",
            "Two auditors made the first list again and found it equal; of the second, one found other rows.",
            _audited(),
            2,
        ),
        good("duty-return", "Two returns that a law requires: no list, no number, nothing shown.", duty, 2),
        good("empty-log", "A log without an entry, which is a log.", empty, 1),
    ]


def _outcomes() -> Keeper:
    keeper = keyed()
    for _ in range(4):
        keeper.handover(0, [1])
    keeper.outcome(1, "withdrawn")
    keeper.outcome(2, "unknown")
    rows, padding = keeper.row_tags[3]
    keeper.row_tags[3] = (rows, [*padding[:-1], bytes(16)])
    keeper.outcome(3, recomputed=keeper.word(3))
    return keeper


def _audited() -> Keeper:
    keeper = heard()
    keeper.handover(0, [1])
    keeper.outcome(2)
    for seq in (1, 2):
        keeper.audit(seq)
        keeper.audit(seq, seed=SECOND_AUDITOR, agrees=seq == 1)
    return keeper


def _seals() -> list[Vector]:
    sealed, opened, forced = flat(), flat(), flat()
    sealed.seal(0, [1])
    opened.unseal(opened.seal(0, [1]))
    seq = forced.seal(0, [2])
    forced.see(seq)
    forced.extend(seq, days=30)
    forced.unseal(seq, by_regulator=True)
    return [
        good("sealed", "One handover is sealed: counted, and nothing said of any child.", sealed, 1),
        good("seal-opened", "A seal that was opened is a handover like any other.", opened, 1),
        good("seal-opened-by-the-regulator", "Seen, extended, then opened by the regulator.", forced, 1),
    ]


def _places() -> list[Vector]:
    lot = Keeper(by_lot=frozenset({1}))
    lot.handover(lot.registry([1, 2]), [1])
    return [
        good("drawn-by-lot", "The place was drawn by lot; no number can show it.", lot, 1, number=None),
        good("no-number-typed", "The same file as child-in; nobody typed a number.", heard(), 1, number=None),
        good("no-key-given", "The same file, checked against the key inside it.", heard(), 1, key=None),
    ]


def _beside() -> list[Vector]:
    keeper = flat()
    policy, loose = policy_of(keeper), policy_of(keeper, "any")
    both = keeper.bundle(1, witnesses=WITNESSES).print()
    more = keeper.bundle(1, witnesses=STRANGER | WITNESSES).print()
    one = keeper.bundle(1, witnesses=dict([*WITNESSES.items()][:1])).print()
    earlier = keeper.bundle(1).print()
    later = flat()
    later.handover(0, [2], scope=DEEP)
    return [
        good(
            "cosigned",
            "Both witnesses of the reader's policy have seen it.",
            keeper,
            1,
            raw=both,
            policy=policy,
        ),
        good("cosigned-by-one", "A policy of which one is enough.", keeper, 1, raw=one, policy=loose),
        good(
            "cosigned-by-a-stranger-too",
            "A line of somebody whom the policy does not name proves nothing and harms nothing.",
            keeper,
            1,
            raw=more,
            policy=policy,
        ),
        good("continues", "It continues an earlier file of the same family.", later, 1, earlier=earlier),
        good("continues-itself", "A file continues itself.", keeper, 1, raw=earlier, earlier=earlier),
    ]
