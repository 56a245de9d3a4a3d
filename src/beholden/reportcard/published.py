# SPDX-License-Identifier: Apache-2.0
"""Reads what a keeper has published: two log folders, and the texts beside them if there are any. Believes nothing.

    DIR/handovers/…      checkpoint, tiles, entries (c2sp.org/tlog-tiles)
    DIR/events/…
    DIR/texts/*.json     {"salt","texts","use"} in canonical JSON, one for each use (optional)

Decides whether the files are the two logs that the given keys signed, whole, and of one another. Where they are not,
there is no card at all: a grade for a log that was tampered with would be worth less than none.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType

from beholden.ledger import handovers, tree
from beholden.ledger.checkpoint import Checkpoint, open_checkpoint
from beholden.ledger.entries import Body, parse
from beholden.ledger.handovers import Placed
from beholden.ledger.note import Key
from beholden.ledger.texts import FOLDER, MAX_TEXT_BYTES, PublishedText
from beholden.ledger.tiles import TileLog
from beholden.ledger.vocabulary.handovers import DutyReturn, Intent, Registry
from beholden.ledger.vocabulary.sealed import Unsealed
from beholden.ledger.vocabulary.terms import EVENTS, HANDOVERS, LogState
from beholden.ledger.weak import is_weak
from beholden.refusals import Refusal
from beholden.reportcard.facts import Facts, gathered

_AUTHORITY = "D38: computed from the published logs, so that a stranger gets the same"


def facts(folder: Path, *, keys: Iterable[str], on: date) -> Facts:
    """Return what a folder of published files says, up to a day.

    What must hold: 1 the keys are two, of one keeper, one for each log; 2 each log's checkpoint is signed by its key,
    its tiles and entries give the signed root, and every entry is of the closed vocabulary (`Unread` names all that are
    not); 3 the handover log agrees
    with itself (`ledger.handovers.read`); 4 every state of the events log that it names, this one had;
    5 nothing is dated after the day of the card; 6 each published text is in its one spelling, and no use has two.
    """
    named = _keys(keys)  # 1
    # Handovers first: the sequencer writes events first, so that what is named is there even while the logs grow.
    read = {log: _read(folder / log, named[log]) for log in (HANDOVERS, EVENTS)}  # 2
    said = _parsed({log: held.entries for log, held in read.items()})
    vkey = named[HANDOVERS].print()
    handed = handovers.read(read[HANDOVERS].note, read[HANDOVERS].entries, vkey=vkey, pinned=vkey)  # 3
    _check_fit(said[HANDOVERS], read[EVENTS].entries)  # 4
    for log, entries in said.items():
        if any(one.at.date() > on for one in entries):  # 5
            raise _refused("day", f"The log of {log} goes on after {on.isoformat()}.", "Name a later day.")
    return gathered(
        on=on,
        keys=MappingProxyType({log: key.print() for log, key in named.items()}),
        roots=MappingProxyType({log: held.root for log, held in read.items()}),
        handed=handed,
        handovers=said[HANDOVERS],
        events=said[EVENTS],
        texts=_texts(folder / FOLDER, {getattr(one.body, "use", None) for one in said[EVENTS]}),  # 6
    )


def _keys(given: Iterable[str]) -> dict[str, Key]:
    """Return the two keys by the log whose name they bear."""
    found: dict[str, Key] = {}
    for key in map(Key.parse, given):
        keeper, _, log = key.name.rpartition("/")
        if not keeper or log not in {EVENTS, HANDOVERS} or log in found or is_weak(key.public):
            raise _no_keys()
        found[log] = key
    if (
        len(found) != len({EVENTS, HANDOVERS})
        or len({k.name.rpartition("/")[0] for k in found.values()}) != 1
    ):
        raise _no_keys()
    return {log: found[log] for log in (EVENTS, HANDOVERS)}


@dataclass(frozen=True, slots=True)
class _Held:
    """One log as it lies in its folder, once its signature and its root have held."""

    note: bytes
    entries: tuple[bytes, ...]
    root: bytes


def _read(folder: Path, key: Key) -> _Held:
    """Return a log, or refuse: not there, not signed, or not what was signed."""
    held = TileLog(folder)
    try:
        note = held.published()
        if note is None:
            raise _refused(
                "no_log",
                f"There is no log of {folder.name} here: its checkpoint is missing.",
                "Name the folder that holds the folders handovers and events.",
            )
        signed: Checkpoint = open_checkpoint(note, origin=key.name, keys=(key,))
        entries = held.entries(signed.size)
        held.check(0, signed.size)
    except OSError as cause:
        raise _refused(
            "no_log", f"The log of {folder.name} cannot be read.", "Copy the log's folder again, whole."
        ) from cause
    found = tree.root(tree.leaf_hash(entry) for entry in entries)
    if found != signed.root:
        raise _refused(
            "not_the_log",
            f"The entries of {folder.name} are not the ones that were signed.",
            "Copy the log again; if it still fails, send both copies to the regulator.",
        )
    return _Held(note, entries, found)


class Unread(Refusal):
    """Says that entries are signed, and are of no kind or form that this version knows; `entries` names each."""

    def __init__(self, entries: Sequence[tuple[str, int, str]]) -> None:
        (log, index, why), more = entries[0], len(entries) - 1
        others = f" So are {more:,} more." if more else ""
        super().__init__(
            "reportcard.entry",
            f"Entry {index} of the log of {log} is nothing that this version can read. {why}{others}",
            next_step="Use a newer version. If none reads it, keep the copy and ask the keeper what it is.",
            authority=_AUTHORITY,
        )
        self.entries = tuple(entries)


def _parsed(raw: Mapping[str, Sequence[bytes]]) -> Mapping[str, tuple[Placed[Body], ...]]:
    """Return what every entry of both logs says; refuse with all that say nothing that is known here."""
    found: dict[str, list[Placed[Body]]] = {log: [] for log in raw}
    unread: list[tuple[str, int, str]] = []
    for log, entries in raw.items():
        for index, entry in enumerate(entries):
            try:
                one = parse(entry, log=log)
            except Refusal as cause:
                unread.append((log, index, cause.sentence))
            else:
                found[log].append(Placed(index, one.at, one.body))
    if unread:
        raise Unread(unread)
    return {log: tuple(placed) for log, placed in found.items()}


def _check_fit(handed: Iterable[Placed[Body]], events: Sequence[bytes]) -> None:
    """Refuse two logs that are not of one another: each named state must be a beginning of this events log."""
    levels = tree.levels(tree.leaf_hash(entry) for entry in events)
    named: dict[int, LogState] = {}
    for one in handed:
        if isinstance(one.body, Registry | Intent | DutyReturn):
            named[one.body.header.events.size] = one.body.header.events
        elif isinstance(one.body, Unsealed):
            named[one.body.details.header.events.size] = one.body.details.header.events
    for size, state in named.items():
        if size > len(events):
            raise _refused(
                "events_old",
                "The log of handovers names events that this copy does not hold yet.",
                "Copy the log of events again, after the log of handovers.",
            )
        if tree.span_hash(0, size, lambda height, index: levels[height][index]) != state.root:
            raise _refused(
                "logs_differ",
                "The log of handovers was made beside another log of events than this one.",
                "Keep both copies and send them to the regulator: one of the logs was exchanged.",
            )


def _texts(folder: Path, uses: set[object]) -> Mapping[str, PublishedText] | None:
    """Return the published texts by use, or None where there are none to read.

    A text of a use that this copy of the log does not know is left aside: it was published after the copy was made.
    """
    if not folder.is_dir():
        return None
    found: dict[str, PublishedText] = {}
    for path in sorted(folder.glob("*.json")):
        text = _text(path)
        if text.use in found:
            raise _text_refused(path)
        found[text.use] = text
    return MappingProxyType({use: text for use, text in found.items() if use in uses})


def _text(path: Path) -> PublishedText:
    """Read one text. Whether it opens what the log committed to is counted, not decided here."""
    try:
        with path.open("rb") as file:
            return PublishedText.parse(file.read(MAX_TEXT_BYTES + 1))
    except (OSError, Refusal) as cause:
        raise _text_refused(path) from cause


def _text_refused(path: Path) -> Refusal:
    return _refused(
        "text",
        f"The published text {path.name} is not in the one form there is, or of a use that has another.",
        "Copy it again from the keeper's pages, or leave the folder texts out: then it is not measured.",
    )


def _no_keys() -> Refusal:
    return _refused(
        "keys",
        "A card needs two keys of one keeper: one of the log of handovers, one of the log of events.",
        "Give both as the keeper prints them, from a place you trust: --key … --key …",
    )


def _refused(code: str, sentence: str, next_step: str) -> Refusal:
    return Refusal(f"reportcard.{code}", sentence, next_step=next_step, authority=_AUTHORITY)
