# SPDX-License-Identifier: Apache-2.0
"""The demo's story, step by step. Each step is a few calls that a person at a door would make, and a few prints."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from secrets import token_bytes
from zoneinfo import ZoneInfo

import pyrage
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from beholden.choices import actions as choices
from beholden.choices.rules import last_moment
from beholden.cli.asking import CENSUS, MEMBERS, Asking
from beholden.cli.recipients import check_parcel
from beholden.cli.verify import run as verify
from beholden.cli.visiting import hand_out_letters
from beholden.gate import queries
from beholden.gate.actions import deciding, freezing, proving, releasing, telling
from beholden.gate.actions.answering import answer
from beholden.gate.counter import Counter
from beholden.home.files import write_durably
from beholden.kinds import Actor, Role, UseRef
from beholden.ledger import queries as ledger
from beholden.ledger.actions import sequence
from beholden.ledger.vocabulary.handovers import Recomputed
from beholden.notices.rules import Delivered
from beholden.people import actions as people
from beholden.people.queries import Body
from beholden.register.actions import Receipt, accept
from beholden.rights.actions import OpenLetter, open_letter
from beholden.tables.safe import Why
from beholden.town import broken, contacts_path, return_name, write
from beholden.town.schools import Phase
from beholden.uses import actions as uses
from beholden.uses.queries import public_use

OBJECTORS = 40
HERE = ZoneInfo("Europe/London")
OFFICERS = (
    ("applicant-1", Role.APPLICANT, "northford"),
    ("applicant-2", Role.APPLICANT, "welfare"),
    ("applicant-3", Role.APPLICANT, "homes"),
    ("recipient-1", Role.RECIPIENT, "northford"),
    ("registrar-2", Role.REGISTRAR, "keeper"),
    ("reviewer-a", Role.REVIEWER, "panel-a"),
    ("reviewer-b", Role.REVIEWER, "panel-b"),
)


class Story(Asking):
    """The whole of it, from the first return to the second study."""

    def tell(self) -> None:
        """Tell it all."""
        self.returns()
        self.bodies()
        study = self.study()
        self.fraud()
        self.heat_map()
        answer_by = self.tell_families(study)
        kept_out = self.objections()
        disclosure = self.release(study, answer_by)
        self.confirmation(disclosure)
        self.proofs(kept_out)
        self.next_use()

    def returns(self) -> None:
        """Schools send; one file is broken, refused with its findings, and sent again."""
        written = write(self.town, self.folder)
        self.say(f"\n2  A town of {len(self.town.schools)} schools sends its School Census returns")
        late = next(one for one in self.town.schools if one.phase is Phase.SECONDARY)
        spoilt = self.folder / f"first-try-{return_name(late)}"
        broken(self.town, spoilt, school=late)
        files = sorted(path for path in written if path.suffix == ".xml")
        for path in files:
            if path.name == return_name(late):
                refused = self._send(spoilt)
                self.say(f"   [red]{refused.status}[/red]  {spoilt.name}: nothing of it was kept")
                for finding in refused.findings.listed[:5]:
                    self.say(f"      rule {finding.rule}, line {finding.line:,}: {finding.sentence}")
            receipt = self._send(path)
            self.say(f"   {receipt.status}  {path.name}: {receipt.pupils} pupils, receipt {receipt.number}")
        again = self._send(files[0])
        self.say(f"   The first file once more: {again.status}; the same file changes nothing.")
        sequence(at=self.clock)
        self.pass_days(1)

    def _send(self, path: Path) -> Receipt:
        sender = next(one for one in self.town.schools if path.name.endswith(return_name(one)))
        by = Actor(f"school-{sender.laestab}", Role.SCHOOL, sender.laestab)
        return accept(path, catalogue=self.catalogue, by=by, at=self.clock)

    def bodies(self) -> None:
        """Enrol who asks, who reviews, and the recipient's keys; founding appointed the registrar who does it."""
        self.identity = pyrage.x25519.Identity.generate()
        self.seed = token_bytes(32)
        public = Ed25519PrivateKey.from_private_bytes(self.seed).public_key().public_bytes_raw().hex()
        locked_to = str(self.identity.to_public())
        enrolled = (
            Body("northford", "University of Northford", "university", "England", locked_to, public),
            Body("welfare", "Department for Welfare", "government", "England", locked_to, public),
            Body("homes", "Homes Example Ltd", "firm", "England", locked_to, public),
            Body("panel-a", "Review panel A", "panel", "England", "", ""),
            Body("panel-b", "Review panel B", "panel", "England", "", ""),
        )
        for body in enrolled:
            people.enrol(body, by=self.registrar, at=self.clock)
        for ref, role, organisation in OFFICERS:
            people.appoint(ref, role, organisation, by=self.registrar, at=self.clock)
        for seat, member in MEMBERS:
            people.appoint(member.ref, member.role, member.organisation, by=self.registrar, at=self.clock)
            uses.seat(member.ref, seat, by=self.registrar, at=self.clock)

    def study(self) -> UseRef:
        """A university asks; the public, a school and children are heard; the panel decides; both sides sign."""
        self.say("\n3  A university asks to study coming back to school after illness")
        limits = self.catalogue.limits
        by = Actor("applicant-1", Role.APPLICANT, "northford")
        ref = self.draft(
            by,
            starts=self.clock + timedelta(days=limits.comment_days + limits.objection_window_days + 5),
            title="Coming back to school after illness",
            why="To learn what helps children come back to school after being ill.",
            what="Days at school, days away, school year, extra help in class. No names. No addresses.",
            items=("nc_year", "sen_provision", "sessions_possible", "session_details"),
        )
        self.approve(ref, by)
        self.say(f"   {ref} is in the public register, before any family is told and before anything leaves.")
        return ref

    def fraud(self) -> None:
        """A department asks for a match to find fraud, and is refused by the name of the rule, in public."""
        self.say("\n4  A welfare department asks to match pupils, to look for fraud")
        by = Actor("applicant-2", Role.APPLICANT, "welfare")
        ref = uses.draft(
            uses.Draft(
                title="Looking for benefit fraud",
                why="To find families who may have been paid too much.",
                what="Whether a child is at school, and where.",
                where="In the department.",
                purpose="welfare-fraud",
                exit="match",
                items=("enrol_status",),
                population=CENSUS,
                starts_on=self.now.date(),
                ends_on=self.now.date() + timedelta(days=365),
                application=self.application("welfare-fraud", ("enrol_status",)),
            ),
            by=by,
            at=self.clock,
        )
        state = uses.submit(ref, catalogue=self.catalogue, by=by, at=self.clock)
        sequence(at=self.clock)
        rule = self.catalogue.purpose("welfare-fraud")
        self.say(f"   [red]{state.value}[/red] by rule {rule.rule}: {rule.reason}")
        self.say(f"   It stands in the public register as {ref}. Instead: {rule.what_instead}")

    def heat_map(self) -> None:
        """A portal for estate agents asks for rows, is refused, and is one question away from a table of everybody."""
        self.say("\n5  A property portal asks for pupils' rows, to draw a heat map for estate agents")
        by = Actor("applicant-3", Role.APPLICANT, "homes")
        ref = uses.draft(
            uses.Draft(
                title="Where pupils get free meals, as a heat map",
                why="To sell maps of schools and streets.",
                what="Free school meals, child by child.",
                where="In the firm.",
                purpose="commercial-reuse",
                exit="extract",
                items=("fsm_eligible",),
                population=CENSUS,
                starts_on=self.now.date(),
                ends_on=self.now.date() + timedelta(days=365),
                application=self.application("commercial-reuse", ("fsm_eligible",)),
            ),
            by=by,
            at=self.clock,
        )
        state = uses.submit(ref, catalogue=self.catalogue, by=by, at=self.clock)
        rule = self.catalogue.purpose("commercial-reuse")
        self.say(f"   [red]{state.value}[/red] by rule {rule.rule}: {rule.reason}")
        census = f"{CENSUS.collection}/{CENSUS.term}/{CENSUS.year}"
        name = freezing.freeze(
            "pupils", census, catalogue=self.catalogue, by=self.registrar, at=self.pass_days(0.5)
        )
        self.say(
            f"   The registrar freezes the census for tables: {name}. It counts everybody, and shows nobody."
        )
        asked = json.dumps(
            {
                "about": "pupils",
                "ask": {"rate": "Yes", "of": "free_meals"},
                "by": ["authority", "school_year"],
            }
        ).encode()
        uses.answer_by_table(ref, asked, catalogue=self.catalogue, by=self.registrar, at=self.clock)
        sequence(at=self.clock)
        made = answer(asked, "homes", Counter(), catalogue=self.catalogue, by=self.registrar, at=self.clock)
        shown = [(at, value) for at, value, why in made.cells() if why is Why.SHOWN]
        self.say(f"   {ref} is answered by a table, for anybody: how many of a hundred get free meals.")
        for (_, year), value in shown[:4]:
            self.say(f"      {year}: {value:.0f}")
        hidden = len(list(made.cells())) - len(shown)
        self.say(
            f"   {hidden} more cells are hidden: too few children, or too many small groups in the area."
        )

    def tell_families(self, ref: UseRef) -> datetime:
        """Each school's own system carries the letters; the keeper learns no contact, only what was handed over."""
        began = self.pass_days(1)
        answer_by = self._last_moment(began)
        self.say(f"\n6  Families are told by relay, and can answer until {answer_by:%A %-d %B %Y}")
        self._relay(ref, answer_by)
        told, audience = telling.told(ref, by=self.registrar, at=self.pass_days(0.4))
        self.say(
            f"   {told:,} of {audience:,} children have an adult who was reached. Who was not told is left out."
        )
        return answer_by

    def _last_moment(self, told_at: datetime) -> datetime:
        """Return the end of the day until which families may answer, by the clock on their wall."""
        day = (told_at + timedelta(days=self.catalogue.limits.objection_window_days + 1)).date()
        return last_moment(day, HERE).astimezone(UTC)

    def _relay(self, ref: UseRef, answer_by: datetime) -> None:
        telling.begin(ref, answer_by=answer_by, catalogue=self.catalogue, by=self.registrar, at=self.clock)
        for school in self.town.schools:
            system = Actor(f"school-{school.laestab}", Role.SCHOOL, school.laestab)
            held = json.loads(contacts_path(self.folder, school).read_text())
            handles = tuple(
                telling.Handle(one["handle"], tuple(one["decides_for"])) for one in held["contacts"]
            )
            pack = telling.relay(ref, school.laestab, handles, by=system, at=self.clock)
            self.codes |= dict(pack.codes)
            self.seconds |= dict(pack.second_codes)
            facts = tuple((handle, Delivered.HANDED_OVER) for handle, _ in pack.codes)
            telling.carried(ref, school.laestab, facts, by=system, at=self.clock)
            self.say(f"   {school.name}: {len(pack.codes)} letters handed over")

    def _on_roll(self) -> dict[str, date]:
        """Return every pupil number on a roll of the town, with the birth date a parent would type."""
        return {
            child.upn: child.born
            for family in self.town.families()
            for child in family.children
            if child.roll is not None
        }

    def _letters(self) -> list[tuple[str, date, tuple[str, ...], str]]:
        """Return, adult by adult, the letter's code, one child's birth date, the pupil numbers, the second code."""
        born = self._on_roll()
        found = []
        for school in self.town.schools:
            held = json.loads(contacts_path(self.folder, school).read_text())
            for one in held["contacts"]:
                numbers = tuple(one["decides_for"])
                found.append(
                    (self.codes[one["handle"]], born[numbers[0]], numbers, self.seconds[one["handle"]])
                )
        return found

    def _open(self, code: str, born: date) -> OpenLetter:
        by = Actor("letter", Role.FAMILY)
        return open_letter(code=code, born_on=born, catalogue=self.catalogue, by=by, at=self.clock)

    def objections(self) -> set[str]:
        """Forty children are kept out: most of this use, some of the whole purpose, some of everything."""
        self.say(
            f"\n7  The families of {OBJECTORS} children say no, over a fortnight, with the code in the letter"
        )
        kept_out: set[str] = set()
        every = max(1, len(self.codes) // (2 * OBJECTORS))
        for place, (code, born, numbers, _) in enumerate(self._letters()[::every]):
            if len(kept_out) >= OBJECTORS:
                break
            fresh = tuple(number for number in numbers if number not in kept_out)
            if not fresh or len(kept_out) + len(fresh) > OBJECTORS:
                continue
            self.pass_days(14 / OBJECTORS)
            letter = self._open(code, born)
            reach = {0: "use", 1: "use", 2: "purpose", 3: "all"}[place % 4]
            choices.answer(
                mandate=letter.mandate,
                use=letter.notices[0].use if reach == "use" else None,
                purpose=letter.notices[0].purpose if reach == "purpose" else None,
                everything=reach == "all",
                keep_out=tuple(child.person for child in letter.children),
                by=Actor("letter", Role.FAMILY),
                at=self.clock,
            )
            kept_out.update(numbers)
        self.say(
            f"   {len(kept_out)} children are kept out. No school is told; the public sees one padded root a day."
        )
        return kept_out

    def release(self, ref: UseRef, answer_by: datetime) -> str:
        """The window passes; the gate decides for everybody at once, logs, checks, and only then releases."""
        self.say("\n8  The time to answer is over; the gate decides, logs, checks, and only then releases")
        begins = public_use(ref, self.catalogue).starts_on
        while self.clock <= answer_by or self.clock.date() < begins:
            self.pass_days(1)
        deciding.snapshot_registry(by=self.registrar, at=self.clock)
        decision = deciding.decide(ref, catalogue=self.catalogue, by=self.registrar, at=self.clock)
        steps = queries.registrar_numbers(decision, catalogue=self.catalogue, exit_name="extract")
        self.say(f"   The registrar sees:  {steps.scope:,} asked for")
        self.say(f"                         - {steps.families_said_no:,} families said no")
        self.say(
            f"                         - {steps.other_reasons:,} other reasons (not told, in question, kept safe)"
        )
        self.say(f"                         = {steps.released:,} rows")
        second = Actor("registrar-2", Role.REGISTRAR, "keeper")
        uses.countersign(ref, by=second, at=self.clock)
        self.say("   A second officer looks at the figures and agrees: nobody releases alone.")
        disclosure = releasing.release_use(
            ref, decision, catalogue=self.catalogue, by=self.registrar, at=self.clock
        )
        numbers = queries.public_numbers(ref)
        self.say(f"   The public sees:     {numbers.scope:,} asked for, about {numbers.left_out} left out")
        self.say(f"   Handover {disclosure} stands in the public log, and then the locked file went.")
        return disclosure

    def confirmation(self, disclosure: str) -> None:
        """The university opens the file, recomputes the list, signs what it found; the log keeps its word."""
        self.say("\n9  The university checks the file against the public log before it uses it")
        parcel = self.home.released / queries.released_file(disclosure)
        identity, seed, word = (
            self.out / name for name in ("northford.age-key", "northford.seed", "confirmation.json")
        )
        write_durably(identity, f"{self.identity}\n".encode())
        write_durably(seed, f"{self.seed.hex()}\n".encode())
        found = check_parcel(
            parcel,
            identity=identity,
            log=self.home.ledger / "handovers",
            key=ledger.key("handovers"),
            signing_key=seed,
            out=word,
        )
        said = json.loads(word.read_bytes())
        proving.confirm(
            disclosure,
            Recomputed.from_json(said["recomputed"]),
            by=Actor("recipient-1", Role.RECIPIENT, "northford"),
            at=self.pass_days(0.2),
        )
        self.say(
            f"   {found['rows']:,} rows and the padding give the {found['list']:,} of the log. Signed, and logged."
        )

    def proofs(self, kept_out: set[str]) -> None:
        """One parent proves her child is in the list, another that his is not; one flipped byte and neither holds."""
        self.say("\n10 Two parents check for themselves, offline, each from one file")
        letters = self._letters()
        absent = next(one for one in letters if set(one[2]) & kept_out)
        present = next(one for one in letters if not set(one[2]) & kept_out)
        key = ledger.key("handovers")
        (self.out / "log-key.txt").write_text(key + "\n")
        for name, (code, born, *_) in (("present", present), ("absent", absent)):
            child = self._open(code, born).children[0]
            raw = proving.bundle(child.person, by=self.registrar, at=self.clock)
            path = self.out / f"proof-{name}.json"
            write_durably(path, raw)
            self.say(f"\n   $ beholden verify {path.name} --key …")
            if verify(str(path), key) != 0:
                raise RuntimeError("a proof that the gate made does not hold")
            spoilt = bytearray(raw)
            spoilt[len(raw) // 2] ^= 1
            changed = self.out / f"proof-{name}-changed.json"
            write_durably(changed, bytes(spoilt))
            self.say("\n   The same file with one byte changed:")
            if verify(str(changed), key) == 0:
                raise RuntimeError("a changed proof was accepted")

    def next_use(self) -> None:
        """A second study opens its window now, so that a visitor has letters to answer."""
        self.say("\n11 A second study is open now: these letters can be answered")
        heard = timedelta(days=self.catalogue.limits.comment_days + 2)
        self.pass_days((self.now - timedelta(days=5) - heard - self.clock) / timedelta(days=1))
        by = Actor("applicant-1", Role.APPLICANT, "northford")
        ref = self.draft(
            by,
            starts=self.now + timedelta(days=self.catalogue.limits.objection_window_days + 2),
            title="Free meals, and how children do at school",
            why="To learn if children who get free meals do as well at school.",
            what="School year, free school meals, extra help in class. No names. No addresses.",
            items=("nc_year", "fsm_eligible", "sen_provision"),
        )
        self.approve(ref, by)
        answer_by = self._last_moment(self.now)
        self._relay(ref, answer_by)
        telling.told(ref, by=self.registrar, at=self.clock)
        hand_out_letters(self._letters(), self.out / "letters.json", say=self.say)
        sequence(at=self.pass_days((self.now - self.clock) / timedelta(days=1)))
