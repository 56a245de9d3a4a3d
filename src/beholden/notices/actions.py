# SPDX-License-Identifier: Apache-2.0
"""Writes letters, opens them, and keeps who was reached. The only writer of this room.

The code in a letter is the key: what the family will see is sealed under it, and only a keyed digest of it is kept.
So the doors, which open letters, need neither the vault nor its keys.
"""

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

import rfc8785
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from beholden.catalogue import Catalogue
from beholden.home import here
from beholden.home.keys import load
from beholden.kinds import Actor, PersonId, UseRef
from beholden.ledger.actions import propose
from beholden.ledger.vocabulary.terms import tens
from beholden.notices.models import Letter, Run, SecondCode
from beholden.notices.queries import OPENS, told
from beholden.notices.rules import (
    CODE_SIGNS,
    SECOND_SIGNS,
    WHY_NOT_MINE,
    Delivered,
    check_code_length,
    check_unlocked,
    not_opened,
    replaces,
    ring_us,
    strictest,
    typed,
)
from beholden.notices.second import draw, second_digest
from beholden.people.adults import adult_digest
from beholden.people.mandate import LASTS, Mandate, grant
from beholden.people.tries import Tries, after_a_miss
from beholden.refusals import Refusal


@dataclass(frozen=True, slots=True)
class NamedChild:
    """One child as a letter names it: first name only. `born` is never stored in clear."""

    person: PersonId
    name: str
    born: date = field(repr=False)


@dataclass(frozen=True, slots=True)
class Adult:
    """One adult by the school's own opaque handle, and the children this adult may decide for.

    `also_born`: birth dates of children of this adult whom the letter must not name. They open it like the others, so
    that no family is told that its own child's birth date is wrong; they show nothing. `known_as`: the digest of a
    child who gets a letter of her own; empty: the digest of the handle.
    """

    handle: str
    children: tuple[NamedChild, ...]
    also_born: tuple[date, ...] = ()
    known_as: str = ""


@dataclass(frozen=True, slots=True)
class Opened:
    """What an open letter gives: a mandate to answer, the adult (opaque), the use, the children's first names."""

    letter: UUID
    adult: str
    mandate: str
    use: UseRef
    children: tuple[tuple[PersonId, str], ...]


@dataclass(frozen=True, slots=True)
class Written:
    """What a school's system gets for one adult: the letter's code, and the second code, which goes another way."""

    handle: str
    code: str
    second: str


@transaction.atomic
def open_run(
    use: UseRef, *, number: int = 1, answer_by: datetime, catalogue: Catalogue, by: Actor, at: datetime
) -> None:
    """Begin one telling about one use. A use is told once in each of its runs; a changed use is a new one (D7).

    The days that each family is to have are written down with it, so that a later catalogue changes no telling.
    """
    check_code_length(catalogue.limits.letter_code_length)
    try:
        with transaction.atomic():
            Run.objects.create(
                use=use,
                number=number,
                made_at=at,
                answer_by=answer_by,
                window_days=catalogue.limits.objection_window_days,
            )
    except IntegrityError as trouble:
        raise Refusal(
            "notices.told_already",
            "Families have been told about this use, or are being told.",
            next_step="A change of purpose, item or recipient is a new use.",
            authority="D7",
        ) from trouble


@transaction.atomic
def write_letters(
    use: UseRef, school: str, adults: tuple[Adult, ...], *, by: Actor, at: datetime
) -> tuple[Written, ...]:
    """Return two codes for each adult handle: the letter's, and the second. Keep only what the first unseals.

    The codes are handed to the school's own system and exist nowhere else. Every adult gets a second code, asked for or
    not: so nobody who carries one learns who wants to see a record. Asking again for an adult who has a letter
    of this school replaces it: the old code dies, unless its school has said that it was carried (`queries.is_live`).
    What another school wrote to the same young person stands.
    """
    run = _run(use)
    _check_going_on(run, at)
    key = load(here(), "letters")
    known = [adult.known_as or adult_digest(key, school, adult.handle) for adult in adults]
    if len({adult.handle for adult in adults}) != len(adults) or len(set(known)) != len(known):
        raise Refusal(
            "notices.handle_twice",
            "One adult stands in this list twice.",
            next_step="Name each adult once, with all the pupils this adult may decide for.",
            authority="UK GDPR Art 5(1)(d)",
        )
    written: list[Written] = []
    fresh: list[Letter] = []
    seconds: list[SecondCode] = []
    for adult, known_as, code in zip(adults, known, _new_codes(key, len(adults)), strict=True):
        letter = uuid4()
        fresh.append(
            Letter(
                id=letter,
                run=run,
                school=school,
                adult=known_as,
                handle=adult_digest(key, school, adult.handle),
                code=_digest(key, b"code", code.encode()),
                children=[child.person for child in adult.children],
                sealed=_seal(key, letter, code, adult),
            )
        )
        second = draw(SECOND_SIGNS)
        seconds.append(SecondCode(letter_id=letter, code=second_digest(key, letter, second)))
        written.append(Written(adult.handle, code, second))
    standing = Letter.objects.filter(run=run, school=school, replaced_at__isnull=True)
    standing.filter(adult__in=[letter.adult for letter in fresh]).update(replaced_at=at)
    Letter.objects.bulk_create(fresh, batch_size=2_000)
    SecondCode.objects.bulk_create(seconds, batch_size=2_000)
    return tuple(written)


def _new_codes(key: bytes, count: int) -> list[str]:
    """Return codes that no letter has: of ten million letters, two would else meet in one telling out of four."""
    found: dict[str, str] = {}
    while len(found) < count:
        drawn = [draw(CODE_SIGNS) for _ in range(count - len(found))]
        codes = {_digest(key, b"code", code.encode()): code for code in drawn}
        taken = set(Letter.objects.filter(code__in=list(codes)).values_list("code", flat=True))
        found |= {digest: code for digest, code in codes.items() if digest not in taken}
    return list(found.values())


@transaction.atomic
def report_delivery(
    use: UseRef, school: str, facts: tuple[tuple[str, Delivered], ...], *, by: Actor, at: datetime
) -> int:
    """Write down what a school says became of its letters; return how many of the adults it knows (D13).

    The moment that counts is ours, when we hear it, so nobody can say afterwards that it was in time. Once the telling
    is over, only *returned* is heard: it takes away and never adds. What families said of a letter shows nowhere here.
    """
    run = _run(use)
    words = _words(load(here(), "letters"), school, facts)
    if any(word is not Delivered.RETURNED for word in words.values()):
        _check_going_on(run, None)
    known: set[str] = set()
    changed: list[Letter] = []
    named = Q(handle__in=list(words)) | Q(handle="", adult__in=list(words))
    theirs = Q(run=run) | Q(run__use=use) & ~Q(
        delivered=""
    )  # also what earlier runs were told by, if it comes back
    for letter in Letter.objects.select_for_update().filter(named, theirs, school=school):
        reported_as = letter.handle or letter.adult
        known.add(reported_as)
        said, held = words[reported_as], Delivered(letter.delivered)
        # A report speaks of the letter that stands. That post came back is true of the adult's earlier letters too.
        stands = letter.replaced_at is None and letter.run_id == run.pk
        is_meant = stands or (said is Delivered.RETURNED and held)
        if is_meant and replaces(said, held):
            letter.delivered, letter.delivered_at = said.value, at
            changed.append(letter)
    Letter.objects.bulk_update(changed, ["delivered", "delivered_at"], batch_size=2_000)
    return len(known)


def _words(key: bytes, school: str, facts: Iterable[tuple[str, Delivered]]) -> Mapping[str, Delivered]:
    said: dict[str, list[Delivered]] = {}
    for handle, word in facts:
        said.setdefault(adult_digest(key, school, handle), []).append(word)
    return {adult: strictest(words) for adult, words in said.items()}


@transaction.atomic
def close_run(use: UseRef, *, among: frozenset[PersonId], by: Actor, at: datetime) -> tuple[int, int]:
    """End the carrying of letters; return (told, audience) and hand the banded figures to the events log.

    `among` is everybody whom the use is about: the audience is how many they are, and told is how many of them were.
    """
    run = _run(use)
    _check_going_on(run, None)
    run.closed_at = at
    run.save(update_fields=["closed_at"])
    reached = len(told(use) & among)
    body = {"audience": tens(len(among)), "told": tens(reached), "use": use}
    propose(log="events", kind="notice", body=body, by=by, at=at)
    return reached, len(among)


def open_letter(*, code: str, born_on: date, catalogue: Catalogue, by: Actor, at: datetime) -> Opened:
    """Open a letter with its code and the birth date of one child of its adult.

    The plan: 1 a slip is told apart from an unknown code; 2 an unknown code and a wrong birth date get one answer; 3 a
    locked code stays locked whatever is typed; 4 a wrong date is counted, also across the refusal, and never forgotten;
    5 a letter that names nobody says so only to whoever knows a birth date; 6 nothing is used up: a letter opens as
    often as its reader likes. Refuses with `notices.code_mistyped`, `notices.not_opened`, `notices.too_many_tries`,
    `notices.ring_us`.
    """
    signs = typed(code)
    key = load(here(), "letters")
    with transaction.atomic():
        letter = _lettered(key, signs).filter(OPENS).first()
        held = [] if letter is None else _tried(key, letter, signs, born_on, catalogue, at=at)
    if letter is None or not held:
        raise not_opened()
    children = tuple((PersonId(UUID(child["person"])), child["name"]) for child in held if "person" in child)
    if not children:
        raise ring_us()
    mandate = Mandate(letter.id, letter.adult, tuple(person for person, _ in children), at + LASTS)
    return Opened(letter.id, letter.adult, grant(mandate, key=key), UseRef(letter.run.use), children)


def _tried(
    key: bytes, letter: Letter, code: str, born_on: date, catalogue: Catalogue, *, at: datetime
) -> list[dict[str, str]]:
    """Return what a letter holds if the birth date is of one of its children; else count the try and return nothing."""
    limits, tries = catalogue.limits, Tries(letter.tries, letter.locked_until)
    check_unlocked(tries, most=limits.letter_tries, at=at)
    held = _unseal(key, letter, code)
    born = _digest(key, b"born", letter.id.bytes + born_on.isoformat().encode())
    if any([hmac.compare_digest(born, child["born"]) for child in held]):  # noqa: C419  looks at all, for equal time
        return held
    wait = timedelta(minutes=limits.letter_wait_minutes)
    missed = after_a_miss(tries, most=limits.letter_tries, wait=wait, at=at)
    letter.tries, letter.locked_until = missed.count, missed.locked_until
    letter.save(update_fields=["tries", "locked_until"])
    return []


@transaction.atomic
def report_not_mine(*, code: str, why: str, by: Actor, at: datetime) -> None:
    """Write down that a letter reached the wrong person: it reached nobody then, whatever its school says of it.

    The first reason stands. An unknown code gets the same silence as a known one, so that nobody learns which there
    are; a slip in it is refused by its check sign (`notices.code_mistyped`). The letter still opens: whoever merely
    holds it must not be able to take the answer from whom it is for.
    """
    letter = _lettered(load(here(), "letters"), typed(code)).filter(not_mine="").first()
    if letter is not None:
        letter.not_mine = why if why in WHY_NOT_MINE else "unknown"
        letter.save(update_fields=["not_mine"])


def _run(use: UseRef) -> Run:
    found = Run.objects.select_for_update().filter(use=use).order_by("-number").first()
    if found is None:
        raise Refusal(
            "notices.no_run",
            "Nobody is being told about this use yet.",
            next_step="Publish the use and begin to tell families.",
            authority="D6",
        )
    return found


def _check_going_on(run: Run, at: datetime | None) -> None:
    """Refuse once the telling was ended, or (where a moment is given) once nobody could answer a letter any more."""
    if run.closed_at is not None or (at is not None and at > run.answer_by):
        raise Refusal(
            "notices.run_closed",
            "This telling is over.",
            next_step="Look at its figures on the page of the use.",
            authority="D6, D9",
        )


def _lettered(key: bytes, signs: str) -> QuerySet[Letter]:
    """The letter of a code, locked, with no more of its row than a door needs: not its school, not its children."""
    rows = Letter.objects.select_related("run").select_for_update(of=("self",))
    return rows.filter(code=_digest(key, b"code", signs.encode())).only(*_DOORS_NEED)


_DOORS_NEED = ("id", "adult", "sealed", "tries", "locked_until", "not_mine", "run__use")


def _digest(key: bytes, use: bytes, value: bytes) -> str:
    return hmac.digest(key, b"beholden/letter/v1/" + use + b"\n" + value, hashlib.sha256).hex()


def _cipher(key: bytes, letter: UUID, code: str) -> AESGCM:
    return AESGCM(
        hmac.digest(key, b"beholden/letter/v1/seal\n" + letter.bytes + code.encode(), hashlib.sha256)
    )


def _seal(key: bytes, letter: UUID, code: str, adult: Adult) -> bytes:
    def born(day: date) -> str:
        return _digest(key, b"born", letter.bytes + day.isoformat().encode())

    inside = [
        {"born": born(child.born), "name": child.name, "person": str(child.person)}
        for child in adult.children
    ]
    inside += [{"born": born(day)} for day in adult.also_born]
    # One key seals one value once, so a nonce of noughts is safe (NIST SP 800-38D section 8: unique under its key).
    return _cipher(key, letter, code).encrypt(bytes(12), rfc8785.dumps(inside), letter.bytes)


def _unseal(key: bytes, letter: Letter, code: str) -> list[dict[str, str]]:
    plain = _cipher(key, letter.id, code).decrypt(bytes(12), bytes(letter.sealed), letter.id.bytes)
    inside: list[dict[str, str]] = json.loads(plain)
    return inside
