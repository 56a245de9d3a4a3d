# SPDX-License-Identifier: Apache-2.0
"""Measures how hard a text is to read, by four figures. Knows no page and no form; no word list, no network.

Flesch-Kincaid alone is lenient with short sentences, so three plainer figures stand beside it. Proper names and
numbers are read as one syllable: a family knows its own name.
"""

import re
from dataclasses import dataclass
from typing import TypedDict

_SENTENCE_END = re.compile(r"(?<=[.!?:])\s+|\n+")
_WORD = re.compile(r"[A-Za-zÀ-ɏḀ-ỿ’'-]+|[0-9][0-9,.:]*(?:am|pm)?")
_VOWELS = re.compile(r"[aeiouy]+")
_LABEL = 2
"""One or two words are a label, not a sentence: they would make a page look easier than it is."""
LONG_WORD = 3
"""A word of three or more syllables is long."""


class Most(TypedDict):
    """The most that each figure may be, for one kind of reader."""

    grade: float
    mean: float
    longest: int
    long_words: float


FAMILY: Most = {"grade": 4.0, "mean": 12.0, "longest": 20, "long_words": 8.0}
"""A reading age of about nine."""
CHILD: Most = {"grade": 2.5, "mean": 10.0, "longest": 15, "long_words": 5.0}
"""A child who reads alone."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The four figures of one text."""

    grade: float
    mean: float
    longest: int
    long_words: float

    def within(self, *, grade: float, mean: float, longest: int, long_words: float) -> bool:
        """Say whether no figure is above its limit."""
        return not self.above({"grade": grade, "mean": mean, "longest": longest, "long_words": long_words})

    def above(self, most: Most) -> tuple[str, ...]:
        """Return in words each figure that is above its limit, with the limit."""
        said = (
            (f"school grade {self.grade} (at most {most['grade']})", self.grade > most["grade"]),
            (f"{self.mean} words a sentence (at most {most['mean']})", self.mean > most["mean"]),
            (
                f"a sentence of {self.longest} words (at most {most['longest']})",
                self.longest > most["longest"],
            ),
            (
                f"{self.long_words} per cent long words (at most {most['long_words']})",
                self.long_words > most["long_words"],
            ),
        )
        return tuple(words for words, too_much in said if too_much)


def syllables(word: str) -> int:
    """Count groups of vowels, without a silent e or ed at the end."""
    plain = word.lower()
    if not plain[0].isalpha():
        return 1
    for silent in ("es", "ed", "e"):
        if plain.endswith(silent) and not plain.endswith(
            ("le", "ted", "ded", "ses", "ches", "shes", "ces", "ges")
        ):
            plain = plain.removesuffix(silent)
            break
    return max(len(_VOWELS.findall(plain)), 1)


def reading(text: str, *, names: tuple[str, ...] = ()) -> Reading:
    """Measure a text. Each line is at least one sentence: a heading or a button ends where it ends.

    A text without words is not hard to read: its figures are zero.
    """
    for name in sorted(names, key=len, reverse=True):
        text = re.sub(rf"\b{re.escape(name)}\b", "Ann", text)
    sentences = [_WORD.findall(part) for part in _SENTENCE_END.split(text)]
    sentences = [words for words in sentences if len(words) > _LABEL] or [
        words for words in sentences if words
    ]
    every = [word for words in sentences for word in words]
    if not every:
        return Reading(0.0, 0.0, 0, 0.0)
    spoken = [syllables(word) for word in every]
    return Reading(
        grade=round(0.39 * len(every) / len(sentences) + 11.8 * sum(spoken) / len(every) - 15.59, 1),
        mean=round(len(every) / len(sentences), 1),
        longest=max(len(words) for words in sentences),
        long_words=round(100 * sum(count >= LONG_WORD for count in spoken) / len(every), 1),
    )
