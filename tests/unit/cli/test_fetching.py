# SPDX-License-Identifier: Apache-2.0
"""A recipient's machine trusts no keeper with the names of its files: what is no handover and no day is refused. D31."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from beholden.cli import machines
from beholden.refusals import Refusal

GOOD = {"handover": "ab" * 16, "day": "2027-03-03", "do_by": "2027-03-10", "use": "U-2027-0041"}


@pytest.fixture
def keeper():
    """Serve one list, set by the test; every other address answers with three bytes."""

    class Keeper(BaseHTTPRequestHandler):
        said = b""

        def do_GET(self):
            raw = self.said if self.path.endswith("/messages") else b"age"
            self.send_response(200)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Keeper) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        Keeper.address = f"http://127.0.0.1:{server.server_port}"
        yield Keeper
        server.shutdown()


@pytest.fixture
def fetch(keeper, tmp_path):
    seed, folder = tmp_path / "seed", tmp_path / "in" / "messages"
    seed.write_text("09" * 32)

    def run(raw):
        keeper.said = raw
        machines.fetch(keeper.address, "keeper", "northford", seed, folder)
        return sorted(path.name for path in folder.iterdir())

    return run


def listed(**changed):
    return json.dumps({"messages": [GOOD | changed], "more": False}).encode()


def test_a_message_is_called_by_its_handover_and_day(fetch):
    name = f"{'ab' * 16}-2027-03-03.age"
    assert fetch(listed()) == [name]
    assert fetch(listed(handover="AB " * 16)) == [name]


@pytest.mark.parametrize(
    "changed",
    [
        {"handover": "../../away"},
        {"handover": "/nowhere/away"},
        {"day": "../../../away"},
        {"day": "2027-03-03/.."},
        {"do_by": "\x1b[2J"},
        {"handover": None},
        {"day": 5},
    ],
    ids=str,
)
def test_any_other_name_is_refused_before_a_file_is_written(fetch, tmp_path, changed):
    with pytest.raises(Refusal, match=r"^cli\.machine:"):
        fetch(listed(**changed))
    assert [path.name for path in tmp_path.iterdir()] == ["seed"]


@pytest.mark.parametrize(
    "raw", [b"", b"no", b"[]", b"{}", b'{"messages": [1], "more": false}', b"\xff"], ids=str
)
def test_what_is_no_list_is_a_refusal_and_no_traceback(fetch, raw):
    with pytest.raises(Refusal, match=r"^cli\.machine:"):
        fetch(raw)
