# SPDX-License-Identifier: Apache-2.0
"""Decides what compels, and what may be kept secret for a while: a letter asks, only an order compels (D22).

Pure: an order as typed values and the catalogue in; the power and the band out, or a refusal with what instead. Knows
no person of the register, no clock, no database. Who signs it is decided where it is carried out.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Protocol

from beholden.catalogue import Catalogue, Item, Keeper, Law, Limits, Purpose, Store, Told
from beholden.ledger.vocabulary.sealed import REASONS, sealed_band
from beholden.linkage.people import Person, person
from beholden.refusals import Refusal


class Shown(StrEnum):
    """What was put on the desk. Only the last two compel; whatever the others are called, they ask."""

    LETTER = "letter"
    FORM = "form"  # a form that names an exemption: it permits, and permitting is not compelling
    DIRECTION = "direction"  # of a minister: public the day it comes, and never sealed
    COURT_ORDER = "court_order"
    STATUTORY_NOTICE = "statutory_notice"


class Issuer(StrEnum):
    """Who issued it, by kind. Which court or officer it was is read from the paper, and goes to the regulator."""

    SUPERIOR_COURT = "superior_court"
    FAMILY_COURT = "family_court"
    CIVIL_COURT = "civil_court"
    CRIMINAL_COURT = "criminal_court"
    CORONER = "coroner"
    PUBLIC_OFFICER = "public_officer"
    POLICE = "police"
    MINISTER = "minister"


COURTS = frozenset(
    {Issuer.SUPERIOR_COURT, Issuer.FAMILY_COURT, Issuer.CIVIL_COURT, Issuer.CRIMINAL_COURT, Issuer.CORONER}
)
_POWER = {Shown.COURT_ORDER: "court_order", Shown.STATUTORY_NOTICE: "statutory_power"}
_IN_100 = 100


class Paper(Protocol):
    """What every paper has that says it compels, whatever it is about."""

    @property
    def shown(self) -> Shown: ...
    @property
    def issuer(self) -> Issuer: ...
    @property
    def instrument(self) -> str: ...
    @property
    def paragraph(self) -> str: ...
    @property
    def reference(self) -> str: ...
    @property
    def made_on(self) -> date: ...


@dataclass(frozen=True, slots=True)
class NamedChild:
    """One child as the paper names it. Both are shown to nobody by accident."""

    number: str = field(repr=False)
    born: date = field(repr=False)


@dataclass(frozen=True, slots=True)
class SoughtChild:
    """One child as a court names it that has no number: what is not known is empty. Shown to nobody by accident."""

    given_name: str = field(repr=False)
    surname: str = field(repr=False)
    born: date = field(repr=False)
    postcode: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Order:
    """A paper that says it compels, as two officers have read it.

    `purpose` is the catalogue's reason under which it is heard, `serves` the one that it is for in the end. `reason` is
    the one word that the public reads when it opens. `collection` is the return that the facts are taken from. Its
    children are all named by number, or all by name.
    """

    shown: Shown
    issuer: Issuer
    instrument: str
    paragraph: str
    reference: str = field(repr=False)
    made_on: date
    purpose: str
    serves: str
    reason: str
    recipient: str
    collection: tuple[str, str, int]
    items: tuple[str, ...]
    children: tuple[NamedChild, ...] | tuple[SoughtChild, ...] = field(repr=False)
    whole_school: bool
    recurring: bool
    knows_of_safety: bool
    opens_by: date

    @property
    def sought(self) -> tuple[SoughtChild, ...]:
        """Return the children whom it names by name, in its order; of a paper with numbers none."""
        return tuple(child for child in self.children if isinstance(child, SoughtChild))


@dataclass(frozen=True, slots=True)
class Compels:
    """What an order amounts to: the power that the log names, and the band that its list is filled up to.

    `who`: it reaches names or addresses, so no school may be in it as a whole, whoever ordered it.
    """

    power: str
    band: int
    who: bool = False


def check_compels(order: Order, catalogue: Catalogue, *, on: date) -> Compels:
    """Return what an order amounts to, or refuse.

    The plan: 1 it compels, and does not ask; 2 it comes from who can issue it, and names a law of the catalogue; 3 the
    law requires what it is heard under, and the catalogue lets that be told later: nothing merely permitted; 4 it
    serves nothing that is refused here, immigration control among them; 5 once, never again and again; 6 a whole school
    only by a court; 7 so many children as a band holds, each once, and by name only where a court names few; 8 facts
    that the return holds, and a name or an address only where a court orders it for few; 9 it opens on a later day,
    within the limit; 10 why is one word of the closed list.
    """
    power = check_paper(order, catalogue.purpose(order.purpose), catalogue)  # 1, 2, 3
    if catalogue.purpose(order.serves).keeper is Keeper.REFUSES:  # 4
        raise _not_sealable(
            "order_serves", "What this paper is for is refused here, and is never handed over in secret."
        )
    if order.recurring:  # 5
        raise _not_sealable(
            "order_recurring", "What goes out again and again is never handed over in secret."
        )
    if order.whole_school and order.shown is not Shown.COURT_ORDER:  # 6
        raise _whole_school()
    band = _check_children(order)  # 7
    who = _check_items(order, catalogue, on=on)  # 8
    _check_days(order, catalogue.limits, on=on)  # 9
    if order.reason not in REASONS:  # 10
        raise _not_sealable("order_reason", "Why it was made is not one of the reasons that the log knows.")
    return Compels(power, band, who)


def check_paper(paper: Paper, purpose: Purpose, catalogue: Catalogue) -> str:
    """Return the power of a paper that compels under a purpose, or refuse (1 to 3 of `check_compels`)."""
    power = _power(paper, purpose)
    _check_issuer(paper, catalogue)
    if (purpose.law, purpose.keeper, purpose.told) != (Law.REQUIRES, Keeper.WAITS, Told.SEALED):
        raise _not_sealable("merely_permitted", "What the law only permits is never handed over in secret.")
    return power


def _power(order: Paper, purpose: Purpose) -> str:
    if order.shown in _POWER:
        return _POWER[order.shown]
    if order.shown is Shown.DIRECTION:
        raise Refusal(
            "gate.direction_is_public",
            "What a minister tells the keeper is public the day it comes, and compels no handover.",
            next_step="File it with the use it is about. If a law compels, send the notice that says so.",
            authority="D22",
        )
    said = purpose.reason if purpose.keeper is Keeper.WAITS and purpose.reason else "This paper asks."
    raise Refusal(
        "gate.only_asked",
        f"{said} A letter asks; only an order compels.",
        next_step=purpose.what_instead or "Go to a court, and send us its order.",
        authority=f"D22; rule {purpose.rule}" if purpose.rule else "D22",
    )


def _check_issuer(order: Paper, catalogue: Catalogue) -> None:
    """Refuse a court's order that no court made, and a notice without a law of the catalogue behind it."""
    if order.shown is Shown.COURT_ORDER and order.issuer not in COURTS:
        raise _not_an_order("This is called an order of a court, and no court has made it.")
    if order.shown is Shown.STATUTORY_NOTICE and order.issuer in {Issuer.POLICE, Issuer.MINISTER}:
        raise _not_an_order("Police and ministers compel through a court, not by a notice of their own.")
    if order.instrument not in catalogue.law or not order.paragraph or not order.reference.strip():
        raise _not_an_order("It names no law that the catalogue holds, no paragraph of it, or no number.")


def _check_children(order: Order) -> int:
    """Return the band of an order, or refuse whom it names, or how."""
    band = sealed_band(len(order.children))
    named = {child.number if isinstance(child, NamedChild) else child for child in order.children}
    if band is None or len(named) != len(order.children):
        raise _not_sealable(
            "order_children",
            "It names no child, one child twice, or more than are ever handed over in secret.",
        )
    if order.sought:
        _check_sought(order, band)
    return band


def _check_sought(order: Order, band: int) -> None:
    """Refuse to look for children by name but where a court names them one by one, each by a name, and few of them.

    Whoever compels by a notice has the numbers, or gets them where it got the names.
    """
    few = band == sealed_band(1) and not order.whole_school
    by_name = len(order.sought) == len(order.children) and all(
        child.given_name or child.surname for child in order.sought
    )
    if order.shown is not Shown.COURT_ORDER or not (few and by_name):
        raise _not_sealable(
            "order_by_name",
            f"Children are looked for by name only where a court names them all so, one by one, {sealed_band(1)} at "
            "most.",
        )


def as_compared(order: Order) -> tuple[Person, ...]:
    """Return the children whom an order names by name as they are compared, in its order.

    Refuses what is typed so that it cannot be.
    """
    if not order.sought:
        raise Refusal(
            "gate.nobody_sought",
            "This paper names its children by number, so nobody needs to be looked for.",
            next_step="Prepare it: beholden sealed prepare.",
            authority="D22",
        )
    return tuple(_person(place, child) for place, child in enumerate(order.sought, start=1))


def _person(place: int, child: SoughtChild) -> Person:
    unread: list[str] = []
    values = {
        "birth_date": child.born.isoformat(),
        "given_name": child.given_name,
        "postcode": child.postcode,
        "surname": child.surname,
    }
    read = person(str(place), values, lambda name, _: unread.append(name))
    if unread or not (read.given.full or read.surname.full):
        raise Refusal(
            "gate.sought_unread",
            f"What is typed of child {place} of the paper cannot be compared.",
            next_step="Type its names as the paper has them, and leave empty what the paper does not say.",
            authority="D22",
        )
    return read


def _check_items(order: Order, catalogue: Catalogue, *, on: date) -> bool:
    """Refuse facts that the return does not hold, that no order reaches, or that should be gone by now (D33).

    Say whether it reaches into the vault.
    """
    taken = catalogue.collection(*order.collection)
    asked = tuple(catalogue.item(item) for item in order.items)
    if not asked or len(set(order.items)) != len(asked) or not set(order.items) <= set(taken.items):
        raise _not_sealable(
            "order_items", "It names no fact, one fact twice, or one that this return does not hold."
        )
    who = {item.store for item in asked} - {Store.ROWS}
    if who:
        _check_who(order, who, catalogue)
    if any(_is_past(item, child, taken.reference_date, on) for item in asked for child in order.children):
        raise _not_sealable(
            "order_past_retention", "One of these facts has passed the day until which it is kept."
        )
    return bool(who)


def _check_who(order: Order, who: set[Store], catalogue: Catalogue) -> None:
    """Refuse names and addresses but where a court orders them, under a reason that reaches them, for a few children.

    Never the number or the birth date: no order needs more of these than what it names the child by.
    """
    if order.shown is not Shown.COURT_ORDER or not who <= set(catalogue.purpose(order.purpose).orders_reach):
        raise _not_sealable(
            "order_who",
            "A name or an address is handed over only if a court orders it, and a number or a birth date never.",
        )
    if order.whole_school or sealed_band(len(order.children)) != sealed_band(1):
        raise _not_sealable(
            "order_who_many",
            f"A name or an address is handed over only of children who are named one by one, {sealed_band(1)} at most.",
        )


def _is_past(item: Item, child: NamedChild | SoughtChild, taken_on: date, on: date) -> bool:
    return item.keep_until.until(born_on=child.born, taken_on=taken_on) <= on


def _check_days(order: Order, limits: Limits, *, on: date) -> None:
    if order.made_on > on:
        raise _not_an_order("It is dated after today.")
    if not on < order.opens_by <= on + timedelta(days=limits.sealed_days):
        raise _not_sealable(
            "order_opens", f"It opens on a later day than today, at most {limits.sealed_days} days from now."
        )


def check_no_whole_school(
    compels: Compels, schools: Mapping[str, tuple[int, int]], *, limits: Limits
) -> None:
    """Refuse a list of names that is a whole school in disguise, where no court ordered it (D22).

    Of names and addresses there is none even by a court. `schools` has for each school how many of its pupils
    are named, and how many are on its roll. A family of brothers and sisters at a small school is none: fewer than the
    smallest published count never are.
    """
    if compels.power == _POWER[Shown.COURT_ORDER] and not compels.who:
        return
    for named, on_roll in schools.values():
        if named >= limits.smallest_count and named * _IN_100 > on_roll * limits.sealed_school_percent:
            raise _whole_school()


def check_unhindered(*, hidden: int, knows_of_safety: bool) -> None:
    """Refuse to carry out an order about a child who is kept safe, unless it was made knowing that (D35).

    Or for an address that is kept from somebody: whoever gets it may not know from whom.
    """
    if hidden and not knows_of_safety:
        raise Refusal(
            "gate.order_safety",
            "A child in it is kept safe, or its address is kept from somebody, and who made the order may not know.",
            next_step="Tell the court through the officer for safeguarding, and carry out what it then orders.",
            authority="D35",
        )


def child_unknown() -> Refusal:
    """Say that whom an order names is not exactly one child of whom its facts can be given. Which one, is not said."""
    return Refusal(
        "gate.order_child",
        "A child that it names is not one child of this register, is not in that return, or has no key of now.",
        next_step="Look at numbers and dates again; ask who made the order. Take a registry snapshot for newcomers, "
        "and where power over a child has changed.",
        authority="D22: a named order; UK GDPR Art 5(1)(d)",
    )


def _whole_school() -> Refusal:
    return _not_sealable(
        "order_whole_school", "A whole school is handed over in secret only if a court orders it."
    )


def _not_an_order(sentence: str) -> Refusal:
    return Refusal(
        "gate.not_an_order",
        sentence,
        next_step="Ask who sent it for the order itself, with its number and the law behind it.",
        authority="D22",
    )


def _not_sealable(reason: str, sentence: str) -> Refusal:
    return Refusal(
        f"gate.{reason}",
        sentence,
        next_step="Tell who sent it what is refused and why. What may go in the open can be asked for as a use.",
        authority="D22",
    )
