# SPDX-License-Identifier: Apache-2.0
"""One consent, as a value and as its one sentence; each is the exact inverse of the other. Judges no form.

It cannot hold two purposes, a recipient without a name and a country, an open list or no end, and what happens if the
family says no is no field: nothing happens (D12, D13). The sentence comes first, then all who work for a recipient,
then the same three lines for everybody.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from beholden.catalogue import Catalogue
from beholden.kinds import MONTHS, ItemId, day
from beholden.refusals import Refusal

_AUTHORITY = "D12, D13; UK GDPR Art 4(11)"
_WORDS = re.compile(r"[^\s,.;:?!]+(?: [^\s,.;:?!]+)*")
_FIRST_YEAR = 2000
_NO_FACT = "Nobody gets a fact or an address from us."
_DAY = rf"[1-9][0-9]? (?:{'|'.join(MONTHS)}) [1-9][0-9]{{3}}"


class Who(StrEnum):
    """Who gives it. A guardian's yes ends when the child can decide, and the child is asked afresh (D14)."""

    GUARDIAN = "guardian"
    CHILD = "child"
    BOTH = "both"

    def words(self, child: str) -> str:
        """Return the line that says who answers."""
        match self:
            case Who.GUARDIAN:
                return f"An adult answers until {child} can decide."
            case Who.CHILD:
                return f"Only {child} answers."
            case Who.BOTH:
                return f"An adult and {child} both answer."


@dataclass(frozen=True, slots=True)
class Body:
    """A named organisation in a named country. Neither has a mark in it that ends a part of the sentence."""

    name: str
    country: str

    def __post_init__(self) -> None:
        """Refuse a name or a country that could be read as something else."""
        if self.name.startswith("The ") or not _is_name(self.name.removeprefix("the ")):
            raise refused(
                "name", "A name begins with a capital letter, perhaps after a small the, and has no marks."
            )
        if not _is_name(self.country):
            raise refused("country", "A country is written by its name, like Wales.")


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who gets the facts, and every firm that works on them for it (a sub-processor)."""

    body: Body
    sub_processors: tuple[Body, ...] = ()


@dataclass(frozen=True, slots=True)
class Consent:
    """One yes: one purpose of the catalogue, named recipients, items, first and last day, and who may give it.

    Without items it is a yes to letters that the register passes on: nobody gets a fact (D16).
    """

    purpose: str
    recipients: tuple[Recipient, ...]
    items: tuple[ItemId, ...]
    first_on: date
    last_on: date
    who: Who

    def __post_init__(self) -> None:
        """Refuse what is empty, named twice, or over before it begins."""
        names = [one.body.name for one in self.recipients]
        if not names or len(set(names)) != len(names):
            raise refused("recipients", "At least one recipient is named, and each once.")
        for one in self.recipients:
            if len(set(one.sub_processors)) != len(one.sub_processors):
                raise refused("recipients", "Each firm that works for a recipient is named once.")
        if len(set(self.items)) != len(self.items):
            raise refused("items", "Each fact is named once.")
        if not self.items and any(one.sub_processors for one in self.recipients):
            raise refused("items", "Who writes a letter gets no fact, and so does whoever works for it.")
        if self.last_on < self.first_on or self.first_on.year < _FIRST_YEAR:
            raise refused("dates", "The last day does not come before the first, and both are days to come.")

    @property
    def days(self) -> int:
        """How many days it lasts, the first and the last among them."""
        return (self.last_on - self.first_on).days + 1


def _is_name(text: str) -> bool:
    """Say whether a text can stand in the sentence as a name: words with a capital or a figure first, and no marks."""
    return (
        _WORDS.fullmatch(text) is not None and text.isprintable() and (text[0].isupper() or text[0].isdigit())
    )


# --- value to words ---


def sentence(consent: Consent, catalogue: Catalogue, *, child: str) -> str:
    """Return the words in which a consent is asked for, about a child by that name (or `your child`).

    Refuses a purpose that is not asked for with a yes, and a fact that the catalogue does not hold.
    """
    days = f"from {day(consent.first_on)} to {day(consent.last_on)}"
    if not consent.items:
        return _letter(consent, days, catalogue, child=child)
    what_for = f"{_to(consent.purpose, catalogue)}: {_items(consent, catalogue)}"
    said = [f"May {_recipients(consent)}, see these facts about {child} {days}, {what_for}?"]
    for one in consent.recipients:
        said += [
            f"{_opening(body.name)}, {body.country}, works on them for {one.body.name}."
            for body in one.sub_processors
        ]
    said += [
        "Nobody else gets them.",
        f"If you say no, nothing changes for {child}.",
        consent.who.words(child),
    ]
    return " ".join(said)


def _letter(consent: Consent, days: str, catalogue: Catalogue, *, child: str) -> str:
    """Return the words in which it is asked whether letters may be passed on."""
    to = _to(consent.purpose, catalogue)
    return (
        f"May we pass {_letters(child)}, {days}, {to}, from {_recipients(consent)}? {_NO_FACT} "
        f"If you say no, nothing changes for {child}. {consent.who.words(child)}"
    )


def _letters(child: str) -> str:
    return f"letters about {child} on to you"


def to_herself(words: str, *, child: str) -> str:
    """Return the words of a sentence about a child by that name to herself, where she answers (D14, D15)."""
    for line in (Who.GUARDIAN.words(child), Who.CHILD.words(child)):
        words = words.replace(line, "You answer this yourself.")
    return words.replace(_letters(child), "letters on to you").replace(child, "you")


def label(item: str, catalogue: Catalogue) -> str:
    """Return what a fact is called inside a sentence."""
    whole = catalogue.item(item).label
    return whole[0].lower() + whole[1:]


def _recipients(consent: Consent) -> str:
    named = [f"{one.body.name}, {one.body.country}" for one in consent.recipients]
    return _joined(named, ", ")


def _items(consent: Consent, catalogue: Catalogue) -> str:
    return _joined([label(item, catalogue) for item in consent.items], "; ")


def _joined(parts: list[str], mark: str) -> str:
    """Join parts, the last of several after *and*. The mark stands in no part where the parts are read back."""
    return mark.join([*parts[:-1], f"and {parts[-1]}"]) if len(parts) > 1 else parts[0]


def _parted(text: str, mark: str) -> list[str]:
    parts = text.split(mark)
    return [*parts[:-1], parts[-1].removeprefix("and ")] if len(parts) > 1 else parts


def _opening(name: str) -> str:
    return f"The {name.removeprefix('the ')}" if name.startswith("the ") else name


def _to(purpose: str, catalogue: Catalogue) -> str:
    catalogue.purpose(purpose)
    if purpose not in catalogue.consents.asks:
        raise refused("purpose", "Nobody is asked for a yes to this purpose.")
    return catalogue.consents.asks[purpose]


# --- words to value ---


def parse(text: str, catalogue: Catalogue, *, child: str) -> Consent:
    """Return the consent that a text asks for, or refuse: only what prints back to itself is one."""
    named, who = re.escape(child), "|".join(re.escape(one.words(child)) for one in Who)
    found = re.fullmatch(
        rf"May (?P<recipients>[^;:.?]+), see these facts about {named} from (?P<first>{_DAY}) to (?P<last>{_DAY}), "
        rf"(?P<to>to [a-z ]+): (?P<items>[^?]+)\? (?P<helped>(?:[^.?]+\. )*?)Nobody else gets them\. "
        rf"If you say no, nothing changes for {named}\. (?P<who>{who})",
        text,
    )
    if found is None:
        found = re.fullmatch(
            rf"May we pass {_letters(named)}, from (?P<first>{_DAY}) to (?P<last>{_DAY}), "
            rf"(?P<to>to [a-z ]+), from (?P<recipients>[^;:.?]+)\? (?P<helped>)(?P<items>){_NO_FACT} "
            rf"If you say no, nothing changes for {named}\. (?P<who>{who})",
            text,
        )
    if found is None:
        raise _unreadable()
    try:
        made = _made(found, catalogue, child)
    except (ValueError, KeyError) as cause:
        raise _unreadable() from cause
    if sentence(made, catalogue, child=child) != text:
        raise _unreadable()
    return made


def _made(found: re.Match[str], catalogue: Catalogue, child: str) -> Consent:
    purposes = {to: code for code, to in catalogue.consents.asks.items()}
    items = {label(item, catalogue): ItemId(item) for item in catalogue.items}
    return Consent(
        purpose=purposes[found["to"]],
        recipients=tuple(_read_recipients(found["recipients"], found["helped"])),
        items=tuple(items[one] for one in _parted(found["items"], "; ")) if found["items"] else (),
        first_on=_read_day(found["first"]),
        last_on=_read_day(found["last"]),
        who={who.words(child): who for who in Who}[found["who"]],
    )


def _read_recipients(text: str, helped: str) -> Iterator[Recipient]:
    parts = text.split(", ")
    bodies = [
        Body(name.removeprefix("and "), country)
        for name, country in zip(parts[::2], parts[1::2], strict=True)
    ]
    works: dict[str, list[Body]] = {body.name: [] for body in bodies}
    for line in re.findall(r"([^.]+)\. ", helped):
        name, country, rest = line.split(", ")
        helper = Body(f"the {name[4:]}" if name.startswith("The ") else name, country)
        works[rest.removeprefix("works on them for ")].append(helper)
    for body in bodies:
        yield Recipient(body, tuple(works[body.name]))


def _read_day(text: str) -> date:
    number, month, year = text.split(" ")
    return date(int(year), MONTHS.index(month) + 1, int(number))


def _unreadable() -> Refusal:
    return refused("words", "These words are not a question of consent as this register asks it.")


def refused(reason: str, said: str) -> Refusal:
    """Say why something can be no consent, and what one says."""
    return Refusal(
        f"consent.{reason}",
        said,
        next_step="Say one purpose, each recipient with its country, each fact, and the first and last day.",
        authority=_AUTHORITY,
    )
