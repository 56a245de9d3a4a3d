# SPDX-License-Identifier: Apache-2.0
"""The handover log as one whole: signed, complete, and consistent with itself. Steps 1 to 5 of the proof.

Decides whether a checkpoint and a list of entries are the log that a key signed, and whether its entries may
stand as they do. Knows no child and no bundle: the gate checks its own log here before it releases.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from beholden.ledger import tree
from beholden.ledger.checkpoint import Checkpoint
from beholden.ledger.entries import HANDOVERS, Entry, Intent, LogState, Outcome, Registry, name, parse
from beholden.ledger.note import Key, Note, NoteNotSigned
from beholden.ledger.weak import is_weak
from beholden.refusals import Refusal

STEPS = (
    "the file",
    "the signature under the log",
    "the whole log",
    "the words of its entries",
    "the name of each list",
    "what entries say of one another",
    "the child's place",
    "the child's key",
    "the size and depth of each list",
    "the child's tag",
    "the bucket",
    "the path to the root",
    "nothing missing and nothing left over",
    "the earlier file",
)
"""What each step of the proof looks at, by number; step 0 reads the file. See docs/explanation/proofs.md."""


class NotProven(Refusal):
    """Says at which step a proof failed. Nothing that the file shows may be relied on."""

    def __init__(self, step: int, sentence: str) -> None:
        super().__init__(
            "ledger.not_proven",
            f"Step {step} ({STEPS[step]}): {sentence}",
            next_step="Fetch a new file from the register and keep this one: if the new one fails too, "
            "send both to the regulator.",
            authority="docs/explanation/proofs.md, what the verifier checks",
        )
        self.step = step


@contextmanager
def step(number: int) -> Iterator[None]:
    """Turn whatever is refused inside into `NotProven` at this step."""
    try:
        yield
    except NotProven:
        raise
    except Refusal as cause:
        raise NotProven(number, cause.sentence) from cause


T_co = TypeVar("T_co", covariant=True)
B = TypeVar("B", Registry, Intent, Outcome)


@dataclass(frozen=True, slots=True)
class Placed(Generic[T_co]):
    """A body with its place in the log, and the keeper's date."""

    index: int
    at: datetime
    body: T_co


@dataclass(frozen=True, slots=True)
class Log:
    """A log that has passed steps 1 to 5. `outcomes` holds, by handover number, what was said last."""

    origin: str
    key: Key
    size: int
    root: bytes
    until: datetime | None
    registries: Mapping[int, Placed[Registry]]
    intents: tuple[Placed[Intent], ...]
    outcomes: Mapping[int, Placed[Outcome]]


def read(checkpoint: bytes, entries: Sequence[bytes], *, vkey: str, pinned: str | None = None) -> Log:
    """Return the log, or refuse at the first step that does not hold.

    Must hold: (1) the note is signed by `vkey`, which is the pinned key if one was given, and by nothing
    else; the key bears the origin's name, and the origin is that of a handover log; (2) the entries are as
    many as the checkpoint says and hash to its root: none is missing, none is out of order; (3) every entry
    is in the closed vocabulary, prints back to itself, and handovers are numbered 1, 2, 3 … without a gap;
    (4) each list bears the name that its header gives it, is of this log, and no two lists share a name;
    (5) each handover names one earlier registry exactly, and a decision inside the events it names; one
    size of the events log has one root; outcomes follow their handover and only ever become firmer.
    """
    with step(1):
        key, signed = _signed(checkpoint, vkey=vkey, pinned=pinned)
    with step(2):
        found = tree.root(tree.leaf_hash(entry) for entry in entries)
        if len(entries) != signed.size or found != signed.root:
            raise NotProven(
                2, "The entries are not the ones that were signed: one is missing, or was changed."
            )
    with step(3):
        parsed = tuple(parse(entry, log=HANDOVERS) for entry in entries)
        intents = tuple(_placed(parsed, Intent))
        if any(one.body.seq != at for at, one in enumerate(intents, start=1)):
            raise NotProven(3, "The handovers are not numbered 1, 2, 3 and so on.")
    registries = {one.index: one for one in _placed(parsed, Registry)}
    _check_names(signed.origin, tuple(registries.values()), intents)
    _check_events(tuple(registries.values()), intents)
    for each in intents:
        _check_registry(each, registries)
    return Log(
        origin=signed.origin,
        key=key,
        size=signed.size,
        root=signed.root,
        until=parsed[-1].at if parsed else None,
        registries=registries,
        intents=intents,
        outcomes=_outcomes(tuple(_placed(parsed, Outcome)), intents),
    )


def _signed(checkpoint: bytes, *, vkey: str, pinned: str | None) -> tuple[Key, Checkpoint]:
    key = Key.parse(vkey)
    if pinned is not None and Key.parse(pinned) != key:
        raise NotProven(1, "The log is signed by another key than the one you gave.")
    if is_weak(key.public):
        raise NotProven(1, "The key of the log is one under which anybody can sign.")
    note = Note.parse(checkpoint)
    if len(note.signatures) != 1:
        # Witnesses will sign too; until this reader checks them, a line it would ignore may not stand here.
        raise NotProven(1, "The checkpoint carries more than the one signature of its log.")
    line = note.signatures[0]
    if (line.name, line.key_id) != (key.name, key.id):
        raise NoteNotSigned("The checkpoint is not signed by the key that the file names.")
    key.check(note.text, line.signature)
    signed = Checkpoint.parse(note.text)
    if key.name != signed.origin or not signed.origin.endswith(f"/{HANDOVERS}"):
        raise NotProven(1, "The key is not the key of a handover log, or is that of another log.")
    return key, signed


def _placed(entries: Sequence[Entry], kind: type[B]) -> Iterator[Placed[B]]:
    for index, entry in enumerate(entries):
        if isinstance(entry.body, kind):
            yield Placed(index, entry.at, entry.body)


def _check_names(
    origin: str, registries: Sequence[Placed[Registry]], intents: Sequence[Placed[Intent]]
) -> None:
    seen: set[bytes] = set()
    lists: tuple[Placed[Registry] | Placed[Intent], ...] = (*registries, *intents)
    for one in lists:
        if one.body.header.log != origin:
            raise NotProven(4, f"Entry {one.index} belongs to another log.")
        if one.body.id != name(one.body.header):
            raise NotProven(4, f"Entry {one.index} does not bear the name that its header gives it.")
        if one.body.id in seen:
            raise NotProven(4, f"Entry {one.index} bears a name that an earlier list has.")
        seen.add(one.body.id)


def _check_events(registries: Sequence[Placed[Registry]], intents: Sequence[Placed[Intent]]) -> None:
    roots: dict[int, bytes] = {}
    lists: tuple[Placed[Registry] | Placed[Intent], ...] = (*registries, *intents)
    for one in lists:
        events: LogState = one.body.header.events
        if roots.setdefault(events.size, events.root) != events.root:
            raise NotProven(5, f"Entry {one.index} shows another events log than an earlier entry.")
    for intent in intents:
        if intent.body.header.decision >= intent.body.header.events.size:
            raise NotProven(
                5, f"Handover {intent.body.seq} names a decision that was not yet in the events log."
            )


def _check_registry(intent: Placed[Intent], registries: Mapping[int, Placed[Registry]]) -> None:
    named = intent.body.header.registry
    held = registries.get(named.index)
    if (
        held is None
        or held.index >= intent.index
        or held.body.id != named.id
        or held.body.set.root != named.root
    ):
        raise NotProven(5, f"Handover {intent.body.seq} does not name an earlier list of keys of this log.")


def _outcomes(
    outcomes: Sequence[Placed[Outcome]], intents: Sequence[Placed[Intent]]
) -> Mapping[int, Placed[Outcome]]:
    last: dict[int, Placed[Outcome]] = {}
    for one in outcomes:
        seq = one.body.seq
        intent = intents[seq - 1] if seq <= len(intents) else None
        if intent is None or intent.index >= one.index or intent.body.id != one.body.id:
            raise NotProven(5, f"Entry {one.index} tells of a handover that was not logged before it.")
        before = last.get(seq)
        if before is not None and not _firmer(before.body, one.body):
            raise NotProven(5, f"Entry {one.index} takes back what was said about handover {seq}.")
        if one.body.outcome != "delivered" and one.body.recomputed is not None:
            raise NotProven(5, f"Entry {one.index} carries a recipient's word, but reports no delivery.")
        last[seq] = one
    return last


def _firmer(before: Outcome, now: Outcome) -> bool:
    """Say whether an outcome may follow: unknown, then delivered, then with the recipient's word."""
    rank = {"unknown": 0, "delivered": 1}
    if before.outcome not in rank or now.outcome not in rank:
        return False  # withdrawn stands alone
    return (rank[now.outcome], now.recomputed is not None) > (
        rank[before.outcome],
        before.recomputed is not None,
    )
