# SPDX-License-Identifier: Apache-2.0
"""Checks the texts that are published beside the logs against the uses they are of: there, the same, and no other."""

from beholden.fsck.files import is_leftover, names
from beholden.fsck.rules import TIDY, Findings, found, note
from beholden.home import Home
from beholden.ledger.texts import FOLDER, TextMalformed, path_of
from beholden.uses.held import held_uses

_AGAIN = "`beholden init` writes it again."


def check_texts(home: Home) -> Findings:
    """Every use that was handed in has its text beside the log, byte for byte; no draft and nothing else has one.

    Whether a text opens what the log committed to is seen where the uses are compared with their entries.
    """
    known = set()
    for use in held_uses():
        try:
            where = path_of(use.ref)
        except TextMalformed:  # said where uses are compared with their entries
            continue
        if use.state == "draft":
            continue
        known.add(where)
        path = home.ledger / where
        if not path.is_file():
            sentence = f"The text of {use.ref} does not lie beside the log, so nobody can check it."
            yield found("text_missing", f"ledger/{where}", sentence, _AGAIN)
        elif path.read_bytes() != use.text.print():
            sentence = f"This is not the text of {use.ref} that the log committed to."
            yield found(
                "text", f"ledger/{where}", sentence, f"If nothing is wrong with the use itself, {_AGAIN}"
            )
    for name in names(home.ledger / FOLDER):
        if f"{FOLDER}/{name}" in known or is_leftover(name):
            continue
        where = f"ledger/{FOLDER}/{name}"
        if name.endswith(".json"):  # whoever grades the keeper reads it
            yield found("text_unknown", where, "A text lies here of no use that was handed in.", TIDY)
        else:
            yield note("unknown_file", where, "This is no text of a use.", TIDY)
