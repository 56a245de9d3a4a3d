# SPDX-License-Identifier: Apache-2.0
"""Say why a pupil number or a learner number is wrong. Arithmetic only: no file, no clock, no database.

It decides whether the characters can be a Unique Pupil Number (UPN) or a Unique Learner Number (ULN). It
refuses to know whose number it is, and whether such a number was ever issued. No sentence here carries the
number.

Sources: Government Data Standards Catalogue, *Unique Pupil Number* v2.0 (18 November 2004), validations 1
to 6; Department for Education school census rules 1500 to 1575; HESA, ULN field notes (collection 17051).
"""

from dataclasses import dataclass

CHECK_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
"""Values 0 to 22 as letters; I, O and S are never used (GDSC UPN v2.0, validations 3 to 5)."""

UPN_LENGTH = 13
ULN_LENGTH = 10

_LA_RANGES = """
    001-005 201-213 301-320 330-336 340-344 350-359 370-373 380-384 390-394 420 660-681 701-708 800-803
    805-808 810-813 815 816 820-823 825 826 830 831 835-837 838 839 840 841 845 846 850-852 855-857 860 861
    865-896 908 909 916 919 921 925 926 928 929 931 933 935-938 940-943
"""

UPN_AUTHORITIES = frozenset(
    f"{code:03}"
    for first, _, last in (entry.partition("-") for entry in _LA_RANGES.split())
    for code in range(int(first), int(last or first) + 1)
)
"""Characters 2 to 4 that rule 1530 allows: authorities since April 1999 and pseudo codes.

838 and 839 joined the list in 2019. 940 to 943, the unitary authorities of 2021 and 2023, are in the 2026
collection's own list of authorities and are taken as allowed, so that no living pupil's number is refused.
"""


@dataclass(frozen=True, slots=True)
class NumberFault:
    """One reason why a number is wrong: the Department's rule, and a sentence that never shows the number."""

    rule: str
    sentence: str


def upn_check_letter(body: str) -> str:
    """Return the letter that must stand before these twelve characters (GDSC UPN v2.0, validations 1 to 6).

    Each of characters 2 to 13 is multiplied by its position; the sum modulo 23 picks the letter. A temporary
    number ends in a letter, which counts with that letter's own value.
    """
    if not (len(body) == UPN_LENGTH - 1 and _digits(body[:11]) and _upn_last(body[11])):
        raise ValueError("a UPN's body is eleven digits and then one digit or one check letter")
    values = (int(c) if _digits(c) else CHECK_LETTERS.index(c) for c in body)
    return CHECK_LETTERS[sum(value * place for place, value in enumerate(values, start=2)) % 23]


def upn_faults(upn: str) -> tuple[NumberFault, ...]:
    """Return every reason why this is no UPN, in the order of the rule numbers; empty if there is none.

    The check letter is compared only where it can be computed, so that one wrong character is not told twice.
    """
    if not upn:
        return (NumberFault("1500", "The pupil number (UPN) is missing."),)
    if len(upn) != UPN_LENGTH:
        return (NumberFault("1510", "The pupil number (UPN) does not have 13 characters."),)
    numeric, ending = _digits(upn[4:12]), _upn_last(upn[12])
    faults = []
    if upn[0] not in CHECK_LETTERS:
        faults.append(NumberFault("1510", "The pupil number (UPN) does not begin with a check letter."))
    elif _digits(upn[1:4]) and numeric and ending and upn_check_letter(upn[1:]) != upn[0]:
        faults.append(NumberFault("1510", "The check letter of the pupil number (UPN) is wrong."))
    if upn[1:4] not in UPN_AUTHORITIES:
        faults.append(NumberFault("1530", "Characters 2 to 4 of the pupil number (UPN) name no authority."))
    if not numeric:
        faults.append(NumberFault("1540", "Characters 5 to 12 of the pupil number (UPN) are not all digits."))
    if not ending:
        sentence = "Character 13 of the pupil number (UPN) is no digit and no letter, or is I, O or S."
        faults.append(NumberFault("1550", sentence))
    return tuple(faults)


def uln_check_digit(first_nine: str) -> str | None:
    """Return the tenth digit of a ULN, or None where these nine digits can begin no ULN.

    The digits are weighted 10 to 2; a sum that is a multiple of 11 is never issued, otherwise the check
    digit is 10 less the remainder (HESA, ULN). Equivalent: all ten digits weighted 10 to 1 leave 10 modulo
    11.
    """
    if not (len(first_nine) == ULN_LENGTH - 1 and _digits(first_nine) and first_nine[0] != "0"):
        raise ValueError("a ULN begins with nine digits, the first of them not 0")
    remainder = sum(int(c) * weight for c, weight in zip(first_nine, range(10, 1, -1), strict=True)) % 11
    return None if remainder == 0 else str(10 - remainder)


def uln_faults(uln: str) -> tuple[NumberFault, ...]:
    """Return every reason why this is no ULN (rule 1575); empty if there is none. A missing ULN is not
    judged.
    """
    if not (len(uln) == ULN_LENGTH and _digits(uln) and uln[0] != "0"):
        return (NumberFault("1575", "The learner number (ULN) is not ten digits beginning with 1 to 9."),)
    if uln_check_digit(uln[:9]) != uln[9]:
        return (NumberFault("1575", "The check digit of the learner number (ULN) is wrong."),)
    return ()


def _digits(text: str) -> bool:
    # str.isdigit alone also accepts the digits of other scripts, which no census number holds.
    return text.isascii() and text.isdigit()


def _upn_last(character: str) -> bool:
    return _digits(character) or character in CHECK_LETTERS
