# SPDX-License-Identifier: Apache-2.0
"""A question and its address say the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beholden.tables import address
from beholden.tables.question import LONGEST, QuestionRefused

names = st.from_regex(r"[A-Za-z][A-Za-z0-9_]{0,12}", fullmatch=True)
categories = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12)
asks = st.one_of(
    st.just("count"),
    st.fixed_dictionaries({"rate": categories, "of": names}),
    st.fixed_dictionaries({"mean": names}),
)
questions = st.fixed_dictionaries(
    {"about": names, "ask": asks, "by": st.lists(names, max_size=5, unique=True)},
    optional={
        "show": st.dictionaries(
            names, st.lists(categories, min_size=1, max_size=4, unique=True), min_size=1, max_size=3
        ),
        "release": categories,
    },
)


@given(questions)
def test_the_address_of_a_question_asks_the_question(asked):
    assert address.question(asked["about"], address.query(asked)) == asked


@given(questions)
def test_an_address_that_we_write_is_written_so_again(asked):
    query = address.query(asked)
    assert query.isascii()
    assert address.query(address.question(asked["about"], query)) == query


def test_an_address_can_be_read_by_people():
    asked = {"about": "spring", "ask": "count", "by": ["region", "sex"], "show": {"sex": ["F", "not said"]}}
    assert address.query(asked) == "ask=count&by=region&by=sex&show=sex:F&show=sex:not%20said"


def test_a_form_of_a_browser_is_read_too():
    assert address.question("spring", "ask=rate&rate=meals%3Anot+said&by=region") == {
        "about": "spring",
        "ask": {"rate": "not said", "of": "meals"},
        "by": ["region"],
    }


@pytest.mark.parametrize(
    "query",
    [
        "",
        "by=sex",
        "ask=sum&by=sex",
        "ask=count&ask=count&by=sex",
        "ask=count&rate=sex:F&by=sex",
        "ask=rate&by=sex",
        "ask=rate&rate=F&by=sex",
        "ask=rate&rate=sex:F&mean=absence&by=year",
        "ask=mean&by=sex",
        "ask=count&by=sex&show=F",
        "ask=count&by=sex&where=meals:yes",
        "ask=count&by",
        "ask=count&by=%ff",
        f"ask=count&by={'x' * LONGEST}",
        "release=one&release=two&ask=count&by=sex",
    ],
)
def test_an_address_that_asks_nothing_is_refused(query):
    with pytest.raises(QuestionRefused) as no:
        address.question("spring", query)
    assert no.value.code == "tables.address"
