# SPDX-License-Identifier: Apache-2.0
"""fsck looks at the home's file of witnesses: readable, closed, of these logs, and one that can be kept. D27."""

import pytest

from beholden.fsck.witnesses import check_witnesses
from beholden.home import Home, create_folders, keys
from beholden.ledger.cosignature import WitnessKey, cosign
from beholden.ledger.note import Key, Note
from beholden.ledger.signer import LOGS, Signer
from beholden.ledger.tiles import TileLog
from unit.ledger.test_policy import AT

SEED = bytes([1]) * 32
PRESS = f"witness press {WitnessKey.of_seed('press.example', SEED).print()}"


@pytest.fixture
def home(tmp_path):
    made = Home(tmp_path / "home")
    create_folders(made)
    for log in LOGS:
        keys.create(made, f"signer.{log}")
        with Signer.of(made, log).turn() as turn:
            turn.open_log()
    return made


def logs(home):
    return "".join(f"log {Signer.of(home, log).key.print()}\n" for log in LOGS)


def given(home, text, *, mode=0o600):
    home.witnesses.write_bytes(text if isinstance(text, bytes) else text.encode())
    home.witnesses.chmod(mode)
    return {(one.code, one.where, one.weight.value) for one in check_witnesses(home)}


def cosigned(home):
    for log in LOGS:
        note = Note.parse(TileLog(home.ledger / log).published())
        with Signer.of(home, log).turn() as turn:
            assert turn.put_under(note.print(), (cosign(note.text, name="press.example", seed=SEED, at=AT),))


def test_a_home_without_the_file_asks_nobody(home):
    assert list(check_witnesses(home)) == []


def test_a_policy_that_is_kept_is_no_finding_and_one_that_waits_is_a_note(home):
    text = f"{logs(home)}{PRESS} https://press.example\nquorum press\n"
    waiting = {("fsck.not_witnessed", f"ledger/{log}/checkpoint", "note") for log in LOGS}
    assert given(home, text) == waiting
    cosigned(home)
    assert given(home, text) == set()


@pytest.mark.parametrize(
    "lines",
    ["", "quorum everybody\n", "\xff\x00", "quorum none", f"{PRESS} https://press.example\nquorum press\n"],
    ids=["empty", "no quorum", "no text", "cut off", "of no log"],
)
def test_a_policy_that_stops_every_release_is_a_finding(home, lines):
    assert ("fsck.witnesses", "witnesses", "finding") in given(home, lines)


def test_a_policy_of_other_logs_is_a_finding_for_each(home):
    other = "".join(
        f"log {Key.of_seed(f'beholden.example/demo/{log}', bytes([place]) * 32).print()}\n"
        for place, log in enumerate(LOGS)
    )
    home.witnesses.write_text(f"{other}quorum none\n")
    sentences = [one.sentence for one in check_witnesses(home)]
    assert len(sentences) == 2
    assert all("does not name the key" in one for one in sentences)


def test_a_quorum_of_witnesses_that_nobody_can_ask_is_a_finding(home):
    cosigned(home)
    assert given(home, f"{logs(home)}{PRESS}\nquorum press\n") == {("fsck.witnesses", "witnesses", "finding")}


def test_a_file_that_others_can_write_and_a_link_are_findings(home, tmp_path):
    text = f"{logs(home)}quorum none\n"
    assert given(home, text, mode=0o622) == {("fsck.file_open", "witnesses", "finding")}
    home.witnesses.rename(tmp_path / "elsewhere")
    home.witnesses.symlink_to(tmp_path / "elsewhere")
    assert {one.code for one in check_witnesses(home)} == {"fsck.no_file"}
