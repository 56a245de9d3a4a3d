# SPDX-License-Identifier: Apache-2.0
"""Says where what is built for a way out goes when it goes. Decides nothing else; what leaves is `actions.building`."""

from pathlib import Path

from beholden.home import Home

CONTACT, ENCLAVE, MATCH, TABLE = "contact", "enclave", "match", "table"
KEPT_HERE = frozenset({CONTACT, ENCLAVE})
"""The ways out by which the recipient gets no file: rows in the reading room, and letters that are passed on."""

STUDIED = frozenset({ENCLAVE, "extract"})
"""The ways out whose rows are counted and weighed by somebody, who has to know which groups are missing."""


def gone_to(home: Home, exit_name: str) -> Path:
    """Return the folder of what has gone out in this way: the reading room's, the post's, or what is handed over."""
    return {ENCLAVE: home.enclave, CONTACT: home.post}.get(exit_name, home.released)
