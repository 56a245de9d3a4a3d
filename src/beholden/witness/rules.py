# SPDX-License-Identifier: Apache-2.0
"""Decides what a witness answers to one request, exactly as c2sp.org/tlog-witness. No clock, no file, no network."""

from collections.abc import Callable
from dataclasses import dataclass

from beholden.ledger.checkpoint import Checkpoint, CheckpointMalformed
from beholden.ledger.note import Key, Note, NoteMalformed, NoteNotSigned, open_note
from beholden.ledger.request import Request, Status
from beholden.ledger.tree import EMPTY_ROOT, ProofRefused, verify_consistency
from beholden.refusals import Refusal

SIZE_TYPE = "text/x.tlog.size"
TEXT_TYPE = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class No:
    """An answer without a cosignature. `body` is, for a conflict over sizes, the size that was cosigned last."""

    status: Status
    body: str
    content_type: str = TEXT_TYPE


@dataclass(frozen=True, slots=True)
class Grown:
    """A checkpoint that continues what this witness cosigned last; `text` is what it signs."""

    checkpoint: Checkpoint
    text: str


def decide(
    raw: bytes, *, keys_of: Callable[[str], tuple[Key, ...]], last: Callable[[str], Checkpoint | None]
) -> Grown | No:
    """Decide on one request. `keys_of` gives the keys of a log, `last` what was cosigned of it last.

    The plan, in the specification's own order: 1 it is a request, and its checkpoint a checkpoint; 2 the log is known
    here; 3 one of its keys signed the checkpoint; 4 the old size is not larger than the new; 5 it is the size that was
    cosigned last, or the answer says which that is; 6 one size has one root; 7 the proof shows that the log only grew.
    """
    try:
        asked = Request.parse(raw)  # 1
        claimed = Checkpoint.parse(Note.parse(asked.note).text)
    except (NoteMalformed, CheckpointMalformed) as no:
        return No(Status.MALFORMED, _line(no))
    keys = keys_of(claimed.origin)
    if not keys:  # 2
        return No(Status.UNKNOWN_LOG, "This witness does not know this log.\n")
    try:
        text = open_note(asked.note, keys=keys).text  # 3
    except (NoteMalformed, NoteNotSigned) as no:
        return No(Status.NOT_SIGNED, _line(no))
    return _grown(asked, last(claimed.origin), claimed, text)


def _grown(asked: Request, held: Checkpoint | None, claimed: Checkpoint, text: str) -> Grown | No:
    """Hold a signed checkpoint against what was cosigned last: steps 4 to 7."""
    if asked.old > claimed.size:  # 4
        return No(Status.MALFORMED, "The old size is larger than the checkpoint's.\n")
    before = held or Checkpoint(claimed.origin, 0, EMPTY_ROOT)
    if asked.old != before.size or (before.size == claimed.size and before.root != claimed.root):  # 5, 6
        return No(Status.CONFLICT, f"{before.size}\n", SIZE_TYPE)
    if before.size == 0 < claimed.size:  # 7
        if asked.proof:  # every log continues an empty one: there is nothing to prove
            return No(Status.NOT_CONSISTENT, "A log that was never cosigned is sent without a proof.\n")
        return Grown(claimed, text)
    try:
        verify_consistency(
            old_size=before.size,
            new_size=claimed.size,
            old_root=before.root,
            new_root=claimed.root,
            proof=asked.proof,
        )
    except ProofRefused as no:
        return No(Status.NOT_CONSISTENT, _line(no))
    return Grown(claimed, text)


def _line(no: Refusal) -> str:
    return f"{no.sentence}\n"
