# SPDX-License-Identifier: Apache-2.0
"""The closed list of what may be asked through the hatch. Knows what each verb takes and gives, not how.

A verb is a name, the type of its question and the type of its answer: frozen dataclasses of plain values. What is not
in this list cannot be asked, whoever asks.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

import msgspec

from beholden.redress.request import Request
from beholden.refusals import Refusal
from beholden.rights import record
from beholden.rights.applicant import asked as applicant
from beholden.rights.panel import asked as panel
from beholden.rights.recipient import asked as recipient
from beholden.rights.recipient import mechanical
from beholden.rights.registrar import asked as registrar
from beholden.rights.school import asked as school
from beholden.rights.shown import Officer, Shown, WhichUse
from beholden.tables import shelf

Question = TypeVar("Question")
Given = TypeVar("Given")


@dataclass(frozen=True, slots=True)
class Verb(Generic[Question, Given]):
    """One thing that may be asked: its name on the wire, and the types of question and answer."""

    name: str
    question: type[Question]
    answer: type[Given]


@dataclass(frozen=True, slots=True)
class Nothing:
    """A question that says nothing."""


@dataclass(frozen=True, slots=True)
class Awake:
    """The keeper's process answers, and since when it has been there (aware UTC)."""

    since: datetime


AWAKE = Verb("keeper.awake", Nothing, Awake)

ENTER = Verb("family.enter", record.Shown, record.Entered)
OVERVIEW = Verb("family.overview", record.Shown, record.Overview)
RECORD = Verb("family.record", record.AboutChild, record.RecordPage)
USED = Verb("family.used", record.AboutChild, record.UsedPage)
LETTERS = Verb("family.letters", record.AboutChild, record.LettersPage)
NO_MORE = Verb("family.no_more", record.NoMore, record.Stopped)
CONTEST_PAGE = Verb("family.contest_page", record.AboutMatch, record.ContestPage)
CONTEST = Verb("family.contest", record.Contest, record.ContestPage)
COPY = Verb("family.copy", record.AboutChild, record.File)
PROOF = Verb("family.proof", record.AboutChild, record.File)

# The school's door. Each question carries the officer's reference and key (D36).
SCHOOL_SIGN_IN = Verb("school.sign_in", Shown, school.School)
SCHOOL_TODAY = Verb("school.today", Shown, school.Today)
SCHOOL_TAKE = Verb("school.take", school.Put, school.Taken)
SCHOOL_HISTORY = Verb("school.history", Shown, school.History)
SCHOOL_FINDINGS = Verb("school.findings", school.Which, school.Findings)
SCHOOL_USES = Verb("school.uses", Shown, school.Uses)
SCHOOL_OBJECTION = Verb("school.objection", school.WhichUse, school.Objection)
SCHOOL_OBJECT = Verb("school.object", school.Object, school.Objected)
SCHOOL_FETCH = Verb("school.fetch", school.Fetch, school.Locked)
SCHOOL_POST = Verb("school.post", Shown, school.Waiting)
SCHOOL_PACK = Verb("school.pack", school.WhichPost, school.PostPack)

# The officers' one entrance, and the applicant's pages.
OFFICE_SIGN_IN = Verb("office.sign_in", Shown, Officer)
APPLICANT_REQUESTS = Verb("applicant.requests", Shown, applicant.Requests)
APPLICANT_BEGIN = Verb("applicant.begin", applicant.Begin, applicant.Begun)
APPLICANT_TASKS = Verb("applicant.tasks", applicant.Which, applicant.Tasks)
APPLICANT_QUESTION = Verb("applicant.question", applicant.WhichQuestion, applicant.Question)
APPLICANT_SAVE = Verb("applicant.save", applicant.Say, applicant.Said)
APPLICANT_CHECK = Verb("applicant.check", applicant.Which, applicant.Check)
APPLICANT_HAND_IN = Verb("applicant.hand_in", applicant.Which, applicant.HandedIn)
APPLICANT_THROW_AWAY = Verb("applicant.throw_away", applicant.Which, applicant.Begun)
APPLICANT_STANDS = Verb("applicant.stands", WhichUse, applicant.Stands)
APPLICANT_WITHDRAW = Verb("applicant.withdraw", WhichUse, applicant.Stands)

# The recipient's pages. What is signed here was signed elsewhere.
RECIPIENT_ROUTES = Verb("recipient.routes", Shown, recipient.Routes)
RECIPIENT_HELD = Verb("recipient.held", WhichUse, recipient.Held)
RECIPIENT_SIGN = Verb("recipient.sign", recipient.Signed, recipient.Held)
RECIPIENT_RECEIVE = Verb("recipient.receive", recipient.Receipt, recipient.Word)
RECIPIENT_WIPE = Verb("recipient.wipe", recipient.Wiped, recipient.ToSign)

# The recipient's own machine: each question is a signed request.
RECIPIENT_WAITING = Verb("recipient.waiting", Request, mechanical.Lines)
RECIPIENT_FETCH = Verb("recipient.fetch", Request, mechanical.Locked)
RECIPIENT_DONE = Verb("recipient.done", Request, mechanical.Taken)

# The pages of reviewers and panel.
PANEL_WAITING = Verb("panel.waiting", Shown, panel.Waiting)
PANEL_COVER = Verb("panel.cover", WhichUse, panel.Cover)
PANEL_DECLARE = Verb("panel.declare", panel.Declared, panel.Cover)
PANEL_REQUEST = Verb("panel.request", WhichUse, panel.Request)
PANEL_REVIEW = Verb("panel.review", panel.Reviewed, panel.Request)
PANEL_VOTE = Verb("panel.vote", panel.Voted, panel.Request)
PANEL_REPLY = Verb("panel.reply", panel.Replied, panel.Waiting)

PANEL_PAIRS = Verb("panel.pairs", Shown, panel.Pairs)
PANEL_PAIR = Verb("panel.pair", panel.WhichPair, panel.PairPage)
PANEL_SAY = Verb("panel.say", panel.SayPair, panel.Pairs)

# The registrar's pages: each step of a use is one question.
REGISTRAR_TODAY = Verb("registrar.today", Shown, registrar.Today)
REGISTRAR_DESK = Verb("registrar.desk", WhichUse, registrar.Desk)
REGISTRAR_STEP = Verb("registrar.step", registrar.WhichStep, registrar.StepPage)
REGISTRAR_DO = Verb("registrar.do", registrar.Do, registrar.Desk)
REGISTRAR_PAIRS = Verb("registrar.pairs", registrar.WhichPairs, registrar.Pairs)
REGISTRAR_PAIR = Verb("registrar.pair", registrar.WhichPair, registrar.PairPage)
REGISTRAR_DECIDE = Verb("registrar.decide", registrar.DecideRecords, registrar.RecordsDecided)
REGISTRAR_ALIKE = Verb("registrar.alike", registrar.WhichPair, registrar.AlikePage)
REGISTRAR_ASK = Verb("registrar.ask", registrar.WhichPair, registrar.RecordsDecided)
REGISTRAR_MATCHES = Verb("registrar.matches", Shown, registrar.ContestedMatches)
REGISTRAR_MATCH = Verb("registrar.match", registrar.WhichMatch, registrar.MatchPage)
REGISTRAR_DECIDE_MATCH = Verb("registrar.decide_match", registrar.DecideMatch, registrar.MatchDecided)

# Tables that anybody may have: what is on offer, one question, and the public log of questions (D24).
TABLES_SHELF = Verb("tables.shelf", Nothing, shelf.Shelf)
TABLES_ASK = Verb("tables.ask", shelf.Ask, shelf.Given)
TABLES_LOG = Verb("tables.log", Nothing, shelf.Lines)


class Asked(msgspec.Struct, frozen=True):
    """What goes in: the verb's name and the question, still as JSON, so that only the verb's own type reads it."""

    verb: str
    question: msgspec.Raw


@dataclass(frozen=True, slots=True)
class Refused:
    """A refusal on its way back."""

    code: str
    sentence: str
    next_step: str
    authority: str

    @classmethod
    def of(cls, no: Refusal) -> "Refused":
        """Write a refusal down."""
        return cls(no.code, no.sentence, no.next_step, no.authority)

    def refusal(self) -> Refusal:
        """Return the refusal that was written down."""
        return Refusal(self.code, self.sentence, next_step=self.next_step, authority=self.authority)


class Answered(msgspec.Struct, frozen=True):
    """What comes back: an answer, still as JSON, or a refusal; exactly one of them."""

    answer: msgspec.Raw = msgspec.Raw(b"null")
    refused: Refused | None = None


def silent() -> Refusal:
    """The keeper's process cannot be reached, or broke over the question: nothing is shown and nothing was done."""
    return Refusal(
        "hatch.silent",
        "We cannot look into the records at this moment.",
        next_step="Try again in some minutes. What you saved before is kept.",
        authority="ARCHITECTURE section 3: doors and keeper",
    )
