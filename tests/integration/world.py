# SPDX-License-Identifier: Apache-2.0
"""A small town with one study, taken as far as a test wants. Every call is one that a person at a door would make."""

import json
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pyrage
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import homes
from beholden.catalogue import load, restore
from beholden.kinds import Actor, Role
from beholden.notices.rules import Delivered
from beholden.town import build, contacts_path, return_name, write
from beholden.uses.rules import QUESTIONS, Access, Application, Mark, Population, Says, Seat, Setting

BEGAN = datetime(2026, 2, 1, 9, tzinfo=UTC)
REGISTRAR = Actor("registrar", Role.REGISTRAR, "keeper")
SECOND = Actor("registrar-2", Role.REGISTRAR, "keeper")
APPLICANT = Actor("applicant-1", Role.APPLICANT, "northford")
RECIPIENT = Actor("recipient", Role.RECIPIENT, "northford")
REVIEWERS = (Actor("reviewer-a", Role.REVIEWER, "panel-a"), Actor("reviewer-b", Role.REVIEWER, "panel-b"))
MEMBERS = {
    Seat.LAY: Actor("lay-1", Role.PANEL, "panel-a"),
    Seat.PARENT: Actor("parent-1", Role.PANEL, "panel-a"),
    Seat.YOUNG: Actor("young-1", Role.PANEL, "panel-b"),
}
OFFICERS = (
    *(APPLICANT, Actor("applicant-2", Role.APPLICANT, "welfare"), RECIPIENT, SECOND),
    *(*REVIEWERS, *MEMBERS.values()),
)
FAMILY = Actor("letter", Role.FAMILY)
CATALOGUE = load()
HEARD = timedelta(days=CATALOGUE.limits.comment_days)
"""How long a use is open for comment: a world whose families are to answer now begins so much earlier."""
SEED = bytes(range(32))
IDENTITY = pyrage.x25519.Identity.generate()


@dataclass
class World:
    """What a test carries from step to step."""

    folder: Path
    pupils: int = 60
    seed: int = 7
    at: datetime = BEGAN
    use: str = ""
    answer_by: datetime = BEGAN
    codes: dict = field(default_factory=dict)
    seconds: dict = field(default_factory=dict)
    sealing: date | None = None
    catalogue: object = CATALOGUE

    def __post_init__(self):
        self.town = build(self.pupils, self.seed, 3)
        self.files = sorted(path for path in write(self.town, self.folder) if path.suffix == ".xml")

    def __getstate__(self):
        """A world goes from one process to another; its catalogue goes as what it says."""
        return {**self.__dict__, "catalogue": self.catalogue.content}

    def __setstate__(self, held):
        self.__dict__.update(held, catalogue=restore(held["catalogue"]))

    def pass_to(self, moment):
        """Let time pass; where days are sealed, each is, at its own midnight, as the keeper's process does."""
        from beholden.choices.actions import close_day

        while self.sealing is not None:
            midnight = datetime.combine(self.sealing + timedelta(days=1), time(), UTC)
            if midnight > moment:
                break
            close_day(self.sealing, by=Actor("clock", Role.KEEPER), at=midnight)
            self.sealing += timedelta(days=1)
        self.at = max(self.at, moment)

    def children(self):
        return [child for family in self.town.families() for child in family.children if child.roll]

    def returns(self):
        from beholden.register.actions import accept

        return [
            accept(path, catalogue=self.catalogue, by=self.sender(path), at=self.at) for path in self.files
        ]

    def sender(self, path):
        """The system of the school whose own file this is."""
        (school,) = [one for one in self.town.schools if return_name(one) == path.name]
        return Actor(f"school-{school.laestab}", Role.SCHOOL, school.laestab)

    def published(self, catalogue=None):
        """Enrol and appoint who has a part in it; propose, review, approve and publish one study of attendance."""
        from beholden.gate.actions import governing
        from beholden.people import actions as people
        from beholden.people.queries import Body, first_registrar
        from beholden.uses import actions as uses

        public = Ed25519PrivateKey.from_private_bytes(SEED).public_key().public_bytes_raw().hex()
        if first_registrar() is None:  # a home founded from the command line has one
            keeper = Body("keeper", "The keeper", "keeper", "England", "", "")
            people.appoint_first(REGISTRAR.ref, keeper, by=Actor("founder", Role.KEEPER), at=self.at)
        for body in (
            Body(
                "northford",
                "University of Northford",
                "university",
                "England",
                str(IDENTITY.to_public()),
                public,
            ),
            Body(
                "welfare",
                "Department for Welfare",
                "government",
                "England",
                str(IDENTITY.to_public()),
                public,
            ),
            Body("panel-a", "Panel A", "panel", "England", "", ""),
            Body("panel-b", "Panel B", "panel", "England", "", ""),
        ):
            people.enrol(body, by=REGISTRAR, at=self.at)
        for officer in OFFICERS:
            people.appoint(officer.ref, officer.role, officer.organisation, by=REGISTRAR, at=self.at)
        governing.set_catalogue(catalogue or self.catalogue, by=REGISTRAR, at=self.at)
        for seat, member in MEMBERS.items():
            uses.seat(member.ref, seat, by=REGISTRAR, at=self.at)
        self.use = self.another()
        return self.use

    def another(self, *, by=APPLICANT, **changes):
        """Take one more use from draft to publication, and return its reference."""
        ref = self.before_the_panel(by=by, **changes)
        self.agreed(ref, by=by)
        return ref

    def before_the_panel(self, *, by=APPLICANT, **changes):
        """Draft a use, hand it in, open it for comment, and put it before the panel once that is over."""
        from beholden.gate.actions.hearing import open_for_comment
        from beholden.uses import actions as uses

        ref = uses.draft(self.draft(**changes), by=by, at=self.at)
        assert uses.submit(ref, catalogue=self.catalogue, by=by, at=self.at).value == "triage"
        until = open_for_comment(ref, catalogue=self.catalogue, by=REGISTRAR, at=self.at)
        uses.comment(ref, text="Please publish what you find.", press="one", by=FAMILY, at=self.at)
        self.pass_to(until + timedelta(seconds=1))
        uses.hear_children(ref, who="A youth council.", view="It is fair.", by=REGISTRAR, at=self.at)
        uses.call_panel(ref, by=REGISTRAR, at=self.at)
        return ref

    def heard(self, ref, *, says=Says.YES, replies=(), facts=None):
        """Let two reviewers and three members say the same, and close the panel."""
        from beholden.uses import actions as uses

        mark = Mark(says, "Needed, fair and safe.", self.condition(says))
        for reviewer in REVIEWERS:
            uses.declare(ref, interest=False, by=reviewer, at=self.at)
            marks = dict.fromkeys(QUESTIONS, mark) | ({} if facts is None else {"facts": facts})
            uses.review(ref, marks=marks, recommends=says, by=reviewer, at=self.at)
        return self.heard_already(ref, says=says, replies=replies)

    def heard_already(self, ref, *, says=Says.YES, replies=()):
        """Let three members say the same, where the reviewers have spoken, and close the panel."""
        from beholden.uses import actions as uses

        condition = self.condition(says)
        for member in MEMBERS.values():
            uses.declare(ref, interest=False, by=member, at=self.at)
            uses.vote(ref, says=says, reason="Fair.", condition=condition, by=member, at=self.at)
        return self.panel_closed(ref, replies=replies)

    def panel_closed(self, ref, *, replies=()):
        from beholden.uses import actions as uses

        return uses.close_panel(
            ref,
            replies=dict(replies),
            to_children="Thank you. We asked for what you said.",
            catalogue=self.catalogue,
            by=REGISTRAR,
            at=self.at,
        )

    @staticmethod
    def condition(says):
        return "Nothing is published about fewer than ten." if says is Says.YES_IF else ""

    def agreed(self, ref, *, by=APPLICANT, **said):
        """Let the panel agree; draw the agreement up, have it signed by both, publish it."""
        from beholden.uses import actions as uses

        self.heard(ref, **said)
        digest = uses.draw_up(ref, catalogue=self.catalogue, by=REGISTRAR, at=self.at)
        for side in (REGISTRAR, by):
            uses.sign(ref, digest=digest, by=side, at=self.at)
        uses.publish(ref, by=REGISTRAR, at=self.at)

    def application(self, items, **changes):
        asked = {
            "standing": "A university with a charter, for its own research.",
            "gateway": "si-2009-1563",
            "reasons": tuple((item, "The question is about this.") for item in items),
            "setting": Setting.ELSEWHERE,
            "why_elsewhere": "The reading room has no place yet.",
            "outputs": "One report, open to all.",
            "benefit": "Schools learn how to help children back.",
            "access": (Access("researcher-1", "counts", "England"),),
            "territory": ("England",),
            "ethics": "NF-2026-14",
            "dpia": "DPIA-2026-3",
        }
        return Application(**(asked | changes))

    def draft(self, **changes):
        from beholden.uses.actions import Draft

        asked = {
            "title": "A university wants to use school records",
            "why": "To learn what helps children come back to school after being ill.",
            "what": "Days at school, days away, school year.",
            "where": "In the university.",
            "purpose": "public-interest-study",
            "exit": "extract",
            "items": ("nc_year", "sessions_possible", "session_details"),
            "population": Population("SC", "SPR", 2026),
            "starts_on": self.at.date(),
            "ends_on": self.at.date() + timedelta(days=365),
        }
        asked |= changes
        return Draft(**({"application": self.application(asked["items"])} | asked))

    def told(self, *, undelivered=frozenset(), catalogue=None, only=None):
        """Tell every family by relay, or only who decides for one of these pupils; the named letters are not handed over."""
        from beholden.gate.actions import telling

        self.pass_to(self.at + timedelta(days=1))
        self.answer_by = self.at + timedelta(days=self.catalogue.limits.objection_window_days)
        rules = catalogue or self.catalogue
        telling.begin(self.use, answer_by=self.answer_by, catalogue=rules, by=REGISTRAR, at=self.at)
        for school in self.town.schools:
            system = Actor(f"school-{school.laestab}", Role.SCHOOL, school.laestab)
            mine = self.handles(school)
            if only is not None:
                mine = tuple(one for one in mine if set(one.numbers) & set(only))
            pack = telling.relay(self.use, school.laestab, mine, by=system, at=self.at)
            self.codes |= dict(pack.codes)
            self.seconds |= dict(pack.second_codes)
            facts = tuple((one, Delivered.HANDED_OVER) for one, _ in pack.codes if one not in undelivered)
            telling.carried(self.use, school.laestab, facts, by=system, at=self.at)
        return telling.told(self.use, by=REGISTRAR, at=self.at)

    def handles(self, school):
        from beholden.gate.actions.telling import Handle

        held = json.loads(contacts_path(self.folder, school).read_text())
        return tuple(Handle(one["handle"], tuple(one["decides_for"])) for one in held["contacts"])

    def reachable(self):
        """How many children some adult is written to about; the town always has a family that nobody can reach."""
        return len(
            {number for school in self.town.schools for one in self.handles(school) for number in one.numbers}
        )

    def letters(self):
        """Every letter: handle, code, one child's birth date, pupil numbers."""
        born = {child.upn: child.born for child in self.children()}
        return [
            (handle.adult, self.codes[handle.adult], born[handle.numbers[0]], handle.numbers)
            for school in self.town.schools
            for handle in self.handles(school)
        ]

    def open(self, letter):
        from beholden.rights.actions import open_letter

        return open_letter(code=letter[1], born_on=letter[2], catalogue=self.catalogue, by=FAMILY, at=self.at)

    def keep_out(self, letter):
        from beholden.choices.actions import answer

        opened = self.open(letter)
        people = tuple(child.person for child in opened.children)
        answer(mandate=opened.mandate, use=opened.notices[0].use, keep_out=people, by=FAMILY, at=self.at)
        return people

    def decided(self, catalogue=None):
        from beholden.gate.actions import deciding

        self.pass_to(self.answer_by + timedelta(days=1))
        deciding.snapshot_registry(by=REGISTRAR, at=self.at)
        return self.decided_now(catalogue=catalogue)

    def decided_now(self, *, catalogue=None):
        """Decide, and have a second officer agree to what was decided."""
        from beholden.gate.actions import deciding
        from beholden.uses import actions as uses

        decision = deciding.decide(self.use, catalogue=catalogue or self.catalogue, by=REGISTRAR, at=self.at)
        uses.countersign(self.use, by=SECOND, at=self.at)
        return decision

    def released(self):
        from beholden.gate.actions import releasing

        decision = self.decided()
        return releasing.release_use(self.use, decision, catalogue=self.catalogue, by=REGISTRAR, at=self.at)

    def parcel(self, home, disclosure):
        from beholden.gate.parcel import unpack
        from beholden.gate.queries import released_file

        return unpack((home.released / released_file(disclosure)).read_bytes(), identity=str(IDENTITY))

    def confirmed(self, home, disclosure):
        """Let the recipient recompute its list and sign that it is the one in the log; return its parcel."""
        from beholden.gate.actions.proving import confirm
        from beholden.gate.check import public_log
        from beholden.ledger.confirmation import Word, sign
        from beholden.ledger.verify import subject

        parcel = self.parcel(home, disclosure)
        about = subject(public_log().handed(disclosure).body)
        word = sign(about, row_tags=parcel.tags, padding=parcel.padding, seed=SEED)
        assert confirm(disclosure, word, by=RECIPIENT, at=self.at) is Word.AGREES
        return parcel


@contextmanager
def copy_of(told):
    """Go on from a copy of a played home; the world's clock goes back with it."""
    at = told.world.at
    with homes.copied(told.home) as home:
        yield home
    told.world.at = at
