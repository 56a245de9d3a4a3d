# SPDX-License-Identifier: Apache-2.0
"""Writes the page of biometrics at school from the truth table that is tested, and from the law in the catalogue.

What stands on the page was played: each case is a test of tests/spec/test_biometrics_at_school.py.
"""

from pathlib import Path

from beholden.catalogue import Bar, load
from house.catalogue_page import cited, table
from spec.test_biometrics_at_school import CASES, NOT_WRITTEN

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "biometrics.md"

OPENING = """# Biometrics at school

Written by `make reference` from `tests/spec/test_biometrics_at_school.py`, whose every line is tried by a test, and from
the first pack's law. A dagger (†) marks law that was recalled and not yet read in the instrument.

A school that wants to know children by finger or face keeps a *book* for each system. It says who each child's parents
are, who was told, who agreed, who objected, and what the child said. Nothing in it is changed or taken out. It belongs
to the school: nothing of it is a catalogue item, no exit can name it, no page and no log shows it. How it is kept:
[keep a book of biometrics](../how-to/keep-a-book-of-biometrics.md).

## What speaks against it

Every reason that applies is given, never the first alone.

{bars}

For a child for whom it may not be used, the school has another way, written down before anything was asked: by it the
child can do the same things.

## Whom a school need not tell or ask

A parent is excepted on one of these grounds, by its name in the book, and on no other. One who is excepted and objects
all the same has objected.

{grounds}

## What happened, and what follows

{cases}

## What is not written down, because it does not count

{unwritten}
"""

_MAY = "it may be used"


def page() -> str:
    """The whole page."""
    catalogue = load("england")
    law = catalogue.biometrics
    bars = table(
        ("reason", "in words", "what to do", "law"),
        (
            (f"`{name}`", note.says, note.what_to_do, cited(catalogue, note.authority))
            for name, note in law.bars.items()
        ),
    )
    grounds = table(
        ("ground", "in words", "law"),
        ((f"`{one.name}`", one.label, cited(catalogue, one.authority)) for one in law.grounds.values()),
    )
    cases = table(
        ("section", "what happened", "age", "what follows"),
        ((section, happened, str(age), _follows(reasons)) for section, happened, age, _, reasons in CASES),
    )
    unwritten = table(
        ("what", "refused as"), ((what, f"`biometrics.{code}`") for what, _, _, code in NOT_WRITTEN)
    )
    return OPENING.format(bars=bars, grounds=grounds, cases=cases, unwritten=unwritten)


def _follows(reasons: set[Bar]) -> str:
    return ", ".join(f"`{bar.value}`" for bar in Bar if bar in reasons) or _MAY
