# SPDX-License-Identifier: Apache-2.0
"""What one school records of one pupil for the spring return: support, suspensions and attendance.

A record follows from the seed, the school and the child's number alone, so it can be made again at any time
and needs not be kept. Codes are those of the 2026 collection; rates are rough and invented, no table was
copied.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from beholden.town.calendar import REFERENCE_DATE, TERM_BEGAN, TERM_ENDED, age, school_day, sessions_between
from beholden.town.dice import Dice
from beholden.town.folk import Child, Stay
from beholden.town.schools import YEARS


def _codes(text: str) -> tuple[str, ...]:
    return tuple(text.split())


SEN_TYPES = ("SPLD", "MLD", "SLD", "PMLD", "SEMH", "SLCN", "HI", "VI", "MSI", "PD", "ASD", "OTH")
SUSPENSION_REASONS = _codes("PP PA VP VA OW BU RA LG DS SM DA DM TH DB MT PH")

ATTENDANCE_CODES = _codes(r"/ \ B C C1 C2 D E G I J1 K L M N O P Q R S T U V W X Y1 Y2 Y3 Y4 Y5 Y6 Y7 Z #")
"""The codes of SI 2024/208 regulation 10 as the return of 2026 writes them; H, J and Y are retired."""

NOT_POSSIBLE = frozenset(_codes("D Q X Y1 Y2 Y3 Y4 Y5 Y6 Y7 Z #"))
"""Codes that are recorded and are no possible attendance, so that they are not in SessionsPossible."""

_RARE = _codes("B C C1 C2 K N P Q R T V Y1 Y2 Y3 Y4 Y6 Y7")
_SENIOR = ("W", "J1", "S", "Y5")  # work experience, interview, study leave, criminal justice
_SENIOR_FROM = YEARS.index("10")
_INFANTS = YEARS.index("2")
_YOUTH_SUPPORT_FROM = YEARS.index("7")


@dataclass(frozen=True, slots=True)
class Suspension:
    """One suspension, with up to three reasons; `sessions` is how many half-days it lasted."""

    category: str
    reasons: tuple[str, ...]
    began: date
    sen: str
    sessions: int


@dataclass(frozen=True, slots=True)
class Record:
    """What the school adds to what the family told. `sessions` pairs each attendance code used with its count."""

    yssa: str  # empty: not asked at this age
    previously_looked_after: str
    young_carer: str
    lunch: bool | None  # None: asked of infants only
    top_up: bool
    status: str
    sen: str
    needs: tuple[str, ...]  # first the primary need
    unit: bool
    resourced: bool
    suspensions: tuple[Suspension, ...]
    sessions_possible: int | None  # None: attendance is not asked at this age
    sessions: tuple[tuple[str, int], ...]


def has_attendance(born: date) -> bool:
    """Answer whether attendance is asked: from age 5 on census day to age 15 before the school year (rule 2470)."""
    return age(born, on=REFERENCE_DATE) >= 5 and age(born, on=date(2025, 8, 31)) <= 15  # noqa: PLR2004


def record(child: Child, stay: Stay, *, seed: int) -> Record:
    """Return the record of a child at the school whose roll it is on."""
    dice = Dice(seed, "record", stay.laestab, child.number)
    year = YEARS.index(child.year)
    sen = dice.weigh((("N", 0.81), ("K", 0.14), ("E", 0.05)))
    needs = () if sen == "N" else _needs(dice)
    # Every three-hundredth child is taught at two schools; the other one is outside this town.
    status = "M" if child.number % 300 == 150 else "C"  # noqa: PLR2004
    attends = has_attendance(child.born)
    suspensions = _suspensions(dice, year, stay, sen) if attends else ()
    suspended = sum(s.sessions for s in suspensions)
    sessions = _sessions(dice, child, stay, seed, dual=status == "M", suspended=suspended) if attends else ()
    return Record(
        yssa=_youth_support(dice, child) if year >= _YOUTH_SUPPORT_FROM else "",
        previously_looked_after=dice.weigh((("N", 0.985), ("A", 0.007), ("G", 0.005), ("C", 0.003))),
        young_carer=dice.weigh((("N", 0.985), ("P", 0.01), ("S", 0.005))),
        lunch=dice.chance(0.85) if year <= _INFANTS else None,
        top_up=sen == "E" and dice.chance(0.6),
        status=status,
        sen=sen,
        needs=needs,
        unit=sen == "E" and dice.chance(0.1),
        resourced=sen == "E" and dice.chance(0.1),
        suspensions=suspensions,
        sessions_possible=sum(n for code, n in sessions if code not in NOT_POSSIBLE) if attends else None,
        sessions=sessions,
    )


def _youth_support(dice: Dice, child: Child) -> str:
    # A family that refuses one question is asked the next in vain: SNR, sought, no reply.
    if child.ethnicity == "REFU":
        return "SNR"
    return dice.weigh((("Yes", 0.55), ("No", 0.12), ("UNS", 0.27), ("SNR", 0.06)))


def _needs(dice: Dice) -> tuple[str, ...]:
    first = dice.pick(SEN_TYPES)
    second = dice.pick(SEN_TYPES)
    return (first, second) if second != first and dice.chance(0.3) else (first,)


def _suspensions(dice: Dice, year: int, stay: Stay, sen: str) -> tuple[Suspension, ...]:
    if not dice.chance(0.03 if year >= _YOUTH_SUPPORT_FROM else 0.004):
        return ()
    since = max(stay.entered, TERM_BEGAN + timedelta(days=7))
    if since > TERM_ENDED - timedelta(days=21):
        return ()
    began = school_day(since + timedelta(days=dice.below((TERM_ENDED - since).days - 14)))
    reasons = {dice.pick(SUSPENSION_REASONS) for _ in range(dice.between(1, 3))}
    lunch = dice.chance(0.05)
    sessions = 1 if lunch else dice.between(1, 10)
    ordered = tuple(reason for reason in SUSPENSION_REASONS if reason in reasons)
    return (Suspension("LNCH" if lunch else "SUSP", ordered, began, sen, sessions),)


def _sessions(
    dice: Dice, child: Child, stay: Stay, seed: int, *, dual: bool, suspended: int
) -> tuple[tuple[str, int], ...]:
    """Spread the half-days of the term over the codes; what no other code takes is present, morning or afternoon."""
    left = sessions_between(stay.entered, TERM_ENDED)
    counts: dict[str, int] = {}
    for code, wanted in _marks(dice, child, stay, seed, dual=dual, suspended=suspended):
        given = min(wanted, left)
        if given:
            counts[code] = counts.get(code, 0) + given
            left -= given
    if left:
        counts["/"] = (left + 1) // 2
    if left > 1:
        counts["\\"] = left // 2
    return tuple((code, counts[code]) for code in ATTENDANCE_CODES if code in counts)


def _marks(
    dice: Dice, child: Child, stay: Stay, seed: int, *, dual: bool, suspended: int
) -> tuple[tuple[str, int], ...]:
    whole_term = stay.entered <= TERM_BEGAN + timedelta(days=7)
    year = YEARS.index(child.year)
    not_yet_compulsory = year == 0
    usual = (
        ("E", suspended),
        ("#", 2 * Dice(seed, "closures", stay.laestab).between(1, 3) if whole_term else 0),
        ("Z", 0 if whole_term else dice.between(2, 6)),
        ("D", 40 if dual else 0),
        ("X", dice.between(2, 20) if not_yet_compulsory and dice.chance(0.3) else 0),
        ("I", dice.tail(6 if child.fsm_since else 4, top=60)),
        ("M", dice.between(1, 3) if dice.chance(0.4) else 0),
        ("O", dice.tail(3, top=60) if dice.chance(0.12) else 0),
        ("G", dice.between(2, 10) if dice.chance(0.05) else 0),
        ("U", dice.tail(2, top=20) if dice.chance(0.08) else 0),
        ("L", dice.tail(3, top=30) if dice.chance(0.35) else 0),
    )
    rare = []
    if child.number % 5 == 0:
        rare.append((_RARE[child.number // 5 % len(_RARE)], dice.between(1, 4)))
    if year >= _SENIOR_FROM and dice.chance(0.25):
        rare.append((dice.pick(_SENIOR), dice.between(1, 6)))
    return (*usual, *rare)
