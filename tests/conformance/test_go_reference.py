# SPDX-License-Identifier: Apache-2.0
"""Our logs against Go's own note and tlog packages, from which C2SP's texts were written; theirs against us. D27, D28.

They open our checkpoints and read our tiles and proofs, and we theirs: `reference_log/main.go`, compiled against Debian's
golang-golang-x-mod-dev and nothing else.
"""

import base64
import json
import os
import random
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from beholden.ledger import tree
from beholden.ledger.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from beholden.ledger.cosignature import cosign
from beholden.ledger.note import Key, Note, open_note
from beholden.ledger.tiles import TileLog
from beholden.refusals import Refusal
from homes import lack

PROGRAM = Path(__file__).parent / "reference_log"
SOURCES = Path("/usr/share/gocode")
ORIGIN = "records.example/handovers"
SEED = bytes(range(32))
VKEY = Key.of_seed(ORIGIN, SEED).print()
SIZES = [1, 2, 3, 7, 8, 255, 256, 257, 300, 513]


@pytest.fixture(scope="module")
def reference(require, tmp_path_factory):
    """Return a function that runs the reference with these words, and gives what it says."""
    go = require("go")
    if not (SOURCES / "src/golang.org/x/mod/sumdb/tlog").is_dir():
        lack("this machine has no golang-golang-x-mod-dev")
    folder = tmp_path_factory.mktemp("go")
    program = folder / "reference"
    offline = {
        "GO111MODULE": "off",
        "GOPATH": str(SOURCES),
        "GOFLAGS": "",
        "GOPROXY": "off",
        "CGO_ENABLED": "0",
    }
    env = os.environ | offline | {"GOCACHE": str(folder / "cache")}
    subprocess.run([go, "build", "-o", program, PROGRAM / "main.go"], env=env, cwd=folder, check=True)

    def run(*words, said=b""):
        return subprocess.run([program, *words], input=said, capture_output=True, check=False)

    return run


def ours(folder, size):
    """Write a log of ours, grown in steps, with a witness's line under its checkpoint, and every proof beside it."""
    log, at = TileLog(folder), 0
    for step in (size // 3, size // 2, size):
        log.append(at, [f"entry {number} of ours".encode() for number in range(at, step)])
        log.tidy(at, step)
        at = step
    signed = Note.parse(sign_checkpoint(Checkpoint(ORIGIN, size, log.root(size)), seed=SEED))
    line = cosign(
        signed.text, name="witness.example/w1", seed=SEED[::-1], at=datetime(2026, 11, 2, tzinfo=UTC)
    )
    (folder / "checkpoint").write_bytes(Note(signed.text, (*signed.signatures, line)).print())
    proofs = {
        "Records": [in_text(log.inclusion_proof(index, size)) for index in range(size)],
        "Trees": [in_text(log.consistency_proof(old, size)) for old in range(1, size + 1)],
    }
    (folder / "proofs.json").write_text(json.dumps(proofs), "utf-8")
    return log


def in_text(hashes):
    return [base64.b64encode(one).decode() for one in hashes]


def in_bytes(hashes):
    return tuple(base64.b64decode(one) for one in hashes or ())


@pytest.mark.parametrize("size", SIZES)
def test_they_read_our_log(reference, tmp_path, size):
    """Checkpoint, tiles, entries, a proof for each entry and for each smaller size: theirs too, hash by hash."""
    ours(tmp_path, size)
    run = reference("check", tmp_path, VKEY)
    assert (run.returncode, run.stdout.decode().strip()) == (0, str(size)), run.stderr.decode()


@pytest.mark.parametrize("name", ["tile/0/000", "tile/0/001.p/44", "tile/1/000.p/1", "tile/entries/001.p/44"])
def test_they_see_what_was_changed_in_ours(reference, tmp_path, name):
    ours(tmp_path, 300)
    path = tmp_path / name
    changed = bytearray(path.read_bytes())
    changed[-1] ^= 1
    path.write_bytes(changed)
    assert reference("check", tmp_path, VKEY).returncode == 1


def test_they_open_nothing_of_ours_under_another_key(reference, tmp_path):
    ours(tmp_path, 3)
    assert reference("check", tmp_path, Key.of_seed(ORIGIN, SEED[::-1]).print()).returncode == 1


@pytest.mark.parametrize("size", SIZES)
def test_we_read_their_log(reference, tmp_path, size):
    """The same the other way round, with the code by which every proof of ours is checked."""
    run = reference("write", tmp_path, "reference.example/log", str(size))
    key, log = Key.parse(run.stdout.decode().strip()), TileLog(tmp_path)
    found = open_checkpoint(log.published(), origin="reference.example/log", keys=[key])
    assert found.size == size
    assert log.root(size) == found.root
    log.check(0, size)
    proofs, entries = json.loads((tmp_path / "proofs.json").read_bytes()), log.entries(size)
    leaves = [tree.leaf_hash(entry) for entry in entries]
    assert len(proofs["Records"]) == len(proofs["Trees"]) == len(entries) == size
    for index, leaf in enumerate(leaves):
        proof, grown = in_bytes(proofs["Records"][index]), in_bytes(proofs["Trees"][index])
        tree.verify_inclusion(index=index, size=size, leaf=leaf, proof=proof, root=found.root)
        assert proof == log.inclusion_proof(index, size)
        sizes = {"old_size": index + 1, "new_size": size}
        before = tree.root(leaves[: index + 1])
        tree.verify_consistency(**sizes, old_root=before, new_root=found.root, proof=grown)
        assert grown == log.consistency_proof(index + 1, size)


def test_whatever_note_we_open_they_open(reference):
    """Changed at random: we may be stricter than the reference, and are never laxer."""
    dice = random.Random(20261128)
    whole = sign_checkpoint(Checkpoint(ORIGIN, 7, bytes(32)), seed=SEED)
    notes = [whole, *(changed(dice, whole) for _ in range(2_000))]
    said = json.dumps([base64.b64encode(one).decode() for one in notes]).encode()
    theirs = json.loads(reference("open", VKEY, said=said).stdout)
    mine = [opens(one) for one in notes]
    assert len(theirs) == len(notes)
    assert theirs[0]
    assert mine[0]
    assert not [one for one, us, them in zip(notes, mine, theirs, strict=True) if us and not them]
    print(f"{sum(theirs)} open there, {sum(mine)} here")


def opens(raw):
    try:
        open_note(raw, keys=[Key.parse(VKEY)])
    except Refusal:
        return False
    return True


def changed(dice, raw):
    """Return a note with a byte changed, a piece cut out or doubled, or a line or two more."""
    at, more = dice.randrange(len(raw)), dice.randrange(1, 20)
    last = raw[raw.rfind(b"\n\n") + 2 :]
    stranger = Note.parse(sign_checkpoint(Checkpoint("other.example", 7, bytes(32)), seed=SEED[::-1]))
    return dice.choice(
        [
            raw[:at] + bytes([raw[at] ^ 1 << dice.randrange(8)]) + raw[at + 1 :],
            raw[:at] + raw[at + more :],
            raw[: at + more] + raw[at:],
            raw + last,
            raw + stranger.signatures[0].print().encode(),
            raw + b"\n",
            raw.replace(b"\n\n", b"\n\n\n"),
        ]
    )
