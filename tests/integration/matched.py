# SPDX-License-Identifier: Apache-2.0
"""A match that was told, handed in, decided and released, and what follows when somebody says that it is wrong."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from beholden.kinds import Actor, PersonId, Role
from integration.redressed import CLOCK, Held
from integration.world import BEGAN, FAMILY, RECIPIENT, REGISTRAR, World
from rulebooks import with_exit

MATCHING = with_exit("public-interest-study", "match")
THIRD = Actor("registrar-3", Role.REGISTRAR, "keeper")
"""A registrar who had no hand in the match."""


@dataclass
class Matched(Held):
    """A released match; `letters` has one letter of each person about whom a yes was said, and the person.

    `others` are further adults' letters about the same people.
    """

    letters: tuple = ()
    others: tuple = ()

    def day(self, home, *, catalogue=MATCHING):
        return super().day(home, catalogue=catalogue)

    def close_day(self, *, carry=True, catalogue=MATCHING):
        super().close_day(carry=carry, catalogue=catalogue)

    def mandate(self, place=0):
        """What the reader of one letter has in hand behind the second step."""
        from dataclasses import replace

        from beholden.home import here
        from beholden.home.keys import load
        from beholden.people.mandate import Reach, check, grant

        letter, _ = self.letters[place]
        key = load(here(), "letters")
        held = check(self.world.open(letter).mandate, key=key, at=self.world.at)
        return grant(replace(held, reach=Reach.RECORD), key=key)

    def contest(self, place=0, why="stranger", use=""):
        from beholden.contests.rules import Why
        from beholden.gate.actions.contesting import contest

        return contest(
            use or self.world.use,
            self.letters[place][1],
            Why(why),
            mandate=self.mandate(place),
            catalogue=MATCHING,
            by=FAMILY,
            at=self.world.at,
        )

    def reference(self, place=0):
        """Under which own reference the recipient was answered with somebody: it stands in the recipient's letter."""
        from beholden.gate import rosters
        from beholden.gate.ids import column

        return rosters.references(rosters.newest(self.world.use), column((self.letters[place][1],)))[0]

    def close_month(self):
        """Let the month end, as the keeper's process does, and carry its entry into the log."""
        from beholden.gate.actions.contesting import close_months
        from beholden.ledger.actions import sequence

        month = self.world.at.replace(day=1) + timedelta(days=32)
        self.world.at = month.replace(day=2, hour=1)
        said = close_months(by=CLOCK, at=self.world.at)
        sequence(at=self.world.at)
        return said

    def by_post(self, paper="P-1", **about):
        from beholden.contests.rules import Why
        from beholden.gate.actions.contesting import Paper, contest_by_post

        said = Paper(paper, Why.NOT_US, **about)
        return contest_by_post(self.world.use, said, catalogue=MATCHING, by=REGISTRAR, at=self.world.at)

    def decide(self, number, verdict="wrong", reason="document", by=THIRD):
        from beholden.contests.rules import Reason, Verdict
        from beholden.gate.actions.contesting import decide

        return decide(number, Verdict(verdict), Reason(reason), by=by, at=self.world.at)


def written(folder, lines, name="roster.csv"):
    path = folder / name
    path.write_text("\n".join(("reference,number,birth_date", *lines, "")))
    return path


def listed(children):
    return [f"case-{place},{child.upn},{child.born.isoformat()}" for place, child in enumerate(children)]


def hand_in(world, path):
    from beholden.gate.actions.matching import hand_in as take

    return take(world.use, path, catalogue=MATCHING, by=RECIPIENT, at=world.at)


def matched(folder, *, pupils=40, at=BEGAN):
    """Play one match of every child on roll until its answers have left."""
    from beholden.gate.actions import releasing
    from beholden.people.actions import appoint

    world = World(folder, pupils=pupils, at=at, catalogue=MATCHING)
    world.returns()
    world.published()
    world.use = world.another(exit="match", items=())
    world.told()
    appoint(THIRD.ref, THIRD.role, THIRD.organisation, by=REGISTRAR, at=world.at)
    hand_in(world, written(folder, listed(world.children())))
    decision = world.decided()
    disclosure = releasing.release_use(world.use, decision, catalogue=MATCHING, by=REGISTRAR, at=world.at)
    people = _released(disclosure)
    letters, others = {}, []
    for letter in world.letters():
        opened = world.open(letter).children
        if len(opened) == 1 and opened[0].person in people:
            if opened[0].person in letters:
                others.append((letter, opened[0].person))
            letters.setdefault(opened[0].person, letter)
    firsts = tuple((letter, person) for person, letter in letters.items())
    return Matched(world, disclosure, tuple(sorted(people)), firsts, tuple(others))


def _released(disclosure):
    from beholden.gate import sets
    from beholden.gate.models import Disclosure

    raw = sets.read(Disclosure.objects.get(pk=disclosure).decision.released)
    return {PersonId(UUID(bytes=raw[at : at + 16])) for at in range(0, len(raw), 16)}
