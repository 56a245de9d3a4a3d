# SPDX-License-Identifier: Apache-2.0
"""A list of names: what it looks like, how it is handed in, looked at and released, and a home in which one may be."""

from contextlib import contextmanager
from dataclasses import dataclass

import homes
from beholden.kinds import Actor, Role
from beholden.linkage.files import Columns
from beholden.linkage.sampling import Opinion
from integration.test_match import MATCHING, begun, found_of, numbers
from integration.world import RECIPIENT, REGISTRAR
from rulebooks import in_compartment

WHERE = Columns("case", {"given_name": "first", "surname": "last", "birth_date": "born", "postcode": "pc"})
HARMING = in_compartment("public-interest-study", "enforcement", catalogue=MATCHING)
THIRD = Actor("reviewer-c", Role.REVIEWER, "panel-b")
STRANGERS = (
    "nobody-1,Zebedee,Quillfeather,2012-05-05,ZZ99 9ZZ",
    "nobody-2,Ottoline,Brackenbury,2013-06-06,ZZ98 8ZZ",
)


def line(case, child, **other):
    said_of = {
        "first": child.forename,
        "last": child.surname,
        "born": child.born.isoformat(),
        "pc": child.address.postcode,
    } | other
    return ",".join((case, *(said_of[name] for name in ("first", "last", "born", "pc"))))


def listed(children):
    return [line(f"case-{place}", child) for place, child in enumerate(children)]


def written(folder, lines, name="names.csv"):
    path = folder / name
    path.write_text("\n".join(("case,first,last,born,pc", *lines, "")), encoding="utf-8")
    return path


def hand_in(world, path, *, by=RECIPIENT, where=WHERE):
    from beholden.gate.actions.linking import hand_in_names

    return hand_in_names(world.use, path, where, catalogue=world.catalogue, by=by, at=world.at)


def released(world):
    from beholden.gate.actions import releasing

    decision = world.decided()
    return releasing.release_use(world.use, decision, catalogue=world.catalogue, by=REGISTRAR, at=world.at)


def known():
    """What is known of each pair that waits: its truth, where it was made up; else the record's reference.

    A pair that was drawn of a record that came to nobody has none.
    """
    from beholden.gate.models import LinkedPair

    return {row.pk: (row.known, row.reference) for row in LinkedPair.objects.all()}


def look(world, by, says):
    """Let one reviewer look at every pair that waits; `says` gives the answer from what is known of it."""
    from beholden.gate.actions.settling import say
    from beholden.gate.linked_pairs import waiting

    truth = known()
    for one in waiting(by):
        say(one.number, says(*truth[one.number]), by=by, at=world.at)


def rightly(truth, reference):
    """Answer as somebody does who can tell: made-up pairs by their truth, and whoever came to nobody is somebody else."""
    if truth:
        return Opinion(truth)
    return Opinion.SAME if reference else Opinion.DIFFERENT


@dataclass
class Told:
    """A home in which a match was told, and the list that its recipient has in hand."""

    home: object
    world: object
    kept_out: tuple
    hidden: object
    roster: object
    yes: frozenset


@contextmanager
def told(base_home, folder, catalogue):
    """Lend a home in which a match was told to families under a catalogue, and a list of all its children."""
    from beholden.settings import found

    with homes.fresh(base_home) as home:
        with found.acting_as(home, "keeper"):
            world, kept_out, hidden = begun(folder, catalogue=catalogue)
            children = world.children()
            out = numbers(world, *kept_out, hidden)
            yes = found_of(world, children, out)
        roster = written(folder, [*listed(children), *STRANGERS])
        yield Told(home, world, kept_out, hidden, roster, yes)


def replace_time(world, at):
    """The same world at another time."""
    from copy import copy

    later = copy(world)
    later.at = at
    return later
