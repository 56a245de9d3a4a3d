# SPDX-License-Identifier: Apache-2.0
"""Says in one plain sentence what an entry of the log records. No clock, no database; adds nothing to the entry."""

from datetime import date, timedelta
from functools import singledispatch

from beholden.ledger.entries import Body, Entry
from beholden.ledger.sealing import Seal
from beholden.ledger.vocabulary import audits, events, handovers, redress, sealed, tables
from beholden.web.words import in_tens, month, number, short_day, up_to

_STATES = {
    "submitted": "was asked for",
    "triage": "was looked at by the rules",
    "comment": "is open: anyone can comment",
    "panel": "is before the panel",
    "refused": "was refused",
    "approved": "was agreed",
    "agreement": "has its agreement on paper",
    "published": "was put in the public register",
    "notified": "was told to families",
    "window": "is open: families can answer",
    "cleared": "came to the end of the time to answer",
    "released": "began: the records were handed over",
    "in_use": "is under way: the records have arrived",
    "expiring": "is nearly over",
    "destroyed": "is over: the records are wiped, and that is signed for",
    "withdrawn": "was taken back",
    "suspended": "was stopped",
    "breached": "was found to break its rules",
    "closed": "ended",
}
_PAPERS = {
    "triage": "What the rules say to it",
    "difference": "What it changes",
    "opening": "Until when anyone can comment, and which schools sent the records",
    "objection": "What a school says against it",
    "reply": "The answer to a school",
    "children": "What children and young people say",
    "hearing": "How many people sent a comment",
    "interest": "Whether someone has a stake in it",
    "review": "What a reviewer says",
    "vote": "What a member of the panel says",
    "decision": "What the panel decided, and why",
    "facts": "New facts",
    "direction": "What a minister told the keeper to do",
    "agreement": "The agreement",
    "signature": "A signature under the agreement",
    "second": "A second officer's yes to the release",
    "stop": "Why it was stopped",
    "recipient": "That who got it is somebody else now",
    "certificate": "A signed word that the records are wiped",
    "breach": "Which rule was broken",
    "table": "A table that answers it, and shows no child,",
}
_POWERS = {"court_order": "A court ordered it", "statutory_power": "A law compels it"}
_OUTCOMES = {
    "delivered": "arrived. Who got it says the list is the one in this log",
    "withdrawn": "did not happen: it was taken back",
    "unknown": "has no known end. It counts as arrived",
}

_INCIDENTS = {
    "opened": "was opened: something went wrong",
    "regulator_told": "was told to the regulator",
    "high_risk": "was found to be a high risk to those whom it is about, so they are to be told",
    "people_told": "was told to those whom it is about",
    "closed": "was closed",
}


def sentence(entry: Entry) -> str:
    """Return one sentence for any kind of entry."""
    return said(entry.body)


@singledispatch
def said(body: Body) -> str:
    """Return the sentence of one kind of body; a kind without a sentence is a bug, and loud."""
    raise TypeError(f"no sentence for {type(body).__name__}")


@said.register
def _use(body: events.UseMoved) -> str:
    rule = f" by rule {body.rule}" if body.rule else ""
    return f"Use {body.use} {_STATES.get(body.state, f'came to the state {body.state}')}{rule}."


@said.register
def _paper(body: events.PaperFiled) -> str:
    return f"{_PAPERS[body.paper]} was written down for use {body.use}."


@said.register
def _decision(body: events.Decision) -> str:
    settled = f"The list for use {body.use} was settled"
    if body.released is None or body.left_out is None:
        return (
            f"{settled} from {number(body.scope)} children. "
            "How many were left out is not told for a list this small."
        )
    return (
        f"{settled}: about {number(body.released)} of {number(body.scope)} children, "
        f"about {number(body.left_out)} left out."
    )


@said.register
def _untold(body: events.UntoldIn) -> str:
    begun = f"Use {body.use} goes on in the reading room. In it are children who could not be told, under {body.under}"
    if body.count is None:
        return f"{begun}. How many is not told for a list this small."
    return f"{begun}: about {number(body.count)}."


@said.register
def _roster(body: events.RosterHanded) -> str:
    handed = f"Use {body.use}: a list of {number(body.rows)} children was handed in, to ask about each"
    return f"{handed}. It was refused by rule {body.rule}." if body.rule else f"{handed}."


@said.register
def _linked(body: events.ListLinked) -> str:
    fooled = f"{number(body.decoys_accepted)} of {number(body.decoys)}"
    return (
        f"Use {body.use}: a list of names was matched. People looked at no more than {number(body.looked_at)} pairs. "
        f"Of invented people who were mixed in, {fooled} were taken for somebody."
    )


@said.register
def _linked_audit(body: events.ListAudited) -> str:
    return (
        f"Use {body.use}: people looked at some of what the rules decided of a list of names, without knowing what. "
        f"The rules took somebody for somebody else: {_of_people(body.false_low, body.false_high, 'hundred')}."
    )


@said.register
def _linked_year(body: events.ListsAudited) -> str:
    return (
        f"From {up_to(body.since, body.until)}, {number(body.lists)} lists of names were matched. "
        f"The rules took somebody for somebody else: {_of_people(body.false_low, body.false_high, 'thousand')}. "
        f"They missed somebody: {_of_people(body.missed_low, body.missed_high, 'thousand')}."
    )


def _of_people(low: int | None, high: int | None, many: str) -> str:
    if low is None or high is None:
        return "we cannot say how often"
    return f"{number(low)} to {number(high)} of a {many} people"


@said.register
def _notice(body: events.NoticeGiven) -> str:
    told, audience = in_tens(body.told), in_tens(body.audience)
    return f"Families were told about use {body.use}: {told} of {audience} children, in tens."


@said.register
def _choices(body: events.ChoicesOfDay) -> str:
    return f"All answers of {short_day(body.day)} were sealed. How many is not told."


@said.register
def _singles(_body: events.SingleExits) -> str:
    return "Everything that was shown about one child at a time was sealed. How much is not told."


@said.register
def _urgent(body: events.UrgentMonth) -> str:
    late = f"At most {number(body.late)} reviews were late" if body.late else "Every review came in time"
    opened = f"at most {number(body.band)} records were opened in {month(body.month)}"
    return f"For children in danger, {opened}. {late}."


@said.register
def _redress(body: redress.RedressOfDay) -> str:
    signed = (
        f" Of {number(body.due)} that were due, {number(body.kept)} were done in time." if body.due else ""
    )
    return (
        f"What was put right by {short_day(body.day)} was sealed. Messages to those who hold records: "
        f"{number(body.sent)}.{signed}"
    )


@said.register
def _incident(body: redress.IncidentMoved) -> str:
    known = f"At most {number(body.band)} children are known to be in it."
    return f"Incident {body.incident} {_INCIDENTS[body.state]}. {known}"


@said.register
def _contests(body: redress.ContestsOfMonth) -> str:
    said, late = f"Use {body.use}, by the end of {month(body.month)}", ""
    if body.late:
        late = f" Decided too late: {in_tens(body.late)}."
    return (
        f"{said}: matches that somebody said were wrong: {in_tens(body.contested)}. "
        f"We were wrong: {in_tens(body.reversed)}. They were right: {in_tens(body.upheld)}.{late}"
    )


@said.register
def _return(body: events.ReturnAccepted) -> str:
    return f"A school sent its return, and it was taken in: at most {number(body.band)} children."


@said.register
def _catalogue(_body: events.CatalogueSet) -> str:
    return "The rules in force from now on were fixed."


@said.register
def _announced(body: events.CatalogueAnnounced) -> str:
    return f"Looser rules were published. They may hold from {short_day(body.not_before)} on, not before."


@said.register
def _opened(_body: events.Opened) -> str:
    return "A log was begun."


@said.register
def _registry(body: handovers.Registry) -> str:
    return f"The keys of {number(body.set.n)} children were fixed, for the handovers to come."


@said.register
def _intent(body: handovers.Intent) -> str:
    return f"Handover {body.seq}: a list for use {body.header.use} was sealed before it left."


@said.register
def _outcome(body: handovers.Outcome) -> str:
    return f"Handover {body.seq} {_OUTCOMES[body.outcome]}."


@said.register
def _duty(body: handovers.DutyReturn) -> str:
    about = f"at most {number(body.band)} children"
    return f"A return that the law demands, for use {body.header.use}, was sealed before it left: {about}."


@said.register
def _duty_outcome(body: handovers.DutyOutcome) -> str:
    became = {"delivered": "arrived", "withdrawn": "did not happen: it was taken back"}
    return (
        f"A return that the law demands {became.get(body.outcome, 'has no known end. It counts as arrived')}."
    )


@said.register
def _sealed(body: sealed.Sealed) -> str:
    return (
        f"Handover {body.seq} is secret until {short_day(body.opens_by)}. {_POWERS[body.power]}. "
        f"It concerns at most {number(body.band)} children. Someone from outside has signed for it."
    )


@said.register
def _seen(body: sealed.Seen) -> str:
    return f"The regulator has seen what is in secret handover {body.seq}, and signed for that."


@said.register
def _extended(body: sealed.Extended) -> str:
    return (
        f"Handover {body.seq} stays secret longer, until {short_day(body.opens_by)}. That can be done once."
    )


@said.register
def _unsealed(body: sealed.Unsealed) -> str:
    opener = "The keeper" if body.regulator is None else "The regulator, not the keeper,"
    return f"{opener} opened handover {body.seq}. Each family can now check it like any other."


@said.register
def _replayed(body: audits.Replayed) -> str:
    found = (
        "Each row was right" if body.agrees else "The rows were not the same. The regulator must look at this"
    )
    return f"An auditor made the list of handover {body.seq} again, and checked each row. {found}."


@said.register
def _table(body: tables.TableFrozen) -> str:
    counted = f"at most {number(body.band)} children of {body.moment} were counted"
    return f"Tables that show no child can be asked of {body.data}, release {body.release}: {counted}, each of them."


@said.register
def _table_withdrawn(body: tables.TableWithdrawn) -> str:
    return f"Release {body.release} of the tables about {body.data} was taken back. It answers nothing more."


def under_seal(seal: Seal, *, on: date, within: timedelta) -> str:
    """Return what everybody may read of one seal that stands: its day, and what is overdue (D22)."""
    number_, day = seal.body.seq, short_day(seal.opens_by)
    late = f"Handover {number_} is secret until {day}."
    if seal.is_overdue(on):
        late = f"Handover {number_} was to be opened by {day}, and is still secret. That is overdue."
    if seal.seen_at is not None:
        return f"{late} The regulator has seen what is in it."
    if seal.is_unseen(on, within=within):
        return f"{late} The regulator has not signed that it has seen it. That is overdue."
    return f"{late} The regulator has not signed yet that it has seen it."
