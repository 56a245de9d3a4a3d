# SPDX-License-Identifier: Apache-2.0
"""What a seed case says, once it has been played: values that a page prints and a test compares. No database."""

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

KEPT = Path(__file__).with_name("answers.json")
"""What the system said when every case was played last. `make reference` plays them; a test plays them and compares."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One thing that was asked or done, as typed values, and each answer: a code or state, and its words."""

    asked: tuple[tuple[str, str], ...]
    says: tuple[tuple[str, str], ...]
    why: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What happened: turn by turn, who was told when, and what stands in public."""

    turns: tuple[Turn, ...]
    told: tuple[str, ...]
    public: tuple[str, ...]

    @property
    def codes(self) -> tuple[str, ...]:
        """Every code or state that was answered, in order."""
        return tuple(code for turn in self.turns for code, _ in turn.says)


@dataclass(frozen=True, slots=True)
class Case:
    """One case: what was reported elsewhere, and what must be answered here.

    `expects` is written by a person and never by `make reference`: the codes and states that the case must come to, in
    order. `missing` says what is not built yet; then what stands here is the true answer of today, which is no.
    """

    name: str
    title: str
    reported: str
    expects: tuple[str, ...]
    play: Callable[[Any], Answer]
    missing: str = ""


def as_json(answers: dict[str, Answer]) -> str:
    """Return answers as they are kept."""
    return (
        json.dumps({name: asdict(one) for name, one in answers.items()}, ensure_ascii=False, indent=1) + "\n"
    )


def kept() -> dict[str, Answer]:
    """Return the answers that were kept."""
    return dict(_read(json.loads(KEPT.read_text("utf-8"))))


def _read(held: dict[str, Any]) -> Iterator[tuple[str, Answer]]:
    for name, one in held.items():
        turns = tuple(
            Turn(
                tuple((question, answer) for question, answer in turn["asked"]),
                tuple((code, words) for code, words in turn["says"]),
                tuple(turn["why"]),
            )
            for turn in one["turns"]
        )
        yield name, Answer(turns, tuple(one["told"]), tuple(one["public"]))
