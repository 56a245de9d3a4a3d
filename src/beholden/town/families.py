# SPDX-License-Identifier: Apache-2.0
"""Who lives in the town: families, their adults and children, one after another from a seed.

It decides who lives with whom, who may decide for whom, which school each child attends and which number it
bears. It refuses to know what a school records of a child from day to day (`record`) and how a return is
written (`census`). Families come in a stream: a town of any size passes through the same small memory.

The first families are a *cast* with fixed parts (twins, a child who changed school in term, refused
answers, nobody to tell), so that a town of a dozen pupils already holds every situation that the register
must survive.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from beholden.town import drawing
from beholden.town.calendar import REFERENCE_DATE, YEAR_BEGAN_IN, age, school_day
from beholden.town.dice import Dice
from beholden.town.folk import Adult, Child, Family, Stay
from beholden.town.names import Community, Naming
from beholden.town.numbering import Numbering
from beholden.town.schools import YEARS, Phase, School

ULN_AGE = 14
"""From this age on census day a pupil has a learner number (rule 1570)."""


@dataclass(frozen=True, slots=True)
class _Part:
    """What is settled about a family before any name is drawn. `years`: eldest first, a repeat is a twin."""

    years: tuple[int, ...]
    home: str = "two"  # two | one | apart | blended
    reachable: bool = True
    moves: bool = False  # the eldest changed school within the term
    leaves: bool = False  # the eldest left the town within the term
    temporary: bool = False  # the youngest bears a temporary UPN
    same_school: bool = False
    answers: tuple[str, str, str] | None = None  # ethnicity, language, service child


_CAST = (
    _Part(years=(2, 2), same_school=True),
    _Part(years=(8, 3), answers=("REFU", "REF", "R")),
    _Part(years=(5,), home="one", reachable=False, answers=("NOBT", "NOT", "U")),
    _Part(years=(9, 4), leaves=True),
    _Part(years=(8,), moves=True),
    _Part(years=(5, 3, 1), home="apart", same_school=True),
    _Part(years=(10, 6), home="blended"),
    _Part(years=(0,), temporary=True),
    _Part(years=(3,), moves=True),
    _Part(years=(13, 11)),
)


def stream(*, pupils: int, seed: int, schools: tuple[School, ...]) -> Iterator[Family]:
    """Yield families until exactly this many children are on roll; equal arguments yield equal families.

    Children who left the town within the term come on top: they are on no roll and count as no pupil.
    """
    builder = _Builder(seed, schools)
    number = enrolled = 0
    while enrolled < pupils:
        family = builder.family(number, room=pupils - enrolled)
        enrolled += sum(child.roll is not None for child in family.children)
        number += 1
        yield family


class _Builder:
    """What families have in common: the schools, and which numbers were given out."""

    __slots__ = ("_adults", "_children", "_numbering", "_primaries", "_secondaries", "_seed")

    def __init__(self, seed: int, schools: tuple[School, ...]) -> None:
        self._seed = seed
        self._primaries = tuple(s for s in schools if s.phase is not Phase.SECONDARY)
        self._secondaries = tuple(s for s in schools if s.phase is not Phase.PRIMARY)
        self._numbering = Numbering()
        self._children = self._adults = 0

    def family(self, number: int, *, room: int) -> Family:
        """Return one family with at most `room` children on roll; where room is short, without the youngest."""
        dice = Dice(self._seed, "family", number)
        part = _CAST[number] if number < len(_CAST) else _draw_part(dice, number)
        part = replace(part, years=part.years[: room + part.leaves])
        ours, theirs = drawing.communities(dice)
        name = drawing.family_name(dice, ours if part.home == "one" else theirs)
        adults = self._grown_ups(dice, part, (ours, theirs), name)
        children = self._young(dice, part, (ours, theirs), adults, name)
        numbers = tuple(child.number for child in children)
        # In a blended family the second adult is parent of the youngest only and decides for that child.
        deciding = {1: numbers[-1:]} if part.home == "blended" else {}
        adults = tuple(replace(a, decides_for=deciding.get(i, numbers)) for i, a in enumerate(adults))
        return Family(number, adults, children, part.reachable)

    def _grown_ups(
        self, dice: Dice, part: _Part, communities: tuple[Community, Community], name: str
    ) -> tuple[Adult, ...]:
        home = drawing.address(dice)
        adults: list[Adult] = []
        heads = communities[: 1 if part.home == "one" else 2]
        for place, community in enumerate(heads):
            woman = dice.chance(0.06 if place else 0.92)
            forename = dice.pick(community.girls if woman else community.boys)
            own = place < len(heads) - 1 and dice.chance(0.4)
            bears = drawing.family_name(dice, community) if own else name
            if community.naming is Naming.FATHER:
                bears = dice.pick(community.boys)
            surname = drawing.woman_bears(bears, community, woman=woman)
            address = drawing.address(dice) if place and part.home == "apart" else home
            email = "" if dice.chance(0.04) else drawing.email(forename, surname, self._adults)
            preferred = "email" if email and dice.chance(0.85) else "letter"
            adults.append(Adult(self._adults, forename, surname, address, email, preferred, ()))
            self._adults += 1
        return tuple(adults)

    def _young(
        self,
        dice: Dice,
        part: _Part,
        parents: tuple[Community, Community],
        adults: tuple[Adult, ...],
        name: str,
    ) -> tuple[Child, ...]:
        community = parents[1] if len(adults) > 1 else parents[0]
        ethnicity, language, service = part.answers or drawing.answers(dice, parents)
        meals = drawing.free_meals(dice)
        schools = self._choose_schools(dice)
        family_name = drawing.children_name(dice, community, adults, name)
        taken: set[str] = set()
        children: list[Child] = []
        for place, born in enumerate(drawing.births(dice, part.years)):
            year = part.years[place]
            sex = dice.pick("FM")
            forename = drawing.forename(dice, community, sex, taken)
            stays = self._stays(dice, part, place, year, schools)
            first = stays[0].entered
            upn, former = self._upns(dice, part, place, stays, year)
            child = Child(
                number=self._children,
                upn=upn,
                former_upn=former,
                uln=self._numbering.uln() if age(born, on=REFERENCE_DATE) >= ULN_AGE else "",
                surname=drawing.woman_bears(family_name, community, woman=sex == "F"),
                forename=forename,
                middle_names=drawing.middle_names(dice, community, sex, forename),
                preferred_surname=drawing.preferred(dice, adults, family_name),
                born=born,
                sex=sex,
                year=YEARS[year],
                stays=stays,
                address=adults[0].address,
                ethnicity=ethnicity,
                language=language,
                service_child=service,
                fsm_since=max(meals[0], first) if meals else None,
                # A child who came after the family's right had ended has a period that is still open.
                fsm_until=meals[1] if meals and meals[1] and meals[1] > first else None,
            )
            self._children += 1
            children.append(child)
        return tuple(children)

    def _choose_schools(self, dice: Dice) -> tuple[School, School]:
        place = dice.below(len(self._primaries))
        return self._primaries[place], self._secondaries[place % len(self._secondaries)]

    def _stays(
        self, dice: Dice, part: _Part, place: int, year: int, near: tuple[School, School]
    ) -> tuple[Stay, ...]:
        label = YEARS[year]
        fitting = [s for s in (*self._primaries, *self._secondaries) if s.teaches(label)]
        school = next((s for s in near if s.teaches(label)), fitting[0])
        if not part.same_school and dice.chance(0.12):
            school = dice.pick(fitting)
        leaves, moves = part.leaves and place == 0, part.moves and place == 0
        if leaves:
            school = fitting[0]  # so that the first school of a phase always has a leaver in its return
        first = YEARS.index(school.lowest) if year <= YEARS.index("11") or dice.chance(0.6) else 12
        entered = drawing.entered(dice, YEAR_BEGAN_IN - (year - first), settled=leaves or moves)
        others = [s for s in fitting if s is not school]
        if not leaves and not (moves and others):
            return (Stay(school.laestab, entered),)
        left = school_day(date(2025, 10, 6) + timedelta(days=dice.below(50)))
        stay = Stay(school.laestab, entered, left)
        if leaves:
            return (stay,)
        return stay, Stay(dice.pick(others).laestab, school_day(left + timedelta(days=dice.between(1, 9))))

    def _upns(
        self, dice: Dice, part: _Part, place: int, stays: tuple[Stay, ...], year: int
    ) -> tuple[str, str]:
        """Return UPN and former UPN: given at a child's first school, or here to a child from elsewhere."""
        from_elsewhere = dice.chance(0.06)
        if from_elsewhere:
            estab, began = stays[0].laestab[3:], stays[0].entered.year
        else:
            estab, began = dice.pick(self._primaries).estab, YEAR_BEGAN_IN - year
        temporary, changed = dice.chance(0.003), dice.chance(0.007)
        if (part.temporary and place == len(part.years) - 1) or temporary:
            return self._numbering.temporary_upn(estab=estab, year=began), ""
        upn = self._numbering.upn(estab=estab, year=began)
        return upn, self._numbering.temporary_upn(estab=estab, year=began) if changed else ""


def _draw_part(dice: Dice, number: int) -> _Part:
    eldest = dice.weigh(tuple((y, 1.0 if y <= YEARS.index("11") else 0.45) for y in range(len(YEARS))))
    years = [eldest]
    while len(years) < 6 and dice.chance((0.55, 0.28, 0.25, 0.2, 0.2)[len(years) - 1]):  # noqa: PLR2004
        gap = 0 if dice.chance(0.03) else dice.weigh(((1, 2.0), (2, 4.0), (3, 3.0), (4, 1.5), (5, 1.0)))
        if years[-1] - gap < 0:
            break  # the youngest are not yet at school
        years.append(years[-1] - gap)
    return _Part(
        years=tuple(years),
        # Counted, not drawn: in a small town a chance of one in two hundred would often be none.
        reachable=number % 200 != 2,  # noqa: PLR2004  as the third family of the cast
        home=dice.weigh((("two", 0.62), ("one", 0.22), ("apart", 0.11), ("blended", 0.05))),
        moves=dice.chance(0.006),
        leaves=dice.chance(0.005),
        same_school=dice.chance(0.8),
    )
