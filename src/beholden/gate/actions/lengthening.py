# SPDX-License-Identifier: Apache-2.0
"""Lets a seal stand longer, once: a further paper, two officers, a signature from outside, the regulator first (D22).

1 ask      the pure rule (`gate/longer.py`): it compels, says why, and the day has not come
2 agree    a second officer; what the regulator is told is fixed
3 sign     somebody outside the keeper's and the recipient's lines, over the very entry
4 extend   the regulator's file is on the disk -> the entry is committed, and from then on the seal opens by the new day
           -> it is published, and the public verifier's own code says that the seal stands longer

Killed between any two, the next run goes on. What is not committed by the day changes nothing: the seal opens.
"""

import hashlib
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime

from django.db import IntegrityError, transaction

from beholden.catalogue import Catalogue
from beholden.gate import catalogues, countersigning
from beholden.gate.check import unlogged
from beholden.gate.lengthenings import ALIVE, message, no_such, seal_of
from beholden.gate.longer import Further, Standing, check_longer
from beholden.gate.models import Compulsion, Lengthening
from beholden.gate.regulator_longer import ToldLonger
from beholden.gate.rules import check_role
from beholden.gate.seals import check_outside, locked, longer_entry, name_of, paper_digest
from beholden.gate.turns import take_paper
from beholden.home import here
from beholden.home.files import write_durably
from beholden.kinds import Actor, Role
from beholden.ledger.actions import propose, sequence
from beholden.ledger.canonical import Json
from beholden.ledger.sealing import Seal
from beholden.ledger.vocabulary.sealed import Countersigned, Extended
from beholden.ledger.witnessing import gather
from beholden.people.queries import check_enrolled, organisation
from beholden.refusals import Refusal


def ask(seq: int, further: Further, *, catalogue: Catalogue, by: Actor, at: datetime) -> str:
    """Write down that a seal is asked to stand longer; return the handover's name. Nothing is said yet.

    The plan: 1 a registrar, under the rules in force; 2 the seal stands in the published log; 3 the pure rule; 4 one
    row, unless the seal was made longer before, or the paper compelled something before.
    """
    check_role(by, Role.REGISTRAR)  # 1
    check_enrolled(by)
    catalogues.check_in_force(catalogue)
    sequence(at=at)
    seal = seal_of(seq)  # 2
    name = name_of(seq)
    held = Compulsion.objects.get(pk=name)
    check_longer(further, _standing(held, seal), catalogue, on=at.date())  # 3
    paper = paper_digest(further.issuer.value, further.reference)
    try:
        with transaction.atomic():
            take_paper(paper)
            if Compulsion.objects.filter(order=paper).exclude(state="withdrawn").exists():
                raise _used()
            Lengthening.objects.create(  # 4
                compulsion=held,
                order=paper,
                catalogue=catalogue.hash,
                opens_by=further.opens_by,
                report=_report(further, seal),
                report_salt=secrets.token_bytes(32),
                file=f"{secrets.token_hex(12)}.age",
                state="asked",
                at=at,
                by=by.ref,
            )
    except IntegrityError as taken:
        raise _used() from taken
    return name


def agree(seq: int, *, by: Actor, at: datetime) -> None:
    """Let a second officer agree. What the regulator is told is fixed from now on."""
    check_role(by, Role.REGISTRAR)
    check_enrolled(by)
    with transaction.atomic():
        held = _locked(seq)
        if held.state == "asked":
            held.report, held.state = countersigning.agreed(held, by=by, at=at), "agreed"
            held.save(update_fields=["report", "state"])


def sign(seq: int, said: Countersigned, *, by: Actor, at: datetime) -> None:
    """Take the signature from outside both lines, as for the first seal; over this entry, by that body's own key."""
    check_role(by, Role.INDEPENDENT)
    check_enrolled(by)
    with transaction.atomic():
        held = _locked(seq)
        check_outside(held.compulsion, by)
        if held.state == "signed":
            return
        if held.state != "agreed":
            raise no_such()
        held.second, held.state = countersigning.signed(said, message(held, seq), by=by), "signed"
        held.save(update_fields=["second", "state"])


def extend(seq: int, *, catalogue: Catalogue, by: Actor, at: datetime) -> None:
    """Let a seal stand longer, from wherever an earlier run stopped.

    The plan: 1 two officers and somebody outside have signed, under the rules in force; 2 they are the rules by which
    the new day was found within the limits, the seal's day has still not come, nothing opened it, and it was not called
    off; 3 what the regulator is told is on the disk, locked to it; 4 the entry is committed: from now on the keeper's
    process waits for the new day; 5 published, and the log as a stranger reads it says so.
    """
    check_role(by, Role.REGISTRAR)
    check_enrolled(by)
    with transaction.atomic():
        held = _locked(seq)
        if held.state in {"asked", "agreed"}:  # 1
            raise no_such()
        if held.state == "signed":
            catalogues.check_in_force(catalogue)
            whole = locked(held.compulsion_id)  # 2: nobody opens it meanwhile
            standing = _standing(whole, seal_of(seq))
            if held.catalogue != catalogue.hash or standing.is_closed(at.date()):
                raise _too_late()
            entry = _entry(held, seq)
            held.told = _tell_regulator(held, entry)  # 3
            held.extended = propose(log="handovers", kind="extended", body=entry, by=by, at=at)  # 4
            held.state = "logged"
            held.save(update_fields=["told", "extended", "state"])
    sequence(at=at)
    gather(here())
    seal = seal_of(seq)
    if not seal.extended or seal.opens_by != held.opens_by:  # 5
        raise unlogged()


def call_off(seq: int, *, by: Actor, at: datetime) -> None:
    """Call it off before the log says it: the seal opens on its first day. Called off twice, it is called off once."""
    check_role(by, Role.REGISTRAR)
    check_enrolled(by)
    with transaction.atomic():
        every = Lengthening.objects.select_for_update().filter(compulsion=name_of(seq))
        held = every.order_by("pk").last()  # one is asked for at a time: what came before it was called off
        if held is None:
            raise no_such()
        if held.state == "logged":
            raise _too_late()
        held.state = "withdrawn"
        held.save(update_fields=["state"])


# --- what it is made of ---


def _locked(seq: int) -> Lengthening:
    rows = Lengthening.objects.select_for_update(of=("self",)).select_related("compulsion")
    found = rows.filter(compulsion=name_of(seq), state__in=ALIVE).first()
    if found is None:
        raise no_such()
    return found


def _standing(held: Compulsion, seal: Seal) -> Standing:
    return Standing(
        power=held.details["power"],
        purpose=held.details["header"]["purpose"],
        sealed_on=seal.at.astimezone(UTC).date(),
        opens_by=seal.opens_by,
        longer=seal.extended,
        opened=seal.opened is not None or held.unsealed is not None,
        called_off=held.state == "withdrawn",
    )


def _report(further: Further, seal: Seal) -> dict[str, Json]:
    return {
        "ground": further.ground,
        "instrument": further.instrument,
        "issuer": further.issuer.value,
        "made_on": further.made_on.isoformat(),
        "opened_by_before": seal.opens_by.isoformat(),
        "paragraph": further.paragraph,
        "reference": further.reference,
        "shown": further.shown.value,
    }


def _entry(held: Lengthening, seq: int) -> dict[str, Json]:
    return {**longer_entry(held), "seq": seq}


def _tell_regulator(held: Lengthening, entry: Mapping[str, Json]) -> str:
    """Put the regulator's file on the disk, under one name, so that a run after a kill writes it again."""
    told = ToldLonger(Extended.from_json(dict(entry)), held.report, bytes(held.report_salt))
    sealed_to_it = told.lock(to=organisation(held.compulsion.regulator).encryption_key)
    write_durably(here().regulator / held.file, sealed_to_it)
    return hashlib.sha256(sealed_to_it).hexdigest()


def _used() -> Refusal:
    return Refusal(
        "gate.longer_twice",
        "This secret was kept longer before, or is about to be, or this paper compelled something before.",
        next_step="Nothing: there is no third time. The secret opens on its day.",
        authority="D22: a second named decision, and no third",
    )


def _too_late() -> Refusal:
    return Refusal(
        "gate.longer_too_late",
        "The day has come, it was opened or called off, the log says it already, or the rules have changed.",
        next_step="Call it off if the log does not say it yet. The secret opens on its day.",
        authority="D22: never after the day has come",
    )
