# SPDX-License-Identifier: Apache-2.0
"""The signer never says two different things, whatever was restored, lost or changed. D27."""

import shutil
import threading

import pytest

from beholden.home import Home, files
from beholden.ledger import tiles, tree
from beholden.ledger.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from beholden.ledger.note import NoteNotSigned
from beholden.ledger.signer import Fork, Signer, keeper_origin, log_of, name_keeper
from beholden.ledger.tiles import TileLog, TileMalformed
from beholden.refusals import Refusal

ORIGIN = "beholden.example/demo/handovers"


@pytest.fixture
def signer(tmp_path):
    return Signer(ORIGIN, bytes(range(32)), tmp_path / "signer" / "handovers", TileLog(tmp_path / "ledger"))


def some(start, stop):
    return tuple(f"entry {n}".encode() for n in range(start, stop))


def grow(signer, *entries):
    with signer.turn() as turn:
        return turn.append(entries)


def published(signer):
    return open_checkpoint(signer.log.published(), origin=ORIGIN, keys=(signer.key,))


def snapshot(path, to):
    if path.is_dir():
        shutil.rmtree(to, ignore_errors=True)
        shutil.copytree(path, to)
    else:
        shutil.copy2(path, to)


def test_what_grows_is_signed_and_published(signer):
    grow(signer, *some(0, 3))
    last = grow(signer, *some(3, 5))

    assert last == published(signer) == signer.committed()
    assert last == Checkpoint(ORIGIN, 5, tree.root(tree.leaf_hash(one) for one in some(0, 5)))


def test_an_empty_log_is_published_once(signer):
    with signer.turn() as turn:
        turn.open_log()
    first = signer.log.published()
    with signer.turn() as turn:
        turn.open_log()

    assert published(signer) == Checkpoint(ORIGIN, 0, tree.EMPTY_ROOT)
    assert signer.log.published() == first


def test_the_key_is_published_before_anything_is_signed(signer, monkeypatch):
    """Whoever sees a signature can find the key that people compare; reading it needs no secret."""
    there = []
    publish = TileLog.publish

    def publishing(log, raw, **given):
        there.append(log.published_key())
        publish(log, raw, **given)

    monkeypatch.setattr(TileLog, "publish", publishing)
    assert signer.log.published_key() is None
    grow(signer, b"one")
    grow(signer, b"two")

    assert there == [f"{signer.key.print()}\n".encode()] * 2
    assert (signer.log.folder / "vkey").stat().st_mode & 0o777 == 0o644


def test_a_log_whose_key_file_is_lost_gets_it_back(signer):
    grow(signer, b"one")
    before = signer.log.published()
    (signer.log.folder / "vkey").unlink()
    with signer.turn() as turn:
        turn.open_log()

    assert signer.log.published_key() == signer.key_file
    assert signer.log.published() == before


@pytest.mark.parametrize("other", [b"", b"x", b"no newline"])
def test_a_log_does_not_change_its_key(signer, other):
    """Neither where the file says another key nor where the signer has another: people have pinned the first."""
    grow(signer, b"one")
    new = Signer(signer.origin, bytes(32), signer.memory, signer.log)
    before = signer.log.published(), signer.log.published_key()
    with pytest.raises(Fork):
        grow(new, b"two")
    assert (signer.log.published(), signer.log.published_key()) == before
    with pytest.raises(FileExistsError):
        signer.log.publish_key(new.key_file)
    (signer.log.folder / "vkey").write_bytes(other)
    with pytest.raises(Fork, match="key"):
        grow(signer, b"two")


def test_nothing_to_say_signs_nothing(signer):
    grow(signer, b"one")
    before = signer.log.published()

    assert grow(signer).size == 1
    assert signer.log.published() == before


def test_a_restored_memory_is_older_than_what_is_published(signer, tmp_path):
    grow(signer, b"one")
    snapshot(signer.memory, tmp_path / "old")
    grow(signer, b"two")
    snapshot(tmp_path / "old", signer.memory)
    before = signer.log.published()
    with pytest.raises(Fork) as refused:
        grow(signer, b"another two")

    assert refused.value.code == "ledger.fork"
    assert "new origin" in refused.value.next_step
    assert signer.log.published() == before


def test_a_lost_memory_is_no_new_beginning(signer):
    grow(signer, b"one")
    signer.memory.unlink()
    with pytest.raises(Fork):
        grow(signer, b"another one")


def test_a_restored_log_folder_is_older_than_the_memory(signer, tmp_path):
    grow(signer, b"one")
    snapshot(signer.log.folder, tmp_path / "old")
    grow(signer, b"two")
    snapshot(tmp_path / "old", signer.log.folder)
    with pytest.raises(Fork):
        grow(signer, b"another two")


def test_a_changed_history_is_not_continued(signer):
    """Entry and every hash above it are rewritten consistently: only the memory knows better."""
    grow(signer, *some(0, 3))
    signer.log.append(0, (b"entry 0", b"changed", b"entry 2"))
    signer.log.check(0, 3)
    with pytest.raises(Fork):
        grow(signer, b"entry 3")
    assert published(signer).size == 3


def test_a_history_changed_behind_the_last_partial_tile_is_not_continued(signer):
    grow(signer, *some(0, 300))
    signer.log.append(0, (b"changed", *some(1, 300)))
    with pytest.raises(Fork):
        grow(signer, b"entry 300")


def test_a_changed_history_is_found_without_any_append(signer):
    grow(signer, *some(0, 3))
    signer.log.append(0, (b"entry 0", b"changed", b"entry 2"))
    with pytest.raises(Fork), signer.turn():
        pass


def test_a_history_changed_during_our_turn_is_not_continued(signer):
    grow(signer, *some(0, 3))
    with signer.turn() as turn:
        signer.log.append(0, (b"entry 0", b"changed", b"entry 2"))
        with pytest.raises(Fork):
            turn.append((b"entry 3",))
    assert published(signer).size == signer.committed().size == 3


@pytest.mark.parametrize("broken", ["tile/entries/000.p/4", "tile/0/000.p/4"])
def test_what_the_disk_gives_back_otherwise_is_never_signed(signer, monkeypatch, broken):
    grow(signer, *some(0, 3))

    def write(path, data, **how):
        if str(path).endswith(broken):
            data = data[:-1] + bytes([data[-1] ^ 1])
        files.write_durably(path, data, **how)

    monkeypatch.setattr(tiles, "write_durably", write)
    with pytest.raises(TileMalformed):
        grow(signer, b"entry 3")
    assert published(signer).size == signer.committed().size == 3


def test_another_writers_entries_are_never_signed(signer, monkeypatch):
    """Somebody who does not ask for a turn has written a whole draft over ours."""
    grow(signer, *some(0, 3))
    write = TileLog.append
    monkeypatch.setattr(TileLog, "append", lambda log, size, _: write(log, size, (b"not ours",)))
    with pytest.raises(Fork):
        grow(signer, b"entry 3")
    assert published(signer).size == signer.committed().size == 3


def test_a_checkpoint_that_we_did_not_sign_stops_us(signer):
    grow(signer, b"one")
    (signer.log.folder / "checkpoint").write_bytes(sign_checkpoint(signer.committed(), seed=bytes(32)))
    with pytest.raises(NoteNotSigned):
        grow(signer, b"two")


def test_a_checkpoint_of_ours_with_another_root_stops_us(signer):
    """As if a second signer with the same key had been at work."""
    grow(signer, b"one")
    other = Checkpoint(ORIGIN, 1, tree.leaf_hash(b"another one"))
    (signer.log.folder / "checkpoint").write_bytes(sign_checkpoint(other, seed=signer.seed))
    with pytest.raises(Fork):
        grow(signer, b"two")


def test_a_checkpoint_replaced_during_our_turn_is_not_written_over(signer):
    grow(signer, b"one")
    older = sign_checkpoint(Checkpoint(ORIGIN, 0, tree.EMPTY_ROOT), seed=signer.seed)
    with signer.turn() as turn:
        (signer.log.folder / "checkpoint").write_bytes(older)
        with pytest.raises(Refusal) as refused:
            turn.append((b"two",))

    assert refused.value.code == "ledger.checkpoint_moved"
    assert signer.log.published() == older


@pytest.mark.parametrize("raw", [b"", b"\xff", b"rubbish\n", ORIGIN.encode() + b"\n1\n"])
def test_a_memory_that_cannot_be_read_is_not_forgotten(signer, raw):
    grow(signer, b"one")
    signer.memory.write_bytes(raw)
    with pytest.raises(Fork):
        grow(signer, b"two")


def test_the_memory_of_another_log_is_refused(signer):
    grow(signer, b"one")
    other = Signer("beholden.example/demo/events", signer.seed, signer.memory, signer.log)
    with pytest.raises(Fork), other.turn():
        pass


def test_what_was_committed_and_not_published_is_published_as_it_was(signer):
    """A crash between memory and publication: the same size, the same root, the same bytes."""
    grow(signer, b"one")
    grow(signer, b"two")
    signed = signer.log.published()
    (signer.log.folder / "checkpoint").unlink()
    with signer.turn() as turn:
        assert turn.last.size == 2

    assert signer.log.published() == signed


def test_a_second_writer_waits(signer):
    done = []
    with signer.turn() as turn:
        waiting = threading.Thread(target=lambda: done.append(grow(signer, b"two")), daemon=True)
        waiting.start()
        waiting.join(0.2)
        assert done == []
        turn.append((b"one",))
    waiting.join(10)

    assert [checkpoint.size for checkpoint in done] == [2]
    assert signer.log.entries(2) == (b"one", b"two")


def test_a_signer_never_shows_its_seed(signer):
    assert repr(signer.seed) not in repr(signer)
    assert "seed" not in repr(signer)


def test_the_keepers_name_is_given_once(tmp_path):
    home = Home(tmp_path)
    home.ledger.mkdir()
    assert keeper_origin(home) == "beholden.example/demo"
    name_keeper(home, "register.example/north")
    assert keeper_origin(home) == "register.example/north"
    with pytest.raises(Refusal) as refused:
        name_keeper(home, "register.example/south")
    assert refused.value.code == "ledger.origin_fixed"


def test_there_are_two_logs(tmp_path):
    with pytest.raises(ValueError, match="two logs"):
        log_of(Home(tmp_path), "../keys")
