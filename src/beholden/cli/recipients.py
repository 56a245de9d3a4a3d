# SPDX-License-Identifier: Apache-2.0
"""The recipient's own check, on the recipient's own machine: no Django, no database, no word of the keeper's needed."""

import hashlib
from pathlib import Path

from beholden.gate.message import Done
from beholden.refusals import Refusal

_LONGEST_WORD = 2_000
_TEXTS = (b"beholden/agreement/v1\n", b"beholden/destroyed/v1\n")


def check_parcel(
    path: Path, *, identity: Path, log: Path, key: str, signing_key: Path, out: Path
) -> dict[str, object]:
    """Open a parcel, find its handover in the public log, recompute the list exactly, sign and write the answer.

    The log is opened with the keeper's printed key and rebuilt whole, as any stranger would. Refuses if the ciphertext
    is not the one the log names, if the header is another, or if tags of rows and padding are not exactly the
    committed list: then the file must not be used, and the signed answer says why.
    """
    from beholden.gate.parcel import unpack
    from beholden.home.files import write_durably
    from beholden.ledger import handovers
    from beholden.ledger.canonical import print_json
    from beholden.ledger.confirmation import Word, sign, weigh
    from beholden.ledger.tags import identifier
    from beholden.ledger.tiles import TileLog
    from beholden.ledger.verify import subject as subject_of

    ciphertext = path.read_bytes()
    opened = unpack(ciphertext, identity=_secret(identity))
    list_id = identifier(dict(opened.header))
    held = TileLog(log)
    published = held.published()
    if published is None:
        raise _mismatch("There is no checkpoint in the log's folder.")
    verified = handovers.read(published, held.entries(held.size), vkey=key, pinned=key)
    mine = [one.body for one in verified.handed if one.body.id == list_id]
    if len(mine) != 1 or mine[0].payload != hashlib.sha256(ciphertext).digest():
        raise _mismatch("The public log does not name this file.")
    subject = subject_of(mine[0])
    said = sign(
        subject, row_tags=opened.tags, padding=opened.padding, seed=bytes.fromhex(_secret(signing_key))
    )
    write_durably(out, print_json({"id": list_id.hex(), "recomputed": said.to_json()}))
    if weigh(subject, said) is not Word.AGREES:
        raise _mismatch(
            f"The rows and the padding are not the list that the log has fixed; {out.name} says so, signed."
        )
    return {"id": list_id.hex(), "rows": opened.rows.num_rows, "list": subject.committed.n, "agrees": True}


def open_messages(paths: list[Path], *, identity: Path, key: str) -> list[dict[str, object]]:
    """Open messages with the recipient's identity and the keeper's printed key; return what each asks, to be done.

    Refuses one that is not the keeper's, and a file of which the one before it is missing among those given, unless it
    is the first that is given: then the recipient has looked at that one earlier.
    """
    from beholden.gate.message import unlock

    opened = []
    for path in paths:
        raw = path.read_bytes()
        opened.append((path, raw, unlock(raw, identity=_secret(identity), key=bytes.fromhex(key))))
    seen: dict[bytes, bytes] = {}
    found: list[dict[str, object]] = []
    for path, raw, message in sorted(opened, key=lambda one: (one[2].handover, one[2].day)):
        if message.handover in seen and message.before != seen[message.handover]:
            raise _message_missing()
        seen[message.handover] = hashlib.sha256(raw).digest()
        found.append({"file": str(path), **message.to_json()})
    return found


def sign_message(path: Path, *, identity: Path, key: str, signing_key: Path, out: Path) -> str:
    """Write the recipient's signed word that everything a message asks is done in every copy; return its day."""
    from beholden.gate.message import sign_done, unlock
    from beholden.home.files import write_durably
    from beholden.ledger.canonical import print_json

    raw = path.read_bytes()
    message = unlock(raw, identity=_secret(identity), key=bytes.fromhex(key))
    said = sign_done(raw, message, seed=bytes.fromhex(_secret(signing_key)))
    write_durably(out, print_json(said.to_json()))
    return message.day.isoformat()


def read_word(path: Path) -> Done:
    """Read a recipient's signed word; what does not print back to itself is refused."""
    from beholden.ledger.canonical import parse_json

    return Done.from_json(parse_json(path.read_bytes(), limit=_LONGEST_WORD))


def sign_text(path: Path, *, signing_key: Path) -> str:
    """Return the signature of one of the two texts that a recipient signs, in hex: an agreement, or a certificate.

    Anything else is refused: a key that signs whatever it is given would also sign what its owner never read.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    raw = path.read_bytes()
    if not raw.startswith(_TEXTS):
        raise Refusal(
            "recipient.other_text",
            "This is neither an agreement nor a certificate, as the keeper's pages give them.",
            next_step="Take the text away from the page once more, and do not open it in between.",
            authority="D25: time limit and destruction certificate",
        )
    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(_secret(signing_key))).sign(raw).hex()


def _secret(path: Path) -> str:
    lines = [line.strip() for line in path.read_text().splitlines()]
    return next((line for line in lines if line and not line.startswith("#")), "")


def _mismatch(why: str) -> Refusal:
    return Refusal(
        "recipient.mismatch",
        f"Do not use this file. {why}",
        next_step="Keep it locked away, and tell the registrar and the regulator what you saw.",
        authority="ARCHITECTURE section 5: the recipient recomputes before any use",
    )


def _message_missing() -> Refusal:
    return Refusal(
        "recipient.message_missing",
        "A message is missing between two of these.",
        next_step="Fetch all your messages again: each names the one before it, so none can be kept from you.",
        authority="D31; UK GDPR Art 19",
    )
