# SPDX-License-Identifier: Apache-2.0
"""Takes returns in, lends the gate what only the vault knows, and puts values right. The only writer of this room.

`accepting` takes in; `lending` answers the gate's questions to the vault; `putting_right` corrects and disputes;
`deciding` says whether two records are one child, and `suggesting` finds which two look alike; `linking` compares a
list with everybody.
"""

from beholden.register.actions.accepting import Receipt, accept
from beholden.register.actions.deciding import (
    ask_again,
    decide,
    how_many_wait,
    joined,
    one_waiting,
    pair,
    settled,
    waiting,
)
from beholden.register.actions.lending import (
    came_of_age,
    children_for_letters,
    every_seed,
    in_question,
    known_of,
    matching,
    numbers_on_roll,
    of_age,
    past_retention,
    place_numbers,
    proof_seed,
    proof_seeds,
    renew_proof,
    seeds_of,
    with_number_and_birth,
)
from beholden.register.actions.linking import link, seek
from beholden.register.actions.putting_right import About, correct, dispute, statements
from beholden.register.actions.suggesting import (
    ask_suggested,
    how_many_suggested,
    one_suggested,
    suggest,
    suggested,
)

__all__ = [
    "About",
    "Receipt",
    "accept",
    "ask_again",
    "ask_suggested",
    "came_of_age",
    "children_for_letters",
    "correct",
    "decide",
    "dispute",
    "every_seed",
    "how_many_suggested",
    "how_many_wait",
    "in_question",
    "joined",
    "known_of",
    "link",
    "matching",
    "numbers_on_roll",
    "of_age",
    "one_suggested",
    "one_waiting",
    "pair",
    "past_retention",
    "place_numbers",
    "proof_seed",
    "proof_seeds",
    "renew_proof",
    "seeds_of",
    "seek",
    "settled",
    "statements",
    "suggest",
    "suggested",
    "waiting",
    "with_number_and_birth",
]
