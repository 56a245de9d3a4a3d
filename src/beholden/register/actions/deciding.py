# SPDX-License-Identifier: Apache-2.0
"""Decides whether two records are one child. A rule only asks; a person decides, and can be asked again (D14, D32)."""

from datetime import datetime

from beholden.kinds import Actor, PersonId
from beholden.refusals import Refusal
from beholden.register.joined import Joined
from beholden.register.lent import InQuestion, Settled
from beholden.register.rules import Evidence, check_registrar
from beholden.register.vault import questions
from beholden.register.vault.wall import keeper, one_at_a_time

LATELY = 20
"""So many decisions are listed, the newest first: enough to find the number of one that was wrong."""


def waiting(*, by: Actor, at: datetime) -> tuple[InQuestion, ...]:
    """Return every question that waits for a decision, and what agrees between its records. No value is in it."""
    check_registrar(by)
    with keeper():
        return tuple(questions.waiting())


def one_waiting(question: int, *, by: Actor, at: datetime) -> InQuestion:
    """Return one of them, and what agrees between its records; refuse with `register.no_question`."""
    check_registrar(by)
    with keeper():
        found = questions.asked(question)
    if found is None:
        raise _no_question()
    return found


def how_many_wait(*, by: Actor, at: datetime) -> int:
    """Return how many of them wait. No record is opened for it."""
    check_registrar(by)
    with keeper():
        return questions.how_many_wait()


def settled(*, by: Actor, at: datetime) -> tuple[Settled, ...]:
    """Return what was decided last, the newest first, by the numbers under which it can be asked again."""
    check_registrar(by)
    with keeper():
        return tuple(questions.settled(LATELY))


def pair(question: int, *, by: Actor, at: datetime) -> tuple[PersonId, PersonId]:
    """Name the two records of a question that waits; refuse with `register.no_question`."""
    check_registrar(by)
    with keeper():
        found = questions.pair(question)
    if found is None:
        raise _no_question()
    return found


def decide(question: int, *, same: bool, evidence: Evidence, by: Actor, at: datetime) -> None:
    """Write down whether two records are one child, and by what this was seen (D14, D32; UK GDPR Art 5(1)(d)).

    The plan: 1 the registrar, by evidence of a closed list; 2 nobody enters people meanwhile; 3 the question waits
    still; 4 the line. From the commit on neither record is restricted for this. Where they are one child, every *no*
    and every flag about the one counts for the other too, wherever the gate asks (the stricter stands); nothing about
    the one is shown to whoever sees the other.
    """
    check_registrar(by)  # 1
    with keeper():
        one_at_a_time()  # 2
        done = questions.decide(question, same=same, evidence=evidence.value, by=by.ref, at=at)  # 3, 4
    if not done:
        raise _no_question()


def ask_again(question: int, *, by: Actor, at: datetime) -> int:
    """Doubt what was decided: both records are restricted again until somebody decides. Returns the new number.

    What was decided counts meanwhile, so that no *no* is lost while people look.
    """
    check_registrar(by)
    with keeper():
        one_at_a_time()
        again = questions.ask_again(question, at=at)
    if again is None:
        raise Refusal(
            "register.not_decided",
            "Nothing was decided under this number, or it is asked again already.",
            next_step="Look at what waits: beholden record questions",
            authority="UK GDPR Art 5(1)(d)",
        )
    return again


def joined(*, by: Actor, at: datetime) -> Joined:
    """Lend the gate which records are one child, so that the stricter choice stands (D14)."""
    with keeper():
        return questions.joined()


def _no_question() -> Refusal:
    return Refusal(
        "register.no_question",
        "No question about two records waits under this number.",
        next_step="Look at what waits: beholden record questions",
        authority="UK GDPR Art 5(1)(d)",
    )
