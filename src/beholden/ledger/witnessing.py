# SPDX-License-Identifier: Apache-2.0
"""Asks witnesses to cosign the keeper's logs, as a log does in c2sp.org/tlog-witness. Needs no database.

A home whose file `witnesses` holds a policy (c2sp.org/tlog-policy) asks each witness with an address after the log has
grown, and puts the cosignatures under the published checkpoint. Until there is a quorum nothing is released: the gate
looks (`check_witnessed`). No lock and no transaction is held while the network is waited for.

A witness that has seen more than we have, or another root of one size, says that our files are older than what was
shown: that is a fork, and stops everything.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import Request as WebRequest
from urllib.request import urlopen

from beholden.home import Home
from beholden.ledger.checkpoint import Checkpoint
from beholden.ledger.note import Note, NoteMalformed, NoteNotSigned, Signature
from beholden.ledger.policy import Policy, Witness, Witnessed
from beholden.ledger.request import Request, Status, said_size
from beholden.ledger.signer import LOGS, Fork, Signer, keeper_origin
from beholden.refusals import Refusal

SECONDS = 10
MAX_ANSWER = 64_000

Post = Callable[[str, bytes], tuple[int, bytes]]
"""Sends a body to an address; returns HTTP status and body, or raises OSError where nobody answers."""


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
        return Policy.parse(_file(home).read_bytes())
    except FileNotFoundError:
        return None


def gather(home: Home, *, post: Post | None = None) -> tuple[Asked, ...]:
    """Ask every witness that has not cosigned the published state of both logs, and publish what they say.

    The plan, for each log: 1 read the published note; 2 ask each witness that is missing under it, nobody's lock held;
    3 alone with the log, put what they signed under the note, if it is still the same one; else it is asked for again
    next time. A home without a policy asks nobody. Refuses with `ledger.fork` what only a fork explains.
    """
    policy = policy_of(home)
    if policy is None:
        return ()
    return tuple(_gather(home, log, policy, post or over_http) for log in LOGS)


def check_witnessed(home: Home, log: str, *, note: bytes) -> Witnessed | None:
    """Return the state in a published note that a quorum has seen, None where the home has no policy, or refuse."""
    policy = policy_of(home)
    return None if policy is None else policy.check(note, origin=f"{keeper_origin(home)}/{log}")


def over_http(url: str, body: bytes) -> tuple[int, bytes]:
    """Send a body by POST, with a limit of time and of the answer's length."""
    if urlsplit(url).scheme not in {"http", "https"}:
        raise OSError("it has no address of the web")
    request = WebRequest(url, data=body, method="POST", headers={"Content-Type": "text/plain"})  # noqa: S310  above
    try:
        with urlopen(request, timeout=SECONDS) as answer:  # noqa: S310  no other scheme comes here
            raw: bytes = answer.read(MAX_ANSWER)
            return answer.status, raw
    except HTTPError as said:
        with said:
            return said.code, said.read(MAX_ANSWER)
    except (URLError, HTTPException) as cause:
        raise OSError("it did not answer") from cause


def _gather(home: Home, log: str, policy: Policy, post: Post) -> Asked:
    signer = Signer.of(home, log)
    raw = signer.log.published()  # 1
    if raw is None:
        return Asked(log, 0, (), {})
    note = Note.parse(raw)
    state, seen = Checkpoint.parse(note.text), policy.seen_by(note)
    fresh: dict[str, Signature] = {}
    silent: dict[str, str] = {}
    for witness in policy.witnesses.values():  # 2
        if witness.name in seen or not witness.url:
            continue
        try:
            fresh[witness.name] = _ask(witness, signer, state, raw, post)
        except (OSError, NoteMalformed, NoteNotSigned) as trouble:
            silent[witness.name] = trouble.sentence if isinstance(trouble, Refusal) else "It did not answer."
    if fresh:
        with signer.turn() as turn:  # 3
            turn.put_under(raw, tuple(fresh.values()))
    return Asked(log, state.size, tuple(sorted({*seen, *fresh})), silent)


def _ask(witness: Witness, signer: Signer, state: Checkpoint, raw: bytes, post: Post) -> Signature:
    """Return one witness's cosignature. It is first asked from nothing: its answer says how far it has seen."""
    url = f"{witness.url.rstrip('/')}/add-checkpoint"
    status, body = post(url, Request(0, (), raw).print())
    if status == Status.CONFLICT:
        old = said_size(body)
        if old > state.size:
            raise Fork(f"A witness has seen {old} entries of this log, and {state.size} are published.")
        proof = signer.log.consistency_proof(old, state.size) if old else ()
        status, body = post(url, Request(old, proof, raw).print())
        if status == Status.CONFLICT and said_size(body) == old == state.size:
            raise Fork(f"A witness has seen another log of {old} entries than the one that is published.")
    if status != Status.COSIGNED:
        raise NoteNotSigned(f"The witness answered {status}.")
    return _its_line(witness, raw, body)


def _its_line(witness: Witness, raw: bytes, body: bytes) -> Signature:
    """Return the line of an answer that is this witness's cosignature; others are ignored, a false one is refused."""
    note = Note.parse(raw)
    for line in Note.parse(note.text.encode() + b"\n" + body).signatures:
        if (line.name, line.key_id) == (witness.key.name, witness.key.id):
            witness.key.check(note.text, line.signature)
            return line
    raise NoteNotSigned("The witness did not sign with the key that the policy names.")


def _file(home: Home) -> Path:
    return home.root / "witnesses"
