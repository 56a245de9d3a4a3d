# SPDX-License-Identifier: Apache-2.0
"""What a log sends to a witness and hears from it, exactly as c2sp.org/tlog-witness. Decides nothing.

old 20852014
PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=
…

example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npV…
"""

import base64
from dataclasses import dataclass
from enum import IntEnum

from beholden.ledger.note import MAX_NOTE_BYTES, NoteMalformed, decode_base64
from beholden.ledger.tree import HASH_BYTES

MAX_PROOF = 63  # lines, tlog-witness "add-checkpoint"
MAX_BYTES = MAX_NOTE_BYTES
_OLD = "old "
_DIGITS = len(str(2**63 - 1))


class Status(IntEnum):
    """How a witness answers, in HTTP's numbers."""

    COSIGNED = 200
    MALFORMED = 400
    NOT_SIGNED = 403
    UNKNOWN_LOG = 404
    CONFLICT = 409
    NOT_CONSISTENT = 422
    TROUBLE = 500  # with the witness's own files; the protocol leaves it to HTTP


@dataclass(frozen=True, slots=True)
class Request:
    """What a log sends: how large it was when this witness cosigned last, why it only grew, and its checkpoint."""

    old: int
    proof: tuple[bytes, ...]
    note: bytes

    def print(self) -> bytes:
        """Return the body of a request."""
        lines = [f"{_OLD}{self.old}", *(base64.b64encode(one).decode() for one in self.proof), ""]
        return ("\n".join(lines) + "\n").encode() + self.note

    @classmethod
    def parse(cls, raw: bytes) -> "Request":
        """Read the body of a request; refuse what does not print back to itself."""
        head, empty, note = raw.partition(b"\n\n")
        try:
            first, *proof = head.decode("ascii").split("\n")
        except UnicodeDecodeError as cause:
            raise NoteMalformed("The lines before the checkpoint are ASCII.") from cause
        said = first.removeprefix(_OLD)
        if not empty or not first.startswith(_OLD) or len(proof) > MAX_PROOF or len(said) > _DIGITS:
            raise NoteMalformed(
                "A request is a line with the old size, a proof, an empty line and a checkpoint."
            )
        if not (said.isascii() and said.isdigit()):
            raise NoteMalformed("The old size is a decimal number.")
        found = cls(int(said), tuple(decode_base64(line) for line in proof), note)
        if any(len(one) != HASH_BYTES for one in found.proof) or found.print() != raw:
            raise NoteMalformed("The request does not print back to itself.")
        return found


def said_size(body: bytes) -> int:
    """Return the size that a witness names in a conflict: a decimal and a newline, or it is no answer."""
    digits = body.removesuffix(b"\n")
    if not digits.isdigit() or len(digits) > _DIGITS or f"{int(digits)}\n".encode() != body:
        raise NoteMalformed("The witness did not say which size it has seen.")
    return int(digits)
