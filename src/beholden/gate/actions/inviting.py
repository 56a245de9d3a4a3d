# SPDX-License-Identifier: Apache-2.0
"""Passes a letter on without an address: schools carry one line for every pupil, families read here if it is for them.

The school must not learn who is invited, so its list is its own roll and nothing else. The asker gets nothing at all.
A family reads the letter behind its own code, which the school does not have; who opened a letter only reads there what
every family reads.
"""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from beholden.catalogue import Catalogue
from beholden.choices.queries import Own, asked_by, own_word
from beholden.gate import post, sets
from beholden.gate.actions.heeding import decides
from beholden.gate.actions.weighing import is_still_in
from beholden.gate.asking import is_known, questions, refusable
from beholden.gate.check import public_log
from beholden.gate.models import Disclosure
from beholden.gate.rules import check_role
from beholden.gate.ways import CONTACT
from beholden.home import here, keys
from beholden.kinds import Actor, PersonId, Role, UseRef
from beholden.ledger.actions import propose
from beholden.notices.queries import schools_written_by
from beholden.people.queries import check_enrolled
from beholden.refusals import Refusal
from beholden.register import actions as register
from beholden.uses.queries import AskedUse, asked
from beholden.uses.rules import HELD, OVER
from beholden.uses.rules.invitation import Invitation

KIND = "post"
"""How the name of a file ends that is passed on."""


def rolls_of(use: AskedUse, *, by: Actor, at: datetime) -> Mapping[str, tuple[str, ...]]:
    """Return, of a letter that is passed on, for each school that fetched letters the numbers on its own roll.

    Nothing that a family said, and no flag, changes a line of it: whoever was kept out is on the list like all (D13).
    """
    if use.exit != CONTACT:
        return {}
    wanted = use.population
    return {
        school: register.numbers_on_roll(
            school,
            collection=wanted.collection,
            term=wanted.term,
            year=wanted.year,
            school_years=wanted.school_years,
            by=by,
            at=at,
        )
        for school in schools_written_by(use.ref)
    }


def say_passed_on(disclosure: str, *, by: Actor, at: datetime) -> None:
    """Log that a letter is being passed on: nobody else can, because the asker gets nothing to recompute.

    Said once, when the lists are there for schools. Of every other way out this says nothing.
    """
    check_role(by, Role.REGISTRAR)
    with transaction.atomic():
        held = Disclosure.objects.select_for_update().get(pk=disclosure)
        if held.outcome is not None or held.state != "released":
            return
        if asked(UseRef(held.header["use"])).exit != CONTACT:
            return
        seq = public_log().intent(disclosure).body.seq
        body = {"id": disclosure, "outcome": "delivered", "recomputed": None, "seq": seq}
        held.outcome = propose(log="handovers", kind="outcome", body=body, by=by, at=at)
        held.save(update_fields=["outcome"])


def destroy_keys(*, by: Actor, at: datetime) -> int:
    """Destroy the key of every letter that nobody passes on again; return how many. The keeper's process does it.

    It was called off, its use was taken back or stopped for good, or the use's last day is over: from then on nobody
    opens its lists, not even from a copy of the file.
    """
    gone = 0
    for one in Disclosure.objects.order_by("pk"):  # a build that was cut off has a key and no file
        name = post.key_name(one.id)
        if keys.exists(here(), name) and _is_over(one, at):
            keys.destroy(here(), name)
            gone += 1
    return gone


def _is_over(one: Disclosure, at: datetime) -> bool:
    use = asked(UseRef(one.header["use"]))
    return one.state == "withdrawn" or use.state in OVER or use.ends_on < at.date()


# --- for schools ---


@dataclass(frozen=True, slots=True)
class Pack:
    """What one school passes on for one use: the same line for each of its pupil numbers, whoever is invited."""

    use: UseRef
    line: str
    numbers: tuple[str, ...] = field(repr=False)

    def as_csv(self) -> str:
        """Return the list as CSV (RFC 4180): pupil number, and the line that goes to that family."""
        text = io.StringIO()
        table = csv.writer(text)
        table.writerow(("pupil number", "pass this on"))
        table.writerows((number, self.line) for number in self.numbers)
        return text.getvalue()


def waiting(school: str, *, by: Actor, at: datetime) -> tuple[UseRef, ...]:
    """Return the uses of which a school has post to pass on today, newest first."""
    _check_school(school, by)
    mine = (one for one, use in _running(at) if school in _opened(one, use).rolls)
    return tuple(UseRef(one.header["use"]) for one in mine)


def take(ref: UseRef, school: str, *, by: Actor, at: datetime) -> Pack:
    """Give a school its own list of one use, or refuse. It may fetch it again, while the use runs."""
    _check_school(school, by)
    for one, use in _running(at):
        if use.ref == ref:
            rolls = _opened(one, use).rolls
            if school in rolls:
                return Pack(ref, post.LINE, rolls[school])
    raise Refusal(
        "gate.no_post",
        "There is no post of this use for your school to pass on.",
        next_step="Look at what waits for your school. After a use's last day nothing is passed on.",
        authority="D16, D25",
    )


# --- for families ---


@dataclass(frozen=True, slots=True)
class Letter:
    """What one family reads of one use that wrote to families: the letter, or that there is none for its child.

    `own` is what this reader said about it. Nobody else's word is in it, and no other reason (U5).
    """

    use: UseRef
    on: datetime
    invitation: Invitation | None
    own: Own


def letters_for(
    person: PersonId, adult: str, *, catalogue: Catalogue, by: Actor, at: datetime
) -> tuple[Letter, ...]:
    """Return of every letter that is passed on now, and whose scope has this person, what this reader may read of it.

    The plan: 1 what was released, runs today, and is what the rules in force know: of what they do not, no family reads
    (D7); 2 the person is in its scope; 3 this reader may decide about it: what is an able child's alone is hers to
    read, and not her guardians' (D15); 4 the person was in, and would still be: a no, a flag or a yes that ended since
    takes the letter away at once (D11, D35), and where a yes is needed, it is this very reader's own: a letter by
    another adult's yes would tell that there is one (U5); 5 what this reader said.
    """
    reader = (person, adult)
    found = []
    for one, use in _running(at):
        if one.logged_at is None or not is_known(use, asked_by(use.ref), catalogue):  # 1
            continue
        if not sets.holds(sets.read(one.decision.scope), person.bytes):  # 2
            continue
        is_in = (
            decides(reader, use, catalogue, by=by, at=at)  # 3
            and sets.holds(sets.read(one.decision.released), person.bytes)  # 4
            and is_still_in(use, reader, one.decision.registry, catalogue, by=by, at=at)
        )
        own = own_word(
            questions(use, can_refuse=refusable(use, catalogue)),
            person,
            adult,
            wait=catalogue.limits.undo_days,
            at=at,
        )
        found.append(Letter(use.ref, one.logged_at, use.invitation if is_in else None, own))  # 5
    return tuple(found)


def _running(at: datetime) -> tuple[tuple[Disclosure, AskedUse], ...]:
    """Return every letter that is passed on at a moment: it went, its use stands, and its last day is not over."""
    rows = Disclosure.objects.filter(state="released", file__endswith=f".{KIND}")
    held = rows.select_related("decision__scope", "decision__released", "decision__registry")
    with_use = ((one, asked(UseRef(one.header["use"]))) for one in held.order_by("-logged_at"))
    return tuple((one, use) for one, use in with_use if use.state in HELD and at.date() <= use.ends_on)


def _opened(one: Disclosure, use: AskedUse) -> post.Post:
    key = keys.load(here(), post.key_name(one.id))
    opened = post.unseal((here().post / one.file).read_bytes(), key=key, list_id=one.id)
    if opened.invitation != use.invitation:
        raise Refusal(
            "gate.post",
            "The letter is not the one that was agreed.",
            next_step="Run `beholden fsck`, and pass nothing on meanwhile.",
            authority="D16, D18",
        )
    return opened


def _check_school(school: str, by: Actor) -> None:
    check_role(by, Role.SCHOOL)
    check_enrolled(by)
    if by.organisation != school:
        raise Refusal(
            "gate.not_this_school",
            "Only a school's own system may fetch what it passes on.",
            next_step="Sign in for that school.",
            authority="UK GDPR Art 5(1)(f)",
        )
