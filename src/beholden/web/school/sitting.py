# SPDX-License-Identifier: Apache-2.0
"""The school's door as a value: what opens it, and what is not there. Sittings are `beholden.web.sitting`'s."""

from beholden.hatch.verbs import SCHOOL_SIGN_IN
from beholden.web.sitting import Door

SCHOOL = Door("school", SCHOOL_SIGN_IN, frozenset({"gate.no_post", "rights.no_such_return", "uses.unknown"}))
