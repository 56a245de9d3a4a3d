# SPDX-License-Identifier: Apache-2.0
"""A stand-in for the keeper behind the school's door, typed as the hatch types it: what goes in and out is encoded.

The real thing is tested in tests/integration/test_school_door.py, and with the pages in tests/journeys.
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

import msgspec

from beholden.gate.actions.inviting import Pack
from beholden.hatch import verbs
from beholden.hatch.verbs import Verb, silent
from beholden.home import here
from beholden.people.access import not_let_in, typed_key
from beholden.people.signs import check_sign, in_fours
from beholden.refusals import Refusal
from beholden.rights.school import asked
from beholden.rights.school.asked import Group, Line, Spot
from beholden.rights.shown import Shown

REF = "school-k7fd3mqx"
_FREE = "KTFM7RWXD3PHCDF"
KEY = in_fours(_FREE + check_sign(_FREE))
SCHOOL = asked.School(REF, "3301234", "Oakfield Primary")
SENT = datetime(2027, 1, 18, 9, 14, tzinfo=UTC)
CENSUS = "School Census of spring 2027"

WRONG_LETTER = Group(
    "1510",
    is_error=True,
    sentence="The pupil number (UPN) does not agree with its check letter.",
    what_to_do="Correct it in your system and send the return again.",
    spots=(Spot(2114, "pupil 12 on roll, year 4"), Spot(3120, "pupil 19 on roll, year 5")),
)
WRONG_CODE = Group(
    "1590",
    is_error=True,
    sentence="The ethnicity is no code of the list.",
    what_to_do="Correct it in your system and send the return again.",
    spots=(Spot(88, "pupil 1 on roll, year R"),),
)
ASKED = Group(
    "1850Q",
    is_error=False,
    sentence="The pupil is older than the year group usually is.",
    what_to_do="Check the record. If it is right, leave it as it is; if not, correct it and send the return again.",
    spots=(Spot(400, "pupil 3 on roll, year 2"), Spot(777, "pupil 6 on roll, year 2")),
)

REFUSED = Line(1, "refused-0123456789ab", CENSUS, "refused", 0, SENT, 3)
OLDER = Line(2, "SC-SPR-2027-3301234-0badcafe", CENSUS, "superseded", 411, SENT, 0)
KEPT = Line(3, "SC-SPR-2027-3301234-1badcafe", CENSUS, "accepted", 412, SENT, 2)
QUIET = replace(KEPT, found=0)

OPEN_USE = asked.UseLine(
    ref="U-2026-0002",
    title="Sleep and school",
    who="University of Northford, England",
    why="To learn how sleep and school go together.",
    what="School year, days at school. No names. No addresses.",
    state_label="Open",
    about="Every child in the School Census of spring 2027",
    starts_on=date(2027, 4, 1),
    ends_on=date(2029, 3, 31),
    answer_by=datetime(2027, 3, 19, 23, 59, 59, tzinfo=UTC),
    refused="",
    children=None,
    is_heard=True,
    objected=False,
)
POST = asked.PostLine(
    "U-2027-0050", "A letter about free time", "University of Northford, England", date(2027, 7, 31)
)
RUNNING = replace(
    OPEN_USE,
    ref="U-2027-0041",
    title="Coming back to school after illness",
    state_label="Running",
    children=410,
)
SMALL = replace(RUNNING, ref="U-2027-0042", title="The oldest children", children=0)
FRAUD = replace(
    OPEN_USE,
    ref="U-2027-0007",
    title="Looking for benefit fraud",
    who="Department for Welfare, England",
    state_label="Refused",
    refused="Records that are taken for school must not be used to punish families. The rule is P7.",
    answer_by=None,
    is_heard=False,
)
EARLY = replace(
    OPEN_USE,
    ref="U-2027-0051",
    title="Travel to college",
    who="County of Westmere, England",
    state_label="To decide",
    answer_by=None,
    is_heard=False,
)


@dataclass
class Office:
    """The keeper's answers, as a test wants them; what was sent and how large it was on disk."""

    lines: tuple[Line, ...] = (KEPT, OLDER, REFUSED)
    groups: dict[int, tuple[Group, ...]] = field(
        default_factory=lambda: {1: (WRONG_LETTER, WRONG_CODE), 2: (), 3: (ASKED,)}
    )
    due: tuple[asked.Census, ...] = ()
    open_uses: tuple[asked.UseLine, ...] = (OPEN_USE,)
    uses: tuple[asked.UseLine, ...] = (EARLY, SMALL, RUNNING, FRAUD, OPEN_USE)
    outcome: tuple[str, int] = ("accepted", 3)
    objected: dict[str, str] = field(default_factory=dict)
    answered: dict[str, str] = field(default_factory=dict)
    posts: tuple[asked.PostLine, ...] = (POST,)
    all_listed: bool = True
    keys: set[str] = field(default_factory=lambda: {typed_key(KEY)})
    refusing: Refusal | None = None
    sent: list[tuple[str, int]] = field(default_factory=list)
    times_asked: int = 0

    def ask(self, verb: Verb[Any, Any], question: Any) -> Any:
        """Answer as the hatch does: everything travels as JSON of the verb's own types."""
        self.times_asked += 1
        heard = msgspec.json.decode(msgspec.json.encode(question), type=verb.question)
        answer = self._done(verb, heard)
        return msgspec.json.decode(msgspec.json.encode(answer), type=verb.answer)

    def _done(self, verb: Verb[Any, Any], question: Any) -> Any:
        shown = question if isinstance(question, Shown) else question.shown
        if shown.ref != REF or typed_key(shown.key) not in self.keys:
            raise not_let_in(most=5, minutes=15)
        if self.refusing is not None and verb is not verbs.SCHOOL_SIGN_IN:
            raise self.refusing
        match verb:
            case verbs.SCHOOL_SIGN_IN:
                return SCHOOL
            case verbs.SCHOOL_TODAY:
                kept = next((line for line in self.lines if line.status == "accepted"), None)
                last = max(self.lines, key=lambda line: line.place, default=None)
                return asked.Today(SCHOOL, self.due, last, kept, self.open_uses)
            case verbs.SCHOOL_TAKE:
                self.sent.append((question.name, (here().inbox / question.name).stat().st_size))
                return asked.Taken(SCHOOL, *self.outcome)
            case verbs.SCHOOL_HISTORY:
                return asked.History(SCHOOL, self.lines)
            case verbs.SCHOOL_FINDINGS:
                return self._findings(question.place)
            case _:
                return self._seen(verb, question)

    def _seen(self, verb: Verb[Any, Any], question: Any) -> Any:
        if verb is verbs.SCHOOL_USES:
            found = (replace(one, objected=one.ref in self.objected) for one in self.uses)
            return asked.Uses(SCHOOL, tuple(found), 10)
        if verb in {verbs.SCHOOL_OBJECTION, verbs.SCHOOL_OBJECT}:
            return self._objection(verb, question)
        return self._post(verb, question)

    def _objection(self, verb: Verb[Any, Any], question: Any) -> asked.Objection | asked.Objected:
        use = next((one for one in self.uses if one.ref == question.ref), None)
        if use is None:
            raise Refusal("uses.unknown", "No.", next_step="", authority="")
        if verb is verbs.SCHOOL_OBJECT:
            if not question.reason.strip():
                raise Refusal("uses.text", "Nothing is written.", next_step="Write why.", authority="")
            self.objected[use.ref] = question.reason
            return asked.Objected(use.ref)
        said = self.objected.get(use.ref, "")
        return asked.Objection(
            school=SCHOOL,
            ref=use.ref,
            title=use.title,
            who=use.who,
            reason=said,
            answer=self.answered.get(use.ref, ""),
            is_open=use.is_heard and not said,
            is_early=use.ref == EARLY.ref,
            most=2_000,
        )

    def _post(self, verb: Verb[Any, Any], question: Any) -> Any:
        if verb is verbs.SCHOOL_POST:
            return asked.Waiting(SCHOOL, self.posts)
        if verb is not verbs.SCHOOL_PACK:
            raise silent()
        if question.ref not in {one.ref for one in self.posts}:
            raise Refusal("gate.no_post", "No.", next_step="", authority="")
        return asked.PostPack(
            question.ref, Pack(question.ref, "There is post.", ("A123456789012", "B123456789012")).as_csv()
        )

    def _findings(self, place: int) -> asked.Findings:
        found = next((line for line in self.lines if line.place == place), None)
        if found is None:
            raise Refusal("rights.no_such_return", "No.", next_step="", authority="")
        return asked.Findings(SCHOOL, found, self.groups[place], self.all_listed)
