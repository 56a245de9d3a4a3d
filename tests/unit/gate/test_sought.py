# SPDX-License-Identifier: Apache-2.0
"""Who of an order's children is found, from what officers said of each pair; and what the seal is bound to. D22, D32."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from beholden.gate import sought
from beholden.gate.pairs import Why
from beholden.gate.sought import Pair, Said, Sought
from beholden.kinds import PersonId
from beholden.linkage.deciding import Decision, Reason
from beholden.linkage.explaining import Explanation
from beholden.linkage.sampling import Opinion
from beholden.refusals import Refusal

S, D, C = Opinion.SAME, Opinion.DIFFERENT, Opinion.CANNOT_SAY
AT = datetime(2026, 11, 28, 9, tzinfo=UTC)
ONE, TWO, THREE = (PersonId(UUID(int=number)) for number in (1, 2, 3))


def why():
    """An explanation that says nothing: what is sealed is not read here."""
    words = dict.fromkeys(("left", "right", "rule", "model", "sha256"), "")
    figures = dict.fromkeys(("prior", "prior_bits", "rivals_bits", "posterior", "nobody", "runner_up"), 0.0)
    rest = {"people": 1, "lines": (), "lead_bits": None, "capped": ()}
    return Why(Explanation(**words, **figures, **rest, decision=Decision.REVIEW, reason=Reason.PURPOSE), ())


def made(*pairs):
    """A search with pairs of (place, person, what officers said in turn)."""
    return Sought(
        tuple(Pair(place, person, why()) for place, person, _ in pairs),
        tuple(
            Said(number, says, f"registrar-{turn}", AT)
            for number, (_, _, said) in enumerate(pairs)
            for turn, says in enumerate(said)
        ),
    )


FOUND = {
    "both say the same": ([(1, ONE, (S, S))], {1: ONE}),
    "both say different": ([(1, ONE, (D, D))], {}),
    "both cannot say": ([(1, ONE, (C, C))], {}),
    "one has looked": ([(1, ONE, (S,))], {}),
    "they differ, and no third has looked": ([(1, ONE, (S, D))], {}),
    "they differ, and a third says the same": ([(1, ONE, (S, C, S))], {1: ONE}),
    "they differ, and a third cannot say": ([(1, ONE, (S, D, C))], {}),
    "one child comes to two people": ([(1, ONE, (S, S)), (1, TWO, (S, S))], {}),
    "two children come to one person": ([(1, ONE, (S, S)), (2, ONE, (S, S))], {}),
    "a twin beside each twin is told apart": (
        [(2, TWO, (S, S)), (1, TWO, (D, D)), (2, ONE, (D, D)), (1, ONE, (S, S))],
        {1: ONE, 2: TWO},
    ),
    "another child is found beside two who are not": (
        [(1, ONE, (S, S)), (2, ONE, (S, S)), (3, THREE, (S, S))],
        {3: THREE},
    ),
}


@pytest.mark.parametrize("case", FOUND)
def test_who_is_found(case):
    pairs, found = FOUND[case]
    assert dict(made(*pairs).found()) == found


def test_it_waits_until_two_have_looked_at_each_and_a_third_may():
    some = made((1, ONE, (S, S)), (2, TWO, (S,)), (3, THREE, (S, D)))
    assert some.waits()
    assert some.differing() == (3,)
    assert some.waiting_for("registrar-0") == ()
    assert some.waiting_for("registrar-1") == (1,)
    assert some.waiting_for("registrar-9") == (1, 2)
    assert not made((1, ONE, (S, D))).waits()
    assert not made().waits()


def test_it_opens_for_its_own_row_under_its_own_key_and_else_not():
    """D36: bound to every column beside it; nobody is in it in the clear."""
    key, bound, some = bytes(32), {"id": "a", "named": 2}, made((1, ONE, (S, S)))
    blob = sought.seal(key, bound, some)
    assert sought.unseal(key, bound, blob) == some
    assert sought.seal(key, bound, some) != blob
    for other in (
        (bytes([1]) * 32, bound, blob),
        (key, {**bound, "named": 3}, blob),
        (key, bound, blob[:-1]),
    ):
        with pytest.raises(Refusal, match=r"^gate\.search_changed:"):
            sought.unseal(*other)
