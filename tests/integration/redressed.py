# SPDX-License-Identifier: Apache-2.0
"""One study that was released, and what its recipient, the registrar and the clock then do. Every call is a door's."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from uuid import UUID

import pyrage

from beholden.kinds import Actor, PersonId, Role
from integration.world import CATALOGUE, IDENTITY, RECIPIENT, REGISTRAR, SEED, World

CLOCK = Actor("clock", Role.KEEPER)


@dataclass
class Held:
    """A released study, the handover's id, and for each child of a letter the letter and the person."""

    world: World
    disclosure: str
    people: tuple[PersonId, ...]

    def close_day(self, *, carry=True, catalogue=CATALOGUE):
        """Let the day end, write its messages and, unless the run ends there, carry the entry into the log."""
        from beholden.ledger.actions import sequence
        from beholden.redress.actions.messages import close_day

        world = self.world
        day = world.at.date()
        world.at = datetime.combine(day + timedelta(days=1), time(0, 5), UTC)
        close_day(day, catalogue=catalogue, by=CLOCK, at=world.at)
        if carry:
            sequence(at=world.at)

    def read(self, home):
        """Open, as the recipient, every message that it may fetch; oldest first."""
        from beholden.gate import message_key
        from beholden.gate.message import unlock
        from beholden.redress.queries import waiting_for

        key = message_key.public()
        return [
            (raw, unlock(raw, identity=str(IDENTITY), key=key))
            for one in waiting_for("northford")
            for raw in [(home.messages / one.file).read_bytes()]
        ]

    @staticmethod
    def sizes(home):
        """How large messages are; the lock itself adds stanzas of random length (rage's grease)."""
        identity = pyrage.x25519.Identity.from_str(str(IDENTITY))
        return {len(pyrage.decrypt(path.read_bytes(), [identity])) for path in home.messages.iterdir()}

    def day(self, home, *, catalogue=CATALOGUE):
        """Close the day and return what its message asks."""
        self.close_day(catalogue=catalogue)
        return self.read(home)[-1][1].asks

    def sign(self, raw, message, *, seed=SEED, by=RECIPIENT):
        from beholden.gate.message import sign_done
        from beholden.redress.actions.messages import done

        said = sign_done(raw, message, seed=seed)
        done(said, by=by, at=self.world.at)
        return said

    def rows(self, home):
        """The rows as the recipient has them, by tag."""
        return {row["tag"]: row for row in self.world.parcel(home, self.disclosure).rows.to_pylist()}

    def about(self, person, item="nc_year"):
        """Which value a registrar would put right: the person's, in the return in force."""
        from beholden.register.actions import About
        from beholden.register.rows.read import of_person
        from beholden.register.rules import Place

        row = of_person(person)[0]
        return About(person, Place(row.collection, row.term, row.year, row.school), item)

    def correct(self, person, value, item="nc_year"):
        from beholden.register.actions import correct
        from beholden.register.rules import Evidence

        return correct(
            self.about(person, item),
            value,
            evidence=Evidence.DOCUMENT,
            catalogue=CATALOGUE,
            by=REGISTRAR,
            at=self.world.at,
        )

    def dispute(self, person, words="She was never in that year.", item="nc_year"):
        from beholden.register.actions import dispute
        from beholden.register.rules import Evidence

        return dispute(
            self.about(person, item),
            words,
            evidence=Evidence.FAMILY,
            catalogue=CATALOGUE,
            by=REGISTRAR,
            at=self.world.at,
        )

    def flag(self, person, kind, until=None):
        from beholden.people.actions import flag

        flag(person, kind, by=REGISTRAR, at=self.world.at, until=until)


def released(folder, pupils=40, before=lambda world: None):
    """Play one study until its records have left, one family being kept out; people are those whose rows left.

    `before` happens when families have answered, and before anything is decided.
    """
    world = World(folder, pupils=pupils)
    world.returns()
    world.published()
    world.told()
    world.keep_out(world.letters()[0])
    before(world)
    world.released()
    return Held(world, *released_people())


def released_people():
    """The one handover of a home, and everybody whose row left with it, the plainest first.

    Ids are drawn anew each time; so who stands first must not follow from them: a child of one roll, not in the years
    that tests put somebody into, at school for the whole day.
    """
    from beholden.gate import sets
    from beholden.gate.models import Disclosure
    from beholden.register.rows import read

    one = Disclosure.objects.get(state="released")
    raw = sets.read(one.decision.released)
    people = [PersonId(UUID(bytes=raw[at : at + 16])) for at in range(0, len(raw), 16)]

    def unusual(person):
        rows = [row.values for row in read.of_person(person)]
        plain = all(row["nc_year"] not in {"10", "11"} and row["part_time"] is False for row in rows)
        return not plain, len(rows)

    return one.id, tuple(sorted(people, key=unusual))


def wrong_about_incidents():
    """What the check of a home finds wrong with incidents, by the last word of each code."""
    from beholden.fsck.redress import check_incidents

    return {one.code.rpartition(".")[2] for one in check_incidents()}
