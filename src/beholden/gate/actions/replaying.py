# SPDX-License-Identifier: Apache-2.0
"""Makes one handover again from what was frozen, holds it against the recipient's copy, and logs the auditor's word.

Rows are read up to the very row file and correction up to which they were read when the handover was built. Nothing of
a child leaves: what comes out is how many rows are wrong in which way, and the log says whether any is. Every
comparison is said in the log, so that nobody can try guesses out against the register and leave no trace.
"""

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import pyarrow as pa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import transaction

from beholden.gate import registries, rosters, sets
from beholden.gate.check import PublicLog, public_log, unlogged
from beholden.gate.coarser import by_month
from beholden.gate.ids import unpacked
from beholden.gate.models import Disclosure
from beholden.gate.pseudonyms import pseudonyms
from beholden.gate.replaying import Frozen, Replay, Row, compare
from beholden.gate.rules import check_role
from beholden.gate.seals import check_outside_of
from beholden.gate.ways import KEPT_HERE, MATCH
from beholden.home import here
from beholden.home.keys import load
from beholden.kinds import Actor, Role, UseRef
from beholden.ledger import queries as ledger
from beholden.ledger.actions import propose, sequence
from beholden.ledger.auditing import sign
from beholden.ledger.entries import Entry
from beholden.ledger.handovers import Handed
from beholden.ledger.tags import TAG_BYTES, commitment, label, recompute, tag, tag_key
from beholden.ledger.vocabulary.audits import Replayed
from beholden.ledger.vocabulary.handovers import Intent
from beholden.ledger.vocabulary.terms import HANDOVERS, items_digest
from beholden.people.queries import (
    bodies_of,
    check_enrolled,
    first_registrar,
    organisation,
)
from beholden.refusals import Refusal
from beholden.register import actions as register
from beholden.register.lent import ProofSeed
from beholden.register.rows import read
from beholden.uses.queries import AskedUse, asked


@dataclass(frozen=True, slots=True)
class Audited:
    """What an auditor said of a handover; what was found, or None where the word stood in the log before."""

    seq: int
    agrees: bool
    found: Replay | None


def replay(disclosure: str, copy: pa.Table, *, seed: bytes, by: Actor, at: datetime) -> Audited:
    """Compare a recipient's copy with what the register would have released, and log the auditor's signed word.

    The plan: 1 an enrolled auditor, of a body outside the keeper and the recipient, with the key that is enrolled for
    it; 2 the handover stands in the public log as delivered, and this key has not spoken of it: asked again, nothing is
    compared; 3 list and registry on disk are those that the log fixed; 4 everybody's tag, and everybody's row who was
    released, from the decision's own list, the registry that it names and the rows of that time; 5 the copy is one of
    this handover; 6 compared row for row; 7 only then is the word signed and handed to the log, whatever it says.
    """
    check_role(by, Role.AUDITOR)  # 1
    check_enrolled(by)
    sequence(at=at)
    log = public_log()
    if any(one.body.id.hex() == disclosure for one in log.read.duties):
        raise _no_list()
    handed = log.handed(disclosure)
    key = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    held = _held(disclosure, handed)
    _check_outside(held, handed, by, key)
    before = _said(handed, key)
    if before is not None:  # 2; carried by now, if a killed run had left it waiting
        return _again(handed, before)
    _check_delivered(log, handed)
    found = _compared(_frozen(held, handed, by=by, at=at), copy)  # 3, 4, 5, 6
    word = sign(handed.body, handed.seq, agrees=found.agrees, seed=seed)  # 7
    log.read.rules.add(Entry(at.replace(microsecond=0), word))  # this copy of the rules is ours alone
    return _say(word, found, handed, by=by, at=at)


def _say(word: Replayed, found: Replay, handed: Handed, *, by: Actor, at: datetime) -> Audited:
    """Hand a word to the log, once; another run may have been quicker, and then what that one found is said.

    Once it is committed it will stand there. Whatever else is wrong with the log then, what was found is not lost.
    """
    with transaction.atomic():
        Disclosure.objects.select_for_update().get(pk=handed.body.id.hex())
        before = _said(handed, word.auditor.key)
        if before is None:
            propose(log=HANDOVERS, kind=Replayed.kind, body=word.to_json(), by=by, at=at)
    try:
        sequence(at=at)
    except (Refusal, OSError):
        if _said(handed, word.auditor.key) is None:  # it is this very word that may not stand there
            raise
    return Audited(handed.seq, word.agrees, found) if before is None else _again(handed, before)


def _again(handed: Handed, before: Replayed) -> Audited:
    return Audited(handed.seq, before.agrees, None)


def _held(disclosure: str, handed: Handed) -> Disclosure:
    """Return the row of a handover that can be made again, or refuse."""
    rows = Disclosure.objects.select_related("decision__registry__elements", "decision__released", "tags")
    held = rows.select_related("decision__roster__matched", "decision__scope").filter(pk=disclosure).first()
    if held is None or not isinstance(handed.body, Intent):
        raise Refusal(
            "gate.replay_order",
            "What an order compelled cannot be made again: the paper that names the children is not kept here.",
            next_step="Let the recipient recompute the list, and compare the rows with the paper.",
            authority="D22; docs/adr/0027",
        )
    if held.state != "released" or held.tags is None:
        raise unlogged()
    return held


def _check_outside(held: Disclosure, handed: Handed, by: Actor, key: bytes) -> None:
    """Refuse an auditor of the keeper or the recipient, one who shares keys, and another key than the body's."""
    first = first_registrar()
    lines = bodies_of({held.decision.by}) | {handed.body.header.recipient.id}
    lines |= frozenset() if first is None else {first.organisation}
    check_outside_of(
        lines,
        "Whoever audits belongs to the keeper or the recipient",
        by=by,
        authority="D27, D28: nobody audits themselves",
    )
    if organisation(by.organisation).check_key != key.hex():
        raise Refusal(
            "gate.auditor_key",
            "This is not the key with which the auditor's body signs.",
            next_step="Sign with the key that the registrar enrolled for it.",
            authority="D27, D28: the word is the auditor's own",
        )


def _said(handed: Handed, key: bytes) -> Replayed | None:
    """Return what this key said of a handover, carried or waiting; what the log refused was never said."""
    for row in ledger.spoken(HANDOVERS, Replayed.kind):
        word = row.says
        if (
            row.refused_at is None
            and isinstance(word, Replayed)
            and (word.seq, word.auditor.key) == (handed.seq, key)
        ):
            return word
    return None


def _check_delivered(log: PublicLog, handed: Handed) -> None:
    told = log.read.outcomes.get(handed.seq)
    if told is None or told.body.outcome != "delivered":
        raise Refusal(
            "gate.replay_undelivered",
            "The log does not say that this handover was delivered, so there is no copy to compare.",
            next_step="Let the recipient check its file and send its word first: beholden recipient check.",
            authority="ARCHITECTURE section 5: the recipient recomputes before any use",
        )


def _compared(frozen: Frozen, copy: pa.Table) -> Replay:
    """Hold a copy against a handover that was made again."""
    absent = {"tag", *frozen.columns} - {*copy.column_names}
    tags = [] if absent else [one if isinstance(one, bytes) else b"" for one in copy["tag"].to_pylist()]
    if absent or (frozen.rows and frozen.listed.isdisjoint(tags)):
        raise Refusal(
            "gate.replay_other_file",
            "This is not a whole copy of this handover: columns are missing, or none of its tags is in the list.",
            next_step="Ask the recipient for rows.parquet out of the very parcel, unchanged. Nothing was logged.",
            authority="docs/adr/0027",
        )
    strange = len(copy.column_names) - 1 - len(frozen.columns)
    return compare(zip(tags, _values(copy, frozen.columns), strict=True), frozen, strange=strange)


def _use(held: Disclosure, handed: Handed) -> AskedUse:
    """Return the use as it was when this was decided, or refuse where nothing arrived, or other items were granted."""
    use = asked(UseRef(held.decision.use), then=held.decision.at)
    if use.exit in KEPT_HERE:
        raise Refusal(
            "gate.nothing_received",
            "Nothing was handed over under this use, so there is no copy to compare.",
            next_step="Audit a handover that a recipient got as a file.",
            authority="D23: raw rows stay",
        )
    if items_digest(use.items) != handed.body.header.items:
        raise _not_what_was_fixed()
    return use


def _frozen(held: Disclosure, handed: Handed, *, by: Actor, at: datetime) -> Frozen:
    """Derive everybody's tag, and the row of everybody released: person, registered place, key, tag, row.

    Of somebody who is no longer in the vault nothing can be derived, and nothing may be said: the fault would be ours.
    """
    use = _use(held, handed)
    if held.tags is None:
        raise unlogged()
    listed, list_id = sets.read(held.tags), handed.body.id
    if recompute(list_id, listed) != handed.body.set.committed:  # 3
        raise _not_what_was_fixed()
    keys = _Keys.of(held, handed)
    released = unpacked(sets.read(held.decision.released))
    rows, columns = _rows(held, use, released)
    of_person = dict(zip(released.to_pylist(), rows, strict=True))
    every = frozenset(listed[at : at + TAG_BYTES] for at in range(0, len(listed), TAG_BYTES))
    expected: dict[bytes, Row] = {}
    others, seen = set[bytes](), 0
    for seed in register.every_seed(by=by, at=at):  # 4
        row, y = of_person.get(seed.person.bytes), None
        if row is not None:
            seen += 1
            y = keys.registered(seed)
            if y is not None:
                expected[tag(y, list_id)] = row
        others.update(every.intersection(tag(key, list_id) for key in keys.every(seed) if key != y))
    if seen != len(of_person):
        raise _rows_gone()
    return Frozen(columns, every, expected, frozenset(others), keyless=seen - len(expected))


@dataclass(frozen=True, slots=True)
class _Keys:
    """The registry that a handover names: its elements, as the log fixed them, and the key that all keys come from."""

    id: bytes
    elements: bytes = field(repr=False)
    key: bytes = field(repr=False)

    @classmethod
    def of(cls, held: Disclosure, handed: Handed) -> "_Keys":
        kept, named = held.decision.registry, handed.body.header.registry
        found = registries.named(kept)
        if (found["id"], found["index"], found["root"]) != (named.id.hex(), named.index, named.root.hex()):
            raise _not_what_was_fixed()
        return cls(named.id, sets.read(kept.elements), load(here(), registries.key_name(named.id)))

    def every(self, seed: ProofSeed) -> tuple[bytes, ...]:
        """Return every key that a person has or had, by this registry's own."""
        return tuple(tag_key(self.key, proof_id) for proof_id in seed.every_id)

    def registered(self, seed: ProofSeed) -> bytes | None:
        """Return the one key of a person that the registry holds at the person's place, or None."""
        at = label(seed.label_seed, self.id)
        held = (y for y in self.every(seed) if sets.holds(self.elements, at + commitment(y, at)))
        return next(held, None)


def _rows(held: Disclosure, use: AskedUse, released: pa.Array) -> tuple[Sequence[Row], tuple[str, ...]]:
    """Return what each person's row would say beside its tag, in the order of the persons, and its columns."""
    if held.upto_file is None or held.upto_correction is None:  # built before it was kept what was read
        raise _rows_gone()
    of, upto = use.population, read.Upto(held.upto_file, held.upto_correction)
    rows = read.rows(of.collection, of.term, of.year, use.items, released, upto=upto)
    if not released.equals(rows["person"].combine_chunks()):
        raise _rows_gone()
    rows = by_month(rows, use.months)
    if use.exit == MATCH:
        if held.decision.roster is None:
            raise TypeError("a match that was decided has its list")
        named, names = "reference", rosters.references(held.decision.roster, released)
    else:
        named, names = "pseudonym", pseudonyms(use.recipient.ref, use.named_in, released.to_pylist())
    table = rows.select(list(use.items)).add_column(0, named, pa.array(names, type=pa.string()))
    return tuple(_values(table, tuple(table.column_names))), tuple(table.column_names)


def _values(table: pa.Table, columns: tuple[str, ...]) -> Iterator[Row]:
    return zip(*([_plain(value) for value in table[name].to_pylist()] for name in columns), strict=True)


def _plain(value: object) -> object:
    """Return a value that can be compared and looked up: a copy may hold what no row of ours does."""
    return value if isinstance(value, Hashable) else (type(value).__name__, repr(value))


def _no_list() -> Refusal:
    return Refusal(
        "gate.replay_no_list",
        "A return that a law requires goes without a list in the log, so no row of it bears a tag.",
        next_step="Audit a handover that has a list. Whom such a return is about, no answer takes out.",
        authority="docs/adr/0023",
    )


def _rows_gone() -> Refusal:
    return Refusal(
        "gate.replay_rows",
        "The rows or records of that time are no longer those of the people who were decided on.",
        next_step=(
            "Run `beholden fsck`. Where somebody was erased since, or where an earlier version built it, this can no "
            "longer be audited."
        ),
        authority="docs/adr/0027",
    )


def _not_what_was_fixed() -> Refusal:
    return Refusal(
        "gate.replay_not_fixed",
        "What is kept here of this handover is not what the public log fixed, so nothing can be made again from it.",
        next_step="Run `beholden fsck`, and restore the lists from a backup. Tell the regulator if none has them.",
        authority="D27, D28",
    )
