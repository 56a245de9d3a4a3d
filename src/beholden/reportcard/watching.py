# SPDX-License-Identifier: Apache-2.0
"""Watches a keeper from outside: what its published files say that they may not say. Believes nothing, needs no home.

Whoever keeps a copy of the published files runs this again and again. It finds rules that were loosened before their
notice (D41), a log that shows another past than it showed before, steps out of their order, figures that do not agree,
and days that were missed (`late`). It cannot see what was never said. No Django, no clock, no database.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from beholden.catalogue import Catalogue, PackRefused, restore
from beholden.gate.ratchet import digest, loosenings
from beholden.ledger import tree
from beholden.ledger.canonical import parse_json, print_json
from beholden.ledger.handovers import Placed
from beholden.ledger.mirror import CATALOGUES
from beholden.ledger.tiles import TileLog
from beholden.ledger.vocabulary.events import (
    CatalogueAnnounced,
    CatalogueSet,
    Decision,
    NoticeGiven,
)
from beholden.ledger.vocabulary.handovers import DutyReturn
from beholden.ledger.vocabulary.terms import EVENTS, HANDOVERS, band, tens
from beholden.refusals import Refusal
from beholden.reportcard.alarms import WATCHED, Alarm
from beholden.reportcard.facts import Facts, UseFacts, is_announced, of_kind
from beholden.reportcard.late import overdue
from beholden.reportcard.published import Unread, facts
from beholden.uses.rules.life import TRANSITIONS, State

MAX_STATE_BYTES = 4_000
_STEPS = frozenset((step.source.value, step.target.value) for step in TRANSITIONS)
_EACH_RUN = (State.PUBLISHED.value, State.WINDOW.value)
_BEFORE_DECIDING = (State.APPROVED.value, *_EACH_RUN)
_TOLD = "families told"
_AFTER_LEAVING = frozenset(
    one.value for one in (State.IN_USE, State.EXPIRING, State.DESTROYED, State.CLOSED, State.BREACHED)
)


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen the last time: of each log, how many entries, their root in hex, and the key it was opened with."""

    logs: Mapping[str, tuple[int, str, str]]

    def print(self) -> bytes:
        """Return the bytes of its file."""
        shown = {
            log: {"key": key, "root": root, "size": size} for log, (size, root, key) in self.logs.items()
        }
        return print_json(shown)

    @classmethod
    def parse(cls, raw: bytes) -> "Seen":
        """Read what `print` wrote, or refuse: a memory that cannot be read is no memory, and a fork would pass."""
        try:
            held: Any = parse_json(raw, limit=MAX_STATE_BYTES)
            return cls(
                {
                    log: (_size(held[log]["size"]), str(held[log]["root"]), str(held[log]["key"]))
                    for log in (EVENTS, HANDOVERS)
                }
            )
        except (Refusal, LookupError, TypeError, ValueError) as cause:
            raise Refusal(
                "watch.state",
                "What was seen the last time cannot be read from this file.",
                next_step="Put the file back from a copy. Without it, nobody can tell whether the past was changed.",
                authority="D26, D27",
            ) from cause


def _size(said: object) -> int:
    if not isinstance(said, int) or isinstance(said, bool) or said < 0:
        raise ValueError("a size is a number of entries")
    return said


def watch(
    folder: Path, *, keys: Iterable[str], before: Seen | None, on: date
) -> tuple[Seen | None, tuple[Alarm, ...]]:
    """Return what is seen now, and every alarm. Nothing is seen where the logs do not hold, or another past is shown.

    The plan: 1 the logs are those that the keys signed, whole, in order, and of one another, and every entry is of a
    kind that is watched; 2 each continues what it was the last time, under the same key; 3 no rule was loosened before
    its notice; 4 each use went step by step, and was approved, published and told before it was decided, in each of its
    runs, and decided before its list, or its duty return, which needs none; 5 the figures agree, and no auditor found
    other rows; 6 nothing that has a
    day is late, and nothing is secret for longer than the rules allow.
    """
    try:
        found = facts(folder, keys=keys, on=on)  # 1
    except Unread as no:
        return None, tuple(_unread(log, index, sentence) for log, index, sentence in no.entries)
    except Refusal as no:
        return None, (Alarm(f"watch.{no.code.rpartition('.')[2]}", "the published files", no.sentence),)
    seen = Seen(
        {log: (found.sizes[log], found.roots[log].hex(), found.keys[log]) for log in (EVENTS, HANDOVERS)}
    )
    forked = tuple(_forked(folder, before, seen))  # 2
    rules = _catalogues(folder, found)
    ordered = (*_loosened(found, rules), *_out_of_order(found), *_unlisted(found))  # 3, 4
    returned = (*_duties(found, rules), *_replays(found))  # 4, 5
    late = overdue(found, {name: one.catalogue for name, one in rules.items()})  # 6
    alarms = (*forked, *_unwatched(found), *ordered, *returned, *_figures(found), *late)
    return None if forked else seen, alarms


def _replays(found: Facts) -> Iterator[Alarm]:
    """Say aloud that an auditor found other rows than the register would have released."""
    for seq, said in found.handed.audits.items():
        for one in said:
            if not one.agrees:
                sentence = (
                    f"An auditor made handover {seq} again, and the rows its recipient holds are other ones."
                )
                yield Alarm("watch.replay", f"{HANDOVERS} {one.index}", sentence)


def _unread(log: str, index: int, sentence: str) -> Alarm:
    return Alarm("watch.unknown_entry", f"{log} {index}", f"This entry cannot be read. {sentence}")


def _unwatched(found: Facts) -> Iterator[Alarm]:
    """Name every entry of a kind that nobody here looks at: it is never passed over in silence."""
    for log, entries in ((HANDOVERS, found.handovers), (EVENTS, found.events)):
        for one in entries:
            if (log, one.body.kind) not in WATCHED:
                sentence = f"Nobody looks at entries of the kind {one.body.kind} here."
                yield Alarm("watch.unknown_entry", f"{log} {one.index}", sentence)


def _forked(folder: Path, before: Seen | None, seen: Seen) -> Iterator[Alarm]:
    for log, (size, root, key) in ({} if before is None else before.logs).items():
        now, _, now_key = seen.logs[log]
        if now_key != key:
            yield Alarm("watch.another_key", log, "The log is opened with another key than the last time.")
        elif now < size:
            yield Alarm("watch.shorter", log, f"The log has {now:,} entries, and had {size:,} the last time.")
        elif _root(TileLog(folder / log), size, of=now).hex() != root:
            yield Alarm("watch.fork", log, f"The first {size:,} entries are not those of the last time.")


def _root(held: TileLog, size: int, *, of: int) -> bytes:
    """Return the root of the first entries; a copy need not have the partial tiles of an earlier size."""
    return tree.root(tree.leaf_hash(entry) for entry in held.entries(of)[:size])


# --- the rules ---


@dataclass(frozen=True, slots=True)
class _Rules:
    """A catalogue as it was published: None of its own where this version cannot read it."""

    catalogue: Catalogue | None
    notice_days: int | None


def _catalogues(folder: Path, found: Facts) -> Mapping[str, _Rules]:
    """Return every catalogue that the log names and that lies in the copy, byte for byte what its name says."""
    named = {one.body.hash.hex() for one in of_kind(found.events, CatalogueSet)}
    named |= {one.body.hash.hex() for one in of_kind(found.events, CatalogueAnnounced)}
    held = {}
    for name in sorted(named):
        try:
            raw = (folder / CATALOGUES / f"{name}.json").read_bytes()
        except OSError:
            continue
        if hashlib.sha256(raw).hexdigest() == name:
            held[name] = _rules(raw)
    return held


def _rules(raw: bytes) -> _Rules:
    try:
        catalogue = restore(raw)
    except PackRefused:
        return _Rules(None, None)
    return _Rules(catalogue, catalogue.limits.rules_notice_days)


def _loosened(found: Facts, rules: Mapping[str, _Rules]) -> Iterator[Alarm]:
    """Say where looser rules came into force without their own notice, or where nobody can tell."""
    announced: list[Placed[CatalogueAnnounced]] = []
    last: str | None = None
    for one in found.events:
        place = f"{EVENTS} {one.index}"
        if isinstance(one.body, CatalogueAnnounced):
            announced.append(Placed(one.index, one.at, one.body))
        elif isinstance(one.body, CatalogueSet):
            now = one.body.hash.hex()
            if last is not None and now != last:
                yield from _change(last, now, announced, rules, at=one.at, place=place)
            last = now
        elif isinstance(one.body, Decision) and one.body.catalogue.hex() != last:
            yield Alarm("watch.other_rules", place, "This was decided under rules that were not in force.")


def _change(
    last: str,
    now: str,
    announced: list[Placed[CatalogueAnnounced]],
    rules: Mapping[str, _Rules],
    *,
    at: datetime,
    place: str,
) -> Iterator[Alarm]:
    old, new = rules.get(last), rules.get(now)
    if old is None or new is None:
        yield Alarm("watch.rules_unpublished", place, "What the old or the new rules say is not in the copy.")
        return
    if new.catalogue is None or old.notice_days is None:
        yield Alarm("watch.rules_unreadable", place, "This version cannot read the old or the new rules.")
        return
    changes = loosenings(old.catalogue, new.catalogue)
    if not changes:
        return
    mine = [one for one in announced if (one.body.base.hex(), one.body.hash.hex()) == (last, now)]
    what = " ".join(one.sentence for one in changes[:3])
    if not mine:
        yield Alarm(
            "watch.loosened", place, f"Looser rules came into force, and were never announced. {what}"
        )
        return
    told = mine[0]
    if told.body.difference.hex() != digest(changes):
        yield Alarm("watch.other_difference", place, f"Another difference was announced than came. {what}")
    if at < told.body.not_before or at - told.at < timedelta(days=old.notice_days):
        yield Alarm(
            "watch.notice_short", place, f"Looser rules came before {old.notice_days} days of notice. {what}"
        )


# --- order and figures ---


def _out_of_order(found: Facts) -> Iterator[Alarm]:
    for use in found.uses.values():
        states = [State.DRAFT.value, *(one.body.state for one in use.moves)]
        for before, move in zip(states, use.moves, strict=False):
            if (before, move.body.state) not in _STEPS:
                yield Alarm(
                    "watch.step",
                    f"{EVENTS} {move.index}",
                    f"{use.use} went from {before} to {move.body.state}, which is no step.",
                )
        yield from _never_left(use)
    for decided in of_kind(found.events, Decision):
        missing = _missing(found.uses.get(decided.body.use), decided.index)
        if missing:
            yield Alarm(
                "watch.order",
                f"{EVENTS} {decided.index}",
                f"{decided.body.use} was decided, and before it stands no entry of: {', '.join(missing)}.",
            )


def _never_left(use: UseFacts) -> Iterator[Alarm]:
    """Say where a use is said to hold, to have held or to have broken the rules of records that never left."""
    left = use.reached(State.RELEASED.value)
    for move in use.moves:
        if move.body.state in _AFTER_LEAVING and (left is None or move.index < left.index):
            yield Alarm(
                "watch.step",
                f"{EVENTS} {move.index}",
                f"{use.use} came to {move.body.state}, and before it nothing had left.",
            )


def _missing(use: UseFacts | None, place: int) -> list[str]:
    """Return what a decision at a place lacks before it, in its run: nothing of an earlier one counts."""
    if use is None:
        return [*_BEFORE_DECIDING, _TOLD]
    run = use.of_run(place)
    needed = _BEFORE_DECIDING if run.number == 1 else _EACH_RUN
    missing = [state for state in needed if run.reached(state, before=place) is None]
    return missing if run.told(before=place) else [*missing, _TOLD]


def _figures(found: Facts) -> Iterator[Alarm]:
    for told in of_kind(found.events, NoticeGiven):
        if told.body.told > told.body.audience:
            yield Alarm("watch.figures", f"{EVENTS} {told.index}", "More families were told than there are.")
    for decided in of_kind(found.events, Decision):
        said = decided.body
        sums = said.left_out is None or said.released == tens(said.scope - said.left_out)
        if not sums or (said.left_out is None) != (said.released is None):
            yield Alarm(
                "watch.figures", f"{EVENTS} {decided.index}", "Scope, left out and released do not add up."
            )
    for release in found.releases:
        place = f"{HANDOVERS} {release.intent.index}"
        if release.decision is None or release.decision.index >= release.seen:
            yield Alarm(
                "watch.undecided", place, f"{release.name} names no decision that stood there before it."
            )
        elif release.decision.body.scope != release.intent.body.set.n:
            yield Alarm(
                "watch.figures", place, f"{release.name} has another size than the scope it was decided for."
            )


def _unlisted(found: Facts) -> Iterator[Alarm]:
    """Say where records left without a list, or a duty return, of that very run in the log of handovers by then."""
    left = found.left
    for run in (run for use in found.uses.values() for run in use.runs):
        move = run.reached(State.RELEASED.value)
        if move is not None and not is_announced(move, left.get(run.key, ())):
            yield Alarm(
                "watch.unlisted", f"{EVENTS} {move.index}", f"{run.name} was released without a list."
            )


def _duties(found: Facts, rules: Mapping[str, _Rules]) -> Iterator[Alarm]:
    """Hold each duty return against its decision, and against the rule by which it needs no list (decision 0023)."""
    for duty in found.handed.duties:
        place = f"{HANDOVERS} {duty.index}"
        header = duty.body.header
        decided = [
            one
            for one in of_kind(found.events[header.decision : header.decision + 1], Decision)
            if one.body.use == header.use
        ]
        if not decided:
            yield Alarm(
                "watch.undecided",
                place,
                f"The duty return of {header.use} names no decision that stood before it.",
            )
        elif band(decided[0].body.scope) != duty.body.band:
            sentence = (
                f"The duty return of {header.use} lies in another band than the scope it was decided for."
            )
            yield Alarm("watch.figures", place, sentence)
        yield from _needs_none(found, rules, duty, place)


def _needs_none(
    found: Facts, rules: Mapping[str, _Rules], duty: Placed[DutyReturn], place: str
) -> Iterator[Alarm]:
    """Say where a return went without a list although its way out must have one, or where nobody can tell."""
    header = duty.body.header
    moves = found.uses[header.use].moves if header.use in found.uses else ()
    in_force = of_kind(found.events[: header.events.size], CatalogueSet)
    held = rules.get(in_force[-1].body.hash.hex()) if in_force else None
    if held is None:
        yield Alarm("watch.rules_unpublished", place, "What the rules of that day say is not in the copy.")
    elif held.catalogue is None:
        yield Alarm("watch.rules_unreadable", place, "This version cannot read the rules of that day.")
    elif not moves or moves[0].body.exit not in held.catalogue.exits:
        yield Alarm(
            "watch.unlisted", place, f"{header.use} has no way out by which a return goes without a list."
        )
    elif held.catalogue.exits[moves[0].body.exit].commits_tags:
        yield Alarm(
            "watch.unlisted", place, f"{header.use} went without a list, and its way out must have one."
        )
