# SPDX-License-Identifier: Apache-2.0
"""`beholden log prove` and `log check-proof`: one entry of a log, in a file that anybody can check.

Decides only where the bytes come from, and how an answer is printed. No Django, no database.
"""

import json
import textwrap
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from beholden.cli.given import read_file
from beholden.cli.options import AsJson, home_of
from beholden.refusals import Refusal

_WIDTH = 100


class Log(StrEnum):
    """Which of the two logs."""

    EVENTS = "events"
    HANDOVERS = "handovers"


def prove(
    ctx: typer.Context,
    log: Annotated[Log, typer.Argument(help="Which log.")],
    index: Annotated[int, typer.Argument(help="The entry's place in it; the first is 0.")],
    out: Annotated[Path, typer.Option("--out", help="The file to write, usually NAME.tlog-proof.")],
    of_copy: Annotated[
        Path | None, typer.Option("--copy", help="Your copy of what is published, in place of a home.")
    ] = None,
) -> None:
    """Write one entry with its proof up to the newest checkpoint into a file (c2sp.org/tlog-proof). Needs no key."""
    from beholden.home import Home
    from beholden.home.files import write_durably
    from beholden.ledger.entry_proof import EntryProof, check
    from beholden.ledger.note import Key
    from beholden.ledger.tiles import TileLog

    held = TileLog((Home(home_of(ctx).resolve()).ledger if of_copy is None else of_copy) / log)
    note, vkey = held.published(), held.published_key()
    if note is None or vkey is None:
        raise _refused(
            "cli.no_log", "No log is published there.", "Name a home, or a copy of what is published."
        )
    size = held.size
    path = held.inclusion_proof(index, size)
    (entry,) = held.entries(size, index, index + 1)
    made = EntryProof(index, path, note, extra=entry)
    # What is written holds, or nothing is written.
    check(made, key=Key.parse(vkey.decode().removesuffix("\n")))
    write_durably(out, made.print(), mode=0o644)
    print(f"Entry {index} of {log}, at its size of {size:,}: {out}")


def check_proof(
    file: Annotated[Path, typer.Argument(help="The file, usually NAME.tlog-proof.")],
    key: Annotated[str | None, typer.Option(help="The log's key, from a place you trust.")] = None,
    policy: Annotated[
        Path | None,
        typer.Option(
            help="Which logs you know, and which witnesses must have seen them (c2sp.org/tlog-policy)."
        ),
    ] = None,
    entry: Annotated[
        Path | None, typer.Option(help="The entry itself, where the file does not carry it.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check, offline, that an entry stands in a log; print where, and what it says. Needs the log's key or a policy."""
    from beholden.ledger.entries import MAX_ENTRY_BYTES
    from beholden.ledger.entry_proof import MAX_PROOF_BYTES, EntryProof, check
    from beholden.ledger.note import Key
    from beholden.ledger.policy import MAX_BYTES, Policy, printable

    asked = None if policy is None else Policy.parse(read_file(policy, MAX_BYTES))
    given = None if entry is None else read_file(entry, MAX_ENTRY_BYTES)
    shown = check(
        EntryProof.parse(read_file(file, MAX_PROOF_BYTES)),
        entry=given,
        key=None if key is None else Key.parse(key),
        policy=asked,
    )
    said = shown.entry.decode("utf-8", "backslashreplace")
    seen = {printable(name): f"{at:%Y-%m-%dT%H:%M:%SZ}" for name, at in shown.seen.items()}
    if as_json:
        whole = {"entry": said, "index": shown.index, "log": shown.origin, "seen": seen, "size": shown.size}
        print(json.dumps({"proven": True, **whole}, indent=2, ensure_ascii=False))
        return
    by = ", ".join(f"{name} ({at})" for name, at in seen.items())
    place = f"Entry {shown.index} of the log {shown.origin}, at its size of {shown.size:,}, is the one below."
    sentences = (
        f"This file holds together. {place}",
        f"Seen and cosigned by {by}." if by else "No witness was asked for.",
        "It does not show that what the entry says is true, nor what came after it.",
    )
    print("\n".join(textwrap.fill(one, _WIDTH) for one in sentences))
    print("\n" + "".join(one if one.isprintable() else f"\\u{ord(one):04x}" for one in said))


def _refused(code: str, sentence: str, next_step: str) -> Refusal:
    return Refusal(code, sentence, next_step=next_step, authority="c2sp.org/tlog-proof")
