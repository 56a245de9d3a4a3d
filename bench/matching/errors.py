# SPDX-License-Identifier: Apache-2.0
"""Writes a person down as somebody else would: slips, short forms, other customs, moves, holes.

The shares below are ours, set once before anything was trained, after what studies of linkage report in kind
(postcodes are wrong most often, birth dates seldom). They are no measurement of any real list. The table of spellings
of the package is not used here: what it is worth must not be decided by itself.
"""

import unicodedata

from beholden.town.dice import Dice

Written = dict[str, str]

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_OTHER_VOWEL = {"a": "e", "e": "i", "i": "e", "o": "u", "u": "o", "y": "i"}
_SOUNDS = (
    ("ph", "f"),
    ("kh", "k"),
    ("ck", "k"),
    ("dh", "d"),
    ("ou", "u"),
    ("ee", "i"),
    ("oo", "u"),
    ("ya", "ia"),
)


def slip(text: str, dice: Dice) -> str:
    """Return a text with one letter left out, doubled, changed, or changed about with the next."""
    if len(text) < 2:
        return text
    at = dice.below(len(text) - 1)
    match dice.below(4):
        case 0:
            return text[:at] + text[at + 1 :]
        case 1:
            return text[:at] + text[at] + text[at:]
        case 2:
            return text[:at] + dice.pick(_LETTERS) + text[at + 1 :]
        case _:
            return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def heard(text: str, dice: Dice) -> str:
    """Return a name as it might be written by ear: one sound spelled otherwise, or one vowel another."""
    lower = text.lower()
    fitting = [(one, two) for one, two in _SOUNDS if one in lower]
    if fitting:
        one, two = dice.pick(fitting)
        return lower.replace(one, two, 1)
    vowels = [at for at, sign in enumerate(lower) if at and sign in _OTHER_VOWEL]
    if not vowels:
        return lower
    at = dice.pick(vowels)
    return lower[:at] + _OTHER_VOWEL[lower[at]] + lower[at + 1 :]


def bare(text: str) -> str:
    """Return a name without its marks."""
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def _figure(text: str, dice: Dice) -> str:
    at = dice.below(len(text))
    return text[:at] + str((int(text[at]) + 1 + dice.below(8)) % 10) + text[at + 1 :]


def written(truth: Written, dice: Dice, *, other_surname: str, other_postcode: str) -> Written:
    """Return one person as a request has it. `truth` has the fields of the package, and `middle_names`."""
    given, surname = truth["given_name"], truth["surname"]
    if dice.chance(0.25):
        given, surname = bare(given), bare(surname)
    given = _given(given, truth.get("middle_names", ""), dice)
    surname = _surname(surname, other_surname, dice)
    if dice.chance(0.015):
        given, surname = surname, given
    if dice.chance(0.1):
        given, surname = given.upper(), surname.upper()
    return {
        "given_name": given,
        "surname": surname,
        "birth_date": _birth(truth["birth_date"], dice),
        "postcode": _postcode(truth["postcode"], other_postcode, dice),
        "sex": ""
        if dice.chance(0.05)
        else {"F": "M", "M": "F"}[truth["sex"]]
        if dice.chance(0.003)
        else truth["sex"],
        "pupil_number": _number(truth["pupil_number"], dice),
    }


def _given(given: str, middle: str, dice: Dice) -> str:
    if dice.chance(0.02):
        return ""
    if dice.chance(0.02):
        return given[:1]
    if middle and dice.chance(0.12):
        return f"{given} {middle}"
    if " " in given and dice.chance(0.15):
        return given.split(maxsplit=1)[0]
    if dice.chance(0.05):
        return slip(given, dice)
    return heard(given, dice) if dice.chance(0.03) else given


def _surname(surname: str, other: str, dice: Dice) -> str:
    if dice.chance(0.01):
        return ""
    if dice.chance(0.03):
        return other
    words = surname.replace("-", " ").split()
    if len(words) > 1 and dice.chance(0.2):
        return dice.pick(words[-1:] if len(words[0]) < 4 else words)
    if dice.chance(0.05):
        return slip(surname, dice)
    return heard(surname, dice) if dice.chance(0.02) else surname


def _birth(born: str, dice: Dice) -> str:
    if dice.chance(0.01):
        return ""
    if dice.chance(0.01):
        return f"{born[:4]}-01-01"
    if dice.chance(0.01) and int(born[8:]) <= 12:
        return f"{born[:4]}-{born[8:]}-{born[5:7]}"
    if dice.chance(0.02):
        plain = born.replace("-", "")
        at = 2 + dice.below(6)
        return plain[:at] + _figure(plain[at], dice) + plain[at + 1 :]
    return born


def _postcode(postcode: str, other: str, dice: Dice) -> str:
    if dice.chance(0.04):
        return ""
    if dice.chance(0.17):
        return other
    return slip(postcode.replace(" ", ""), dice).upper() if dice.chance(0.02) else postcode


def _number(number: str, dice: Dice) -> str:
    if dice.chance(0.4):
        return ""
    return number[:-1] + str(dice.below(10)) if dice.chance(0.02) else number
