# SPDX-License-Identifier: Apache-2.0
"""Where the hatch's socket lies: in the closed, short folder of the home's other socket. Makes nothing."""

import hashlib
from pathlib import Path

from beholden.home import Home, sockets


def socket_file(home: Home) -> Path:
    """Return the socket of one home. Two homes that share a server have two names; both fit where PostgreSQL's does."""
    mark = hashlib.sha256(str(home.root).encode()).hexdigest()[:8]
    return sockets.resolve(home) / f"h-{mark}"
