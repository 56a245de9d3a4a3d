# SPDX-License-Identifier: Apache-2.0
"""`beholden log prove` and `log check-proof`, from published files alone. D26, D27."""

import json
from datetime import UTC, datetime

import pytest
from typer.testing import CliRunner

from beholden.cli.commands import app
from beholden.ledger.checkpoint import Checkpoint, sign_checkpoint
from beholden.ledger.cosignature import WitnessKey, cosign
from beholden.ledger.entry_proof import EntryProof
from beholden.ledger.note import Key, Note
from beholden.ledger.tiles import TileLog
from beholden.refusals import Refusal

ORIGIN, WITNESS = "records.example/events", "witness.example/w1"
SEED, WITNESS_SEED = bytes(range(32)), bytes(range(1, 33))
KEY = Key.of_seed(ORIGIN, SEED).print()
AT = datetime(2026, 11, 2, 9, tzinfo=UTC)
ENTRIES = [f'{{"number":{number},"who":"é\x1b[2J"}}'.encode() for number in range(300)]


@pytest.fixture
def copy(tmp_path):
    """A copy of what is published, of 300 entries, cosigned by one witness."""
    log = TileLog(tmp_path / "copy" / "events")
    log.append(0, ENTRIES)
    log.publish_key(f"{KEY}\n".encode())
    signed = sign_checkpoint(Checkpoint(ORIGIN, 300, log.root(300)), seed=SEED)
    line = cosign(Note.parse(signed).text, name=WITNESS, seed=WITNESS_SEED, at=AT)
    log.publish(signed + line.print().encode(), instead_of=None)
    return tmp_path / "copy"


def run(*words):
    found = CliRunner().invoke(app, ["log", *map(str, words)])
    if isinstance(found.exception, Refusal):
        raise found.exception
    assert found.exit_code == 0, found.output
    return found.output


def proved(copy, index=257):
    file = copy.parent / "one.tlog-proof"
    assert run("prove", "events", index, "--copy", copy, "--out", file).endswith(f"size of 300: {file}\n")
    return file


def policy(copy, *, seed=WITNESS_SEED):
    path = copy.parent / "policy"
    witness = WitnessKey.of_seed(WITNESS, seed).print()
    path.write_text(f"log {KEY}\nwitness press {witness}\nquorum press\n", "utf-8")
    return path


def refused(code):
    return pytest.raises(Refusal, match=rf"^{code}:")


def test_one_file_proves_one_entry_offline(copy):
    file = proved(copy)
    assert EntryProof.parse(file.read_bytes()).extra == ENTRIES[257]
    said = run("check-proof", file, "--key", KEY)
    assert f"Entry 257 of the log {ORIGIN}" in said
    assert "No witness was asked for." in said
    assert "It does not show that what the entry says is true" in said


def test_it_says_which_witnesses_have_seen_it(copy):
    said = run("check-proof", proved(copy), "--policy", policy(copy))
    assert "Seen and cosigned by press (2026-11-02T09:00:00Z)." in said
    with refused("ledger.not_witnessed"):
        run("check-proof", proved(copy), "--policy", policy(copy, seed=bytes(32)))


def test_programs_read_it_as_json(copy):
    said = json.loads(run("check-proof", proved(copy), "--key", KEY, "--policy", policy(copy), "--json"))
    assert said == {
        "proven": True,
        "entry": ENTRIES[257].decode(),
        "index": 257,
        "log": ORIGIN,
        "seen": {"press": "2026-11-02T09:00:00Z"},
        "size": 300,
    }


def test_an_entry_cannot_write_on_the_reader_s_screen(copy):
    said = run("check-proof", proved(copy), "--key", KEY)
    assert said.endswith('{"number":257,"who":"é\\u001b[2J"}\n')


def test_the_entry_may_lie_beside_a_file_that_does_not_carry_it(copy):
    file, beside = proved(copy), copy.parent / "entry.json"
    found = EntryProof.parse(file.read_bytes())
    file.write_bytes(EntryProof(found.index, found.path, found.checkpoint).print())
    with refused("ledger.entry_proof_alone"):
        run("check-proof", file, "--key", KEY)
    beside.write_bytes(ENTRIES[257])
    assert "holds together" in run("check-proof", file, "--key", KEY, "--entry", beside)
    beside.write_bytes(ENTRIES[256])
    with refused("ledger.proof_refused"):
        run("check-proof", file, "--key", KEY, "--entry", beside)


def test_without_a_key_nothing_is_shown(copy):
    with refused("ledger.entry_proof_unpinned"):
        run("check-proof", proved(copy))


def test_what_is_not_there_is_not_proved_and_what_does_not_hold_is_not_written(copy):
    out = copy.parent / "two.tlog-proof"
    for index in (300, 10**12):
        with refused("ledger.proof_refused"):
            run("prove", "events", index, "--copy", copy, "--out", out)
    with refused("cli.no_log"):
        run("prove", "handovers", 0, "--copy", copy, "--out", out)
    with refused("cli.no_file"):
        run("check-proof", out, "--key", KEY)
    tile = copy / "events/tile/0/001.p/44"
    tile.write_bytes(tile.read_bytes()[::-1])
    with refused("ledger.proof_refused"):
        run("prove", "events", 3, "--copy", copy, "--out", out)
    assert not out.exists()
