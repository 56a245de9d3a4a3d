# SPDX-License-Identifier: Apache-2.0
"""What a recipient may do at the door: see all its routes, sign, say what it got, certify (D19, D25).

Each verb is called as the keeper's process calls it, with a question and nothing else. One use is walked from the
agreement to the certificate, so the tests stand in the order of its life.
"""

import json
import re

import pytest

from beholden.refusals import Refusal
from beholden.rights.recipient.asked import Receipt, Signed, Wiped
from beholden.rights.shown import WhichUse
from beholden.uses.rules.agreement import sign as sign_text
from beholden.uses.rules.ending import Certificate
from beholden.uses.rules.ending import sign as sign_certificate
from integration.officers import shown
from integration.world import APPLICANT, CATALOGUE, RECIPIENT, REGISTRAR, SEED, World

OTHER_SEED = bytes(32)


def refused(code):
    return pytest.raises(Refusal, match=f"^{re.escape(code)}:")


def verb(name, question, world):
    from beholden.rights.recipient import agreements

    return getattr(agreements, name)(question, catalogue=CATALOGUE, at=world.at)


@pytest.fixture(scope="module")
def stage(base_home, tmp_path_factory):
    """A use that waits for the recipient's signature, and one that it never gets; keys for two officers."""
    import homes
    from beholden.settings import found
    from beholden.uses import actions as uses

    with homes.fresh(base_home) as home, found.acting_as(home, "keeper"):
        world = World(tmp_path_factory.mktemp("town"))
        world.returns()
        world.published()
        world.use = world.before_the_panel()
        world.heard(world.use)
        digest = uses.draw_up(world.use, catalogue=CATALOGUE, by=REGISTRAR, at=world.at)
        uses.sign(world.use, digest=digest, by=REGISTRAR, at=world.at)
        yield world, home, shown(RECIPIENT, at=world.at), shown(APPLICANT, at=world.at)


def walked(world, home):
    """Take the use on from both signatures to its release, and return the recipient's signed word on it."""
    from beholden.gate.check import public_log
    from beholden.ledger.confirmation import sign
    from beholden.ledger.verify import subject
    from beholden.uses import actions as uses

    uses.publish(world.use, by=REGISTRAR, at=world.at)
    world.told()
    disclosure = world.released()
    parcel = world.parcel(home, disclosure)
    about = subject(public_log().intent(disclosure).body)
    word = sign(about, row_tags=parcel.tags, padding=parcel.padding, seed=SEED)
    return disclosure, json.dumps({"id": disclosure, "recomputed": word.to_json()})


def test_a_recipient_signs_says_what_it_got_and_certifies_with_its_own_key(stage):
    """D25: three words, each under the recipient's key, none under another's; due first, overdue said."""
    world, home, recipient, applicant = stage
    which = WhichUse(recipient, world.use)
    first = verb("routes", recipient, world).routes[0]
    assert (first.ref, first.due) == (world.use, "sign")
    held = verb("held", which, world)
    for wrong in (sign_text(held.text, seed=OTHER_SEED), sign_text(held.text + " ", seed=SEED)):
        with refused("uses.agreement_signature"):
            verb("sign", Signed(recipient, world.use, wrong.hex()), world)
    with refused("uses.signature"):
        verb("sign", Signed(recipient, world.use, "yes"), world)
    with refused("people.not_let_in"):
        verb("held", WhichUse(applicant, world.use), world)
    for _ in range(2):  # pressed twice
        held = verb("sign", Signed(recipient, world.use, sign_text(held.text, seed=SEED).hex()), world)
    assert held.signed == ("keeper", "recipient")
    disclosure, word = walked(world, home)
    assert verb("held", which, world).handovers == (disclosure,)
    for text in ("", "{}", "[1]", "{" * 5000, json.dumps({"id": disclosure, "recomputed": {"n": 1}})):
        with refused("uses.receipt"):
            verb("receive", Receipt(recipient, world.use, text), world)
    other = json.dumps(json.loads(word) | {"id": "00" * 16})
    with refused("uses.receipt_other"):
        verb("receive", Receipt(recipient, world.use, other), world)
    assert verb("receive", Receipt(recipient, world.use, word), world).agrees
    assert verb("held", which, world).route.state_label == "Running"
    _certified(world, recipient, held.digest)


def _certified(world, recipient, digest):
    from datetime import timedelta

    from beholden.uses.standing import overdue

    which = WhichUse(recipient, world.use)
    world.at += timedelta(days=500)
    late = verb("held", which, world).route
    assert late.overdue_days > 0
    assert world.use in {one.ref for one in overdue(catalogue=CATALOGUE, at=world.at)}
    with refused("uses.certificate_empty"):
        verb("wipe", Wiped(recipient, world.use, world.at.date(), " ", "All."), world)
    said = Wiped(recipient, world.use, world.at.date(), "Keys destroyed.", "Every copy is gone.")
    assert not verb("wipe", said, world).done
    made = Certificate(world.use, digest, said.on, said.method, said.statement)
    assert verb("wipe", said, world).text.encode().endswith(b"}")
    wrong = sign_certificate(made, seed=OTHER_SEED).hex()
    with refused("uses.certificate_signature"):
        verb("wipe", Wiped(recipient, world.use, said.on, said.method, said.statement, wrong), world)
    right = sign_certificate(made, seed=SEED).hex()
    done = verb("wipe", Wiped(recipient, world.use, said.on, said.method, said.statement, right), world)
    assert done.done
    assert verb("held", which, world).route.state_label == "Ended"


def test_all_routes_of_a_body_stand_on_one_page_and_no_other_bodys(stage):
    """D19. The welfare department has the same keys in this town: that is said too."""
    world, _, recipient, _ = stage
    found = verb("routes", recipient, world)
    assert len(found.routes) == 2
    assert "Department for Welfare" in found.same_keys
    with refused("uses.unknown"):
        verb("held", WhichUse(recipient, "U-1999-0001"), world)
