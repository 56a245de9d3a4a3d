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
from beholden.ledger.vocabulary.handovers import DutyReturn, Intent, Outcome
from beholden.ledger.vocabulary.terms import EVENTS, HANDOVERS

RELEASED, IN_USE, WITHDRAWN = "released", "in_use", "withdrawn"
_Body = TypeVar("_Body", bound=Body)

Handed = Placed[Intent] | Placed[DutyReturn]
"""What was put into the log before it left: a list, or a return that the law requires."""

RunKey = tuple[str, int]
"""One run of a use: its reference, and its number from 1 on."""

Source = tuple[str, int]
"""Where a fact stands: the log, and the entry's index in it."""


@dataclass(frozen=True, slots=True)
class UseFacts:
    """Everything that the events log says about one use, or about one run of it, in order."""

    use: str
    moves: tuple[Placed[UseMoved], ...] = ()
    notices: tuple[Placed[NoticeGiven], ...] = ()
    number: int = 1

    @property
    def key(self) -> RunKey:
        return self.use, self.number

    @property
    def name(self) -> str:
        """How people name it: by its reference, and a later run by its number too."""
        return self.use if self.number == 1 else f"{self.use} run {self.number}"

    @property
    def runs(self) -> tuple["UseFacts", ...]:
        """Return what is said of each run apart. It ends where records leave or it is left off; the last is open."""
        states = ("", *(one.body.state for one in self.moves))
        ends = [one.index + 1 for before, one in zip(states, self.moves, strict=False) if _ends(before, one)]
        bounds = zip((0, *ends), (*ends, None), strict=True)
        return tuple(
            UseFacts(self.use, _within(self.moves, *bound), _within(self.notices, *bound), number)
            for number, bound in enumerate(bounds, start=1)
        )

    def of_run(self, place: int) -> "UseFacts":
        """Return the run in which something at a place of the log was said."""
        runs = self.runs
        return next((one for one in runs[:-1] if place <= one.moves[-1].index), runs[-1])

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
    def run(self) -> UseFacts:
        """The run of its use in which it was decided."""
        return self.use.of_run(self.intent.body.header.decision)

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
    def left(self) -> Mapping[RunKey, tuple[Handed, ...]]:
        """Every handover that left or may have left, a list or a duty return, by the run in which it was decided."""
        fell = {of for of, one in self.handed.duty_outcomes.items() if one.body.outcome == WITHDRAWN}
        duties = (one for one in self.handed.duties if one.body.id not in fell)
        found: dict[RunKey, tuple[Handed, ...]] = {}
        handed: tuple[Handed, ...] = (*(one.intent for one in self.releases), *duties)
        for one in handed:
            header = one.body.header
            key = self.uses.get(header.use, UseFacts(header.use)).of_run(header.decision).key
            found[key] = (*found.get(key, ()), one)
        return found

    @property
    def sizes(self) -> Mapping[str, int]:
        """How many entries each log had when it was read."""
        return {EVENTS: len(self.events), HANDOVERS: len(self.handovers)}


def above(found: tuple[Placed[_Body], ...], index: int | None) -> tuple[Placed[_Body], ...]:
    """Return those that stand above an index, or all."""
    return found if index is None else tuple(one for one in found if one.index < index)


def _within(found: tuple[Placed[_Body], ...], low: int, high: int | None) -> tuple[Placed[_Body], ...]:
    return tuple(one for one in above(found, high) if one.index >= low)


def _ends(before: str, move: Placed[UseMoved]) -> bool:
    """Say whether a step ends a run: records left, or it went back to what had left before and was received."""
    return move.body.state == RELEASED or (move.body.state == IN_USE and before != RELEASED)


def is_announced(said: Placed[UseMoved], handed: Iterable[Handed]) -> bool:
    """Say whether one of the handovers of a run stood in the log before its records were said to have left."""
    return any(one.body.header.events.size <= said.index and one.at <= said.at for one in handed)


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
            use=uses.get(use, UseFacts(use)),
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
