# SPDX-License-Identifier: Apache-2.0
"""Which role may do what to which table. This is data, and the code that puts it in force after a migration.

A table that is not named here is open to nobody but the owner. Nothing of the vault, and not the manifest of
rows, may ever be given to the doors: `check` refuses such a line before any of them takes effect.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection, transaction

from beholden.home import roles
from beholden.refusals import Refusal

NOTHING: tuple[str, ...] = ()
READ = ("select",)
APPEND = ("select", "insert")
CHANGE = ("select", "insert", "update")
ALL = ("select", "insert", "update", "delete")


@dataclass(frozen=True, slots=True)
class Grant:
    """What each role may do to one table, named with its schema. The keeper may do whatever the office may."""

    table: str
    doors: tuple[str, ...]
    office: tuple[str, ...]
    keeper: tuple[str, ...] = NOTHING


NEVER_FOR_DOORS = ("rows_manifest", "rows_return")
"""Tables outside the vault's schema that say which row file holds whose school: the keeper's alone."""

_ROLES = f"{roles.DOORS}, {roles.OFFICE}, {roles.KEEPER}"

OWNER_ONLY = ("public.django_migrations",)
"""Tables that no role needs, so that the list of unplaced tables is empty."""

GRANTS: tuple[Grant, ...] = (
    # The doors write what a family says and count its tries; the rest they only read, and only what is public.
    Grant("public.choices_answered", APPEND, APPEND),
    Grant("public.choices_day", NOTHING, APPEND),
    Grant("public.gate_decision", NOTHING, APPEND),
    Grant("public.gate_disclosure", NOTHING, CHANGE),
    Grant("public.gate_registry", NOTHING, APPEND),
    Grant("public.gate_setfile", NOTHING, APPEND),
    Grant("public.ledger_outbox", READ, CHANGE),
    Grant("public.notices_letter", ("select", "update"), ALL),
    Grant("public.notices_run", READ, CHANGE),
    Grant("public.people_officer", NOTHING, APPEND),
    Grant("public.people_organisation", READ, APPEND),
    Grant("public.people_safetyflag", NOTHING, CHANGE),
    Grant("public.rows_manifest", NOTHING, NOTHING, CHANGE),
    Grant("public.rows_return", NOTHING, NOTHING, CHANGE),
    Grant("public.uses_review", NOTHING, APPEND),
    Grant("public.uses_step", READ, APPEND),
    Grant("public.uses_use", READ, CHANGE),
    Grant("vault.lookup", NOTHING, NOTHING, APPEND),
    Grant("vault.person", NOTHING, NOTHING, CHANGE),
    Grant("vault.question", NOTHING, NOTHING, CHANGE),
)


def apply(grants: Iterable[Grant] = GRANTS) -> tuple[str, ...]:
    """Put the grants in force, as the owner, in one step; return the tables that no line places."""
    wanted = tuple(grants)
    check(wanted)
    with transaction.atomic(), connection.cursor() as cursor:
        tables = _tables()
        for grant in wanted:
            if grant.table not in tables:
                raise _refused("grant_missing", f"{grant.table} is granted and does not exist.")
        for table in tables:
            cursor.execute(f"revoke all on {_quoted(table)} from public, {_ROLES}")
        for grant in wanted:
            for role, privileges in _rights(grant):
                if privileges:
                    cursor.execute(f"grant {', '.join(privileges)} on {_quoted(grant.table)} to {role}")
    placed = {grant.table for grant in wanted} | set(OWNER_ONLY)
    return tuple(table for table in tables if table not in placed)


def _rights(grant: Grant) -> tuple[tuple[str, tuple[str, ...]], ...]:
    whole = tuple(dict.fromkeys((*grant.office, *grant.keeper)))
    return (roles.DOORS, grant.doors), (roles.OFFICE, grant.office), (roles.KEEPER, whole)


def check(grants: Iterable[Grant]) -> None:
    """Refuse a list that opens vault or manifest to the doors, says a table twice, or invents a right."""
    seen: set[str] = set()
    for grant in grants:
        schema, _, name = grant.table.partition(".")
        if grant.table in seen:
            raise _refused("grant_twice", f"{grant.table} is granted in two lines.")
        seen.add(grant.table)
        if (grant.doors or grant.office) and (schema == roles.VAULT or name in NEVER_FOR_DOORS):
            raise _refused("grant_opens_vault", f"{grant.table} would be opened to the doors.")
        if schema not in {roles.GOVERNANCE, roles.VAULT} or not name:
            raise _refused("grant_schema", f"{grant.table} stands in no schema of ours.")
        if not {*grant.doors, *grant.office, *grant.keeper} <= set(ALL):
            raise _refused("grant_right", f"{grant.table} is granted a right that this list does not know.")


def _tables() -> tuple[str, ...]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select schemaname || '.' || tablename from pg_tables where schemaname = any(%s) order by 1",
            [[roles.GOVERNANCE, roles.VAULT]],
        )
        return tuple(name for (name,) in cursor.fetchall())


def _quoted(table: str) -> str:
    schema, _, name = table.partition(".")
    return f"{connection.ops.quote_name(schema)}.{connection.ops.quote_name(name)}"


def _refused(reason: str, sentence: str) -> Refusal:
    return Refusal(
        f"settings.{reason}",
        sentence,
        next_step="Correct beholden/settings/grants.py; nothing was changed.",
        authority="D36: least access; ARCHITECTURE section 3",
    )
