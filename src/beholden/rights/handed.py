# SPDX-License-Identifier: Apache-2.0
"""Says how much one adult may hear of a handover about one child, wherever it is told but in a proof (D15, U5)."""

from enum import StrEnum

from beholden.gate.ways import CONTACT
from beholden.kinds import UseRef
from beholden.people.power import Power
from beholden.uses.queries import asked


class Tells(StrEnum):
    """How much is told of one handover."""

    NOTHING = "nothing"
    THAT_IT_WENT = "that it went"
    ALL = "if the row was in it, too"


def tells(use: UseRef | None, power: Power) -> Tells:
    """Return what somebody with this power hears of a handover of one use; None: an order, sealed once and open now.

    What is an able child's alone is not there for others (D15). By a letter that is passed on no row goes; who was
    written to, beside whether there is a letter today, would tell what another adult said since (U5).
    """
    held = None if use is None else asked(use)
    if held is None:
        return Tells.ALL
    if held.purpose in power.kept:
        return Tells.NOTHING
    return Tells.THAT_IT_WENT if held.exit == CONTACT else Tells.ALL
