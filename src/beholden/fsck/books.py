# SPDX-License-Identifier: Apache-2.0
"""Checks the schools' books of biometrics: each system's seal, each line bound to the one before it. Reads no name."""

from beholden.biometrics.queries import held_books
from beholden.fsck.rules import ROWS, Findings, found

_SYSTEM, _ENTRY = "table biometrics_system", "table biometrics_entry"


def check_books() -> Findings:
    """Every system is as it was written down; what is written of each child begins there and has no gap.

    What is not seen: the newest line about a child that was taken away. Its number and seal are with the family.
    """
    for book in held_books():
        if not book.is_sound:
            yield found("book", _SYSTEM, f"System {book.ref} is not as its school wrote it down.", ROWS)
        if book.broken:
            sentence = (
                f"For {book.broken:,} of {book.children:,} children book {book.ref} does not hold together."
            )
            yield found("book_line", _ENTRY, sentence, ROWS)
