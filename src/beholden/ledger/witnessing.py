# SPDX-License-Identifier: Apache-2.0
"""Asks witnesses to cosign the keeper's logs, as a log does in c2sp.org/tlog-witness. Needs no database.

A home whose file `witnesses` holds a policy (c2sp.org/tlog-policy) asks each witness with an address after the log has
grown, and puts the cosignatures under the published checkpoint. Until there is a quorum nothing is released: the gate
looks (`check_witnessed`). No lock and no transaction is held while the network is waited for.

What a witness answers is a stranger's word. Rubbish, silence and a false signature mean that it has not signed, and the
others are asked all the same (`post` has the limits). A witness that has seen more than we have, or another root of one
size, says that our files are older than what was shown: that is a fork, and stops everything. It is believed only after
a look, alone with the log, at what is committed *now*: another process may have let the log grow, and shown it, since
our note was read.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from beholden.home import Home
from beholden.ledger.checkpoint import Checkpoint
from beholden.ledger.note import Note, NoteMalformed, NoteNotSigned, Signature
from beholden.ledger.policy import Policy, Witness, Witnessed, printable
from beholden.ledger.post import over_http
from beholden.ledger.request import Request, Status, said_size
from beholden.ledger.signer import LOGS, Fork, Signer, keeper_origin
from beholden.refusals import Refusal

ROUNDS = 3
"""How often a log that grows while it is asked about is asked about anew, before that is left to the next time."""

Post = Callable[[str, bytes], tuple[int, bytes]]
"""Sends a body to an address; returns HTTP status and body, or raises OSError where nobody answers."""


_GREW = "The log grew while it was asked; it is asked again next time."


@dataclass(frozen=True, slots=True)
class Asked:
    """What became of asking the witnesses of one log: who has cosigned its published state, and why others have not."""

    log: str
    size: int
    seen: tuple[str, ...]
    silent: Mapping[str, str]


def policy_of(home: Home) -> Policy | None:
    """Return the policy of a home, or None where it has none; one that cannot be read refuses."""
    try:
        return Policy.parse(home.witnesses.read_bytes())
    except FileNotFoundError:
        return None


def gather(home: Home, *, post: Post | None = None) -> tuple[Asked, ...]:
    """Ask every witness that has not cosigned the published state of both logs, and publish what they say.

    The plan, for each log: 1 read the published note; 2 ask each witness that is missing under it, nobody's lock held;
    3 alone with the log, put what they signed under the note, if it still states the same; else ask about the state
    that replaced it. A home without a policy asks nobody. Refuses with `ledger.fork` what only a fork explains, after
    every witness was heard; nothing is put under the note then.
    """
    policy = policy_of(home)
    if policy is None:
        return ()
    return tuple(_gather(home, log, policy, post or over_http) for log in LOGS)


def check_witnessed(home: Home, log: str, *, note: bytes) -> Witnessed | None:
    """Return the state in a published note that a quorum has seen, None where the home has no policy, or refuse."""
    policy = policy_of(home)
    return None if policy is None else policy.check(note, origin=f"{keeper_origin(home)}/{log}")


class _Claims(Exception):  # noqa: N818  no error: something that a witness says, and that is looked into
    """A witness says that it has cosigned more of the log, or another log, than the note it was shown."""

    def __init__(self, witness: str, size: int) -> None:
        super().__init__()
        self.witness, self.size = witness, size


def _gather(home: Home, log: str, policy: Policy, post: Post) -> Asked:
    signer = Signer.of(home, log)
    for _ in range(ROUNDS):
        raw = signer.log.published()  # 1
        if raw is None:
            return Asked(log, 0, (), {})
        note = Note.parse(raw)
        fresh, silent, claims = _heard(policy, signer, note, post)  # 2
        for claim in claims:
            _look_into(claim, signer, Checkpoint.parse(note.text))
        if not claims and (not fresh or _put_under(signer, raw, fresh)):  # 3
            return Asked(log, _size(note), tuple(sorted({*policy.seen_by(note), *fresh})), silent)
    left = dict.fromkeys((*fresh, *(claim.witness for claim in claims)), _GREW)
    return Asked(log, _size(note), tuple(sorted(policy.seen_by(note))), {**silent, **left})


def _heard(
    policy: Policy, signer: Signer, note: Note, post: Post
) -> tuple[dict[str, Signature], dict[str, str], list[_Claims]]:
    """Ask every witness that is missing under a note: who signed, who has not and why, and who claims a fork."""
    seen = policy.seen_by(note)
    fresh: dict[str, Signature] = {}
    silent: dict[str, str] = {}
    claims: list[_Claims] = []
    for witness in policy.witnesses.values():
        if witness.name in seen or not witness.url:
            continue
        try:
            fresh[witness.name] = _ask(witness, signer, note, post)
        except _Claims as claim:
            claims.append(claim)
        except (OSError, NoteMalformed, NoteNotSigned) as trouble:
            silent[witness.name] = trouble.sentence if isinstance(trouble, Refusal) else "It did not answer."
    return fresh, silent, claims


def _put_under(signer: Signer, raw: bytes, fresh: Mapping[str, Signature]) -> bool:
    with signer.turn() as turn:
        return turn.put_under(raw, tuple(fresh.values()))


def _look_into(claim: _Claims, signer: Signer, shown: Checkpoint) -> None:
    """Refuse what only a fork explains: a witness claims what is not in the log as it is committed now.

    Alone with the log, so that whatever another process showed to the witness before it answered is committed,
    published and seen here. Where the log has grown since, the claim was about a note that is out of date.
    """
    with signer.turn() as turn:
        now = turn.last
    who = f"The witness {printable(claim.witness)}"
    if claim.size > now.size:
        raise Fork(f"{who} has seen {claim.size} entries of this log, and {now.size} are published.")
    if claim.size == shown.size == now.size:
        raise Fork(f"{who} has seen another log of {claim.size} entries than the one that is published.")


def _ask(witness: Witness, signer: Signer, note: Note, post: Post) -> Signature:
    """Return one witness's cosignature. It is first asked from nothing: its answer says how far it has seen."""
    url = f"{witness.url.rstrip('/')}/add-checkpoint"
    raw, size = note.print(), _size(note)
    status, body = post(url, Request(0, (), raw).print())
    if status == Status.CONFLICT:
        old = said_size(body)
        if old > size:
            raise _Claims(witness.name, old)
        proof = signer.log.consistency_proof(old, size) if old else ()
        status, body = post(url, Request(old, proof, raw).print())
        if status == Status.CONFLICT and said_size(body) == old == size:
            raise _Claims(witness.name, old)
    if status != Status.COSIGNED:
        raise NoteNotSigned(f"The witness answered {status}.")
    return _its_line(witness, note, body)


def _its_line(witness: Witness, note: Note, body: bytes) -> Signature:
    """Return the line of an answer that is this witness's cosignature; others are ignored, a false one is refused."""
    for line in Note.parse(note.text.encode() + b"\n" + body).signatures:
        if (line.name, line.key_id) == (witness.key.name, witness.key.id):
            witness.key.check(note.text, line.signature)
            return line
    raise NoteNotSigned("The witness did not sign with the key that the policy names.")


def _size(note: Note) -> int:
    return Checkpoint.parse(note.text).size
