# SPDX-License-Identifier: Apache-2.0
"""The world in which the seed cases are played, and how to read back what it says. Nothing here knows an answer."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property

import pyrage
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from beholden.catalogue.law import Checked
from beholden.home import Home
from beholden.kinds import Actor, Role
from beholden.ledger.vocabulary.events import Decision, NoticeGiven, PaperFiled, UseMoved
from beholden.refusals import Refusal
from beholden.uses.rules import Linkage, Recurrence, Setting
from integration.test_consents import say_yes
from integration.world import CATALOGUE, REGISTRAR, World
from spec.seed_cases.telling import Turn

_TIMES = {Recurrence.ONCE: "once", Recurrence.EACH_TERM: "each term", Recurrence.EACH_YEAR: "each year"}
_JOINED = {
    Linkage.INWARD: "here, with other records",
    Linkage.OUTWARD: "where they go, with other records",
}


def day(moment: datetime | date) -> str:
    """A day in words."""
    return f"{moment:%-d %B %Y}"


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks: an organisation, enrolled like any other."""

    ref: str
    name: str
    kind: str
    country: str = "England"

    @property
    def officer(self) -> Actor:
        return Actor(f"{self.ref}-1", Role.APPLICANT, self.ref)


@dataclass
class Stage:
    """One town, one keeper, and everybody who asks."""

    home: Home
    world: World
    enrolled: set = field(default_factory=set)
    own_codes: dict = field(default_factory=dict)

    @classmethod
    def set_up(cls, home: Home, folder) -> "Stage":
        """A town has sent its returns, and a university's study has been published."""
        world = World(folder)
        world.returns()
        world.published()
        return cls(home, world)

    # --- what people do ---

    def enrol(self, asker: Asker) -> None:
        """Enrol an organisation under keys of its own, once."""
        from beholden.people import actions as people
        from beholden.people.queries import Body

        if asker.ref in self.enrolled:
            return
        locks = str(pyrage.x25519.Identity.generate().to_public())
        checks = Ed25519PrivateKey.generate().public_key().public_bytes_raw().hex()
        body = Body(asker.ref, asker.name, asker.kind, asker.country, locks, checks)
        people.enrol(body, by=REGISTRAR, at=self.world.at)
        people.appoint(asker.officer.ref, Role.APPLICANT, asker.ref, by=REGISTRAR, at=self.world.at)
        self.enrolled.add(asker.ref)

    def school(self, laestab: str) -> Actor:
        """Enrol a school of the town under a key of its own, once, and return its officer."""
        from beholden.people import actions as people
        from beholden.people.queries import Body

        officer = Actor(f"data-{laestab}", Role.SCHOOL, laestab)
        if laestab not in self.enrolled:
            locks = str(pyrage.x25519.Identity.generate().to_public())
            body = Body(laestab, "A school", "school", "England", locks, "")
            people.enrol(body, by=REGISTRAR, at=self.world.at)
            people.appoint(officer.ref, Role.SCHOOL, laestab, by=REGISTRAR, at=self.world.at)
            self.enrolled.add(laestab)
        return officer

    def draft(self, *, items: tuple[str, ...], answers: dict | None = None, **changes):
        """A request with typed answers; where none is given, those of a sound one."""
        application = self.world.application(items, **(answers or {}))
        return self.world.draft(items=items, application=application, **changes)

    def asks(self, asker: Asker, **changes) -> tuple[str, Turn]:
        """Hand a request in, and return its reference and what was said to it."""
        from beholden.uses import actions as uses

        self.enrol(asker)
        draft = self.draft(**changes)
        ref = uses.draft(draft, by=asker.officer, at=self.world.at)
        uses.submit(ref, catalogue=CATALOGUE, by=asker.officer, at=self.world.at)
        return ref, Turn(self.asked(asker, draft), self._remarks(ref), self._why(ref))

    def tries(self, asked: tuple[tuple[str, str], ...], does, *args, **named) -> Turn:
        """Do what must be refused, and return the refusal."""
        try:
            does(*args, **named)
        except Refusal as no:
            return Turn(asked, ((no.code, f"{no.sentence} {no.next_step}"),), (no.authority,))
        return Turn(asked, (("done", "It was done."),))

    # --- what the system says ---

    def asked(self, asker: Asker, draft) -> tuple[tuple[str, str], ...]:
        """A request's typed answers, in the words of catalogue and register."""
        from beholden.uses import words

        exits = CATALOGUE.exits
        lines = [
            ("who", f"{asker.name} ({asker.kind}, {asker.country})"),
            ("title", draft.title),
            ("what for", f"{words.purpose_label(draft.purpose, CATALOGUE)} (`{draft.purpose}`)"),
            ("how", f"{exits[draft.exit].label if draft.exit in exits else draft.exit} (`{draft.exit}`)"),
            ("which facts", ", ".join(words.item_label(item, CATALOGUE) for item in draft.items) or "none"),
            ("about whom", words.population_words(draft.population, CATALOGUE)),
        ]
        application = draft.application
        if application.recurrence is not Recurrence.ONCE:
            lines.append(("how often", _TIMES[application.recurrence]))
        if application.linkage is not Linkage.NONE:
            lines.append(("joined", _JOINED[application.linkage]))
        if application.setting is Setting.READING_ROOM:
            lines.append(("where", "in our reading room"))
        return tuple(lines)

    def _filed(self, ref: str):
        """What triage refused; what it only advises goes to the panel."""
        from beholden.uses.papers import public_papers

        (paper,) = [one for one in public_papers(ref) if one.kind == "triage"]
        return [one for one in paper.body["remarks"] if one["verdict"] == "refused"]

    def _remarks(self, ref: str) -> tuple[tuple[str, str], ...]:
        said = [(one["code"], f"{one['sentence']} {one['next_step']}") for one in self._filed(ref)]
        return tuple(said) or ((self.state(ref), self.use(ref).state_label),)

    def _why(self, ref: str) -> tuple[str, ...]:
        said = [one["authority"] for one in self._filed(ref)]
        return (*self.law(self.use(ref).purpose), *dict.fromkeys(said))

    @staticmethod
    def law(purpose: str) -> tuple[str, ...]:
        """What the law says of a purpose, and apart from it what the keeper does."""
        if purpose not in CATALOGUE.purposes:
            return ()
        held = CATALOGUE.purposes[purpose]
        law = CATALOGUE.cite(held.authority)
        mark = " †" if held.authority.checked is Checked.RECALLED else ""
        return (f"Law: *{held.law.value}*, by the {law}{mark}.", f"Keeper: *{held.keeper.value}*.")

    def use(self, ref: str):
        from beholden.uses.queries import public_use

        return public_use(ref, CATALOGUE)

    def state(self, ref: str) -> str:
        return self.use(ref).state

    def told(self, ref: str) -> tuple[str, ...]:
        """Who has been told of a use, and when, as notices and register have it."""
        from beholden.gate.queries import public_numbers
        from beholden.notices.queries import telling

        use, run = self.use(ref), telling(ref)
        asked, last = use.steps[0], use.steps[-1]
        if run is None and use.state == "refused":
            when = "at once" if asked.on == last.on else f"on {day(last.on)}"
            return (f"Whoever asked: {when}.", "No family: nothing leaves, so nothing waits for an answer.")
        if run is None:
            return ("Nobody yet: families are told once it is agreed, and before anything leaves.",)
        numbers = public_numbers(ref)
        return (
            f"Families: by letter from {day(run.made_at)}, with time to answer until {day(run.answer_by)}.",
            f"By the log, about {numbers.told} of {numbers.audience} children's families were told.",
        )

    def public(self, ref: str) -> tuple[str, ...]:
        """What everybody may read of one use: its page, and what the public log has of it."""
        use, log = self.use(ref), self.logged(ref)
        page = f"Register of uses: *{use.state_label}*"
        page += f", rule `{use.refused_rule}`: “{use.refused_sentence}”" if use.refused_rule else "."
        return (page, f"Log of events: {', '.join(log)}.", f"Log of handovers: {self.handed(ref)}.")

    def logged(self, ref: str) -> list[str]:
        """What the published log of events has of one use, in order: states, and papers."""
        from beholden.ledger.actions import sequence
        from beholden.ledger.entries import parse
        from beholden.ledger.queries import entries

        sequence(at=self.world.at)
        said = [parse(raw, log="events").body for raw in entries("events")]
        return [_said(one) for one in said if getattr(one, "use", None) == ref]

    def handed(self, ref: str) -> str:
        """How many handovers of a use the log has."""
        from beholden.ledger.entries import parse
        from beholden.ledger.queries import entries

        said = [parse(raw, log="handovers").body for raw in entries("handovers")]
        intents = [one for one in said if one.kind == "intent" and one.header.use == ref]
        return "none" if not intents else str(len(intents))

    def counts(self) -> "Counts":
        """How much of everything that the public may count there is at this moment."""
        from beholden.choices.models import Answered
        from beholden.ledger.actions import sequence
        from beholden.ledger.queries import entries
        from beholden.uses.queries import register_of_uses

        sequence(at=self.world.at)
        return Counts(
            len(register_of_uses(CATALOGUE)),
            len(entries("events")),
            len(entries("handovers")),
            Answered.objects.count(),
        )

    # --- one use, taken all the way ---

    @cached_property
    def study(self) -> "Carried":
        """The university's study: told, one family says no, released, its list recomputed by the recipient."""
        return self.carried(self.world.use, confirm=True)

    def carried(self, ref: str, *, confirm: bool = False, agree: Iterable[int] = ()) -> "Carried":
        """Tell families about a published use; the first one says no; decide, countersign and release.

        `agree`: the letters under which a yes is said, by their place.
        """
        world = self.world
        world.use = ref
        world.told()
        letters = world.letters()
        kept_out = world.keep_out(letters[0])
        for place in agree:
            say_yes(world, world.open(letters[place]))
        disclosure = world.released()
        if confirm:
            world.confirmed(self.home, disclosure)
        world.at += timedelta(hours=1)
        return Carried(ref, disclosure, letters, kept_out)

    def in_lists(self, person) -> tuple[int, int]:
        """In how many lists a child's file proves it to be, and in how many not."""
        from beholden.gate.actions.proving import bundle
        from beholden.ledger.verify import verify

        account = verify(bundle(person, by=REGISTRAR, at=self.world.at))
        return len(account.present), len(account.absent)


def _said(entry) -> str:
    """One entry about a use, in a word or two."""
    match entry:
        case UseMoved():
            return entry.state
        case PaperFiled():
            return f"paper: {entry.paper}"
        case Decision():
            return "the gate's decision"
        case NoticeGiven():
            return "families told"
        case _:
            return entry.kind


@dataclass(frozen=True, slots=True)
class Counts:
    """Uses in the register, entries of either log, and families' answers."""

    uses: int
    events: int
    handovers: int
    answers: int

    def since(self, before: "Counts") -> tuple[str, ...]:
        """How many there are more than before, as public lines."""
        return (
            f"Register of uses: {self.uses - before.uses} more.",
            f"Log of events: {self.events - before.events} more. Log of handovers: {self.handovers - before.handovers} more.",
        )


@dataclass(frozen=True, slots=True)
class Carried:
    """A use that was released: its handover, the letters about it, and who was kept out."""

    ref: str
    disclosure: str
    letters: list
    kept_out: tuple


NORTHFORD = Asker("northford", "University of Northford", "university")
