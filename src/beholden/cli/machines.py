# SPDX-License-Identifier: Apache-2.0
"""`beholden recipient fetch` and `answer`: a recipient's own machine asks the keeper's door, and signs what it asks.

Made to be run by a timer. No database, no home; the signing key never leaves this machine.
"""

import json
import secrets
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from beholden.refusals import Refusal

PATIENCE = 60.0
MOST_BYTES = 2**28
_API = "/recipient/api/v1/messages"
_HERE = frozenset({"localhost", "127.0.0.1", "::1"})

From = Annotated[str, typer.Option("--from", help="The keeper's address, like https://records.example.")]
Keeper = Annotated[
    str, typer.Option(help="The keeper's name, as it stands before the names of its logs in their keys.")
]
As = Annotated[str, typer.Option("--as", help="Your body's reference at the keeper.")]
SigningKey = Annotated[Path, typer.Option(help="Your Ed25519 seed, 32 bytes in hex.")]


def fetch(
    address: From,
    keeper: Keeper,
    ref: As,
    signing_key: SigningKey,
    to: Annotated[Path, typer.Option(help="The folder for the locked messages.")],
) -> None:
    """Fetch every message that waits for you into a folder, locked as it is. What lies there is not asked for again."""
    waiting, more = _listed(_ask(address, keeper, ref, signing_key, "GET", _API, ""))
    to.mkdir(parents=True, exist_ok=True)
    for one in waiting:
        file = to / f"{one.handover}-{one.day}.age"
        if not file.exists():
            from beholden.home.files import write_durably

            place = f"{_API}/{one.handover}/{one.day}"
            write_durably(file, _ask(address, keeper, ref, signing_key, "GET", place, ""))
        print(f"{file}  to be done by {one.do_by}")
    if more:
        print("There are more: sign for these, and fetch again.")


@dataclass(frozen=True, slots=True)
class _Waiting:
    """One message as the keeper lists it: which handover (hex), of which day, and by when it is to be done."""

    handover: str
    day: date
    do_by: date


def _listed(raw: bytes) -> tuple[tuple[_Waiting, ...], bool]:
    """Read the keeper's list, and whether there are more; what is no handover and no day becomes no name of a file."""
    try:
        said = json.loads(raw)
        waiting = tuple(
            _Waiting(
                bytes.fromhex(one["handover"]).hex(),
                date.fromisoformat(one["day"]),
                date.fromisoformat(one["do_by"]),
            )
            for one in said["messages"]
        )
        return waiting, bool(said["more"])
    except (ValueError, KeyError, TypeError):
        raise _refused("What came back is no list of messages.") from None


def answer(
    word: Annotated[Path, typer.Argument(help="The signed word that `beholden recipient done` wrote.")],
    address: From,
    keeper: Keeper,
    ref: As,
    signing_key: SigningKey,
) -> None:
    """Send the keeper your signed word that everything one message asks is done. Safe to repeat."""
    from beholden.cli.recipients import read_word
    from beholden.ledger.canonical import print_json

    said = read_word(word)
    place = f"{_API}/{said.handover.hex()}/{said.day.isoformat()}/done"
    _ask(address, keeper, ref, signing_key, "POST", place, print_json(said.to_json()).decode())
    print(f"The keeper has your word on the message of {said.day}.")


def _ask(  # noqa: PLR0917  one request, said once
    address: str, keeper: str, ref: str, signing_key: Path, method: str, path: str, body: str
) -> bytes:
    """Send one signed request; return what came back, or the keeper's own refusal."""
    from beholden.cli.regulators import secret
    from beholden.redress.request import Request, shown_date, sign

    made = Request(ref, method, path, shown_date(datetime.now(UTC)), secrets.token_hex(16), body)
    try:
        signature = sign(made, keeper=keeper, seed=bytes.fromhex(secret(signing_key)))
    except (OSError, ValueError):
        raise _refused("The signing key cannot be read.") from None
    request = urllib.request.Request(  # noqa: S310  which address, is checked in `_place`
        _place(address) + path,
        data=body.encode() if method == "POST" else None,
        method=method,
        headers={
            "Beholden-Date": made.date,
            "Beholden-Nonce": made.nonce,
            "Beholden-Recipient": ref,
            "Beholden-Signature": signature,
            "Content-Type": "application/json",
        },
    )
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as got:  # noqa: S310
            raw: bytes = got.read(MOST_BYTES + 1)
    except urllib.error.HTTPError as no:
        raise _said(no) from None
    except OSError as trouble:
        raise _refused("The keeper's address does not answer.") from trouble
    if len(raw) > MOST_BYTES:
        raise _refused("What came back is larger than any message.")
    return raw


def _place(address: str) -> str:
    """Return where to ask, or refuse: under TLS, but on this very machine."""
    parts = urllib.parse.urlsplit(address)
    safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _HERE)
    if not safe or parts.query or parts.fragment or parts.username or parts.path.strip("/"):
        raise _refused("The address is https and a host, and nothing behind it.")
    return f"{parts.scheme}://{parts.netloc}"


def _said(no: urllib.error.HTTPError) -> Refusal:
    try:
        said: Any = json.loads(no.read(10_000))["refused"]
        return Refusal(said["code"], said["sentence"], next_step=said["next_step"], authority="")
    except (OSError, ValueError, KeyError, TypeError):
        return _refused(f"The keeper answered {no.code}.")


def _refused(sentence: str) -> Refusal:
    return Refusal(
        "cli.machine",
        sentence,
        next_step="Look at address, reference and key, and ask again. Nothing was changed here.",
        authority="D31",
    )
