# SPDX-License-Identifier: Apache-2.0
"""A witness's folder: its key, the logs it knows, and the last checkpoint of each that it cosigned.

Order: alone (a file lock) -> decided -> what was seen is on the disk -> signed -> answered. Killed between any two, the
witness remembers more than it has said: the log then asks again from there. It never cosigns two roots of one size.

    key                   the Ed25519 seed, 0600
    name                  under which it cosigns
    logs                  which logs it knows: `log` lines of a policy (c2sp.org/tlog-policy) and `quorum none`
    seen/<hash of origin> the last checkpoint of one log: its three lines
"""

import fcntl
import hashlib
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from beholden.home.files import write_durably, write_new
from beholden.ledger.checkpoint import Checkpoint
from beholden.ledger.cosignature import WitnessKey, cosign
from beholden.ledger.note import KEY_BYTES
from beholden.ledger.policy import Policy
from beholden.ledger.request import Status
from beholden.refusals import Refusal
from beholden.witness.rules import Grown, No, decide

_CLOSED, _OTHERS = 0o700, 0o077
_AUTHORITY = "c2sp.org/tlog-witness"
_NO_LOGS = b"quorum none\n"


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back over the wire."""

    status: Status
    body: bytes
    content_type: str


@dataclass(frozen=True, slots=True)
class Keeping:
    """An opened witness's folder."""

    folder: Path
    name: str
    seed: bytes = field(repr=False)

    @property
    def key(self) -> WitnessKey:
        """The witness's verifier key: what a keeper's policy names it by."""
        return WitnessKey.of_seed(self.name, self.seed)

    @classmethod
    def found(cls, folder: Path, name: str) -> "Keeping":
        """Make a witness's folder with a fresh key; a folder that has one keeps it, and its name.

        `seen` is made before there is a key, and never again: a witness that has signed may have seen something.
        """
        WitnessKey(name, bytes(KEY_BYTES))  # a name that could not stand in a line is refused here
        folder.mkdir(mode=_CLOSED, parents=True, exist_ok=True)
        if not (folder / "key").exists():
            (folder / "seen").mkdir(mode=_CLOSED, exist_ok=True)
        for path, content in (
            ("name", f"{name}\n".encode()),
            ("logs", _NO_LOGS),
            ("key", secrets.token_bytes(KEY_BYTES)),
        ):
            if not (folder / path).exists():
                write_new(folder / path, content)
        return cls.opened(folder)

    @classmethod
    def opened(cls, folder: Path) -> "Keeping":
        """Open a witness's folder, or refuse one that is none or that others may read."""
        try:
            name = (folder / "name").read_text(encoding="utf-8").removesuffix("\n")
            seed, mode = (folder / "key").read_bytes(), (folder / "key").stat().st_mode
        except OSError as cause:
            raise _refused("no_folder", f"{folder} is no folder of a witness.", "Found it first.") from cause
        if len(seed) != KEY_BYTES or stat.S_IMODE(mode) & _OTHERS:
            raise _refused(
                "key",
                "The witness's key is damaged, or others may read it.",
                "Close it: chmod 600. A key that others have read is theirs too: found a new witness.",
            )
        found = cls(folder, name, seed)
        found.check_remembers()
        return found

    def check_remembers(self) -> None:
        """Refuse where the folder of what was seen is gone: it would then sign any past as if it were the first."""
        if not (self.folder / "seen").is_dir():
            raise _refused(
                "forgotten",
                "This witness no longer knows what it has seen: its folder seen is gone. It signs nothing.",
                "Put that very folder back. If it is lost, or the copy is older, found a new witness with a new key, "
                "and tell everybody whose policy names this one.",
            )

    def logs(self) -> Policy:
        """Return which logs this witness knows, read afresh: a line that is added counts from the next request on."""
        return Policy.parse((self.folder / "logs").read_bytes())

    def last(self, origin: str) -> Checkpoint | None:
        """Return what was cosigned of a log last; a memory that cannot be read refuses, and nothing is cosigned."""
        self.check_remembers()
        try:
            raw = self._memory(origin).read_bytes()
        except FileNotFoundError:
            return None
        found = Checkpoint.parse(raw.decode("utf-8", "replace"))
        if found.origin != origin:
            raise _refused(
                "memory", "What was seen last is not of this log.", "Put the folder back from a copy."
            )
        return found

    def add_checkpoint(self, raw: bytes, *, at: datetime) -> Answer:
        """Answer one request, alone: decide, write down, cosign."""
        with self._alone():
            said = decide(raw, keys_of=self.logs().keys_of, last=self.last)
            if isinstance(said, No):
                return Answer(said.status, said.body.encode(), said.content_type)
            return self._cosigned(said, at=at)

    def _cosigned(self, grown: Grown, *, at: datetime) -> Answer:
        write_durably(self._memory(grown.checkpoint.origin), grown.checkpoint.print().encode())
        line = cosign(grown.text, name=self.name, seed=self.seed, at=at)
        return Answer(Status.COSIGNED, line.print().encode(), "text/plain; charset=utf-8")

    def _memory(self, origin: str) -> Path:
        return self.folder / "seen" / hashlib.sha256(origin.encode()).hexdigest()[:32]

    @contextmanager
    def _alone(self) -> Iterator[None]:
        descriptor = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(
                descriptor, fcntl.LOCK_EX
            )  # each call opens anew, so threads wait for one another too
            yield
        finally:
            os.close(descriptor)


def _refused(code: str, sentence: str, next_step: str) -> Refusal:
    return Refusal(f"witness.{code}", sentence, next_step=next_step, authority=_AUTHORITY)
