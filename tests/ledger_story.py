# SPDX-License-Identifier: Apache-2.0
"""What the tests of outbox and sequencer share: entries to say, a home to say them in, every invariant. D27."""

import hashlib
import json
from datetime import UTC, datetime

from beholden.home import Home
from beholden.kinds import Actor, Role
from beholden.ledger import handovers, tags, tree
from beholden.ledger.bundle import Bundle, HandoverLog, Membership, Opening, Place
from beholden.ledger.canonical import print_json
from beholden.ledger.checkpoint import Checkpoint, open_checkpoint
from beholden.ledger.signer import LOGS, Signer
from beholden.ledger.vocabulary.terms import ListOf
from beholden.ledger.vrf import Secret

AT = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
KEEPER = Actor("officer-7", Role.KEEPER)
ORIGIN = "beholden.example/demo/handovers"
EVENTS = {"root": "00" * 32, "size": 1}
PLACES = Secret.of(bytes(range(64, 96)))
SEED, KEY = bytes(range(32)), bytes(range(32, 64))  # the place of one child, and its key in the registry


def noise(*about, size):
    return hashlib.sha512(repr(about).encode()).digest()[:size]


def event(n, **changed):
    """A catalogue entry: the smallest body there is."""
    return {
        "log": "events",
        "kind": "catalogue",
        "body": {"hash": f"{n:064x}"},
        "by": KEEPER,
        "at": AT,
    } | changed


def said(kind, **body):
    return {"log": "handovers", "kind": kind, "body": body, "by": KEEPER, "at": AT}


def _keys(list_id):
    place = tags.label(SEED, list_id)
    others = [noise("key", list_id, n, size=48) for n in range(11)]
    return tags.BucketTree.build(list_id, tags.SNAPSHOT_WIDTH, [place + tags.commitment(KEY, place), *others])


def _tags(list_id):
    others = [noise("tag", list_id, n, size=16) for n in range(11)]
    return tags.BucketTree.build(list_id, tags.TAG_BYTES, [tags.tag(KEY, list_id), *others])


def registry(n=0, *, events=EVENTS):
    """A list of twelve keys, of which one is the child's."""
    header = {"events": events, "log": ORIGIN, "nonce": f"{n:064x}", "vrf": PLACES.public.hex()}
    list_id = tags.identifier(header)
    held = ListOf.of(_keys(list_id).committed).to_json()
    return said("registry", header=header, id=list_id.hex(), set=held)


def intent(n, *, index=0, **changed):
    """A list of twelve tags, of which one is the child's. Changes are to the header, and the name follows it."""
    named = registry()["body"]
    header = {
        "decision": 0,
        "events": EVENTS,
        "gateway": "s537A",
        "items": "11" * 32,
        "log": ORIGIN,
        "mode": "include",
        "nonce": f"{n:064x}",
        "population": "all",
        "purpose": "public-interest-study",
        "recipient": {"id": "university", "key": "22" * 32},
        "registry": {"id": named["id"], "index": index, "root": named["set"]["root"]},
        "use": "U-2026-0001",
    } | changed
    list_id = tags.identifier(header)
    held = ListOf.of(_tags(list_id).committed).to_json()
    return said("intent", header=header, id=list_id.hex(), payload="66" * 32, set=held)


def outcome(seq, *, n=None, word=None, what="withdrawn"):
    """What became of a handover; the intent's own number was its number in the log, unless `n` says otherwise."""
    list_id = intent(seq if n is None else n)["body"]["id"]
    return said("outcome", id=list_id, outcome=what, recomputed=word, seq=seq)


def changed(entry, **fields):
    """The same entry with another field in its body, and nothing made to fit."""
    return {**entry, "body": {**entry["body"], **fields}}


class Ledger:
    """The ledger's actions and queries in one home. They need Django, which needs the home first."""

    def __init__(self, home: Home) -> None:
        from django.db import transaction

        from beholden.ledger import actions, queries
        from beholden.ledger.models import Outbox

        self.home, self.rows, self.atomic, self.actions = home, Outbox.objects, transaction.atomic, actions
        self.propose, self.sequence = actions.propose, actions.sequence
        self.entry, self.entries, self.waiting = queries.entry, queries.entries, queries.waiting
        self.checkpoint, self.key, self.refused = queries.checkpoint, queries.key, queries.refused
        self.published_key = queries.published_key

    def say(self, *said):
        with self.atomic():
            return [self.propose(**one) for one in said]

    def bundle(self):
        """The child's file, from what is published: every registry opened, every handover shown."""
        entries = self.entries("handovers")
        openings, proofs = [], []
        for index, raw in enumerate(entries):
            entry = json.loads(raw)
            list_id = bytes.fromhex(entry["body"]["id"])
            if entry["kind"] == "registry":
                shown = _keys(list_id).proof(tags.label(SEED, list_id))
                openings.append(Opening(bucket=shown.bucket, entry=index, path=shown.path, y=KEY))
            elif entry["kind"] == "intent":
                shown = _tags(list_id).proof(tags.tag(KEY, list_id))
                proofs.append(Membership(bucket=shown.bucket, entry=index, path=shown.path))
        return Bundle(
            handovers=HandoverLog(
                checkpoint=self.checkpoint("handovers").note.decode(),
                entries=tuple(entry.decode() for entry in entries),
            ),
            place=Place(drawn=SEED, proof=None) if openings else None,
            proofs=tuple(proofs),
            registry=tuple(openings),
            vkey=self.published_key("handovers"),
        ).print()


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
        entries = signer.log.entries(head.size)
        assert head.root == tree.root(tree.leaf_hash(one) for one in entries)
        signer.log.check(0, head.size)
        assert signer.log.published_key() == signer.key_file
        if log == "handovers":
            handovers.read(signer.log.published(), entries, vkey=signer.key.print())
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
        numbered = [one["body"].pop("seq") for one in said if one["kind"] in {"intent", "sealed"}]
        assert numbered == list(range(1, len(numbered) + 1))
        assert [(row.kind, row.body) for row in rows] == [
            (one["kind"], print_json(one["body"]).decode()) for one in said
        ]
