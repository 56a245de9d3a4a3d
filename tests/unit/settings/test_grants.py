# SPDX-License-Identifier: Apache-2.0
"""The list of grants cannot be made to open the vault or the manifest to the doors (D36, D41)."""

import pytest

from beholden.refusals import Refusal
from beholden.settings.grants import ALL, APPEND, GRANTS, NOTHING, READ, Grant, On, check


def _refused(*lines):
    with pytest.raises(Refusal) as refused:
        check(lines)
    return refused.value.code


def test_ours_is_sound():
    check(GRANTS)


def test_a_sound_list():
    check((Grant("public.uses_use", READ, ALL), Grant("vault.person", NOTHING, NOTHING, ALL)))


@pytest.mark.parametrize("table", ["vault.person", "vault.lookup", "public.rows_manifest"])
def test_the_vault_and_the_manifest_are_never_for_the_doors(table):
    assert _refused(Grant(table, READ, NOTHING, ALL)) == "settings.grant_opens_vault"
    assert _refused(Grant(table, NOTHING, READ, ALL)) == "settings.grant_opens_vault", "nor for the office"


@pytest.mark.parametrize("table", ["person", "Vault.person", "pg_catalog.pg_authid", "public.", ""])
def test_only_our_schemas(table):
    assert _refused(Grant(table, NOTHING, NOTHING, READ)) == "settings.grant_schema"


@pytest.mark.parametrize(
    "right", ["truncate", "trigger", "references", "all", "SELECT", "select on x to y; --"]
)
def test_only_rights_of_the_list(right):
    assert _refused(Grant("public.uses_use", (right,), READ)) == "settings.grant_right"


def test_a_table_stands_in_one_line():
    assert _refused(Grant("public.a", READ, READ), Grant("public.a", APPEND, READ)) == "settings.grant_twice"


def test_columns_may_be_granted_one_by_one():
    check(
        (
            Grant(
                "public.uses_use", (On("select", ("ref", "state")), On("update", ("state",)), "insert"), READ
            ),
        )
    )


@pytest.mark.parametrize(
    "right",
    [
        On("delete", ("ref",)),
        On("all", ("ref",)),
        On("select", ()),
        On("select", ("ref) on x to public; --",)),
        On("select", ("Ref",)),
        On("select", ("*",)),
    ],
)
def test_only_named_columns_and_rights_that_know_columns(right):
    assert _refused(Grant("public.uses_use", (right,), READ)) == "settings.grant_right"


@pytest.mark.parametrize("table", ["vault.person", "public.rows_manifest"])
def test_not_even_one_column_of_the_vault_is_for_the_doors(table):
    assert _refused(Grant(table, (On("select", ("id",)),), NOTHING, ALL)) == "settings.grant_opens_vault"


def test_the_doors_have_no_whole_table_of_letters_and_answers():
    """Column by column, so that a new column is closed until somebody opens it here."""
    for grant in GRANTS:
        if grant.table in {"public.choices_answered", "public.notices_letter", "public.people_safetyflag"}:
            assert not {"select", "update", "delete"} & {
                right for right in grant.doors if isinstance(right, str)
            }
