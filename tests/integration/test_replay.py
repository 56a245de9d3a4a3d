# SPDX-License-Identifier: Apache-2.0
"""An auditor makes a handover again, row by row: the one lie that no family's file finds is found here (D27, D28)."""

import json
from datetime import timedelta

import pyarrow as pa
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import homes
from beholden.kinds import Actor, Role
from beholden.refusals import Refusal
from integration.world import CATALOGUE, IDENTITY, RECIPIENT, REGISTRAR, SEED, World

AUDITOR = Actor("auditor", Role.AUDITOR, "audit-office")
AUDITOR_SEED = bytes([9]) * 32


def refused(code):
    return pytest.raises(Refusal, match=f"^{code}:")


def enrolled(world, by=AUDITOR, seed=AUDITOR_SEED):
    from beholden.people import actions as people
    from beholden.people.queries import Body

    public = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw().hex()
    body = Body(by.organisation, "Audit office", "auditor", "England", "", public)
    people.enrol(body, by=REGISTRAR, at=world.at)
    people.appoint(by.ref, by.role, by.organisation, by=REGISTRAR, at=world.at)


def delivered(world, home, disclosure):
    """Let the recipient recompute its list and send its word; return what it holds."""
    from beholden.gate.actions.proving import confirm
    from beholden.gate.check import public_log
    from beholden.ledger import confirmation
    from beholden.ledger.verify import subject

    parcel = world.parcel(home, disclosure)
    about = subject(public_log().handed(disclosure).body)
    said = confirmation.sign(about, row_tags=parcel.tags, padding=parcel.padding, seed=SEED)
    confirm(disclosure, said, by=RECIPIENT, at=world.at)
    return parcel.rows


def audit(world, disclosure, copy, *, seed=AUDITOR_SEED, by=AUDITOR):
    from beholden.gate.actions.replaying import replay

    return replay(disclosure, copy, seed=seed, by=by, at=world.at)


def words():
    from beholden.gate.check import public_log

    log = public_log().read
    return {seq: [one.agrees for one in said] for seq, said in log.audits.items()}


class Played:
    """A town with one family kept out, one handover released and delivered, an auditor enrolled."""

    def __init__(self, folder):
        self.world = World(folder)
        self.world.returns()
        self.world.published()
        self.world.told()
        self.out = self.world.keep_out(self.world.letters()[0])


@pytest.fixture
def world(keeper_home, tmp_path):
    played = Played(tmp_path / "town")
    played.world.out = played.out
    enrolled(played.world)
    return played.world


def test_an_honest_handover_is_equal_and_every_file_counts_it(world, keeper_home):
    """A goes up in the file of a child who is not in the list; asked twice, the log says it once."""
    from beholden.gate.actions.proving import bundle
    from beholden.ledger.verify import verify

    disclosure = world.released()
    copy = delivered(world, keeper_home, disclosure)
    made = audit(world, disclosure, copy)
    assert (made.agrees, made.found.rows, dict(made.found.faults)) == (True, copy.num_rows, {})
    again = audit(world, disclosure, copy.slice(1))
    assert (again.agrees, again.found) == (True, None)
    assert words() == {1: [True]}
    account = verify(bundle(world.out[0], by=REGISTRAR, at=world.at))
    assert account.audited == (1,)
    assert "recipients confirmed 1 of these lists, auditors replayed 1." in " ".join(account.sentences())
