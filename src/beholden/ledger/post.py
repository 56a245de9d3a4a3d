# SPDX-License-Identifier: Apache-2.0
"""Sends a body to a stranger's address, and hears at most so much, for at most so long. Knows no log and no witness.

Whatever goes wrong on the way is one thing: nobody answered (`OSError`). Redirects are not followed: whom we ask, a
policy says, and not whoever answers.
"""

import socket
import ssl
from contextlib import suppress
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from threading import Timer
from typing import IO, Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import (
    HTTPHandler,
    HTTPRedirectHandler,
    HTTPSHandler,
    OpenerDirector,
    build_opener,
)
from urllib.request import Request as WebRequest

SECONDS = 10
"""How long nothing may be heard."""
WHOLE = 30
"""How long handshake and answer may take from the connection on, however they trickle."""
MAX_ANSWER = 64_000


def over_http(url: str, body: bytes) -> tuple[int, bytes]:
    """Send a body by POST; return HTTP status and body, or raise OSError, whatever the other side did."""
    cut = _Cut()
    try:
        if urlsplit(url).scheme not in {"http", "https"}:
            raise OSError("it has no address of the web")
        request = WebRequest(url, data=body, method="POST", headers={"Content-Type": "text/plain"})  # noqa: S310  above
        try:
            with _opener(cut).open(request, timeout=SECONDS) as answer:
                return answer.status, _read(answer)
        except HTTPError as said:  # any status but 2xx: an answer all the same
            with said:
                return said.code, _read(said)
    except (
        HTTPException,
        ValueError,
        AttributeError,
    ) as cause:  # urllib lets each of them out on odd answers
        raise OSError("it did not answer") from cause
    finally:
        cut.end()


def _read(answer: IO[bytes]) -> bytes:
    raw = answer.read(MAX_ANSWER + 1)
    if len(raw) > MAX_ANSWER:
        raise OSError("its answer is too long")
    return raw


class _Cut:
    """Cuts a connection off when its time is over: a limit for each read would let an answer trickle for days."""

    def __init__(self) -> None:
        self._timers: list[Timer] = []

    def watch(self, connection: socket.socket) -> None:
        timer = Timer(WHOLE, _shut, (connection,))
        timer.daemon = True
        timer.start()
        self._timers.append(timer)

    def end(self) -> None:
        for timer in self._timers:
            timer.cancel()


def _shut(connection: socket.socket) -> None:
    with suppress(OSError):
        socket.socket.shutdown(connection, socket.SHUT_RDWR)  # below TLS, which would go on in the clear


class _NoRedirect(HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        """Follow nothing: the status is the answer."""


def _opener(cut: _Cut) -> OpenerDirector:
    class Plain(HTTPConnection):
        def connect(self) -> None:
            super().connect()
            cut.watch(self.sock)

    class Sealed(HTTPSConnection):
        def connect(self) -> None:
            HTTPConnection.connect(self)
            name = getattr(self, "_tunnel_host", None) or self.host
            sealed = ssl.create_default_context().wrap_socket(
                self.sock, server_hostname=name, do_handshake_on_connect=False
            )
            self.sock = sealed
            cut.watch(sealed)  # the handshake can trickle, too
            sealed.do_handshake()

    class PlainHandler(HTTPHandler):
        def http_open(self, req: WebRequest) -> Any:
            return self.do_open(Plain, req)

    class SealedHandler(HTTPSHandler):
        def https_open(self, req: WebRequest) -> Any:
            return self.do_open(Sealed, req)

    return build_opener(_NoRedirect, PlainHandler, SealedHandler)
