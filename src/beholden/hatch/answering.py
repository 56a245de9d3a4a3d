# SPDX-License-Identifier: Apache-2.0
"""The keeper's side of the hatch: reads one question, does what its verb says, and writes one answer.

The plan for each question: 1 its verb is in the list; 2 it reads as the verb's own type, and nothing is left over;
3 the verb's function does its own checks, as if it had been asked by a stranger; 4 a refusal goes back as a refusal;
5 anything else that goes wrong is written into our own log without its words, and the door hears only *silent*.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec

from beholden.catalogue import Catalogue
from beholden.hatch.verbs import AWAKE, Answered, Asked, Awake, Nothing, Refused, Verb, silent
from beholden.refusals import Refusal

Does = Callable[..., Any]
"""What a verb does: it takes the question, and by keyword the catalogue and the moment."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Keeper:
    """What answers: the list of verbs with what each does, the catalogue in force, and since when it has been there."""

    verbs: Mapping[str, tuple[Verb[Any, Any], Does]]
    catalogue: Catalogue
    since: datetime

    def answer(self, raw: bytes, *, at: datetime) -> bytes:
        """Return the bytes that go back for the bytes that came in; never raises."""
        try:
            return msgspec.json.encode(Answered(answer=msgspec.Raw(self._done(raw, at))))
        except Refusal as no:
            return msgspec.json.encode(Answered(refused=Refused.of(no)))
        except Exception:  # noqa: BLE001  whatever broke, the process goes on
            _log.exception(
                "a verb of the hatch broke"
            )  # the formatter writes class and places, never the words
            return msgspec.json.encode(Answered(refused=Refused.of(silent())))

    def _done(self, raw: bytes, at: datetime) -> bytes:
        try:
            asked = msgspec.json.decode(raw, type=Asked)
            verb, does = self.verbs[asked.verb]  # 1
            question = msgspec.json.decode(asked.question, type=verb.question)  # 2
        except (msgspec.MsgspecError, KeyError) as trouble:
            raise _not_a_question() from trouble
        answer = does(question, catalogue=self.catalogue, at=at)  # 3
        if not isinstance(answer, verb.answer):
            raise TypeError(f"{verb.name} gave another answer than it promises")
        return msgspec.json.encode(answer)


def awake(since: datetime) -> tuple[Verb[Nothing, Awake], Does]:
    """Return the verb by which a door finds out that the keeper is there."""

    def does(_: Nothing, *, catalogue: Catalogue, at: datetime) -> Awake:  # noqa: ARG001  every verb is told both
        return Awake(since)

    return AWAKE, does


def _not_a_question() -> Refusal:
    return Refusal(
        "hatch.question",
        "This is no question that the keeper knows.",
        next_step="Run doors and keeper of one version.",
        authority="ARCHITECTURE section 3: doors and keeper",
    )


def now() -> datetime:
    """Return this moment (aware UTC): the keeper's process is a door to the rooms below, and tells them the time."""
    return datetime.now(UTC)
