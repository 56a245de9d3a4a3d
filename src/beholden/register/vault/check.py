# SPDX-License-Identifier: Apache-2.0
"""Checks the vault against itself: slots, blobs, look-ups. Every function here runs inside `keeper()`.

What leaves is counts, slot numbers and proof seeds: no name, no number, no birth date, and no key. Nothing is
written: not even a slot file where there is none.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from cryptography.exceptions import InvalidTag

from beholden.home import here
from beholden.home.keys import load
from beholden.kinds import PersonId
from beholden.refusals import Refusal
from beholden.register.checked import Asked, Counts, Fault, Page, Spare
from beholden.register.lent import ProofSeed
from beholden.register.rules import Evidence, Match
from beholden.register.vault.models import Lookup, Person, Question
from beholden.register.vault.people import COLUMNS, NUMBER, NUMBER_AND_BIRTH
from beholden.register.vault.placing import of_numbers
from beholden.register.vault.seal import digest_of_number, digest_of_number_and_birth, unseal
from beholden.register.vault.slots import WIDTH, Slots


def page(after: PersonId | None, size: int) -> Page:
    """Check the next people after one. What must hold for each:

    1 the slot's key opens; 2 every blob opens under it and holds exactly its columns, and the place in the lists of
    keys is this very number's, or is still to be looked at (D27); 3 both look-ups that number and birth date give lead
    to this person. That there are no others is seen by counting (`lookups`).
    """
    rows = Person.objects.order_by("id")
    rows = rows[:size] if after is None else rows.filter(pk__gt=after)[:size]
    held = list(rows)
    keys = _keys([row.slot for row in held])
    faults: list[tuple[Fault, int]] = []
    wanted: dict[tuple[str, bytes, UUID], int] = {}
    placed: list[tuple[str, bytes, int]] = []
    for row in held:
        if row.slot not in keys:  # 1
            faults.append((Fault.KEY, row.slot))
            continue
        try:  # 2
            seed = _seed(row, keys[row.slot])
            digests, number = _read(row, keys[row.slot])
            if seed.number not in {None, number}:
                raise ValueError("a place of another number")
            if row.placed and not seed.placed:
                raise ValueError("marked as placed, and would never be")
        except (InvalidTag, ValueError, KeyError, TypeError):
            faults.append((Fault.BLOB, row.slot))
            continue
        wanted |= {(scheme, digest, row.pk): row.slot for scheme, digest in digests.items()}
        if seed.number is not None:
            placed.append((seed.number, seed.label_seed, row.slot))
    for at, (_, said, slot) in zip(of_numbers([number for number, *_ in placed]), placed, strict=True):
        faults += [] if at == said else [(Fault.BLOB, slot)]
    there = _there([digest for _, digest, _ in wanted])
    faults += [(Fault.LOOKUP, slot) for key, slot in wanted.items() if key not in there]  # 3
    return Page(PersonId(held[-1].pk) if held else None, len(held), tuple(faults))


def seeds(after: PersonId | None, size: int) -> tuple[PersonId | None, tuple[ProofSeed, ...]]:
    """Return the last of the next people after one, and their proof seeds. What does not open is absent."""
    held = _next(after, size)
    keys = _keys([row.slot for row in held])
    found: list[ProofSeed] = []
    for row in held:
        try:
            found.append(_seed(row, keys[row.slot]))
        except (InvalidTag, ValueError, KeyError, TypeError):
            continue
    return PersonId(held[-1].pk) if held else None, tuple(found)


def sound_seeds(after: PersonId | None, size: int) -> tuple[ProofSeed, ...]:
    """Return the proof seeds of the next people after one, or refuse if one is not sound: nobody may be missing."""
    held = _next(after, size)
    keys = _keys([row.slot for row in held])
    try:
        return tuple(_seed(row, keys[row.slot]) for row in held)
    except (InvalidTag, ValueError, KeyError, TypeError) as damaged:
        raise seed_damaged() from damaged


def seed_damaged() -> Refusal:
    """Say that not everybody's seed opens: who is left out of a list must not be left out by damage."""
    return Refusal(
        "register.seed_damaged",
        "Somebody's proof seed cannot be opened, or is not sound.",
        next_step="Run `beholden fsck`, which names the slot, and restore vault and slot file from a backup.",
        authority="UK GDPR Art 32(1)(b)",
    )


def _next(after: PersonId | None, size: int) -> list[Person]:
    rows = Person.objects.only("id", "slot", "proof").order_by("id")
    return list(rows[:size] if after is None else rows.filter(pk__gt=after)[:size])


def _keys(slots: Sequence[int]) -> Mapping[int, bytes]:
    """Return the keys that open; one that does not is absent, and hides no other."""
    home = here()
    if not home.slots.is_file():
        return {}
    file = Slots(home.slots, load(home, "vault"))
    try:
        return file.keys(list(slots))
    except Refusal:
        pass
    found: dict[int, bytes] = {}
    for slot in slots:
        try:
            found |= file.keys([slot])
        except Refusal:
            continue
    return found


def _read(row: Person, key: bytes) -> tuple[Mapping[str, bytes], str]:
    """Open everything of one person but the proof seed; return the digest of each look-up, and the pupil number."""
    person = PersonId(row.pk)
    said: dict[str, str | None] = {}
    for group, names in COLUMNS.items():
        values = unseal(key, person, group, bytes(getattr(row, group)))
        if set(values) != set(names):
            raise ValueError("a blob holds other columns than its group has")
        said |= values
    if row.contacts is not None:
        unseal(key, person, "contacts", bytes(row.contacts))
    number, born = str(said["upn"]), date.fromisoformat(str(said["birth_date"]))
    lookup = load(here(), "lookup")
    digests = {
        NUMBER: digest_of_number(lookup, number),
        NUMBER_AND_BIRTH: digest_of_number_and_birth(lookup, number, born),
    }
    return digests, number


def _seed(row: Person, key: bytes) -> ProofSeed:
    person = PersonId(row.pk)
    return ProofSeed.opened(person, unseal(key, person, "proof", bytes(row.proof)))


def _there(digests: Sequence[bytes]) -> frozenset[tuple[str, bytes, UUID]]:
    rows = Lookup.objects.filter(digest__in=digests).values_list("scheme", "digest", "person_id")
    return frozenset((scheme, bytes(digest), person) for scheme, digest, person in rows)


def counts() -> Counts:
    """Count the vault."""
    last = Person.objects.order_by("-slot").values_list("slot", flat=True).first()
    return Counts(Person.objects.count(), Lookup.objects.count(), -1 if last is None else last)


def spare_slots() -> Spare:
    """Look at the slots that nobody is named by: what a crash or an erasure leaves."""
    home = here()
    size = home.slots.stat().st_size if home.slots.is_file() else 0
    unused = destroyed = torn = 0
    for first in range(0, size // WIDTH, 5_000):
        stop = min(first + 5_000, size // WIDTH)
        named = set(Person.objects.filter(slot__gte=first, slot__lt=stop).values_list("slot", flat=True))
        spare = [slot for slot in range(first, stop) if slot not in named]
        opened = _keys(spare) if spare else {}
        blank = _blank([slot for slot in spare if slot not in opened])
        unused, destroyed = unused + len(opened), destroyed + blank
        torn += len(spare) - len(opened) - blank
    return Spare(unused, destroyed, torn, size % WIDTH)


def _blank(slots: Sequence[int]) -> int:
    with here().slots.open("rb") as file:
        found = 0
        for slot in slots:
            file.seek(slot * WIDTH)
            found += file.read(WIDTH) == bytes(WIDTH)
    return found


def missing(people: Sequence[PersonId]) -> frozenset[PersonId]:
    """Return those among these ids whom the vault does not know."""
    known = set(Person.objects.filter(pk__in=people).values_list("pk", flat=True))
    return frozenset(person for person in people if person not in known)


def questions() -> tuple[Asked, ...]:
    """Return every question; a sound one was raised by a rule, again, or by hand, about two different records.

    A decided one names evidence of the closed list, and was not decided before it was asked.
    """
    rules, evidence = (
        {Match.ASK.value, Match.AGAIN.value, Match.ALIKE.value},
        {"", *(one.value for one in Evidence)},
    )
    return tuple(
        Asked(
            row.receipt,
            row.asked_at,
            row.rule in rules
            and row.person_id != row.candidate_id
            and row.evidence in evidence
            and (bool(row.receipt) or row.rule != Match.ASK.value)
            and (row.decided_at is None or row.decided_at >= row.asked_at),
            again=row.rule == Match.AGAIN.value,
        )
        for row in Question.objects.order_by("pk").iterator(chunk_size=1_000)
    )
