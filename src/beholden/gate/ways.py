# SPDX-License-Identifier: Apache-2.0
"""Says where what is built for a way out goes when it goes. Decides nothing else; what leaves is `actions.building`."""

from pathlib import Path

from beholden.home import Home

ENCLAVE, MATCH = "enclave", "match"
STUDIED = frozenset({ENCLAVE, "extract"})
"""The ways out whose rows are counted and weighed by somebody, who has to know which groups are missing."""


def gone_to(home: Home, exit_name: str) -> Path:
    """Return the folder of what has gone out in this way: the reading room's own, or what is handed over."""
    return home.enclave if exit_name == ENCLAVE else home.released
