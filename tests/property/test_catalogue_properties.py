# SPDX-License-Identifier: Apache-2.0
"""The catalogue's hash says what it means and nothing else; the ratchet turns one way (D41)."""

import re
import tomllib
from dataclasses import replace
from pathlib import Path
from shutil import copytree
from tempfile import TemporaryDirectory
from types import MappingProxyType

import pytest
from hypothesis import example, given, seed, settings
from hypothesis import strategies as st

from beholden.catalogue import Effect, FamilySays, Flag, Keeper, PackRefused, Told, load
from beholden.catalogue.pack import ENGLAND, KINDS
from beholden.catalogue.plain import Found, read
from beholden.catalogue.rules import HIGHER_IS_TIGHTER, LOWER_IS_TIGHTER, tighter_or_equal

SEED = 20261123
CATALOGUE = load()
TEXTS = {file: (ENGLAND / file).read_text(encoding="utf-8") for file in KINDS}
VALUES = [
    (file, number)
    for file, text in TEXTS.items()
    for number, line in enumerate(text.split("\n"))
    if re.match(r"[a-z_]+ = .*\w", line)
]

files = st.sampled_from(sorted(KINDS))


def hash_of(texts: dict[str, str]) -> str:
    with TemporaryDirectory() as folder:
        for file, text in texts.items():
            (Path(folder) / file).write_text(text, encoding="utf-8")
        copytree(ENGLAND / "tables", Path(folder) / "tables")
        return load(Path(folder)).hash


def tables_of(text: str) -> list[str]:
    """The text of each table, its header first; what stands above the first header comes first."""
    return re.split(r"(?m)^(?=\[[a-z]+\.)", text)


@seed(SEED)
@settings(max_examples=25, deadline=None)
@given(
    file=files,
    random=st.randoms(use_true_random=False),
    comment=st.text(st.characters(categories=["L", "N"]), max_size=9),
)
def test_comments_blank_lines_and_order_do_not_change_the_hash(file, random, comment):
    print(f"seed {SEED}")
    head, *tables = tables_of(TEXTS[file])
    random.shuffle(tables)
    dressed = f"# {comment}\n\n".join([head, *tables]) + f"\n# {comment} [item.x]\n"
    assert hash_of({**TEXTS, file: dressed}) == CATALOGUE.hash


@seed(SEED)
@settings(max_examples=150, deadline=None)
@given(where=st.sampled_from(VALUES), data=st.data())
def test_every_change_of_a_value_changes_the_hash_or_refuses_the_pack(where, data):
    """One sign of one value is put in the place of another: it is never the same catalogue."""
    print(f"seed {SEED}")
    file, number = where
    lines = TEXTS[file].split("\n")
    key, value = lines[number].split(" = ", 1)
    at = data.draw(st.integers(0, len(value) - 1))
    sign = data.draw(st.sampled_from("aZ07\"'[]-. ,#"))
    spoilt = value[:at] + sign + value[at + 1 :]
    lines[number] = f"{key} = {spoilt}"
    try:
        changed = hash_of({**TEXTS, file: "\n".join(lines)})
    except PackRefused as no:
        refused = no
    else:
        assert (changed == CATALOGUE.hash) == (_means(key, spoilt) == _means(key, value))
        return
    assert refused.file in KINDS
    assert refused.line >= 1


def _means(key: str, value: str) -> object:
    """What one line says, read apart from the catalogue's own reader; unclosed lists say themselves."""
    try:
        return tomllib.loads(f"{key} = {value}")
    except tomllib.TOMLDecodeError:
        return value


@seed(SEED)
@settings(max_examples=300, deadline=None)
@given(text=st.text(st.sampled_from("[]item.upn=\"'#\n {}x1,\\"), max_size=60))
@example("[item.upn]\nlabel = [\n'''")
@example("[a.b]\nx = 2026-13-01")
@example("[a.b]\nx = " + "[" * 5000)
@example("[a.b]\nx = " + "9" * 5000)
@example("\ufeff[a.b]\nx = 1")
@example("[a.b]\rx = 1")
def test_any_text_is_read_or_refused_at_a_line_that_it_has(text):
    """A parser's promise: no other error, and no line that is not there."""
    print(f"seed {SEED}")
    try:
        found = read("any.toml", text.encode())
    except PackRefused as no:
        line = no.line
    else:
        _stand_where_they_say(found, text)
        return
    assert 1 <= line <= text.count("\n") + 1


def _stand_where_they_say(found: tuple[Found, ...], text: str) -> None:
    lines = text.replace("\r\n", "\n").split("\n")
    for table in found:
        assert lines[table.line - 1].strip(" \t").startswith(f"[{table.kind}.{table.name}]")
        assert set(table.lines) == set(table.values)
        for key, line in table.lines.items():
            assert lines[line - 1].strip(" \t").startswith(key)


@seed(SEED)
@settings(max_examples=200, deadline=None)
@given(name=st.sampled_from(sorted(HIGHER_IS_TIGHTER | LOWER_IS_TIGHTER)), value=st.integers(1, 5000))
def test_a_number_turns_one_way(name, value):
    print(f"seed {SEED}")
    other = replace(CATALOGUE, limits=replace(CATALOGUE.limits, **{name: value}))
    there, back = tighter_or_equal(CATALOGUE, other), tighter_or_equal(other, CATALOGUE)
    if value == getattr(CATALOGUE.limits, name):
        assert there == back == ()
    else:
        assert len(there) + len(back) == 1
        higher = value > getattr(CATALOGUE.limits, name)
        assert bool(back) == (higher == (name in HIGHER_IS_TIGHTER))


ORDERS = {
    "keeper": (Keeper.REFUSES, Keeper.WAITS, Keeper.ALLOWS),
    "family_says": (FamilySays.MUST_AGREE, FamilySays.STOPS, FamilySays.HEARD, FamilySays.NOTHING),
    "told": (Told.BEFORE, Told.AT, Told.AFTER, Told.SEALED),
}
RIGHTS = frozenset({"subject-access", "child-in-danger", "youth-support"})
"""Where the keeper's *no* is no tightening, because it hurts the child: the order of that one word is the other way."""


@seed(SEED)
@settings(max_examples=200, deadline=None)
@given(
    code=st.one_of(st.sampled_from(sorted(CATALOGUE.purposes)), st.sampled_from(sorted(RIGHTS))),
    words=st.fixed_dictionaries({key: st.sampled_from(order) for key, order in ORDERS.items()}),
)
def test_a_purpose_is_looser_exactly_where_a_word_is_weaker(code, words):
    """The oracle is the order of the words above, read row by row; of the rights the keeper's word the other way."""
    print(f"seed {SEED}")
    old = CATALOGUE.purpose(code)
    orders = ORDERS | ({"keeper": ORDERS["keeper"][::-1]} if code in RIGHTS else {})
    new = replace(CATALOGUE, purposes=MappingProxyType({**CATALOGUE.purposes, code: replace(old, **words)}))
    weaker = {
        key for key, order in orders.items() if order.index(words[key]) > order.index(getattr(old, key))
    }
    found = tighter_or_equal(CATALOGUE, new)
    assert {one.what for one in found} == weaker
    assert {one.where for one in found} <= {f"purpose {code}"}


@seed(SEED)
@settings(max_examples=200, deadline=None)
@given(
    name=st.sampled_from(sorted(CATALOGUE.exits)),
    effects=st.tuples(*[st.sampled_from(list(Effect)) for _ in Flag]),
)
def test_a_flag_that_removes_no_longer_is_always_seen(name, effects):
    print(f"seed {SEED}")
    old = CATALOGUE.exit(name)
    row = replace(old, effects=tuple(zip(Flag, effects, strict=True)))
    new = replace(CATALOGUE, exits=MappingProxyType({**CATALOGUE.exits, name: row}))
    freed = {flag.value for flag in old.removes if flag not in row.removes}
    seen = {one.what for one in tighter_or_equal(CATALOGUE, new)}
    assert freed <= seen
    if not seen:
        assert set(old.removes) <= set(row.removes)


@seed(SEED)
@settings(max_examples=100, deadline=None)
@given(
    limits=st.lists(
        st.fixed_dictionaries(
            {n: st.integers(1, 60) for n in ("reviewers", "letter_tries", "told_floor_percent")}
        ),
        min_size=3,
        max_size=3,
    )
)
def test_two_tightenings_in_a_row_are_a_tightening(limits):
    print(f"seed {SEED}")
    first, second, third = (replace(CATALOGUE, limits=replace(CATALOGUE.limits, **one)) for one in limits)
    if not tighter_or_equal(first, second) and not tighter_or_equal(second, third):
        assert tighter_or_equal(first, third) == ()
    assert tighter_or_equal(first, first) == ()


def test_the_shipped_pack_is_found_beside_its_reader():
    assert load().hash == load(ENGLAND).hash
    assert re.fullmatch(r"[0-9a-f]{64}", CATALOGUE.hash)
    with pytest.raises(PackRefused):
        load(ENGLAND / "nowhere")
