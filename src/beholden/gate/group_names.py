# SPDX-License-Identifier: Apache-2.0
"""Says how the log names a group. Loads no engine: pages ask too."""

import hashlib
import re

_NO_SIGN = re.compile(r"[^a-z0-9]+")


def slug(group: str) -> str:
    """Return a group's name as the log has it: one word, also where none of its letters stands in a word of the log."""
    plain = _NO_SIGN.sub("-", group.lower()).strip("-")
    return plain[:60] or f"group-{hashlib.sha256(group.encode()).hexdigest()[:8]}"
