# SPDX-License-Identifier: Apache-2.0
"""Draw the details of a family: names by custom, birth dates, answers, homes. Each draw is one throw or two.

It decides how likely each detail is. It refuses to know which family it is drawn for.
"""

import unicodedata
from collections.abc import Iterator
from datetime import date, timedelta

from beholden.town import words
from beholden.town.calendar import TERM_ENDED, YEAR_BEGAN_IN, school_day
from beholden.town.dice import Dice
from beholden.town.folk import Address, Adult
from beholden.town.names import COMMUNITIES, Community, Naming, child_ethnicity, for_woman

_INWARD = "ABDEFGHJLNPQRSTUWXYZ"
"""Letters that end a British postcode; C, I, K, M, O and V never do."""


def communities(dice: Dice) -> tuple[Community, Community]:
    table = tuple((community, community.weight) for community in COMMUNITIES)
    ours = dice.weigh(table)
    return ours, dice.weigh(table) if dice.chance(0.12) else ours


def answers(dice: Dice, parents: tuple[Community, Community]) -> tuple[str, str, str]:
    """Return what the family answers. To refuse is an answer like any other (REFU, NOBT, REF, NOT, R, U)."""
    first = dice.weigh(parents[0].ethnicity)
    own = first if parents[0] is parents[1] else child_ethnicity(first, dice.weigh(parents[1].ethnicity))
    ethnicity = dice.weigh(((own, 0.98), ("REFU", 0.012), ("NOBT", 0.008)))
    language = dice.weigh(((dice.weigh(parents[0].language), 0.99), ("REF", 0.006), ("NOT", 0.004)))
    return ethnicity, language, dice.weigh((("N", 0.97), ("Y", 0.02), ("R", 0.004), ("U", 0.006)))


def births(dice: Dice, years: tuple[int, ...]) -> Iterator[date]:
    """Yield birth dates, eldest first: twins on one day, other siblings at least forty weeks apart."""
    last: tuple[int, date] | None = None
    for year in years:
        born = date(YEAR_BEGAN_IN - 5 - year, 9, 1) + timedelta(days=dice.below(365))
        if last is not None:
            born = last[1] if last[0] == year else max(born, last[1] + timedelta(days=280 + dice.below(30)))
        last = year, born
        yield born


def entered(dice: Dice, began: int, *, settled: bool) -> date:
    """Return the day a child came: mostly the first of the school's first year, some days or years later.

    Nobody comes in the last fortnight of the term or after it: the return tells attendance of that term, and would
    have none to tell of such a child.
    """
    day = school_day(date(began, 9, 2 + dice.below(4)))
    if settled or not dice.chance(0.12):
        return day
    month = dice.pick((9, 10, 11, 1, 2, 3, 5, 6))
    later = dice.between(began, YEAR_BEGAN_IN) + (month < 9)  # noqa: PLR2004  the school year turns in September
    late = school_day(date(later, month, dice.between(8, 28)))
    return late if day < late < TERM_ENDED - timedelta(days=14) else day


def family_name(dice: Dice, community: Community) -> str:
    name = dice.pick(community.surnames)
    return f"{name} {dice.pick(community.surnames)}" if community.naming is Naming.DOUBLE else name


def children_name(dice: Dice, community: Community, adults: tuple[Adult, ...], name: str) -> str:
    """Return the children's surname by the custom of the second parent's community, or the only one's."""
    if community.naming is Naming.FATHER:
        return adults[-1].forename if len(adults) > 1 else dice.pick(community.boys)
    apart = community.naming is Naming.SHARED and adults[0].surname != adults[-1].surname
    return f"{adults[0].surname}-{name}" if apart and dice.chance(0.15) else name


def woman_bears(surname: str, community: Community, *, woman: bool) -> str:
    """Return a surname in the form that this person bears."""
    return for_woman(surname) if woman and community.naming is Naming.GENDERED else surname


def free_meals(dice: Dice) -> tuple[date, date | None] | None:
    """Return since when a family's children may eat free, and until when if that ended before census day."""
    if not dice.chance(0.25):
        return None
    since = date(2018, 4, 3) + timedelta(days=dice.below(2_800))
    ended = since < date(2025, 9, 1) and dice.chance(0.1)
    until = school_day(date(2025, 10, 6) + timedelta(days=dice.below(60)))
    return school_day(since), until if ended else None


def forename(dice: Dice, community: Community, sex: str, taken: set[str]) -> str:
    names = community.girls if sex == "F" else community.boys
    free = [name for name in names if name not in taken]
    name = dice.pick(free or names)
    taken.add(name)
    return name


def middle_names(dice: Dice, community: Community, sex: str, forename: str) -> str:
    if community.naming is Naming.SIKH:
        return "Kaur" if sex == "F" else "Singh"
    if not dice.chance(community.middle):
        return ""
    names = [name for name in (community.girls if sex == "F" else community.boys) if name != forename]
    return dice.pick(names) if dice.chance(0.9) else f"{dice.pick(names)} {dice.pick(names)}"


def preferred(dice: Dice, adults: tuple[Adult, ...], family_name: str) -> str:
    other = dice.pick(adults).surname
    return other if dice.chance(0.03) and other != family_name else ""


def address(dice: Dice) -> Address:
    return Address(
        saon=f"{dice.pick(words.FLATS)} {dice.between(1, 40)}" if dice.chance(0.16) else "",
        paon=f"{dice.between(1, 180)}" + (dice.pick("ABC") if dice.chance(0.04) else ""),
        street=f"{dice.pick(words.STREET_STEMS)} {dice.pick(words.STREET_KINDS)}",
        postcode=f"ZZ{dice.between(1, 20)} {dice.between(1, 9)}{dice.pick(_INWARD)}{dice.pick(_INWARD)}",
        uprn=f"999{dice.below(10**9):09}",
    )


def email(forename: str, surname: str, number: int) -> str:
    """Return an address in a domain that can never exist (RFC 2606, section 2); single by its number."""
    plain = unicodedata.normalize("NFKD", f"{forename}.{surname}").encode("ascii", "ignore").decode().lower()
    local = "".join(c for c in plain if c.isalnum() or c == ".").strip(".") or "adult"
    return f"{local}{number}@example.invalid"
