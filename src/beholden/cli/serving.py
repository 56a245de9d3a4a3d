# SPDX-License-Identifier: Apache-2.0
"""Serves the pages with gunicorn on this machine, as the doors' login: it holds no vault role and can take none."""

import os
import subprocess
import sys
from pathlib import Path

from beholden.home import Home, postgres


def serve_pages(root: Path, port: int) -> None:
    """Serve until interrupted. The database server is ours to stop if we started it."""
    home = Home(root.resolve())
    environment = {
        **os.environ,
        "BEHOLDEN_HOME": str(home.root),
        "BEHOLDEN_LOGIN": "web",
        "DJANGO_SETTINGS_MODULE": "beholden.settings",
    }
    command = [sys.executable, "-m", "gunicorn", "beholden.web.wsgi", "--bind", f"127.0.0.1:{port}"]
    command += ["--workers", "2", "--access-logfile", "/dev/null", "--log-level", "warning"]
    with postgres.serving(home), subprocess.Popen(command, env=environment) as pages:
        print(f"Serving on http://127.0.0.1:{port} (stop with Ctrl-C)", flush=True)
        try:
            pages.wait()
        except KeyboardInterrupt:
            print("Stopped.")
        finally:  # asked to end, not killed: or its workers would go on answering on this port for a while
            pages.terminate()
            pages.wait()
