# SPDX-License-Identifier: Apache-2.0
"""A file of 300 MB goes through pages and keeper in less than 300 MB of memory, both processes together (D36, D40).

What stands here is the most that either process ever held (VmHWM), as the kernel counts it. The streaming itself is
held by tests/unit/web/test_receiving.py at every run.
"""

import http.client
import re
import socket
import struct
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlencode

import pytest

from beholden.hatch.place import socket_file
from beholden.home import Home
from beholden.rights.school.asked import MOST_BYTES
from beholden.rights.shown import Shown
from beholden.town import return_name
from integration.world import World
from journeys.conftest import Site
from journeys.test_school import keeper, shown, world  # noqa: F401  the same town, the same keeper

pytestmark = [pytest.mark.long, pytest.mark.serial]

MB = 1_000_000
LARGE = 299 * MB
PIECE = 1 << 16
BOUNDARY = "a-boundary-of-ours"
PUPIL = re.compile(r"\s*<PupilOnRoll>.*?</PupilOnRoll>", re.DOTALL)


def grown(file: Path, *, pupils: int, blanks: int) -> Path:
    """Make a return of so many pupils from a small one, with so many blanks behind each."""
    text = file.read_text()
    one = PUPIL.findall(text)
    start, end = text.index(one[0]), text.rindex(one[-1]) + len(one[-1])
    made = file.with_name("large.xml")
    with made.open("w") as out:
        out.write(text[:start])
        for place in range(pupils):
            out.write(one[place % len(one)] + " " * blanks)
        out.write(text[end:])
    return made


class Lead:
    """A browser without a screen that sends a file in pieces."""

    def __init__(self, site: Site, shown: Shown) -> None:  # noqa: F811
        self.host = site.address.removeprefix("http://")
        self.cookie = ""
        token = self._token("/school/sign-in")
        form = urlencode({"ref": shown.ref, "key": shown.key, "csrfmiddlewaretoken": token})
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        assert self._ask("POST", "/school/sign-in", form, kind)[0] == 303

    def send(self, file: Path) -> tuple[int, str]:
        """Send a file; return the status and the page that came of it."""
        token = self._token("/school/returns/new")
        head = (
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n{token}\r\n'
        )
        head += f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="return"; filename="r.xml"\r\n'
        head += "Content-Type: text/xml\r\n\r\n"
        tail = f"\r\n--{BOUNDARY}--\r\n"
        kind = {
            "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
            "Content-Length": str(len(head) + file.stat().st_size + len(tail)),
        }
        status, page, where = self._ask(
            "POST", "/school/returns/new", _body(head.encode(), file, tail.encode()), kind
        )
        return (status, page) if where is None else (status, self._ask("GET", where)[1])

    def _token(self, address: str) -> str:
        return re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self._ask("GET", address)[1])[1]

    def _ask(self, method, address, body=None, headers=()):
        with closing(http.client.HTTPConnection(self.host, timeout=600)) as line:
            line.request(method, address, body, {**dict(headers), "Cookie": self.cookie})
            answer = line.getresponse()
            if answer.getheader("Set-Cookie"):
                self.cookie = answer.getheader("Set-Cookie").split(";")[0]
            return answer.status, answer.read().decode(), answer.getheader("Location")


def _body(head: bytes, file: Path, tail: bytes) -> Iterator[bytes]:
    yield head
    with file.open("rb") as content:
        while piece := content.read(PIECE):
            yield piece
    yield tail


def most_held(site: Site, home: Home) -> int:
    """Return the most bytes that the pages' workers and the keeper ever held, added up."""
    workers = [int(pid) for pid in re.findall(r"Booting worker with pid: (\d+)", site.said())]
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(str(socket_file(home)))
        keeper_pid, _, _ = struct.unpack(
            "3i", line.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
        )
    held = 0
    for pid in (*workers, keeper_pid):
        status = Path(f"/proc/{pid}/status").read_text()
        held += int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) * 1024
    return held


@pytest.mark.parametrize(
    ("pupils", "said"),
    [(113_400, "The file holds more than 100,000 pupils."), (3_000, "already stands with an earlier pupil")],
)
def test_three_hundred_megabytes_pass_in_less(
    world: World,  # noqa: F811
    site: Site,
    keeper: None,  # noqa: F811
    shown: Shown,  # noqa: F811
    keeper_home: Home,
    pupils: int,
    said: str,
):
    """More pupils than any file may hold, and a school's with blanks between: both are refused, and the page says why."""
    small = world.folder / return_name(world.town.schools[0])
    each = sum(map(len, PUPIL.findall(small.read_text()))) // len(PUPIL.findall(small.read_text()))
    file = grown(small, pupils=pupils, blanks=max(LARGE // pupils - each, 0))
    assert LARGE - 10 * MB < file.stat().st_size < MOST_BYTES
    status, page = Lead(site, shown).send(file)
    held = most_held(site, keeper_home)
    print(f"{file.stat().st_size / MB:.0f} MB sent, {held / MB:.0f} MB held")
    assert status == 303
    assert said in page
    assert held < 300 * MB
    assert list(keeper_home.inbox.iterdir()) == []


def test_a_larger_file_is_answered_with_a_page(
    world: World,  # noqa: F811
    site: Site,
    keeper: None,  # noqa: F811
    shown: Shown,  # noqa: F811
    keeper_home: Home,
):
    """By gunicorn too: the rest is read, so the sender sees the page and not a broken connection."""
    file = world.folder / "huge.xml"
    with file.open("wb") as out:
        out.truncate(MOST_BYTES + 100 * MB)
    status, page = Lead(site, shown).send(file)
    assert status == 413
    assert "This file is larger than 300 MB" in page
    assert list(keeper_home.inbox.iterdir()) == []
