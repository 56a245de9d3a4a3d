# SPDX-License-Identifier: Apache-2.0
"""Reads a file that somebody was given, for the commands that check it. No Django, no home folder."""

from pathlib import Path

from beholden.refusals import Refusal


def read_file(path: Path, most: int) -> bytes:
    """Return the bytes of a file, and one more than the most that it may have: whoever reads them refuses that."""
    try:
        with path.open("rb") as file:
            return file.read(most + 1)
    except (OSError, ValueError) as cause:
        raise Refusal(
            "cli.no_file",
            "The file cannot be read.",
            next_step="Give the path of the file that you were given or downloaded.",
            authority="docs/explanation/proofs.md",
        ) from cause
