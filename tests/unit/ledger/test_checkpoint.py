# SPDX-License-Identifier: Apache-2.0
"""What a checkpoint may not be, c2sp.org/tlog-checkpoint. D27."""

import base64

import pytest

from beholden.ledger.checkpoint import (
    MAX_SIZE,
    Checkpoint,
    CheckpointMalformed,
    open_checkpoint,
    sign_checkpoint,
)
from beholden.ledger.note import Key, NoteNotSigned
from beholden.ledger.tree import EMPTY_ROOT

SEED = bytes(range(32))
LOG = "beholden.example/demo/handovers"
ROOT = base64.b64encode(EMPTY_ROOT).decode()


def test_it_opens_with_the_key_of_its_log():
    made = Checkpoint(LOG, 7, EMPTY_ROOT)
    assert (
        open_checkpoint(sign_checkpoint(made, seed=SEED), origin=LOG, keys=[Key.of_seed(LOG, SEED)]) == made
    )


def test_a_checkpoint_of_another_log_is_refused_whoever_signed_it():
    other = Checkpoint("beholden.example/demo/events", 7, EMPTY_ROOT)
    key = Key.of_seed(other.origin, SEED)
    with pytest.raises(NoteNotSigned):
        open_checkpoint(sign_checkpoint(other, seed=SEED), origin=LOG, keys=[key])


@pytest.mark.parametrize(
    "size", ["", "07", "00", "+7", "-1", " 7", "7 ", "1_0", "7.0", "٧", "0x7", str(MAX_SIZE + 1)]
)
def test_a_size_has_one_spelling(size):
    with pytest.raises(CheckpointMalformed):
        Checkpoint.parse(f"{LOG}\n{size}\n{ROOT}\n")


@pytest.mark.parametrize(
    "root",
    ["", ROOT[:-1], ROOT.rstrip("="), "AA!!AA", ROOT[:-4], base64.b64encode(bytes(33)).decode(), ROOT + " "],
)
def test_a_root_is_32_bytes_in_one_spelling(root):
    with pytest.raises(CheckpointMalformed):
        Checkpoint.parse(f"{LOG}\n7\n{root}\n")


@pytest.mark.parametrize(
    "text",
    [
        "",
        f"{LOG}\n7\n{ROOT}",
        f"{LOG}\n7\n{ROOT}\n\n",
        f"{LOG}\n7\n{ROOT}\nextension\n",
        f"\n7\n{ROOT}\n",
        f"{LOG}\n\n7\n{ROOT}\n",
        f"{LOG}\r\n7\r\n{ROOT}\r\n",
        f"a\tb\n7\n{ROOT}\n",
    ],
)
def test_a_checkpoint_has_three_lines(text):
    with pytest.raises(CheckpointMalformed):
        Checkpoint.parse(text)


@pytest.mark.parametrize("size", [0, 1, 10, MAX_SIZE])
def test_sizes_that_are_read(size):
    assert Checkpoint.parse(f"{LOG}\n{size}\n{ROOT}\n").size == size
