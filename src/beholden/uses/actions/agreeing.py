# SPDX-License-Identifier: Apache-2.0
"""An agreement is drawn up from the approval, signed by both sides, and published, before anything leaves."""

from datetime import datetime

from django.db import transaction

from beholden.catalogue import Catalogue
from beholden.kinds import Actor, Role, UseRef
from beholden.people.queries import check_enrolled, keys_since, organisation
from beholden.refusals import Refusal
from beholden.uses import words
from beholden.uses.models import Use
from beholden.uses.papers import newest, signed_by
from beholden.uses.queries import asked, drafted, live_purposes
from beholden.uses.rules import agreement
from beholden.uses.rules.agreement import Party, Terms
from beholden.uses.rules.application import Recurrence
from beholden.uses.rules.life import State, wrong_role
from beholden.uses.rules.triage import check_compartments, check_key_age, triage
from beholden.uses.steps import (
    check_officer,
    check_outside,
    check_own,
    check_state,
    file,
    is_repeated,
    locked,
    take,
)

SIDES = frozenset({"keeper", "recipient"})


@transaction.atomic
def draw_up(ref: UseRef, *, catalogue: Catalogue, by: Actor, at: datetime) -> str:
    """Write the agreement from what was approved, and return the digest that both sides sign.

    Once more before anybody signs: the catalogue still allows it, the keys are not too old, and no use of another
    compartment has come under them (D19).
    """
    use = locked(ref)
    if not is_repeated(use, "draw up", by=by):
        check_state(use, State.APPROVED, what="draw up its agreement")
        triage(asked(ref).proposal, catalogue)
        days = catalogue.limits.recipient_key_days
        check_key_age(keys_since(use.applicant), days=days, on=at.date())
        check_compartments(use.purpose, live_purposes(use.applicant), catalogue)
        terms = _terms(use, by.organisation, catalogue)
        text = agreement.text(terms)
        body = {"digest": agreement.digest(text), "terms": terms.to_json(), "text": text}
        take(use, "draw up", by=by, at=at)
        file(use, "agreement", body, by=by, at=at)
    drawn = newest(use, "agreement")
    return "" if drawn is None else str(drawn.body["digest"])


def _terms(use: Use, keeper: str, catalogue: Catalogue) -> Terms:
    decision, proposed = newest(use, "decision"), drafted(use)
    granted = {} if decision is None else decision.body["items"]
    by_month = () if decision is None else decision.body.get("months", ())
    how = proposed.application.recurrence
    return Terms(
        use=use.ref,
        title=use.title,
        keeper=_party(keeper),
        recipient=_party(use.applicant),
        purpose=use.purpose,
        purpose_label=words.purpose_label(use.purpose, catalogue),
        gateway=words.gateway(use.purpose, catalogue),
        exit_label=catalogue.exit(use.exit).label,
        items=tuple(
            (
                item,
                words.item_label(item, catalogue) + (", by its month alone" if item in by_month else ""),
                why,
            )
            for item, why in sorted(granted.items())
        ),
        population=words.population_words(proposed.population, catalogue),
        conditions=() if decision is None else tuple(decision.body["conditions"]),
        starts_on=use.starts_on,
        ends_on=use.ends_on,
        territory=proposed.application.territory,
        processors=tuple((one.name, one.task, one.country) for one in proposed.application.processors),
        people=len(proposed.application.access),
        destruction_days=catalogue.limits.destruction_days,
        catalogue=catalogue.hash,
        amends=use.amends,
        untold_under=words.instrument(proposed.application.untold_under, catalogue),
        recurrence="" if how is Recurrence.ONCE else how.value.replace("_", " "),
        over_time="" if decision is None else str(decision.body.get("over_time", "")),
        invitation="" if proposed.application.invitation is None else proposed.application.invitation.whole,
    )


def _party(ref: str) -> Party:
    body = organisation(ref)
    return Party(body.ref, body.name, body.country)


@transaction.atomic
def sign(ref: UseRef, *, digest: str, by: Actor, at: datetime) -> None:
    """Sign the agreement, by its digest: an officer of the keeper for one side, one of the applicant for the other."""
    if by.role not in {Role.REGISTRAR, Role.APPLICANT}:
        raise wrong_role(Role.APPLICANT, "sign for the recipient")
    check_enrolled(by)
    use = locked(ref)
    if by.role is Role.APPLICANT:
        check_own(use, by)
    else:
        check_outside(use, by)
    check_state(use, State.AGREEMENT, what="sign its agreement")
    drawn = newest(use, "agreement")
    agreement.check_signing("" if drawn is None else drawn.body["digest"], digest)
    side = "keeper" if by.role is Role.REGISTRAR else "recipient"
    if side not in signed_by(use):
        body = {"digest": digest, "officer": by.ref, "organisation": by.organisation, "side": side}
        file(use, "signature", body, key=side, by=by, at=at)


@transaction.atomic
def sign_with_key(ref: UseRef, *, signature: bytes, by: Actor, at: datetime) -> None:
    """Sign the agreement for the recipient with its own key, made over the text on the recipient's own machine.

    Filed is who brought it, and the signature: so whoever has the text and the key can check it without us.
    """
    check_officer(by, Role.RECIPIENT, "sign for the recipient with its key")
    use = locked(ref)
    check_own(use, by)
    check_state(use, State.AGREEMENT, what="sign its agreement")
    drawn = newest(use, "agreement")
    if drawn is None or "recipient" in signed_by(use):
        return
    check_key = organisation(use.applicant).check_key
    agreement.check_own_signature(str(drawn.body["text"]), signature, check_key=check_key)
    body = {
        "digest": drawn.body["digest"],
        "officer": by.ref,
        "organisation": by.organisation,
        "side": "recipient",
        "signature": signature.hex(),
    }
    file(use, "signature", body, key="recipient", by=by, at=at)


@transaction.atomic
def publish(ref: UseRef, *, by: Actor, at: datetime) -> None:
    """Put a use and its agreement's text into the public register, before anybody is told and anything leaves (D26)."""
    use = locked(ref)
    if is_repeated(use, "publish", by=by):
        return
    check_state(use, State.AGREEMENT, what="publish it")
    if signed_by(use) != SIDES:
        raise Refusal(
            "uses.not_signed",
            "The agreement is not signed by both sides.",
            next_step="Have it signed by an officer of each.",
            authority="D25; UK GDPR Art 28(3)",
        )
    take(use, "publish", by=by, at=at)
