# SPDX-License-Identifier: Apache-2.0
"""The shapes of `beholden link`, `link-sample` and `link-rates`. What they do stands in `linked` and `sampled`."""

from pathlib import Path
from typing import Annotated

import typer

from beholden.cli.options import AsJson


def link(  # noqa: PLR0917  the shape of the command
    left: Annotated[Path, typer.Argument(help="CSV: the people that are asked about.")],
    right: Annotated[
        Path, typer.Argument(help="CSV: the people that are held; lines of one id are one person.")
    ],
    columns: Annotated[Path, typer.Option("--columns", help="TOML: which column of each list holds what.")],
    model: Annotated[
        Path | None, typer.Option("--model", help="Weights of your own, as Splink 5 writes them.")
    ] = None,
    adverse: Annotated[
        bool,
        typer.Option("--adverse", help="It can harm the person: accept nothing without a person's look."),
    ] = False,
    why: Annotated[
        bool,
        typer.Option(
            "--why", help="With each pair every figure of its sum: in the line with --json, below it without."
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Say which people of one list are in another, how sure that is, and why. No register is needed or touched."""
    from beholden.cli.linked import link_files

    link_files(left, right, columns, model, adverse=adverse, why=why, as_json=as_json)


def link_sample(  # noqa: PLR0917  the shape of the command
    result: Annotated[Path, typer.Argument(help="What `beholden link --json` printed.")],
    left: Annotated[Path, typer.Option("--left", help="CSV: the list that was asked about.")],
    right: Annotated[Path, typer.Option("--right", help="CSV: the list that is held.")],
    columns: Annotated[Path, typer.Option("--columns", help="TOML: which column of each list holds what.")],
    out: Annotated[
        Path, typer.Option("--out", help="Where to write the sheet; its key is written beside it.")
    ],
    seed: Annotated[
        int | None,
        typer.Option("--seed", help="The same seed draws the same. Else a new one, kept in the key."),
    ] = None,
    per_stratum: Annotated[
        int, typer.Option("--per-stratum", help="How many pairs of each stratum, if it has as many.")
    ] = 50,
    by: Annotated[
        str,
        typer.Option("--by", help="A column of the left list, like region: strata and rates for each value."),
    ] = "",
    known: Annotated[
        Path | None,
        typer.Option(
            "--known", help="CSV (left, right, answer): pairs whose truth is known, to be mixed in."
        ),
    ] = None,
) -> None:
    """Draw pairs of a result for a person to look at, and write them as a blind sheet. Holds personal data."""
    from beholden.cli.sampled import sample

    sample(result, left, right, columns, out, seed=seed, per_stratum=per_stratum, by=by, known=known)


def link_rates(
    sheet: Annotated[Path, typer.Argument(help="The sheet with one person's answers.")],
    second: Annotated[Path | None, typer.Argument(help="The same sheet with another person's.")] = None,
    third: Annotated[
        Path | None, typer.Argument(help="The same with a third person's, in the rows where two differ.")
    ] = None,
    key: Annotated[
        Path | None, typer.Option("--key", help="The sheet's key. Else beside the first sheet.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say from filled-in sheets how many matches are false and how many missed, and how sure that is."""
    from beholden.cli.sampled import tell

    tell([one for one in (sheet, second, third) if one], key, as_json=as_json)
