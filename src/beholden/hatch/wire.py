# SPDX-License-Identifier: Apache-2.0
"""Frames on the hatch's socket: four bytes of length (big-endian), then so many bytes. Knows no verb, and no clock.

Strict on both sides: a frame that is longer than its limit, or that ends early, is refused before anything is read
into it. One question and one answer a connection; then both ends close it.
"""

import socket
import struct

QUESTION_LIMIT = 1_000_000
"""A question is a few codes and words. Files do not travel this way: they lie in the home's `inbox` folder."""

ANSWER_LIMIT = 256_000_000
"""A family's proof file holds the whole log of handovers: some ten million bytes after ten years."""

_HEAD = struct.Struct(">I")


class WireBroken(Exception):  # noqa: N818  what happened, as a refusal says it
    """This connection did not carry a whole frame."""


def send(connection: socket.socket, content: bytes, *, limit: int) -> None:
    """Send one frame."""
    if len(content) > limit:
        raise WireBroken("a frame longer than its limit was to be sent")
    connection.sendall(_HEAD.pack(len(content)) + content)


def receive(connection: socket.socket, *, limit: int) -> bytes:
    """Receive one frame, whole."""
    (length,) = _HEAD.unpack(_exactly(connection, _HEAD.size))
    if length > limit:
        raise WireBroken("a frame longer than its limit was announced")
    return _exactly(connection, length)


def _exactly(connection: socket.socket, count: int) -> bytes:
    content = bytearray(count)
    view, got = memoryview(content), 0
    while got < count:
        more = connection.recv_into(view[got:])
        if more == 0:
            raise WireBroken("the other end closed in the middle of a frame")
        got += more
    return bytes(content)
