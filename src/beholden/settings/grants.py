# SPDX-License-Identifier: Apache-2.0
"""Which role may do what to which table, column and row. This is data, and the code that puts it in force.

A table that is not named here is open to nobody but the owner. Nothing of the vault, and not the manifest of
rows, may ever be given to the doors: `check` refuses such a line before any of them takes effect.

The doors are what the world can reach, so they get columns one by one, and of some tables only some rows (PostgreSQL's
row security). A door that was broken into cannot list who said no: an answer is open only to whoever shows the keyed
digest of its number. What it still can do stands in SECURITY.md.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from beholden.home import roles
from beholden.refusals import Refusal

NOTHING: tuple[str, ...] = ()
READ = ("select",)
APPEND = ("select", "insert")
CHANGE = ("select", "insert", "update")
ALL = ("select", "insert", "update", "delete")


@dataclass(frozen=True, slots=True)
class On:
    """One privilege on some columns of a table, and on no other."""

    privilege: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Grant:
    """What each role may do to one table, named with its schema. The keeper may do whatever the office may.

    `rows` is the condition under which the doors see a row; empty, they see all. The office sees all in any case.
    """

    table: str
    doors: tuple[str | On, ...]
    office: tuple[str, ...]
    keeper: tuple[str, ...] = NOTHING
    rows: str = ""


_COLUMN = re.compile(r"[a-z][a-z_]*")

NEVER_FOR_DOORS = ("rows_correction", "rows_manifest", "rows_return")
"""Tables outside the vault's schema that say which row file holds whose school: the keeper's alone."""

_ROLES = f"{roles.DOORS}, {roles.OFFICE}, {roles.KEEPER}"

SUBMITTED = "state <> 'draft'"
NUMBER_SHOWN = "current_setting('beholden.number', true) in (receipt, nullif(undoes, ''))"
CHILD_SHOWN = "person = any (nullif(current_setting('beholden.children', true), '')::uuid[])"
CHILD_NAMED = f"kind = 'severed' and {CHILD_SHOWN}"
PUBLIC_PAPER = "kind not in ('interest', 'review', 'vote', 'signature', 'second')"
"""Rules on rows. What is shown is set by `beholden.people.shown`, for one transaction."""

GRANTS: tuple[Grant, ...] = (
    # A school's book of biometrics: no page reads it, and nothing in it is ever changed.
    Grant("public.biometrics_entry", NOTHING, APPEND),
    Grant("public.biometrics_system", NOTHING, APPEND),
    # The doors write what a family says, read it back to whoever has its number, and count the tries at a code.
    Grant(
        "public.choices_answered",
        (
            On(
                "select",
                (
                    *("id", "person", "adult", "scope", "target", "answer"),
                    *("at", "receipt", "undoes", "seal", "letter", "giver", "asked"),
                ),
            ),
            "insert",
        ),
        APPEND,
        rows=NUMBER_SHOWN,
    ),
    # What a use asks a yes for is read by every family; it is fixed when the telling begins, by the office.
    Grant("public.choices_asked", READ, APPEND),
    Grant("public.choices_committed", NOTHING, APPEND),
    Grant("public.choices_day", NOTHING, APPEND),
    Grant("public.choices_weighed", NOTHING, APPEND),
    # Who contests a match is nobody's but the keeper's: no page outside the hatch reads it.
    Grant("public.contests_contest", NOTHING, APPEND),
    Grant("public.contests_decided", NOTHING, APPEND),
    Grant("public.contests_month", NOTHING, APPEND),
    # So that a command can tell a home of another version from its own, also where the owner's login is elsewhere.
    Grant("public.django_migrations", NOTHING, READ),
    # Of what is sealed no page may know anything, not even how much of it there is but by the public log.
    Grant("public.gate_compulsion", NOTHING, CHANGE),
    Grant("public.gate_decision", NOTHING, APPEND),
    Grant("public.gate_disclosure", NOTHING, CHANGE),
    Grant("public.gate_lengthening", NOTHING, CHANGE),
    Grant("public.gate_linkedpair", NOTHING, APPEND),
    Grant("public.gate_linkedyear", NOTHING, APPEND),
    Grant("public.gate_linking", NOTHING, CHANGE),
    Grant("public.gate_lookconflict", NOTHING, APPEND),
    Grant("public.gate_lookhold", NOTHING, APPEND),
    Grant("public.gate_pairopinion", NOTHING, APPEND),
    Grant("public.gate_registry", NOTHING, APPEND),
    Grant("public.gate_roster", NOTHING, APPEND),
    Grant("public.gate_search", NOTHING, CHANGE),
    Grant("public.gate_setfile", NOTHING, APPEND),
    Grant("public.gate_singlebatch", NOTHING, APPEND),
    Grant("public.gate_singleexit", NOTHING, APPEND),
    # Asked at the hatch: no page reads a release, nor which questions were asked, by itself.
    Grant("public.gate_tableasked", NOTHING, CHANGE),
    Grant("public.gate_tablerelease", NOTHING, CHANGE),
    Grant("public.gate_urgentreview", NOTHING, APPEND),
    Grant("public.ledger_outbox", (On("select", ("id", "log", "entry_index")),), CHANGE),
    # Not a letter's school, not its children in clear: those who open it bring the code that unseals them.
    Grant(
        "public.notices_letter",
        (
            On(
                "select",
                (
                    *("id", "run_id", "adult", "code", "sealed", "delivered"),
                    *("tries", "locked_until", "not_mine", "replaced_at"),
                ),
            ),
            On("update", ("tries", "locked_until", "not_mine")),
        ),
        ALL,
    ),
    # The second step is the keeper's: whoever breaks into the doors must not be able to take it.
    Grant("public.notices_owncode", NOTHING, CHANGE),
    Grant("public.notices_run", READ, CHANGE),
    Grant("public.notices_secondcode", NOTHING, CHANGE),
    # Tried at the hatch, by the keeper's process: the doors neither see a key's digest nor count its tries.
    Grant("public.people_accesskey", NOTHING, CHANGE),
    Grant("public.people_officer", NOTHING, APPEND),
    Grant("public.people_organisation", READ, APPEND),
    # A letter asks for its own children's lines, whole: the doors check their seals too.
    Grant(
        "public.people_powerline",
        (
            On(
                "select",
                (
                    *("id", "person", "number", "adult", "body", "says", "evidence"),
                    *("since", "until", "takes", "about", "at", "by", "seal"),
                ),
            ),
        ),
        APPEND,
        rows=CHILD_SHOWN,
    ),
    Grant(
        "public.people_safetyflag",
        (On("select", ("person", "kind", "since", "until")),),
        CHANGE,
        rows=CHILD_NAMED,
    ),
    # The public reads how many messages went about a use, how many were signed for, and by when; of nobody's row.
    Grant("public.redress_affected", NOTHING, APPEND),
    Grant("public.redress_asked", NOTHING, APPEND),
    Grant("public.redress_day", NOTHING, APPEND),
    Grant("public.redress_done", (On("select", ("message_id", "at")),), APPEND),
    # What the families of an incident are told stands on their own pages, which ask the keeper.
    Grant("public.redress_highrisk", NOTHING, APPEND),
    # An incident is public from its first hour; whom it is about is nobody's but the registrar's.
    Grant(
        "public.redress_incident",
        (On("select", ("ref", "what", "use", "people", "known_at", "tell_by")),),
        APPEND,
    ),
    Grant("public.redress_incidentstep", (On("select", ("id", "incident_id", "state", "at")),), APPEND),
    Grant("public.redress_message", (On("select", ("id", "use", "day", "do_by")),), APPEND),
    # Whose value was put right, and to what: a row like any other, so the keeper's alone.
    Grant("public.rows_correction", NOTHING, NOTHING, APPEND),
    Grant("public.rows_manifest", NOTHING, NOTHING, CHANGE),
    Grant("public.rows_return", NOTHING, NOTHING, CHANGE),
    # The public may comment, and here reads how many did and not what; of the papers it sees those that are public.
    Grant("public.uses_comment", (On("select", ("ref", "use_id", "at")), "insert"), APPEND),
    Grant("public.uses_paper", READ, APPEND, rows=PUBLIC_PAPER),
    Grant("public.uses_seat", NOTHING, APPEND),
    # What an applicant still writes is nobody else's: it goes through the hatch, and can be thrown away.
    Grant("public.uses_sketch", NOTHING, ALL),
    Grant("public.uses_step", READ, APPEND),
    Grant("public.uses_use", READ, CHANGE, rows=SUBMITTED),
    Grant("vault.lookup", NOTHING, NOTHING, APPEND),
    Grant("vault.person", NOTHING, NOTHING, CHANGE),
    Grant("vault.question", NOTHING, NOTHING, CHANGE),
    Grant("vault.suggestion", NOTHING, NOTHING, APPEND),
    Grant("vault.written", NOTHING, NOTHING, READ),
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
            # This takes the columns' grants back too (PostgreSQL, REVOKE, Notes).
            cursor.execute(f"revoke all on {_quoted(table)} from public, {_ROLES}")
            _drop_rules(cursor, table)
        for grant in wanted:
            for role, rights in _rights(grant):
                if rights:
                    cursor.execute(
                        f"grant {', '.join(map(_said, rights))} on {_quoted(grant.table)} to {role}"
                    )
            if grant.rows:
                _set_rules(cursor, grant)
    placed = {grant.table for grant in wanted}
    return tuple(table for table in tables if table not in placed)


def _rights(grant: Grant) -> tuple[tuple[str, tuple[str | On, ...]], ...]:
    whole = tuple(dict.fromkeys((*grant.office, *grant.keeper)))
    return (roles.DOORS, grant.doors), (roles.OFFICE, grant.office), (roles.KEEPER, whole)


def _said(right: str | On) -> str:
    return right if isinstance(right, str) else f"{right.privilege} ({', '.join(right.columns)})"


def _drop_rules(cursor: CursorWrapper, table: str) -> None:
    schema, _, name = table.partition(".")
    cursor.execute(
        "select policyname from pg_policies where schemaname = %s and tablename = %s", [schema, name]
    )
    for (rule,) in cursor.fetchall():
        cursor.execute(f"drop policy {connection.ops.quote_name(rule)} on {_quoted(table)}")
    cursor.execute(f"alter table {_quoted(table)} disable row level security")


def _set_rules(cursor: CursorWrapper, grant: Grant) -> None:
    """Close the rows of a table, then open each role's. A row that no rule opens does not exist for its reader."""
    table = _quoted(grant.table)
    cursor.execute(f"alter table {table} enable row level security")
    cursor.execute(f"create policy doors_see on {table} for select to {roles.DOORS} using ({grant.rows})")
    if "insert" in grant.doors:
        cursor.execute(f"create policy doors_add on {table} for insert to {roles.DOORS} with check (true)")
    ours = f"{roles.OFFICE}, {roles.KEEPER}"
    cursor.execute(f"create policy ours on {table} for all to {ours} using (true) with check (true)")


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
        if not all(map(_is_known, (*grant.doors, *grant.office, *grant.keeper))):
            raise _refused("grant_right", f"{grant.table} is granted a right that this list does not know.")


def _is_known(right: str | On) -> bool:
    if isinstance(right, str):
        return right in ALL
    named = bool(right.columns) and all(_COLUMN.fullmatch(column) for column in right.columns)
    return named and right.privilege in CHANGE


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
