# SPDX-License-Identifier: Apache-2.0
"""A frame arrives whole, or nothing of it is taken."""

import socket
import struct
import threading

import pytest

from beholden.hatch import wire


@pytest.fixture
def pair():
    ours, theirs = socket.socketpair()
    ours.settimeout(5)
    theirs.settimeout(5)
    with ours, theirs:
        yield ours, theirs


@pytest.mark.parametrize("content", [b"", b"{}", bytes(range(256)) * 4_000])
def test_what_is_sent_arrives(pair, content):
    ours, theirs = pair
    sender = threading.Thread(target=wire.send, args=(ours, content), kwargs={"limit": 2_000_000})
    sender.start()
    assert wire.receive(theirs, limit=2_000_000) == content
    sender.join()


def test_a_longer_frame_is_not_sent(pair):
    with pytest.raises(wire.WireBroken):
        wire.send(pair[0], b"12345", limit=4)


def test_a_longer_frame_is_refused_before_it_is_read(pair):
    """A length alone must not make the keeper take so much memory."""
    ours, theirs = pair
    ours.sendall(struct.pack(">I", 0xFFFFFFFF))
    with pytest.raises(wire.WireBroken):
        wire.receive(theirs, limit=1_000)


@pytest.mark.parametrize("cut", [b"", b"\x00\x00", struct.pack(">I", 9), struct.pack(">I", 9) + b"12345678"])
def test_a_frame_that_ends_early_is_refused(pair, cut):
    ours, theirs = pair
    ours.sendall(cut)
    ours.shutdown(socket.SHUT_WR)
    with pytest.raises(wire.WireBroken):
        wire.receive(theirs, limit=1_000)
