# SPDX-License-Identifier: Apache-2.0
"""A recipient's routes and agreements: what is due, and the three words that it signs with its own key (D19, D25).

Under the agreement; under what it got; under what it wiped. No private key ever comes here.
"""

import json
from datetime import datetime

from beholden.catalogue import Catalogue
from beholden.gate.actions.proving import confirm
from beholden.gate.queries import awaiting_word
from beholden.kinds import Actor, Role, UseRef
from beholden.ledger.confirmation import Word as Worth
from beholden.ledger.vocabulary.handovers import Recomputed
from beholden.refusals import Refusal
from beholden.rights.knocking import officer, open_door
from beholden.rights.recipient.asked import Held, Receipt, Route, Routes, Signed, ToSign, Wiped, Word
from beholden.rights.shown import Shown, WhichUse
from beholden.uses import actions as uses
from beholden.uses.queries import own_use
from beholden.uses.rules import agreement as paper
from beholden.uses.rules.ending import Certificate, check_said, message
from beholden.uses.rules.life import TRANSITIONS, State
from beholden.uses.standing import drawn
from beholden.uses.standing import routes as all_routes
from beholden.uses.words import STATE_LABELS, now_and_next, purpose_label

_WIPES = frozenset(step.source for step in TRANSITIONS if step.verb == "certify")
_SIGNATURE = 64


def _enter(shown: Shown, catalogue: Catalogue, at: datetime) -> Actor:
    return open_door(shown, Role.RECIPIENT, catalogue=catalogue, at=at)


def routes(question: Shown, *, catalogue: Catalogue, at: datetime) -> Routes:
    """Return every use of the recipient's body, what is due first, overdue before all."""
    by = _enter(question, catalogue, at)
    lines = _lines(by, catalogue, at)
    first = sorted(lines, key=lambda one: (-one.overdue_days, not one.due))
    found = all_routes(by.organisation, catalogue=catalogue, at=at)
    return Routes(officer(by), tuple(first), found.same_keys)


def _lines(by: Actor, catalogue: Catalogue, at: datetime) -> tuple[Route, ...]:
    found = all_routes(by.organisation, catalogue=catalogue, at=at).routes
    return tuple(
        Route(
            one.ref,
            one.title,
            STATE_LABELS[State(one.state)],
            purpose_label(one.purpose, catalogue),
            *now_and_next(State(one.state), one.exit),
            one.starts_on,
            one.ends_on,
            one.released_on,
            one.wiped_by,
            one.overdue_days,
            _due(one.ref, State(one.state), left=bool(one.released_on)),
        )
        for one in found
    )


def _due(ref: UseRef, state: State, *, left: bool) -> str:
    """Return what the recipient has to do about a use, or nothing."""
    if state is State.AGREEMENT:
        found = drawn(ref)
        return "" if found is None or "recipient" in found.signed_by else "sign"
    if state is State.RELEASED:
        return "receipt" if awaiting_word(ref) else ""
    ending = state in {State.EXPIRING, State.SUSPENDED, State.BREACHED}
    return "wipe" if ending and left else ""


def held(question: WhichUse, *, catalogue: Catalogue, at: datetime) -> Held:
    """Return one use of the recipient's own, with its agreement as far as there is one."""
    by = _enter(question.shown, catalogue, at)
    use = own_use(question.ref, by, catalogue)
    route = _route(use.ref, by, catalogue, at)
    found = drawn(use.ref)
    text = "" if found is None else found.text
    return Held(
        officer=officer(by),
        route=route,
        text=text,
        digest="" if found is None else found.digest,
        to_sign=paper.message(text) if text else "",
        signed=() if found is None else tuple(sorted(found.signed_by)),
        handovers=awaiting_word(use.ref),
        can_wipe=State(use.state) in _WIPES and bool(route.released_on),
    )


def _route(ref: UseRef, by: Actor, catalogue: Catalogue, at: datetime) -> Route:
    return next(one for one in _lines(by, catalogue, at) if one.ref == ref)


def sign(question: Signed, *, catalogue: Catalogue, at: datetime) -> Held:
    """Take the signature of the recipient's key under the agreement, and return where the use stands then."""
    by = _enter(question.shown, catalogue, at)
    use = own_use(question.ref, by, catalogue)
    uses.sign_with_key(use.ref, signature=_hex(question.signature), by=by, at=at)
    return held(WhichUse(question.shown, question.ref), catalogue=catalogue, at=at)


def receive(question: Receipt, *, catalogue: Catalogue, at: datetime) -> Word:
    """Take the recipient's signed recomputation of what it got, into the public log, whether it agrees or not."""
    by = _enter(question.shown, catalogue, at)
    use = own_use(question.ref, by, catalogue)
    try:
        said = json.loads(question.text)
        disclosure, word = str(said["id"]), Recomputed.from_json(said["recomputed"])
    except (Refusal, ValueError, TypeError, LookupError, AttributeError, RecursionError) as trouble:
        raise Refusal(
            "uses.receipt",
            "This is not what the check writes.",
            next_step="Run `beholden recipient check`, and paste the whole of the file that it wrote.",
            authority="ARCHITECTURE section 5: the recipient recomputes before any use",
        ) from trouble
    if disclosure not in awaiting_word(use.ref):
        raise Refusal(
            "uses.receipt_other",
            "This is about another handover, or you have said it already.",
            next_step="Look at which handover of this use still waits for your word.",
            authority="ARCHITECTURE section 5",
        )
    return Word(confirm(disclosure, word, by=by, at=at) is Worth.AGREES)


def wipe(question: Wiped, *, catalogue: Catalogue, at: datetime) -> ToSign:
    """Return the certificate to be signed; with its signature, check and file it."""
    by = _enter(question.shown, catalogue, at)
    use = own_use(question.ref, by, catalogue)
    found = drawn(use.ref)
    digest = "" if found is None else found.digest
    made = Certificate(use.ref, digest, question.on, question.method.strip(), question.statement.strip())
    left = _route(use.ref, by, catalogue, at).released_on
    if found is None or not left:
        raise _nothing_left()
    check_said(made, use=use.ref, agreement=digest, released_on=left[-1], on=at.date())
    if question.signature:
        uses.certify(use.ref, certificate=made, signature=_hex(question.signature), by=by, at=at)
    return ToSign(officer(by), message(made).decode(), bool(question.signature))


def _nothing_left() -> Refusal:
    return Refusal(
        "uses.nothing_left",
        "No records have left under this use.",
        next_step="Look at where the use stands.",
        authority="D25",
    )


def _hex(text: str) -> bytes:
    """Return a signature as it was pasted, or refuse what is none."""
    try:
        raw = bytes.fromhex("".join(text.split()))
    except ValueError:
        raw = b""
    if len(raw) != _SIGNATURE:
        raise Refusal(
            "uses.signature",
            "This is no signature: it has 128 digits and letters from a to f.",
            next_step="Paste the whole line that `beholden recipient sign` printed.",
            authority="RFC 8032 section 5.1.6",
        )
    return raw
