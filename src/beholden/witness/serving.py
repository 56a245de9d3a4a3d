# SPDX-License-Identifier: Apache-2.0
"""The witness's one address, over plain HTTP on this machine: TLS is for the web server in front of it.

Takes POST /add-checkpoint and nothing else, one body of bounded size at a time from each connection, and writes no
request down.
"""

import logging
from collections.abc import Callable
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from beholden.ledger.request import MAX_BYTES, Status
from beholden.refusals import Refusal
from beholden.witness.keeping import Answer, Keeping
from beholden.witness.rules import TEXT_TYPE

PATH = "/add-checkpoint"
SECONDS = 10
"""How long a client may be silent before it is let go."""

_log = logging.getLogger(__name__)


def server(keeping: Keeping, *, port: int, now: Callable[[], datetime]) -> ThreadingHTTPServer:
    """Return a server on 127.0.0.1, bound and not yet serving; port 0 takes a free one."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = SECONDS

        def do_POST(self) -> None:
            length = self.headers.get("Content-Length", "")
            if not (length.isascii() and length.isdigit() and len(length) < len(str(MAX_BYTES)) + 1):
                return self._say(Status.MALFORMED, b"A request says how long it is.\n", TEXT_TYPE)
            raw = self.rfile.read(
                min(int(length), 2 * MAX_BYTES)
            )  # who is cut off while sending reads no answer
            if self.path != PATH:
                return self._say(Status.UNKNOWN_LOG, b"", TEXT_TYPE)
            if int(length) > MAX_BYTES:
                return self._say(Status.MALFORMED, b"The request is too long.\n", TEXT_TYPE)
            said = _answer(keeping, raw, now())
            return self._say(said.status, said.body, said.content_type)

        def do_GET(self) -> None:
            self._say(Status.UNKNOWN_LOG, b"", TEXT_TYPE)

        def log_message(self, *_: object) -> None:
            """Write nothing down of who asked."""

        def _say(self, status: int, body: bytes, content_type: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            if status != Status.COSIGNED:  # what came is perhaps not read to its end
                self.send_header("Connection", "close")
                self.close_connection = True
            self.end_headers()
            self.wfile.write(body)

    return ThreadingHTTPServer(("127.0.0.1", port), Handler)


def _answer(keeping: Keeping, raw: bytes, at: datetime) -> Answer:
    """Answer, and say in our own log, not to the client, what is wrong with our own files."""
    try:
        return keeping.add_checkpoint(raw, at=at)
    except Refusal as no:
        _log.error("nothing was cosigned: %s", no.code)
    except OSError as trouble:
        _log.error("nothing was cosigned: %s", type(trouble).__name__)
    return Answer(Status.TROUBLE, b"", TEXT_TYPE)
