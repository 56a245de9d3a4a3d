# SPDX-License-Identifier: Apache-2.0
"""The registrar's steps as a table: in which states each may be asked, in which words, what it needs, what it does.

The table offers; whether a step may be taken is the action's to say, each time anew. Nothing here decides.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import transaction

from beholden.catalogue import Catalogue
from beholden.gate.actions import deciding, hearing, releasing, telling
from beholden.gate.queries import latest_decision
from beholden.kinds import Actor, UseRef
from beholden.ledger.actions import sequence
from beholden.redress.actions.repeating import run_again
from beholden.refusals import Refusal
from beholden.rights.registrar.asked import Blank
from beholden.uses import actions as uses
from beholden.uses.papers import objecting
from beholden.uses.queries import asked, check_window_over
from beholden.uses.rules.invitation import INVITES
from beholden.uses.rules.life import AGREED, BEING_DECIDED, HELD, REPEATED, State
from beholden.uses.voices import named

OTHER_DECISION = "rights.other_decision"
BOUND = frozenset({"countersign", "release"})
"""Steps about the figures of one decision: their form carries which."""

Typed = Mapping[str, str]
Does = Callable[[UseRef, Typed, Catalogue, Actor, datetime], None]


@dataclass(frozen=True, slots=True)
class Step:
    """One step. `regular`: it leads on; the others stop, or write something down beside the way.

    `leaves` is what the last of the figures counts, where figures are shown.
    """

    words: str
    what_happens: str
    states: tuple[State, ...]
    press: str
    does: Does
    blanks: tuple[Blank, ...] = ()
    regular: bool = True
    leaves: str = "Rows that would leave"


def _open(ref: UseRef, _: Typed, catalogue: Catalogue, by: Actor, at: datetime) -> None:
    hearing.open_for_comment(ref, catalogue=catalogue, by=by, at=at)


def _children(ref: UseRef, said: Typed, _: Catalogue, by: Actor, at: datetime) -> None:
    uses.hear_children(ref, who=said["who"], view=said["view"], by=by, at=at)


def _call(ref: UseRef, _: Typed, __: Catalogue, by: Actor, at: datetime) -> None:
    uses.call_panel(ref, by=by, at=at)


def _decided(ref: UseRef, said: Typed, catalogue: Catalogue, by: Actor, at: datetime) -> None:
    replies = {school: said.get(f"reply-{school}", "") for school in objecting(ref)}
    uses.close_panel(ref, replies=replies, to_children=said["to_children"], catalogue=catalogue, by=by, at=at)


def _draw_up(ref: UseRef, _: Typed, catalogue: Catalogue, by: Actor, at: datetime) -> None:
    uses.draw_up(ref, catalogue=catalogue, by=by, at=at)


def _sign(ref: UseRef, said: Typed, _: Catalogue, by: Actor, at: datetime) -> None:
    uses.sign(ref, digest=said["digest"], by=by, at=at)


def _publish(ref: UseRef, _: Typed, __: Catalogue, by: Actor, at: datetime) -> None:
    uses.publish(ref, by=by, at=at)


def _tell(ref: UseRef, said: Typed, catalogue: Catalogue, by: Actor, at: datetime) -> None:
    try:
        moment = datetime.fromisoformat(said["answer_by"])
    except ValueError as trouble:
        raise _no_day() from trouble
    telling.begin(ref, answer_by=moment, catalogue=catalogue, by=by, at=at)


def _told(ref: UseRef, _: Typed, __: Catalogue, by: Actor, at: datetime) -> None:
    telling.told(ref, by=by, at=at)


def _take_up(ref: UseRef, _: Typed, __: Catalogue, by: Actor, at: datetime) -> None:
    uses.take_up_window(ref, by=by, at=at)


def _decide(ref: UseRef, _: Typed, catalogue: Catalogue, by: Actor, at: datetime) -> None:
    check_window_over(asked(ref).answer_by, at=at)  # before everybody's keys are committed for nothing
    deciding.snapshot_registry(by=by, at=at)
    deciding.decide(ref, catalogue=catalogue, by=by, at=at)


@transaction.atomic
def _countersign(ref: UseRef, said: Typed, _: Catalogue, by: Actor, at: datetime) -> None:
    """Sign for the decision that the page showed. The action holds the use, so none comes between it and the look."""
    uses.countersign(ref, by=by, at=at)
    _shown_decision(ref, said)


def _release(ref: UseRef, said: Typed, catalogue: Catalogue, by: Actor, at: datetime) -> None:
    releasing.release_use(ref, _shown_decision(ref, said), catalogue=catalogue, by=by, at=at)


def _shown_decision(ref: UseRef, said: Typed) -> int:
    """Return the decision whose figures the officer saw, or refuse where it was decided anew since."""
    newest = latest_decision(ref)
    if said["decision"] != str(newest):
        raise Refusal(
            OTHER_DECISION,
            "It was decided anew since you opened this page. Nothing was done.",
            next_step="Look at the new figures, and press again if they hold.",
            authority="D18",
        )
    return newest


def _close(ref: UseRef, _: Typed, __: Catalogue, by: Actor, at: datetime) -> None:
    uses.close(ref, by=by, at=at)


def _run_again(ref: UseRef, _: Typed, catalogue: Catalogue, by: Actor, at: datetime) -> None:
    run_again(ref, catalogue=catalogue, by=by, at=at)


def _leave_off(ref: UseRef, said: Typed, _: Catalogue, by: Actor, at: datetime) -> None:
    uses.leave_off(ref, why=said["why"], by=by, at=at)


def _reopen(ref: UseRef, said: Typed, _: Catalogue, by: Actor, at: datetime) -> None:
    uses.reopen(ref, facts={said["fact"]: said["source"]}, by=by, at=at)


def _suspend(ref: UseRef, said: Typed, _: Catalogue, by: Actor, at: datetime) -> None:
    uses.suspend(ref, why=said["why"], by=by, at=at)


def _breach(ref: UseRef, said: Typed, _: Catalogue, by: Actor, at: datetime) -> None:
    uses.breach(ref, what=said["what"], by=by, at=at)


def _direct(ref: UseRef, said: Typed, _: Catalogue, by: Actor, at: datetime) -> None:
    try:
        made_on = date.fromisoformat(said["made_on"])
    except ValueError as trouble:
        raise _no_day() from trouble
    named_by = {name: said[name] for name in ("minister", "power", "says")}
    uses.direct(ref, **named_by, made_on=made_on, by=by, at=at)


def _no_day() -> Refusal:
    return Refusal(
        "uses.day",
        "This day is in no calendar.",
        next_step="Write day, month and year in numbers.",
        authority="D26",
    )


def _words(name: str, words: str, hint: str = "") -> Blank:
    return Blank(name, words, hint, "words")


def _line(name: str, words: str, hint: str = "") -> Blank:
    return Blank(name, words, hint, "text")


_STANDS = tuple(state for state in State if state not in {State.DRAFT, State.SUBMITTED})

STEPS: Mapping[str, Step] = {
    "open": Step(
        "Open it for comment?",
        "Everybody can comment from now on, and the schools that sent the records can object by name.",
        (State.TRIAGE,),
        "Open it",
        _open,
    ),
    "children": Step(
        "What do children and young people say?",
        "It is published as it stands here, and the panel answers it.",
        (State.COMMENT, State.PANEL),
        "Write it down",
        _children,
        (_line("who", "Who was asked?", "Kinds of people, never a name."), _words("view", "What they say")),
    ),
    "call": Step(
        "Close the comments and call the panel?",
        "How many people commented is published, and a seal on what they said.",
        (State.COMMENT,),
        "Call the panel",
        _call,
    ),
    "close-panel": Step(
        "Has the panel decided?",
        "The answer follows from the reviews and votes. Reasons, answers and conditions are published at once.",
        (State.PANEL,),
        "Write the decision down",
        _decided,
        (_words("to_children", "What does the panel answer the children and young people?"),),
    ),
    "draw-up": Step(
        "Draw up the agreement?",
        "It says what was approved and nothing else. Both sides sign it.",
        (State.APPROVED,),
        "Draw it up",
        _draw_up,
    ),
    "sign": Step(
        "Do you sign this agreement for the keeper?",
        "You sign the text below, by its seal.",
        (State.AGREEMENT,),
        "Sign",
        _sign,
    ),
    "publish": Step(
        "Publish the use and its agreement?",
        "It stands in the public register before any family is told and before anything leaves.",
        (State.AGREEMENT,),
        "Publish",
        _publish,
    ),
    "tell": Step(
        "Until when may families answer?",
        "From now on schools' systems can fetch their letters. The day cannot be changed.",
        (State.PUBLISHED,),
        "Begin to tell families",
        _tell,
        (Blank("answer_by", "The last day to answer", "The whole day counts.", "day"),),
    ),
    "told": Step(
        "Have the schools handed over their letters?",
        "The figures go to the log, and the time to answer stands open.",
        (State.PUBLISHED,),
        "End the telling",
        _told,
    ),
    "take-up": Step(
        "Go on with the time to answer?",
        "Families were told before the panel looked again, and nothing was loosened.",
        (State.PUBLISHED,),
        "Go on",
        _take_up,
        regular=False,
    ),
    "decide": Step(
        "Decide, child by child?",
        "Everybody is weighed at this moment. You then see the figures. Nothing leaves yet.",
        (State.WINDOW,),
        "Decide",
        _decide,
    ),
    "countersign": Step(
        "Do you agree, as the second officer?",
        "You say that what these figures describe may go. Somebody else lets it go.",
        (State.CLEARED,),
        "Countersign",
        _countersign,
    ),
    "release": Step(
        "Hand the records over?",
        "The log says so first. Then everything is looked at once more, and the locked file goes.",
        (State.CLEARED,),
        "Hand over",
        _release,
    ),
    "run-again": Step(
        "Run this use again?",
        "Families are told first, with their time to answer. Then everybody is decided about anew.",
        (State.RELEASED, State.IN_USE),
        "Begin the next run",
        _run_again,
    ),
    "leave-off": Step(
        "Why is this run left off?",
        "Nothing leaves in it. What left before stays as it was agreed. The reason is public.",
        (State.PUBLISHED, State.WINDOW),
        "Leave it off",
        _leave_off,
        (_words("why", "The reason"),),
        regular=False,
    ),
    "close": Step(
        "Close this use?",
        "The recipient has certified that every copy is gone.",
        (State.DESTROYED,),
        "Close it",
        _close,
    ),
    "reopen": Step(
        "What is known now that was not known then?",
        "Only new facts bring a refusal of the panel back. It is heard and decided anew.",
        (State.REFUSED,),
        "Bring it back",
        _reopen,
        (_words("fact", "The new fact"), _line("source", "Where can it be read?")),
        regular=False,
    ),
    "suspend": Step(
        "Why is this use stopped?",
        "Nothing more leaves, and there is no way back. What has left is to be wiped. The reason is public.",
        (*BEING_DECIDED, *AGREED, *HELD),
        "Stop it",
        _suspend,
        (_words("why", "The reason"),),
        regular=False,
    ),
    "breach": Step(
        "Which rule did the recipient break?",
        "It stands in public. Every copy is to be wiped.",
        (*HELD, *REPEATED, State.SUSPENDED, State.DESTROYED, State.CLOSED),
        "Write it down",
        _breach,
        (_words("what", "What happened"),),
        regular=False,
    ),
    "direction": Step(
        "What does a minister direct?",
        "It is public the day it comes, and changes nothing by itself. It cannot be kept secret.",
        _STANDS,
        "Publish the direction",
        _direct,
        (
            _line("minister", "Which minister?", "The office, not the person."),
            _line("power", "Under which power?", "The instrument and its paragraph."),
            _words("says", "What is directed, in the minister's words"),
            Blank("made_on", "The day on which it was made", "", "day"),
        ),
        regular=False,
    ),
}
"""Every step, under the name that its address has."""

_WRITTEN_TO = "Children with a letter"
_OF_A_LETTER: Mapping[str, Step] = {
    "countersign": replace(STEPS["countersign"], leaves=_WRITTEN_TO),
    "release": replace(
        STEPS["release"],
        words="Pass the letter on?",
        what_happens="The log says so first. Then all is looked at once more, and schools can fetch their lists.",
        press="Pass it on",
        leaves=_WRITTEN_TO,
    ),
}


def step_of(name: str, exit_: str) -> Step:
    """Return a step in the words of its use: of a letter that is passed on, that no record goes anywhere."""
    return _OF_A_LETTER.get(name, STEPS[name]) if exit_ == INVITES else STEPS[name]


def blanks(name: str, ref: UseRef, *, digest: str) -> tuple[Blank, ...]:
    """Return what a step asks for, for one use: an answer to each school that objects; the text's own digest, or the
    decision whose figures are shown, which come back as they were.
    """
    always = STEPS[name].blanks
    if name == "close-panel":
        replies = (
            Blank(f"reply-{school}", f"What does the panel answer {named(school)}?", reason, "words")
            for school, reason in objecting(ref).items()
        )
        return (*always, *replies)
    if name == "sign":
        return (Blank("digest", "", "", "kept", digest),)
    if name in BOUND:
        return (Blank("decision", "", "", "kept", str(latest_decision(ref))),)
    return always


def take(name: str, ref: UseRef, typed: Typed, *, catalogue: Catalogue, by: Actor, at: datetime) -> None:
    """Take a step, with what was typed for each of its blanks, and let the log say it."""
    wanted = {one.name: typed.get(one.name, "").strip() for one in blanks(name, ref, digest="")}
    STEPS[name].does(ref, wanted, catalogue, by, at)
    sequence(at=at)
