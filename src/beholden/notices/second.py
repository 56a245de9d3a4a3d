# SPDX-License-Identifier: Apache-2.0
"""The second step from a letter to a record: the second code, and the own code that it is exchanged for (U1, D35).

The letter goes by hand or post; the second code goes to the phone or e-mail that the school holds, or by hand to the
adult in person. Who only found the letter lacks it. It works once. Who uses it gets an own code, seen on one screen and
nowhere else: from then on the school, which carried both, opens nothing; and had it been quicker, the adult would find
the second code used, and be told to ring.

Runs in the keeper's process alone. Writes these two tables and no other.
"""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from beholden.catalogue import Catalogue
from beholden.home import here
from beholden.home.keys import load
from beholden.kinds import Actor
from beholden.notices.models import OwnCode, SecondCode
from beholden.notices.rules import (
    CODE_SIGNS,
    check_unlocked,
    code_from,
    second_not_opened,
    second_used,
    typed_second,
)
from beholden.people.signs import SIGNS
from beholden.people.tries import Tries, after_a_miss


def exchange(*, letter: UUID, adult: str, code: str, catalogue: Catalogue, by: Actor, at: datetime) -> str:
    """Take a second code, once, and return the adult's new own code; an own code is taken too, and "" returned.

    The plan: 1 a slip is told apart; 2 whoever tried too often is locked out, also from the right code; 3 the adult's
    own code opens, whatever letter it is typed with; 4 this letter's second code opens if it was never used, and is
    used up with the same stroke that makes the own code: killed between, neither happened; 5 the right code used before
    says so, because then somebody must ring; 6 anything else is counted, also across the refusal. Refuses with
    `notices.second_mistyped`, `notices.too_many_tries`, `notices.ring_us`, `notices.second_used`,
    `notices.second_not_opened`.
    """
    signs = typed_second(code)  # 1
    key = load(here(), "letters")
    with transaction.atomic():
        held = _held(letter)
        check_unlocked(_tries(held), most=catalogue.limits.letter_tries, at=at)  # 2
        if _is_own(key, adult, signs):  # 3
            return ""
        if hmac.compare_digest(held.code, second_digest(key, letter, signs)):
            if held.used_at is not None:
                raise second_used()  # 5
            return _own(key, held, adult, at=at)  # 4
        _miss(held, catalogue, at=at)  # 6
    raise second_not_opened()


def check_own(*, letter: UUID, adult: str, code: str, catalogue: Catalogue, by: Actor, at: datetime) -> None:
    """Refuse a code that is not the adult's own. Each page of a record asks again; tries count as in `exchange`."""
    signs = typed_second(code)
    key = load(here(), "letters")
    with transaction.atomic():
        held = _held(letter)
        check_unlocked(_tries(held), most=catalogue.limits.letter_tries, at=at)
        if _is_own(key, adult, signs):
            return
        _miss(held, catalogue, at=at)
    raise second_not_opened()


def _held(letter: UUID) -> SecondCode:
    found = SecondCode.objects.select_for_update().filter(pk=letter).first()
    if found is None:
        raise second_not_opened()
    return found


def _tries(held: SecondCode) -> Tries:
    return Tries(held.tries, held.locked_until)


def _is_own(key: bytes, adult: str, signs: str) -> bool:
    held = OwnCode.objects.filter(pk=adult).values_list("code", flat=True).first()
    return held is not None and hmac.compare_digest(held, _own_digest(key, adult, signs))


def _own(key: bytes, held: SecondCode, adult: str, *, at: datetime) -> str:
    made = draw(CODE_SIGNS)
    OwnCode.objects.update_or_create(
        adult=adult, defaults={"code": _own_digest(key, adult, made), "made_at": at}
    )
    held.used_at = at
    held.save(update_fields=["used_at"])
    return made


def _miss(held: SecondCode, catalogue: Catalogue, *, at: datetime) -> None:
    limits = catalogue.limits
    missed = after_a_miss(
        _tries(held), most=limits.letter_tries, wait=timedelta(minutes=limits.letter_wait_minutes), at=at
    )
    held.tries, held.locked_until = missed.count, missed.locked_until
    held.save(update_fields=["tries", "locked_until"])


def draw(signs: int) -> str:
    """Draw a code of so many signs, its check sign included."""
    return code_from((secrets.randbelow(len(SIGNS)) for _ in range(signs - 1)), signs=signs)


def second_digest(key: bytes, letter: UUID, code: str) -> str:
    """Return what stands for a letter's second code in the database."""
    return hmac.digest(
        key, b"beholden/letter/v1/second\n" + letter.bytes + code.encode(), hashlib.sha256
    ).hex()


def _own_digest(key: bytes, adult: str, code: str) -> str:
    return hmac.digest(key, b"beholden/letter/v1/own\n" + f"{adult}\n{code}".encode(), hashlib.sha256).hex()
