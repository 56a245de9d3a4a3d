# SPDX-License-Identifier: Apache-2.0
"""Turns letters of many alphabets into a to z, and mends text that was read in the wrong encoding, or refuses it.

It decides how one letter is written in another alphabet; the tables are our own and short. It refuses to know what a
name is. What it does not turn (Arabic, Hebrew, Chinese, Tamil and other scripts) stays as it is written, and is then
equal only to itself: a wrong guess at a vowel would make two people of one, or one of two. Marks go where an alphabet
is read without them (é is e, and a pointed Hebrew name is the bare one); in all other scripts a mark is a letter.
"""

import unicodedata

_LATIN = {
    "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ħ": "h", "ı": "i",
    "ŋ": "ng", "ə": "e", "ɛ": "e", "ɔ": "o", "ɓ": "b", "ɗ": "d", "ƙ": "k", "ƴ": "y", "ŧ": "t", "ĸ": "k",
    "ſ": "s", "ǝ": "e", "ƒ": "f",
}  # fmt: skip
_CYRILLIC = {
    "а": "a", "б": "b", "в": "v", "г": "g", "ґ": "g", "д": "d", "е": "e", "є": "ie", "ё": "e", "ж": "zh",
    "з": "z", "и": "i", "і": "i", "ї": "i", "й": "i", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o",
    "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ў": "u", "ф": "f", "х": "kh", "ц": "ts", "ч": "ch",
    "ш": "sh", "щ": "shch", "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "iu", "я": "ia", "ђ": "dj", "ј": "j",
    "љ": "lj", "њ": "nj", "ћ": "c", "џ": "dz", "ѓ": "g", "ќ": "k", "ѕ": "dz",
}  # fmt: skip
_GREEK = {
    "α": "a", "β": "v", "γ": "g", "δ": "d", "ε": "e", "ζ": "z", "η": "i", "θ": "th", "ι": "i", "κ": "k",
    "λ": "l", "μ": "m", "ν": "n", "ξ": "x", "ο": "o", "π": "p", "ρ": "r", "σ": "s", "ς": "s", "τ": "t",
    "υ": "y", "φ": "f", "χ": "ch", "ψ": "ps", "ω": "o",
}  # fmt: skip
_TURNED = str.maketrans(_LATIN | _CYRILLIC | _GREEK)

APOSTROPHES = frozenset("'’‘`´ʼʻʿʾ′ˈ\u02bd\u2032")
"""Signs that stand inside a name and are left out: O'Brien is O’Brien is OBrien."""

LOST = frozenset("\ufffd?")
"""Signs that stand where a letter was lost. Nobody's name has them, and no rule brings the letter back."""

_GARBLED = tuple("ÃÂÄÅÐÑØÙâãåæçèé")
"""What the first byte of a letter in UTF-8 looks like in a Western one-byte encoding."""

_ROUNDS = 2

_READ_BARE = ("LATIN ", "GREEK ", "CYRILLIC ", "ARABIC ", "HEBREW ")
"""Alphabets whose marks are left out. In Devanagari, Bengali, Tamil or Thai a mark is a vowel: Rima is not Rama."""


def plain(text: str) -> str:
    """Return letters a to z where the alphabet is known, lower case, without marks; other signs as they stand."""
    lower = unicodedata.normalize("NFKC", text).casefold()
    kept, bare = [], True
    for sign in unicodedata.normalize("NFKD", lower):
        if is_mark(sign):
            if not bare:
                kept.append(sign)
        elif (
            unicodedata.category(sign) != "Cf"
        ):  # what is not seen (a joiner, a direction) is no part of a name
            bare = not sign.isalpha() or unicodedata.name(sign, "").startswith(_READ_BARE)
            kept.append(sign)
    return unicodedata.normalize("NFC", "".join(kept)).translate(_TURNED)


def is_mark(sign: str) -> bool:
    """Say whether a sign is written on, under or after another: an accent, or the vowel of an Indian script."""
    return unicodedata.category(sign).startswith("M")


def mended(text: str) -> str | None:
    """Return a text as it was before it was read in the wrong encoding; None where letters are lost.

    UTF-8 that was read as Windows-1252 or Latin-1, once or twice, is turned back if, and only if, its bytes are sound
    UTF-8: chance does not make them so. A sign for a lost letter (U+FFFD, or a question mark) cannot be mended.
    """
    for _ in range(_ROUNDS):
        if not any(sign in text for sign in _GARBLED):
            break
        again = _once(text)
        if again is None:
            break
        text = again
    return None if any(sign in LOST for sign in text) else text


def _once(text: str) -> str | None:
    try:
        raw = b"".join(_byte(sign) for sign in text)
        return raw.decode("utf-8") if any(byte > 0x7F for byte in raw) else None  # noqa: PLR2004  beyond ASCII
    except UnicodeError:
        return None


def _byte(sign: str) -> bytes:
    """Return the byte that was shown as this sign; five bytes mean nothing in Windows-1252 and pass as Latin-1."""
    try:
        return sign.encode("cp1252")
    except UnicodeEncodeError:
        return sign.encode("latin-1")
