# SPDX-License-Identifier: Apache-2.0
"""What an applicant answers, question by question, and which answers are none. No clock, no database, no catalogue.

An answer is typed wherever it can be: a purpose is a code, a fact is an item with the reason why it is needed, a place
is a country. What stands here as text is for people to read, and decides nothing.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from beholden.kinds import UseRef
from beholden.refusals import Refusal
from beholden.uses.rules.invitation import INVITES, Invitation, check_invitation
from beholden.uses.rules.questions import not_asked

LONGEST = 4_000
"""Characters of one text answer: two pages, and then nobody reads on."""

ANSWERS_ALONE = "match"
"""The way out by which a yes alone may leave, and no fact beside it (D21)."""

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,59}", re.ASCII)
_LONGEST_EXIT = 20
_REF = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}", re.ASCII)


class Setting(StrEnum):
    """Where the records are worked on."""

    READING_ROOM = "reading_room"
    ELSEWHERE = "elsewhere"


class Linkage(StrEnum):
    """Whether records are to be joined with others: here, or where they go (D15)."""

    NONE = "none"
    INWARD = "inward"
    OUTWARD = "outward"


class Recurrence(StrEnum):
    """Whether the same is asked once, or again and again."""

    ONCE = "once"
    EACH_TERM = "each_term"
    EACH_YEAR = "each_year"


@dataclass(frozen=True, slots=True)
class Population:
    """Whose records are asked for: one collection at one term, optionally cut to school years."""

    collection: str
    term: str
    year: int
    school_years: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Access:
    """One person who will see the records, by an opaque reference, never by name: what they do, and where."""

    ref: str
    task: str
    country: str


@dataclass(frozen=True, slots=True)
class Processor:
    """Another organisation that touches the records for the recipient: its name, what it does, and where."""

    name: str
    task: str
    country: str


@dataclass(frozen=True, slots=True)
class Application:
    """The typed answers beside a use's texts. `reasons` says for each item why nothing less would do (D18)."""

    standing: str
    gateway: str  # an instrument of the catalogue
    reasons: tuple[tuple[str, str], ...]
    setting: Setting
    why_elsewhere: str
    outputs: str
    benefit: str
    access: tuple[Access, ...]
    territory: tuple[str, ...]  # countries
    ethics: str  # a reference
    dpia: str  # a reference
    processors: tuple[Processor, ...] = ()
    linkage: Linkage = Linkage.NONE
    recurrence: Recurrence = Recurrence.ONCE
    untold_under: str = ""  # an instrument of the catalogue; empty: whoever could not be told is out (D6)
    invitation: Invitation | None = None  # what is passed on, where that is the way out (D16)
    over_time: str = (
        ""  # why every run has to name a child by the same made-up number; empty: none does (D15)
    )

    @classmethod
    def from_json(cls, held: Mapping[str, Any]) -> "Application":
        """Read what `to_json` wrote."""
        typed = {
            "reasons": tuple((item, why) for item, why in held["reasons"]),
            "setting": Setting(held["setting"]),
            "access": tuple(Access(**one) for one in held["access"]),
            "territory": tuple(held["territory"]),
            "processors": tuple(Processor(**one) for one in held["processors"]),
            "linkage": Linkage(held["linkage"]),
            "recurrence": Recurrence(held["recurrence"]),
            "invitation": Invitation.from_json(held["invitation"]) if held.get("invitation") else None,
        }
        return cls(**{**held, **typed})

    def to_json(self) -> dict[str, Any]:
        """Return the answers as JSON has them, under lasting names."""
        return {
            **asdict(self),
            "reasons": [list(pair) for pair in sorted(self.reasons)],
            "access": [asdict(one) for one in self.access],
            "territory": list(self.territory),
            "processors": [asdict(one) for one in self.processors],
            "setting": self.setting.value,
            "linkage": self.linkage.value,
            "recurrence": self.recurrence.value,
            "invitation": None if self.invitation is None else self.invitation.to_json(),
        }


@dataclass(frozen=True, slots=True)
class Draft:
    """What an applicant hands in. The first four texts are what a family will read; `amends` names a use it changes."""

    title: str
    why: str
    what: str
    where: str
    purpose: str
    exit: str
    items: tuple[str, ...]
    population: Population
    starts_on: date
    ends_on: date
    application: Application
    amends: UseRef | None = None

    @property
    def reasons(self) -> dict[str, str]:
        """Return why each item is needed."""
        return dict(self.application.reasons)


def check_written(draft: Draft) -> None:
    """Refuse a draft in which a question has no answer, or one that cannot be meant.

    What must hold: 1 what is chosen from the catalogue is named by its code, and is no sentence (D12); 2 every text
    says something, and can be read through; 3 the use ends after it starts (D25); 4 each fact is asked for once, with
    its own reason (UK GDPR Art 5(1)(c)); 5 whoever works elsewhere than in the reading room says why (D23); 6 somebody
    is named who sees the records, each by a plain reference; 7 there is a territory, and nobody and nothing is outside
    it (D25); 8 what is passed on as a letter is there, and asks for no fact (D16); 9 who wants to follow children over
    time comes again, and says why they have to be followed (D15).
    """
    _check_codes(draft)  # 1
    _check_texts(draft)  # 2
    if draft.ends_on <= draft.starts_on:  # 3
        raise wrong("dates", "A use ends after it starts.", "Give a later last day.", "D25: a time limit")
    _check_reasons(draft)  # 4
    application = draft.application
    if (application.setting is Setting.ELSEWHERE) != bool(application.why_elsewhere.strip()):  # 5
        raise wrong(
            "why_elsewhere",
            "Whoever works elsewhere than in the reading room says why, and nobody else does.",
            "Say why the reading room would not do, or choose it.",
            "D23: research happens in a safe setting",
        )
    check_access(application.access)  # 6
    _check_territory(application)  # 7
    check_invitation(application.invitation, draft.exit)  # 8
    _check_over_time(application)  # 9


def _check_codes(draft: Draft) -> None:
    asked = draft.population
    check_codes((draft.purpose, draft.exit, *draft.items, asked.collection, asked.term, *asked.school_years))
    if len(draft.exit) > _LONGEST_EXIT:
        raise _free_text()


def check_codes(codes: Iterable[str]) -> None:
    """Refuse a sentence where a code of the catalogue is asked for."""
    if not all(map(_CODE.fullmatch, codes)):
        raise _free_text()


def _free_text() -> Refusal:
    return wrong(
        "free_text",
        "A purpose, a way out, a fact and a return are chosen by their codes, not described.",
        "Choose each from the catalogue's page; say in words why you need it where you are asked why.",
        "D12: one purpose per sentence; D18",
    )


def _check_texts(draft: Draft) -> None:
    application = draft.application
    texts = {
        "title": draft.title,
        "why": draft.why,
        "what": draft.what,
        "where": draft.where,
        "standing": application.standing,
        "outputs": application.outputs,
        "benefit": application.benefit,
        "ethics": application.ethics,
        "dpia": application.dpia,
    }
    for question in texts.keys() - not_asked(draft.exit):
        check_text(question, texts[question])


def _check_over_time(application: Application) -> None:
    if not application.over_time:
        return
    check_text("over_time", application.over_time)
    if application.recurrence is Recurrence.ONCE:
        raise wrong(
            "over_time_once",
            "What is done once has no second time in which the same child could be known again.",
            "Ask that it comes again, or do not ask for the same numbers.",
            "D15: following a child over time is its own question; docs/adr/0031",
        )


def check_text(question: str, text: str) -> None:
    """Refuse an answer that says nothing, or that nobody reads to its end."""
    if not text.strip():
        raise wrong(
            "unanswered",
            f"The question '{question}' has no answer.",
            "Answer it; where there is none, say so and why.",
            "D18",
        )
    if len(text) > LONGEST:
        raise wrong(
            "too_long",
            f"The answer to '{question}' has more than {LONGEST:,} characters.",
            "Say it in fewer words.",
            "D12: nothing behind a wall of words",
        )


def _check_reasons(draft: Draft) -> None:
    check_facts(draft.items, draft.exit)
    given = draft.reasons
    told = {item for item, why in given.items() if why.strip()}
    if told != set(draft.items) or len(given) != len(draft.application.reasons):
        raise wrong(
            "item_unjustified",
            "Each fact has its own reason, and one of them has none.",
            "Say for each fact why the question cannot be answered without it, or leave the fact out.",
            "UK GDPR Art 5(1)(c); D18: cut to the least that serves",
        )


def check_facts(items: tuple[str, ...], exit_: str) -> None:
    """Refuse a fact that is asked for twice, no fact where one must leave, and any fact beside an invitation (D16)."""
    if exit_ == INVITES and items:
        raise wrong(
            "items_with_invitation",
            "Who asks that a letter is passed on gets no fact about anybody.",
            "Leave every fact out. Who is written to is said by the return and the school years.",
            "D16: contact details never leave; UK GDPR Art 5(1)(c)",
        )
    if len(set(items)) != len(items) or not (items or exit_ in {ANSWERS_ALONE, INVITES}):
        raise wrong(
            "items",
            "Each fact is asked for once, and at least one is.",
            "List the facts that the question needs.",
            "UK GDPR Art 5(1)(c)",
        )


def check_access(access: tuple[Access, ...]) -> None:
    """Refuse where nobody is named who sees the records, or somebody twice, by a name, or without what they do."""
    refs = [one.ref for one in access]
    plain = all(_REF.fullmatch(ref) for ref in refs) and all(one.task.strip() for one in access)
    if not refs or len(set(refs)) != len(refs) or not plain:
        raise wrong(
            "access",
            "Whoever will see the records is named once, by a plain reference, with what they do.",
            "Name each person by a reference of small letters and digits that your own list explains.",
            "UK GDPR Art 32(4)",
        )


def check_territory(countries: tuple[str, ...]) -> None:
    """Refuse where no country is named, or one twice."""
    named = [country.strip() for country in countries]
    if not all(named) or not named or len(set(named)) != len(named):
        raise wrong(
            "territory",
            "It is not said in which countries the records are, or one is said twice.",
            "Name each country once.",
            "D25; UK GDPR Art 44",
        )


def check_processors(processors: tuple[Processor, ...]) -> None:
    """Refuse an organisation that touches the records and has no name, or nothing to do."""
    if any(not one.name.strip() or not one.task.strip() for one in processors):
        raise wrong(
            "processors",
            "An organisation that touches the records has no name or nothing to do.",
            "Name each one, with what it does.",
            "D25; UK GDPR Art 28(2)",
        )


def _check_territory(application: Application) -> None:
    check_territory(application.territory)
    check_processors(application.processors)
    seeing = [one.country for one in application.access]
    check_inside([*seeing, *(one.country for one in application.processors)], application.territory)


def check_inside(countries: Iterable[str], territory: tuple[str, ...]) -> None:
    """Refuse where somebody who gets, sees or touches the records is in no country, or in one outside the territory."""
    if any(country not in territory for country in countries):
        raise wrong(
            "country",
            "Somebody who gets, sees or touches the records is in no country, or in one outside the territory.",
            "Name the country of each, and name it in the territory too.",
            "D25; UK GDPR Art 44",
        )


def wrong(reason: str, sentence: str, next_step: str, authority: str) -> Refusal:
    """Say which answer is none."""
    return Refusal(f"uses.{reason}", sentence, next_step=next_step, authority=authority)
