# SPDX-License-Identifier: Apache-2.0
"""Decides who in the register a pupil in a return is, and whose return it may be. No clock, no database.

Ordered rules, stopping at the first that speaks: pupil number and birth date agree: the same person. The number alone
agrees: it may be a slip or another child, so a person decides, and until then both are restricted. Neither: new.
"""

import hashlib
import hmac
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from beholden.catalogue import Answer, Item, Kind, Store
from beholden.kinds import Actor, PersonId, Role
from beholden.refusals import Refusal


class Match(StrEnum):
    """What the rules say about one pupil."""

    SAME = "number and birth date"
    ASK = "number alone"
    NEW = "new"
    AGAIN = "asked again"  # no rule: a registrar doubts what was decided
    ALIKE = "looks alike"  # no return: the register was looked through, and a registrar asks


@dataclass(frozen=True, slots=True)
class Identified:
    """A pupil's place in the register: which rule spoke, and whom it found."""

    match: Match
    person: PersonId | None


def identify(with_birth: Sequence[PersonId], by_number: Sequence[PersonId]) -> Identified:
    """Return who a pupil is, from the people found under number-and-birth-date and under the number alone.

    Two people under one number and birth date is not ours to settle: it is asked, like a number that stands alone.
    """
    if len(with_birth) == 1:
        return Identified(Match.SAME, with_birth[0])
    if with_birth:
        return Identified(Match.ASK, with_birth[0])
    if by_number:
        return Identified(Match.ASK, by_number[0])
    return Identified(Match.NEW, None)


def agree(one: str | None, other: str | None) -> bool | None:
    """Say whether two records say the same, as it is read: in one spelling of Unicode, with no spaces or capitals.

    None where one of them says nothing.
    """
    left, right = (
        "".join(unicodedata.normalize("NFKC", said or "").split()).casefold() for said in (one, other)
    )
    return left == right if left and right else None


def opaque_school(school: str, *, key: bytes) -> str:
    """Return the name under which the public log speaks of a school: the same each time, and not its number.

    Keyed, because there are only some ten thousand numbers, and whoever hashed them all would know every school.
    """
    return hmac.digest(key, b"beholden/school/v2\n" + school.encode(), hashlib.sha256).hex()[:16]


def commitment(salt: bytes, digest: str) -> str:
    """Return how the log commits to a file, in hex: SHA-256(salt32 || SHA-256 of its bytes)."""
    return hashlib.sha256(salt + bytes.fromhex(digest)).hexdigest()


BRINGS_FOR_OTHERS = frozenset({Role.REGISTRAR, Role.KEEPER})
"""Who may bring any school's file: the register's own desk, by hand or from the command line."""


def check_sender(by: Actor) -> None:
    """Refuse whoever brings a return and is neither a school nor the register's own desk."""
    if by.role in BRINGS_FOR_OTHERS or (by.role is Role.SCHOOL and by.organisation):
        return
    raise Refusal(
        "register.sender",
        "Only a school, for itself, or the register's own desk hands a return in.",
        next_step="Sign in for the school, or bring the file to the registrar.",
        authority="UK GDPR Art 5(1)(f), 32(4)",
    )


def is_own(by: Actor, school: str) -> bool:
    """Say whether somebody may bring this school's file: a school its own, the register's desk any."""
    return by.role in BRINGS_FOR_OTHERS or (by.role is Role.SCHOOL and by.organisation == school)


def filed_under(by: Actor, school: str) -> str:
    """Return under which school a file is filed: a school's files are its own, whatever they say inside."""
    return by.organisation if by.role is Role.SCHOOL else school


def birthday(born: date, age: int) -> date:
    """Return the day on which somebody reaches an age: 1 March, where 29 February is missing in that year."""
    try:
        return born.replace(year=born.year + age)
    except ValueError:
        return date(born.year + age, 3, 1)


# --- corrections ---

Scalar = str | int | bool | None
"""What a corrected value is, as JSON has it: a day stands as ISO text."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands: one census, and the school whose return says it."""

    collection: str
    term: str
    year: int
    school: str


class Verdict(StrEnum):
    """What came of saying that a value is wrong."""

    PUT_RIGHT = "put_right"
    DISPUTED = "disputed"  # the value stands, and the family's statement with it


class Evidence(StrEnum):
    """What a registrar looked at. A closed list: no words about a child stand here."""

    DOCUMENT = "document"  # a birth certificate, an order, a school report
    SCHOOL = "school"  # the school says so
    FAMILY = "family"  # the family's own word, where it is theirs to give
    OWN_RECORD = "own_record"  # the register says otherwise elsewhere


def check_registrar(by: Actor) -> None:
    """Refuse whoever is not the registrar: nobody else puts a value right, or decides about two records."""
    if by.role is not Role.REGISTRAR:
        raise Refusal(
            "register.role",
            "Only the registrar puts a value right, writes down that a family disagrees, or decides about two records.",
            next_step="Bring what shows it to the registrar.",
            authority="D30; UK GDPR Art 16",
        )


_LONGEST_TEXT = 200


def check_correctable(item: Item) -> None:
    """Refuse a fact that is no single value of a row: who somebody is, and counts by code, come from the school."""
    if item.store is not Store.ROWS or item.type not in {Kind.STRING, Kind.WHOLE, Kind.BOOL, Kind.DATE}:
        raise _not_correctable("This fact is not put right here.", "Ask the school to send its return again.")


def check_value(item: Item, value: Scalar) -> None:
    """Refuse a value that this fact could not have had in a return.

    What must hold: 1 nothing at all only where the law does not compel an answer: that is how an answer is taken back;
    2 the type is the fact's own; 3 a code is one of the fact's codes, a refusal and *not asked yet* among them.
    """
    if value is None:
        if item.answer is Answer.COMPULSORY:  # 1
            raise _not_correctable("This fact cannot be left without an answer.", "Give the right answer.")
        return
    fits = {
        Kind.STRING: isinstance(value, str) and 0 < len(value) <= _LONGEST_TEXT,
        Kind.WHOLE: isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**31,
        Kind.BOOL: isinstance(value, bool),
        Kind.DATE: isinstance(value, str) and _is_day(value),
    }
    if not fits[item.type]:  # 2
        raise _not_correctable("This is no value of this fact.", "Look at the fact's type in the catalogue.")
    if item.codes and value not in {*item.codes, *item.no_answer}:  # 3
        raise _not_correctable("This code is none of this fact's.", "Look at its codes in the catalogue.")


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _not_correctable(sentence: str, next_step: str) -> Refusal:
    return Refusal(
        "register.correction", sentence, next_step=next_step, authority="D30; UK GDPR Art 5(1)(d), 16"
    )


def check_statement(words: str, *, most: int) -> None:
    """Refuse a statement that says nothing, or more than can be read with the value."""
    if not words.strip() or len(words) > most:
        raise Refusal(
            "register.statement",
            f"A statement has 1 to {most:,} signs.",
            next_step="Say in a few sentences what is wrong with the value.",
            authority="D30; UK GDPR Art 16: a supplementary statement",
        )
