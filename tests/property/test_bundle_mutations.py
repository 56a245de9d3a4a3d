# SPDX-License-Identifier: Apache-2.0
"""Ten thousand ways to change a family's file, none of which passes, and none of which crashes (D27, D28).

`make test-long` tries a million. Every run prints its seed and, if one passes, the change that did.
"""

import base64
import json
import random

import pytest
import rfc8785

from beholden.ledger.checkpoint import Checkpoint, sign_checkpoint
from beholden.ledger.cosignature import WitnessKey
from beholden.ledger.note import Key, Note
from beholden.ledger.policy import Policy
from beholden.ledger.verify import verify
from beholden.refusals import Refusal
from ledger_builder import Keeper, small_town
from property.memory import hardly_growing, within_limit

SEED = 20_261_123


WITNESSES = {f"w{number}.example": bytes([number]) * 32 for number in (1, 2)}


def valid_files(witnesses=None):
    """Files of five children at two moments of one log, of a fork of that log, and of another keeper; their numbers.

    Every honest file of these logs is here, so that a change which makes another honest file is known as one:
    the file of a child without any key (9) holds a log and nothing else.
    """
    keeper = small_town()
    found = {
        keeper.bundle(child, witnesses=witnesses).print(): keeper.number(child) for child in (1, 2, 4, 9)
    }
    keeper.handover(3, [2, 3], scope=70)
    found |= {
        keeper.bundle(child, witnesses=witnesses).print(): keeper.number(child) for child in (1, 2, 4, 9)
    }
    fork = Keeper(seed=7)
    fork.handover(fork.registry([1, 2]), [1])
    other = small_town(seed=12)
    return found | {
        each.bundle(child, witnesses=witnesses).print(): each.number(child)
        for each in (fork, other)
        for child in (1, 9)
    }


def who_must_have_seen():
    """A policy that knows the logs of all these files, and asks for both witnesses."""
    logs = "".join(f"log {small_town(seed=seed).key.print()}\n" for seed in (7, 12))
    known = "".join(
        f"witness {name} {WitnessKey.of_seed(name, seed).print()}\n" for name, seed in WITNESSES.items()
    )
    return Policy.parse(f"{logs}{known}group both all {' '.join(WITNESSES)}\nquorum both\n".encode())


def places(value, path=()):
    """Every path into a JSON value."""
    found = [path]
    if isinstance(value, dict):
        for name, inner in value.items():
            found += places(inner, (*path, name))
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            found += places(inner, (*path, at))
    return found


def get(value, path):
    for step in path:
        value = value[step]
    return value


def put(value, path, new):
    """Return a copy with another value at a path."""
    holder = {"": json.loads(json.dumps(value))}
    held, last = holder, ""
    for step in path:
        held, last = held[last], step
    held[last] = new
    return holder[""]


class Changes:
    """The ways to change a file. Each takes the bytes of a valid file and returns other bytes."""

    def __init__(self, source, files):
        self.source = source
        self.files = files
        self.ways = [
            self.flip, self.flip, self.cut, self.cut_out, self.double, self.insert,
            self.exchange, self.exchange, self.exchange, self.within, self.leaf, self.leaf, self.reorder,
            self.signed_anew, self.entry, self.line, self.moment,
        ]  # fmt: skip

    def one(self):
        way, raw = self.source.choice(self.ways), self.source.choice(self.files)
        return way.__name__, raw, way(raw)

    def flip(self, raw):
        changed = bytearray(raw)
        for _ in range(self.source.choice([1, 1, 1, 2, 8])):
            changed[self.source.randrange(len(changed))] ^= 1 << self.source.randrange(8)
        return bytes(changed)

    def cut(self, raw):
        at = self.source.randrange(len(raw))
        return raw[:at] if self.source.random() < 0.8 else raw[at:]

    def cut_out(self, raw):
        at = self.source.randrange(len(raw))
        return raw[:at] + raw[at + self.source.choice([1, 2, 32, 64, 500]) :]

    def double(self, raw):
        at = self.source.randrange(len(raw))
        return raw[:at] + raw[at : at + self.source.choice([1, 2, 32, 64, 500])] + raw[at:]

    def insert(self, raw):
        at = self.source.randrange(len(raw))
        return raw[:at] + self.source.randbytes(self.source.choice([1, 4, 40])) + raw[at:]

    def exchange(self, raw):
        """One value comes from the same or another place of another valid file."""
        mine, other = json.loads(raw), json.loads(self.source.choice(self.files))
        path = self.source.choice(places(mine))
        if self.source.random() < 0.8:
            try:
                return rfc8785.dumps(put(mine, path, get(other, path)))
            except (KeyError, IndexError, TypeError):
                pass
        return rfc8785.dumps(put(mine, path, get(other, self.source.choice(places(other)))))

    def within(self, raw):
        """Two values of one file change places."""
        mine = json.loads(raw)
        one, two = self.source.choice(places(mine)), self.source.choice(places(mine))
        if one[: len(two)] == two or two[: len(one)] == one:
            return raw
        return rfc8785.dumps(put(put(mine, one, get(mine, two)), two, get(mine, one)))

    def leaf(self, raw):
        """One string or number becomes a near one."""
        mine = json.loads(raw)
        path = self.source.choice([p for p in places(mine) if isinstance(get(mine, p), (str, int))])
        held = get(mine, path)
        if isinstance(held, int):
            return rfc8785.dumps(put(mine, path, max(0, held + self.source.choice([-1, 1, 2**32]))))
        digits = len(held) and self.source.randrange(len(held))
        new = self.source.choice(
            [
                held[:digits] + self.source.choice("0123456789abcdef") + held[digits + 1 :],
                held[:-2],
                held + "00",
                held[32:],
                held[32:64] + held[:32] + held[64:],
                held.upper(),
                "",
            ]
        )
        return rfc8785.dumps(put(mine, path, new))

    def reorder(self, raw):
        """One list is turned round, doubled, shortened or emptied."""
        mine = json.loads(raw)
        path = self.source.choice([p for p in places(mine) if isinstance(get(mine, p), list)])
        held = get(mine, path)
        new = self.source.choice([held[::-1], held + held[-1:], held[:-1], held[1:], [], held[1:] + held[:1]])
        return rfc8785.dumps(put(mine, path, new))

    def signed_anew(self, raw):
        """Another key signs the true text, or a text about fewer entries; the file's key is not exchanged."""
        mine = json.loads(raw)
        text = Note.parse(mine["handovers"]["checkpoint"].encode()).text
        old = Checkpoint.parse(text)
        entries = mine["handovers"]["entries"]
        if entries and self.source.random() < 0.5:
            entries.pop(self.source.randrange(len(entries)))
        from_tree = Checkpoint(old.origin, len(entries), old.root)
        mine["handovers"]["checkpoint"] = sign_checkpoint(from_tree, seed=self.source.randbytes(32)).decode()
        return rfc8785.dumps(mine)

    def line(self, raw):
        """One line under the checkpoint is left out, doubled, moved, or comes from another file."""
        mine, other = json.loads(raw), json.loads(self.source.choice(self.files))
        text, lines = self.parted(mine)
        _, theirs = self.parted(other)
        at = self.source.randrange(len(lines))
        lines[at : at + 1] = self.source.choice([[], [lines[at]] * 2, [self.source.choice(theirs)]])
        mine["handovers"]["checkpoint"] = "\n".join([text, "", *lines, ""])
        return rfc8785.dumps(mine)

    def moment(self, raw):
        """A witness is made to have signed at another time, or a line of a stranger takes its name."""
        mine = json.loads(raw)
        text, lines = self.parted(mine)
        at = self.source.randrange(len(lines))
        dash, name, blob = lines[at].split(" ")
        signed = bytearray(base64.b64decode(blob))
        signed[self.source.randrange(len(signed))] ^= 1 << self.source.randrange(8)
        lines[at] = " ".join([dash, name, base64.b64encode(signed).decode()])
        mine["handovers"]["checkpoint"] = "\n".join([text, "", *lines, ""])
        return rfc8785.dumps(mine)

    @staticmethod
    def parted(bundle):
        text, _, lines = bundle["handovers"]["checkpoint"].rpartition("\n\n")
        return text, lines.split("\n")[:-1]

    def entry(self, raw):
        """One entry says something a little different, in canonical form."""
        mine = json.loads(raw)
        at = self.source.randrange(len(mine["handovers"]["entries"]))
        said = json.loads(mine["handovers"]["entries"][at])
        path = self.source.choice([p for p in places(said) if p and isinstance(get(said, p), (str, int))])
        held = get(said, path)
        new = held + 1 if isinstance(held, int) else held[::-1]
        mine["handovers"]["entries"][at] = rfc8785.dumps(put(said, path, new)).decode()
        return rfc8785.dumps(mine)


def try_many(count, seed, *, witnesses=None, policy=None):
    files = valid_files(witnesses)
    known = {*files}
    for raw, number in files.items():
        verify(raw, policy=policy, number=number)
    changes = Changes(random.Random(seed), list(files))
    print(f"seed {seed}, {count} changes")
    tried = {way.__name__: 0 for way in changes.ways}
    for number in range(count):
        way, raw, changed = changes.one()
        if changed in known:
            continue  # the change undid itself, or made the other valid file
        tried[way] += 1
        try:
            verify(changed, policy=policy, number=files[raw])
        except Refusal:
            continue
        pytest.fail(f"seed {seed}: change {number} ({way}) was accepted")
    print(tried)
    assert min(tried.values()) > count / 50  # no way of changing is only named
    return tried


def test_ten_thousand_changes():
    try_many(10_000, SEED)


def test_changes_of_a_file_that_witnesses_have_cosigned():
    """With a policy that asks for every witness under it, each line bears weight like every other byte."""
    try_many(2_000, SEED, witnesses=WITNESSES, policy=who_must_have_seen())


def test_changes_take_little_memory():
    with within_limit():
        try_many(1_000, SEED + 1)


@pytest.mark.long
@pytest.mark.parametrize("cosigned", [False, True], ids=["signed", "cosigned"])
def test_a_million_changes(cosigned):
    asked = {"witnesses": WITNESSES, "policy": who_must_have_seen()} if cosigned else {}
    with hardly_growing():
        try_many(1_000_000, random.SystemRandom().randrange(2**32), **asked)


def test_a_file_signed_wholly_anew_fails_against_the_key_that_people_know():
    """Only the pinned key can see this; without it the first sentence gives the other number to compare."""
    files = list(valid_files())
    true_key = json.loads(files[0])["vkey"]
    source = random.Random(SEED)
    for _ in range(200):
        mine = json.loads(source.choice(files))
        seed = source.randbytes(32)
        signed = Checkpoint.parse(Note.parse(mine["handovers"]["checkpoint"].encode()).text)
        mine["handovers"]["checkpoint"] = sign_checkpoint(signed, seed=seed).decode()
        mine["vkey"] = Key.of_seed(signed.origin, seed).print()
        forged = rfc8785.dumps(mine)
        assert verify(forged).vkey_number != verify(files[0]).vkey_number
        with pytest.raises(Refusal):
            verify(forged, key=true_key)
