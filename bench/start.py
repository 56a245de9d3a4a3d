# SPDX-License-Identifier: Apache-2.0
"""How long the command line takes until it answers."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from measuring import Claim, Limit, Work, main


def started(*command: str) -> Callable[[int], object]:
    """Run a command so many times, one after another; the files it reads are in memory by then."""

    @contextmanager
    def way(times: int) -> Iterator[Work]:
        def once() -> None:
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)

        once()
        yield lambda: [once() for _ in range(times)]

    return way


if __name__ == "__main__":
    main(
        Claim(
            "start",
            "The command line prints its help",
            "starts",
            {
                "beholden --help": started(str(Path(sys.executable).with_name("beholden")), "--help"),
                "python -c pass": started(sys.executable, "-c", "pass"),
                "python -c 'import django'": started(sys.executable, "-c", "import django"),
                "python -c 'import typer'": started(sys.executable, "-c", "import typer"),
            },
            (1, 3, 9),
            Limit("each", 0.3),
            "Most of it is Typer's own start; Django is not loaded to say what the commands are.",
            rounds=6,
        )
    )
