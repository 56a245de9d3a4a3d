# SPDX-License-Identifier: Apache-2.0
"""Writes letters, opens them, and keeps who was reached. The only writer of this room.

The code in a letter is the key: what the family will see is sealed under it, and only a keyed digest of it is kept.
So the doors, which open letters, need neither the vault nor its keys.
"""

import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

import rfc8785
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import transaction

from beholden.catalogue import Catalogue
from beholden.home import here
from beholden.home.keys import load
from beholden.kinds import Actor, PersonId, UseRef
from beholden.ledger.actions import propose
from beholden.ledger.entries import tens
from beholden.notices.models import Letter, Run
from beholden.notices.rules import (
    CODE_SIGNS,
    REACHES,
    SIGNS,
    Delivered,
    Tries,
    after_a_miss,
    check_unlocked,
    code_from,
    typed,
)
from beholden.people.mandate import LASTS, Mandate, grant
from beholden.refusals import Refusal


@dataclass(frozen=True, slots=True)
class NamedChild:
    """One child as a letter names it: first name only. `born` is never stored in clear."""

    person: PersonId
    name: str
    born: date


@dataclass(frozen=True, slots=True)
class Adult:
    """One adult by the school's own opaque handle, and the children this adult may decide for."""

    handle: str
    children: tuple[NamedChild, ...]


@dataclass(frozen=True, slots=True)
class Opened:
    """What an open letter gives: a mandate to answer, the adult (opaque), the use, the children's first names."""

    letter: UUID
    adult: str
    mandate: str
    use: UseRef
    children: tuple[tuple[PersonId, str], ...]


@transaction.atomic
def open_run(use: UseRef, *, answer_by: datetime, by: Actor, at: datetime) -> None:
    """Begin one telling about one use. A use is told once; a changed use is a new one (D7)."""
    if Run.objects.filter(use=use).exists():
        raise Refusal(
            "notices.told_already",
            "Families have been told about this use.",
            next_step="A change of purpose, item or recipient is a new use.",
            authority="D7",
        )
    Run.objects.create(use=use, made_at=at, answer_by=answer_by)


@transaction.atomic
def write_letters(
    use: UseRef, school: str, adults: tuple[Adult, ...], *, by: Actor, at: datetime
) -> tuple[tuple[str, str], ...]:
    """Return one code for each adult handle, and keep only what the code unseals.

    The codes are handed to the school's own system and exist nowhere else. Asking again for an adult who has a letter
    replaces it: the old code dies.
    """
    run = _run(use)
    key = load(here(), "letters")
    codes: list[tuple[str, str]] = []
    fresh: list[Letter] = []
    for adult in adults:
        code = code_from(secrets.randbelow(len(SIGNS)) for _ in range(CODE_SIGNS - 1))
        letter = uuid4()
        fresh.append(
            Letter(
                id=letter,
                run=run,
                school=school,
                adult=_adult(key, school, adult.handle),
                code=_digest(key, b"code", code.encode()),
                children=[str(child.person) for child in adult.children],
                sealed=_seal(key, letter, code, adult.children),
            )
        )
        codes.append((adult.handle, code))
    Letter.objects.filter(run=run, adult__in=[letter.adult for letter in fresh]).delete()
    Letter.objects.bulk_create(fresh, batch_size=2_000)
    return tuple(codes)


@transaction.atomic
def report_delivery(
    use: UseRef, school: str, facts: tuple[tuple[str, Delivered], ...], *, by: Actor, at: datetime
) -> int:
    """Write down what a school says became of its letters; return how many it knows. Delivery facts only (D13)."""
    run = _run(use)
    key = load(here(), "letters")
    known = 0
    for state in Delivered:
        handles = [_adult(key, school, handle) for handle, fact in facts if fact is state]
        if state is not Delivered.NOTHING_YET and handles:
            known += Letter.objects.filter(run=run, school=school, adult__in=handles).update(
                delivered=state.value, delivered_at=at
            )
    return known


@transaction.atomic
def close_run(use: UseRef, *, audience: int, by: Actor, at: datetime) -> tuple[int, int]:
    """End the carrying of letters; return (told, audience) and hand the banded figures to the events log."""
    run = _run(use)
    if run.closed_at is not None:
        raise Refusal(
            "notices.run_closed",
            "This telling is over.",
            next_step="Look at its figures on the page of the use.",
            authority="D9",
        )
    run.closed_at = at
    run.save()
    reached: set[str] = set()
    for children in run.letters.filter(delivered__in=[state.value for state in REACHES]).values_list(
        "children", flat=True
    ):
        reached.update(children)
    body = {"audience": tens(audience), "told": tens(len(reached)), "use": use}
    propose(log="events", kind="notice", body=body, by=by, at=at)
    return len(reached), audience


def open_letter(*, code: str, born_on: date, catalogue: Catalogue, by: Actor, at: datetime) -> Opened:
    """Open a letter with its code and the birth date of one child named in it.

    The plan: 1 a slip is told apart from an unknown code; 2 a locked code stays locked whatever is typed; 3 the code
    unseals what it was sealed with; 4 one child's birth date agrees, else a try is counted, also across a refusal;
    5 nothing is used up: a letter opens as often as its reader likes. Refuses with `notices.code_mistyped`,
    `notices.code_unknown`, `notices.too_many_tries`, `notices.born_unknown`.
    """
    signs = typed(code)
    key = load(here(), "letters")
    with transaction.atomic():
        letter = _find(key, signs, lock=True)
        tries = Tries(letter.tries, letter.locked_until)
        check_unlocked(tries, at=at)
        held = _unseal(key, letter, signs)
        born = _digest(key, b"born", letter.id.bytes + born_on.isoformat().encode())
        agreed = any(hmac.compare_digest(born, child["born"]) for child in held)
        if agreed:
            letter.tries, letter.locked_until = 0, None
        else:
            wait = timedelta(minutes=catalogue.limits.letter_wait_minutes)
            missed = after_a_miss(tries, most=catalogue.limits.letter_tries, wait=wait, at=at)
            letter.tries, letter.locked_until = missed.count, missed.locked_until
        letter.save(update_fields=["tries", "locked_until"])
    if not agreed:
        raise Refusal(
            "notices.born_unknown",
            "No child in this letter was born on that day.",
            next_step="Look at the day, the month and the year, or ring us.",
            authority="UK GDPR Art 12(6)",
        )
    children = tuple((PersonId(UUID(child["person"])), child["name"]) for child in held)
    mandate = Mandate(letter.id, letter.adult, tuple(person for person, _ in children), at + LASTS)
    return Opened(letter.id, letter.adult, grant(mandate, key=key), UseRef(letter.run.use), children)


@transaction.atomic
def report_not_mine(*, code: str, why: str, by: Actor, at: datetime) -> None:
    """Write down that a letter reached the wrong person: it counts as returned, and asks nothing else."""
    letter = _find(load(here(), "letters"), typed(code), lock=True)
    letter.not_mine = why if why in {"moved", "never", "unknown"} else "unknown"
    letter.delivered, letter.delivered_at = Delivered.RETURNED.value, at
    letter.save(update_fields=["not_mine", "delivered", "delivered_at"])


def _run(use: UseRef) -> Run:
    found = Run.objects.select_for_update().filter(use=use).first()
    if found is None:
        raise Refusal(
            "notices.no_run",
            "Nobody is being told about this use yet.",
            next_step="Publish the use and begin to tell families.",
            authority="D6",
        )
    return found


def _find(key: bytes, signs: str, *, lock: bool) -> Letter:
    rows = Letter.objects.select_related("run")
    if lock:
        rows = rows.select_for_update(of=("self",))
    found = rows.filter(code=_digest(key, b"code", signs.encode())).first()
    if found is None:
        raise Refusal(
            "notices.code_unknown",
            "We do not know this code. Look at each letter again, or ring us.",
            next_step="Look at each letter again, or ring us.",
            authority="UK GDPR Art 12(6)",
        )
    return found


def _digest(key: bytes, use: bytes, value: bytes) -> str:
    return hmac.digest(key, b"beholden/letter/v1/" + use + b"\n" + value, hashlib.sha256).hex()


def _adult(key: bytes, school: str, handle: str) -> str:
    return _digest(key, b"adult", f"{school}\n{handle}".encode())


def _cipher(key: bytes, letter: UUID, code: str) -> AESGCM:
    return AESGCM(
        hmac.digest(key, b"beholden/letter/v1/seal\n" + letter.bytes + code.encode(), hashlib.sha256)
    )


def _seal(key: bytes, letter: UUID, code: str, children: tuple[NamedChild, ...]) -> bytes:
    inside = [
        {
            "born": _digest(key, b"born", letter.bytes + child.born.isoformat().encode()),
            "name": child.name,
            "person": str(child.person),
        }
        for child in children
    ]
    # One key seals one value once, so a nonce of noughts is safe (NIST SP 800-38D section 8: unique under its key).
    return _cipher(key, letter, code).encrypt(bytes(12), rfc8785.dumps(inside), letter.bytes)


def _unseal(key: bytes, letter: Letter, code: str) -> list[dict[str, str]]:
    plain = _cipher(key, letter.id, code).decrypt(bytes(12), bytes(letter.sealed), letter.id.bytes)
    inside: list[dict[str, str]] = json.loads(plain)
    return inside
