# SPDX-License-Identifier: Apache-2.0
"""Whatever the seed and size, the town keeps its promises."""

import json
import tempfile
from collections import Counter
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from beholden import town
from beholden.intake import numbers
from beholden.town.census import Sheet
from beholden.town.dice import Dice


@settings(max_examples=40)
@given(pupils=st.integers(1, 60), seed=st.integers(-(2**63), 2**63), schools=st.integers(1, 9))
def test_a_town_of_any_size_is_whole(pupils: int, seed: int, schools: int):
    whole = town.build(pupils, seed, schools)
    with tempfile.TemporaryDirectory() as folder:
        paths = town.write(whole, Path(folder))
        trees = [etree.parse(path) for path in paths]
        books = [json.loads(town.contacts_path(Path(folder), s).read_text("utf-8")) for s in whole.schools]
    on = Counter(u for tree in trees for u in tree.xpath("//PupilOnRoll/PupilIdentifiers/UPN/text()"))
    assert len(trees) == schools
    assert sum(on.values()) == len(on) == pupils
    assert all(numbers.upn_faults(upn) == () for upn in on)
    assert all(set(c["decides_for"]) <= set(on) for book in books for c in book["contacts"])


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff")))
def test_what_a_sheet_writes_lxml_reads(text: str):
    sheet = Sheet()
    sheet.leaf("Surname", text)
    assert (etree.fromstring(sheet.text()).text or "") == text


@given(st.integers(), st.integers(0, 50), st.integers(0, 50))
def test_dice_stay_within_their_bounds(seed: int, first: int, width: int):
    dice = Dice(seed, "bounds")
    assert first <= dice.between(first, first + width) <= first + width
    assert 0 <= dice.tail(4, top=width) <= width
    assert dice.weigh((("never", 0.0), ("always", 1.0))) == "always"
