# SPDX-License-Identifier: Apache-2.0
"""fsck finds what is wrong with tables, each by its code. What a crash leaves is in nobody's way. D24, D27."""

from contextlib import ExitStack
from copy import copy

import pytest

import homes
from beholden.home import here, keys, postgres
from integration.test_tables_exit import BY_SEX, NAME, Asked, begun, freeze, withdraw


@pytest.fixture(scope="module")
def frozen(base_home, tmp_path_factory):
    """A home with a release that was withdrawn, one that stands, and a question that was asked of each."""
    from beholden.settings import found

    with ExitStack() as stack:
        home = stack.enter_context(homes.fresh(base_home))
        with found.acting_as(home, "keeper"):
            world = begun(tmp_path_factory.mktemp("town"), 60)
            asked = Asked(world)
            freeze(world)
            asked.ask(BY_SEX)
            withdraw(world)
            freeze(world)
            asked.ask(BY_SEX)
        yield home, world


@pytest.fixture
def world(frozen):
    with homes.copied(frozen[0]):
        yield copy(frozen[1])


def codes():
    from beholden.fsck.cubes import check_cubes

    return [one.code for one in check_cubes(here())]


def as_owner(statement):
    with postgres.connected(here(), "owner") as connection:
        connection.execute("alter table gate_tablerelease disable trigger user")
        connection.execute("alter table gate_tableasked disable trigger user")
        connection.execute(statement)


def test_a_home_with_tables_is_clean(world):
    assert codes() == []


@pytest.mark.parametrize("file", ["cube.json", "cells.parquet"])
def test_a_changed_file_of_a_cube_is_named(world, file):
    path = here().tables / NAME / file
    path.write_bytes(path.read_bytes() + b" ")
    assert "fsck.cube" in codes()


def test_a_withdrawal_that_the_log_has_otherwise_is_found(world):
    mark = here().tables / NAME / "withdrawn.json"
    mark.write_text(mark.read_text().replace("wrong", "right"))
    assert codes() == ["fsck.cube_withdrawn"]
    mark.unlink()
    assert codes() == ["fsck.cube_stands"]
    withdraw(world)
    assert codes() == [], "withdrawn again, it is marked again"


def test_another_key_is_found(world):
    keys.path(here(), "tables").unlink()
    assert codes() == ["fsck.table_key"] * 2
    keys.create(here(), "tables")
    assert codes() == ["fsck.table_key"] * 2


@pytest.mark.parametrize(
    "change",
    [
        "update gate_tablerelease set policy = policy || ' '",
        "update gate_tablerelease set withdrawn_why = 'Because.' where withdrawn_why <> ''",
        "update gate_tablerelease set band = 64 * 8 where band = 64",
        "update gate_tablerelease set at = at + interval '1 day'",
    ],
)
def test_a_row_that_is_not_what_the_log_says_is_found(world, change):
    as_owner(change)
    assert "fsck.table" in codes()


def test_a_row_that_is_gone_is_missed(world):
    as_owner("delete from gate_tableasked")
    as_owner(f"delete from gate_tablerelease where name = '{NAME}'")
    assert codes()[:2] == ["fsck.table_missing"] * 2


def test_a_line_that_is_no_question_is_found(world):
    as_owner("update gate_tableasked set question = replace(question, 'sex', 'sez')")
    assert codes() == ["fsck.table_asked"]


def test_what_a_killed_run_left_is_noted_and_cleared_by_the_next(world):
    from beholden.fsck.cubes import check_cubes
    from beholden.fsck.rules import Weight

    for place in (here().tables / ".counting-xyz", here().tables / "pupils-sc-spr-2027"):
        place.mkdir()
        (place / "cells.part").touch()
    assert {(one.code, one.weight) for one in check_cubes(here())} == {("fsck.orphan", Weight.NOTE)}
    withdraw(world, f"{NAME}-2")
    assert codes() == []
