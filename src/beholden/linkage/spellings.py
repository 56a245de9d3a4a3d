# SPDX-License-Identifier: Apache-2.0
"""Says which given names are spellings or short forms of one another, and makes the frame of consonants of any name.

The table `spellings.txt` is our own, written from common knowledge; a line of it says *these are often one person's*,
never *these are one name*. It decides nothing about two people: it finds them, and the weights say what that is worth.
"""

import re
from functools import cache, lru_cache
from importlib import resources

LEADING = frozenset(
    {
        *("mohammed", "abd", "abdul", "abdur", "abu", "syed", "sheikh", "mirza", "haji", "noor", "umm"),
        *("maria", "jose", "jean", "john", "mary", "anne", "anna", "ana", "marie", "juan", "princess"),
    }
)
"""Names that often stand before the name by which somebody is called; brothers may share them, so the rest counts."""

_VOWELS = "aeiouy"
_SOUNDS = (
    (re.compile("tsch|tch|sch|sh|cz|zh|sz|ch(?=[iy])"), "s"),
    (re.compile("ph|pf"), "f"),
    (re.compile("ck|kh|qu|q|ch"), "k"),
    (re.compile("dj|dz|gi(?=[ao])"), "j"),
    (re.compile("c(?=[eiy])"), "s"),
    (re.compile("c"), "k"),
    (re.compile("x"), "ks"),
    (re.compile("z"), "s"),
    (re.compile("w"), "v"),
    (re.compile(f"(?<=[^{_VOWELS}])h"), ""),
)
_AGAIN = re.compile(r"(.)\1+")
_LONGEST = 8

_ENDINGS = (
    ("skaia", "ski"), ("skaya", "ski"), ("skyi", "ski"), ("skyy", "ski"), ("sky", "ski"), ("ska", "ski"),
    ("cka", "cki"), ("dzka", "dzki"), ("auskaite", "auskas"), ("auskiene", "auskas"), ("unaite", "unas"),
    ("iute", "ius"), ("ova", "ov"), ("eva", "ev"), ("idou", "idis"), ("poulou", "poulos"), ("ides", "idis"),
    ("dottir", "son"),
)  # fmt: skip
_STEM = 3
_FRAMED = 200_000
"""So many words are remembered with their frames: a request of any length must not fill the memory."""


@cache
def _table() -> dict[str, str]:
    """Return for each name of the table the first name of its line; lines that share a name are one."""
    lines = [
        line.split()
        for line in (resources.files(__package__) / "spellings.txt").read_text("utf-8").splitlines()
        if line and not line.startswith("#")
    ]
    head: dict[str, str] = {}
    for names in lines:
        old = {head[name] for name in names if name in head}
        head |= dict.fromkeys((*names, *(n for n, h in head.items() if h in old)), names[0])
    return head


def is_known(name: str) -> bool:
    """Say whether a given name stands in the table: then it is no slip of the keyboard."""
    return name in _table()


def root(given: str) -> str:
    """Return what stands for all spellings of one given name: the head of its line, or its frame."""
    return frame(_table().get(given, given))


@lru_cache(maxsize=_FRAMED)
def frame(name: str) -> str:
    """Return a name's frame: its consonants as they sound, roughly, after its first letter.

    Vowels are what transliteration disagrees about most (Mohammed, Muhammad); so they are left out, all but a first
    one, which is written *a*. A name in a script that was not turned into a to z is its own frame.
    """
    if not name.isascii():
        return name
    sounds = name
    for pattern, sound in _SOUNDS:
        sounds = pattern.sub(sound, sounds)
    first, rest = sounds[:1], sounds[1:]
    first = "a" if first in _VOWELS else first
    return _AGAIN.sub(r"\1", first + "".join(c for c in rest if c not in _VOWELS))[:_LONGEST]


def one_ending(surname: str) -> str:
    """Return a surname with the ending that a man of the family bears: Kowalska is Kowalski."""
    for hers, his in _ENDINGS:
        if surname.endswith(hers) and len(surname) - len(hers) >= _STEM:
            return surname[: -len(hers)] + his
    return surname
