# SPDX-License-Identifier: Apache-2.0
"""A use is drafted, handed in, and taken back. Triage comes with handing in, and closes what the catalogue refuses."""

import secrets
from dataclasses import asdict
from datetime import datetime

from django.db import transaction

from beholden.catalogue import Catalogue
from beholden.kinds import Actor, Role, UseRef
from beholden.people.queries import keys_since, organisation
from beholden.uses.models import Paper, Use
from beholden.uses.papers import released_at, successor
from beholden.uses.queries import asker, drafted, unknown_use
from beholden.uses.rules.amending import Change, check_amends, check_differs, difference
from beholden.uses.rules.application import Draft, check_written, wrong
from beholden.uses.rules.life import REPEATED, State, wrong_role
from beholden.uses.rules.triage import Remark, Verdict, check_key_age, remarks
from beholden.uses.steps import REGISTER, check_own, file, is_repeated, locked, take


@transaction.atomic
def draft(proposed: Draft, *, by: Actor, at: datetime) -> UseRef:
    """Write down a proposal of the applicant's organisation and return its lasting, public reference.

    Refused are a question without an answer (`check_written`), and an amendment of what cannot be amended.
    """
    if by.role is not Role.APPLICANT:
        raise wrong_role(Role.APPLICANT, "propose a use")
    organisation(by.organisation)
    _check_is_itself(by.organisation)
    check_written(proposed)
    if proposed.amends is not None:
        _changes(proposed, by.organisation)
    ref = _next_ref(at.year)
    Use.objects.create(
        ref=ref,
        applicant=by.organisation,
        title=proposed.title,
        why=proposed.why,
        what=proposed.what,
        where=proposed.where,
        purpose=proposed.purpose,
        exit=proposed.exit,
        items=sorted(proposed.items),
        population=asdict(proposed.population),
        starts_on=proposed.starts_on,
        ends_on=proposed.ends_on,
        state=State.DRAFT.value,
        salt=secrets.token_bytes(32),
        drafted_at=at,
        drafted_by=by.ref,
        application=proposed.application.to_json(),
        amends=proposed.amends or "",
    )
    return ref


def _check_is_itself(applicant: str) -> None:
    """Refuse an organisation that was sold, merged, re-let or renamed: it is not there any more (D45)."""
    if Paper.objects.filter(kind="recipient", body__organisation=applicant).exists():
        raise wrong(
            "recipient_gone",
            "This organisation was sold, merged, re-let or renamed, and so is another one now.",
            "Ask as the organisation that it is, under a reference of its own.",
            "D45",
        )


def _changes(proposed: Draft, applicant: str) -> tuple[Change, ...]:
    """Return what an amendment changes, or refuse it."""
    old = Use.objects.filter(ref=proposed.amends).first()
    if old is None:
        raise unknown_use()
    check_amends(State(old.state), applicant=applicant, old_applicant=old.applicant, successor=successor(old))
    changes = difference(drafted(old), proposed, old_recipient=old.applicant, new_recipient=applicant)
    check_differs(changes)
    return changes


def _next_ref(year: int) -> UseRef:
    last = Use.objects.select_for_update().filter(ref__startswith=f"U-{year}-").order_by("-ref").first()
    number = int(last.ref.rsplit("-", 1)[1]) + 1 if last else 1
    return UseRef(f"U-{year}-{number:04d}")


@transaction.atomic
def submit(ref: UseRef, *, catalogue: Catalogue, by: Actor, at: datetime) -> State:
    """Hand a draft in. What the catalogue refuses is refused at once, by the name of its rule, and stays in public.

    Everything that triage remarks is filed, question by question. An amendment files what it changes beside it.
    """
    use = locked(ref)
    check_own(use, by)
    if use.state in {State.TRIAGE.value, State.REFUSED.value}:  # the button was pressed twice
        return State(use.state)
    _check_is_itself(use.applicant)
    proposed = drafted(use)
    days = catalogue.limits.recipient_key_days
    check_key_age(keys_since(use.applicant), days=days, on=at.date())
    take(use, "submit", by=by, at=at)
    if proposed.amends is not None:
        changes = [asdict(one) for one in _changes(proposed, use.applicant)]
        file(use, "difference", {"amends": proposed.amends, "changes": changes}, by=REGISTER, at=at)
    take(use, "triage", by=REGISTER, at=at)
    said = remarks(proposed, asker(use.applicant, amends=use.amends), catalogue)
    body = {"catalogue": catalogue.hash, "remarks": [_plain(one) for one in said]}
    file(use, "triage", body, by=REGISTER, at=at)
    no = next((one for one in said if one.verdict is Verdict.REFUSED), None)
    if no is not None:
        use.rule = no.code.removeprefix("uses.").removeprefix("catalogue.")
        use.refused_sentence, use.instead = no.sentence, no.next_step
        take(use, "turn away", by=REGISTER, at=at)
    return State(use.state)


def _plain(remark: Remark) -> dict[str, str]:
    return {name: str(value) for name, value in asdict(remark).items()}


@transaction.atomic
def withdraw(ref: UseRef, *, by: Actor, at: datetime) -> None:
    """Take a use back before it is released: the applicant's own organisation only.

    What has left before has to be wiped, and signed for: then it is too late, also while it runs again.
    """
    use = locked(ref)
    check_own(use, by)
    if released_at(use) is not None and State(use.state) in REPEATED:
        raise wrong(
            "records_held",
            "Records have left under this use before, so it cannot be taken back as if none had.",
            "Wipe every copy, and certify it: that ends the use.",
            "D25: destruction certificate",
        )
    if not is_repeated(use, "withdraw", by=by):
        take(use, "withdraw", by=by, at=at)
