# SPDX-License-Identifier: Apache-2.0
"""Registers and requests drawn from the invented town, with the truth beside them: who each record of a request is.

A request has members of the register, strangers (of another town), and brothers, sisters and twins of members whom the
register does not hold: the hardest case, because all but the given name is the member's. Brothers, sisters and twins
have a name that others of the register bear. *Alike* twins have one that nobody bears and no table holds, one letter
from the member's (`twins`): half of them are asked about without their sex.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from beholden.linkage import names
from beholden.linkage.people import Person, person
from beholden.linkage.spellings import is_known
from beholden.town import build
from beholden.town.dice import Dice
from beholden.town.names import COMMUNITIES
from matching.errors import Written, written
from matching.twins import ALIKE

CHILDREN_A_SCHOOL = 900


@dataclass(frozen=True, slots=True)
class Child:
    """One child of a town as the register has it, with the community whose names it bears."""

    values: Written
    origin: str


@dataclass(frozen=True, slots=True)
class World:
    """A register, a request, and for each record of the request whose it is (empty: nobody's) and its kind."""

    register: list[Person]
    request: list[Person]
    truth: dict[str, str]
    kinds: dict[str, str]
    origins: dict[str, str]


def _origin() -> dict[str, str]:
    """Return for each given name the first language of the community that bears it, its names alone."""
    found: dict[str, str] = {}
    for community in COMMUNITIES:
        for name in (*community.girls, *community.boys):
            found.setdefault(name, community.language[0][0])
    return found


@lru_cache(maxsize=4)
def children(pupils: int, seed: int) -> list[Child]:
    """Return the children of one town."""
    origins = _origin()
    town = build(pupils, seed=seed, schools=max(2, min(400, pupils // CHILDREN_A_SCHOOL)))
    return [
        Child(
            {
                "given_name": one.forename,
                "surname": one.surname,
                "middle_names": one.middle_names,
                "birth_date": one.born.isoformat(),
                "postcode": one.address.postcode,
                "sex": one.sex,
                "pupil_number": one.upn,
            },
            origins.get(one.forename, "?"),
        )
        for one in town.children()
    ]


def world(
    pupils: int,
    seed: int,
    *,
    members: int,
    strangers: int = 0,
    siblings: int = 0,
    twins: int = 0,
    alike: int = 0,
    numbers: bool = True,
) -> World:
    """Draw a register of so many pupils, and a request of so many records of each kind."""
    here, alike_twins = _with_alike(children(pupils, seed), Dice(seed, "alike"), alike)
    register = [_person(f"r{place}", one.values, numbers=True) for place, one in enumerate(here)]
    dice = Dice(seed, "request")
    request: list[Person] = []
    truth: dict[str, str] = {}
    kinds: dict[str, str] = {}
    origins: dict[str, str] = {}

    def put(kind: str, who: str, values: Written, origin: str) -> None:
        ref = f"q{len(request)}"
        request.append(_person(ref, values, numbers=numbers))
        truth[ref], kinds[ref], origins[ref] = who, kind, origin

    for place in _some(dice, len(here), members):
        one = here[place]
        put("member", f"r{place}", _erring(one, here, dice), one.origin)
    if strangers:
        away = children(max(strangers, 200), seed + 500_009)
        for one in away[:strangers]:
            put("stranger", "", _erring(one, away, dice), one.origin)
    for kind, count in (("sibling", siblings), ("twin", twins)):
        for place in _some(dice, len(here), count):
            one = here[place]
            values = _relative(one, here, dice, twin=kind == "twin")
            put(
                kind,
                "",
                values if kind == "twin" else _erring(Child(values, one.origin), here, dice),
                one.origin,
            )
    for place, values in alike_twins:
        kind = "alike, sex said" if values["sex"] else "alike, sex not said"
        put(kind, "", values, here[place].origin)
    return World(register, request, truth, kinds, origins)


def _with_alike(here: list[Child], dice: Dice, count: int) -> tuple[list[Child], list[tuple[int, Written]]]:
    """Return a town in which so many children bear a name of a pair, and for each the twin who bears the other name."""
    if not count:
        return here, []
    named, twins = list(here), []
    pairs = _pairs({names.given(one.values["given_name"]).full for one in here})
    for place in _some(dice, len(here), count):
        sex, name, other_sex, other = dice.pick(pairs)
        one = here[place]
        named[place] = Child({**one.values, "given_name": name, "sex": sex, "middle_names": ""}, one.origin)
        said = other_sex if dice.chance(0.5) else ""
        twins.append((place, {**named[place].values, "given_name": other, "sex": said, "pupil_number": ""}))
    return named, twins


def _pairs(borne: set[str]) -> list[tuple[str, str, str, str]]:
    """Return pairs of which nobody bears the second name, no table holds it, and it is the first of no other."""
    kept: list[tuple[str, str, str, str]] = []
    firsts, seconds = set(borne), set[str]()
    for pair in (*ALIKE, *((*one[2:], *one[:2]) for one in ALIKE)):
        first, second = (names.given(name).full for name in (pair[1], pair[3]))
        if second not in firsts and not is_known(second) and first not in seconds:
            kept.append(pair)
            firsts.add(first)
            seconds.add(second)
    return kept


def _some(dice: Dice, of: int, count: int) -> Iterator[int]:
    """Yield so many different places; each once, in an order of chance."""
    places = list(range(of))
    for place in range(min(count, of)):
        other = place + dice.below(of - place)
        places[place], places[other] = places[other], places[place]
        yield places[place]


def _erring(one: Child, others: list[Child], dice: Dice) -> Written:
    return written(
        one.values,
        dice,
        other_surname=dice.pick(others).values["surname"],
        other_postcode=dice.pick(others).values["postcode"],
    )


def _relative(one: Child, others: list[Child], dice: Dice, *, twin: bool) -> Written:
    """Return a brother, sister or twin whom nobody has registered: the household's all, and a given name of its own."""
    home = one.values["postcode"]
    taken = {other.values["given_name"] for other in others if other.values["postcode"] == home}
    origin = [other for other in (dice.pick(others) for _ in range(400)) if other.origin == one.origin]
    fitting = [other for other in origin if other.values["given_name"] not in taken]
    name = dice.pick(fitting or others).values
    born = one.values["birth_date"]
    if not twin:
        year = int(born[:4]) + dice.pick((-4, -3, -2, 2, 3, 4))
        born = f"{year}-{dice.between(1, 12):02}-{dice.between(1, 28):02}"
    return {
        **one.values,
        "given_name": name["given_name"],
        "sex": name["sex"],
        "birth_date": born,
        "middle_names": "",
        "pupil_number": "",
    }


def _person(ref: str, values: Written, *, numbers: bool) -> Person:
    kept = values if numbers else {**values, "pupil_number": ""}
    return replace(person(ref, kept, lambda _field, _sentence: None), ref=ref)
