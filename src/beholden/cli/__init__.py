# SPDX-License-Identifier: Apache-2.0
"""Doors without a browser. Each command makes one domain call and prints; only those that need it load Django."""

import signal
import sys

from beholden.refusals import Refusal


def main() -> None:
    """Run the command line. A refusal is printed as an answer, never as a traceback, and ends with status 1."""
    from beholden.cli.commands import app

    # Asked to end, end as Python does: what was started (the database server) is stopped again on the way out.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        app()
    except Refusal as no:
        print(f"Refused: {no.sentence}", file=sys.stderr)
        print(f"What to do: {no.next_step}", file=sys.stderr)
        print(f"[{no.code}; {no.authority}]", file=sys.stderr)
        sys.exit(1)
