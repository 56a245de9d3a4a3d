# SPDX-License-Identifier: Apache-2.0
"""Where the database is and as whom this process comes in. Reads the environment, and refuses to guess."""

import os
from urllib.parse import parse_qsl, unquote, urlsplit

from beholden.home import here, postgres
from beholden.refusals import Refusal

_LOGINS = ("web", "keeper", "owner")
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_OPTIONS = ("sslmode", "sslrootcert", "sslcert", "sslkey", "connect_timeout", "channel_binding")


def login() -> str:
    """Return our word for the login of this process: `web` where nothing is said, which may do the least."""
    said = os.environ.get("BEHOLDEN_LOGIN", "") or "web"
    if said not in _LOGINS:
        raise Refusal(
            "settings.login",
            "BEHOLDEN_LOGIN names no login of ours.",
            next_step="Set it to web, keeper or owner, or leave it out.",
            authority="D36: least access",
        )
    return said


def connection() -> dict[str, str]:
    """Return what psycopg needs to connect: from DATABASE_URL where it is set, or else from the home."""
    url = os.environ.get("DATABASE_URL", "")
    return parse_url(url) if url else postgres.dsn(here(), login())


def parse_url(url: str) -> dict[str, str]:
    """Read `postgresql://user:password@host:port/name?sslmode=verify-full`, strictly.

    Over a network only `sslmode=verify-full` will do: anything less can be answered by another's server.
    A socket's folder is written as a percent-encoded host (`%2Frun%2Fpostgresql`).
    """
    try:
        parts = urlsplit(url)
        port = parts.port
        pairs = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=True) if parts.query else []
    except ValueError:
        raise _bad("It is not an address of a database.") from None  # its own words repeat the password
    host, name = unquote(parts.hostname or ""), unquote(parts.path.removeprefix("/"))
    if any(character.isspace() or not character.isprintable() for character in unquote(url)):
        raise _bad("It holds a blank or a character that cannot be seen.")
    if parts.scheme not in {"postgresql", "postgres"} or parts.fragment:
        raise _bad("It does not begin with postgresql://, or has a fragment.")
    if not (host and name and parts.username and parts.password) or "/" in name:
        raise _bad("It needs a user, a password, a host and a database's name.")
    options = dict(pairs)
    if len(options) < len(pairs) or not options.keys() <= set(_OPTIONS):
        raise _bad(f"Its options may be, once each: {', '.join(_OPTIONS)}.")
    if not (host.startswith("/") or host in _LOOPBACK) and options.get("sslmode") != "verify-full":
        raise _bad("Over a network it needs sslmode=verify-full.")
    return {
        "host": host,
        "port": str(port or 5432),
        "dbname": name,
        "user": unquote(parts.username),
        "password": unquote(parts.password),
        "options": "",
        **options,
    }


def _bad(reason: str) -> Refusal:
    # Never the address itself: it holds a password.
    return Refusal(
        "settings.database_url",
        f"DATABASE_URL cannot be used. {reason}",
        next_step="Write postgresql://user:password@host:5432/name?sslmode=verify-full",
        authority="D36: encrypted, least access",
    )
