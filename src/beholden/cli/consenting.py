# SPDX-License-Identifier: Apache-2.0
"""`beholden consent`: judges a form that asks for a yes, and writes the receipt of one. Commands and no more."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from beholden.cli.options import AsJson, home_of

consent = typer.Typer(
    no_args_is_help=True, help="For those who ask families for a yes, and for a family's receipt."
)


@consent.command("receipt")
def consent_receipt(
    ctx: typer.Context,
    officer_ref: Annotated[str, typer.Option("--officer", help="Your reference: a registrar.")],
    out: Annotated[Path, typer.Option("--out", help="Where to write the receipt (JSON-LD).")],
    child: Annotated[int, typer.Option(help="Which child of the letter, counted from 1.")] = 1,
) -> None:
    """Write a family's receipt of consent as ISO/IEC TS 27560 has it. Asks for code, birth date and answer numbers."""
    from beholden.cli.family import write_receipt

    print(write_receipt(home_of(ctx), officer_ref, child, out, at=datetime.now(UTC)))


@consent.command("check")
def check_consent(
    ctx: typer.Context,
    form: Annotated[Path, typer.Argument(help="The consent form as it was drafted (TOML).")],
    pack: Annotated[
        str, typer.Option(help="Whose law and words: england or us. Else the home's, or the first.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Judge a whole consent form: each fault with its line, what to change, and the law. Needs no home.

    Ends 0 if the form may be used, 1 if it may not.
    """
    from beholden.cli.consent import check_file

    sys.exit(check_file(form, root=ctx.obj, pack=pack, as_json=as_json))
