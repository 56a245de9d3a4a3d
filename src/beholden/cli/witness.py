# SPDX-License-Identifier: Apache-2.0
"""`beholden witness`: found a witness's folder, and serve it. No home of a keeper, no database, no Django."""

import signal
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

witness = typer.Typer(
    no_args_is_help=True, help="For somebody who watches that logs only grow, and signs it."
)

Folder = Annotated[Path, typer.Option("--folder", help="The witness's own folder.")]


@witness.command()
def found(
    folder: Folder,
    name: Annotated[str, typer.Option(help="Under which it signs, like witness.example/w1.")],
) -> None:
    """Make a witness's folder with a key of its own, and print the key. A folder that has one keeps it."""
    from beholden.witness.keeping import Keeping

    made = Keeping.found(folder, name)
    print(made.key.print())
    print(f"Write a line for each log into {folder / 'logs'}: log KEY, with the key that the keeper prints.")


@witness.command()
def serve(
    folder: Folder,
    port: Annotated[
        int, typer.Option(help="Port on 127.0.0.1; a web server with TLS stands in front.")
    ] = 8_100,
) -> None:
    """Answer logs that ask for a cosignature, until interrupted."""
    from beholden.witness.keeping import Keeping
    from beholden.witness.serving import server

    opened = Keeping.opened(folder)
    opened.logs()  # a list that cannot be read is refused now, and not at the first request
    with server(opened, port=port, now=lambda: datetime.now(UTC)) as serving:
        # From another thread: in this one it would wait for itself.
        signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=serving.shutdown).start())
        print(f"Witnessing on http://127.0.0.1:{serving.server_port} (stop with Ctrl-C)", flush=True)
        try:
            serving.serve_forever()
        except KeyboardInterrupt:
            print("Stopped.")
