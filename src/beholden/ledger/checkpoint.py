# SPDX-License-Identifier: Apache-2.0
"""Checkpoints, exactly as c2sp.org/tlog-checkpoint: which log, how many entries, which root.

Decides whether three lines are a checkpoint and who signed them. `print` and `parse` are exact inverses.
Refuses extension lines. The specification allows them and does not recommend them, because no monitor can
audit them. Our logs never carry any; so every reader here refuses a checkpoint that has some, whoever signed
it, and our witness does not serve a log that uses them (a note itself may have a text of any lines).

    beholden.example/demo/handovers
    7
    CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from beholden.ledger.note import Key, NoteMalformed, NoteNotSigned, check_text, decode_base64, open_note, sign
from beholden.ledger.tree import HASH_BYTES
from beholden.refusals import Refusal

MAX_SIZE = 2**63 - 1  # so that every reader in every language reads the same number
_SIZE_DIGITS = len(str(MAX_SIZE))


class CheckpointMalformed(Refusal):
    """Says that something is not a checkpoint in the one form that we write and read."""

    def __init__(self, sentence: str) -> None:
        super().__init__(
            "ledger.checkpoint_malformed",
            sentence,
            next_step="Fetch the checkpoint again from the log, or from a witness.",
            authority="c2sp.org/tlog-checkpoint",
        )


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The state of one log: its origin, the number of its entries, the root over them."""

    origin: str
    size: int
    root: bytes

    def __post_init__(self) -> None:
        """Refuse values that have no line of their own."""
        if not self.origin or "\n" in self.origin:
            raise CheckpointMalformed("The origin of a checkpoint is one line that is not empty.")
        if not 0 <= self.size <= MAX_SIZE:
            raise CheckpointMalformed("The size of a checkpoint is not a number of entries.")
        if len(self.root) != HASH_BYTES:
            raise CheckpointMalformed("The root of a checkpoint has 32 bytes; this one has not.")
        try:
            check_text(self.origin + "\n")
        except NoteMalformed as cause:
            raise CheckpointMalformed("The origin of a checkpoint holds no control character.") from cause

    def print(self) -> str:
        """Return the three lines."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the three lines; refuse what does not print back to itself."""
        lines = text.split("\n")
        if len(lines) != len(("origin", "size", "root", "")) or lines[-1]:
            raise CheckpointMalformed("A checkpoint has three lines: origin, size and root.")
        origin, size, root = lines[:3]
        if not (size.isascii() and size.isdigit() and len(size) <= _SIZE_DIGITS):
            raise CheckpointMalformed("The size of a checkpoint is not a decimal number.")
        try:
            found = cls(origin, int(size), decode_base64(root))
        except NoteMalformed as cause:
            raise CheckpointMalformed("The root of a checkpoint is not canonical base64.") from cause
        if found.print() != text:
            raise CheckpointMalformed("The checkpoint does not print back to itself.")
        return found


def sign_checkpoint(checkpoint: Checkpoint, *, seed: bytes) -> bytes:
    """Return the signed checkpoint, under the origin as key name. Only the signer decides to call it."""
    return sign(checkpoint.print(), name=checkpoint.origin, seed=seed)


def open_checkpoint(raw: bytes, *, origin: str, keys: Sequence[Key]) -> Checkpoint:
    """Return the checkpoint in a signed note, if it speaks of this log and one of the keys signed it."""
    found = Checkpoint.parse(open_note(raw, keys=keys).text)
    if found.origin != origin:
        raise NoteNotSigned(f"The checkpoint is of another log than {origin}.")
    return found
