# SPDX-License-Identifier: Apache-2.0
"""Reads how this home sends mail, and to which address of each recipient: the file `mail.toml`, closed to others.

A home without the file sends none. What cannot be read is refused, and nothing is guessed: a mail to the wrong address
is not taken back. Mail to another machine travels under TLS, and no setting turns that off.
"""

import re
import stat
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from beholden.home import Home
from beholden.refusals import Refusal

NAME = "mail.toml"
_MAIL = {"host", "port", "security", "sender"}
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_ATOM = r"[A-Za-z0-9!#$%&*+/=?^_{|}~-]+"
_ADDRESS = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@{_HOST.pattern}")
"""What every mail server takes: ASCII alone, and no empty part between two dots (RFC 5321, 4.1.2)."""
_HERE = frozenset({"localhost", "127.0.0.1", "::1"})
_SECURITY = frozenset({"tls", "starttls", "none"})
_MOST_PORT = 65_535


@dataclass(frozen=True, slots=True)
class Mail:
    """Through which server mail goes, and to whom. `security`: tls, starttls, or none on this very machine."""

    host: str
    port: int
    security: str
    sender: str
    addresses: Mapping[str, str]  # by the recipient's reference
    user: str = ""
    password: str = field(default="", repr=False)


def mail(home: Home) -> Mail | None:
    """Return how this home sends mail, or None where it does not.

    What must hold: 1 nobody else on the machine can read the file; 2 it has [server] and [recipients], and nothing
    more; 3 each value is what it must be; 4 plain text goes to no other machine; 5 a user has a password.
    """
    path = home.root / NAME
    try:
        mode = path.stat().st_mode
        said = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as trouble:
        raise _refused("It cannot be read.") from trouble
    if stat.S_IMODE(mode) & 0o077:  # 1
        raise _refused("Others on this machine can read it.")
    server, to = said.get("server"), said.get("recipients")
    if (
        said.keys() != {"server", "recipients"} or not isinstance(server, dict) or not isinstance(to, dict)
    ):  # 2
        raise _refused("It has [server] and [recipients], and nothing more.")
    if not _MAIL <= server.keys() <= _MAIL | {"user", "password"}:
        raise _refused("[server] has host, port, security and sender, and with a user a password.")
    made = Mail(**server, addresses=MappingProxyType(dict(to)))
    _check(made)
    return made


def _check(made: Mail) -> None:
    words = (made.host, made.security, made.sender, made.user, made.password, *made.addresses.values())
    if not all(isinstance(one, str) for one in words) or type(made.port) is not int:  # 3
        raise _refused("A value is of the wrong type.")
    if not _HOST.fullmatch(made.host) and made.host not in _HERE:
        raise _refused("The host is no host.")
    if not 0 < made.port <= _MOST_PORT or made.security not in _SECURITY:
        raise _refused("The port is a port; security is tls, starttls or none.")
    if not all(_ADDRESS.fullmatch(one) for one in (made.sender, *made.addresses.values())):
        raise _refused("An address is none.")
    if made.security == "none" and made.host not in _HERE:  # 4
        raise _refused("Without TLS mail goes to a server on this very machine, and to no other.")
    if bool(made.user) != bool(made.password):  # 5
        raise _refused("A user has a password.")


def _refused(why: str) -> Refusal:
    return Refusal(
        "home.mail",
        f"The file {NAME} of this home cannot be used. {why}",
        next_step="Write it as docs/reference/recipient-api.md shows, and close it to others (chmod 600).",
        authority="UK GDPR Art 32(1)",
    )
