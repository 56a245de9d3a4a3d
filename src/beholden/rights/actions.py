# SPDX-License-Identifier: Apache-2.0
"""Opens a letter for a family: the notice and the children's first names, and no more (U1).

What was answered before is never shown to whoever opens a letter, and nothing hints at it: the school's own system
carries the letters and knows the birth dates, so an open letter does not tell a parent from a school. An earlier answer
is shown to whoever has its number.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from beholden.catalogue import Catalogue, FamilySays
from beholden.choices import queries as choices
from beholden.choices.actions import Receipt
from beholden.choices.actions import agree as write_yes
from beholden.choices.actions import answer as write_down
from beholden.choices.consent.rules import CHILD
from beholden.choices.consent.sentence import to_herself
from beholden.choices.numbers import receipt as digest
from beholden.choices.rules import Answer, Permission, Scope
from beholden.home import here, shown
from beholden.home.keys import load
from beholden.kinds import Actor, PersonId, UseRef
from beholden.notices import actions as notices
from beholden.notices.queries import is_live, telling
from beholden.notices.rules import ring_us
from beholden.people.adults import own_digest
from beholden.people.mandate import Mandate, check, grant
from beholden.people.power import NOTHING, Power, was_judged
from beholden.people.queries import herself, lines_among, powers, severed_among
from beholden.refusals import Refusal
from beholden.uses import queries as uses
from beholden.uses.queries import PublicUse
from beholden.uses.rules import HELD
from beholden.uses.runs import Recurs
from beholden.uses.words import item_label

_CAN_BE_ANSWERED = frozenset({"published", "notified", "window", "panel", "approved", "agreement"})
"""States of a use in which its families are being told, or have been, and nothing has been decided.

Before the panel again: enough schools objected while families could answer, and they still can.
"""


_NOBODY_ELSE, _NO_ADDRESS = "Nobody else gets them.", "They get no name and no address from us."


@dataclass(frozen=True, slots=True)
class Child:
    """One child of the letter: its place in it, an opaque identifier, and the first name."""

    position: int
    person: PersonId
    name: str


@dataclass(frozen=True, slots=True)
class Gets:
    """One organisation that gets the facts, and each firm that works on them for it, with its country."""

    name: str
    country: str
    helpers: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class YesAsked:
    """What a family is asked a yes for: `words` is the question, with *your child* where a name will stand.

    Everything in it is also told apart: who gets it, which facts, what for and for which days. A yes is bound to
    `digest`.
    """

    digest: str
    words: str
    gets: tuple[Gets, ...]
    facts: tuple[str, ...]
    to: str
    first_on: date
    last_on: date

    def about(self, name: str, *, own: bool = False) -> str:
        """Return the question about one child, by name; or to the child herself, who answers it (D14)."""
        return to_herself(self.words, child=CHILD) if own else self.words.replace(CHILD, name)


@dataclass(frozen=True, slots=True)
class Notice:
    """One use as a family reads it: the five lines, and the day. Never what anybody has answered."""

    use: UseRef
    title: str
    kind_of_organisation: str
    who: str
    why: str
    what: str
    where: str
    starts_on: date
    ends_on: date
    answer_by: datetime
    window_open: bool
    purpose: str
    purpose_label: str
    yes: YesAsked | None = None
    recurs: Recurs | None = None
    letter: tuple[str, ...] = ()  # what is passed on, line by line, where that is what is asked for
    letter_is_here: bool = False  # it is being passed on; whether to this family, no open letter says


@dataclass(frozen=True, slots=True)
class OpenLetter:
    """What the door may show after a code and a birth date. `mandate` lets it write an answer for minutes.

    `children` are those whom the reader is asked about; `watched` those about whom the reader may not decide and whose
    record the reader may see all the same. Where nobody is left to be asked about, `children` are these, and there is
    no notice. `own`: the letter is the child's own.
    """

    mandate: str
    children: tuple[Child, ...]
    notices: tuple[Notice, ...]
    watched: tuple[Child, ...] = ()
    own: bool = False


def open_letter(*, code: str, born_on: date, catalogue: Catalogue, by: Actor, at: datetime) -> OpenLetter:
    """Open a letter, or refuse as `beholden.notices.actions.open_letter` does.

    A child whose ties are severed is in no letter any more, nor one about whom this reader may do nothing (D35). A
    letter that names nobody else does not open here, like every other letter that only a person can help with. A child
    who is hidden stays named, as in the letter itself: a name that goes from the screen would tell, and the gate keeps
    the child out whatever is answered.
    """
    opened = notices.open_letter(code=code, born_on=born_on, catalogue=catalogue, by=by, at=at)
    key = load(here(), "letters")
    power = _powers(opened.adult, tuple(person for person, _ in opened.children), at=at)
    named = tuple((person, name) for person, name in opened.children if not power[person].is_nothing)
    if not named:
        raise ring_us()
    use, own = uses.public_use(opened.use, catalogue), _is_own(key, opened.adult, named)
    parties = uses.parties(opened.use)
    asked = tuple(one for one in named if power[one[0]].decides_on(use.purpose, parties))
    rest = tuple(one for one in named if one not in asked)
    held = check(opened.mandate, key=key, at=at).narrowed(tuple(person for person, _ in named))
    children = tuple(Child(place, *one) for place, one in enumerate((*asked, *rest), 1))
    return OpenLetter(
        grant(held, key=key),
        children[: len(asked)] or children,
        (_notice(use, catalogue, own=own, at=at),) if asked else (),
        children[len(asked) :] if asked else (),
        own=own,
    )


def _powers(adult: str, children: tuple[PersonId, ...], *, at: datetime) -> dict[PersonId, Power]:
    """Return what an adult may do about each child of a letter: nothing about one whose ties are severed (D35).

    The doors know no birth date. A letter of her own that names a child of whom no judgement was ever written names her
    because she is of age (`gate.actions.telling.relay`), and to everybody else she is as the letter says.
    """
    severed = severed_among(children, at=at)
    own = {person for person in children if adult == herself(person)}
    of_age = own - {person for person, lines in lines_among(own).items() if was_judged(lines)}
    power = powers([(person, adult) for person in children], of_age=of_age, at=at)
    return {person: NOTHING if person in severed else power[person, adult] for person in children}


def _is_own(key: bytes, adult: str, named: tuple[tuple[PersonId, str], ...]) -> bool:
    """Say whether the letter is the child's own: it names one, and is known by the digest of just that one."""
    return len(named) == 1 and adult == own_digest(key, named[0][0])


def _notice(use: PublicUse, catalogue: Catalogue, *, own: bool, at: datetime) -> Notice:
    """One use in the words of the family's door, or to the child herself of hers where the catalogue has them.

    The day to answer is the telling's own: families read it before the use itself is marked as told (D6).
    """
    run = telling(use.ref)
    letter = () if use.invitation is None else tuple(use.invitation.whole.splitlines())
    answer_by = run.answer_by if run is not None else at
    return Notice(
        use=use.ref,
        title=use.title,
        kind_of_organisation=use.kind_of_organisation,
        who=f"{use.applicant}, {use.country}. {_NO_ADDRESS if letter else _NOBODY_ELSE}",
        why=use.why,
        what=use.what,
        where=use.where,
        starts_on=use.starts_on,
        ends_on=use.ends_on,
        answer_by=answer_by,
        window_open=run is not None and run.open(at) and use.state in _CAN_BE_ANSWERED,
        purpose=use.purpose,
        purpose_label=catalogue.purpose(use.purpose).child_label if own else use.purpose_label,
        yes=_yes(use, catalogue),
        recurs=use.still_recurs,
        letter=letter,
        letter_is_here=bool(letter) and use.state in HELD and at.date() <= use.ends_on,
    )


def _yes(use: PublicUse, catalogue: Catalogue) -> YesAsked | None:
    """Return what this use asks a yes for; None where none is needed, or the families were told without one."""
    if catalogue.purpose(use.purpose).family_says is not FamilySays.MUST_AGREE:
        return None
    asked = choices.asked_by(use.ref)
    if asked is None:
        return None
    held = asked.consent
    return YesAsked(
        asked.digest,
        asked.words,
        tuple(
            Gets(
                one.body.name,
                one.body.country,
                tuple((body.name, body.country) for body in one.sub_processors),
            )
            for one in held.recipients
        ),
        tuple(item_label(item, catalogue) for item in held.items),
        catalogue.consents.asks[held.purpose],
        held.first_on,
        held.last_on,
    )


def agree(
    letter: OpenLetter, *, use: UseRef, child: PersonId, asked: str, press: str = "", by: Actor, at: datetime
) -> Receipt:
    """Write down a yes under an open letter, if it would still open and its reader may decide (see `answer`)."""
    held = _live(letter, at=at)
    power = _powers(held.adult, held.children, at=at)
    _check_may_decide(power, (child,), use=use, letting_in=True)
    written = write_yes(mandate=letter.mandate, use=use, child=child, asked=asked, press=press, by=by, at=at)
    return _shown(written, held.adult)


def _live(letter: OpenLetter, *, at: datetime) -> Mandate:
    """Return what an open letter lets its reader do, or refuse one that would not open any more."""
    held = check(letter.mandate, key=load(here(), "letters"), at=at)
    if not is_live(held.letter) or severed_among(held.children, at=at):
        raise ring_us()
    return held


def _check_may_decide(
    power: Mapping[PersonId, Power],
    people: Collection[PersonId],
    *,
    use: UseRef | None = None,
    purpose: str | None = None,
    letting_in: bool,
) -> None:
    """Refuse a reader who may not say this about one of these children. The numbers are those of `answer`."""
    parties: Collection[str] = ()
    if letting_in and people and use is not None:
        parties, purpose = uses.parties(use), uses.asked(use).purpose
    for person in set(people) & set(power):  # whoever else is named is refused further on
        mine = power[person]
        if mine.is_nothing or (letting_in and not mine.decides):
            raise _may_not_decide()  # 2, 3
        if letting_in and mine.body and mine.body in parties:
            raise _own_use()  # 4
        if letting_in and purpose is not None and not mine.decides_on(purpose, parties):
            raise _may_not_decide()  # 3


def _shown(written: Receipt, adult: str) -> Receipt:
    """Write on the disk that this number is shown, after its answer is committed and before anybody sees it.

    So a kill in between leaves an answer that stands and was not shown, and never a number without its answer.
    """
    shown.write_down(here(), digest(load(here(), "letters"), adult, written.number))
    return written


def answer(
    letter: OpenLetter,
    *,
    use: UseRef | None = None,
    purpose: str | None = None,
    everything: bool = False,
    invitations: bool = False,
    keep_out: tuple[PersonId, ...] = (),
    leave_in: tuple[PersonId, ...] = (),
    receipt: str = "",
    press: str = "",
    by: Actor,
    at: datetime,
) -> Receipt:
    """Write down an answer under an open letter, if it would still open: `beholden.choices.actions.answer`.

    The plan: 1 the letter is live, and no child in it was severed since; 2 a child is kept out by every reader who may
    see, decide or be contacted about her at this moment: a no protects, whoever says it; 3 she is let in, which undoes
    a no too, only by who may decide about her, in this matter; 4 no body lets her into a use that it asks for or
    receives (D15). A body's *leave in* of a kind of use, or of all, is written down; where the use is its own, the gate
    does not count it.
    """
    held = _live(letter, at=at)  # 1
    power = _powers(held.adult, held.children, at=at)
    _check_may_decide(power, keep_out, use=use, purpose=purpose, letting_in=False)
    _check_may_decide(power, leave_in, use=use, purpose=purpose, letting_in=True)
    written = write_down(
        mandate=letter.mandate,
        use=use,
        purpose=purpose,
        everything=everything,
        invitations=invitations,
        keep_out=keep_out,
        leave_in=leave_in,
        receipt=receipt,
        press=press,
        by=by,
        at=at,
    )
    return _shown(written, held.adult)


def _may_not_decide() -> Refusal:
    return Refusal(
        "rights.may_not_decide",
        "Somebody else decides for this child.",
        next_step="Ring us if you think that this is wrong, and a person looks at it with you.",
        authority="D14, D35",
    )


def _own_use() -> Refusal:
    return Refusal(
        "rights.own_use",
        "Your organisation asks for these records itself, so it cannot answer for the child.",
        next_step="Nothing. Another adult with responsibility is asked, or the child; else she is left out.",
        authority="D15",
    )


@dataclass(frozen=True, slots=True)
class Answered:
    """What was said about one child under one number. `undone_from` is the day from which it is taken back, or None."""

    child: Child
    answer: Answer | Permission
    undone_from: datetime | None


@dataclass(frozen=True, slots=True)
class EarlierAnswer:
    """One answer as its number shows it: at which scope it stands, since when, and about whom in this letter."""

    scope: Scope
    use: UseRef | None
    purpose: str | None
    about: str
    at: datetime
    children: tuple[Answered, ...]


def earlier_answer(
    letter: OpenLetter, *, number: str, catalogue: Catalogue, by: Actor, at: datetime
) -> EarlierAnswer:
    """Return what was answered under a number by the adult of an open letter; else refuse `choices.number_unknown`."""
    mandate = check(letter.mandate, key=load(here(), "letters"), at=at)
    given = choices.given_under(number, adult=mandate.adult, children=mandate.children)
    wait = timedelta(days=catalogue.limits.undo_days)
    said, undone = dict(given.answers), dict(given.undone_at)
    return EarlierAnswer(
        scope=given.scope,
        use=UseRef(given.target) if given.scope is Scope.USE else None,
        purpose=given.target if given.scope is Scope.PURPOSE else None,
        about=_about(given.scope, given.target, catalogue),
        at=given.at,
        children=tuple(
            Answered(
                child,
                said[child.person],
                undone[child.person] + wait if child.person in undone else None,
            )
            for child in letter.children
            if child.person in said
        ),
    )


def _about(scope: Scope, target: str, catalogue: Catalogue) -> str:
    match scope:
        case Scope.USE:
            return uses.public_use(target, catalogue).title
        case Scope.PURPOSE:
            return catalogue.purpose(target).label
        case Scope.CONTACT | Scope.ALL:
            return ""
