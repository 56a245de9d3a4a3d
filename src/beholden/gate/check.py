# SPDX-License-Identifier: Apache-2.0
"""Checks what the public would check, with the public verifier's own code, before anything leaves."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from beholden.catalogue import Catalogue, DataSet, Flag
from beholden.gate import catalogues, sets
from beholden.gate.models import Compulsion, Disclosure
from beholden.gate.ways import TABLE
from beholden.home import here
from beholden.ledger import handovers, queries
from beholden.ledger.handovers import Handed, Placed
from beholden.ledger.signer import keeper_origin, log_of
from beholden.ledger.verify import check_duty, check_release, check_sealed_release
from beholden.ledger.vocabulary.handovers import Intent
from beholden.ledger.vocabulary.sealed import Details
from beholden.ledger.witnessing import check_witnessed
from beholden.refusals import Refusal
from beholden.uses.queries import AskedUse
from beholden.uses.rules.triage import check_key_age, triage

_AUTHORITY = "ARCHITECTURE section 5: nothing is released before it is logged"


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


@dataclass(frozen=True, slots=True)
class PublicLog:
    """The published handovers log, read once: the signed note, its entries, and what the verifier made of them."""

    note: bytes
    entries: tuple[bytes, ...]
    vkey: str
    read: handovers.Log

    def intent(self, list_id: str) -> Placed[Intent]:
        """Return the one handover of that name, or refuse."""
        mine = [placed for placed in self.read.intents if placed.body.id.hex() == list_id]
        if len(mine) != 1:
            raise unlogged()
        return mine[0]

    def handed(self, list_id: str) -> Handed:
        """Return the one handover of that name whose list is in the open, an opened seal among them, or refuse."""
        mine = [one for one in self.read.handed if one.body.id.hex() == list_id]
        if len(mine) != 1:
            raise unlogged()
        return mine[0]


def public_log() -> PublicLog:
    """Open the published handovers log as a stranger would, pinned to our own printed key."""
    published = queries.checkpoint("handovers")
    if published is None:
        raise unlogged()
    entries = log_of(here(), "handovers").entries(published.checkpoint.size)
    vkey = queries.key("handovers")
    return PublicLog(
        published.note, entries, vkey, handovers.read(published.note, entries, vkey=vkey, pinned=vkey)
    )


def check_before_release(held: Disclosure, *, max_age: timedelta, at: datetime) -> None:
    """Refuse unless the published log, the ciphertext on disk and the tag file on disk all say the same.

    1 the published log opens, rebuilds, and holds the intent of exactly this handover, with no outcome yet; 2 the
    ciphertext as read back hashes to the payload; 3 the tag file as read back gives n, depth and root; 4 the intent is
    fresh; 5 where the home has a policy of witnesses, a quorum of them has seen this very state of the log. 1 to 3 are
    `beholden.ledger.verify.check_release`: the public verifier's own code. A duty return has no tag file: for it 1 and
    2 are `check_duty`.
    """
    log = public_log()
    payload = hashlib.sha256((here().quarantine / held.file).read_bytes()).digest()
    if is_duty(held):
        _check_duty(held, log, payload)
    else:
        _check_list(held, log, payload)
    if held.logged_at is None or not timedelta(0) <= at - held.logged_at < max_age:  # 4
        raise Refusal(
            "gate.intent_old",
            "Too long has passed since this was announced in the log.",
            next_step="Log it as withdrawn, and decide again.",
            authority=_AUTHORITY,
        )
    check_witnessed(here(), "handovers", note=log.note)  # 5


def is_duty(held: Disclosure) -> bool:
    """Say whether a handover is a duty return: its header names no registry of keys, so it has no list."""
    return "registry" not in held.header


def _check_duty(held: Disclosure, log: PublicLog, payload: bytes) -> None:
    check_duty(
        checkpoint=log.note,
        entries=log.entries,
        vkey=log.vkey,
        list_id=bytes.fromhex(held.id),
        payload=payload,
    )


def _check_list(held: Disclosure, log: PublicLog, payload: bytes) -> None:
    if held.tags is None:
        raise unlogged()
    intent = check_release(
        checkpoint=log.note,
        entries=log.entries,
        vkey=log.vkey,
        seq=log.intent(held.id).body.seq,
        tag_file=sets.read(held.tags),
        payload=payload,
    )
    if intent.id.hex() != held.id:
        raise unlogged()


def check_sealed_before_release(held: Compulsion) -> None:
    """Refuse unless the published log, the ciphertext and the tag file on disk all fit what was sealed.

    Where the home names witnesses, enough of them have seen the log that holds the seal, as for any handover.
    `beholden.ledger.verify.check_sealed_release`: the public verifier's own code, with details that nobody else has.
    """
    log = public_log()
    check_sealed_release(
        checkpoint=log.note,
        entries=log.entries,
        vkey=log.vkey,
        details=Details.from_json(held.details),
        salt=bytes(held.salt),
        tag_file=sets.read(held.tags),
        payload=hashlib.sha256((here().quarantine / held.file).read_bytes()).digest(),
    )
    check_witnessed(here(), "handovers", note=log.note)


def check_allowed(use: AskedUse, catalogue: Catalogue, *, on: date) -> None:
    """Refuse unless the catalogue in force allows this use today: purpose, way out, items, keys, period (D39, D41)."""
    catalogues.check_in_force(catalogue)
    triage(use.proposal, catalogue)
    check_key_age(use.keys_since, days=catalogue.limits.recipient_key_days, on=on)
    if not use.starts_on <= on <= use.ends_on:
        raise Refusal(
            "gate.out_of_period",
            "This use has not begun, or is over.",
            next_step="Wait for its first day; after its last, propose a new one.",
            authority="D25",
        )


def check_may_count(data_set: DataSet, catalogue: Catalogue, *, on: date) -> None:
    """Refuse tables for a purpose that the keeper does not allow, and any from which somebody is left out."""
    purpose, way = catalogue.purpose(data_set.purpose), catalogue.exit(TABLE)
    if not purpose.allowed or TABLE not in purpose.exits or purpose.review_on <= on:
        raise Refusal(
            "gate.table_purpose",
            "The catalogue in force lets no tables go for this purpose.",
            next_step="Ask the registrar which tables there are.",
            authority="D18, D39",
        )
    if set(way.removes) - {Flag.PAST_RETENTION} or way.marks:
        raise Refusal(
            "gate.table_counts_everybody",
            "The catalogue leaves somebody out of tables: their difference from a table of everybody would tell who.",
            next_step="Let everybody count in the exit of tables, or make none.",
            authority="D13, D24",
        )
