# SPDX-License-Identifier: Apache-2.0
"""What several commands are told in one way: about whom, and words with commas between."""

from datetime import date

from beholden.cli.family import asked, day


def whom() -> tuple[str, date]:
    """Ask for one child's pupil number and birth date. Never words of a command: others can read those."""
    return asked("The pupil number"), day(asked("The birth date, like 2015-03-27"))


def words(text: str) -> tuple[str, ...]:
    """Return the words that stand between commas, each once and in order."""
    return tuple(sorted({word.strip() for word in text.split(",")} - {""}))
