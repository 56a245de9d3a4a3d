# SPDX-License-Identifier: Apache-2.0
"""Writes down what a family says, and commits each day's answers in the public log. The only writer of this room.

The public sees one entry a day with a root over salted commitments, padded to a band with random ones: it binds
the keeper to what was said without telling how many said it, so a refusal is invisible (D13). A yes is bound in the
same root as a no, so nobody can tell them apart.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.db import transaction

from beholden.catalogue import Catalogue
from beholden.choices.consent import asking
from beholden.choices.consent.asking import Asked
from beholden.choices.consent.sentence import Consent
from beholden.choices.consent.standing import Giver
from beholden.choices.counting import reading
from beholden.choices.models import Answered, Committed, Day, Weighed
from beholden.choices.models import Asked as Fixed
from beholden.choices.numbers import Agreed, LeaveIn, Said, number
from beholden.choices.numbers import receipt as digest
from beholden.choices.queries import asked_by, commitment
from beholden.choices.rules import Answer, Permission, Question, Scope, scope_of, typed_number, unknown_number
from beholden.choices.turns import take_turns
from beholden.home import here
from beholden.home.keys import load
from beholden.kinds import Actor, PersonId, UseRef
from beholden.ledger import clock, tree
from beholden.ledger.actions import propose
from beholden.ledger.queries import newest
from beholden.ledger.vocabulary.terms import band
from beholden.people.adults import own_digest
from beholden.people.mandate import Mandate, check
from beholden.people.shown import NUMBER, show
from beholden.refusals import Refusal


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a family keeps: a number, and when the answer was written down (aware UTC)."""

    number: str
    at: datetime


@transaction.atomic
def answer(
    *,
    mandate: str,
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
    """Write down one adult's answer for the children of an open letter, at exactly one scope.

    The plan: 1 the mandate is ours and its minutes are not over; 2 every child named stands in it, and none in both
    lists; 3 exactly one scope; 4 the number of an earlier *no*, where one is given, is this adult's for every child to
    be left in; 5 what one press says twice is one answer, with the same receipt. Whether an earlier answer stands is
    not looked at without its number: nothing that is returned could tell (D13). A *keep out* counts at once, whatever
    the clock says; what a *leave in* does, `rules.standing` decides by its time, so none is taken by a clock that was
    set back. Refuses with `people.mandate`, `choices.children`, `choices.scope`,
    `choices.number_unknown`.
    """
    key = load(here(), "letters")
    held = check(mandate, key=key, at=at)
    _check_children(held, keep_out, leave_in)
    if leave_in:
        clock.check(at, newest())
    scope, target = scope_of(use, purpose, everything=everything, invitations=invitations)
    take_turns(held.adult)
    undoes = ""
    if receipt:
        undoes = digest(key, held.adult, typed_number(receipt))
        _check_kept_out(undoes, held.adult, (scope.value, target), leave_in)
    wanted: list[tuple[PersonId, Answer | Permission]] = [(child, Answer.KEEP_OUT) for child in keep_out]
    wanted += [(child, Answer.LEAVE_IN) for child in leave_in]
    said = Said(held.adult, scope.value, target, tuple(sorted(wanted)), undoes)
    given, mark, earlier = _number(key, said, press or held.once)
    if earlier is not None:
        return Receipt(given, earlier)
    Answered.objects.bulk_create(_row(key, held, said, child, mark, at=at) for child, _ in said.answers)
    return Receipt(given, at)


def _check_children(held: Mandate, keep_out: tuple[PersonId, ...], leave_in: tuple[PersonId, ...]) -> None:
    named = keep_out + leave_in
    if not named or len(set(named)) != len(named) or not set(named) <= set(held.children):
        raise Refusal(
            "choices.children",
            "This answer is not about the children in your letter.",
            next_step="Open your letter again and answer for each child in it.",
            authority="UK GDPR Art 12(6)",
        )


def _check_kept_out(undoes: str, adult: str, where: tuple[str, str], leave_in: tuple[PersonId, ...]) -> None:
    """Refuse a number under which these children were not kept out, just here, by this adult."""
    show(NUMBER, undoes)
    kept = Answered.objects.filter(
        receipt=undoes, adult=adult, scope=where[0], target=where[1], answer=Answer.KEEP_OUT.value
    )
    if not set(leave_in) <= set(kept.values_list("person", flat=True)):
        raise unknown_number()


def _number(key: bytes, said: Said, press: str) -> tuple[str, str, datetime | None]:
    """Return the number of what is said, what stands for it, and since when it stands if this press said it before.

    A number that was undone is spent: the same press saying it again is a new answer.
    """
    turn = 0
    while True:
        given = number(key, said, press=press, turn=turn)
        mark = digest(key, said.adult, given)
        show(NUMBER, mark)
        earlier = Answered.objects.filter(receipt=mark).values_list("at", flat=True).first()
        if earlier is None or not Answered.objects.filter(undoes=mark).exists():
            return given, mark, earlier
        turn += 1


def _row(key: bytes, held: Mandate, said: Said, child: PersonId, mark: str, *, at: datetime) -> Answered:
    is_leave_in = dict(said.answers)[child] is Answer.LEAVE_IN
    undoes = said.undoes if is_leave_in else ""
    bound = LeaveIn(child, held.adult, said.scope, said.target, at, mark, undoes, held.letter)
    return Answered(
        person=child,
        adult=held.adult,
        scope=said.scope,
        target=said.target,
        answer=dict(said.answers)[child].value,
        at=at,
        receipt=mark,
        undoes=undoes,
        seal=bound.seal(key) if is_leave_in else b"",
        letter=held.letter,
        salt=secrets.token_bytes(32),
    )


# --- a yes ---


@transaction.atomic
def ask(use: UseRef, consent: Consent, *, catalogue: Catalogue, by: Actor, at: datetime) -> Asked:
    """Fix what a use asks a yes for, once: every family reads the same words, and no later run asks in others.

    Where a later run would ask for something else, nobody is asked: a yes to the first would be none to that.
    """
    held = asked_by(use)
    if held is not None and held.consent != consent:
        raise Refusal(
            "choices.asked_otherwise",
            "Families were asked for a yes to something else than this use is now, so nobody is told.",
            next_step="A changed use asks afresh: propose it as a new one, and have families told.",
            authority="D7, D12; UK GDPR Art 4(11)",
        )
    if held is not None:
        return held
    made = asking.asked(use, consent, catalogue, at=at)
    Fixed.objects.create(
        use=use,
        consent=asking.to_json(consent),
        words=made.words,
        catalogue=made.catalogue,
        at=made.at,
        digest=made.digest,
    )
    return made


@transaction.atomic
def agree(
    *, mandate: str, use: UseRef, child: PersonId, asked: str, press: str = "", by: Actor, at: datetime
) -> Receipt:
    """Write down a yes for one child to exactly what one use asks: an adult's, or the young person's own.

    The plan: 1 the mandate is ours and its minutes are not over; 2 the child stands in it; 3 `asked` is the digest of
    what this use asks, so the words that were read are those that count; 4 it is taken by no clock that was set back;
    5 what one press says twice is one yes, with the same receipt. Whether a no stands beside it is not looked at:
    nothing that is returned could tell (D13). Taking it back is a *keep out* (`answer`), which needs no number.
    Refuses with `people.mandate`, `choices.children`, `choices.asked`.
    """
    key = load(here(), "letters")
    held = check(mandate, key=key, at=at)  # 1
    _check_children(held, (child,), ())  # 2
    fixed = asked_by(use)
    if fixed is None or fixed.digest != asked:  # 3
        raise Refusal(
            "choices.asked",
            "This is not the question that you were asked.",
            next_step="Open your letter again, and read the question.",
            authority="D12; UK GDPR Art 7(1)",
        )
    clock.check(at, newest())  # 4
    take_turns(held.adult)
    said = Said(held.adult, Scope.USE.value, use, ((child, Permission.AGREE),), "")
    given, mark, earlier = _number(key, said, press or held.once)  # 5
    if earlier is not None:
        return Receipt(given, earlier)
    giver = Giver.SELF if held.adult == own_digest(key, child) else Giver.GUARDIAN
    bound = Agreed(child, held.adult, giver.value, use, asked, at, mark, held.letter)
    Answered.objects.bulk_create(
        (
            Answered(
                person=child,
                adult=held.adult,
                scope=Scope.USE.value,
                target=use,
                answer=Permission.AGREE.value,
                at=at,
                receipt=mark,
                giver=bound.giver,
                asked=asked,
                seal=bound.seal(key),
                letter=held.letter,
                salt=secrets.token_bytes(32),
            ),
        )
    )
    return Receipt(given, at)


@transaction.atomic
def weighed(use: UseRef, questions: Sequence[Question], *, by: Actor, at: datetime) -> None:
    """Keep what the gate reads of the answers when it decides: how many, up to which row, and their digest.

    Whoever loses answers between the door and the gate can be found out by it, also much later.
    """
    read = reading(questions)
    Weighed.objects.create(
        use=use, at=at, last=read.last, answers=read.answers, digest=read.digest(use, at=at)
    )


# --- a day ---


@transaction.atomic
def close_day(day: date, *, by: Actor, at: datetime) -> int | None:
    """Commit one past day's answers in the events log, once. Returns the outbox row, or None if it was done before.

    Bound are all answers up to the day's end that no earlier day binds: one that was being written while its own day
    was closed is bound by the next. A day without answers is committed too, so that silence tells nothing.
    """
    end = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1)
    if at < end:
        raise Refusal(
            "choices.day_open",
            "This day is not over yet.",
            next_step="Close it after midnight, UTC.",
            authority="ARCHITECTURE section 5",
        )
    if Day.objects.filter(day=day).exists():
        return None
    rows = list(Answered.objects.filter(committed__isnull=True, at__lt=end).order_by("id"))
    padded_to = band(len(rows))
    leaves = [commitment(row) for row in rows]
    leaves += [secrets.token_bytes(tree.HASH_BYTES) for _ in range(padded_to - len(leaves))]
    leaves.sort()
    root = tree.root(leaves).hex()
    body = {"band": padded_to, "day": day.isoformat(), "root": root}
    outbox = propose(log="events", kind="choices", body=body, by=by, at=at)
    made = Day.objects.create(day=day, band=padded_to, root=root, leaves=b"".join(leaves), outbox=outbox)
    Committed.objects.bulk_create((Committed(answered=row, day=made) for row in rows), batch_size=5_000)
    return outbox
