# SPDX-License-Identifier: Apache-2.0
"""An answer's document is read back whole, and anything that is no whole table is refused."""

import contextlib
import json
from copy import deepcopy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beholden.tables import answering, document
from beholden.tables.document import DocumentRefused
from table_rows import READY, cube, read, town


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return cube(town(), tmp_path_factory.mktemp("rows"))


def answered(made, **asked):
    return answering.answer(read(**asked), made, READY)


@pytest.mark.parametrize(
    "asked",
    [
        {"ask": "count", "by": ["authority", "sex"]},
        {"ask": "count", "by": ["year", "phase"], "show": {"year": ["9", "7"]}},
        {"ask": {"rate": "yes", "of": "meals"}, "by": ["region", "sex"]},
        {"ask": {"mean": "absence"}, "by": ["sex"]},
        {"ask": "count", "by": ["region"], "show": {"region": ["nowhere"]}},
    ],
)
def test_what_is_written_is_read_back(made, asked):
    answer = answered(made, **asked)
    written = answering.document(answer)
    table = document.read(json.dumps(written))
    assert table.question == written["question"]
    assert [(at, cell.value, cell.symbol) for at, cell in table.rows()] == [
        (at, value, why.symbol) for at, value, why in answer.cells()
    ]
    assert [(one.why, one.symbol, one.cells, one.sentence) for one in table.hidden] == [
        tuple(one.values()) for one in written["hidden"]
    ]
    assert (table.cite, table.release, table.error) == (written["cite"], written["release"], written["error"])


def test_a_table_says_in_words_what_it_shows(made):
    def title(says=None, **asked):
        table = document.read(json.dumps(answering.document(answered(made, **asked))))
        return table.title(says or {})

    says = {"sex": "Sex", "meals": "Free meals", "absence": "Sessions missed", "year": "Year group"}
    assert title(says, ask="count", by=["region", "sex", "year"]) == (
        "Number of children, by region, sex and year group"
    )
    assert title(says, ask={"rate": "yes", "of": "meals"}, by=["sex"]) == (
        "Of 100 children, how many have free meals: yes, by sex"
    )
    assert title(says, ask={"mean": "absence"}, by=["sex"]) == "Mean of sessions missed, by sex"
    assert title(ask={"mean": "absence"}, by=["sex"]) == "Mean of absence, by sex"
    assert title(says, ask="count", by=["sex", "year"], show={"year": ["9"]}) == (
        "Number of children, by sex (year group: 9)"
    )
    assert title(says, ask="count", by=["year"], show={"year": ["9"]}) == "Number of children (year group: 9)"


SPOILT = {
    "another form": lambda said: said.update(form="beholden/table/v2"),
    "no form": lambda said: said.pop("form"),
    "more than we know": lambda said: said.update(extra=1),
    "less than we need": lambda said: said.pop("error"),
    "a cell too few": lambda said: said["cells"].pop(),
    "a cell twice": lambda said: said["cells"].append(said["cells"][0]),
    "cells in another order": lambda said: said["cells"].insert(0, said["cells"].pop(1)),
    "a value and a symbol": lambda said: said["cells"][0].update(symbol="c", why="small"),
    "a value that is a word": lambda said: said["cells"][1].update(value="95"),
    "a value that is true": lambda said: said["cells"][1].update(value=True),
    "a symbol without a reason": lambda said: said["cells"][3].pop("why"),
    "a place that is not asked by": lambda said: said["cells"][0]["at"].update(meals="yes"),
    "other cells hidden than said": lambda said: said["hidden"].clear(),
    "cells counted wrongly": lambda said: said["hidden"][0].update(cells=99),
    "a question of another kind": lambda said: said["question"].update(ask={"sum": "absence"}),
    "a question with a number": lambda said: said["question"].update(about=7),
    "a question with a filter": lambda said: said["question"].update(where="x"),
    "by a number": lambda said: said["question"].update(by=["sex", 2]),
    "show a word": lambda said: said["question"].update(show="sex"),
    "cells that are no list": lambda said: said.update(cells=5),
}


WHOLE = {
    "form": "beholden/table/v1",
    "question": {"about": "roll", "ask": "count", "by": ["sex", "year"]},
    "cite": "Pupils on roll. roll/r1/0123456789abcdef.",
    "release": "roll/r1/0123456789abcdef",
    "policy": "0" * 64,
    "error": "Each count bears a random error.",
    "cells": [
        {"at": {"sex": "F", "year": "7"}, "value": 120},
        {"at": {"sex": "F", "year": "8"}, "value": 95},
        {"at": {"sex": "M", "year": "7"}, "value": 110},
        {"at": {"sex": "M", "year": "8"}, "symbol": "c", "why": "small"},
    ],
    "hidden": [{"why": "small", "symbol": "c", "cells": 1, "sentence": "Fewer than 10 children."}],
}


def test_the_table_that_is_spoilt_below_is_whole():
    assert [cell.value for cell in document.read(json.dumps(WHOLE)).cells] == [120, 95, 110, None]


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT)
def test_what_is_no_whole_table_is_refused(spoil):
    said = deepcopy(WHOLE)
    spoil(said)
    with pytest.raises(DocumentRefused):
        document.read(json.dumps(said))


@pytest.mark.parametrize("raw", ["", "[]", "7", "{", b"\xff", '{"form": 1, "form": 1}', "[" * 100_000])
def test_what_is_no_document_is_refused(raw):
    with pytest.raises(DocumentRefused):
        document.read(raw)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e999"])
def test_a_number_that_is_none_is_refused(number):
    with pytest.raises(DocumentRefused):
        document.read(json.dumps(WHOLE).replace("120", number))


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)
PLACES = st.sampled_from(
    [
        ("question",),
        ("question", "ask"),
        ("question", "by"),
        ("question", "by", 0),
        ("question", "show"),
        ("cells",),
        ("cells", 0),
        ("cells", 0, "at"),
        ("cells", 0, "at", "sex"),
        ("cells", 0, "value"),
        ("cells", 3, "symbol"),
        ("hidden",),
        ("hidden", 0),
        ("hidden", 0, "cells"),
        ("cite",),
    ]
)


@given(PLACES, values)
@settings(max_examples=300)
def test_whatever_stands_anywhere_is_read_or_refused_and_nothing_else(place, value):
    said = deepcopy(WHOLE)
    said["question"]["show"] = {"sex": ["F", "M", "missing"]}
    within = said
    for step in place[:-1]:
        within = within[step]
    within[place[-1]] = value
    with contextlib.suppress(DocumentRefused):
        document.read(json.dumps(said))
