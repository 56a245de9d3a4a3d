# SPDX-License-Identifier: Apache-2.0
"""What anybody may ask of tables: what is on offer, one question, and the public log of questions (D24).

Nobody has to say who they are. What a door says of an asker is a keyed hash, for the quota; it stays in this process.
"""

import json
from dataclasses import dataclass, field
from datetime import datetime

from beholden.catalogue import Catalogue
from beholden.gate import shelves
from beholden.gate.actions.answering import answer
from beholden.gate.counter import Counter
from beholden.kinds import Actor, Role
from beholden.tables import answering, shelf

ANYBODY = Actor("anybody", Role.KEEPER)
"""Whoever asks: nobody is told apart, and the register's own machinery answers."""


@dataclass(slots=True)
class Tables:
    """Answers the public for as long as the keeper's process lives."""

    _counter: Counter = field(default_factory=Counter)

    def on_offer(self, _: object, *, catalogue: Catalogue, at: datetime) -> shelf.Shelf:  # noqa: ARG002  every verb is told both
        """Return what can be asked."""
        return shelves.on_offer(catalogue)

    def ask(self, question: shelf.Ask, *, catalogue: Catalogue, at: datetime) -> shelf.Given:
        """Answer one question."""
        raw = question.question.encode()
        made = answer(raw, question.asker, self._counter, catalogue=catalogue, by=ANYBODY, at=at)
        return shelf.Given(json.dumps(answering.document(made), ensure_ascii=False))

    def log(self, _: object, *, catalogue: Catalogue, at: datetime) -> shelf.Lines:  # noqa: ARG002
        """Return what was asked, by day."""
        return shelves.asked()
