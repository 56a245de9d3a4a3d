# SPDX-License-Identifier: Apache-2.0
"""A copy of the source tree in which breaches are planted one at a time, and what the import linter says.

The copy is complete where the real tree is still being built: every package that the contracts name gets an
empty module, so that a breach is caught for what it is and never for something missing beside it.
"""

import configparser
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from house.fences import SPDX

REPOSITORY = Path(__file__).resolve().parents[2]
CONTRACTS = REPOSITORY / ".importlinter"
EMPTY = f'{SPDX}\n"""Stands here so that a breach can be planted."""\n'


@dataclass(frozen=True, slots=True)
class Heard:
    """What the import linter said: which contracts broke, and its words."""

    broken: frozenset[str]
    words: str


def contracts() -> configparser.ConfigParser:
    """The contracts as written."""
    read = configparser.ConfigParser(interpolation=None)
    read.read(CONTRACTS, encoding="utf-8")
    return read


def entries(contract: str, key: str) -> tuple[str, ...]:
    """The lines of one list in one contract."""
    return tuple(contracts()[f"importlinter:contract:{contract}"][key].split("\n"))[1:]


def layers() -> tuple[str, ...]:
    """Every package that has a place, with its parentheses if it is declared as still to come."""
    return tuple(name.strip() for line in entries("layers", "layers") for name in line.split("|"))


class Copy:
    """The source tree, copied. Only its Python files matter to the linters."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.src = root / "src"
        kept = shutil.ignore_patterns("__pycache__", "static", "templates", "*.toml", "*.scss")
        shutil.copytree(REPOSITORY / "src", self.src, ignore=kept)
        shutil.copy2(CONTRACTS, root / ".importlinter")
        for name in self._named():
            self._complete(name)

    @staticmethod
    def _named() -> Iterator[str]:
        for name in layers():
            yield f"beholden.{name.strip('()')}"
        for section, lists in {
            "inside-a-domain": ("containers",),
            "pure": ("source_modules",),
            "only-way-out": ("protected_modules", "allowed_importers"),
            "vault": ("protected_modules",),
            "doors": ("modules",),
            "town": ("protected_modules",),
        }.items():
            for key in lists:
                yield from (name for name in entries(section, key) if "*" not in name)

    def _complete(self, name: str) -> None:
        parts = name.split(".")
        for end in range(2, len(parts) + 1):
            place = self.src.joinpath(*parts[:end])
            if not place.with_suffix(".py").exists() and not (place / "__init__.py").exists():
                place.mkdir(exist_ok=True)
                (place / "__init__.py").write_text(EMPTY, "utf-8")

    @contextmanager
    def with_planted(self, files: dict[str, str]) -> Iterator[Path]:
        """Append code to files (made if absent), hand over the source folder, and put everything back."""
        before = {
            path: path.read_text("utf-8") if path.exists() else None for path in map(self._place, files)
        }
        made: list[Path] = []
        for place, code in files.items():
            path = self._place(place)
            if path.parent.with_suffix(".py").exists():
                msg = f"{path.parent.name} is one module now: plant the breach in it, not below it"
                raise ValueError(msg)
            if not path.parent.exists():
                made.append(path.parent)
                path.parent.mkdir()
            path.write_text((before[path] or "") + code, "utf-8")
        try:
            yield self.src
        finally:
            for path, text in before.items():
                path.unlink() if text is None else path.write_text(text, "utf-8")
            for folder in reversed(made):
                shutil.rmtree(folder)

    def _place(self, name: str) -> Path:
        """Where code for `beholden/x/y.py` goes: if the tree keeps y as a package, into its front."""
        path = self.src / name
        package = path.with_suffix("") / "__init__.py"
        return package if package.exists() else path

    def lint(self) -> Heard:
        """Run the import linter over the copy, as `make check` runs it over the tree."""
        run = subprocess.run(
            [Path(sys.executable).with_name("lint-imports"), "--no-logo", "--cache-dir", self.root / "cache"],
            cwd=self.root,
            env={**os.environ, "PYTHONPATH": str(self.src), "COLUMNS": "400", "NO_COLOR": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
        words = run.stdout + run.stderr
        names = {value["name"]: key for key, value in contracts().items() if "name" in value}
        said = dict(re.findall(r"^(.+?) (KEPT|BROKEN)\b", words, re.MULTILINE))
        broken = {names[name].rpartition(":")[2] for name, verdict in said.items() if verdict == "BROKEN"}
        if run.returncode != bool(broken) or set(said) != set(names):
            msg = f"the import linter did not read every contract:\n{words}"
            raise RuntimeError(msg)
        return Heard(frozenset(broken), words)
