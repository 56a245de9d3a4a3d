# SPDX-License-Identifier: Apache-2.0
"""What a pack says of who may decide for a child: until when guardians do, and what school biometrics need.

Reads no register and judges no child: `beholden.biometrics` weighs, with these words and under this law.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from beholden.catalogue.law import Authority


class LifeEvent(StrEnum):
    """What can pass a guardian's power to the young person before the age does."""

    POSTSECONDARY = "postsecondary"  # attends a college, at any age


@dataclass(frozen=True, slots=True)
class GuardiansEnd:
    """From when nobody decides for a person any more: from an age, or from the first of some events.

    No return states such an event yet, so the register goes by the age alone: `events` says what the law has beside it.
    """

    age: int
    events: tuple[LifeEvent, ...]
    authority: Authority

    def has_come_by(self, born: date, on: date) -> bool:
        """Say whether whoever was born on one day has had the birthday of the age by another."""
        return (born.year + self.age, born.month, born.day) <= (on.year, on.month, on.day)


class PowerSays(StrEnum):
    """What one line about power may say of one adult, one body or the child herself."""

    HOLDS = "holds"  # has parental responsibility
    RESTRICTED = "restricted"  # an order takes a part of it away
    LIFTED = "lifted"  # what orders took before is given back
    ENDED = "ended"  # has it no longer
    ABLE = "able"  # the child was judged able to decide for herself
    NOT_ABLE = "not-able"  # that judgement is taken back


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing that a line about power may rest on, and which lines; `of_body`: those about a body, not a person.

    `bodies`: the kinds of organisation that may hold power by it, in lower case, as they are enrolled; else nobody.
    """

    name: str
    label: str
    supports: tuple[PowerSays, ...]
    of_body: bool
    bodies: tuple[str, ...]
    authority: Authority


@dataclass(frozen=True, slots=True)
class Able:
    """A country's rule of children who decide for themselves: nobody is judged able who is younger than an age."""

    from_age: int
    authority: Authority


class Bar(StrEnum):
    """Every reason for which a child's biometrics may not be used at school."""

    NOT_A_CHILD = "not-a-child"
    NOBODY_NAMED = "nobody-named"
    NOT_NOTIFIED = "not-notified"
    NO_CONSENT = "no-consent"
    OBJECTION = "objection"
    CHILD_REFUSES = "child-refuses"


@dataclass(frozen=True, slots=True)
class BarNote:
    """What one reason is: in words, what to do about it, and under which law."""

    bar: Bar
    says: str
    what_to_do: str
    authority: Authority


@dataclass(frozen=True, slots=True)
class Ground:
    """One reason, named by the law, for which a school need not notify or ask one parent."""

    name: str
    label: str
    authority: Authority


@dataclass(frozen=True, slots=True)
class Biometrics:
    """A country's law of biometrics at school. A pack without one allows none."""

    until_age: int
    authority: Authority  # of the age, and of the alternative that must be there
    bars: Mapping[str, BarNote]
    grounds: Mapping[str, Ground]
