# SPDX-License-Identifier: Apache-2.0
"""Runs one command as it is typed at a screen."""

from typer.testing import CliRunner


def command(home, *words, typed=()):
    """Run one command as it is typed, with what is asked for on a line each; return how it ended and what it said."""
    from beholden.cli.commands import app
    from beholden.refusals import Refusal

    said = "".join(f"{one}\n" for one in typed)
    done = CliRunner().invoke(app, ["--home", str(home.root), *map(str, words)], input=said)
    if isinstance(done.exception, Refusal):
        return done.exception.code, done.output
    assert done.exception is None or isinstance(done.exception, SystemExit), repr(done.exception)
    return done.exit_code, done.output
