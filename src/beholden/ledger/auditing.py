# SPDX-License-Identifier: Apache-2.0
"""An auditor's word on a handover: that it was made again from the records and compared with the recipient's copy.

Decides what is signed, and when such a word may stand in the log. Knows no child, no row and no auditor's name: the log
shows that somebody with a key signed, and whose key it is must be checked against what that body publishes.
"""

from dataclasses import dataclass, field
from datetime import datetime

from beholden.ledger.canonical import print_json
from beholden.ledger.sealing import countersign, holds
from beholden.ledger.vocabulary.audits import Replayed
from beholden.ledger.vocabulary.handovers import Intent
from beholden.ledger.vocabulary.sealed import Details
from beholden.ledger.vocabulary.terms import recipient_key_hash
from beholden.refusals import Refusal

_PREFIX = b"beholden/replayed/v1\n"


class AuditRefused(Refusal):
    """Says why an auditor's word may not stand in the log."""

    def __init__(self, sentence: str) -> None:
        super().__init__(
            "ledger.audit",
            sentence,
            next_step="Do not rely on this log; keep it, and send it to the regulator.",
            authority="D27, D28; docs/explanation/proofs.md, an auditor's replay",
        )


@dataclass(frozen=True, slots=True)
class Audit:
    """One auditor's word as the log has it: where, when, under which key, and whether everything was equal."""

    index: int
    at: datetime
    key: bytes
    agrees: bool


def message(about: Intent | Details, *, agrees: bool) -> bytes:
    r"""Return what an auditor signs: "beholden/replayed/v1\n" || JCS({"agrees","id","n","payload","root"}).

    `n`, `payload` and `root` are the handover's own: the word is about this list and this file, and no other.
    """
    return _PREFIX + print_json(
        {
            "agrees": agrees,
            "id": about.id.hex(),
            "n": about.set.n,
            "payload": about.payload.hex(),
            "root": about.set.root.hex(),
        }
    )


def sign(about: Intent | Details, seq: int, *, agrees: bool, seed: bytes) -> Replayed:
    """Return an auditor's signed word on a handover, from its Ed25519 seed of 32 bytes."""
    said = countersign(message(about, agrees=agrees), seed=seed)
    return Replayed(agrees=agrees, auditor=said, id=about.id, seq=seq)


@dataclass(slots=True)
class Audits:
    """What auditors have said of each handover, by its number, in the order of the log."""

    by_seq: dict[int, tuple[Audit, ...]] = field(default_factory=dict)

    def hear(self, index: int, at: datetime, body: Replayed, about: Intent | Details) -> None:
        """Let a word on this handover in, or refuse it.

        Must hold: (1) the key is not the recipient's own, who cannot audit itself; (2) it has not spoken of this
        handover before; (3) its signature covers this list, this file and the answer.
        """
        before = self.by_seq.get(body.seq, ())
        if recipient_key_hash(body.auditor.key) == about.header.recipient.key:  # (1)
            raise AuditRefused(f"The recipient of handover {body.seq} cannot audit it.")
        if any(one.key == body.auditor.key for one in before):  # (2)
            raise AuditRefused(f"This auditor has said before what it found in handover {body.seq}.")
        if not holds(body.auditor, message(about, agrees=body.agrees)):  # (3)
            raise AuditRefused(f"The word on handover {body.seq} is not signed by the auditor that it names.")
        self.by_seq[body.seq] = (*before, Audit(index, at, body.auditor.key, body.agrees))
