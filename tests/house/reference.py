# SPDX-License-Identifier: Apache-2.0
"""Writes the reference of commands from the commands' own declarations, and every other page that is generated.

`make reference` runs it; a test compares each page with what would be written.
"""

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import typer

from beholden.cli.commands import app

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))  # `make reference` runs this file by itself

from house import (  # noqa: E402  after the path to it
    biometrics_page,
    cases_page,
    catalogue_page,
    gate_page,
    schemas_page,
    use_page,
    vectors,
)
from spec.seed_cases import playing  # noqa: E402

PAGE = ROOT / "docs" / "reference" / "commands.md"

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


GENERATED = {
    PAGE: page,
    **{path: partial(catalogue_page.page, pack) for path, pack in catalogue_page.PAGES.items()},
    gate_page.PAGE: gate_page.page,
    biometrics_page.PAGE: biometrics_page.page,
    cases_page.PAGE: cases_page.page,
    use_page.PAGE: use_page.page,
    **schemas_page.GENERATED,
    vectors.PAGE: vectors.page,
}
"""Each generated page, and what writes it."""


def _put(path: Path, raw: bytes) -> None:
    if not path.exists() or path.read_bytes() != raw:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(raw)
        sys.stdout.write(f"{path.relative_to(ROOT)} is written anew.\n")


def left_over() -> list[Path]:
    """Files in a folder of generated files that nothing writes any more."""
    written = {*GENERATED, *vectors.files()}
    return [
        path
        for folder in (schemas_page.FOLDER, vectors.FOLDER)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path not in written
    ]


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "beholden.settings"
    if playing.keep():
        sys.stdout.write("The seed cases say something new: look at the difference.\n")
    for path, written in GENERATED.items():
        _put(path, written().encode())
    for path, raw in vectors.files().items():
        _put(path, raw)
    for path in left_over():
        path.unlink()
        sys.stdout.write(f"{path.relative_to(ROOT)} is no longer written, and is gone.\n")
