# SPDX-License-Identifier: Apache-2.0
"""The wall behind the import fence is the database role (D36: least access).

What the doors' login must never do is tried here as an attacker with that login would try it: with bare SQL.
"""

import contextlib

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege

import homes
from beholden.home import postgres
from beholden.refusals import Refusal


def _plant(home):
    """Make one table in each schema: the vault's for the keeper alone, the other for everybody of ours."""
    with postgres.connected(home, "owner") as connection:
        connection.execute('create table vault."Probe" (secret text)')
        connection.execute('insert into vault."Probe" values (%s)', ("held",))
        connection.execute('grant select, insert on vault."Probe" to keeper')
        connection.execute("create table probe (word text)")
        connection.execute("grant select, insert on probe to keeper, office, doors")
        connection.execute("create function touch() returns int language sql as 'select 1'")


@pytest.fixture(scope="module")
def wall(base_home):
    """Return one home for all tests that only try the wall and leave nothing behind."""
    with homes.clone(base_home) as home:
        _plant(home)
        yield home


@pytest.fixture
def web(wall):
    with postgres.connected(wall, "web") as connection:
        yield connection


@pytest.fixture
def probe(keeper_home):
    _plant(keeper_home)


def _denied(connection, statement):
    with pytest.raises(InsufficientPrivilege):
        connection.execute(statement)
    return True


@pytest.fixture
def ours(wall):
    from django.db import connection

    connection.close()
    return connection


def _ask(ours, question):
    with ours.cursor() as cursor:
        cursor.execute(question)
        return cursor.fetchone()[0]


def _ask_in_vain(ours, question):
    from django.db.utils import Error

    with contextlib.suppress(Error):
        _ask(ours, question)


def _insert_and_fail(ours):
    with ours.cursor() as cursor:
        cursor.execute("""insert into vault."Probe" values ('undone')""")
    raise LookupError


HELD = 'select count(*) from vault."Probe"'


# The doors' login


@pytest.mark.parametrize("role", ["reset role", "set role doors"])
@pytest.mark.parametrize(
    "statement",
    [
        'select * from vault."Probe"',
        'insert into vault."Probe" values (1)',
        'copy vault."Probe" to stdout',
        'truncate vault."Probe"',
        "select 'vault.\"Probe\"'::regclass",
        "create table vault.mine ()",
        "select * from vault.person",
        "select * from vault.lookup",
        "select * from public.rows_manifest",
    ],
)
def test_the_doors_login_cannot_read_or_write_the_vault(web, role, statement):
    web.execute(role)
    assert _denied(web, statement)


@pytest.mark.parametrize("role", ["keeper", "office", "keeper_login", "owner", "cluster"])
@pytest.mark.parametrize("way", ["set role {}", "set local role {}", "set session authorization {}"])
def test_the_doors_login_cannot_become_another(web, role, way):
    with web.transaction(force_rollback=True):
        assert _denied(web, way.format(role))


@pytest.mark.parametrize("role", ["reset role", "set role doors"])
@pytest.mark.parametrize(
    "statement",
    [
        "grant keeper to web_login",
        "grant keeper to doors",
        "alter role web_login inherit",
        "alter role web_login superuser",
        "alter role keeper_login password 'x'",
        "create role mine",
        "grant usage on schema vault to doors",
        "alter schema vault owner to web_login",
        "select rolpassword from pg_authid",
        "copy (select 1) to program 'true'",
        "select pg_read_file('postgresql.conf')",
        "alter system set log_statement = 'all'",
        "set log_min_messages = debug1",
        "set session_replication_role = replica",
        "create table public.mine ()",
        "create temporary table mine ()",
        "create schema mine",
        "create database mine",
        "select public.touch()",
    ],
)
def test_the_doors_login_cannot_widen_its_rights(web, statement, role):
    web.execute(role)
    assert _denied(web, statement)


def test_the_doors_login_does_not_see_what_the_keeper_asks(wall, web):
    with postgres.connected(wall, "keeper") as connection:
        connection.execute("select 'Zzyzx'")
        seen = web.execute("select query from pg_stat_activity where usename = 'keeper_login'").fetchall()
        (keepers,) = web.execute(
            "select pid from pg_stat_activity where usename = 'keeper_login' and datname = current_database()"
        ).fetchone()
        assert "Zzyzx" not in str(seen)
        assert _denied(web, f"select pg_terminate_backend({keepers})")


@pytest.mark.parametrize("login", ["web", "keeper"])
def test_a_login_that_has_not_said_who_it_is_can_do_nothing(wall, login):
    with postgres.connected(wall, login) as connection:
        assert _denied(connection, "select * from public.probe")
        assert _denied(connection, 'select * from vault."Probe"')


def test_the_doors_may_what_they_were_given(web):
    """The tests above would pass on a server that refuses everything."""
    web.execute("set role doors")
    assert web.execute("select count(*) from public.probe").fetchone() == (0,)


@pytest.mark.parametrize("database", ["postgres", "template1"])
@pytest.mark.parametrize("login", ["web", "keeper", "owner"])
def test_our_logins_enter_no_other_database(wall, login, database):
    with (
        pytest.raises(psycopg.OperationalError, match="permission denied"),
        postgres.connected(wall, login, database),
    ):
        pass


def test_public_holds_nothing(wall):
    with postgres.connected(wall, "owner") as connection:
        rows = connection.execute(
            "select 'table ' || relname from pg_class c, aclexplode(relacl) a"
            " where a.grantee = 0 and relnamespace in ('public'::regnamespace, 'vault'::regnamespace)"
            " union all select 'schema ' || nspname from pg_namespace, aclexplode(nspacl) a"
            " where a.grantee = 0 and nspname in ('public', 'vault')"
            " union all select 'database ' || datname from pg_database, aclexplode(datacl) a"
            " where a.grantee = 0 and datname = current_database()"
            " union all select 'function ' || proname from pg_proc"
            " where pronamespace in ('public'::regnamespace, 'vault'::regnamespace)"
            " and (has_function_privilege('doors', oid, 'execute') or has_function_privilege('keeper', oid, 'execute'))"
        ).fetchall()
    assert rows == []


def test_no_login_has_more_than_it_was_given(wall):
    with postgres.connected(wall, "owner") as connection:
        roles = connection.execute(
            "select rolname, rolcanlogin, rolsuper or rolcreaterole or rolcreatedb or rolreplication or rolbypassrls,"
            " rolinherit from pg_roles where rolname !~ '^pg_' order by 1"
        ).fetchall()
        members = connection.execute(
            "select m.rolname, r.rolname, inherit_option, set_option, admin_option from pg_auth_members a"
            " join pg_roles r on r.oid = roleid join pg_roles m on m.oid = member"
            " where r.rolname !~ '^pg_' order by 1, 2"
        ).fetchall()
    assert roles == [
        ("cluster", True, True, True),
        ("doors", False, False, False),
        ("keeper", False, False, False),
        ("keeper_login", True, False, False),
        ("office", False, False, False),
        ("owner", True, False, False),
        ("web_login", True, False, False),
    ]
    assert members == [
        ("keeper_login", "keeper", False, True, False),
        ("keeper_login", "office", False, True, False),
        ("web_login", "doors", False, True, False),
    ]


# Through Django


def test_the_keepers_connection_begins_as_the_office(ours):
    assert _ask(ours, "select session_user || ' ' || current_user") == "keeper_login office"
    ours.close()
    assert _ask(ours, "select current_user") == "office"
    assert _ask(ours, "select count(*) from probe") == 0


def test_the_keeper_sees_the_vault_inside_the_block_only(ours):
    from django.db.utils import ProgrammingError

    from beholden.register.vault.wall import keeper

    with keeper():
        assert _ask(ours, HELD) == 1
    assert _ask(ours, "select current_user") == "office"
    with pytest.raises(ProgrammingError, match="permission denied"):
        _ask(ours, HELD)


def test_the_role_goes_back_inside_an_outer_transaction(ours):
    from django.db import transaction

    from beholden.register.vault.wall import keeper

    with transaction.atomic():
        assert _ask(ours, "select current_user") == "office"
        with keeper():
            with keeper(), transaction.atomic():
                assert _ask(ours, "select current_user") == "keeper"
            assert _ask(ours, "select current_user") == "keeper", "an inner block does not end the outer one"
        assert _ask(ours, "select current_user") == "office"
    assert _ask(ours, "select current_user") == "office"


def test_a_failing_block_gives_the_role_back_and_undoes_its_work(ours):
    from django.db import transaction

    from beholden.register.vault.wall import keeper

    with transaction.atomic():
        with pytest.raises(LookupError), keeper():
            _insert_and_fail(ours)
        assert _ask(ours, "select current_user") == "office"
        with keeper():
            assert _ask(ours, HELD) == 1
    with pytest.raises(LookupError), keeper():
        raise LookupError
    assert _ask(ours, "select current_user") == "office"


def test_a_broken_transaction_inside_the_block_is_loud(ours):
    """Code that swallows a database error must not commit, nor go on as keeper."""
    from django.db.utils import Error

    from beholden.register.vault.wall import keeper

    with pytest.raises(Error), keeper():
        _ask_in_vain(ours, "select 1 / 0")
    assert _ask(ours, "select current_user") == "office"


def test_resetting_the_role_leaves_nothing(ours):
    from django.db.utils import ProgrammingError

    with ours.cursor() as cursor:
        cursor.execute("reset role")
    with pytest.raises(ProgrammingError, match="permission denied"):
        _ask(ours, "select count(*) from public.probe")
    ours.close()


@pytest.mark.parametrize("login", ["web", "owner"])
def test_neither_the_doors_nor_the_owner_may_open_the_vault(wall, ours, login):
    from beholden.register.vault.wall import keeper
    from beholden.settings.found import acting_as

    with acting_as(wall, login):
        with pytest.raises(Refusal) as refused, keeper():
            pytest.fail("the vault was opened")
        assert refused.value.code == "vault.closed"
        assert _ask(ours, "select current_user") == ("doors" if login == "web" else "owner")


def test_the_keeper_may_make_temporary_tables_for_its_look_ups(ours):
    from beholden.register.vault.wall import keeper

    with keeper(), ours.cursor() as cursor:
        cursor.execute("create temporary table looked_up (n int) on commit drop")
        cursor.execute("insert into looked_up values (1)")


# The data behind the roles


def test_every_table_is_placed_and_the_vault_is_never_for_the_doors(keeper_home, as_login):
    """A new table without a line in settings/grants.py stands in this list, and is closed to everybody."""
    from beholden.settings import grants
    from beholden.settings.found import acting_as

    with acting_as(keeper_home, "owner"):
        assert grants.apply() == ()
    with as_login("owner") as connection:
        open_to_doors = connection.execute(
            "select schemaname || '.' || tablename from pg_tables where schemaname in ('public', 'vault')"
            " and has_table_privilege('doors', format('%I.%I', schemaname, tablename),"
            " 'select, insert, update, delete')"
        ).fetchall()
    assert not [name for (name,) in open_to_doors if name.startswith("vault.")]
    assert not [name for (name,) in open_to_doors if name.endswith(grants.NEVER_FOR_DOORS)]


def test_a_table_without_a_line_is_closed_even_if_it_was_open(probe, keeper_home, as_login):
    from beholden.settings import grants
    from beholden.settings.found import acting_as

    with acting_as(keeper_home, "owner"):
        unplaced = grants.apply()
    assert {"public.probe", "vault.Probe"} <= set(unplaced)
    with as_login("web") as connection:
        connection.execute("set role doors")
        assert _denied(connection, "select * from probe")


def test_a_line_gives_what_it_says_and_no_more(probe, keeper_home, as_login):
    from beholden.settings import grants
    from beholden.settings.found import acting_as

    with acting_as(keeper_home, "owner"):
        grants.apply((grants.Grant("public.probe", grants.READ, grants.READ, grants.APPEND),))
    with as_login("web") as connection:
        connection.execute("set role doors")
        connection.execute("select * from probe")
        assert _denied(connection, "insert into probe values ('x')")
    with as_login("keeper") as connection:
        connection.execute("set role office")
        connection.execute("select * from probe")
        assert _denied(connection, "insert into probe values ('x')")
        connection.execute("set role keeper")
        connection.execute("insert into probe values ('x')")
        for beyond in ("update probe set word = ''", "delete from probe", "truncate probe"):
            assert _denied(connection, beyond)


def test_a_line_for_a_table_that_is_not_there_is_refused_and_changes_nothing(probe, keeper_home, as_login):
    from beholden.settings import grants
    from beholden.settings.found import acting_as

    with acting_as(keeper_home, "owner"), pytest.raises(Refusal) as refused:
        grants.apply((grants.Grant("public.nowhere", grants.READ, grants.READ),))
    assert refused.value.code == "settings.grant_missing"
    with as_login("web") as connection:
        connection.execute("set role doors")
        connection.execute("select * from probe")
