# SPDX-License-Identifier: Apache-2.0
"""Says for one child what the gate's set expression says for everybody. No clock, no database, no engine.

This is the naive twin: slow, obvious, and read by people. `expression.py` must agree with it on every world that
Hypothesis can think of. Flags and what they do at an exit are the catalogue's data, not ours.
"""

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from beholden.catalogue import Catalogue, Flag, Limits
from beholden.gate.blur import error, tosses
from beholden.kinds import Actor, PersonId, Role
from beholden.refusals import Refusal

IN_LIST = frozenset({Flag.OBJECTED, Flag.HIDDEN, Flag.RESTRICTED, Flag.PAST_RETENTION})
"""Flags that a child bears by standing in a list."""

NOT_IN_LIST = frozenset({Flag.NOT_TOLD, Flag.NOT_AGREED, Flag.NO_KEY})
"""Flags that a child bears by not standing in a list (of those told, of those who agreed, of those with a key)."""

LEFT = ("releasing", "released")
"""The states of a handover that may have left: what was let go, and what a killed run may have let go."""

_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class World:
    """Everything one decision weighs: who is in scope, and one list for each flag."""

    scope: tuple[PersonId, ...]
    lists: Mapping[Flag, frozenset[PersonId]]


def flags_of(person: PersonId, world: World) -> frozenset[Flag]:
    """Return every reason that speaks against one child, not only the first."""
    borne = set()
    for flag in Flag:
        if flag not in world.lists:
            raise missing_list(flag)
        listed = person in world.lists[flag]
        if listed if flag in IN_LIST else not listed:
            borne.add(flag)
    return frozenset(borne)


def naive(world: World, removes: Iterable[Flag]) -> tuple[frozenset[PersonId], Mapping[frozenset[Flag], int]]:
    """Return who is released, and how many children bear each combination of flags."""
    out = frozenset(removes)
    released, combinations = set(), dict[frozenset[Flag], int]()
    for person in world.scope:
        borne = flags_of(person, world)
        combinations[borne] = combinations.get(borne, 0) + 1
        if not borne & out:
            released.add(person)
    return frozenset(released), combinations


def missing_list(flag: Flag) -> Refusal:
    """A reason that cannot be computed refuses everything: unknown is never *no reason*."""
    return Refusal(
        "gate.flag_missing",
        f"It is not known who is {flag.value.replace('_', ' ')}, so nothing is released.",
        next_step="Complete the decision's lists and decide again.",
        authority="ARCHITECTURE section 4: a NULL flag refuses",
    )


@dataclass(frozen=True, slots=True)
class Waterfall:
    """How a scope became a release, in the words a registrar may see."""

    scope: int
    families_said_no: (
        int  # children; 0 where fewer than the smallest published count, who are then among the others
    )
    other_reasons: int
    released: int


def waterfall(
    combinations: Mapping[frozenset[Flag], int], removes: Iterable[Flag], *, smallest: int
) -> Waterfall:
    """Return the steps from scope to release.

    *Kept safe* is never a step of its own at any size: it stands with *not told* and the rest. A *no* of fewer families
    than the smallest published count joins them too, so that nobody can be counted out (ux.md, picture 2).
    """
    out = frozenset(removes)
    scope = sum(combinations.values())
    released = sum(count for borne, count in combinations.items() if not borne & out)
    said_no = sum(
        count for borne, count in combinations.items() if Flag.OBJECTED in borne and Flag.OBJECTED in out
    )
    other = scope - released - said_no
    if said_no < smallest:
        said_no, other = 0, said_no + other
    return Waterfall(scope, said_no, other, released)


def check_told_floor(told: int, scope: int, *, floor_percent: int) -> None:
    """Refuse a release to everybody when too few were told: below the floor the telling has failed (D6, D9)."""
    if scope and told * 100 < scope * floor_percent:
        raise Refusal(
            "gate.too_few_told",
            f"Fewer than {floor_percent} in 100 of the children concerned were told, so nobody's record is used.",
            next_step="Tell families again, and open a new window.",
            authority="D6; UK GDPR Art 5(1)(a)",
        )


def public_left_out(scope: int, released: int, *, secret: bytes, limits: Limits) -> int | None:
    """Return the one public figure of who was left out: large scopes only (else None), blurred and rounded (D13)."""
    return _blurred(scope - released, scope, secret=secret, limits=limits)


def public_untold(
    combinations: Mapping[frozenset[Flag], int], removes: Iterable[Flag], *, secret: bytes, limits: Limits
) -> int | None:
    """Return the public figure of who was not told and is in all the same, under a named authority (D6).

    Blurred with an error of its own: beside *left out* and the telling's figures it tells nothing for certain of a *no*
    among those who were not told.
    """
    own = hmac.digest(secret, b"beholden/untold/v1\n", hashlib.sha256)
    return _blurred(untold_in(combinations, removes), sum(combinations.values()), secret=own, limits=limits)


def untold_in(combinations: Mapping[frozenset[Flag], int], removes: Iterable[Flag]) -> int:
    """Return how many were not told and are in all the same."""
    out = frozenset(removes)
    return sum(count for borne, count in combinations.items() if Flag.NOT_TOLD in borne and not borne & out)


def _blurred(count: int, scope: int, *, secret: bytes, limits: Limits) -> int | None:
    """Return an exact count as the public may have it.

    The plan: 1 nothing is said of a scope below the floor; 2 a random error is added, of which the secret is the only
    source (`blur`); 3 what comes of it is rounded to the nearest step; 4 it is cut to what a scope can leave out. Steps
    3 and 4 look at nothing but the blurred count, so they tell nothing that it does not.
    """
    if scope < limits.left_out_scope_floor:  # 1
        return None
    step = limits.left_out_rounding
    blurred = count + error(tosses(secret, percent=limits.left_out_blur_percent))  # 2
    rounded = (blurred + step // 2) // step * step  # 3
    return min(max(rounded, 0), scope - scope % step)  # 4


def check_role(by: Actor, role: Role) -> None:
    """Refuse whoever does not act in the role that this step of the gate belongs to."""
    if by.role is not role:
        raise Refusal(
            "gate.role",
            f"Only the {role.value} may do this at the gate.",
            next_step=f"Ask the {role.value}.",
            authority="D18; UK GDPR Art 32(4)",
        )


def not_yours() -> Refusal:
    """One answer for whoever may not see a record: the reason is for a person to tell."""
    return Refusal(
        "gate.not_yours",
        "We cannot show you this record here.",
        next_step="Ring us, and a person looks at it with you.",
        authority="D35; UK GDPR Art 12(6)",
    )


def check_duty(duty: str, catalogue: Catalogue, *, on: date) -> None:
    """Refuse a duty for which the catalogue does not open the urgent exit, or that is overdue for review (D39, D46)."""
    purpose = catalogue.purposes.get(duty)
    if purpose is None or not purpose.allowed or "urgent" not in purpose.exits or purpose.review_on <= on:
        raise Refusal(
            "gate.duty",
            "This is no duty for which a child's record may be opened at once.",
            next_step="Name the duty as the catalogue does. A letter from the police is none: it needs an order.",
            authority="D22, D46; ARCHITECTURE section 4",
        )


def check_urgent_cap(done: int, *, most: int) -> None:
    """Refuse one more urgent exit of one officer within a day (D46)."""
    if done >= most:
        raise Refusal(
            "gate.urgent_cap",
            f"You have opened {done} records in this way within a day, which is the most.",
            next_step="Ask another officer who is appointed for this. All of yours are reviewed.",
            authority="D46; catalogue limit urgent_per_day",
        )


def review_due(on: date) -> date:
    """Return the next working day, Monday to Friday: by its end an urgent exit of a day is reviewed."""
    due = on + timedelta(days=1)
    while due.weekday() >= _SATURDAY:
        due += timedelta(days=1)
    return due
