# SPDX-License-Identifier: Apache-2.0
"""What a visitor of the demo is given besides the letters: one school's reference and key, printed once."""

from collections.abc import Callable
from datetime import datetime

from beholden.kinds import Actor, Role
from beholden.people import actions as people
from beholden.people.queries import Body
from beholden.town import Town
from beholden.town.schools import Phase


def give_a_school_its_key(town: Town, *, by: Actor, at: datetime, say: Callable[[str], object]) -> None:
    """Enrol the school whose first file was refused, with a data lead under the reference its files were sent under."""
    school = next(one for one in town.schools if one.phase is not Phase.PRIMARY)
    ref = f"school-{school.laestab}"
    body = Body(school.laestab, school.name, "school", "", "", "")
    people.enrol(body, by=by, at=at)
    people.appoint(ref, Role.SCHOOL, school.laestab, by=by, at=at)
    say(f"\n   {school.name}, at the school's door")
    say(f"   Reference {ref}   access key {people.give_key(ref, by=by, at=at)}")
