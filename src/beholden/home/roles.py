# SPDX-License-Identifier: Apache-2.0
"""The logins and roles of the database: the wall behind the import fence. This knows schemas, no table.

`owner` migrates and owns. `keeper` may open the vault; `office` writes the governance (uses, decisions, letters)
and may not; `doors` may do least. All three are roles nobody logs in as. The login `keeper_login` may become
`office` or `keeper`, `web_login` only `doors`; both inherit nothing, so a connection that forgot to say who it is
can do nothing. PUBLIC has nothing.
"""

from typing import Any

import psycopg
from psycopg import sql

from beholden.home import Home, postgres

Connection = psycopg.Connection[tuple[Any, ...]]

KEEPER, OFFICE, DOORS, OWNER = "keeper", "office", "doors", "owner"
GOVERNANCE, VAULT = "public", "vault"

_MEMBERS = {"keeper_login": (KEEPER, OFFICE), "web_login": (DOORS,)}
_PLAIN = sql.SQL("nosuperuser nocreatedb nocreaterole noinherit noreplication nobypassrls")


def create_roles(home: Home) -> bool:
    """Make or mend logins, roles, database and schemas; say whether the database was made. Safe to repeat."""
    name = postgres.database_name(home)
    with postgres.connected(home, "cluster", "postgres") as connection:
        for login in ("owner", "keeper", "web"):
            _make_login(connection, home, login)
        for role in (KEEPER, OFFICE, DOORS):
            _make_role(connection, role)
            connection.execute(sql.SQL("alter role {} nologin {}").format(sql.Identifier(role), _PLAIN))
        for login, roles in _MEMBERS.items():
            for role in roles:
                connection.execute(
                    sql.SQL("grant {} to {} with inherit false, set true, admin false").format(
                        sql.Identifier(role), sql.Identifier(login)
                    )
                )
        made = _make_database(connection, name)
    with postgres.connected(home, "cluster", name) as connection:
        _make_schemas(connection)
    return made


def _make_login(connection: Connection, home: Home, login: str) -> None:
    name = postgres.LOGINS[login]
    _make_role(connection, name)
    # Only the salted verifier goes over: the password itself is in no statement (RFC 5803).
    password = postgres.dsn(home, login)["password"]
    verifier = connection.pgconn.encrypt_password(password.encode(), name.encode(), b"scram-sha-256").decode()
    connection.execute(
        sql.SQL("alter role {} login {} password {}").format(
            sql.Identifier(name), _PLAIN, sql.Literal(verifier)
        )
    )


def _make_role(connection: Connection, name: str) -> None:
    if connection.execute("select 1 from pg_roles where rolname = %s", (name,)).fetchone() is None:
        connection.execute(sql.SQL("create role {}").format(sql.Identifier(name)))


def _make_database(connection: Connection, name: str) -> bool:
    database = sql.Identifier(name)
    made = connection.execute("select 1 from pg_database where datname = %s", (name,)).fetchone() is None
    if made:
        connection.execute(sql.SQL("create database {} owner {}").format(database, sql.Identifier(OWNER)))
    for closed in (name, "postgres", "template1"):
        connection.execute(sql.SQL("revoke all on database {} from public").format(sql.Identifier(closed)))
    logins = sql.SQL(", ").join(map(sql.Identifier, _MEMBERS))
    connection.execute(sql.SQL("grant connect on database {} to {}").format(database, logins))
    # The keeper joins large look-ups through temporary tables.
    connection.execute(
        sql.SQL("grant temporary on database {} to {}").format(database, sql.Identifier(KEEPER))
    )
    return made


def _make_schemas(connection: Connection) -> None:
    owner, governance, vault = map(sql.Identifier, (OWNER, GOVERNANCE, VAULT))
    connection.execute(sql.SQL("create schema if not exists {} authorization {}").format(vault, owner))
    connection.execute(sql.SQL("alter schema {} owner to {}").format(governance, owner))
    for schema, roles in ((governance, (KEEPER, OFFICE, DOORS)), (vault, (KEEPER,))):
        everybody = sql.SQL(", ").join((sql.SQL("public"), *map(sql.Identifier, (KEEPER, OFFICE, DOORS))))
        connection.execute(sql.SQL("revoke all on schema {} from {}").format(schema, everybody))
        granted = sql.SQL(", ").join(map(sql.Identifier, roles))
        connection.execute(sql.SQL("grant usage on schema {} to {}").format(schema, granted))
    for kind in ("functions", "types", "tables", "sequences"):
        connection.execute(
            sql.SQL("alter default privileges for role {} revoke all on {} from public").format(
                owner, sql.SQL(kind)
            )
        )
