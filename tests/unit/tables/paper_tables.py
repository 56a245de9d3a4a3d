# SPDX-License-Identifier: Apache-2.0
"""Tables written by hand, as their documents have them: what the tests of pages and files share."""

import json
from collections import Counter
from itertools import product

from hypothesis import strategies as st

from beholden.tables import document

SENTENCES = {
    "small": ("c", "Fewer than 10 children, or nearly so."),
    "class": ("c", "Nearly all of this group are alike."),
    "area": ("x", "Too many groups of this area are small."),
    "impossible": ("z", "There can be nobody of this kind."),
    "low": ("low", "The figure rounds to nothing."),
}


def paper(categories, values, ask="count", about="roll"):
    """Return a table's document: `values` in the order of the categories, each a number or the name of a reason."""
    cells = []
    for at, value in zip(product(*categories.values()), values, strict=True):
        where = {"at": dict(zip(categories, at, strict=True))}
        hidden = isinstance(value, str)
        cells.append(where | ({"symbol": SENTENCES[value][0], "why": value} if hidden else {"value": value}))
    counted = Counter(value for value in values if isinstance(value, str))
    return {
        "form": document.FORM,
        "question": {"about": about, "ask": ask, "by": list(categories)},
        "cite": "Pupils on roll in an invented town. roll/r1/0123456789abcdef.",
        "release": "roll/r1/0123456789abcdef",
        "policy": "0" * 64,
        "error": "Each count bears a random error of at most 5 and is rounded to 5. Figures that should add up may not.",
        "cells": cells,
        "hidden": [
            {"why": why, "symbol": symbol, "cells": counted[why], "sentence": sentence}
            for why, (symbol, sentence) in SENTENCES.items()
            if counted[why]
        ],
    }


def table(categories, values, ask="count", about="roll"):
    """Return such a table, read."""
    return document.read(json.dumps(paper(categories, values, ask, about)))


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=6)


@st.composite
def tables(draw, most=3, words=WORDS):
    """Any table."""
    names = draw(
        st.lists(
            st.from_regex(r"[a-z][a-z0-9_]{0,5}", fullmatch=True), min_size=1, max_size=most, unique=True
        )
    )
    categories = {name: draw(st.lists(words, min_size=1, max_size=4, unique=True)) for name in names}
    size = 1
    for listed in categories.values():
        size *= len(listed)
    value = st.one_of(
        st.integers(-50_000, 10_000_000),
        st.floats(-1000, 1000, allow_nan=False).map(lambda one: round(one, 2)),
        st.sampled_from(list(SENTENCES)),
    )
    return table(categories, draw(st.lists(value, min_size=size, max_size=size)))
