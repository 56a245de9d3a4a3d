# SPDX-License-Identifier: Apache-2.0
"""A sent file goes from the wire to the inbox piece by piece: never whole in memory, never elsewhere, never too large. D36.

The pages are asked as a web server asks them, so that a body can be told piece by piece and cut off in the middle.
"""

import io
import re
import stat
import tempfile
import tracemalloc
from collections.abc import Iterator

import pytest
from django.test import Client
from django.test.utils import override_settings

from beholden.home import here
from beholden.rights.school.asked import MOST_BYTES
from beholden.web.school import receiving
from unit.web.office import KEY, REF

SEND = "/school/returns/new"
BOUNDARY = "a-boundary-of-ours"
MB = 1_000_000
HELD = 8 * MB
"""More than pages, templates and some pieces need; much less than the files sent here."""


class Body(io.RawIOBase):
    """A form with one file of so many bytes, made while it is read. `cut` bytes before its end the sender goes away."""

    def __init__(self, token: str, size: int, *, field: str = "return", cut: int = 0) -> None:
        head = (
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n{token}\r\n'
        )
        head += f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{field}"; filename="r.xml"\r\n'
        head += "Content-Type: text/xml\r\n\r\n"
        self.head, self.tail = head.encode(), f"\r\n--{BOUNDARY}--\r\n".encode()
        self.length = len(self.head) + size + len(self.tail)
        self.served, self.stop, self.size = 0, self.length - cut, size

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        wanted = self.stop - self.served if size < 0 else min(size, self.stop - self.served)
        piece = self._at(self.served, wanted)
        self.served += len(piece)
        return piece

    def _at(self, start: int, count: int) -> bytes:
        if start < len(self.head):
            return self.head[start : start + count]
        start -= len(self.head)
        if start < self.size:
            return b"x" * min(count, self.size - start)
        return self.tail[start - self.size :][:count]


@pytest.fixture
def cookie(office) -> Iterator[tuple[str, str]]:
    """A signed-in browser's cookie, and the token of its form."""
    with override_settings(ALLOWED_HOSTS=["testserver"]):
        reader = Client(enforce_csrf_checks=True)
        yield signed_in(reader)


def signed_in(reader: Client) -> tuple[str, str]:
    token = found_token(reader.get("/school/sign-in"))
    reader.post("/school/sign-in", {"ref": REF, "key": KEY, "csrfmiddlewaretoken": token})
    token = found_token(reader.get(SEND))
    return reader.cookies["beholden"].value, token


def found_token(answer) -> str:
    return re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', answer.content.decode())[1]


def post(body: Body, cookie: str, *, address: str = SEND, announced: int | None = None) -> tuple[int, str]:
    """Ask the pages as a web server does; return status and page."""
    from beholden.web.wsgi import application

    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": address,
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "testserver",
        "HTTP_COOKIE": f"beholden={cookie}",
        "CONTENT_TYPE": f"multipart/form-data; boundary={BOUNDARY}",
        "CONTENT_LENGTH": str(body.length if announced is None else announced),
        "wsgi.url_scheme": "http",
        "wsgi.input": body,
        "wsgi.errors": io.StringIO(),
        "wsgi.version": (1, 0),
    }
    said: list[str] = []
    answer = application(environ, lambda status, headers: said.append(status))
    page = b"".join(answer).decode()
    answer.close()
    return int(said[0].split()[0]), page


def peak(body: Body, cookie: str) -> int:
    """Return the most bytes that were held at once while a file was received."""
    tracemalloc.start()
    try:
        assert post(body, cookie)[0] == 303
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def inbox() -> list[str]:
    return [path.name for path in here().inbox.iterdir()]


def test_a_large_file_is_never_held_in_memory(cookie, office):
    sealed, token = cookie
    post(Body(token, 1), sealed)  # templates and the like are made once
    assert peak(Body(token, 64 * MB), sealed) < HELD
    assert office.sent[-1][1] == 64 * MB


def test_the_measure_itself_sees_a_file_that_is_held_in_memory(cookie, office, monkeypatch):
    """The same file through a handler that gathers its pieces."""
    kept = []
    monkeypatch.setattr(
        receiving.ToInbox, "receive_data_chunk", lambda self, raw, start: kept.append(bytes(raw))
    )
    sealed, token = cookie
    assert peak(Body(token, 64 * MB), sealed) > 64 * MB


def test_the_file_lies_in_the_inbox_alone_and_closed_to_others(cookie, office, tmp_path, monkeypatch):
    """Never in the machine's common folder, not even for a moment."""
    common = tmp_path / "tmp"
    common.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(common))
    seen = []
    write = receiving.ToInbox.receive_data_chunk

    def looked(self, raw, start):
        (one,) = here().inbox.iterdir()
        seen.append((stat.S_IMODE(one.stat().st_mode), list(common.iterdir())))
        return write(self, raw, start)

    monkeypatch.setattr(receiving.ToInbox, "receive_data_chunk", looked)
    sealed, token = cookie
    assert post(Body(token, MB), sealed)[0] == 303
    assert {mode for mode, _ in seen} == {0o600}
    assert all(others == [] for _, others in seen)
    assert inbox() == []


def test_a_file_that_is_announced_as_too_large_is_not_written_and_is_answered_with_a_page(
    cookie, office, monkeypatch
):
    """The rest is read and thrown away, so that the sender sees the page and not a broken connection."""
    monkeypatch.setattr(receiving, "MOST_BYTES", MB)
    monkeypatch.setattr(receiving, "_READ_ON", 4 * MB)
    sealed, token = cookie
    body = Body(token, 3 * MB)
    status, page = post(body, sealed)
    assert status == 413
    assert "This file is larger than 300 MB" in page
    assert body.served == body.length
    assert office.sent == []
    assert inbox() == []


def test_a_request_beyond_all_measure_is_not_read_to_its_end(cookie, office, monkeypatch):
    monkeypatch.setattr(receiving, "MOST_BYTES", MB)
    monkeypatch.setattr(receiving, "_READ_ON", 4 * MB)
    sealed, token = cookie
    body = Body(token, 50 * MB)
    status, _ = post(body, sealed)
    assert status == 413
    assert body.served < 10 * MB
    assert inbox() == []


def test_a_file_just_as_large_as_may_be_is_taken(cookie, office, monkeypatch):
    monkeypatch.setattr(receiving, "MOST_BYTES", MB)
    sealed, token = cookie
    assert post(Body(token, MB), sealed)[0] == 303
    assert office.sent[-1][1] == MB
    assert post(Body(token, MB + 1), sealed)[0] == 413
    assert inbox() == []


def test_the_limit_is_three_hundred_megabytes():
    assert MOST_BYTES == receiving.MOST_BYTES == 300 * 1024**2


@pytest.mark.parametrize("cut", [10, MB])
def test_a_sender_who_goes_away_leaves_nothing(cookie, office, cut):
    sealed, token = cookie
    status, _ = post(Body(token, 2 * MB, cut=cut), sealed)
    assert status in {400, 403, 422}
    assert office.sent == []
    assert inbox() == []


@pytest.mark.parametrize("after", [0, 1])
def test_a_full_disk_is_said_and_leaves_nothing(cookie, office, monkeypatch, after):
    """In the middle of a file, or where not even its name fits."""
    if after:
        write = io.FileIO.write

        class Full(io.FileIO):
            def write(self, raw):
                if self.tell() > MB:
                    raise OSError(28, "No space left on device")
                return write(self, raw)

        monkeypatch.setattr(receiving.os, "fdopen", lambda fd, *_, **__: Full(fd, "wb"))
    else:

        def put_down(_):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(receiving.inbox, "put_down", put_down)
    sealed, token = cookie
    body = Body(token, 4 * MB)
    status, page = post(body, sealed)
    assert status == 507
    assert "We have no room for a file now" in page
    assert body.served == body.length
    assert office.sent == []
    assert inbox() == []


def test_nobody_who_is_not_signed_in_can_fill_the_disk(cookie, office, monkeypatch):
    made = []
    monkeypatch.setattr(receiving.inbox, "put_down", made.append)
    _, token = cookie
    assert post(Body(token, MB), "")[0] in {303, 403}
    assert made == []


@pytest.mark.parametrize("address", ["/letter", "/school/sign-in", "/school/leave", "/uses", "/nowhere"])
def test_at_every_other_address_files_are_dropped(cookie, office, monkeypatch, address):
    made = []
    monkeypatch.setattr(receiving.inbox, "put_down", made.append)
    sealed, token = cookie
    post(Body(token, MB), sealed, address=address)
    assert made == []
    assert inbox() == []


def test_every_other_field_is_dropped(cookie, office):
    sealed, token = cookie
    assert post(Body(token, MB, field="else"), sealed)[0] == 422
    assert inbox() == []


def test_a_forged_form_leaves_nothing(cookie, office):
    sealed, _ = cookie
    assert post(Body("forged", MB), sealed)[0] == 403
    assert office.sent == []
    assert inbox() == []
