# SPDX-License-Identifier: Apache-2.0
"""Checks what the public would check, with the public verifier's own code, before anything leaves."""

import hashlib
from datetime import datetime, timedelta

from beholden.gate import sets
from beholden.gate.models import Disclosure
from beholden.home import here
from beholden.ledger import handovers, queries
from beholden.ledger.signer import keeper_origin
from beholden.ledger.tags import Committed, recompute
from beholden.refusals import Refusal

_AUTHORITY = "DESIGN section 5: nothing is released before it is logged"


def unlogged() -> Refusal:
    """What is not in the public log yet cannot be relied on, and nothing leaves."""
    return Refusal(
        "gate.unlogged",
        "The public log does not hold this yet, so nothing leaves.",
        next_step="See that the log can be written and signed, then run this again.",
        authority=_AUTHORITY,
    )


def origin(log: str) -> str:
    """Return the full name of one of the keeper's logs."""
    return f"{keeper_origin(here())}/{log}"


def log_state(log: str) -> dict[str, object]:
    """Return size and root of a published log, as headers name it."""
    published = queries.checkpoint(log)
    if published is None:
        raise unlogged()
    return {"root": published.checkpoint.root.hex(), "size": published.checkpoint.size}


def verified_log() -> handovers.Log:
    """Open the published handovers log as a stranger would, pinned to our own printed key."""
    published = queries.checkpoint("handovers")
    if published is None:
        raise unlogged()
    vkey = queries.key("handovers")
    return handovers.read(published.note, queries.entries("handovers"), vkey=vkey, pinned=vkey)


def check_before_release(held: Disclosure, *, max_age: timedelta, at: datetime) -> None:
    """Refuse unless the published log, the ciphertext on disk and the tag file on disk all say the same.

    1 the published log opens and rebuilds; 2 it holds the intent of exactly this handover, once, with no outcome yet;
    3 the ciphertext as read back hashes to the payload; 4 the tag file as read back gives n, depth and root; 5 the
    intent is fresh.
    """
    log = verified_log()  # 1
    mine = [placed for placed in log.intents if placed.body.id.hex() == held.id]
    if len(mine) != 1 or held.tags is None or mine[0].body.seq in log.outcomes:  # 2
        raise unlogged()
    said = mine[0].body
    payload = hashlib.sha256((here().quarantine / held.file).read_bytes()).digest()
    if payload != said.payload:  # 3
        raise Refusal(
            "gate.payload_changed",
            "The locked file on disk is not the one that the log names.",
            next_step="Leave it where it is, and run `beholden fsck`.",
            authority=_AUTHORITY,
        )
    found = recompute(said.id, sets.read(held.tags))
    if found != Committed(n=said.set.n, depth=said.set.depth, root=said.set.root):  # 4
        raise Refusal(
            "gate.tags_changed",
            "The list on disk is not the one that the log has fixed.",
            next_step="Leave it where it is, and run `beholden fsck`.",
            authority=_AUTHORITY,
        )
    if held.logged_at is None or not timedelta(0) <= at - held.logged_at < max_age:  # 5
        raise Refusal(
            "gate.intent_old",
            "Too long has passed since this was announced in the log.",
            next_step="Log it as withdrawn, and decide again.",
            authority=_AUTHORITY,
        )
