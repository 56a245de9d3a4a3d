# SPDX-License-Identifier: Apache-2.0
"""What tests of an auditor's replay share: who audits, the recipient's copy, and what stands in the log."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from beholden.kinds import Actor, Role
from beholden.ledger.verify import verify
from integration.world import REGISTRAR

AUDITOR = Actor("auditor", Role.AUDITOR, "audit-office")
AUDITOR_SEED = bytes([9]) * 32


def enrolled(world, by=AUDITOR, seed=AUDITOR_SEED):
    from beholden.people import actions as people
    from beholden.people.queries import Body

    public = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw().hex()
    body = Body(by.organisation, "Audit office", "auditor", "England", "", public)
    people.enrol(body, by=REGISTRAR, at=world.at)
    people.appoint(by.ref, by.role, by.organisation, by=REGISTRAR, at=world.at)


def with_copy(world, home, disclosure):
    """Let the recipient recompute its list and send its word; return what it holds."""
    return world.confirmed(home, disclosure).rows


def audit(world, disclosure, copy, *, seed=AUDITOR_SEED, by=AUDITOR):
    from beholden.gate.actions.replaying import replay

    return replay(disclosure, copy, seed=seed, by=by, at=world.at)


def said():
    """What auditors say in the public log, by handover."""
    from beholden.gate.check import public_log

    return {seq: [one.agrees for one in words] for seq, words in public_log().read.audits.items()}


def account(person, world):
    from beholden.gate.actions.proving import bundle

    return verify(bundle(person, by=REGISTRAR, at=world.at))
