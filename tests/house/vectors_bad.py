# SPDX-License-Identifier: Apache-2.0
"""The files that fail in how they are written, in whose log they hold, and in what the log says: steps 0 to 5.

Each is an honest file with one thing changed. Where an entry lies, the log is signed over the lie: so a reader that
leaves the one step out lets the file pass.
"""

from dataclasses import replace
from datetime import timedelta

from beholden.ledger.entries import Entry, name
from beholden.ledger.note import Key, Note, Signature
from beholden.ledger.vocabulary.events import CatalogueSet
from beholden.ledger.vocabulary.terms import LogState
from beholden.ledger.vrf import Secret
from house.vectors_made import (
    UNKEYED,
    WITNESSES,
    Vector,
    bad,
    flat,
    heard,
    keyed,
    policy_of,
    renamed,
    said_anew,
    second_spelling,
    signed,
    with_log,
)
from ledger_builder import ORIGIN, START, Keeper

OTHER = bytes(range(32))
"""The seed of somebody else."""


def vectors() -> list[Vector]:
    """All of them, in the order of the steps."""
    return [
        *_read(),
        *_signed(),
        *_checkpoints(),
        *_witnessed(),
        *_whole(),
        *_said(),
        *_named(),
        *_order(),
        *_audits(),
        *_seals(),
    ]


def _read() -> list[Vector]:
    keeper = flat()
    raw = keeper.bundle(1).print()
    y = keeper.y(0, 1).hex().encode()
    spoilt = {
        "cut": ("The last byte is missing.", raw[:-1]),
        "newline-after": ("A newline follows: another spelling of the same.", raw + b"\n"),
        "space": ("A space stands behind a colon.", raw.replace(b'":', b'": ', 1)),
        "byte-order-mark": ("It begins with a byte order mark.", b"\xef\xbb\xbf" + raw),
        "not-utf-8": ("A byte is no UTF-8.", raw.replace(b"research", b"rese\xffrch", 1)),
        "name-twice": ("A name stands twice in one object.", raw.replace(b'"format":', b'"format":"","format":', 1)),
        "field-too-many": ("A field that the layout has not.", raw.replace(b'"format":', b'"for":1,"format":', 1)),
        "field-missing": ("The verifier key is left out.", raw[: raw.index(b',"vkey"')] + b"}"),
        "another-format": ("The first form, of which no file was ever given out.", raw.replace(b"bundle/v2", b"bundle/v1")),
        "capital-hexadecimal": ("A key in capital letters.", raw.replace(y, y.upper())),
        "element-too-short": ("A bucket is not a whole number of tags.", _shorter(raw)),
        "fraction": ("A position is spelled as a fraction.", raw.replace(b'"entry":1', b'"entry":1.0', 1)),
        "y-is-a-number": ("A key that is a number.", raw.replace(b'"' + y + b'"', b"1", 1)),
    }  # fmt: skip
    return [bad(called, about, keeper, 0, file) for called, (about, file) in spoilt.items()]


def _shorter(raw: bytes) -> bytes:
    at = raw.index(b'"bucket":"', raw.index(b'"proofs"')) + len(b'"bucket":"')
    return raw[:at] + raw[at + 2 :]


def _signed() -> list[Vector]:
    keeper, other = flat(), Key.of_seed(ORIGIN, OTHER).print()
    bundle, note = keeper.bundle(UNKEYED), keeper.checkpoint().decode()
    strange = keeper.checkpoint(seed=OTHER).decode()
    line = note.split("\n\n")[1]
    vkey = keeper.key
    blob = line.removesuffix("\n").split(" ")[-1]
    weak = Key(ORIGIN, b"\x01" + bytes(31))
    text = Note.parse(keeper.checkpoint()).text
    own = Note.parse(keeper.checkpoint()).signatures[0]
    flipped = own.signature[:9] + bytes([own.signature[9] ^ 1]) + own.signature[10:]
    false = Note(text, (replace(own, signature=flipped),)).print().decode()
    fitting = Note(text, (Signature(ORIGIN, weak.id, weak.public + bytes(32)),)).print().decode()
    capitals = vkey.print().replace(vkey.id.hex(), vkey.id.hex().upper())
    events = Keeper(origin="paper.example/demo/events")
    return [
        bad("key-of-another-log", "An honest file, asked with another log's key.", keeper, 1, key=other),
        bad("signature-false", "One bit of the signature is another.", keeper, 1, with_log(bundle, checkpoint=false)),
        bad("signed-by-another", "Somebody else signed the checkpoint.", keeper, 1, with_log(bundle, checkpoint=strange)),
        bad(
            "signed-and-named-by-another",
            "The key in the file was exchanged with the signature: only the key that was given shows it.",
            keeper,
            1,
            replace(with_log(bundle, checkpoint=strange), vkey=other),
        ),
        bad(
            "key-that-fits-every-text",
            "The log's key is of order 1, and one signature, made without a secret, fits every text.",
            keeper,
            1,
            replace(with_log(bundle, checkpoint=fitting), vkey=weak.print()),
            key=None,
        ),
        bad("key-in-capitals", "The key's number in capitals: a second spelling.", keeper, 1, replace(bundle, vkey=capitals), key=None),
        bad(
            "signature-base64-second-spelling",
            "A bit that stands for nothing is set in the base64 of the signature.",
            keeper,
            1,
            with_log(bundle, checkpoint=note.replace(blob, second_spelling(blob))),
        ),
        bad("signed-twice", "The log's line stands there twice.", keeper, 1, with_log(bundle, checkpoint=note + line)),
        bad("no-signature", "No line under the checkpoint.", keeper, 1, with_log(bundle, checkpoint=note.split("\n\n")[0] + "\n\n")),
        bad("events-log", "A log of the other kind, truly signed.", events, 1),
    ]  # fmt: skip


def _checkpoints() -> list[Vector]:
    keeper, ten = flat(), _of_ten()
    two = "\n2\n"

    def root(text: str) -> str:
        lines = text.split("\n")
        return "\n".join([*lines[:2], second_spelling(lines[2]), ""])

    changes = {
        "size-plus": ("The size is +2.", lambda text: text.replace(two, "\n+2\n")),
        "size-nought-before": ("The size is 02.", lambda text: text.replace(two, "\n02\n")),
        "size-space": ("A space stands before the size.", lambda text: text.replace(two, "\n 2\n")),
        "size-other-digits": (
            "The size is a digit of another script.",
            lambda text: text.replace(two, "\n٢\n"),
        ),
        "root-base64-second-spelling": ("A bit that stands for nothing is set in the root's base64.", root),
        "extension-line": ("A fourth line.", lambda text: text + "more\n"),
        "checkpoint-of-another-log": (
            "The key's name is another log's.",
            lambda text: text.replace("demo", "omed"),
        ),
    }
    return [
        bad("size-underscore", "The size is 1_0, of ten entries.", ten, 1, signed(ten, lambda text: text.replace("\n10\n", "\n1_0\n"))),
        *(bad(called, f"{about} Truly signed.", keeper, 1, signed(keeper, change)) for called, (about, change) in changes.items()),
    ]  # fmt: skip


def _of_ten() -> Keeper:
    keeper = Keeper()
    keeper.registry([2])
    for _ in range(3):
        list_id = keeper.duty()
        keeper.duty_outcome(list_id, "unknown")
        keeper.duty_outcome(list_id)
    return keeper


def _witnessed() -> list[Vector]:
    keeper = flat()
    one = keeper.bundle(UNKEYED, witnesses=dict([*WITNESSES.items()][:1]))
    both = keeper.bundle(UNKEYED, witnesses=WITNESSES)
    note = Note.parse(both.handovers.checkpoint.encode())
    line = note.signatures[2].signature
    false = replace(note.signatures[2], signature=line[:9] + bytes([line[9] ^ 1]) + line[10:])
    spoilt = with_log(both, checkpoint=Note(note.text, (*note.signatures[:2], false)).print().decode())
    elsewhere = policy_of(Keeper(origin="other.example/handovers"))
    return [
        bad("witness-missing", "The policy asks for both; one has cosigned.", keeper, 1, one, policy=policy_of(keeper)),
        bad("cosignature-false", "Any one is enough, and one is true; the other's is false.", keeper, 1, spoilt, policy=policy_of(keeper, "any")),
        bad("policy-of-another-log", "The reader's policy does not know this log.", keeper, 1, both, policy=elsewhere),
    ]  # fmt: skip


def _whole() -> list[Vector]:
    keeper = heard()
    keeper.handover(0, [2])
    whole, bundle, fork = keeper.bundle(1), keeper.bundle(UNKEYED), heard()
    fork.handover(0, [1, 2])
    entries = bundle.handovers.entries
    hidden = replace(with_log(whole, entries=entries[:3]), proofs=whole.proofs[:1])
    earlier = entries[3].replace(
        keeper.at.date().isoformat(), (keeper.at - timedelta(days=60)).date().isoformat()
    )
    return [
        bad("handover-left-out", "The last handover and its proof are left out.", keeper, 2, hidden),
        bad("entry-removed", "What became of the first handover is left out.", keeper, 2, with_log(bundle, entries=entries[:2] + entries[3:])),
        bad("entries-reordered", "Two entries change places.", keeper, 2, with_log(bundle, entries=(*entries[:2], entries[3], entries[2]))),
        bad("entry-twice", "The last entry stands there twice.", keeper, 2, with_log(bundle, entries=(*entries, entries[3]))),
        bad("entry-backdated", "A handover is given an earlier day.", keeper, 2, with_log(bundle, entries=(*entries[:3], earlier))),
        bad("fork-under-one-checkpoint", "The entries of one log under the checkpoint of its fork.", keeper, 2, with_log(bundle, checkpoint=fork.checkpoint().decode())),
        bad("checkpoint-older-than-entries", "A checkpoint from before the last entry.", keeper, 2, with_log(bundle, checkpoint=heard().checkpoint().decode())),
    ]  # fmt: skip


def _said() -> list[Vector]:
    made = []
    for called, about, old, new in (
        ("kind-unknown", "A kind that the vocabulary has not.", b'"kind":"intent"', b'"kind":"hidden"'),
        ("count-below-ten", "A public count of nine.", b'"n":10', b'"n":9'),
        ("entry-not-canonical", "A space in an entry.", b'"kind":', b'"kind": '),
        (
            "entry-field-too-many",
            "An entry says more than its kind has.",
            b'"payload":',
            b'"note":"","payload":',
        ),
        ("instant-with-offset", "An instant that does not end in Z.", b'Z","body"', b'+00:00","body"'),
        ("version-unknown", "An entry of version 2.", b'"v":1', b'"v":2'),
    ):
        keeper = keyed()
        keeper.handover(0, [1])
        keeper.entries[1] = keeper.entries[1].replace(old, new)
        made.append(bad(called, about, keeper, 3))
    event, gap, again = flat(), keyed(), flat()
    event.entries.append(Entry(at=START, body=CatalogueSet(hash=bytes(32))).print())
    gap.handover(0, [1], seq=2)
    again.handover(0, [1], seq=1)
    return [
        *made,
        bad("entry-of-the-other-log", "An entry of the events log among the handovers.", event, 3),
        bad("number-left-out", "The first handover is number 2.", gap, 3),
        bad("number-twice", "Two handovers are number 1.", again, 3),
    ]


def _named() -> list[Vector]:
    chosen, twice, foreign, duty = keyed(), keyed(), keyed(), flat()
    chosen.handover(0, [1], id=bytes(16))
    twice.handover(0, [1])
    first = twice.intent(1)
    twice.handover(0, [], header=first.header, id=first.id)
    header = replace(foreign.header(0), log="other.example/handovers")
    foreign.handover(0, [1], header=header, id=name(header))
    duty.duty(id=bytes(16))
    return [
        bad("id-not-of-its-header", "A list bears a name that does not follow from its header.", chosen, 4),
        bad("two-lists-of-one-name", "Two handovers bear one name.", twice, 4),
        bad("list-of-another-log", "A header is of another log.", foreign, 4),
        bad(
            "duty-not-of-its-header",
            "A duty return bears a name that does not follow from its header.",
            duty,
            4,
        ),
    ]


def _order() -> list[Vector]:
    after = keyed()
    after.handover(0, [1])
    after.entries.reverse()
    after.lists, after.registries = {0: after.lists[1]}, {1: after.registries[0]}
    old = keyed()
    newer = old.registry([1, 2, 3])
    header = old.header(newer)
    header = replace(header, registry=replace(header.registry, index=0))
    old.handover(newer, [1], header=header, id=name(header))
    late = keyed()
    late.handover(0, [1])
    renamed(late, 1, decision=late.intent(1).header.events.size)
    split = keyed()
    split.handover(0, [1])
    events = split.intent(1).header.events
    header = replace(split.header(0), events=LogState(size=events.size, root=bytes(32)), decision=0)
    split.handover(0, [1], header=header, id=name(header))
    weak, second = Keeper(), keyed()
    weak.registry([1])
    renamed(weak, 0, vrf=b"\x01" + bytes(31))
    second.registry([1])
    renamed(second, 1, vrf=Secret.of(bytes(32)).public)
    back, early, twice = heard(), keyed(), flat()
    back.outcome(1, "withdrawn")
    early.handover(0, [1])
    early.outcome(1)
    said_anew(early, 2, lambda body: replace(body, id=bytes(16)))
    list_id = twice.duty()
    twice.duty_outcome(list_id)
    twice.duty_outcome(list_id, "withdrawn")
    return [
        bad("keys-fixed-afterwards", "A handover names a list of keys that comes after it.", after, 5, after.bundle(UNKEYED)),
        bad("old-registry", "A handover names the old list of keys by its place, and the new one by name and root.", old, 5),
        bad("decision-not-yet-made", "A decision that the named events log does not hold yet.", late, 5),
        bad("two-events-logs", "Two headers show two events logs of one size.", split, 5),
        bad("weak-vrf-key", "The key for places is of small order: many places could be proved for one number.", weak, 5),
        bad("second-vrf-key", "The second list of keys gives places by another key.", second, 5),
        bad("outcome-taken-back", "Delivered, and later withdrawn.", back, 5),
        bad("outcome-of-no-handover", "An outcome under a name that no handover has.", early, 5),
        bad("duty-outcome-taken-back", "A duty return: delivered, and later withdrawn.", twice, 5),
    ]  # fmt: skip


def _audits() -> list[Vector]:
    early, twice, own, changed, strange = flat(), heard(), heard(), heard(), heard()
    early.audit(1)
    early.outcome(1)
    twice.audit(1)
    twice.audit(1, agrees=False)
    own.audit(1, seed=own.recipient_seed)
    changed.audit(1, agrees=False)
    said_anew(changed, 3, lambda body: replace(body, agrees=True))
    strange.audit(1, id=bytes(16))
    return [
        bad("replayed-before-delivered", "An auditor's word on a handover that was delivered only afterwards.", early, 5),
        bad("replayed-twice", "One auditor's key says of one handover that all is equal, and that it is not.", twice, 5),
        bad("replayed-by-the-recipient", "The recipient's own key audits what the recipient got.", own, 5),
        bad("replayed-signature-false", "An auditor signed that other rows were found; the entry says equal.", changed, 5),
        bad("replayed-of-no-handover", "An auditor's word under a name that the handover of that number has not.", strange, 5),
    ]  # fmt: skip


def _seals() -> list[Vector]:
    reason, salt, unfilled, alone = flat(), flat(), flat(), flat()
    seq = reason.seal(0, [1])
    reason.unseal(seq, details=replace(reason.hidden[seq][1], reason="inquest"))
    salt.unseal(salt.seal(0, [1]), salt=bytes(32))
    unfilled.unseal(unfilled.seal(0, [1], filled=60))
    alone.second_seed = alone.regulator_seed
    alone.seal(0, [1])
    seen, past, long, more, opened = flat(), flat(), flat(), flat(), flat()
    seen.see(seen.seal(0, [1]), seed=OTHER)
    past.seal(0, [1], opens_after=0)
    seq = long.seal(0, [1])
    long.extend(seq, days=30)
    long.extend(seq, days=60)
    more.seal(0, [1])
    said_anew(more, 2, lambda body: replace(body, band=4096))
    opened.unseal(opened.seal(0, [1]))
    opened.see(2)
    return [
        bad("seal-opened-otherwise", "A seal is opened with another reason than was committed.", reason, 5),
        bad("seal-opened-by-another-salt", "A seal is opened with another salt.", salt, 5),
        bad("seal-band-not-filled", "The list under the seal is shorter than the band.", unfilled, 5),
        bad("seal-without-anybody-outside", "The regulator's own key signs as the one outside.", alone, 5),
        bad("seal-seen-by-another", "Seen, signed by a key that is not the regulator's.", seen, 5),
        bad("seal-that-opens-at-once", "It opens on the day on which it was made.", past, 5),
        bad("seal-extended-twice", "A seal is extended a second time.", long, 5),
        bad("seal-band-changed", "The band is another than was signed outside.", more, 5),
        bad("seal-seen-after-it-opened", "Something follows the opening that is no outcome.", opened, 5),
    ]
