# SPDX-License-Identifier: Apache-2.0
"""How a use comes to the public register in the demo's story: asked, heard, decided, agreed. And its calendar."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from secrets import token_bytes

from beholden.catalogue import load
from beholden.choices import actions as choices
from beholden.gate.actions import hearing
from beholden.home import Home
from beholden.kinds import Actor, Role, UseRef
from beholden.ledger.actions import sequence
from beholden.town import Town, build
from beholden.uses import actions as uses
from beholden.uses.rules import QUESTIONS, Access, Application, Mark, Population, Says, Seat, Setting

Say = Callable[[str], object]
CENSUS = Population("SC", "SPR", 2026)
MEMBERS = (
    (Seat.LAY, Actor("lay-1", Role.PANEL, "panel-a")),
    (Seat.PARENT, Actor("parent-1", Role.PANEL, "panel-a")),
    (Seat.YOUNG, Actor("young-1", Role.PANEL, "panel-b")),
)


class Asking:
    """One town, one home, one calendar. Holds only what a person would carry from one step to the next."""

    def __init__(
        self, home: Home, *, pupils: int, seed: int, began: datetime, now: datetime, say: Say
    ) -> None:
        self.home, self.now, self.say = home, now, say
        self.town: Town = build(pupils, seed)
        self.catalogue = load()
        self.folder = home.root / "town"
        self.registrar = Actor("registrar", Role.REGISTRAR, "keeper")
        self.clock = began
        self.closed_until = self.clock.date()
        self.codes: dict[str, str] = {}
        self.seconds: dict[str, str] = {}
        self.out = home.root / "given-out"
        self.out.mkdir(mode=0o700)

    # --- the calendar

    def pass_days(self, days: float) -> datetime:
        """Let time pass; whatever days end are closed in the log, answers or none, so that silence tells nothing."""
        self.clock = min(self.clock + timedelta(days=days), self.now)
        while self.closed_until < self.clock.date():
            midnight = datetime.combine(self.closed_until + timedelta(days=1), time(), UTC)
            choices.close_day(self.closed_until, by=Actor("clock", Role.KEEPER), at=midnight)
            self.closed_until += timedelta(days=1)
        return self.clock

    def draft(
        self, by: Actor, *, starts: datetime, title: str, why: str, what: str, items: tuple[str, ...]
    ) -> UseRef:
        """Propose a study. It starts when its families have had their time to answer, not before."""
        return uses.draft(
            uses.Draft(
                title=title,
                why=why,
                what=what,
                where="On the university's own locked computers in England. Nobody else gets them.",
                purpose="public-interest-study",
                exit="extract",
                items=items,
                population=CENSUS,
                starts_on=starts.date(),
                ends_on=self.now.date() + timedelta(days=730),
                application=self.application("public-interest-study", items),
            ),
            by=by,
            at=self.clock,
        )

    def application(self, purpose: str, items: tuple[str, ...]) -> Application:
        """The typed answers: one reason for each fact, the law, who sees the records, and where."""
        return Application(
            standing="A body that may ask, for its own work.",
            gateway=self.catalogue.purpose(purpose).authority.instrument,
            reasons=tuple(
                (item, "The question is about this, and nothing coarser answers it.") for item in items
            ),
            setting=Setting.ELSEWHERE,
            why_elsewhere="The reading room is not built yet.",
            outputs="One report, open to all, with no number under ten.",
            benefit="Schools learn what helps.",
            access=(Access("researcher-1", "counts and writes", "England"),),
            territory=("England",),
            ethics="Ethics committee, decision 2026-14",
            dpia="Impact assessment 2026-3",
        )

    def approve(self, ref: UseRef, by: Actor) -> None:
        """Hand in; hear everybody; let the panel decide; draw up, sign and publish the agreement."""
        uses.submit(ref, catalogue=self.catalogue, by=by, at=self.clock)
        objecting = self._hear(ref)
        self._decide(ref, objecting)
        digest = uses.draw_up(ref, catalogue=self.catalogue, by=self.registrar, at=self.pass_days(0.1))
        for side in (by, self.registrar):
            uses.sign(ref, digest=digest, by=side, at=self.clock)
        uses.publish(ref, by=self.registrar, at=self.clock)
        sequence(at=self.clock)
        self.say(f"   The agreement is written from that, signed by both sides, and public: {digest[:16]}…")

    def _hear(self, ref: UseRef) -> str:
        """The public comments, one school objects by name, children are asked; then the time to comment is over."""
        until = hearing.open_for_comment(ref, catalogue=self.catalogue, by=self.registrar, at=self.clock)
        school = self.town.schools[0]
        public, system = Actor("anybody", Role.FAMILY), Actor("school", Role.SCHOOL, school.laestab)
        for text in ("Please publish what you find.", "Who paid for this?"):
            uses.comment(ref, text=text, press=token_bytes(8).hex(), by=public, at=self.pass_days(1))
        reason = "Our year groups are small. A child could be picked out."
        uses.school_objects(ref, reason=reason, catalogue=self.catalogue, by=system, at=self.clock)
        view = "We want to be told what comes of it."
        uses.hear_children(ref, who="The youth council", view=view, by=self.registrar, at=self.clock)
        self.say(
            f"   Open for comment until {until:%-d %B}: 2 comments, the youth council, and an objection by"
        )
        self.say(f"   {school.name}: {reason}")
        while self.clock <= until:
            self.pass_days(1)
        uses.call_panel(ref, by=self.registrar, at=self.clock)
        return school.laestab

    def _decide(self, ref: UseRef, objecting: str) -> None:
        """Two reviewers answer five questions each, three members say yes or no, and each who spoke is answered."""
        condition = "No number under ten is published."
        for letter, says in (("a", Says.YES), ("b", Says.YES_IF)):
            reviewer = Actor(f"reviewer-{letter}", Role.REVIEWER, f"panel-{letter}")
            marks = dict.fromkeys(QUESTIONS, Mark(Says.YES, "Needed, fair and safe."))
            if says is Says.YES_IF:
                marks["results"] = Mark(says, "Small schools are in it.", condition)
            uses.declare(ref, interest=False, by=reviewer, at=self.pass_days(0.2))
            uses.review(ref, marks=marks, recommends=says, by=reviewer, at=self.clock)
            self.say(
                f"   Reviewer {letter.upper()}: {'yes' if says is Says.YES else f'yes, if: {condition}'}"
            )
        for _, member in MEMBERS:
            uses.declare(ref, interest=False, by=member, at=self.clock)
            uses.vote(ref, says=Says.YES, reason="It helps children.", by=member, at=self.clock)
        state = uses.close_panel(
            ref,
            replies={objecting: "No number under ten is published; see the condition."},
            to_children="You get a page about what was found, in your words.",
            catalogue=self.catalogue,
            by=self.registrar,
            at=self.clock,
        )
        seats = ", ".join(seat.value for seat, _ in MEMBERS)
        self.say(f"   The panel ({seats}): {state.value}; school and children have their answers.")
