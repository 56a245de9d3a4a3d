# SPDX-License-Identifier: Apache-2.0
"""A school of the invented town at its own door: enrolled, with a data lead who has a key."""

import os

from beholden.home import here, inbox
from beholden.kinds import Actor, Role
from beholden.rights.school.asked import Put
from beholden.rights.shown import Shown
from integration.world import CATALOGUE, REGISTRAR

FOUNDER = Actor("founder", Role.KEEPER)


def founded(world):
    """Appoint the first registrar, where there is none yet."""
    from beholden.people import actions as people
    from beholden.people.queries import Body, first_registrar

    if first_registrar() is None:
        keeper = Body("keeper", "The keeper", "keeper", "England", "", "")
        people.appoint_first(REGISTRAR.ref, keeper, by=FOUNDER, at=world.at)


def enrolled(world, school):
    """Enrol a school, appoint its data lead and give the key; return what the data lead shows at the door."""
    from beholden.people import actions as people
    from beholden.people.queries import Body

    founded(world)
    body = Body(school.laestab, school.name, "school", "England", "", "")
    people.enrol(body, by=REGISTRAR, at=world.at)
    ref = f"school-{school.laestab}"
    people.appoint(ref, Role.SCHOOL, school.laestab, by=REGISTRAR, at=world.at)
    return Shown(ref, people.give_key(ref, by=REGISTRAR, at=world.at))


def put(content):
    """Put a file down in the inbox, as the pages do; return its name. Nobody holds it any more."""
    name, descriptor = inbox.put_down(here())
    os.write(descriptor, content)
    os.close(descriptor)
    return name


def sent(shown, content, *, at):
    """Send a file through the door."""
    from beholden.rights.school.returns import take

    return take(Put(shown, put(content)), catalogue=CATALOGUE, at=at)
