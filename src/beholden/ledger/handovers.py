# SPDX-License-Identifier: Apache-2.0
"""The handover log as one whole: signed, complete, and consistent with itself. Steps 1 to 5, and 8, of the proof.

Decides whether a checkpoint and a list of entries are the log that a key signed, and whether an entry may follow
the ones before it. Knows no child and no bundle: the gate checks its own log here before it releases, and the
sequencer asks the same rules before it signs.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar

from beholden.ledger import tree, vrf
from beholden.ledger.auditing import Audit, Audits
from beholden.ledger.checkpoint import Checkpoint
from beholden.ledger.cosignature import COSIGNATURE_BYTES
from beholden.ledger.entries import Entry, name, parse
from beholden.ledger.note import Key, Note, NoteNotSigned
from beholden.ledger.sealing import Seal, Seals
from beholden.ledger.tags import depth
from beholden.ledger.vocabulary.audits import Replayed
from beholden.ledger.vocabulary.handovers import (
    DutyOutcome,
    DutyReturn,
    Intent,
    IntentHeader,
    Outcome,
    Registry,
)
from beholden.ledger.vocabulary.sealed import Details, Extended, Sealed, SealedHeader, Seen, Unsealed
from beholden.ledger.vocabulary.terms import HANDOVERS
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


@dataclass(frozen=True, slots=True)
class Placed(Generic[T_co]):
    """A body with its place in the log, and the keeper's date."""

    index: int
    at: datetime
    body: T_co


List = Placed[Registry] | Placed[Intent] | Placed[Details]
Named = List | Placed[DutyReturn]


@dataclass(frozen=True, slots=True)
class Handed:
    """A handover whose list is in the open: an intent, or a seal that was opened.

    `index` is the entry that shows the list, `at` the moment when the handover was first logged.
    """

    index: int
    at: datetime
    seq: int
    body: Intent | Details


@dataclass(frozen=True, slots=True)
class Log:
    """A log that has passed steps 1 to 5, and 8. `outcomes` holds, by handover number, what was said last.

    `seals` holds, by the same numbers, every handover that was ever sealed, and `audits` what auditors said of each.
    `duty_outcomes` goes by the id of the return.
    """

    origin: str
    key: Key
    size: int
    root: bytes
    until: datetime | None
    registries: Mapping[int, Placed[Registry]]
    intents: tuple[Placed[Intent], ...]
    outcomes: Mapping[int, Placed[Outcome]]
    duties: tuple[Placed[DutyReturn], ...]
    duty_outcomes: Mapping[bytes, Placed[DutyOutcome]]
    seals: Mapping[int, Seal]
    audits: Mapping[int, tuple[Audit, ...]]
    rules: "Rules" = field(repr=False, compare=False)  # as they stand behind the last entry

    @property
    def handed(self) -> tuple[Handed, ...]:
        """Every handover whose list is in the open, in the order of the entries that show it."""
        found = [Handed(one.index, one.at, one.body.seq, one.body) for one in self.intents]
        for seq, seal in self.seals.items():
            if seal.opened is not None and seal.opened_index is not None:
                found.append(Handed(seal.opened_index, seal.at, seq, seal.opened.details))
        return tuple(sorted(found, key=lambda one: one.index))


@dataclass(slots=True)
class Rules:
    """What may follow what in one handover log: entries are judged one by one, in their order.

    Everything here depends only on the entries before. So a log that holds stays so while each new entry is let
    in by `add`, and nothing else ever has to be read again.
    """

    origin: str
    size: int = 0
    registries: dict[int, Placed[Registry]] = field(default_factory=dict)
    intents: list[Placed[Intent]] = field(default_factory=list)
    outcomes: dict[int, Placed[Outcome]] = field(default_factory=dict)
    duties: dict[bytes, Placed[DutyReturn]] = field(default_factory=dict)
    duty_outcomes: dict[bytes, Placed[DutyOutcome]] = field(default_factory=dict)
    seals: Seals = field(init=False)
    audits: Audits = field(default_factory=Audits)
    _shown: dict[int, Intent | Details] = field(default_factory=dict)
    _names: set[bytes] = field(default_factory=set)
    _events: dict[int, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.seals = Seals(self.origin)

    @property
    def numbered(self) -> int:
        """How many handovers were logged, sealed ones among them: the last number that was given."""
        return len(self.intents) + len(self.seals.by_seq)

    def add(self, entry: Entry) -> None:
        """Let an entry in as the next one, or refuse it; what is refused changes nothing.

        Must hold: (3) handovers are numbered 1, 2, 3 … without a gap; (4) a list bears the name that its header gives
        it, is of this log, and no earlier list has its name; (5) a handover names one earlier registry exactly, and a
        decision inside the events it names; one size of the events log has one root; an outcome follows its handover,
        once its list is in the open, and only becomes firmer; what is said of a seal follows it, as `sealing.Seals`
        has it; an auditor's word follows a delivery, as `auditing.Audits` has it; all lists of keys have one sound key
        for the places in them; (8) a list has the depth that its size
        demands. A duty return bears its header's name like a list, and names a decision inside the events it names; it
        has no number and no list.
        """
        body, index = entry.body, self.size
        match body:
            case Registry():
                registry = Placed(index, entry.at, body)
                self._check_list(registry)
                self._check_places(registry)
                self._admit(registry)
                self.registries[index] = registry
            case Intent():
                intent = Placed(index, entry.at, body)
                self._check_number(body.seq)
                self._check_list(intent)
                self._check_decision(intent, f"Handover {body.seq}")
                self._check_registry(body.seq, body.header, before=index)
                self._admit(intent)
                self._shown[body.seq] = body
                self.intents.append(intent)
            case Outcome():
                outcome = Placed(index, entry.at, body)
                self._check_outcome(outcome)
                self.outcomes[body.seq] = outcome
            case DutyReturn():
                duty = Placed(index, entry.at, body)
                self._check_duty(duty)
                self._admit(duty)
                self.duties[body.id] = duty
            case DutyOutcome():
                told = Placed(index, entry.at, body)
                self._check_duty_outcome(told)
                self.duty_outcomes[body.id] = told
            case Sealed() | Seen() | Extended() | Unsealed():
                self._add_sealed(entry.at, body)
            case Replayed():
                self._hear(entry.at, body)
            case _:
                raise NotProven(3, f"Entry {index} is of a kind that stands in another log.")
        self.size += 1

    def _add_sealed(self, at: datetime, body: Sealed | Seen | Extended | Unsealed) -> None:
        with step(5):
            match body:
                case Sealed():
                    self._check_number(body.seq)
                    self.seals.seal(self.size, at, body)
                case Unsealed():
                    self._open(at, body)
                case _:
                    self.seals.add(self.size, Entry(at, body))

    def check_opening(self, at: datetime, body: Unsealed) -> Placed[Details]:
        """Return the list that an opening shows, or refuse: as an intent would be judged at the place of its seal."""
        opened = Placed(self.size, at, body.details)
        with step(5):
            sealed = self.seals.check_unseal(body)
        self._check_list(opened)
        self._check_registry(body.seq, body.details.header, before=sealed.index)
        return opened

    def _open(self, at: datetime, body: Unsealed) -> None:
        opened = self.check_opening(at, body)
        self.seals.unseal(self.size, at, body)
        self._admit(opened)
        self._shown[body.seq] = body.details

    def _check_number(self, seq: int) -> None:
        if seq != self.numbered + 1:
            raise NotProven(3, "The handovers are not numbered 1, 2, 3 and so on.")

    def _check_list(self, one: List) -> None:
        self._check_name(one)
        if one.body.set.depth != depth(one.body.set.n):
            raise NotProven(8, f"The list of entry {one.index} has not the depth that its size demands.")

    def _check_name(self, one: Named) -> None:
        header = one.body.header
        if header.log != self.origin:
            raise NotProven(4, f"Entry {one.index} belongs to another log.")
        if one.body.id != name(header):
            raise NotProven(4, f"Entry {one.index} does not bear the name that its header gives it.")
        if one.body.id in self._names:
            raise NotProven(4, f"Entry {one.index} bears a name that an earlier list has.")
        if self._events.get(header.events.size, header.events.root) != header.events.root:
            raise NotProven(5, f"Entry {one.index} shows another events log than an earlier entry.")

    def _check_decision(self, one: Placed[Intent] | Placed[DutyReturn], which: str) -> None:
        if one.body.header.decision >= one.body.header.events.size:
            raise NotProven(5, f"{which} names a decision that was not yet in the events log.")

    def _check_registry(self, seq: int, header: IntentHeader | SealedHeader, *, before: int) -> None:
        named = header.registry
        held = self.registries.get(named.index) if named.index < before else None
        if held is None or held.body.id != named.id or held.body.set.root != named.root:
            raise NotProven(5, f"Handover {seq} does not name an earlier list of keys of this log.")

    def _check_places(self, one: Placed[Registry]) -> None:
        with step(5):
            vrf.check_public(one.body.header.vrf)
        if any(held.body.header.vrf != one.body.header.vrf for held in self.registries.values()):
            raise NotProven(
                5, f"Entry {one.index} gives places by another key than the lists of keys before it."
            )

    def _check_duty(self, one: Placed[DutyReturn]) -> None:
        self._check_name(one)
        self._check_decision(one, f"The duty return of entry {one.index}")

    def _check_duty_outcome(self, one: Placed[DutyOutcome]) -> None:
        before = self.duty_outcomes.get(one.body.id)
        if one.body.id not in self.duties:
            raise NotProven(5, f"Entry {one.index} tells of a duty return that was not logged before it.")
        if before is not None and (before.body.outcome, one.body.outcome) != ("unknown", "delivered"):
            raise NotProven(5, f"Entry {one.index} takes back what was said about a duty return.")

    def _check_outcome(self, one: Placed[Outcome]) -> None:
        seq = one.body.seq
        self._named(one.index, seq, one.body.id)
        before = self.outcomes.get(seq)
        if before is not None and not _firmer(before.body, one.body):
            raise NotProven(5, f"Entry {one.index} takes back what was said about handover {seq}.")
        if one.body.outcome != "delivered" and one.body.recomputed is not None:
            raise NotProven(5, f"Entry {one.index} carries a recipient's word, but reports no delivery.")

    def _named(self, index: int, seq: int, list_id: bytes) -> Intent | Details:
        shown = self._shown.get(seq)  # of a seal there is none before it is opened
        if shown is None or shown.id != list_id:
            raise NotProven(5, f"Entry {index} tells of a handover that was not logged before it.")
        return shown

    def _hear(self, at: datetime, body: Replayed) -> None:
        shown, told = self._named(self.size, body.seq, body.id), self.outcomes.get(body.seq)
        if told is None or told.body.outcome != "delivered":
            raise NotProven(5, f"Entry {self.size} tells of an audit of what was not delivered before it.")
        with step(5):
            self.audits.hear(self.size, at, body, shown)

    def _admit(self, one: Named) -> None:
        self._names.add(one.body.id)
        self._events[one.body.header.events.size] = one.body.header.events.root


def read(checkpoint: bytes, entries: Sequence[bytes], *, vkey: str, pinned: str | None = None) -> Log:
    """Return the log, or refuse at the first step that does not hold.

    Must hold: (1) the note is signed by `vkey`, which is the pinned key if one was given, and below that
    line stand at most cosignatures of witnesses, which are not read here; the key bears the origin's name, and
    the origin is that of a handover log; (2) the entries are as many as the checkpoint says and hash to its
    root: none is missing, none is out of order; (3) every entry is in the closed vocabulary and prints back to
    itself; then, entry by entry, `Rules.add`.
    """
    with step(1):
        key, state = signed(checkpoint, vkey=vkey, pinned=pinned)
    with step(2):
        found = tree.root(tree.leaf_hash(entry) for entry in entries)
        if len(entries) != state.size or found != state.root:
            raise NotProven(
                2, "The entries are not the ones that were signed: one is missing, or was changed."
            )
    with step(3):
        parsed = tuple(parse(entry, log=HANDOVERS) for entry in entries)
    rules = Rules(state.origin)
    for entry in parsed:
        rules.add(entry)
    return Log(
        origin=state.origin,
        key=key,
        size=state.size,
        root=state.root,
        until=parsed[-1].at if parsed else None,
        registries=rules.registries,
        intents=tuple(rules.intents),
        outcomes=rules.outcomes,
        duties=tuple(rules.duties.values()),
        duty_outcomes=rules.duty_outcomes,
        seals=rules.seals.by_seq,
        audits=rules.audits.by_seq,
        rules=rules,
    )


def signed(checkpoint: bytes, *, vkey: str, pinned: str | None = None) -> tuple[Key, Checkpoint]:
    """Return the key and the state under which a log's own signature stands: the first part of step 1."""
    key = Key.parse(vkey)
    if pinned is not None and Key.parse(pinned) != key:
        raise NotProven(1, "The log is signed by another key than the one you gave.")
    if is_weak(key.public):
        raise NotProven(1, "The key of the log is one under which anybody can sign.")
    note = Note.parse(checkpoint)
    line, *others = note.signatures
    if (line.name, line.key_id) != (key.name, key.id):
        raise NoteNotSigned("The checkpoint is not signed by the key that the file names.")
    # Whether they are true, a policy says (`verify`); what can be no cosignature stands for nothing, and is refused.
    if any(len(one.signature) != COSIGNATURE_BYTES for one in others):
        raise NotProven(1, "Under the checkpoint stands a line that is neither its log's nor a witness's.")
    if len({(one.name, one.key_id) for one in note.signatures}) != len(note.signatures):
        raise NotProven(1, "Somebody has signed the checkpoint twice.")
    key.check(note.text, line.signature)
    found = Checkpoint.parse(note.text)
    if key.name != found.origin or not found.origin.endswith(f"/{HANDOVERS}"):
        raise NotProven(1, "The key is not the key of a handover log, or is that of another log.")
    return key, found


def _firmer(before: Outcome, now: Outcome) -> bool:
    """Say whether an outcome may follow: unknown, then delivered, then with the recipient's word."""
    rank = {"unknown": 0, "delivered": 1}
    if before.outcome not in rank or now.outcome not in rank:
        return False  # withdrawn stands alone
    return (rank[now.outcome], now.recomputed is not None) > (
        rank[before.outcome],
        before.recomputed is not None,
    )
