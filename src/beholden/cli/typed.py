# SPDX-License-Identifier: Apache-2.0
"""What several commands are told in one way: about whom, one word of a list, words with commas between, yes or no."""

from datetime import date

from beholden.cli.family import asked, day
from beholden.refusals import Refusal


def whom() -> tuple[str, date]:
    """Ask for one child's pupil number and birth date. Never words of a command: others can read those."""
    return asked("The pupil number"), day(asked("The birth date, like 2015-03-27"))


def words(text: str) -> tuple[str, ...]:
    """Return the words that stand between commas, each once and in order."""
    return tuple(sorted({word.strip() for word in text.split(",")} - {""}))


def one_of(word: str, words: tuple[str, ...], *, authority: str) -> str:
    """Return a word of a closed list; refuse every other, by what the list stands on."""
    if word not in words:
        raise Refusal(
            "cli.word",
            "There is no such word for this.",
            next_step=f"Say one of: {', '.join(words)}.",
            authority=authority,
        )
    return word


def yes_or_no(said: str) -> bool:
    """Return an answer; what is neither is refused, because a guess could let somebody look at their own family."""
    if said.strip().lower() not in {"yes", "no"}:
        raise Refusal(
            "cli.yes_or_no",
            "The question whether you know the child or the family was not answered.",
            next_step="Answer yes or no. With yes, another officer looks.",
            authority="D27",
        )
    return said.strip().lower() == "yes"
