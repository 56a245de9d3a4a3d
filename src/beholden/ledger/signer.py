# SPDX-License-Identifier: Apache-2.0
"""The one place that signs a checkpoint. Decides whether a log may be said to have grown.

Its memory is one small file outside the database, outside the log's folder and outside every backup: the last
(size, root) it has committed to. It signs a proven extension of that and nothing else, and writes the new
(size, root) down before it signs. So there are never two roots for one size, whatever is restored, lost or
killed. It knows no outbox and no clock. D27: that the log was not altered is worth what this file is worth.

What a crash means, step by step (`Turn.append`):
  1 tiles written        nothing was said yet; the next turn writes over the draft
  2 tiles read back      the same
  3 memory written       committed: the next turn signs and publishes exactly this size and root
  4 signed, published    done; readers see it
  5 partial tiles tidied rubbish may be left behind, nothing else
"""

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from beholden.home import Home, keys
from beholden.home.files import fsync_folder, write_durably, write_new
from beholden.ledger import tree
from beholden.ledger.checkpoint import Checkpoint, CheckpointMalformed, open_checkpoint, sign_checkpoint
from beholden.ledger.note import Key, Note, Signature
from beholden.ledger.tiles import TileLog, TileMalformed
from beholden.refusals import Refusal

LOGS = ("handovers", "events")
KEEPER_ORIGIN = "beholden.example/demo"  # what a home calls itself until `name_keeper` says otherwise
_PRIVATE = 0o600


class Fork(Refusal):
    """Says that going on would show one reader another log than we have shown before."""

    def __init__(self, sentence: str) -> None:
        super().__init__(
            "ledger.fork",
            sentence,
            next_step=(
                "Nothing was signed. Something was restored from an older copy, or lost. Bring back the "
                "newest log files and rows, byte for byte, from a public copy. Where entries are lost for "
                "good, close this log and open one under a new origin, whose first entry holds the last "
                "checkpoint of the old one."
            ),
            authority="ARCHITECTURE section 5; c2sp.org/tlog-checkpoint, Signatures",
        )


@dataclass(frozen=True, slots=True)
class Signer:
    """The key of one log, the memory of what it signed, and the log's folder."""

    origin: str
    seed: bytes = field(repr=False)
    memory: Path
    log: TileLog

    @classmethod
    def of(cls, home: Home, log: str) -> Self:
        """Return the signer of one of the home's two logs; the key file must be there and closed."""
        seed = keys.load(home, f"signer.{_known(log)}")
        return cls(f"{keeper_origin(home)}/{log}", seed, home.signer_state / log, log_of(home, log))

    @property
    def key(self) -> Key:
        """The verifier key: what the keeper prints, and a family pins."""
        return Key.of_seed(self.origin, self.seed)

    @property
    def key_file(self) -> bytes:
        """What stands in the file that is published beside the log: the verifier key, on a line."""
        return f"{self.key.print()}\n".encode()

    def committed(self) -> Checkpoint:
        """Return what was last committed to; an empty log before the first time."""
        try:
            found = Checkpoint.parse(self.memory.read_bytes().decode())
        except FileNotFoundError:
            return Checkpoint(self.origin, 0, tree.EMPTY_ROOT)
        except (CheckpointMalformed, UnicodeDecodeError) as cause:
            raise Fork("The signer's memory cannot be read, so it is not known what was signed.") from cause
        if found.origin != self.origin:
            raise Fork(f"The signer's memory is of the log {found.origin}, not of {self.origin}.")
        return found

    def opened(self, note: bytes | None) -> Checkpoint | None:
        """Return the checkpoint in a published note after checking our own signature on it."""
        return None if note is None else open_checkpoint(note, origin=self.origin, keys=(self.key,))

    @property
    def _lock(self) -> Path:
        return _lock_of(self.memory)

    @contextmanager
    def turn(self) -> Iterator["Turn"]:
        """Be alone with the log: the only way to write to it.

        On entry it compares memory, published checkpoint and tiles, refuses if any is older than it may be,
        and finishes a publication that a crash cut off. A second process waits here.
        """
        self.memory.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(self._lock, os.O_RDWR | os.O_CREAT, _PRIVATE)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)  # the kernel lets go of it when the process dies
            turn = Turn(self)
            turn.settle()
            yield turn
        finally:
            os.close(descriptor)


class Turn:
    """One writer's time alone with a log. `last` is the checkpoint that is committed and published."""

    def __init__(self, signer: Signer) -> None:
        self._signer = signer
        self._log = signer.log
        self.last = signer.committed()
        self._note = signer.log.published()  # what the next publication replaces, and nothing else

    def entries(self, start: int, stop: int) -> tuple[bytes, ...]:
        """Return committed entries."""
        return self._log.entries(self.last.size, start, stop)

    def settle(self) -> None:
        """Compare everything that remembers the log, then finish what a crash cut off.

        First (0) what a killed run renamed is flushed: what is built on it here must not outlast it in a
        power cut. Must hold: (1) the published key is the one we sign with; (2) the published checkpoint is
        not newer than the memory; (3) the tiles still give the remembered root; (4) the published checkpoint
        is a prefix of the memory. Then (5) what is committed and not yet published is signed (again): same
        size, same root, same bytes.
        """
        for folder in (self._signer.memory.parent, self._log.folder):
            if folder.is_dir():
                fsync_folder(folder)  # (0)
        if self._log.published_key() not in (None, self._signer.key_file):  # (1)
            raise Fork("The key that is published beside the log is not the one that would sign it.")
        published = self._signer.opened(self._note)
        size = 0 if published is None else published.size
        if size > self.last.size:  # (2)
            raise Fork(f"The signer remembers {self.last.size} entries, but {size} are published.")
        try:
            root = self._log.root(self.last.size)
        except TileMalformed as cause:
            raise Fork(
                f"The log's files do not hold the {self.last.size} entries that were signed."
            ) from cause
        if root != self.last.root:  # (3)
            raise Fork(f"The log's files give another root for {self.last.size} entries than was signed.")
        if published is not None:
            self._prove_extension(published, self.last)  # (4)
        if size < self.last.size:  # (5)
            self._publish()

    def open_log(self) -> None:
        """Publish the key, and the checkpoint of a log that has no entry yet, where they are not there."""
        if self._note is None:
            self._publish()
        self._publish_key()

    def append(self, entries: Sequence[bytes]) -> Checkpoint:
        """Put entries behind the last one, and publish. The numbers are those of the module's docstring."""
        if not entries:
            return self.last
        before, size = self.last, self.last.size + len(entries)
        self._log.append(before.size, entries)  # 1
        self._log.check(before.size, size)  # 2
        if self._log.entries(size, before.size) != tuple(entries):
            raise Fork("The log's files do not hold what was written to them; another process writes here.")
        after = Checkpoint(self._signer.origin, size, self._log.root(size))
        self._prove_extension(before, after)
        write_durably(self._signer.memory, after.print().encode())  # 3
        self.last = after
        self._publish()  # 4
        self._log.tidy(before.size, size)  # 5
        return after

    def put_under(self, note: bytes, lines: Sequence[Signature]) -> bool:
        """Put witnesses' lines under the published checkpoint, if it still states what this note does; say whether.

        The text and our own signature stay as they are: a cosigned checkpoint is the same checkpoint. Lines that
        another process put there meanwhile stay, and nobody's line stands there twice.
        """
        held = None if self._note is None else Note.parse(self._note)
        if held is None or held.text != Note.parse(note).text:
            return False
        signed = {(line.name, line.key_id) for line in held.signatures}
        fresh = tuple(line for line in lines if (line.name, line.key_id) not in signed)
        if fresh:
            cosigned = Note(held.text, (*held.signatures, *fresh)).print()
            self._signer.opened(cosigned)
            self._log.publish(cosigned, instead_of=self._note)
            self._note = cosigned
        return True

    def _publish_key(self) -> None:
        if self._log.published_key() is None:
            self._log.publish_key(self._signer.key_file)

    def _publish(self) -> None:
        self._publish_key()  # first: whoever sees a signature can find its key
        note = sign_checkpoint(self.last, seed=self._signer.seed)
        self._log.publish(note, instead_of=self._note)
        self._note = note

    def _prove_extension(self, old: Checkpoint, new: Checkpoint) -> None:
        if old.size == 0 < new.size:
            return  # RFC 6962 §2.1.2 knows no proof from an empty tree: every log continues it
        try:
            tree.verify_consistency(
                old_size=old.size,
                new_size=new.size,
                old_root=old.root,
                new_root=new.root,
                proof=self._log.consistency_proof(old.size, new.size),
            )
        except Refusal as cause:
            raise Fork(
                f"The log of {new.size} entries is no continuation of the {old.size} signed."
            ) from cause


@contextmanager
def still(home: Home, log: str) -> Iterator[None]:
    """Hold writers off while a log's memory and checkpoint are read: two files, which change one after the other.

    Changes nothing: where nobody has written yet there is no lock, and none is made.
    """
    try:
        descriptor = os.open(_lock_of(home.signer_state / _known(log)), os.O_RDONLY)
    except FileNotFoundError:
        yield
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        yield
    finally:
        os.close(descriptor)


def log_of(home: Home, log: str) -> TileLog:
    """Return the folder of one of the home's two logs. Reading it needs no key."""
    return TileLog(home.ledger / _known(log))


def keeper_origin(home: Home) -> str:
    """Return what the keeper's logs call themselves, without the log's own name."""
    try:
        return (home.ledger / "origin").read_text(encoding="utf-8").removesuffix("\n")
    except FileNotFoundError:
        return KEEPER_ORIGIN


def name_keeper(home: Home, origin: str) -> None:
    """Fix the keeper's origin, once: a log that changes its name is another log."""
    Key(origin, bytes(32))  # a name that could not stand in a signature line is refused here
    try:
        write_new(home.ledger / "origin", f"{origin}\n".encode(), mode=0o644)
    except FileExistsError as taken:
        raise Refusal(
            "ledger.origin_fixed",
            "This home's logs have a name already, and it is never changed.",
            next_step="Found another home for another name.",
            authority="c2sp.org/tlog-checkpoint, Note text",
        ) from taken


def _lock_of(memory: Path) -> Path:
    return memory.with_name(f"{memory.name}.lock")


def _known(log: str) -> str:
    if log not in LOGS:
        raise ValueError("there are two logs: handovers and events")
    return log
