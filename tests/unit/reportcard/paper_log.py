# SPDX-License-Identifier: Apache-2.0
"""Two public logs made of paper, for tests of the report card: signed, whole, and as faulty as a test asks for.

No child, no tag and no database: a list is its size and a made-up root, which is all that the public sees of it.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from beholden.catalogue import load
from beholden.ledger import auditing, handovers, tags, tree, verify
from beholden.ledger.canonical import print_json
from beholden.ledger.checkpoint import Checkpoint, sign_checkpoint
from beholden.ledger.confirmation import message
from beholden.ledger.entries import Entry, name, parse
from beholden.ledger.handovers import Placed
from beholden.ledger.note import Key
from beholden.ledger.tags import Committed
from beholden.ledger.tiles import TileLog
from beholden.ledger.vocabulary.events import CatalogueSet, ChoicesOfDay, Decision, NoticeGiven, UseMoved
from beholden.ledger.vocabulary.handovers import (
    Intent,
    IntentHeader,
    Outcome,
    Recipient,
    Recomputed,
    Registry,
    RegistryHeader,
    RegistryRef,
)
from beholden.ledger.vocabulary.terms import ListOf, LogState, recipient_key_hash
from beholden.ledger.vrf import Secret
from beholden.reportcard.facts import Facts, gathered

CATALOGUE = load()
KEEPER = "paper.example/year"
BEGAN = datetime(2026, 9, 1, 9, tzinfo=UTC)
SEEDS = {"events": bytes([1]) * 32, "handovers": bytes([2]) * 32}
RECIPIENT = bytes([3]) * 32
STRANGER = bytes([4]) * 32
SALT = bytes([5]) * 32
STUDY, FRAUD = "U-2026-0001", "U-2026-0002"


def digest(text):
    return hashlib.sha256(text.encode()).digest()


def text_of(use):
    return print_json({"title": f"What {use} is for"})


def commitment(use):
    return hashlib.sha256(SALT + text_of(use)).digest()


def published_text(use, text=None):
    """Return the file that opens what the log committed to for one use."""
    return print_json({"salt": SALT.hex(), "texts": text or {"title": f"What {use} is for"}, "use": use})


@dataclass
class Paper:
    """Two logs, and a clock that a test moves. Each verb adds the entries that the real register would add."""

    at: datetime = BEGAN
    events: list[bytes] = field(default_factory=list)
    handed: list[bytes] = field(default_factory=list)
    intents: list[Intent] = field(default_factory=list)
    exit: str = "extract"

    def say(self, body):
        log = self.events if body.log == "events" else self.handed
        log.append(Entry(at=self.at, body=body).print())
        return len(log) - 1

    def rules(self, hashed=None):
        return self.say(CatalogueSet(hash=hashed or bytes.fromhex(CATALOGUE.hash)))

    def move(self, use, state, *, rule=None, purpose="public-interest-study"):
        return self.say(
            UseMoved(
                commitment=commitment(use), exit=self.exit, purpose=purpose, rule=rule, state=state, use=use
            )
        )

    def seal_day(self, day):
        self.say(ChoicesOfDay(band=64, day=day, root=digest(day.isoformat())))

    def pass_days(self, days, *, gaps=()):
        """Let days pass, each sealed at the midnight after it but for those named."""
        until = self.at + timedelta(seconds=round(days * 86_400))
        while self.at.date() < until.date():
            day = self.at.date()
            self.at = datetime.combine(day + timedelta(days=1), time(), UTC)
            if day not in gaps:
                self.seal_day(day)
        self.at = until

    def notice(self, use, *, told, audience):
        return self.say(NoticeGiven(audience=audience, told=told, use=use))

    def decision(self, use, *, scope, left_out, released):
        hashed = bytes.fromhex(CATALOGUE.hash)
        return self.say(
            Decision(
                catalogue=hashed,
                commitment=digest("exact"),
                left_out=left_out,
                released=released,
                scope=scope,
                use=use,
            )
        )

    def state(self):
        root = tree.root(tree.leaf_hash(one) for one in self.events)
        return LogState(root=root, size=len(self.events))

    def registry(self):
        header = RegistryHeader(
            events=self.state(),
            log=f"{KEEPER}/handovers",
            nonce=digest(f"r{len(self.handed)}"),
            vrf=Secret.of(bytes(32)).public,
        )
        listed = ListOf(depth=tags.depth(1504), n=1504, root=digest("keys"))
        return self.say(Registry(header=header, id=name(header), set=listed))

    def announce(self, use, *, scope, decision, purpose="public-interest-study"):
        """Fix a list of keys and announce a list of children. Returns its public number."""
        index = self.registry()
        held = parse(self.handed[index], log="handovers").body
        header = IntentHeader(
            decision=decision,
            events=self.state(),
            gateway="si-2009-1563",
            items=digest("items"),
            log=f"{KEEPER}/handovers",
            mode="include",
            nonce=digest(f"i{len(self.handed)}"),
            population="SC/SPR/2026",
            purpose=purpose,
            recipient=Recipient(id="northford", key=recipient_key_hash(Key.of_seed("r", RECIPIENT).public)),
            registry=RegistryRef(id=held.id, index=index, root=held.set.root),
            use=use,
        )
        intent = Intent(
            header=header,
            id=name(header),
            payload=digest("payload"),
            seq=len(self.intents) + 1,
            set=ListOf(depth=tags.depth(scope), n=scope, root=digest(f"list{len(self.intents)}")),
        )
        self.intents.append(intent)
        self.say(intent)
        return intent.seq

    def word(self, seq, *, root=None, seed=RECIPIENT):
        """Return a recipient's signed word: on the list of the log, or on another root."""
        about = verify.subject(self.intents[seq - 1])
        found = Committed(n=about.committed.n, depth=about.committed.depth, root=root or about.committed.root)
        key = Ed25519PrivateKey.from_private_bytes(seed)
        return Recomputed(
            key=key.public_key().public_bytes_raw(),
            n=found.n,
            root=found.root,
            signature=key.sign(message(about, found)),
        )

    def outcome(self, seq, *, word=None, outcome="delivered"):
        self.say(Outcome(id=self.intents[seq - 1].id, outcome=outcome, recomputed=word, seq=seq))

    def audit(self, seq, *, agrees=True, seed=bytes([6]) * 32):
        """Say what an auditor found when it made a list again."""
        self.say(auditing.sign(self.intents[seq - 1], seq, agrees=agrees, seed=seed))

    # --- how a card reads it

    def notes(self):
        """Return each log's signed checkpoint."""
        found = {}
        for log, entries in (("events", self.events), ("handovers", self.handed)):
            root = tree.root(tree.leaf_hash(one) for one in entries)
            found[log] = sign_checkpoint(Checkpoint(f"{KEEPER}/{log}", len(entries), root), seed=SEEDS[log])
        return found

    def write(self, folder):
        """Publish both logs as a keeper's web server would hold them."""
        for log, entries in (("events", self.events), ("handovers", self.handed)):
            held = TileLog(folder / log)
            held.folder.mkdir(parents=True)
            held.append(0, entries)
            held.publish(self.notes()[log], instead_of=None)
        return folder

    def facts(self, on=None, texts=None) -> Facts:
        """Return the facts without a disk."""
        return gathered(
            on=on or self.at.date(),
            keys=dict(zip(SEEDS, keys(), strict=True)),
            roots={log: digest(log) for log in SEEDS},
            handed=handovers.read(self.notes()["handovers"], self.handed, vkey=keys()[1]),
            handovers=placed(self.handed, "handovers"),
            events=placed(self.events, "events"),
            texts=texts,
        )


def placed(raw, log):
    found = [parse(one, log=log) for one in raw]
    return tuple(Placed(index, one.at, one.body) for index, one in enumerate(found))


def run_again(paper, *, skip=(), days=28, again=False):
    """Let a study that recurs run once more, a year later, from *in use*; `skip` names what the keeper left out.

    With `again`, it was begun before already, told, and left off.
    """
    paper.move(STUDY, "in_use")
    paper.pass_days(366)
    if again:
        paper.move(STUDY, "published")
        paper.notice(STUDY, told=1500, audience=1500)
        for state in ("notified", "window", "in_use"):
            paper.move(STUDY, state)
        paper.pass_days(100)
    paper.move(STUDY, "published")
    if "notice" not in skip:
        paper.notice(STUDY, told=1500, audience=1500)
    paper.move(STUDY, "notified")
    paper.move(STUDY, "window")
    paper.pass_days(days)
    paper.move(STUDY, "cleared")
    decision = paper.decision(STUDY, scope=1500, left_out=40, released=1460)
    if "list" not in skip:
        seq = paper.announce(STUDY, scope=1500, decision=decision)
        paper.outcome(seq, word=paper.word(seq))
    paper.move(STUDY, "released")
    return paper


def keys(keeper=KEEPER):
    """Return the verifier keys as the keeper prints them: events, handovers."""
    return tuple(Key.of_seed(f"{keeper}/{log}", seed).print() for log, seed in SEEDS.items())


@dataclass
class Year:
    """One study from request to confirmation, with one refused request beside it. A test changes one thing."""

    scope: int = 1500
    audience: int = 1500
    told: int = 1500
    notice: bool = True
    notice_late: bool = False
    window_days: float = 28
    left_out: int | None = 40
    released: int | None = 1460
    decided_scope: int | None = None
    decided_use: str = STUDY
    announced: bool = True
    announced_late: bool = False
    outcome: str | None = "delivered"
    word: str = "agrees"
    rule: str | None = "P7"
    gaps: tuple[date, ...] = ()
    rules: bool = True
    fell: str = ""  # a state that the use came to after the decision and before the list
    listed_purpose: str = "public-interest-study"
    cleared: bool = True
    cleared_late: bool = False
    exit: str = "extract"

    def played(self):
        paper = Paper(exit=self.exit)
        if self.rules:
            paper.rules()
        for state in ("submitted", "approved", "published"):
            paper.move(STUDY, state)
        paper.move(FRAUD, "submitted", purpose="welfare-fraud")
        paper.move(FRAUD, "refused", rule=self.rule, purpose="welfare-fraud")
        self._tell(paper)
        paper.pass_days(self.window_days, gaps=self.gaps)
        if self.cleared and not self.cleared_late:
            paper.move(STUDY, "cleared")
        scope = self.decided_scope or self.scope
        decision = paper.decision(
            self.decided_use, scope=scope, left_out=self.left_out, released=self.released
        )
        if self.cleared_late:
            paper.move(STUDY, "cleared")
        if self.fell:
            paper.move(STUDY, self.fell)
        if self.announced_late:
            paper.move(STUDY, "released")
        if self.announced:
            self._hand_over(paper, decision)
        if not self.announced_late:
            paper.move(STUDY, "released")
        if self.notice_late:
            paper.notice(STUDY, told=self.told, audience=self.audience)
        return paper

    def _tell(self, paper):
        if self.notice and not self.notice_late:
            paper.notice(STUDY, told=self.told, audience=self.audience)
        paper.move(STUDY, "notified")
        paper.move(STUDY, "window")

    def _hand_over(self, paper, decision):
        seq = paper.announce(STUDY, scope=self.scope, decision=decision, purpose=self.listed_purpose)
        said = {
            "agrees": lambda: paper.word(seq),
            "another list": lambda: paper.word(seq, root=digest("another")),
            "another's key": lambda: paper.word(seq, seed=STRANGER),
            "none": lambda: None,
        }[self.word]()
        if self.outcome:
            paper.outcome(seq, word=said if self.outcome == "delivered" else None, outcome=self.outcome)
