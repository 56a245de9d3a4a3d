# SPDX-License-Identifier: Apache-2.0
"""Writes the chapter of seed cases from what the system said when they were played."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from spec.seed_cases.cases import CASES
from spec.seed_cases.telling import Answer, Case, kept

PAGE = Path(__file__).resolve().parents[2] / "docs" / "explanation" / "cases.md"

OPENING = """# Cases

What has been asked of registers of children elsewhere, asked of this one. Written by `make reference`, which plays each case
in an invented town, from what the system says: every sentence, law, date and public line below is its own.
`tests/spec/test_seed_cases.py` plays them again and compares each line; what must be answered stands in
`tests/spec/seed_cases/cases.py`, written by people.

Much of this was permitted where it happened. That it is refused here is the keeper's choice, by a rule with a name, and the
page of a refused request says so. Bodies of the state bear their names, because their requests were reported; firms, the
university, the council and every family are invented. A dagger (†) marks law that was recalled and not yet read in the
instrument.
"""


def page() -> str:
    """The whole page."""
    answers = kept()
    return "\n".join((OPENING, *(line for case in CASES for line in _section(case, answers[case.name]))))


def _section(case: Case, answer: Answer) -> Iterator[str]:
    yield f"## {case.title}\n"
    yield f"*Reported:* {case.reported}.\n"
    if case.missing:
        yield f"*Not built yet:* {case.missing} What stands here is today's true answer.\n"
    several = len(answer.turns) > 1
    for number, turn in enumerate(answer.turns, 1):
        place = f" ({number} of {len(answer.turns)})" if several else ""
        yield from _part(f"Asked{place}", (f"*{question}:* {_plain(said)}" for question, said in turn.asked))
        yield from _part(f"Answered{place}", (f"`{code}`: {_plain(words)}" for code, words in turn.says))
        yield from _part("Why", (_plain(one) for one in turn.why))
    yield from _part("Who is told, and when", answer.told)
    yield from _part("In public", answer.public)


def _part(title: str, lines: Iterable[str]) -> Iterator[str]:
    yield f"**{title}**\n"
    yield "\n".join(f"* {line}" for line in lines) + "\n"


def _plain(text: str) -> str:
    """One line, whatever was typed."""
    return " ".join(text.split())
