# SPDX-License-Identifier: Apache-2.0
"""What a pack says of consent: each fault of a form, in words and under a law; what may be asked; which countries.

The list of faults is closed, because code looks for each; the words by which some of them are found are a country's,
and stand in the pack. Reads no form.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from beholden.catalogue.law import Authority

MOST_BETWEEN = 60
"""How many signs may stand for a `…` in a phrase. It never reaches over the end of a sentence."""


class FormFault(StrEnum):
    """Everything for which a consent form can be refused."""

    FORM = "form"
    TWO_PURPOSES = "two-purposes"
    UNKNOWN_PURPOSE = "unknown-purpose"
    REFUSED_PURPOSE = "refused-purpose"
    NOT_BY_CONSENT = "not-by-consent"
    NO_RECIPIENT = "no-recipient"
    OPEN_RECIPIENT = "open-recipient"
    NO_COUNTRY = "no-country"
    COUNTRY = "country"
    UNKNOWN_ITEM = "unknown-item"
    OPEN_ITEMS = "open-items"
    COMPULSORY_ITEM = "compulsory-item"
    NO_END = "no-end"
    DATES = "dates"
    TOO_LONG = "too-long"
    SERVICE = "service"
    SILENCE = "silence"
    ONE_ANSWER = "one-answer"
    SEVERAL_CHILDREN = "several-children"
    WHO = "who"
    NO_CHILD = "no-child"
    WITHDRAWAL = "withdrawal"
    LAYER = "layer"
    HARD_WORDS = "hard-words"
    OTHER_WORDS = "other-words"


FOUND_BY_WORDS = (
    FormFault.TWO_PURPOSES,
    FormFault.OPEN_RECIPIENT,
    FormFault.OPEN_ITEMS,
    FormFault.NO_END,
    FormFault.SERVICE,
    FormFault.SILENCE,
    FormFault.SEVERAL_CHILDREN,
    FormFault.NO_CHILD,
    FormFault.WITHDRAWAL,
    FormFault.LAYER,
)
"""Faults that a pack lists phrases for. The others are found in the fields of a form."""


@dataclass(frozen=True, slots=True)
class FaultNote:
    """What one fault is: what is wrong, what to change, under which law, and the phrases that give it away."""

    fault: FormFault
    says: str
    change: str
    authority: Authority
    phrases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Phrase:
    """One phrase of a pack, ready to be looked for."""

    fault: FormFault
    words: str
    pattern: re.Pattern[str]

    @classmethod
    def of(cls, fault: FormFault, words: str) -> "Phrase":
        """Make a phrase: blanks stand for any blanks, `…` for some words of the same sentence."""
        parts = [r"\s+".join(map(re.escape, part.split())) for part in words.split("…")]
        between = rf"[^.?!]{{1,{MOST_BETWEEN}}}?"
        begins, ends = (r"(?<!\w)" if words[0].isalnum() else ""), (r"(?!\w)" if words[-1].isalnum() else "")
        return cls(fault, words, re.compile(begins + between.join(parts) + ends))


@dataclass(frozen=True, slots=True)
class Consents:
    """All that a pack says of consent."""

    faults: Mapping[str, FaultNote]
    asks: Mapping[str, str]  # by purpose: how the one sentence says it, like "to study school and health"
    countries: tuple[str, ...]  # where a recipient may be, each by its name
    yes: str
    no: str
    phrases: tuple[Phrase, ...] = field(repr=False)

    def note(self, fault: FormFault) -> FaultNote:
        """Return what the pack says of one fault."""
        return self.faults[fault.value]

    def given_away(self, text: str) -> Iterator[tuple[FormFault, str]]:
        """Yield each fault that a text gives away, with the words that do, in the order of the list."""
        plain = folded(text)
        for phrase in self.phrases:
            if found := phrase.pattern.search(plain):
                yield phrase.fault, found.group()


def folded(text: str) -> str:
    """Return a text in lower case, with straight quotes and plain hyphens, as phrases are written."""
    for typeset, plain in (("’", "'"), ("‘", "'"), ("“", '"'), ("”", '"'), ("‑", "-"), ("\u00a0", " ")):
        text = text.replace(typeset, plain)
    return text.casefold()
