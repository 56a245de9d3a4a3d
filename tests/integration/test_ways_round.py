# SPDX-License-Identifier: Apache-2.0
"""Ways round the gate, planted and really walked: each is stopped by the layer that SECURITY.md names. D18, D36.

Import contracts and fences catch what is written; what is run all the same, here, meets the database's roles, the
closed list of the hatch, the keys that lie elsewhere, and fsck.
"""

import io
import json
import logging
import re
import subprocess

import pytest

import homes
from beholden.home import binaries, postgres
from beholden.settings.logs import Discreet
from integration.world import BEGAN, CATALOGUE, REGISTRAR, World


@pytest.fixture(scope="module")
def held(base_home, tmp_path_factory):
    """A home with a town and a released study in it, and what stands in its returns."""
    from beholden.settings import found

    with homes.fresh(base_home) as home:
        with found.acting_as(home, "keeper"):
            world = World(tmp_path_factory.mktemp("town"))
            world.returns()
            world.published()
            world.told()
            world.released()
        yield home, world


@pytest.fixture
def doors(held):
    """This process as a doors process: whatever code is planted in it runs under the doors' login."""
    from beholden.settings import found

    with found.acting_as(held[0], "web"):
        yield held[1]


@pytest.fixture
def office(held):
    """This process as a worker or a command of the keeper: outside the vault's block it is the office."""
    from beholden.settings import found

    with found.acting_as(held[0], "keeper"):
        yield held[1]


def _relation():
    from beholden.gate.models import Disclosure

    return Disclosure.objects.values_list("decision__released__path", flat=True).first()


def _back_relation():
    from beholden.register.rows.models import Return

    return Return.objects.values_list("files__path", flat=True).first()


def _by_name():
    from django.apps import apps

    return apps.get_model("vault", "Person").objects.first()  # noqa: TID251  the way that is walked


def _raw_sql():
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("select names from vault.person limit 1")
        return cursor.fetchone()


def _read_rows():
    from beholden.register.rows import read

    return read.population("SC", "SPR", 2026)


def _becomes_keeper():
    from beholden.register.vault.models import Person
    from beholden.register.vault.wall import keeper

    with keeper():
        return Person.objects.first()


def _decides():
    from beholden.gate.actions import deciding

    return deciding.snapshot_registry(by=REGISTRAR, at=BEGAN)


def _template():
    """A template that climbs from a word to every class there is, and from there to the vault's people."""
    from beholden.web.environment import environment

    climb = (
        "{% set every = ''.__class__.__mro__[1].__subclasses__() %}"
        "{% set base = every | selectattr('__name__', 'equalto', 'AltersData') | first %}"
        "{% for model in base.__subclasses__() if model.__name__ == 'Model' %}"
        "{% for one in model.__subclasses__() if one.__module__ == 'beholden.register.vault.models' %}"
        "{{ one.objects.first().names }}{% endfor %}{% endfor %}"
    )
    import beholden.register.vault.models  # noqa: F401  as it would be loaded in a keeper's process

    return environment(autoescape=True).from_string(climb).render()


DENIED = "permission denied for "
PLANTED = {
    # what is planted: what it does, and how it ends
    "a relation of the ORM": (_relation, DENIED),
    "a relation backwards": (_back_relation, DENIED),
    "a model by name": (_by_name, DENIED),
    "raw SQL": (_raw_sql, DENIED),
    "the reader of rows, called by a page": (_read_rows, "^vault.closed: "),
    "the vault's own block, entered by a page": (_becomes_keeper, "^vault.closed: "),
    "a step of the gate, pressed by a page": (_decides, "^ledger.keeper_only: "),
    "a template that climbs": (_template, DENIED),
}


@pytest.mark.parametrize("way", PLANTED)
def test_code_planted_in_a_doors_process_meets_the_role(doors, way):
    """D36: whatever a page is made to run, PostgreSQL knows that it is the doors, and refuses."""
    from django.db.utils import ProgrammingError

    from beholden.refusals import Refusal

    does, said = PLANTED[way]
    with pytest.raises((ProgrammingError, Refusal), match=said):
        does()


@pytest.mark.parametrize("way", ["a model by name", "raw SQL", "a template that climbs"])
def test_code_planted_in_a_worker_meets_the_role_outside_the_vaults_block(office, way):
    """D36: a chore or a command begins as the office, and the office may not open the vault."""
    from django.db.utils import ProgrammingError

    with pytest.raises(ProgrammingError, match=DENIED):
        PLANTED[way][0]()


def test_what_pages_get_leads_to_no_table(office):
    """D26: a page gets frozen values all the way down; no manager, no query, no row hangs on any of them."""
    from django.db.models import Manager, Model, QuerySet

    from beholden.gate.queries import public_numbers
    from beholden.uses.papers import public_papers
    from beholden.uses.queries import register_of_uses
    from beholden.uses.standing import hearing, routes

    ref = office.use
    given = (
        register_of_uses(CATALOGUE),
        public_numbers(ref),
        public_papers(ref),
        hearing(ref),
        routes("northford", catalogue=CATALOGUE, at=office.at),
    )
    seen = list(_within(given))
    assert len(seen) > 100
    assert not [one for one in seen if isinstance(one, Model | Manager | QuerySet)]


def _within(value, depth=0):
    yield value
    assert depth < 20
    if isinstance(value, str | bytes):
        return
    if isinstance(value, tuple | list | set | frozenset):
        parts = list(value)
    elif hasattr(value, "items") and callable(value.items):
        parts = [part for pair in value.items() for part in pair]
    else:
        parts = [getattr(value, name) for name in getattr(type(value), "__dataclass_fields__", ())]
    for part in parts:
        yield from _within(part, depth + 1)


# --- what is written down, and what lies about ---


def secrets_of(world):
    """What names a child: pupil numbers, postcodes, and first and last name together."""
    marks = set()
    for child in world.children():
        marks |= {child.upn, child.address.postcode, child.address.postcode.replace(" ", "")}
        marks.add(f"{child.forename} {child.surname}")
    return {mark.encode() for mark in marks}


def test_a_log_line_of_an_error_has_no_value(office):
    """D36: PostgreSQL says the value that it refused; our log says the class and the place."""
    from django.db import connection
    from django.db.utils import DataError

    child = office.children()[0]
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(Discreet("{message}", style="{"))
    planted = logging.getLogger("beholden.planted")
    planted.addHandler(handler)
    planted.propagate = False
    try:
        with connection.cursor() as cursor:
            cursor.execute("select %s::int", [child.upn])
    except DataError as trouble:
        assert child.upn in str(trouble)
        planted.exception("a planted line")
    finally:
        planted.removeHandler(handler)
    assert "DataError" in stream.getvalue()
    assert child.upn not in stream.getvalue()


NOT_IN_A_BACKUP = ("keys", "signer", "postgres")
"""Kept apart, kept nowhere (docs/how-to/found-a-home.md), and dumped."""


def test_a_backup_of_the_database_and_of_the_files_names_no_child(held):
    """D36: a disc lost in the post: PostgreSQL's own dump, and every file of the home but the keys.

    A look for any number, postcode or name finds the keys' absence. Rows on disk are packed, and are looked through
    unpacked. With the keys the same backup opens: what names is in it, and it is the keys that are not.
    """
    from beholden.settings import found

    home, world = held
    marks = secrets_of(world)
    assert len(marks) > 100
    dump = _dumped(home)
    assert set(re.findall(r"^COPY (\S+) \(", dump.decode(), re.MULTILINE)) == _tables(home)
    assert _found(marks, dump) == set()
    lying = [
        path
        for path in sorted(home.root.rglob("*"))
        if path.is_file() and path.relative_to(home.root).parts[0] not in NOT_IN_A_BACKUP
    ]
    folders = {path.relative_to(home.root).parts[0] for path in lying}
    assert folders >= {"rows", "sets", "ledger", "released", "catalogues", "database"}
    assert sum(path.suffix == ".parquet" for path in lying) >= len(world.files)
    for path in lying:
        assert _found(marks, _unpacked(path)) == set(), path.relative_to(home.root)
    numbered = world.children()[0]
    with found.acting_as(home, "keeper"):
        from beholden.catalogue import Store
        from beholden.gate.actions.looking import Sought, look
        from beholden.gate.lookups import LookUp

        sought = Sought(numbered.upn, numbered.born, is_known=False)
        asked = LookUp("correction", frozenset({Store.ADDRESS}))
        got = look(sought, asked, catalogue=CATALOGUE, by=REGISTRAR, at=world.at)
    assert numbered.address.postcode in {fact.value for fact in got.known}


def test_the_look_through_a_backup_can_find(held, tmp_path):
    """The very look, where something is to be found: in a return, in packed rows, in the text and bytes of a dump."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    _, world = held
    marks = secrets_of(world)
    in_return = {
        mark for child in world.children() for mark in (child.upn.encode(), child.address.postcode.encode())
    }
    assert len(in_return) > 60
    assert in_return <= _found(marks, b"\n".join(map(_unpacked, world.files)))
    packed = tmp_path / "rows.parquet"
    column = [mark.decode() for mark in sorted(marks)]
    pq.write_table(pa.table({"upn": column * 9}), packed, compression="zstd", use_dictionary=True)
    assert _found(marks, packed.read_bytes()) != marks, "packed rows can be read as they lie"
    assert _found(marks, _unpacked(packed)) == marks
    assert _found(marks, b"\\\\x" + b"\n".join(mark.hex().encode() for mark in marks)) == marks


def _unpacked(path):
    """Return what stands in a file; of packed rows, every value as text."""
    if path.suffix != ".parquet":
        return path.read_bytes()
    import pyarrow.parquet as pq

    table = pq.read_table(path)
    return "\n".join(str(column.to_pylist()) for column in table.columns).encode()


def _found(marks, content):
    return {mark for mark in marks if mark in content or mark.hex().encode() in content}


def _tables(home):
    """Return every table that there is, in both schemas."""
    with postgres.connected(home, "cluster") as connection:
        found = connection.execute(
            "select schemaname, tablename from pg_tables where schemaname in ('public', 'vault')"
        ).fetchall()
    assert {schema for schema, _ in found} == {"public", "vault"}
    return {f"{schema}.{name}" for schema, name in found}


def _dumped(home):
    """Dump the whole database with PostgreSQL's own program, as a keeper's machine does each night."""
    where = postgres.dsn(home, "cluster")
    words = [
        word
        for name in ("host", "port", "user", "dbname")
        if name in where
        for word in (f"--{name}", where[name])
    ]
    done = subprocess.run(
        binaries.command("pg_dump", "--format=plain", *words),
        env=binaries.environment() | {"PGPASSWORD": where["password"]},
        cwd="/",
        capture_output=True,
        check=True,
    )
    return done.stdout


def test_the_rows_on_disk_have_no_column_that_names(held):
    """D36: who stands in the vault, what stands in the rows; a copy of the row files is about numbers without a name."""
    import pyarrow.parquet as pq

    from beholden.catalogue import Store

    home, _ = held
    named = {item.id for item in CATALOGUE.items.values() if item.store is not Store.ROWS}
    files = list(home.rows.rglob("*.parquet"))
    assert files
    for path in files:
        assert not named & set(pq.read_schema(path).names)


def test_what_was_put_among_the_released_is_found(held, capsys):
    """D26: an export by hand, past the gate: fsck names each file that no log knows, and before that there is none.

    Words; the very parcel that left, a second time under another name; the rows themselves, in a folder below.
    """
    home, _ = held
    (parcel,) = (path for path in home.released.iterdir() if path.is_file())
    rows = next(home.rows.rglob("*.parquet"))
    planted = {
        "released/U-2026-0001-0badcafe.age": b"rows, carried out by hand",
        "released/U-2026-0002-0badcafe.age": parcel.read_bytes(),
        "released/by-hand/rows.parquet": rows.read_bytes(),
        "enclave/by-hand.parquet": rows.read_bytes(),
    }
    assert _unlogged(home, capsys) == set()
    below = home.released / "by-hand"
    below.mkdir(mode=0o700)
    try:
        for name, content in planted.items():
            (home.root / name).write_bytes(content)
        assert _unlogged(home, capsys) == set(planted)
    finally:
        for name in planted:
            (home.root / name).unlink(missing_ok=True)
        below.rmdir()


def _unlogged(home, capsys):
    """Return where fsck says that something lies of which no log knows."""
    from beholden.cli.fsck import run

    ended = run(home.root, offline=False, as_json=True)
    found = json.loads(capsys.readouterr().out)["findings"]
    assert (ended == 0) == (not found)
    return {one["where"] for one in found if one["code"] == "fsck.released_unlogged"}


def test_a_stranger_who_watches_an_honest_home_hears_no_alarm(held, tmp_path):
    """D41: `beholden watch` over a copy of what a real home published: logs, texts, and what each catalogue said."""
    from beholden.cli.logs import export
    from beholden.reportcard.watching import watch

    home, world = held
    copy = tmp_path / "copy"
    assert "1 catalogues are new" in export(home.root, copy)
    keys = [(copy / log / "vkey").read_text().strip() for log in ("events", "handovers")]
    seen, alarms = watch(copy, keys=keys, before=None, on=world.at.date())
    assert alarms == ()
    assert watch(copy, keys=keys, before=seen, on=world.at.date()) == (seen, ())
