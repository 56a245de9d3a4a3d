# SPDX-License-Identifier: Apache-2.0
"""Writes the reference of commands from the commands' own declarations. `make reference` runs it; a test compares."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer

from beholden.cli.commands import app

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "commands.md"

OPENING = """# Commands

Written by `make reference` from the commands themselves. A refusal is printed as a sentence with what to do next, and
ends with a status other than 0; no command prints a traceback for what a person did.
"""


@dataclass(frozen=True, slots=True)
class Command:
    """One command: the words that call it, what it is for, and what it takes."""

    path: str
    purpose: str
    arguments: tuple[tuple[str, str], ...]
    named: tuple[tuple[str, str], ...]

    @property
    def options(self) -> set[str]:
        """The options' bare names."""
        return {word for names, _ in self.named for word in names.split(", ")}


def commands() -> tuple[Command, ...]:
    """Every command, sorted, the program itself first."""
    return tuple(sorted(_below(typer.main.get_command(app), ""), key=lambda command: command.path))


def _below(command: Any, path: str) -> Iterator[Command]:
    taken = [parameter for parameter in command.params if not parameter.hidden]
    yield Command(
        path,
        " ".join((command.help or "").split()),
        tuple((p.name.upper(), p.help or "") for p in taken if p.param_type_name == "argument"),
        tuple((", ".join(p.opts), p.help or "") for p in taken if p.param_type_name == "option"),
    )
    for word, child in getattr(command, "commands", {}).items():
        yield from _below(child, f"{path} {word}".strip())


def page() -> str:
    """The whole page."""
    parts = [OPENING]
    for command in commands():
        own = [pair for pair in command.named if "completion" not in pair[0]]
        parts.append(f"\n## `beholden {command.path}".rstrip() + "`\n")
        parts.append(f"\n{command.purpose}\n")
        if command.arguments or own:
            rows = [f"| `{word}` | {said} |\n" for word, said in (*command.arguments, *own)]
            parts.append("\n| takes | |\n|---|---|\n" + "".join(rows))
    return "".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
    sys.stdout.write(f"{PAGE.name} is current.\n")
