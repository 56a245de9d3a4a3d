# SPDX-License-Identifier: Apache-2.0
"""A keeper made of paper, for tests: it fixes keys, lists children, signs logs and makes bundles.

Not the product: nothing is durable, everything comes from one seed, and it can be told to lie.
"""

import hashlib
import random
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from beholden.ledger import auditing, confirmation, places, sealing, tags, tree, verify
from beholden.ledger.bundle import Bundle, HandoverLog, Membership, Opening, Place
from beholden.ledger.checkpoint import Checkpoint, sign_checkpoint
from beholden.ledger.cosignature import cosign
from beholden.ledger.entries import Entry, name
from beholden.ledger.note import Key, Note
from beholden.ledger.vocabulary.handovers import (
    DutyHeader,
    DutyOutcome,
    DutyReturn,
    Intent,
    IntentHeader,
    Outcome,
    Recipient,
    Recomputed,
    Registry,
    RegistryHeader,
    RegistryRef,
)
from beholden.ledger.vocabulary.sealed import Details, Extended, Sealed, SealedHeader, Seen, Unsealed
from beholden.ledger.vocabulary.terms import ListOf, LogState, items_digest, recipient_key_hash
from beholden.ledger.vrf import Secret

ORIGIN = "paper.example/demo/handovers"
START = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)


@dataclass
class Keeper:
    """One keeper. Children are numbers; `seed` fixes every random value."""

    seed: int = 7
    origin: str = ORIGIN
    entries: list[bytes] = field(default_factory=list)
    registries: dict[int, tuple[tags.BucketTree, bytes, frozenset[int]]] = field(default_factory=dict)
    lists: dict[int, tuple[tags.BucketTree, Intent]] = field(default_factory=dict)
    row_tags: dict[int, tuple[list[bytes], list[bytes]]] = field(default_factory=dict)
    by_lot: frozenset[int] = frozenset()
    hidden: dict[int, tuple[tags.BucketTree, Details, bytes, Sealed]] = field(default_factory=dict)

    def __post_init__(self):
        self.random = random.Random(self.seed)
        self.log_seed = self.bytes(32)
        self.recipient_seed = self.bytes(32)
        self.second_seed = hashlib.sha256(b"second%d" % self.seed).digest()
        self.auditor_seed = hashlib.sha256(b"auditor%d" % self.seed).digest()
        self.regulator_seed = hashlib.sha256(b"regulator%d" % self.seed).digest()
        self.at = START

    @property
    def count(self):
        """How many handovers were logged, sealed or not."""
        return len(self.hidden) + sum(isinstance(one, Intent) for _, one in self.lists.values())

    def bytes(self, size):
        return self.random.randbytes(size)

    @property
    def key(self):
        return Key.of_seed(self.origin, self.log_seed)

    @property
    def places_key(self):
        return Secret.of(hashlib.sha256(b"places%d" % self.seed).digest())

    def number(self, child):
        return f"N{self.seed}/{child}"

    def place(self, child):
        """Where a child's keys stand: by its number, or by lot for those of `by_lot`."""
        if child in self.by_lot:
            return hashlib.sha256(b"place%d/%d" % (self.seed, child)).digest()
        return places.of_number(self.places_key, self.number(child))

    def shown_place(self, child):
        if child in self.by_lot:
            return Place(drawn=self.place(child), proof=None)
        return Place(drawn=None, proof=places.prove(self.places_key, self.number(child)))

    def y(self, registry, child):
        snapshot = self.registries[registry][1]
        return tags.tag_key(snapshot, hashlib.sha256(b"proof%d/%d" % (self.seed, child)).digest()[:16])

    def add(self, body, *, days=1):
        self.at += timedelta(days=days)
        self.entries.append(Entry(at=self.at, body=body).print())
        return len(self.entries) - 1

    def events(self):
        size = len(self.entries) + 100
        return LogState(root=hashlib.sha256(b"events%d" % size).digest(), size=size)

    def registry(self, children, *, at_least=10):
        """Fix the keys of some children. Returns the entry's index."""
        header = RegistryHeader(
            events=self.events(), log=self.origin, nonce=self.bytes(32), vrf=self.places_key.public
        )
        list_id = name(header)
        index = len(self.entries)
        self.registries[index] = (None, self.bytes(32), frozenset(children))
        elements = []
        for child in children:
            place = tags.label(self.place(child), list_id)
            elements.append(place + tags.commitment(self.y(index, child), place))
        elements += [self.bytes(48) for _ in range(at_least - len(elements))]
        built = tags.BucketTree.build(list_id, tags.SNAPSHOT_WIDTH, elements)
        self.registries[index] = (built, self.registries[index][1], frozenset(children))
        return self.add(Registry(header=header, id=list_id, set=ListOf.of(built.committed)))

    def header(self, registry):
        held = self.registries[registry][0]
        public = Key.of_seed("r", self.recipient_seed).public
        events = self.events()
        return IntentHeader(
            decision=events.size - 1,
            events=events,
            gateway="research-agreement",
            items=items_digest(("sex", "sessions_possible")),
            log=self.origin,
            mode="include",
            nonce=self.bytes(32),
            population="census/spring/2026",
            purpose="public-interest-study",
            recipient=Recipient(id="org-northfold", key=recipient_key_hash(public)),
            registry=RegistryRef(id=held.list_id, index=registry, root=held.committed.root),
            use="U-2026-0001",
        )

    def handover(self, registry, children, *, scope=10, **changed):
        """Log a handover of some children, padded to its scope. Returns its number."""
        header = self.header(registry)
        list_id = name(header)
        rows = [tags.tag(self.y(registry, child), list_id) for child in children]
        padding = [self.bytes(16) for _ in range(scope - len(rows))]
        built = tags.BucketTree.build(list_id, tags.TAG_BYTES, [*rows, *padding])
        seq = self.count + 1
        intent = Intent(
            header=header,
            id=list_id,
            payload=hashlib.sha256(b"payload%d" % seq).digest(),
            seq=seq,
            set=ListOf.of(built.committed),
        )
        intent = replace(intent, **changed)
        self.lists[self.add(intent)] = (built, intent)
        self.row_tags[seq] = (rows, padding)
        return seq

    def intent(self, seq):
        return next(one for _, one in self.lists.values() if isinstance(one, Intent) and one.seq == seq)

    def seal(self, registry, children, *, band=64, filled=None, opens_after=90, **changed):
        """Log a handover under seal. Returns its number; `hidden` has what it hides."""
        header = SealedHeader.from_json(
            {
                name: value
                for name, value in self.header(registry).to_json().items()
                if name not in {"decision", "use"}
            }
        )
        list_id = name(header)
        rows = [tags.tag(self.y(registry, child), list_id) for child in children]
        built = tags.BucketTree.build(
            list_id, tags.TAG_BYTES, [*rows, *(self.bytes(16) for _ in range((filled or band) - len(rows)))]
        )
        details = Details(
            header=header,
            id=list_id,
            payload=hashlib.sha256(b"sealed%d" % self.count).digest(),
            power="court_order",
            reason="missing_child",
            set=ListOf.of(built.committed),
        )
        salt = self.bytes(32)
        seq = self.count + 1
        fields = {
            "band": band,
            "commitment": sealing.commitment(details, salt).hex(),
            "opens_by": (self.at + timedelta(days=1 + opens_after)).date().isoformat(),
            "power": "court_order",
            "regulator": recipient_key_hash(Key.of_seed("r", self.regulator_seed).public).hex(),
            "regulator_commitment": self.bytes(32).hex(),
            "seq": seq,
        } | changed
        message = sealing.second_message(fields, self.origin)
        second = sealing.countersign(message, seed=self.second_seed)
        sealed = Sealed.from_json({**fields, "second": second.to_json()})
        self.hidden[seq] = (built, details, salt, sealed)
        self.add(sealed)
        return seq

    def see(self, seq, *, seed=None):
        """Log the regulator's word that it has seen what a seal hides."""
        message = sealing.seen_message(self.hidden[seq][3], self.origin)
        said = sealing.countersign(message, seed=seed or self.regulator_seed)
        return self.add(Seen(regulator=said, seq=seq))

    def extend(self, seq, *, days, seed=None):
        """Let a seal stand so many days longer than it was to at first."""
        sealed = self.hidden[seq][3]
        fields = {
            "opens_by": (sealed.opens_by + timedelta(days=days)).isoformat(),
            "regulator_commitment": bytes(32).hex(),
            "seq": seq,
        }
        message = sealing.extended_message(fields, sealed, self.origin)
        second = sealing.countersign(message, seed=seed or self.second_seed)
        return self.add(Extended.from_json({**fields, "second": second.to_json()}))

    def unseal(self, seq, *, by_regulator=False, **changed):
        """Open a seal; from then on a bundle proves in or not in for it."""
        built, details, salt, sealed = self.hidden[seq]
        signed = None
        if by_regulator:
            message = sealing.unsealed_message(sealed, self.origin)
            signed = sealing.countersign(message, seed=self.regulator_seed)
        body = replace(Unsealed(details=details, regulator=signed, salt=salt, seq=seq), **changed)
        index = self.add(body)
        self.lists[index] = (built, body.details)
        return index

    def word(self, seq, **changed):
        """Return the recipient's signed recomputation of a handover."""
        rows, padding = self.row_tags[seq]
        said = confirmation.sign(
            verify.subject(self.intent(seq)), row_tags=rows, padding=padding, seed=self.recipient_seed
        )
        return replace(said, **changed)

    def outcome(self, seq, outcome="delivered", recomputed: Recomputed | None = None):
        return self.add(Outcome(id=self.intent(seq).id, outcome=outcome, recomputed=recomputed, seq=seq))

    def audit(self, seq, /, *, agrees=True, seed=None, **changed):
        """Log an auditor's word on a handover whose list is in the open."""
        about = next((one for _, one in self.lists.values() if getattr(one, "seq", None) == seq), None)
        about = about or self.hidden[seq][1]
        said = auditing.sign(about, seq, agrees=agrees, seed=seed or self.auditor_seed)
        return self.add(replace(said, **changed))

    def duty(self, **changed):
        """Log a return that a law requires. Returns its id."""
        public = Key.of_seed("r", self.recipient_seed).public
        events = self.events()
        header = DutyHeader(
            decision=events.size - 1,
            events=events,
            gateway="school-law",
            items=items_digest(("sex", "sessions_possible")),
            log=self.origin,
            nonce=self.bytes(32),
            population="census/spring/2026",
            purpose="statutory-return",
            recipient=Recipient(id="org-ministry", key=recipient_key_hash(public)),
            use="U-2026-0009",
        )
        header = replace(header, **{key: value for key, value in changed.items() if key != "id"})
        self.add(
            DutyReturn(
                band=64,
                header=header,
                id=changed.get("id", name(header)),
                payload=hashlib.sha256(b"duty").digest(),
            )
        )
        return name(header)

    def duty_outcome(self, list_id, outcome="delivered"):
        return self.add(DutyOutcome(id=list_id, outcome=outcome))

    def checkpoint(self, *, seed=None, origin=None):
        root = tree.root(tree.leaf_hash(entry) for entry in self.entries)
        signed = Checkpoint(origin or self.origin, len(self.entries), root)
        return sign_checkpoint(signed, seed=seed or self.log_seed)

    def cosigned(self, witnesses):
        """Return the checkpoint with a line of each witness, given by name and seed, under it."""
        note = Note.parse(self.checkpoint())
        lines = (cosign(note.text, name=name, seed=seed, at=self.at) for name, seed in witnesses.items())
        return Note(note.text, (*note.signatures, *lines)).print()

    def bundle(self, child, *, opened=None, witnesses=None):
        """Return an honest bundle: every registry that holds the child is opened."""
        if opened is None:
            opened = [index for index, (_, _, held) in self.registries.items() if child in held]
        openings, proofs = [], []
        for index in opened:
            built = self.registries[index][0]
            proof = built.proof(tags.label(self.place(child), built.list_id))
            openings.append(
                Opening(bucket=proof.bucket, entry=index, path=proof.path, y=self.y(index, child))
            )
        for index, (built, intent) in self.lists.items():  # of what is sealed there is nothing
            registry = intent.header.registry.index
            if registry in opened:
                proof = built.proof(tags.tag(self.y(registry, child), built.list_id))
                proofs.append(Membership(bucket=proof.bucket, entry=index, path=proof.path))
        log = HandoverLog(
            checkpoint=self.cosigned(witnesses or {}).decode(),
            entries=tuple(entry.decode() for entry in self.entries),
        )
        return Bundle(
            handovers=log,
            place=self.shown_place(child) if opened else None,
            proofs=tuple(proofs),
            registry=tuple(openings),
            vkey=self.key.print(),
        )


def small_town(seed=7):
    """Return a keeper with two registries and three handovers. Child 1 is in 1 and 3, child 2 in none."""
    keeper = Keeper(seed=seed)
    first = keeper.registry([1, 2, 3])
    keeper.handover(first, [1, 3])
    keeper.outcome(1, recomputed=keeper.word(1))
    second = keeper.registry([1, 2, 3, 4])
    keeper.handover(second, [3, 4])
    keeper.handover(second, [1, 4])
    keeper.outcome(2, "withdrawn")
    return keeper
