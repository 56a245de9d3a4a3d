# SPDX-License-Identifier: Apache-2.0
"""Looks the register through for two records of one child, and suggests; a person asks, and decides (D14, D32).

The engine that answers lists is turned on the register itself. It decides nothing here, and restricts nobody: what it
finds stands in a list until a registrar asks, and then it is a question like any other. What was asked of once,
whatever was decided, is not suggested again: twins stay two.
"""

from dataclasses import replace
from datetime import datetime

from beholden.kinds import Actor, PersonId
from beholden.linkage.comparing import COMPARISONS, FIELD
from beholden.linkage.deciding import Decision
from beholden.linkage.explaining import Explanation, explain
from beholden.linkage.linking import Pair, within
from beholden.linkage.model import shipped
from beholden.refusals import Refusal
from beholden.register.lent import LooksAlike
from beholden.register.rules import check_registrar
from beholden.register.vault import alike, likeness, questions
from beholden.register.vault.likeness import Known
from beholden.register.vault.wall import keeper, one_at_a_time, one_list_at_a_time

_GIVEN = frozenset({"exact", "swapped", "spelling", "first", "initial", "close"})
"""How a given name must agree for two records to be suggested: brothers, sisters and twins have another."""


def suggest(*, by: Actor, at: datetime) -> int:
    """Look the whole register through, and return how many pairs were found that nobody knew of.

    The plan: 1 the registrar; 2 the index fits the vault as it is now; 3 whoever else a record may be, by the sum and
    its vetoes, and never where the given name is another; 4 no pair that was suggested before, or of which it was
    asked; 5 what is kept is how they agree, and all of it is for a person to look at.
    """
    check_registrar(by)  # 1
    with keeper():
        one_list_at_a_time()
        return alike.keep(likeness.asked(_found), by=by.ref, at=at)  # 2


def _found(known: Known) -> dict[frozenset[PersonId], Explanation]:
    """Return who looks alike, and how (3 to 5 of the plan)."""
    model = shipped()
    before, found = alike.known_pairs(), dict[frozenset[PersonId], Explanation]()  # 4
    for row, answer in within(known.register, model):  # 3
        for place, one in enumerate(answer.pairs):
            pair = frozenset((known.whose(row), known.whose(one.candidate.row)))
            if pair not in before and pair not in found and _looks_alike(one):
                why = explain(answer, place, model, people=known.register.people)
                found[pair] = replace(why, left="", right="", decision=Decision.REVIEW)  # 5
    return found


def _looks_alike(pair: Pair) -> bool:
    place = FIELD["given_name"]
    level = COMPARISONS[place].levels[pair.candidate.weighed.levels[place]].name
    return pair.verdict.decision is not Decision.NONE and level in _GIVEN


def suggested(*, first: int = 0, most: int | None = None, by: Actor, at: datetime) -> tuple[LooksAlike, ...]:
    """Return the pairs that look alike and of which nobody has asked, the surest first. No value is in it.

    From a place on, so many at most; all without.
    """
    check_registrar(by)
    with keeper():
        return tuple(alike.waiting(first, most))


def how_many_suggested(*, by: Actor, at: datetime) -> int:
    """Return how many such pairs there are."""
    check_registrar(by)
    with keeper():
        return alike.how_many_wait()


def one_suggested(number: int, *, by: Actor, at: datetime) -> LooksAlike:
    """Return one of them, or refuse with `register.no_suggestion`."""
    check_registrar(by)
    with keeper():
        found = alike.one_waiting(number)
    if found is None:
        raise _no_suggestion()
    return found[0]


def ask_suggested(number: int, *, by: Actor, at: datetime) -> int:
    """Ask whether a pair that looks alike is one child, and return the number of the question.

    From now on both records are restricted, until a registrar has decided (`deciding.decide`).
    """
    check_registrar(by)
    with keeper():
        one_at_a_time()
        found = alike.one_waiting(number)
        if found is None:
            raise _no_suggestion()
        _, one, other = found
        return questions.ask(one, other, at=at)


def _no_suggestion() -> Refusal:
    return Refusal(
        "register.no_suggestion",
        "No pair that looks alike waits under this number.",
        next_step="Look at what was suggested: beholden record suggested",
        authority="UK GDPR Art 5(1)(d)",
    )
