# SPDX-License-Identifier: Apache-2.0
"""Steps in the life of a use that several tests take, each a few calls that a person at a door would make."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from beholden.kinds import Actor, Role
from beholden.ledger.entries import parse
from beholden.ledger.vocabulary.events import PaperFiled, UseMoved
from beholden.refusals import Refusal
from beholden.uses.rules import QUESTIONS, Certificate, Mark, Says
from beholden.uses.rules.ending import sign as sign_certificate
from integration.world import (
    APPLICANT,
    CATALOGUE,
    MEMBERS,
    RECIPIENT,
    REGISTRAR,
    REVIEWERS,
    SEED,
)

KEEPER = Actor("clock", Role.KEEPER)
MEMBER = next(iter(MEMBERS.values()))
YES = dict.fromkeys(QUESTIONS, Mark(Says.YES, "Needed, fair and safe."))
DAYS = CATALOGUE.limits.comment_days


def refused(code):
    return pytest.raises(Refusal, match=f"^{code}:")


def limits(**changes):
    return replace(CATALOGUE, limits=replace(CATALOGUE.limits, **changes))


def system(school):
    return Actor(f"school-{school.laestab}", Role.SCHOOL, school.laestab)


def opened(world, **changes):
    """Take one more use to the time in which everybody can comment."""
    from beholden.gate.actions.hearing import open_for_comment
    from beholden.uses import actions as uses

    ref = uses.draft(world.draft(**changes), by=APPLICANT, at=world.at)
    uses.submit(ref, catalogue=CATALOGUE, by=APPLICANT, at=world.at)
    open_for_comment(ref, catalogue=CATALOGUE, by=REGISTRAR, at=world.at)
    return ref


def objects(world, ref, school, *, reason="Our year groups are small.", catalogue=CATALOGUE):
    from beholden.uses.actions import school_objects

    return school_objects(ref, reason=reason, catalogue=catalogue, by=system(school), at=world.at)


def state(ref):
    from beholden.uses.queries import asked

    return asked(ref).state.value


def papers(ref, kind):
    from beholden.uses.papers import public_papers

    return [paper for paper in public_papers(ref) if paper.kind == kind]


def entries(ref):
    """What the log's outbox has about one use, in order: states, and kinds of papers."""
    from beholden.ledger.actions import sequence
    from beholden.ledger.queries import entries as logged

    sequence(at=datetime(2028, 1, 1, tzinfo=UTC))  # after all that is played here
    said = [parse(raw, log="events").body for raw in logged("events")]
    return [
        one.state if isinstance(one, UseMoved) else f"[{one.paper}]"
        for one in said
        if isinstance(one, UseMoved | PaperFiled) and one.use == ref
    ]


def with_compartment(purpose, compartment):
    changed = replace(CATALOGUE.purpose(purpose), compartment=compartment, exits=("extract",))
    return replace(CATALOGUE, purposes={**CATALOGUE.purposes, purpose: changed})


def again(world, ref):
    """Open a reopened use for comment, and put it before the panel, as if it were new."""
    from beholden.gate.actions.hearing import open_for_comment
    from beholden.uses import actions as uses

    world.at = open_for_comment(ref, catalogue=CATALOGUE, by=REGISTRAR, at=world.at) + timedelta(seconds=1)
    uses.hear_children(ref, who="A council.", view="Better now.", by=REGISTRAR, at=world.at)
    uses.call_panel(ref, by=REGISTRAR, at=world.at)


def speak(world, ref, *, marks=YES, recommends=Says.YES):
    """Let both reviewers say the same, having declared that they have no interest."""
    from beholden.uses import actions as uses

    for reviewer in REVIEWERS:
        uses.declare(ref, interest=False, by=reviewer, at=world.at)
        uses.review(ref, marks=marks, recommends=recommends, by=reviewer, at=world.at)


def sign_all(world, ref):
    from beholden.uses import actions as uses

    digest = uses.draw_up(ref, catalogue=CATALOGUE, by=REGISTRAR, at=world.at)
    for side in (REGISTRAR, APPLICANT):
        uses.sign(ref, digest=digest, by=side, at=world.at)
    uses.publish(ref, by=REGISTRAR, at=world.at)


def in_use(world, home):
    """Release, and let the recipient recompute and sign: from then on the use is in use."""
    disclosure = world.released()
    for _ in range(2):
        parcel = world.confirmed(home, disclosure)
    assert state(world.use) == "in_use"
    return parcel


def amended(world, **changes):
    """Ask for a change of the published use, and take it through hearing, panel and agreement."""
    return world.another(amends=world.use, **changes)


def decide_now(world, ref):
    from beholden.gate.actions import telling

    telling.begin(
        ref, answer_by=world.at + timedelta(days=40), catalogue=CATALOGUE, by=REGISTRAR, at=world.at
    )


def held(ref):
    from beholden.uses.queries import asked

    return asked(ref)


def certificate(world, ref):
    from beholden.uses.standing import agreement

    digest = agreement(ref, base="https://register.example/").digest
    return Certificate(ref, digest, world.at.date(), "Keys destroyed.", "Every copy is gone.")


def certify(world, ref, *, seed=SEED, by=RECIPIENT):
    from beholden.uses.actions import certify as take

    made = certificate(world, ref)
    take(ref, certificate=made, signature=sign_certificate(made, seed=seed), by=by, at=world.at)


def approved(world):
    if not hasattr(world, "waits"):
        world.waits = world.before_the_panel()
        world.heard(world.waits)
    return world.waits
