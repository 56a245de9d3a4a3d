# SPDX-License-Identifier: Apache-2.0
"""A school whose next return has one child's birth date a day off: a question for the registrar."""

from datetime import timedelta

from beholden.kinds import Actor, Role
from integration.world import CATALOGUE


def slipped(world, *, at=None, place=0):
    """Take the first school's return in again, with the slip, in the record of the child at that place. Returns the child."""
    from beholden.register.actions import accept

    school = world.town.schools[0].laestab
    child = [one for one in world.children() if one.roll.laestab == school][place]
    text = world.files[0].read_text()
    begins, born = text.index(child.upn), f"<DOB>{child.born.isoformat()}</DOB>"
    changed = text[begins:].replace(born, f"<DOB>{child.born - timedelta(days=1)}</DOB>", 1)
    file = world.folder / "slipped.xml"
    file.write_text(text[:begins] + changed)
    receipt = accept(file, catalogue=CATALOGUE, by=Actor("desk", Role.SCHOOL, school), at=at or world.at)
    assert receipt.asked == 1
    return child
