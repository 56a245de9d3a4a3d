# SPDX-License-Identifier: Apache-2.0
"""Witnesses that misbehave, and logs that grow while they are asked about: nobody stops the others. D27, D28."""

import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager

import pytest

from beholden.home import Home, create_folders, keys
from beholden.ledger import post
from beholden.ledger.note import Note
from beholden.ledger.policy import NotWitnessed
from beholden.ledger.signer import LOGS, Fork
from beholden.ledger.tiles import TileLog
from beholden.ledger.witnessing import gather
from integration.test_witness import AT, check, founded, grow, policy, serving

SILENT = 1.5  # an honest witness answers within this on a busy machine, too


@pytest.fixture
def home(tmp_path):
    made = Home(tmp_path / "home")
    create_folders(made)
    for log in LOGS:
        keys.create(made, f"signer.{log}")
    for log in LOGS:
        grow(made, 3, log)
    return made


def received(connection):
    """Read a request to its end."""
    raw = b""
    while b"\r\n\r\n" not in raw:
        raw += connection.recv(65_536)
    head, _, body = raw.partition(b"\r\n\r\n")
    length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
    while len(body) < length:
        body += connection.recv(65_536)


@contextmanager
def answering(say, *, hear=received):
    """Serve one TCP port: read each request, then let `say` do to the connection what it likes."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)
        ends = threading.Event()

        def one(connection):
            with connection:
                try:
                    hear(connection)
                    say(connection)
                except OSError:
                    pass

        def serve():
            while not ends.is_set():
                try:
                    connection, _ = server.accept()
                except TimeoutError:
                    continue
                threading.Thread(target=one, args=(connection,), daemon=True).start()

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}"
        finally:
            ends.set()
            thread.join()


def said(status, body=b"", *headers, length=None):
    """Return what sends an answer, with a length that need not be true."""
    head = [
        b"HTTP/1.1 %d Fine" % status,
        b"Content-Length: %d" % (len(body) if length is None else length),
        *headers,
    ]
    return lambda connection: connection.sendall(b"\r\n".join([*head, b"", body]))


def reset(connection):
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")


def never(_):
    time.sleep(4 * SILENT)


def trickles(connection):
    connection.sendall(b"HTTP/1.1 200 Fine\r\nContent-Length: 60000\r\n\r\n")
    while True:
        connection.sendall(b"x")
        time.sleep(SILENT / 5)


def trickles_before(connection):
    connection.sendall(b"HTTP/1.1 200 Fine\r\nX-Long: ")
    while True:
        connection.sendall(b"x")
        time.sleep(SILENT / 5)


def goes_on(connection):
    while True:
        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")


TROUBLE = {
    "a server's error": said(500, b"sorry"),
    "an error that is cut short": said(500, b"x", length=50_000),
    "an error without end": said(503, b"x" * 200_000),
    "a teapot": said(418),
    "no content": said(204),
    "nothing": said(200),
    "invalid UTF-8": said(200, b"\xff\xfe\n"),
    "no line": said(200, b"fine\n"),
    "a note of its own": said(200, "one\n\n— two.example AAAAAAAA\n".encode()),
    "a hundred lines": said(200, "— two.example AAAAAAAA\n".encode() * 100),
    "too long": said(200, b"x" * 200_000),
    "cut short": said(200, b"x", length=50_000),
    "a length that is none": said(200, b"x", b"Content-Length: many"),
    "chunks that are none": said(200, b"zz\r\n", b"Transfer-Encoding: chunked"),
    "a size that is none": said(409, b"many\n"),
    "a size in other digits": said(409, "٣\n".encode()),
    "a size of a thousand digits": said(409, b"9" * 1000 + b"\n"),
    "a size that the log has passed": said(409, b"2\n"),
    "a redirect to nowhere": said(302, b"", b"Location: file:///etc/passwd"),
    "a redirect without a place": said(307),
    "no HTTP": lambda connection: connection.sendall(b"\0" * 70_000),
    "a status that is none": lambda connection: connection.sendall(b"HTTP/1.1 abc Fine\r\n\r\n"),
    "headers without end": said(200, b"", *[b"X: y"] * 200),
    "a reset": reset,
    "an end": lambda _: None,
    "silence": never,
    "an answer that trickles": trickles,
    "a header that trickles": trickles_before,
    "go on, for ever": goes_on,
}


@pytest.fixture
def short(monkeypatch):
    monkeypatch.setattr(post, "SECONDS", SILENT)
    monkeypatch.setattr(post, "WHOLE", 2 * SILENT)


@pytest.mark.parametrize("trouble", TROUBLE)
def test_a_witness_that_answers_rubbish_has_not_signed_and_stops_nobody(home, tmp_path, short, trouble):
    """D27: whatever one of three does, the other two are asked, in whatever order, and their lines count."""
    one, two, bad = (founded(tmp_path / name, home, f"{name}.example") for name in ("press", "school", "bad"))
    began = time.monotonic()
    with serving(one) as first, serving(two) as second, answering(TROUBLE[trouble]) as lying:
        policy(home, (one.key, first), (bad.key, lying), (two.key, second), quorum="2")
        asked = gather(home)

    assert [found.seen for found in asked] == [("w0", "w2")] * 2
    assert all({*found.silent} == {"w1"} for found in asked)
    assert {*check(home).seen} == {"w0", "w2"}
    assert time.monotonic() - began < 40 * SILENT


def test_a_redirect_to_a_witness_that_would_sign_is_not_followed(home, tmp_path):
    """Whom we ask, the policy says: not even an honest witness is reached by somebody else's word."""
    keeping = founded(tmp_path / "press", home, "press.example")
    for status in (301, 302, 303, 307, 308):
        with serving(keeping) as url:
            place = f"Location: {url}/add-checkpoint".encode()
            with answering(said(status, b"", place)) as elsewhere:
                policy(home, (keeping.key, elsewhere))
                assert gather(home)[0].silent == {"w0": f"The witness answered {status}."}
    assert keeping.last("beholden.example/demo/handovers") is None


@pytest.mark.parametrize(
    "address",
    ["http://[", "http://127.0.0.1:port", "http://127.0.0.1:99999", "http://x\u00e9\u00df\ud800.example", "http://" + "a" * 300,
     "ftp://127.0.0.1", "//127.0.0.1", "http://", "http://a..b"],
    ids=lambda one: ascii(one)[:25],
)  # fmt: skip
def test_an_address_that_is_none_is_silence(address):
    with pytest.raises(OSError):  # noqa: PT011  the kind is all that is promised
        post.over_http(f"{address}/add-checkpoint", b"x")


def seals_for_ever(connection):
    """Begin a TLS record of 16 KiB, and never come to its end."""
    connection.sendall(b"\x16\x03\x03\x40\x00")
    while True:
        connection.sendall(b"\x02")
        time.sleep(SILENT / 5)


def test_a_handshake_that_trickles_is_cut_off_like_an_answer(short, monkeypatch):
    """D27: the time for the whole runs from the connection on, and not from when TLS stands."""
    monkeypatch.setattr(post, "SECONDS", 20 * SILENT)
    began = time.monotonic()
    with answering(seals_for_ever, hear=lambda connection: connection.recv(65_536)) as address:
        with pytest.raises(OSError):  # noqa: PT011  the kind is all that is promised
            post.over_http(address.replace("http:", "https:"), b"x")
        assert time.monotonic() - began < 10 * SILENT


# --- a log that grows meanwhile ---


def test_a_log_that_grew_while_it_was_asked_about_is_no_fork(home, tmp_path):
    """D27: another process lets the log grow, and shows it, between our look at the log and the witness's answer."""
    keeping = founded(tmp_path / "press", home, "press.example")
    with serving(keeping) as url:
        policy(home, (keeping.key, url))
        left = [1]

        def overtaken(address, body):
            if left[0]:
                left[0] -= 1
                grow(home, 5)
                gather(home)
            return post.over_http(address, body)

        (found, _) = gather(home, post=overtaken)

    assert (found.size, found.seen, found.silent) == (8, ("w0",), {})
    assert check(home).checkpoint.size == 8


def test_a_log_that_never_stands_still_is_left_to_the_next_time(home, tmp_path):
    keeping = founded(tmp_path / "press", home, "press.example")
    with serving(keeping) as url:
        policy(home, (keeping.key, url))

        def outrun(address, body):
            answer = post.over_http(address, body)
            grow(home, 1)
            return answer

        (found, _) = gather(home, post=outrun)
        assert found.seen == ()
        assert "asked again next time" in found.silent["w0"]
        with pytest.raises(NotWitnessed):
            check(home)
        assert gather(home)[0].seen == ("w0",)


def test_a_cosignature_that_came_too_late_counts_for_nothing(home, tmp_path):
    """What was signed for a smaller log is not put under the larger one, and nobody is said to have seen that."""
    keeping = founded(tmp_path / "press", home, "press.example")
    policy(home, (keeping.key, "http://witness"))

    def late(_, body):
        answer = keeping.add_checkpoint(body, at=AT)
        grow(home, 1)
        return answer.status, answer.body

    assert gather(home, post=late)[0].seen == ()
    assert len(Note.parse(TileLog(home.ledger / "handovers").published()).signatures) == 1


def test_lines_that_two_processes_gather_stand_together_and_once(home, tmp_path):
    """The other process was first with one line: ours comes beside it, and nobody's line stands there twice."""
    one, two = (founded(tmp_path / name, home, f"{name}.example") for name in ("press", "school"))
    with serving(one) as first, serving(two) as second:
        both = policy(home, (one.key, first), (two.key, second))
        left = [1]

        def beside(address, body):
            if left[0] and address.startswith(second):
                left[0] -= 1
                gather(home)
            return post.over_http(address, body)

        (found, _) = gather(home, post=beside)
    lines = Note.parse(TileLog(home.ledger / "handovers").published()).signatures
    assert found.seen == ("w0", "w1")
    assert len(lines) == len({(line.name, line.key_id) for line in lines}) == 3
    assert both.check(
        TileLog(home.ledger / "handovers").published(), origin="beholden.example/demo/handovers"
    )


def test_two_processes_that_grow_and_ask_never_call_each_other_a_fork(home, tmp_path):
    """D27: real processes, forty times each."""
    keeping = founded(tmp_path / "press", home, "press.example")
    work = (
        "import sys; from pathlib import Path; from beholden.home import Home\n"
        "from integration.test_witness import grow; from beholden.ledger.witnessing import gather\n"
        "home = Home(Path(sys.argv[1]))\n"
        "for _ in range(40): grow(home, 1); gather(home)\n"
    )
    with serving(keeping) as url:
        policy(home, (keeping.key, url))
        running = [
            subprocess.Popen(
                [sys.executable, "-c", work, home.root], cwd="tests", stderr=subprocess.PIPE, text=True
            )
            for _ in range(2)
        ]
        errors = [one.communicate()[1] for one in running]
        assert [one.returncode for one in running] == [0, 0], errors
        gather(home)
        assert check(home).checkpoint.size == 83


def test_a_claimed_fork_is_said_after_all_were_asked_and_names_the_witness(home, tmp_path):
    """A size that nobody has published stops everything, whoever says it: it cannot be told from a lost log."""
    keeping = founded(tmp_path / "press", home, "press.example")
    bad = founded(tmp_path / "bad", home, "bad.example")
    with serving(keeping) as url, answering(said(409, b"900\n")) as lying:
        policy(home, (bad.key, lying), (keeping.key, url), quorum="any")
        with pytest.raises(Fork, match="The witness w0 has seen 900 entries"):
            gather(home)
    assert keeping.last("beholden.example/demo/handovers").size == 3
    assert len(Note.parse(TileLog(home.ledger / "handovers").published()).signatures) == 1
