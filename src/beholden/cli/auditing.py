# SPDX-License-Identifier: Apache-2.0
"""The auditor's command, in the keeper's house: makes a handover again and compares it with the recipient's copy."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from beholden.cli.options import home_of
from beholden.refusals import Refusal

audit = typer.Typer(
    no_args_is_help=True, help="For auditors: what was released, made again from the records."
)


_SEED_BYTES = 32


@audit.callback()
def _group() -> None:
    """Keep `replay` a word of its own, also while it is the only one."""


@audit.command("replay")
def replay(  # noqa: PLR0917  the shape of the command
    ctx: typer.Context,
    disclosure: Annotated[str, typer.Argument(help="The handover's id, as the log has it.")],
    copy: Annotated[Path, typer.Argument(help="The recipient's own rows (rows.parquet out of its parcel).")],
    signing_key: Annotated[Path, typer.Option(help="Your Ed25519 seed, 32 bytes in hex.")],
    by: Annotated[str, typer.Option(help="You: the auditor, by reference.")],
    key: Annotated[
        str, typer.Option(help="The log's key, from a place you trust. Else the keeper's own.")
    ] = "",
) -> None:
    """Make a handover again from the records, compare each row, and sign in the public log whether all are equal.

    Ends 1 if they are not. What you find is said once, whatever it is; asked again, what was said is printed.
    """
    from beholden.cli.keeper import at_work
    from beholden.cli.regulators import secret

    with at_work(home_of(ctx)):
        import pyarrow as pa
        import pyarrow.parquet as pq

        from beholden.gate.actions.replaying import replay as compared
        from beholden.ledger.queries import key as log_key
        from beholden.people.queries import actor

        if key and log_key("handovers") != key:
            raise _other_log()
        try:
            table = pq.read_table(copy)
        except (pa.ArrowInvalid, OSError) as trouble:
            raise _no_copy() from trouble
        said = compared(
            disclosure,
            table,
            seed=_seed(secret(signing_key)),
            by=actor(by),
            at=datetime.now(UTC),
        )
    found = (
        {}
        if said.found is None
        else {"rows": said.found.rows, "faults": dict(sorted(said.found.faults.items()))}
    )
    print(json.dumps({"handover": said.seq, "agrees": said.agrees, **found}))
    if not said.agrees:
        raise typer.Exit(1)


def _seed(text: str) -> bytes:
    try:
        seed = bytes.fromhex(text)
    except ValueError:
        seed = b""
    if len(seed) != _SEED_BYTES:
        raise Refusal(
            "audit.signing_key",
            "This is no Ed25519 seed: 64 digits and letters from a to f.",
            next_step="Name the file with the key that the registrar enrolled for your body.",
            authority="RFC 8032 section 5.1.5",
        )
    return seed


def _other_log() -> Refusal:
    return Refusal(
        "audit.other_log",
        "The log here is signed by another key than the one you gave.",
        next_step="Stop, and tell the regulator: somebody shows two logs.",
        authority="docs/explanation/proofs.md, the key, published",
    )


def _no_copy() -> Refusal:
    return Refusal(
        "audit.copy",
        "The copy cannot be read as Parquet.",
        next_step="Ask the recipient for rows.parquet out of its parcel, unchanged.",
        authority="docs/how-to/replay-a-handover.md",
    )
