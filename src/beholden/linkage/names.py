# SPDX-License-Identifier: Apache-2.0
"""Makes the names that people write comparable, whatever their origin, and keeps what makes them different.

What is done, in this order: text in the wrong encoding is mended (`letters`); letters become a to z; apostrophes go,
all other signs part words; titles and words that say *no name is known* are left out. A name is then kept in four
forms, of which the comparison picks: *full* (all its words run together, so that van der Meer is Vandermeer is VAN DER
MEER), *first* and *last* (its words without particles: of García Márquez both, of de la Cruz only cruz), and *spelling*
(its frame of consonants, or its line in the table of spellings). Nothing is cut: a name of six words keeps six.

It refuses to guess which of two words is the surname: where the fields are swapped, the comparison sees it.
"""

from dataclasses import dataclass, field
from functools import lru_cache

from beholden.linkage import letters
from beholden.linkage.spellings import LEADING, frame, one_ending, root

PARTICLES = frozenset(
    {
        *("van", "von", "der", "den", "de", "het", "ten", "ter", "zu", "zum", "zur", "vom", "t", "in", "op"),
        *(
            "la",
            "le",
            "las",
            "los",
            "les",
            "du",
            "des",
            "del",
            "della",
            "dell",
            "di",
            "da",
            "das",
            "do",
            "dos",
        ),
        *(
            "d",
            "e",
            "y",
            "i",
            "lo",
            "el",
            "al",
            "ul",
            "ad",
            "as",
            "ibn",
            "bin",
            "ben",
            "bint",
            "binti",
            "abu",
        ),
        *(
            "ap",
            "ab",
            "ferch",
            "mac",
            "mc",
            "m",
            "ni",
            "nic",
            "o",
            "a",
            "an",
            "wa",
            "st",
            "san",
            "santa",
            "dela",
        ),
    }
)
"""Small words before a surname. They count in its full form, and not in its first and last word."""

_TITLES = frozenset({"mr", "mrs", "ms", "miss", "mx", "master", "dr"})
_NOBODY = frozenset(
    {
        *("unknown", "notknown", "notprovided", "noname", "nosurname", "noforename", "unnamed", "notstated"),
        *("fnu", "lnu", "nfn", "nln", "tbc", "na"),
    }
)
"""What forms say where no name is known. The surname Null is a name, and so are None and Na."""

_NA = "Na"
"""How the name Na is written. NA, na and n/a are what forms say; a list all in capitals cannot tell the two apart."""

_KNOWN = 200_000


@dataclass(frozen=True, slots=True)
class Name:
    """One name in the forms that are compared; all empty where there is none. `words` are all its words in order."""

    full: str = field(default="", repr=False)
    first: str = field(default="", repr=False)
    last: str = field(default="", repr=False)
    spelling: str = field(default="", repr=False)
    words: tuple[str, ...] = field(default=(), repr=False)


NO_NAME = Name()


class Lost(ValueError):  # noqa: N818  said of a value, and turned into a finding by whoever knows the line
    """Says that letters of a name are lost; it never says which name."""


@lru_cache(maxsize=_KNOWN)
def given(text: str) -> Name:
    """Return a given name, or what stands in its field. Raises `Lost` where letters are lost."""
    words = _words(text)
    if not words:
        return NO_NAME
    return Name("".join(words), words[0], words[-1], "".join(root(word) for word in words), words)


@lru_cache(maxsize=_KNOWN)
def surname(text: str) -> Name:
    """Return a surname, or what stands in its field. Raises `Lost` where letters are lost."""
    words = _words(text)
    if not words:
        return NO_NAME
    core = tuple(one_ending(word) for word in words if word not in PARTICLES) or words
    return Name("".join(words), core[0], core[-1], "".join(frame(word) for word in core), words)


@lru_cache(maxsize=_KNOWN)
def given_keys(name: Name) -> tuple[str, ...]:
    """Return under what a given name is found: its first word, and after a leading name the next word too."""
    if not name.words:
        return ()
    heads = name.words[:2] if leads(name.words[0]) else name.words[:1]
    return tuple(dict.fromkeys(root(word) for word in heads))


@lru_cache(maxsize=_KNOWN)
def surname_keys(name: Name) -> tuple[str, ...]:
    """Return under what a surname is found: each end of it, and all of it run together."""
    if not name.words:
        return ()
    return tuple(dict.fromkeys((frame(name.first), frame(name.last), frame(one_ending(name.full)))))


@lru_cache(maxsize=_KNOWN)
def leads(word: str) -> bool:
    """Say whether a given name is one that often stands before the one somebody is called by."""
    return word in LEADING or root(word) in {root(name) for name in LEADING}


def _words(text: str) -> tuple[str, ...]:
    whole = letters.mended(text)
    if whole is None:
        raise Lost
    kept = "".join("" if sign in letters.APOSTROPHES else sign for sign in whole)
    words = "".join(
        sign if sign.isalpha() or letters.is_mark(sign) else " " for sign in letters.plain(kept)
    ).split()
    if text.strip() == _NA:
        return tuple(words)
    if "".join(words) in _NOBODY or set("".join(words)) == {"x"}:
        return ()
    return tuple(word for word in words if word not in _TITLES) or tuple(words)
