# SPDX-License-Identifier: Apache-2.0
"""Who must have seen a log before it is believed, exactly as c2sp.org/tlog-policy.

Decides whether a signed checkpoint has the signatures that a policy asks for. Knows no file and no network. Reads
witnesses of type 0x04 and logs of type 0x01; a policy that names another type of key cannot be kept here, and is
refused whole. So is one with a key under which anybody can sign, or a key that is spelled otherwise than it must be: a
quorum of such witnesses would be no quorum.

    log records.example/handovers+3f0a1b2c+AaBb…
    witness press 8d2f…+BcCd… https://witness.press.example
    witness school 77ab…+BeEf…
    group both all press school
    quorum both
"""

from collections.abc import Mapping, Sized
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import TypeVar

from beholden.ledger.checkpoint import Checkpoint
from beholden.ledger.cosignature import WitnessKey
from beholden.ledger.note import MAX_SIGNATURES, Key, Note, NoteMalformed, NoteNotSigned, open_note
from beholden.ledger.weak import is_canonical, is_weak
from beholden.refusals import Refusal

NONE = "none"
MAX_BYTES = 100_000
MAX_WITNESSES = MAX_SIGNATURES - 1  # as many lines as a note has room for beside its log's
MAX_GROUPS = 64
MAX_NESTING = 32  # groups within groups; the specification asks for 32 of each, and lets a reader have limits
_TAB, _NEWLINE, _SPACE, _DELETE = 0x09, 0x0A, 0x20, 0x7F
_AUTHORITY = "c2sp.org/tlog-policy"
_Kind = TypeVar("_Kind", bound=Key)


class PolicyMalformed(Refusal):
    """Says in which line a text is no policy. Nothing of it is used."""

    def __init__(self, line: int, sentence: str) -> None:
        super().__init__(
            "ledger.policy_malformed",
            f"Line {line} of the policy: {sentence}",
            next_step="Mend the line. Until then nothing that asks for this policy goes on.",
            authority=_AUTHORITY,
        )


class NotWitnessed(Refusal):
    """Says that a checkpoint is signed by its log, and that too few of the witnesses have seen it."""

    def __init__(self, seen: int, of: int) -> None:
        super().__init__(
            "ledger.not_witnessed",
            f"{seen} of {of} witnesses have seen this state of the log, which is not the quorum of the policy.",
            next_step="Ask the witnesses again, and find out why they do not answer. Do not rely on it before.",
            authority=_AUTHORITY,
        )


@dataclass(frozen=True, slots=True)
class Witness:
    """One witness of a policy. The name means nothing outside it; `url` may be empty."""

    name: str
    key: WitnessKey
    url: str


@dataclass(frozen=True, slots=True)
class Group:
    """Counts as having seen a checkpoint if at least `threshold` of its members have."""

    name: str
    threshold: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Witnessed:
    """A checkpoint that a policy accepts, and which of its witnesses have cosigned it when (aware UTC)."""

    checkpoint: Checkpoint
    seen: Mapping[str, datetime]


@dataclass(frozen=True, slots=True)
class Policy:
    """Known logs, known witnesses, and the rule which of them must have cosigned. `quorum` may be `none`."""

    logs: tuple[tuple[Key, str], ...]  # each with its address, or an empty text
    witnesses: Mapping[str, Witness]
    groups: Mapping[str, Group]
    quorum: str

    @classmethod
    def parse(cls, raw: bytes) -> "Policy":
        """Read a policy file, or refuse at the line that is at fault."""
        reading = _Reading()
        for number, line in enumerate(_lines(raw), 1):
            words = line.replace("\t", " ").split(" ")
            words = [word for word in words if word]
            if words and not words[0].startswith("#"):
                reading.take(number, words)
        return reading.policy()

    def keys_of(self, origin: str) -> tuple[Key, ...]:
        """Return the keys under which a log of this name may be signed; none, where the policy does not know it."""
        return tuple(key for key, _ in self.logs if key.name == origin)

    def check(self, raw: bytes, *, origin: str) -> Witnessed:
        """Return the checkpoint of a note that this policy accepts, or refuse.

        Must hold: (1) a key that the policy names for this log signed it; (2) it speaks of this log; (3) every line
        under the name and number of a known witness is its cosignature, a single bad one refuses all; (4) those who
        cosigned are a quorum.
        """
        keys = self.keys_of(origin)
        if not keys:
            raise NoteNotSigned(f"The policy knows no log named {origin}.")
        found = Checkpoint.parse(open_note(raw, keys=keys).text)  # (1)
        if found.origin != origin:  # (2)
            raise NoteNotSigned(f"The checkpoint is of another log than {origin}.")
        seen = self.seen_by(Note.parse(raw))  # (3)
        if not self._has_seen(self.quorum, frozenset(seen)):  # (4)
            raise NotWitnessed(len(seen), len(self.witnesses))
        return Witnessed(found, MappingProxyType(seen))

    def seen_by(self, note: Note) -> dict[str, datetime]:
        """Return which witnesses of this policy have cosigned a note, and when; refuse a false cosignature."""
        known = {(one.key.name, one.key.id): one for one in self.witnesses.values()}
        seen: dict[str, datetime] = {}
        for line in note.signatures:
            witness = known.get((line.name, line.key_id))
            if witness is not None:
                seen[witness.name] = witness.key.cosigned_at(note.text, line.signature)
        return seen

    def reachable(self) -> bool:
        """Say whether those witnesses that have an address, and so can be asked, are a quorum."""
        return self._has_seen(self.quorum, frozenset(one.name for one in self.witnesses.values() if one.url))

    def _has_seen(self, name: str, seen: frozenset[str]) -> bool:
        """Say whether a witness or group has seen it. A group names only what stands before it, so this ends."""
        if name == NONE:
            return True
        group = self.groups.get(name)
        if group is None:
            return name in seen
        return sum(self._has_seen(member, seen) for member in group.members) >= group.threshold


def printable(name: str) -> str:
    """Return a name of a policy as it can be printed: bytes that are no UTF-8 stand there as escapes."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _lines(raw: bytes) -> list[str]:
    """Return the lines of a policy; bytes above ASCII are opaque, and only tab and newline control anything."""
    if len(raw) > MAX_BYTES:
        raise PolicyMalformed(1, f"a policy has at most {MAX_BYTES:,} bytes.")
    for number, line in enumerate(raw.split(b"\n"), 1):
        if any(byte == _DELETE or (byte < _SPACE and byte not in {_TAB, _NEWLINE}) for byte in line):
            raise PolicyMalformed(number, "it holds a control character.")
    if raw and not raw.endswith(b"\n"):
        raise PolicyMalformed(raw.count(b"\n") + 1, "it does not end.")
    return raw.decode("utf-8", "surrogateescape").split("\n")[:-1]


@dataclass(slots=True)
class _Reading:
    """What the lines up to here have defined."""

    logs: list[tuple[Key, str]] = field(default_factory=list)
    witnesses: dict[str, Witness] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    members: set[str] = field(default_factory=set)
    nesting: dict[str, int] = field(
        default_factory=dict
    )  # of each group: how many stand in one another, with it
    quorum: str = ""

    def take(self, line: int, words: list[str]) -> None:
        """Take one line in, or refuse it."""
        match words:
            case ["log", vkey, *url] if len(url) <= 1:
                key = _key(line, Key, vkey)
                self._new_key(line, key.public, [one.public for one, _ in self.logs])
                self.logs.append((key, "".join(url)))
            case ["witness", name, vkey, *url] if len(url) <= 1:
                self._new_name(line, name)
                self._room(line, self.witnesses, MAX_WITNESSES, "witnesses")
                witness = _key(line, WitnessKey, vkey)
                self._new_key(line, witness.public, [one.key.public for one in self.witnesses.values()])
                self.witnesses[name] = Witness(name, witness, "".join(url))
            case ["group", name, threshold, *members] if members:
                self._new_name(line, name)
                self._room(line, self.groups, MAX_GROUPS, "groups")
                self._join(line, name, members)
                self.groups[name] = Group(name, _threshold(line, threshold, len(members)), tuple(members))
            case ["quorum", name]:
                if self.quorum:
                    raise PolicyMalformed(line, "the quorum is said once.")
                if name != NONE:
                    self._known(line, name)
                self.quorum = name
            case _:
                raise PolicyMalformed(line, "it is none of log, witness, group or quorum in their form.")

    def policy(self) -> Policy:
        """Return what was read, if it says which witnesses are enough."""
        if not self.quorum:
            raise PolicyMalformed(1, "there is no line that says the quorum.")
        frozen = MappingProxyType
        return Policy(tuple(self.logs), frozen(self.witnesses), frozen(self.groups), self.quorum)

    def _join(self, line: int, name: str, members: list[str]) -> None:
        for member in members:
            self._known(line, member)
            if member in self.members:
                raise PolicyMalformed(line, "a name is a member of one group only, and once.")
            self.members.add(member)
        self.nesting[name] = 1 + max(self.nesting.get(member, 0) for member in members)
        if self.nesting[name] > MAX_NESTING:
            raise PolicyMalformed(line, f"at most {MAX_NESTING} groups stand within one another.")

    def _room(self, line: int, held: Sized, most: int, what: str) -> None:
        if len(held) == most:
            raise PolicyMalformed(line, f"a policy has at most {most} {what}.")

    def _known(self, line: int, name: str) -> None:
        if name not in self.witnesses and name not in self.groups:
            raise PolicyMalformed(line, "it names a witness or a group that no line before it defines.")

    def _new_name(self, line: int, name: str) -> None:
        if name == NONE or name in self.witnesses or name in self.groups:
            raise PolicyMalformed(line, "its name is taken.")

    def _new_key(self, line: int, public: bytes, held: list[bytes]) -> None:
        if public in held:
            raise PolicyMalformed(line, "its key stands in another line.")


def _key(line: int, kind: type[_Kind], vkey: str) -> _Kind:
    try:
        key = kind.parse(vkey)
    except NoteMalformed as cause:
        raise PolicyMalformed(line, cause.sentence) from cause
    if is_weak(key.public):
        raise PolicyMalformed(line, "its key is one under which anybody can sign.")
    if not is_canonical(key.public):
        raise PolicyMalformed(line, "its key is a second spelling of another.")
    return key


def _threshold(line: int, said: str, members: int) -> int:
    if said in {"all", "any"}:
        return members if said == "all" else 1
    if said not in {str(number) for number in range(1, members + 1)}:
        raise PolicyMalformed(line, f"the threshold is all, any, or a number from 1 to {members}.")
    return int(said)
