# SPDX-License-Identifier: Apache-2.0
"""Checks the lines of power: each bound to the one before it, and as many of them as the vault has former proof ids."""

from beholden.catalogue import Catalogue
from beholden.fsck.rules import ROWS, Findings, found
from beholden.kinds import PersonId
from beholden.people.queries import held_lines, organisations
from beholden.register import queries as register

_LINES = "table people_powerline"


def check_powers(catalogue: Catalogue) -> Findings:
    """Yield what is wrong with who may decide. Of whom it is written is not said: counts only.

    What must hold: 1 each child's lines hold together; 2 the evidence is the catalogue's and each body is enrolled; 3
    each line gave the child a fresh proof id, so there are as many former ones in the vault: not one line more or less.
    """
    bodies = {body.ref for body in organisations()}
    broken = unknown = 0
    written: dict[PersonId, int] = {}
    for one in held_lines():
        written[one.person] = one.count
        broken += not one.is_sound  # 1
        unknown += not (one.evidence <= catalogue.evidence.keys() and one.bodies <= bodies)  # 2
    if broken:
        sentence = f"For {broken:,} of {len(written):,} children the lines of power do not hold together."
        yield found("power_line", _LINES, sentence, ROWS)
    if unknown:
        sentence = f"For {unknown:,} children a line names evidence or a body that is not known here."
        yield found("power_unknown", _LINES, sentence, ROWS)
    differ = set(written.items()) ^ {
        (seed.person, len(seed.former)) for seed in register.seeds() if seed.former
    }  # 3
    if differ:
        children = len({person for person, _ in differ})
        sentence = (
            f"For {children:,} children there are more or fewer lines of power than changes of their key."
        )
        yield found("power_count", _LINES, sentence, ROWS)
