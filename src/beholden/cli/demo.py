# SPDX-License-Identifier: Apache-2.0
"""Plays the whole story in a home of its own, and prints it: returns, a refusal, a release, two proofs.

Every instant is handed to the domain, so the story plays its own calendar: it began 84 days ago and ends now. Nothing
is shortened: the window is as long as the catalogue demands, and every check is the real one.
"""

import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rich.console import Console

MARK = "this-is-a-demo"
LASTED = timedelta(days=84)


def play(root: Path, *, pupils: int, seed: int, serve: bool, port: int) -> None:
    """Found a home, tell the story in it, and serve its pages if asked. An earlier demo in its place is cleared."""
    from beholden.cli.founding import found
    from beholden.cli.keeper import opened

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "beholden.settings")
    say = Console(highlight=False, soft_wrap=True).print
    _fresh(root)
    now = datetime.now(UTC).replace(microsecond=0)
    say("[bold]Beholden: a pupil register that answers to the people in it[/bold]\n")
    say("1  A home is founded")
    for sentence in found(root, pack="", at=now - LASTED):
        say(f"   {sentence}")
    (root / MARK).touch()
    with opened(root) as home:
        from beholden.cli.story import Story
        from beholden.cli.visiting import give_a_school_its_key

        story = Story(home, pupils=pupils, seed=seed, began=now - LASTED, now=now, say=say)
        story.tell()
        give_a_school_its_key(story.town, by=story.registrar, at=now, say=say)
    if serve:
        from beholden.cli.serving import serve_pages

        serve_pages(root, port)


def _fresh(root: Path) -> None:
    from beholden.home import Home, postgres
    from beholden.refusals import Refusal

    if not root.exists():
        return
    if not (root / MARK).exists() and any(root.iterdir()):
        raise Refusal(
            "cli.not_a_demo",
            "There is something in this folder, and it is no demo of ours.",
            next_step="Name an empty folder with --home.",
            authority="Nothing accepted is lost",
        )
    postgres.stop(Home(root.resolve()))
    shutil.rmtree(root)
