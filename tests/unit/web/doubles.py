# SPDX-License-Identifier: Apache-2.0
"""An in-memory stand-in for what the pages ask of the domain, typed as the domain types it. For tests of pages only.

The real thing is tested with the pages in tests/journeys; here every awkward state can be had at will.
"""

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from beholden.catalogue.rules import Loosening
from beholden.choices.actions import Receipt
from beholden.choices.rules import Answer, Permission, Scope, typed_number, unknown_number
from beholden.gate.catalogues import RulesAnnounced, RulesHistory, RulesSet
from beholden.gate.contested import Contests
from beholden.gate.matches import Audited, GroupOfYear, Matched, YearOfLists
from beholden.gate.queries import Numbers
from beholden.hatch.verbs import Verb
from beholden.kinds import PersonId, UseRef
from beholden.ledger.checkpoint import Checkpoint
from beholden.ledger.entries import parse
from beholden.ledger.note import Key
from beholden.ledger.queries import Published
from beholden.ledger.texts import PublishedText
from beholden.notices.rules import not_opened, second_not_opened, second_used, typed
from beholden.people.signs import check_sign
from beholden.redress.incidents import Standing as Incident
from beholden.redress.queries import Standing as Messages
from beholden.refusals import Refusal
from beholden.reportcard.card import Card
from beholden.reportcard.rules import grade
from beholden.rights.actions import Answered, Child, EarlierAnswer, Gets, Notice, OpenLetter, YesAsked
from beholden.rights.record import (
    AboutChild,
    ChildHere,
    Entered,
    FactGroup,
    FactLine,
    File,
    LetterLine,
    LettersPage,
    LookLine,
    NoMore,
    Overview,
    RecordPage,
    Shown,
    Stopped,
    UsedPage,
    UseLine,
    WentWrong,
)
from beholden.tables import address
from beholden.uses.published import Counted, PublicText, Said, Standing
from beholden.uses.queries import PublicUse, Reached
from beholden.uses.rules.invitation import LAST_LINE, PARTS, Invitation
from beholden.uses.standing import Routes
from beholden.uses.tabled import Offered
from beholden.uses.voices import Children, Heard
from beholden.uses.words import what_and_where
from unit.reportcard.paper_log import CATALOGUE, Year

NOW = datetime(2027, 3, 3, 9, 14, tzinfo=UTC)
CODE = "KTFM7RWXD3P" + check_sign("KTFM7RWXD3P")
BORN = date(2015, 3, 27)
UNIVERSITY, FRAUD, COLLEGE, SLEEP = "U-2027-0041", "U-2027-0007", "U-2027-0044", "U-2026-0002"


LETTER = Invitation(
    "We are the University of Northford. We study what young people do after school.",
    "We would like to ask you how you spend your free time.",
    "You fill in a form once. It takes a quarter of an hour. You can stop at any question.",
    "Write to survey@northford.example, and we send you the form.",
)


def person(place: int) -> PersonId:
    return PersonId(UUID(int=place))


def notice(**changes: object) -> Notice:
    """Return the sample use of notes/ux.md."""
    told = Notice(
        use=UseRef(UNIVERSITY),
        title="Coming back to school after illness",
        kind_of_organisation="university",
        who="University of Northford, England.",
        why="To learn what helps children come back to school after being ill.",
        what="Days at school, days away, school year, extra help in class. No names. No addresses.",
        where="In our locked reading room. They can look things up there. They cannot take a record away.",
        starts_on=date(2027, 4, 1),
        ends_on=date(2029, 3, 31),
        answer_by=datetime(2027, 3, 19, 23, 59, 59, tzinfo=UTC),
        window_open=True,
        purpose="public-interest-study",
        purpose_label="Studies by universities and research bodies",
    )
    return replace(told, **changes)  # type: ignore[arg-type]


def writing(**changes: object) -> Notice:
    """Return a use that asks whether a letter may be passed on."""
    words = (
        "May we pass letters about your child on to you, from 1 April 2027 to 31 July 2027, to invite you to studies, from "
        "University of Northford, England? Nobody gets a fact or an address from us. If you say no, nothing changes for "
        "your child. An adult answers until your child can decide."
    )
    asked = asking().yes
    assert asked is not None
    yes = replace(
        asked,
        words=words,
        facts=(),
        to="to invite you to studies",
        last_on=date(2027, 7, 31),
        gets=(Gets("University of Northford", "England", ()),),
    )
    what, where = what_and_where("contact", "", "")
    own = {"what": what, "where": where, "title": "A letter about free time", "ends_on": yes.last_on}
    own |= {"who": "University of Northford, England. They get no name and no address from us."}
    own |= {"purpose": "research-contact", "yes": yes, "letter": tuple(LETTER.whole.splitlines())}
    return notice(**(own | changes))


def asking(**changes: object) -> Notice:
    """Return a use that needs a yes, as notes/ux.md 4.1 has it."""
    words = (
        "May University of Northford, England, see these facts about your child from 1 April 2027 to 31 March 2029, to "
        "study school and health: school year; and days away? Datahouse, Wales, works on them for University of "
        "Northford. Nobody else gets them. If you say no, nothing changes for your child. An adult answers until your "
        "child can decide."
    )
    yes = YesAsked(
        digest="5" * 64,
        words=words,
        gets=(Gets("University of Northford", "England", (("Datahouse", "Wales"),)),),
        facts=("School year", "Days away"),
        to="to study school and health",
        first_on=date(2027, 4, 1),
        last_on=date(2029, 3, 31),
    )
    return notice(**({"purpose": "health-linkage-study", "yes": yes} | changes))


@dataclass
class LetterBox:
    """One letter with its children, and what was answered under it."""

    names: tuple[str, ...] = ("Maya", "Sam")
    notices: tuple[Notice, ...] = field(default_factory=lambda: (notice(),))
    answers: list[dict[str, object]] = field(default_factory=list)
    presses: list[str] = field(default_factory=list)
    not_mine: list[tuple[str, str]] = field(default_factory=list)
    refusing: str = ""
    opened: int = 0
    own: bool = False
    title: str = "Coming back to school after illness"

    def open_letter(self, *, code: str, born_on: date, **_: object) -> OpenLetter:
        if self.refusing:
            raise Refusal(self.refusing, "No.", next_step="Wait 15 minutes.", authority="")
        if code != CODE or born_on != BORN:
            raise not_opened()
        self.opened += 1
        children = tuple(Child(place, person(place), name) for place, name in enumerate(self.names, 1))
        return OpenLetter("a mandate", children, self.notices, own=self.own)

    def answer(self, letter: OpenLetter, *, by: object, at: datetime, press: str, **said: object) -> Receipt:
        if letter.mandate != "a mandate":
            raise Refusal("people.mandate", "No.", next_step="", authority="")
        whole = {
            "use": None,
            "purpose": None,
            "everything": False,
            "keep_out": (),
            "leave_in": (),
            "receipt": "",
        }
        held = {**whole, **said}
        if press not in self.presses:
            self.presses.append(press)
            self.answers.append(held)
        return Receipt(self.number(self.presses.index(press)), NOW)

    def agree(self, letter: OpenLetter, *, by: object, at: datetime, press: str, **said: object) -> Receipt:
        return self.answer(letter, by=by, at=at, press=press, agreed=(said["child"],), **said)

    @staticmethod
    def number(place: int) -> str:
        """Return the number of an answer, the first being 0."""
        return f"4F7K 3KQ{'CDFGHJKM'[place]}"

    def earlier_answer(self, letter: OpenLetter, *, number: str, **_: object) -> EarlierAnswer:
        for place, said in enumerate(self.answers):
            if typed_number(number) == self.number(place):
                return self._earlier(letter, place, said)
        raise unknown_number()

    def _earlier(self, letter: OpenLetter, place: int, said: dict[str, object]) -> EarlierAnswer:
        undone = {
            person
            for other in self.answers
            if other["receipt"] and typed_number(str(other["receipt"])) == self.number(place)
            for person in other["leave_in"]  # type: ignore[attr-defined]
        }
        scope = Scope.USE if said["use"] else Scope.PURPOSE if said["purpose"] else Scope.ALL
        scope = Scope.CONTACT if said.get("invitations") else scope
        about = {Scope.USE: self.title, Scope.ALL: "", Scope.CONTACT: ""}
        return EarlierAnswer(
            scope,
            said["use"],  # type: ignore[arg-type]
            said["purpose"],  # type: ignore[arg-type]
            about.get(scope, "Studies by universities and research bodies"),
            NOW,
            tuple(
                Answered(
                    child,
                    self._word(child.person, said),
                    soon(7) if child.person in undone else None,
                )
                for child in letter.children
                if child.person in (*said["keep_out"], *said["leave_in"], *said.get("agreed", ()))  # type: ignore[misc]
            ),
        )

    @staticmethod
    def _word(person: PersonId, said: dict[str, object]) -> Answer | Permission:
        if person in said.get("agreed", ()):  # type: ignore[operator]
            return Permission.AGREE
        return Answer.KEEP_OUT if person in said["keep_out"] else Answer.LEAVE_IN  # type: ignore[operator]

    def report_not_mine(self, *, code: str, why: str, **_: object) -> None:
        if typed(code) == CODE:
            self.not_mine.append((code, why))


def _use(ref: str, **changes: object) -> PublicUse:
    made = PublicUse(
        ref=UseRef(ref),
        title="Coming back to school after illness",
        why="To learn what helps children come back to school after being ill.",
        what="Days at school, days away, school year, extra help in class. No names. No addresses.",
        where="They get a copy. It is locked so that they alone can open it.",
        applicant="University of Northford",
        kind_of_organisation="university",
        country="England",
        purpose="public-interest-study",
        purpose_label="Studies by universities and research bodies",
        exit="extract",
        gateway="The Education (Individual Pupil Information) (Prescribed Persons) Regulations 2009, regulation 3",
        state="released",
        state_label="Running",
        items=("School year", "Days at school", "Days away, and why", "Extra help in class"),
        population_words="Every child in the School Census, spring 2027",
        starts_on=date(2027, 4, 1),
        ends_on=date(2029, 3, 31),
        answer_by=datetime(2027, 3, 19, 23, 59, 59, tzinfo=UTC),
        refused_rule="",
        refused_sentence="",
        instead="",
        steps=(
            Reached("Asked", date(2027, 1, 4), 12),
            Reached("Agreed", date(2027, 1, 22), 19),
            Reached("Put on this page", date(2027, 1, 25), 21),
            Reached("Families told", date(2027, 2, 8), 24),
            Reached("Time to answer over", date(2027, 3, 22), 71),
            Reached("Used", date(2027, 4, 1), 74),
        ),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


USES = (
    _use(
        COLLEGE,
        title="Travel to college",
        applicant="County of Westmere",
        kind_of_organisation="council",
        state="submitted",
        state_label="To decide",
        answer_by=None,
        steps=(Reached("Asked", date(2027, 1, 6), 14),),
    ),
    _use(UNIVERSITY),
    _use(
        FRAUD,
        title="Looking for benefit fraud",
        why="To find out who gets money that they should not get.",
        what="Names, addresses and schools of the children in a list.",
        where="They ask about each child, and we answer yes or no.",
        applicant="Department for Welfare",
        kind_of_organisation="government",
        purpose="welfare-fraud",
        purpose_label="Looking for fraud",
        exit="match",
        state="refused",
        state_label="Refused",
        answer_by=None,
        refused_rule="P7",
        refused_sentence="Records that are taken for school must not be used to punish families.",
        instead="They can have a table of counts. It shows no child.",
        steps=(Reached("Asked", date(2027, 2, 1), 22), Reached("Refused", date(2027, 2, 12), 27)),
    ),
    _use(
        SLEEP,
        title="Sleep and school",
        state="window",
        state_label="Open",
        steps=_use(UNIVERSITY).steps[:4],
    ),
)


def heard(ref: str) -> Heard | None:
    """What was said about the study: comments, one school, and children; of the others nothing."""
    if ref != UNIVERSITY:
        return None
    objections = (("Oakfield Primary", "Our classes are small.", "No class is named."),)
    return Heard(NOW, 12, objections, Children("A youth council", "It is fair.", "Thank you."))


def register_of_uses(catalogue: object) -> tuple[PublicUse, ...]:
    return USES


def public_use(ref: str, catalogue: object) -> PublicUse:
    for use in USES:
        if use.ref == ref:
            return use
    raise Refusal("uses.unknown", "No.", next_step="", authority="")


LIST = Matched(
    on=date(2027, 3, 1), rows=40, by_number=64, by_values=64, by_people=64, looked_at=512, decoys=12, decoys_accepted=0,
    known=12, known_right=12, agree=(85, 100), model="ab" * 32, sure=0.99, likely=0.25, lead=10, entry=30,
)  # fmt: skip
AUDIT = Audited(
    false=(0, 15), several=20, cut_short=0, unread=0,
    with_birth_date=100, with_postcode=90, with_number=0, entry=31,
)  # fmt: skip
YEAR = YearOfLists(
    since=date(2026, 1, 1),
    until=date(2027, 1, 1),
    lists=14,
    false=(0, 7),
    missed=(12, 80),
    lost=(3, 31),
    groups=(
        GroupOfYear("region", "yorkshire-and-the-humber", (0, 41), (12, 90)),
        GroupOfYear("gone", "of-old", (0, 41), None),
    ),
    entry=32,
)


def matched(ref: str) -> tuple[()]:
    """No list of names was handed in under any use."""
    return ()


def tables_for(ref: str, catalogue: object) -> tuple[Offered, ...]:
    """The refused match is answered by a table; nothing else is."""
    asked = {"about": "pupils", "ask": "count", "by": ["region", "free_meals"]}
    words = "How many. By: Region, Free school meals"
    return (Offered(words, "pupils", asked, address.query(asked)),) if ref == FRAUD else ()


def routes(body: str, *, catalogue: object, at: datetime) -> Routes:
    """Nobody is enrolled."""
    raise Refusal("people.organisation_unknown", "No.", next_step="", authority="")


def public_numbers(ref: str) -> Numbers:
    if ref == UNIVERSITY:
        where = {"audience": ("events", 26), "told": ("events", 26), "scope": ("events", 71)}
        where |= {"left_out": ("events", 71), "released": ("events", 71)}
        return Numbers(1490, 1480, 1503, 40, 1460, "delivered", (("events", 26), ("events", 71)), 81, where)
    return Numbers(None, None, None, None, None, None, (), 81)


def _entry(at: str, kind: str, body: dict[str, object], log: str = "events") -> bytes:
    whole = {"at": at, "body": body, "kind": kind, "log": log, "v": 1}
    return json.dumps(whole, sort_keys=True, separators=(",", ":")).encode()


def _moved(day: str, state: str, use: str, rule: str | None = None) -> bytes:
    body = {
        "commitment": "ab" * 32,
        "exit": "extract",
        "purpose": "study",
        "rule": rule,
        "state": state,
        "use": use,
    }
    return _entry(f"2027-{day}T09:00:00Z", "use", body)


EVENTS = (
    _entry("2027-01-02T09:00:00Z", "catalogue", {"hash": "cd" * 32}),
    _entry(
        "2027-01-03T09:00:00Z", "return", {"band": 512, "commitment": "ef" * 32, "school": "school-3301234"}
    ),
    _moved("01-04", "submitted", UNIVERSITY),
    _moved("02-12", "refused", FRAUD, "P7"),
    _entry("2027-02-20T09:00:00Z", "notice", {"audience": 1490, "told": 1480, "use": UNIVERSITY}),
    _entry("2027-03-04T00:00:10Z", "choices", {"band": 64, "day": "2027-03-03", "root": "12" * 32}),
    _entry(
        "2027-03-22T09:00:00Z",
        "decision",
        {
            "catalogue": "cd" * 32,
            "commitment": "34" * 32,
            "left_out": 40,
            "released": 1460,
            "scope": 1503,
            "use": UNIVERSITY,
        },
    ),
)


def entries(log: str, start: int = 0, stop: int | None = None) -> tuple[bytes, ...]:
    return EVENTS[start:stop] if log == "events" else ()


def history() -> RulesHistory:
    """Rules in force, and looser ones to come."""
    at = datetime(2027, 1, 2, 9, tzinfo=UTC)
    changes = (
        Loosening("limit", "objection_window_days", "28", "14"),
        Loosening("purpose press", "keeper", "refuses", "allows"),
    )
    told = RulesAnnounced(
        7, at + timedelta(days=60), "cd" * 32, "ce" * 32, at + timedelta(days=88, seconds=1), changes
    )
    return RulesHistory((RulesSet(0, at, "cd" * 32),), (told,))


def published_key(log: str) -> str | None:
    return Key.of_seed(f"beholden.example/demo/{log}", bytes(range(32))).print()


def checkpoint(log: str) -> Published | None:
    if log != "events":
        return None
    held = Checkpoint("beholden.example/demo/events", len(EVENTS), bytes(range(32)))
    note = f"{held.origin}\n{held.size}\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n\n— beholden.example/demo/events x\n"
    return Published(held, note.encode())


def soon(days: int) -> datetime:
    return NOW + timedelta(days=days)


OWN, SECOND = "KTFM7RWXD3P" + check_sign("KTFM7RWXD3P"), "CDFGHJK" + check_sign("CDFGHJK")
MAYA, SAM = "CDFGHJKM", "NPQRTVWX"


def fact_line(**changes: object) -> FactLine:
    """Return one fact as a record page gets it."""
    made = FactLine(
        item="nc_year",
        label="School year",
        value="year 7",
        why="So that a child is put in the right school year.",
        law="Facts",
        owed="compulsory",
        kept="until the age of 25",
    )
    return replace(made, **changes)  # type: ignore[arg-type]


@dataclass
class Keeper:
    """A stand-in at the hatch: what the pages ask is answered from memory, and every awkward state can be had."""

    refusing: str = ""
    used_up: bool = False
    restricted: bool = False
    empty: bool = False
    stopped: bool = False
    asked: list[str] = field(default_factory=list)

    def ask(self, verb: Verb[object, object], question: object) -> object:
        self.asked.append(verb.name)
        if self.refusing:
            raise Refusal(self.refusing, "No.", next_step="Wait 15 minutes.", authority="")
        if verb.name == "family.enter":
            return self._enter(question)
        about = question.about if isinstance(question, NoMore) else question
        if isinstance(about, AboutChild) and about.child not in {MAYA, SAM}:
            raise Refusal("rights.no_such_child", "No.", next_step="", authority="")
        return getattr(self, "_" + verb.name.removeprefix("family."))()

    def _enter(self, question: object) -> Entered:
        if not isinstance(question, Shown) or question.second not in {OWN, SECOND}:
            raise second_not_opened()
        if question.second == SECOND and self.used_up:
            raise second_used()
        return Entered(OWN if question.second == SECOND else "")

    def _overview(self) -> Overview:
        children = (ChildHere(MAYA, "Maya"), ChildHere(SAM, "Sam"))
        wrong = WentWrong(
            MAYA,
            "I-2027-0001",
            "A file was left on a train.",
            date(2027, 3, 1),
            ("School year", "Days away in England"),
            "Somebody could find out how often a child was away.",
            "The file is back. We ask who read it.",
        )
        if self.empty:
            return Overview(children, 0, None)
        return Overview(children, 1, notice().answer_by, (wrong,))

    def _record(self) -> RecordPage:
        groups = (
            FactGroup("Who this record is about", None, True, (fact_line(label="First name", value="Maya"),)),
            FactGroup(
                "School Census of spring 2027",
                date(2027, 1, 22),
                False,
                (
                    fact_line(),
                    fact_line(label="First language", value="English", owed="refusable"),
                    fact_line(label="Looks after someone at home", value="no", owed="optional"),
                    fact_line(label="Days at school", value="at school, morning: 71\nill: 2"),
                ),
            ),
        )
        return RecordPage(ChildHere(MAYA, "Maya"), groups, ("Home address", "Postcode"), self.restricted)

    def _used(self) -> UsedPage:
        line = UseLine(
            UNIVERSITY,
            "Coming back to school after illness",
            "University of Northford, England",
            "",
            None,
            None,
        )
        proposed = () if self.empty else (replace(line, use=SLEEP, title="Sleep and school", state="Open"),)
        used = (
            ()
            if self.empty
            else tuple(
                replace(line, state="Running", on=date(2027, 4, 1), in_list=in_list)
                for in_list in (True, False, None)
            )
        )
        looks = (
            LookLine(date(2027, 4, 2), "page", "you", 2),
            LookLine(date(2027, 4, 1), "proof", "registrar", 1),
            LookLine(date(2027, 3, 20), "transfer", "school", 1),
            LookLine(date(2027, 3, 12), "look", "staff", 1, "to put a fact right", ("birth", "rows")),
        )
        return UsedPage(ChildHere(MAYA, "Maya"), proposed, used, () if self.empty else looks, 7, NOW)

    def _letters(self) -> LettersPage:
        line = LetterLine(
            SLEEP,
            "A letter about free time",
            "University of Northford, England",
            date(2027, 4, 1),
            date(2027, 7, 31),
            tuple(zip(PARTS.values(), LETTER.parts, strict=True)),
            LAST_LINE,
            "yes",
        )
        others = {
            "no": "A letter about sport",
            "nothing": "A letter about sleep",
            "yes": "A letter about reading",
        }
        lines = (
            line,
            *(replace(line, parts=(), own=own, title=title) for own, title in others.items()),
        )
        if self.stopped:
            lines = tuple(replace(one, parts=(), own="no") for one in lines)
        return LettersPage(
            ChildHere(MAYA, "Maya"),
            () if self.empty else lines,
            can_stop=True,
            decides=not self.restricted,
            stopped=self.stopped,
        )

    def _no_more(self) -> Stopped:
        self.stopped = True
        return Stopped(ChildHere(MAYA, "Maya"), "4F7K 3KQC", NOW)

    def _copy(self) -> File:
        return File("school-record-2027-03-03.json", b"{}")

    def _proof(self) -> File:
        return File("school-record-proof-2027-03-03.json", b"{}")


def counted() -> Counted:
    """Every use as the log has it: where the register has it too."""
    newest = [(use, use.steps[-1]) for use in USES]
    uses = tuple(
        Standing(
            use.ref, use.state_label, step.entry or 0, NOW, any(one.name == "Agreed" for one in use.steps)
        )
        for use, step in newest
    )
    return Counted(uses, len(EVENTS))


def standing(ref: str, *, on: date) -> Messages:
    """How the recipient of one use stands with its messages: one is late."""
    return Messages(12, 11, 1) if ref == UNIVERSITY else Messages(0, 0, 0)


def public_contests(ref: str) -> Contests | None:
    """How many matches of one use were contested."""
    return Contests(date(2027, 2, 1), 10, 0, 0, 0, 79) if ref == UNIVERSITY else None


def warned_of(*, at: datetime) -> tuple[Incident, ...]:
    """The same incident, as everybody reads of it who opens a letter."""
    return incidents(at=at, use=UNIVERSITY)


def incidents(*, at: datetime, use: str = "") -> tuple[Incident, ...]:
    """One incident of one use, of which the regulator was told."""
    if use != UNIVERSITY:
        return ()
    known = datetime(2027, 3, 1, 9, tzinfo=UTC)
    told = known + timedelta(days=3)
    return (
        Incident(
            "I-2027-0001",
            "A file turned up.",
            use,
            64,
            known,
            told,
            "people_told",
            late=False,
            regulator_told=True,
            high_risk=True,
            people_told=True,
            named=True,
        ),
    )


def public_text(ref: str) -> PublicText:
    """The text of one use, with the one entry that committed to it."""
    text = PublishedText.of(ref, bytes(range(32)), {"title": "Coming back to school after illness"})
    moved = parse(
        _moved("01-04", "submitted", ref).replace(b"ab" * 32, text.commitment.hex().encode()), log="events"
    )
    return PublicText(text, (Said(2, moved.at, moved.body),))  # type: ignore[arg-type]


def report_card(*, catalogue: object, on: date) -> Card:
    """The card of a year on paper: one study, one request refused, and a recipient who found another list."""
    return grade(Year(told=1380, word="another list", gaps=(date(2026, 9, 3),)).played().facts(), CATALOGUE)


def no_report_card(*, catalogue: object, on: date) -> Card:
    raise Refusal(
        "reportcard.not_the_log",
        "The entries of events are not the ones that were signed.",
        next_step="Copy the log again; if it still fails, send both copies to the regulator.",
        authority="",
    )
