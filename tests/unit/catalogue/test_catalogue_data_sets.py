# SPDX-License-Identifier: Apache-2.0
"""What a pack says of tables: columns that are whole, a policy that fits them, and a ratchet that sees every change. D24."""

import shutil
from dataclasses import replace
from types import MappingProxyType

import pytest

from beholden.catalogue import SHIPPED, PackRefused, load, restore
from beholden.catalogue.pack import ENGLAND as FOLDER
from beholden.catalogue.rules import tighter_or_equal
from beholden.intake.pupils import NOT_POSSIBLE
from beholden.tables import policy
from beholden.tables.policy import MISSING

ENGLAND = load()
PUPILS = ENGLAND.data_set("pupils")


def with_pupils(**changes):
    return replace(ENGLAND, data_sets=MappingProxyType({"pupils": replace(PUPILS, **changes)}))


@pytest.mark.parametrize("pack", SHIPPED)
def test_each_policy_can_be_read_and_lists_just_the_groups_of_its_columns(pack):
    """A group that the policy does not list would refuse the census; one that no column makes would be empty for ever."""
    for data_set in load(pack).data_sets.values():
        rules = policy.read(data_set.policy.encode())
        assert (rules.name, rules.pupil, rules.period) == (data_set.name, "person", "")
        groups = {one.name: set(one.groups.values()) for one in data_set.columns}
        assert set(groups) == {*rules.levels, *(one.name for one in rules.variables)}
        for one in rules.variables:
            assert groups[one.name] == set(one.categories) - {MISSING}
        assert {one.name: one.label for one in data_set.shares} == {
            one.name: one.says for one in rules.measures
        }
        assert {(one.low, one.high) for one in rules.measures} <= {(0, 100)}


def test_nothing_of_the_vault_and_nothing_that_is_a_childs_alone_is_counted():
    items = {*PUPILS.items, *(item for share in PUPILS.shares for item in share.items)}
    assert not any(ENGLAND.item(item).hers_alone for item in items)
    assert {ENGLAND.item(item).store.value for item in items} == {"rows"}


def test_every_code_of_an_absence_is_missed_and_none_that_is_no_possible_attendance():
    """All codes are of three kinds: at school or taught elsewhere, away, and no time at which a child could be there."""
    away, not_agreed = (set(one.codes) for one in PUPILS.shares)
    there = {"/", "\\", "B", "K", "L", "P", "V", "W"}
    assert not_agreed < away
    assert away | there | NOT_POSSIBLE == set(ENGLAND.item("session_details").codes)
    assert not any((away & there, away & NOT_POSSIBLE, there & NOT_POSSIBLE))


def test_every_authority_of_england_lies_in_one_region():
    region, authority = (one for one in PUPILS.columns if one.signs)
    assert region.groups.keys() == authority.groups.keys()
    assert len(set(authority.groups.values())) == 154, "153, and one that is invented"
    assert len(set(region.groups.values())) == 10, "nine, and one that is invented"


LOOSER = {
    "a data set more": (replace(ENGLAND, data_sets=MappingProxyType({})), ENGLAND, "added"),
    "another policy": (ENGLAND, with_pupils(policy=PUPILS.policy + "\n"), "policy"),
    "a column more": (with_pupils(columns=PUPILS.columns[1:]), ENGLAND, "column region"),
    "other groups": (
        ENGLAND,
        with_pupils(columns=(replace(PUPILS.columns[0], signs=7), *PUPILS.columns[1:])),
        "column region",
    ),
    "a share more": (with_pupils(shares=PUPILS.shares[1:]), ENGLAND, "share missed"),
    "other codes of a share": (
        with_pupils(shares=(replace(PUPILS.shares[0], codes=("I",)), *PUPILS.shares[1:])),
        ENGLAND,
        "share missed",
    ),
    "another purpose": (ENGLAND, with_pupils(purpose="public-interest-study"), "purpose"),
    "another collection": (ENGLAND, with_pupils(collection="AP"), "collection"),
}


@pytest.mark.parametrize("name", LOOSER)
def test_every_change_of_what_may_be_asked_has_its_notice(name):
    old, new, what = LOOSER[name]
    assert ("data set pupils", what) in {(one.where, one.what) for one in tighter_or_equal(old, new)}


def test_a_data_set_less_counts_at_once():
    assert tighter_or_equal(ENGLAND, replace(ENGLAND, data_sets=MappingProxyType({}))) == ()


def test_the_hash_covers_the_policy_and_what_is_kept_gives_it_back(tmp_path):
    folder = shutil.copytree(FOLDER, tmp_path / "pack")
    with (folder / "tables" / "pupils.toml").open("a") as file:
        file.write("# one word more\n")
    other = load(folder)
    assert other.hash != ENGLAND.hash
    assert restore(other.content).data_set("pupils").policy.endswith("# one word more\n")


SEX = '[column.sex]\nlabel = "Boy or girl"\nitem = "sex"\ngroups = ["Girls: F", "Boys: M"]'
BROKEN = {
    "a code in no group": (SEX, SEX.replace('"Girls: F", ', ""), "contradiction"),
    "a code in two groups": (SEX, SEX.replace("Boys: M", "Boys: M F"), "malformed"),
    "a code that is none": (SEX, SEX.replace("Boys: M", "Boys: M Q"), "contradiction"),
    "a group without codes": (SEX, SEX.replace("Boys: M", "Boys"), "malformed"),
    "a column of nothing": (SEX, SEX.replace('item = "sex"\n', ""), "contradiction"),
    "an item that its purpose does not need": (
        SEX,
        SEX.replace('item = "sex"', 'item = "shoes"'),
        "contradiction",
    ),
    "an item of the vault": (SEX, SEX.replace('item = "sex"', 'item = "surname"'), "contradiction"),
    "a column that is not there": (
        '"region", "authority", "sex"',
        '"region", "authority", "shoes"',
        "dangling",
    ),
    "a share that is not there": ('shares = ["missed", ', 'shares = ["shoes", ', "dangling"),
    "a share of a code that is none": ('codes = ["G", "N"', 'codes = ["G", "9"', "dangling"),
    "a share of a whole that is none": ('of = "sessions_possible"', 'of = "sex"', "contradiction"),
    "a share of what its purpose does not need": (
        'of = "sessions_possible"',
        'of = "birth_date"',
        "contradiction",
    ),
    "a purpose without tables": ('purpose = "education-statistics"', 'purpose = "press"', "contradiction"),
    "a collection that is none": ('collection = "SC"', 'collection = "XX"', "dangling"),
    "another name than its policy": ("[data_set.pupils]", "[data_set.people]", "dangling"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_pack_whose_tables_do_not_fit_is_refused(name, tmp_path):
    before, after, code = BROKEN[name]
    folder = shutil.copytree(FOLDER, tmp_path / "pack")
    file = folder / "tables.toml"
    text = file.read_text()
    assert before in text
    file.write_text(text.replace(before, after, 1))
    with pytest.raises(PackRefused) as no:
        load(folder)
    assert no.value.code == f"catalogue.{code}"
    assert no.value.file == "tables.toml"


def test_a_policy_of_no_data_set_is_refused(tmp_path):
    folder = shutil.copytree(FOLDER, tmp_path / "pack")
    (folder / "tables" / "stray.toml").write_text("")
    with pytest.raises(PackRefused) as no:
        load(folder)
    assert (no.value.code, no.value.file) == ("catalogue.dangling", "tables/stray.toml")
