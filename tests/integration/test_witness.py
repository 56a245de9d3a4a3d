# SPDX-License-Identifier: Apache-2.0
"""A real witness over real HTTP beside a keeper's logs: it cosigns what only grows, and nothing leaves unseen. D27, D28."""

import multiprocessing
import os
import shutil
import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from beholden.home import Home, create_folders, keys
from beholden.ledger import tree
from beholden.ledger.cosignature import WitnessKey
from beholden.ledger.note import Note, NoteNotSigned
from beholden.ledger.policy import NotWitnessed, Policy, PolicyMalformed
from beholden.ledger.request import Request, Status
from beholden.ledger.signer import LOGS, Fork, Signer
from beholden.ledger.tiles import TileLog
from beholden.ledger.witnessing import check_witnessed, gather, over_http
from beholden.refusals import Refusal
from beholden.witness.keeping import Keeping
from beholden.witness.serving import server

AT = datetime(2026, 11, 27, 9, tzinfo=UTC)


@pytest.fixture
def home(tmp_path):
    made = Home(tmp_path / "home")
    create_folders(made)
    for log in LOGS:
        keys.create(made, f"signer.{log}")
    grow(made, 3)
    return made


def grow(home, count, log="handovers", word=b"entry"):
    for name in LOGS:
        with Signer.of(home, name).turn() as turn:
            turn.open_log()
    with Signer.of(home, log).turn() as turn:
        first = turn.last.size
        turn.append(tuple(b"%s %d" % (word, number) for number in range(first, first + count)))


def founded(folder, home, name):
    keeping = Keeping.found(folder, name)
    lines = "".join(f"log {Signer.of(home, log).key.print()}\n" for log in LOGS)
    (folder / "logs").write_text(f"{lines}quorum none\n")
    return keeping


@contextmanager
def serving(keeping, port=0):
    with server(keeping, port=port, now=lambda: AT) as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://127.0.0.1:{running.server_port}"
        finally:
            running.shutdown()
            thread.join()


def policy(home, *witnesses, quorum="all"):
    """Write the home's policy: these witnesses, each with its address, and how many are enough."""
    logs = "".join(f"log {Signer.of(home, log).key.print()}\n" for log in LOGS)
    known = "".join(f"witness w{place} {key.print()} {url}\n" for place, (key, url) in enumerate(witnesses))
    names = " ".join(f"w{place}" for place in range(len(witnesses)))
    text = f"{logs}{known}group enough {quorum} {names}\nquorum enough\n"
    (home.root / "witnesses").write_text(text)
    return Policy.parse(text.encode())


def check(home, log="handovers"):
    return check_witnessed(home, log, note=TileLog(home.ledger / log).published())


def test_two_witnesses_see_a_log_grow(home, tmp_path):
    one, two = (founded(tmp_path / name, home, f"{name}.example") for name in ("press", "school"))
    with serving(one) as first, serving(two) as second:
        policy(home, (one.key, first), (two.key, second))
        with pytest.raises(NotWitnessed):
            check(home)
        for size in (3, 260, 700):
            grow(home, size - Signer.of(home, "handovers").committed().size)
            asked = gather(home)
            assert [(found.seen, found.silent) for found in asked] == [(("w0", "w1"), {})] * 2
            assert check(home).checkpoint.size == size
            assert dict(check(home).seen) == {"w0": AT, "w1": AT}
        before = TileLog(home.ledger / "handovers").published()
        gather(home)  # all have signed: nobody is asked again
        assert TileLog(home.ledger / "handovers").published() == before


def test_a_home_without_a_policy_asks_nobody(home):
    assert gather(home) == ()
    assert check(home) is None


def test_a_policy_that_cannot_be_read_stops_everything(home):
    (home.root / "witnesses").write_text("quorum everybody\n")

    for asked in (gather, check):
        with pytest.raises(PolicyMalformed):
            asked(home)


def test_a_silent_witness_is_named_and_counts_as_not_seen(home, tmp_path):
    one, two = (founded(tmp_path / name, home, f"{name}.example") for name in ("press", "school"))
    with serving(one) as first:
        policy(home, (one.key, first), (two.key, "http://127.0.0.1:9"))
        (found, _) = gather(home)
        assert (found.seen, found.silent) == (("w0",), {"w1": "It did not answer."})
        with pytest.raises(NotWitnessed, match="1 of 2"):
            check(home)
        policy(home, (one.key, first), (two.key, "http://127.0.0.1:9"), quorum="any")
        assert set(check(home).seen) == {"w0"}
        policy(home, (one.key, first), (two.key, "file:///etc/passwd"))
        assert gather(home)[0].silent == {"w1": "It did not answer."}


def test_a_witness_that_signs_with_another_key_is_not_counted(home, tmp_path):
    keeping = founded(tmp_path / "press", home, "press.example")
    with serving(keeping) as url:
        policy(home, (WitnessKey.of_seed("press.example", bytes(32)), url))
        (found, _) = gather(home)
        assert found.seen == ()
        assert "did not sign with the key" in found.silent["w0"]


def test_an_older_copy_of_the_keeper_s_files_is_a_fork(home, tmp_path):
    """Database, log and signer's memory put back together: only somebody outside can tell. Nothing is cosigned."""
    keeping = founded(tmp_path / "press", home, "press.example")
    copy = tmp_path / "copy"
    shutil.copytree(home.root, copy)
    with serving(keeping) as url:
        policy(home, (keeping.key, url))
        grow(home, 5)
        gather(home)
        old = Home(copy)
        policy(old, (keeping.key, url))
        with pytest.raises(Fork, match="seen 8 entries"):
            gather(old)
        grow(old, 5, word=b"rewritten")
        with pytest.raises(Fork, match="another log of 8"):
            gather(old)
        grow(old, 5, word=b"rewritten")
        assert "422" in gather(old)[0].silent["w0"]
        with pytest.raises(NotWitnessed):
            check(old)


def test_a_witness_of_nobody_s_log_answers_so(home, tmp_path):
    keeping = Keeping.found(tmp_path / "press", "press.example")
    note = TileLog(home.ledger / "handovers").published()
    with serving(keeping) as url:
        said = {
            "unknown": over_http(f"{url}/add-checkpoint", Request(0, (), note).print())[0],
            "elsewhere": over_http(f"{url}/other", b"x")[0],
            "no request": over_http(f"{url}/add-checkpoint", b"x")[0],
            "too long": over_http(f"{url}/add-checkpoint", b"x" * 1_000_001)[0],
        }
    assert said == {"unknown": 404, "elsewhere": 404, "no request": 400, "too long": 400}


def test_a_damaged_memory_cosigns_nothing(home, tmp_path):
    keeping = founded(tmp_path / "press", home, "press.example")
    note = TileLog(home.ledger / "handovers").published()
    raw = Request(0, (), note).print()
    with serving(keeping) as url:
        assert over_http(f"{url}/add-checkpoint", raw)[0] == Status.COSIGNED
        (memory,) = (tmp_path / "press" / "seen").iterdir()
        memory.write_bytes(b"records.example\n3\n")
        assert over_http(f"{url}/add-checkpoint", raw) == (Status.TROUBLE, b"")


def test_a_key_that_others_may_read_is_refused(tmp_path):
    Keeping.found(tmp_path / "press", "press.example")
    (tmp_path / "press" / "key").chmod(0o644)

    with pytest.raises(Refusal, match="others may read"):
        Keeping.opened(tmp_path / "press")
    with pytest.raises(Refusal, match="no folder of a witness"):
        Keeping.opened(tmp_path)


def test_a_founded_witness_keeps_its_key(tmp_path):
    first = Keeping.found(tmp_path / "press", "press.example")

    assert Keeping.found(tmp_path / "press", "other.example") == first


def test_a_witness_that_has_lost_what_it_saw_signs_nothing(home, tmp_path):
    """D27: forgetting is no beginning. Neither starting nor founding again makes the folder anew, nor does a request."""
    keeping = founded(tmp_path / "press", home, "press.example")
    raw = Request(0, (), TileLog(home.ledger / "handovers").published()).print()
    seen = tmp_path / "press" / "seen"
    with serving(keeping) as url:
        assert over_http(f"{url}/add-checkpoint", raw)[0] == Status.COSIGNED
        seen.rename(tmp_path / "aside")
        assert over_http(f"{url}/add-checkpoint", raw) == (Status.TROUBLE, b"")
        for again in (Keeping.opened, lambda folder: Keeping.found(folder, "press.example")):
            with pytest.raises(Refusal, match=r"^witness\.forgotten: .* gone"):
                again(tmp_path / "press")
        assert not seen.exists()
        (tmp_path / "aside").rename(seen)
        assert over_http(f"{url}/add-checkpoint", raw) == (Status.CONFLICT, b"3\n")
    assert Keeping.opened(tmp_path / "press") == keeping


def test_founding_that_was_cut_off_goes_on(tmp_path):
    """Cut off before there was a key, nothing can have been signed: founding begins where it was."""
    Keeping.found(tmp_path / "press", "press.example")
    (tmp_path / "press" / "key").unlink()
    (tmp_path / "press" / "seen").rmdir()
    assert Keeping.found(tmp_path / "press", "press.example").name == "press.example"


def test_requests_that_race_never_roll_the_memory_back(home, tmp_path):
    """Thirty requests at once, for three sizes: the memory only grows, and no size is answered before it is written."""
    keeping = founded(tmp_path / "press", home, "press.example")
    log = TileLog(home.ledger / "handovers")
    notes = {3: log.published()}
    for size in (5, 9):
        grow(home, size - max(notes))
        notes[size] = log.published()
    raws = [
        Request(old, log.consistency_proof(old, size) if old else (), note).print()
        for size, note in notes.items()
        for old in (0, *[one for one in notes if one <= size])
    ] * 4
    answers = []
    threads = [
        threading.Thread(target=lambda raw=raw: answers.append(keeping.add_checkpoint(raw, at=AT).status))
        for raw in raws
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for raw in raws:
        keeping.add_checkpoint(raw, at=AT)
    held = keeping.last(Signer.of(home, "handovers").origin)

    assert {*answers} <= {Status.COSIGNED, Status.CONFLICT}
    assert held.size in notes
    assert held.root == tree.root([tree.leaf_hash(one) for one in log.entries(9)[: held.size]])


def test_two_processes_that_cosign_two_views_at_once_cosign_one(home, tmp_path):
    """D27: a split view, shown to two processes of one witness: while one has decided and not yet written, the other waits.

    Both views are signed with the log's own key and are of one size; whoever decides alone decides for both.
    """
    fork = multiprocessing.get_context("fork")
    keeping = founded(tmp_path / "press", home, "press.example")
    shutil.copytree(home.root, tmp_path / "other")
    views = (home, Home(tmp_path / "other"))
    for view, word in zip(views, (b"shown to you", b"shown to me"), strict=True):
        grow(view, 2, word=word)
    raws = [Request(0, (), TileLog(view.ledger / "handovers").published()).print() for view in views]
    decided, may_write, said = fork.Event(), fork.Event(), fork.Queue()

    def ask(place):
        said.put((place, keeping.add_checkpoint(raws[place], at=AT).status))

    def ask_and_stop_before_writing():
        from beholden.witness import keeping as module

        real = module.write_durably

        def write(*words):
            decided.set()
            assert may_write.wait(30)
            real(*words)

        module.write_durably = write
        ask(0)

    first, second = fork.Process(target=ask_and_stop_before_writing), fork.Process(target=ask, args=(1,))
    first.start()
    assert decided.wait(30)
    second.start()
    second.join(timeout=0.5)
    assert second.is_alive(), "the second did not wait for the first"
    assert said.empty()
    may_write.set()
    answers = dict(said.get(timeout=30) for _ in range(2))
    for process in (first, second):
        process.join()
        assert process.exitcode == 0
    assert answers == {0: Status.COSIGNED, 1: Status.CONFLICT}
    held = keeping.last(Signer.of(home, "handovers").origin)
    assert held.root == Signer.of(home, "handovers").committed().root


def test_killed_at_each_step_a_witness_has_said_no_more_than_it_remembers(home, tmp_path):
    """Each durable step of one cosignature: the child dies just before it, and the next request goes through."""
    log = TileLog(home.ledger / "handovers")
    raw = Request(0, (), log.published()).print()
    step, finished = 0, False
    while not finished:
        step += 1
        folder = tmp_path / f"press-{step}"
        keeping = founded(folder, home, "press.example")
        finished = _die_before(step, lambda keeping=keeping: keeping.add_checkpoint(raw, at=AT))
        held = keeping.last(Signer.of(home, "handovers").origin)
        old = 0 if held is None else held.size
        again = keeping.add_checkpoint(
            Request(old, (), log.published()).print(), at=AT + timedelta(seconds=1)
        )
        assert again.status is Status.COSIGNED
    assert step > 4


def _die_before(step, work):
    """Run work in a child that ends before its n-th durable call; say whether it got to its end."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    left = [step]

    def counted(real):
        def call(*args, **kwargs):
            left[0] -= 1
            if not left[0]:
                os._exit(9)
            return real(*args, **kwargs)

        return call

    for name in ("fsync", "replace", "rename", "fchmod"):
        setattr(os, name, counted(getattr(os, name)))
    try:
        work()
    except BaseException:  # noqa: BLE001  the child never returns into the test
        os._exit(1)
    os._exit(0)


def test_a_false_cosignature_never_gets_under_a_checkpoint(home, tmp_path):
    keeping = founded(tmp_path / "press", home, "press.example")
    policy(home, (keeping.key, "http://witness"))
    note = Note.parse(TileLog(home.ledger / "handovers").published())
    other = keeping.add_checkpoint(Request(0, (), TileLog(home.ledger / "events").published()).print(), at=AT)

    asked = gather(home, post=lambda *_: (200, other.body))

    assert asked[0].seen == ()
    assert Note.parse(TileLog(home.ledger / "handovers").published()) == note
    with pytest.raises(NoteNotSigned):
        keeping.key.check(
            note.text, Note.parse(note.text.encode() + b"\n" + other.body).signatures[0].signature
        )


def test_nothing_is_released_that_the_witnesses_have_not_seen(keeper_home, tmp_path):
    """D27: with a policy in the home, the gate waits for the quorum, and lets go once it is there."""
    from beholden.gate.actions import releasing
    from beholden.rights import desk
    from integration.world import CATALOGUE, REGISTRAR, World

    world = World(tmp_path / "town")
    world.returns()
    world.published()
    world.told()
    decision = world.decided()
    keeping = founded(tmp_path / "press", keeper_home, "press.example")
    policy(keeper_home, (keeping.key, "http://127.0.0.1:9"))
    with pytest.raises(NotWitnessed):
        releasing.release_use(world.use, decision, catalogue=CATALOGUE, by=REGISTRAR, at=world.at)
    assert not list(keeper_home.released.iterdir())
    with serving(keeping) as url:
        known = policy(keeper_home, (keeping.key, url))
        handover = releasing.release_use(world.use, decision, catalogue=CATALOGUE, by=REGISTRAR, at=world.at)
    assert len(list(keeper_home.released.iterdir())) == 1
    assert world.parcel(keeper_home, handover).rows.num_rows > 0
    _read_by_a_family(world, desk, known)


def test_what_is_compelled_waits_for_the_witnesses_too(keeper_home, tmp_path):
    """D22, D27: a seal hides who and what, and never whether the log that holds it is the one that others saw."""
    from beholden.gate.actions import carrying
    from integration import sealing
    from integration.world import CATALOGUE, REGISTRAR

    world = sealing.ready(tmp_path / "town", 30)
    name = sealing.prepared(world)
    sealing.signed(world, name)
    keeping = founded(tmp_path / "press", keeper_home, "press.example")
    policy(keeper_home, (keeping.key, "http://127.0.0.1:9"))
    common = {"catalogue": CATALOGUE, "by": REGISTRAR, "at": world.at}
    with pytest.raises(NotWitnessed):
        carrying.carry_out(name, **common)
    assert not list(keeper_home.released.iterdir())
    with serving(keeping) as url:
        policy(keeper_home, (keeping.key, url))
        carrying.carry_out(name, **common)
    assert len(list(keeper_home.released.iterdir())) == 1


def _read_by_a_family(world, desk, known):
    """The same policy in a family's hands: its file says who has seen the log; with another witness it proves nothing."""
    from beholden.ledger.verify import NotProven, verify
    from integration.world import CATALOGUE, REGISTRAR

    letter = world.letters()[0]
    raw = desk.prove(
        code=letter[1],
        born_on=letter[2],
        child=1,
        identity_seen=True,
        catalogue=CATALOGUE,
        by=REGISTRAR,
        at=world.at,
    )
    account = verify(raw, policy=known)
    assert account.seen_by == ("w0",)
    assert any("1 witness that you trust (w0)" in line for line in account.sentences())
    assert verify(raw).seen_by is None
    (log, *_) = known.logs
    stranger = WitnessKey.of_seed("stranger.example", bytes(32)).print()
    for text in (
        f"log {log[0].print()}\nwitness s {stranger}\nquorum s\n",
        "quorum none\n",
    ):
        with pytest.raises(NotProven):
            verify(raw, policy=Policy.parse(text.encode()))
