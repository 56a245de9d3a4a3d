# SPDX-License-Identifier: Apache-2.0
"""What the published files say, put in order for counting: uses, and the lists that left. Grades nothing.

Every fact carries where it stands in a log. Nothing here comes from a database, a clock or the keeper's word.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from beholden.ledger.confirmation import Word, weigh
from beholden.ledger.entries import Body
from beholden.ledger.handovers import Log, Placed
from beholden.ledger.texts import PublishedText
from beholden.ledger.verify import subject
from beholden.ledger.vocabulary.events import Decision, NoticeGiven, UseMoved
from beholden.ledger.vocabulary.handovers import Intent, Outcome
from beholden.ledger.vocabulary.terms import EVENTS, HANDOVERS

WITHDRAWN = "withdrawn"
_Body = TypeVar("_Body", bound=Body)

Source = tuple[str, int]
"""Where a fact stands: the log, and the entry's index in it."""


@dataclass(frozen=True, slots=True)
class UseFacts:
    """Everything that the events log says about one use, in order."""

    use: str
    moves: tuple[Placed[UseMoved], ...]
    notices: tuple[Placed[NoticeGiven], ...]

    @property
    def exit(self) -> str:
        """By which way out it goes, as its first entry says; empty where the log has none."""
        return self.moves[0].body.exit if self.moves else ""

    def reached(self, state: str, *, before: int | None = None) -> Placed[UseMoved] | None:
        """Return the first entry that says the use came to a state; of those above an index, if one is given."""
        return next((one for one in above(self.moves, before) if one.body.state == state), None)

    def told(self, *, before: int) -> tuple[Placed[NoticeGiven], ...]:
        """Return the ended tellings that stand above an index."""
        return above(self.notices, before)


@dataclass(frozen=True, slots=True)
class Release:
    """One list that left, or may have left: no outcome counts as delivered, and only *withdrawn* does not."""

    intent: Placed[Intent]
    outcome: Placed[Outcome] | None
    word: Word
    use: UseFacts
    decision: Placed[Decision] | None

    @property
    def seen(self) -> int:
        """How much of the events log stood there when the list was announced."""
        return self.intent.body.header.events.size

    @property
    def source(self) -> Source:
        return HANDOVERS, self.intent.index

    @property
    def name(self) -> str:
        """How people name it: by its public number."""
        return f"handover {self.intent.body.seq}"


@dataclass(frozen=True, slots=True)
class Facts:
    """Two verified logs that fit together, what was published beside them, and the day of the card.

    `texts` is None where none are published. `keys` are the verifier keys under which both logs were opened. `uses` and
    `releases` follow from the logs; they are put together once, because a recipient's signature takes its time.
    """

    on: date
    keys: Mapping[str, str]
    roots: Mapping[str, bytes]
    handed: Log
    handovers: tuple[Placed[Body], ...]
    events: tuple[Placed[Body], ...]
    texts: Mapping[str, PublishedText] | None
    uses: Mapping[str, UseFacts]
    releases: tuple[Release, ...]

    @property
    def sizes(self) -> Mapping[str, int]:
        """How many entries each log had when it was read."""
        return {EVENTS: len(self.events), HANDOVERS: len(self.handovers)}


def above(found: tuple[Placed[_Body], ...], index: int | None) -> tuple[Placed[_Body], ...]:
    """Return those that stand above an index, or all."""
    return found if index is None else tuple(one for one in found if one.index < index)


def of_kind(entries: Iterable[Placed[Body]], kind: type[_Body]) -> tuple[Placed[_Body], ...]:
    """Return the entries of one kind, in order."""
    return tuple(Placed(one.index, one.at, one.body) for one in entries if isinstance(one.body, kind))


def gathered(
    *,
    on: date,
    keys: Mapping[str, str],
    roots: Mapping[str, bytes],
    handed: Log,
    handovers: tuple[Placed[Body], ...],
    events: tuple[Placed[Body], ...],
    texts: Mapping[str, PublishedText] | None,
) -> Facts:
    """Return the facts of two logs, with uses and releases put in order."""
    uses = _uses(events)
    return Facts(
        on=on,
        keys=keys,
        roots=roots,
        handed=handed,
        handovers=handovers,
        events=events,
        texts=texts,
        uses=uses,
        releases=_releases(handed, events, uses),
    )


def _uses(events: tuple[Placed[Body], ...]) -> Mapping[str, UseFacts]:
    """Return each use of the log, by its reference, in the order of first mention."""
    moves: dict[str, list[Placed[UseMoved]]] = {}
    notices: dict[str, list[Placed[NoticeGiven]]] = {}
    for move in of_kind(events, UseMoved):
        moves.setdefault(move.body.use, []).append(move)
    for notice in of_kind(events, NoticeGiven):
        notices.setdefault(notice.body.use, []).append(notice)
    return {
        use: UseFacts(use, tuple(moves.get(use, ())), tuple(notices.get(use, ())))
        for use in dict.fromkeys((*moves, *notices))
    }


def _releases(
    handed: Log, events: tuple[Placed[Body], ...], uses: Mapping[str, UseFacts]
) -> tuple[Release, ...]:
    """Return every list that left or may have left, by its number."""
    found = []
    for intent in handed.intents:
        outcome = handed.outcomes.get(intent.body.seq)
        if outcome is not None and outcome.body.outcome == WITHDRAWN:
            continue
        use = intent.body.header.use
        release = Release(
            intent=intent,
            outcome=outcome,
            word=weigh(subject(intent.body), outcome.body.recomputed if outcome else None),
            use=uses.get(use, UseFacts(use, (), ())),
            decision=_decision(events, intent),
        )
        found.append(release)
    return tuple(found)


def _decision(events: tuple[Placed[Body], ...], intent: Placed[Intent]) -> Placed[Decision] | None:
    """Return the decision that a list names, if there is one at that place and it is about the same use."""
    header = intent.body.header
    for one in of_kind(events[header.decision : header.decision + 1], Decision):
        if one.body.use == header.use:
            return one
    return None
