# SPDX-License-Identifier: Apache-2.0
"""Thousands of ways to change what a log publishes and is asked: none is believed, none crashes, none takes memory. D27, D28.

Checkpoints, tiles, proofs, files that prove one entry, and the requests that carry proofs to a witness. `make
test-long` tries a million of each. Every run prints its seed.
"""

import random

import pytest

from beholden.ledger import tree
from beholden.ledger.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from beholden.ledger.cosignature import WitnessKey, cosign
from beholden.ledger.entry_proof import EntryProof, check
from beholden.ledger.note import Key, Note
from beholden.ledger.policy import Policy
from beholden.ledger.request import Request
from beholden.ledger.tiles import TileLog, TileMalformed, tiles_between
from beholden.refusals import Refusal
from beholden.witness.rules import Grown, decide
from ledger_builder import START
from property.memory import hardly_growing, within_limit

SEED = 20_261_128
COUNT, MANY = 3_000, 1_000_000
ORIGINS = ("paper.example/a/handovers", "paper.example/b/handovers")
WITNESSES = {f"w{number}.example": bytes([number]) * 32 for number in (1, 2)}
LEAVES = {
    origin: [tree.leaf_hash(f"{origin} {number}".encode()) for number in range(70)] for origin in ORIGINS
}
KEYS = {origin: Key.of_seed(origin, bytes([10 + at]) * 32) for at, origin in enumerate(ORIGINS)}
SEEDS = {origin: bytes([10 + at]) * 32 for at, origin in enumerate(ORIGINS)}
SIZES = (1, 7, 8, 64, 70)
ENTRIES = 300  # so that there is a full tile, a partial one, and a level above


def state(origin, size):
    return Checkpoint(origin, size, tree.root(LEAVES[origin][:size]))


def note(origin, size, *, cosigned=True):
    signed = Note.parse(sign_checkpoint(state(origin, size), seed=SEEDS[origin]))
    lines = [cosign(signed.text, name=name, seed=seed, at=START) for name, seed in WITNESSES.items()]
    return Note(signed.text, (*signed.signatures, *(lines if cosigned else ()))).print()


def changed(source, raw, others):
    """Return the bytes with one thing changed, somewhere."""
    at, more = source.randrange(len(raw)), source.choice([1, 1, 2, 4, 32, 44, 200])
    other = source.choice(others)
    lines = raw.split(b"\n")
    one, two = source.randrange(len(lines)), source.randrange(len(lines))
    digit = source.choice([b"0", b"9", b"+", b"-", b"_", b" ", b"=", b"\n", "٣".encode(), b"\x00", b"\xff"])
    theirs = [source.choice(other.split(b"\n"))] * source.choice([1, 1, 2, 70])
    ways = (
        lambda: flipped(source, raw),
        lambda: flipped(source, raw),
        lambda: raw[:at],
        lambda: raw[:at] + raw[at + more :],
        lambda: raw[:at] + raw[at : at + more] + raw[at:],
        lambda: raw[:at] + source.randbytes(more) + raw[at:],
        lambda: raw[:at] + digit + raw[at + source.randrange(2) :],
        lambda: raw[:at] + other[at:],
        lambda: b"\n".join([*lines[:one], *theirs, *lines[one + source.randrange(2) :]]),
        lambda: b"\n".join(lines[:one] + lines[two : two + 1] + lines[one + 1 :]),
    )
    return source.choice(ways)()


def checkpoints(count, seed):
    """What is read as a checkpoint of a log is one that its key signed, whatever else was changed."""
    files = [note(origin, size) for origin in ORIGINS for size in SIZES]
    true = {state(origin, size) for origin in ORIGINS for size in SIZES}
    policy = both_witnesses()
    source, refused, by_policy = random.Random(seed), 0, 0
    for _ in range(count):
        raw, origin = changed(source, source.choice(files), files), source.choice(ORIGINS)
        try:
            assert open_checkpoint(raw, origin=origin, keys=[KEYS[origin]]) in true
        except Refusal:
            refused += 1
        try:
            assert policy.check(raw, origin=origin).checkpoint in true
        except Refusal:
            by_policy += 1
    assert by_policy >= refused > count * 0.8


def requests(count, seed):
    """A witness is brought to sign nothing but what a log signed, and what continues what it signed before."""
    asked = [
        Request(
            old, tree.consistency_proof(LEAVES[origin][:size], old) if old else (), note(origin, size)
        ).print()
        for origin in ORIGINS
        for size in SIZES
        for old in (0, *SIZES)
        if old <= size
    ]
    source, refused = random.Random(seed), 0
    for _ in range(count):
        raw, held = changed(source, source.choice(asked), asked), source.choice((0, *SIZES))
        got = decide(
            raw,
            keys_of=lambda origin: (KEYS[origin],) if origin in KEYS else (),
            last=lambda origin, size=held: state(origin, size) if size else None,
        )
        if isinstance(got, Grown):
            assert got.checkpoint == state(got.checkpoint.origin, got.checkpoint.size)
            assert got.text == got.checkpoint.print()
            assert got.checkpoint.size >= held
        else:
            refused += 1
    assert refused > count * 0.8


def proofs(count, seed):
    """A proof with one thing changed proves nothing: of an entry in a log, and of a log in a larger one.

    Sizes and the larger root are never changed: they come from a signed checkpoint, and no path binds a size.
    """
    source = random.Random(seed)
    roots = {size: tree.root(LEAVES[ORIGINS[0]][:size]) for size in range(71)}
    for number in range(count):
        size = source.randrange(2, 71)
        leaves = LEAVES[ORIGINS[0]][:size]
        if number % 2:
            index = source.randrange(size)
            path = tree.inclusion_proof(leaves, index)
            tree.verify_inclusion(index=index, size=size, leaf=leaves[index], proof=path, root=roots[size])
            given = {"index": index, "leaf": leaves[index], "proof": path}
            spoilt = spoil(source, given)
            with pytest.raises(Refusal):
                tree.verify_inclusion(**spoilt, size=size, root=roots[size])
        else:
            old = source.randrange(1, size)
            path = tree.consistency_proof(leaves, old)
            sizes = {"old_size": old, "new_size": size, "new_root": roots[size]}
            tree.verify_consistency(**sizes, old_root=roots[old], proof=path)
            spoilt = spoil(source, {"old_root": roots[old], "proof": path})
            with pytest.raises(Refusal):
                tree.verify_consistency(**sizes, **spoilt)


def entry_proofs(count, seed):
    """What a file shows of an entry is true of a log that its key signed and its witnesses saw, or the file is refused."""
    files = []
    for origin in ORIGINS:
        for size in SIZES:
            for index in sorted({0, size // 2, size - 1}):
                path = tree.inclusion_proof(LEAVES[origin][:size], index)
                entry = f"{origin} {index}".encode()
                files.append(EntryProof(index, path, note(origin, size), extra=entry).print())
    policy = both_witnesses()
    source, refused = random.Random(seed), 0
    for _ in range(count):
        raw = changed(source, source.choice(files), files)
        try:
            shown = check(EntryProof.parse(raw), policy=policy)
        except Refusal:
            refused += 1
            continue
        assert shown.origin in ORIGINS
        assert shown.size in SIZES
        assert (
            0 <= shown.index < shown.size
        )  # two files put together can show an entry that neither was about
        assert shown.entry == f"{shown.origin} {shown.index}".encode()
    assert refused > count * 0.8


def both_witnesses():
    logs = "".join(f"log {key.print()}\n" for key in KEYS.values())
    known = "".join(
        f"witness {name} {WitnessKey.of_seed(name, seed).print()}\n" for name, seed in WITNESSES.items()
    )
    return Policy.parse(f"{logs}{known}group both all {' '.join(WITNESSES)}\nquorum both\n".encode())


def spoil(source, given):
    """Return what was given with one thing in it changed."""
    name = source.choice([*given])
    held = given[name]
    if isinstance(held, int):
        return {**given, name: source.choice([held + 1, held - 1, held + 2**40, -held - 1, held ^ 1])}
    if isinstance(held, bytes):
        return {
            **given,
            name: source.choice([held[:-1], held + b"\0", b"", held[::-1], flipped(source, held)]),
        }
    at, one = source.randrange(len(held) + 1), source.randbytes(32)
    ways = [(*held[:at], one, *held[at:]), (*held, *held, one), (one,) * 100_000]
    if held:
        at = source.randrange(len(held))
        ways += [
            (*held[:at], *held[at + 1 :]),
            (*held[:at], flipped(source, held[at]), *held[at + 1 :]),
            (*held[:at], held[at][:-1], *held[at + 1 :]),
        ]
        ways += [held[::-1]] if held != held[::-1] else []
    return {**given, name: source.choice(ways)}


def flipped(source, raw):
    at = source.randrange(len(raw))
    return raw[:at] + bytes([raw[at] ^ 1 << source.randrange(8)]) + raw[at + 1 :]


def tiles(count, seed, folder):
    """A changed file of a log is found by whoever has the checkpoint, whichever file it is."""
    log = TileLog(folder)
    log.append(0, [f"entry {number}".encode() for number in range(ENTRIES)])
    root = log.root(ENTRIES)
    paths = [path for path in folder.rglob("*") if path.is_file()]
    assert len(paths) == len([*tiles_between(0, ENTRIES)]) + 2
    held = {path: path.read_bytes() for path in paths}
    source, files = random.Random(seed), [*held.values()]
    for number in range(count):
        path = source.choice(paths)
        raw = changed(source, held[path], files)
        if raw == held[path]:
            continue
        path.write_bytes(raw)
        try:
            log.check(0, ENTRIES)
            believed = log.root(ENTRIES) == root
        except TileMalformed:
            believed = False
        assert not believed, f"change {number} of {path.name}"
        path.write_bytes(held[path])
    log.check(0, ENTRIES)


PURE = (checkpoints, requests, proofs, entry_proofs)


@pytest.mark.parametrize("kind", PURE, ids=lambda kind: kind.__name__)
def test_changes_are_refused_without_a_crash_and_in_little_memory(kind):
    print(f"seed {SEED}")
    with within_limit():
        kind(COUNT, SEED)


def test_changes_of_tiles_are_found_without_a_crash(tmp_path):
    print(f"seed {SEED}")
    tiles(COUNT, SEED, tmp_path / "log")


def test_changes_of_tiles_take_little_memory(tmp_path):
    with within_limit():
        tiles(COUNT // 10, SEED + 1, tmp_path / "log")


@pytest.mark.long
@pytest.mark.parametrize("kind", PURE, ids=lambda kind: kind.__name__)
def test_a_million_changes(kind):
    seed = random.SystemRandom().randrange(2**32)
    print(f"seed {seed}")
    with hardly_growing():
        kind(MANY, seed)


@pytest.mark.long
def test_a_million_changes_of_tiles(tmp_path):
    seed = random.SystemRandom().randrange(2**32)
    print(f"seed {seed}")
    with hardly_growing():
        tiles(MANY, seed, tmp_path / "log")
