# SPDX-License-Identifier: Apache-2.0
"""What the tests of outbox and sequencer share: entries to say, a home to say them in, every invariant. D27."""

import json
from datetime import UTC, datetime

from beholden.home import Home
from beholden.kinds import Actor, Role
from beholden.ledger import tree
from beholden.ledger.canonical import print_json
from beholden.ledger.checkpoint import Checkpoint, open_checkpoint
from beholden.ledger.signer import LOGS, Signer

AT = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
KEEPER = Actor("officer-7", Role.KEEPER)


def event(n, **changed):
    """A catalogue entry: the smallest body there is."""
    return {
        "log": "events",
        "kind": "catalogue",
        "body": {"hash": f"{n:064x}"},
        "by": KEEPER,
        "at": AT,
    } | changed


def intent(n):
    header = {
        "decision": 0,
        "events": {"root": "00" * 32, "size": 1},
        "gateway": "s537A",
        "items": "11" * 32,
        "log": "beholden.example/demo/handovers",
        "mode": "include",
        "nonce": f"{n:064x}",
        "population": "all",
        "purpose": "public-interest-study",
        "recipient": {"id": "university", "key": "22" * 32},
        "registry": {"id": "33" * 16, "index": 0, "root": "44" * 32},
        "use": "U-2026-0001",
    }
    listed = {"depth": 5, "n": 1500, "root": "55" * 32}
    body = {"header": header, "id": f"{n:032x}", "payload": "66" * 32, "set": listed}
    return {"log": "handovers", "kind": "intent", "body": body, "by": KEEPER, "at": AT}


def outcome(seq):
    body = {"id": f"{seq:032x}", "outcome": "withdrawn", "recomputed": None, "seq": seq}
    return {"log": "handovers", "kind": "outcome", "body": body, "by": KEEPER, "at": AT}


class Ledger:
    """The ledger's actions and queries in one home. They need Django, which needs the home first."""

    def __init__(self, home: Home) -> None:
        from django.db import transaction

        from beholden.ledger import actions, queries
        from beholden.ledger.models import Outbox

        self.home, self.rows, self.atomic, self.actions = home, Outbox.objects, transaction.atomic, actions
        self.propose, self.sequence = actions.propose, actions.sequence
        self.entry, self.entries, self.waiting = queries.entry, queries.entries, queries.waiting
        self.checkpoint, self.key = queries.checkpoint, queries.key

    def say(self, *said):
        with self.atomic():
            return [self.propose(**one) for one in said]


def files(home):
    found = [
        path for folder in (home.ledger, home.signer_state) for path in folder.rglob("*") if path.is_file()
    ]
    return {path: path.read_bytes() for path in found}


def heads(home) -> dict[str, Checkpoint]:
    """What a stranger sees, after everything that a stranger can check."""
    found = {}
    for log in LOGS:
        signer = Signer.of(home, log)
        head = open_checkpoint(signer.log.published(), origin=signer.origin, keys=(signer.key,))
        assert head.root == tree.root(tree.leaf_hash(one) for one in signer.log.entries(head.size))
        signer.log.check(0, head.size)
        found[log] = head
    return found


def check_everything(ledger):
    """Every invariant of both logs: what a stranger could check, and what only the keeper can."""
    for log, head in heads(ledger.home).items():
        signer = Signer.of(ledger.home, log)
        assert signer.committed() == head
        entries = signer.log.entries(head.size)
        rows = list(ledger.rows.filter(log=log, entry_index__isnull=False).order_by("entry_index"))
        assert [row.entry_index for row in rows] == list(range(head.size))
        said = [json.loads(one) for one in entries]
        numbered = [one["body"].pop("seq") for one in said if one["kind"] == "intent"]
        assert numbered == list(range(1, len(numbered) + 1))
        assert [(row.kind, row.body) for row in rows] == [
            (one["kind"], print_json(one["body"]).decode()) for one in said
        ]
