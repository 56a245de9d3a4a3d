# SPDX-License-Identifier: Apache-2.0
"""Serves the pages with gunicorn on this machine, as the doors' login: it holds no vault role and can take none.

Beside them runs the keeper's process, as the keeper's login: what the pages may not read they ask of it at the hatch.
"""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from beholden.home import Home, postgres
from beholden.refusals import Refusal


def serve_pages(root: Path, port: int) -> None:
    """Serve until interrupted: the keeper's process beside the pages. The database server is ours to stop if we
    started it. Without a keeper the pages still open letters and show the public register, and say what they cannot.
    """
    home = Home(root.resolve())
    environment = {
        **os.environ,
        "BEHOLDEN_HOME": str(home.root),
        "BEHOLDEN_LOGIN": "web",
        "DJANGO_SETTINGS_MODULE": "beholden.settings",
    }
    command = [sys.executable, "-m", "gunicorn", "beholden.web.wsgi", "--bind", f"127.0.0.1:{port}"]
    # With threads a slow upload holds one of them; a worker without is ended after 30 seconds, and the upload with it.
    command += ["--workers", "2", "--threads", "4", "--access-logfile", "/dev/null", "--log-level", "warning"]
    # Loaded once, before the workers part: they share the key that hides who asks for tables (web.asker). An address
    # that asks for many areas of a table is longer than gunicorn takes by itself.
    command += ["--preload", "--limit-request-line", "8190"]
    with postgres.serving(home), kept(home), subprocess.Popen(command, env=environment) as pages:
        print(f"Serving on http://127.0.0.1:{port} (stop with Ctrl-C)", flush=True)
        try:
            pages.wait()
        except KeyboardInterrupt:
            print("Stopped.")
        finally:  # asked to end, not killed: or its workers would go on answering on this port for a while
            pages.terminate()
            pages.wait()


@contextmanager
def kept(home: Home) -> Iterator[None]:
    """Run the keeper's process while the block runs, and wait until it answers."""
    command = [sys.executable, "-m", "beholden.cli", "--home", str(home.root), "keep"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            if process.stdout is None or not process.stdout.readline():
                raise Refusal(
                    "cli.no_keeper",
                    "The keeper's process did not start.",
                    next_step="Run `beholden keep` to see why.",
                    authority="ARCHITECTURE section 3: doors and keeper",
                )
            yield
        finally:
            process.terminate()
            process.wait()


def keep(root: Path) -> None:
    """Answer at the hatch and do the chores until asked to end."""
    from beholden.catalogue import in_force
    from beholden.cli.keeper import opened

    with opened(root) as home:
        from beholden.hatch.chores import CHORES
        from beholden.hatch.keeping import open_hatch
        from beholden.hatch.table import keeper

        ended = threading.Event()
        for asked in (signal.SIGTERM, signal.SIGINT):
            signal.signal(asked, lambda *_: ended.set())
        with open_hatch(home, keeper(in_force(home), since=datetime.now(UTC)), CHORES):
            print(f"Keeping {home.root} (stop with Ctrl-C)", flush=True)
            ended.wait()
