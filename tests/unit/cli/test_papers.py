# SPDX-License-Identifier: Apache-2.0
"""A paper that was typed into a file is read whole or not at all, and no refusal repeats what stands in it. D22."""

from datetime import date

import pytest

from beholden.cli.compelling import read_order
from beholden.gate.orders import SoughtChild
from beholden.refusals import Refusal

SECRET = "A123456789012"
WHOLE = f"""\
shown = "court_order"
issuer = "family_court"  # which one, the paper says
instrument = "dpa-2018"
paragraph = "Sch 2"
reference = "A-1"
made_on = 2026-11-27
purpose = "court-order"
serves = "court-order"
reason = "missing_child"
recipient = "court-7"
collection = "SC/SPR/2026"
items = ["nc_year"]
whole_school = false
recurring = false
knows_of_safety = false
opens_by = 2027-01-01

[[child]]
number = "{SECRET}"
born = 2014-05-04
"""


def written(tmp_path, text):
    path = tmp_path / "paper.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_a_whole_paper_says_what_stands_in_it(tmp_path):
    order = read_order(written(tmp_path, WHOLE))
    assert (order.collection, order.items, order.opens_by) == (
        ("SC", "SPR", 2026),
        ("nc_year",),
        date(2027, 1, 1),
    )
    assert [(one.number, one.born) for one in order.children] == [(SECRET, date(2014, 5, 4))]
    assert read_order(written(tmp_path, WHOLE.replace("\n", "\r\n"))) == order


BY_NAME = (
    WHOLE.partition("[[child]]")[0]
    + """\
[[child_by_name]]
given_name = "Ada"
surname = "Lee"
born = 2014-05-04
postcode = ""
"""
)


def test_children_are_named_by_number_or_by_name(tmp_path):
    """D22: what the paper does not say of a name stands there as nothing, and is left out by nobody unseen."""
    order = read_order(written(tmp_path, BY_NAME))
    assert order.children == order.sought == (SoughtChild("Ada", "Lee", date(2014, 5, 4)),)
    assert read_order(written(tmp_path, WHOLE)).sought == ()


FAULTS = {
    "a name that says a line more": (BY_NAME.replace('"Ada"', '"Ada\\n"'), "Line 19 "),
    "a name that is blank": (BY_NAME.replace('"Ada"', '" "'), "Line 19 "),
    "a number at a child by name": (BY_NAME + f'number = "{SECRET}"\n', "Line 23 "),
    "a child by name without what may be empty": (
        BY_NAME.replace('postcode = ""\n', ""),
        "What begins on line 18 lacks: postcode.",
    ),
    "a number in the place of a field": (f"{SECRET} = 2014-05-04\n" + WHOLE, "Line 1 "),
    "a field that no paper has": (WHOLE.replace("recurring", "again"), "Line 14 "),
    "a field of the paper at a child": (WHOLE + 'reason = "inquest"\n', "Line 21 "),
    "a child's field at the paper": (f'number = "{SECRET}"\n' + WHOLE, "Line 1 "),
    "twice": (WHOLE.replace("[[child]]", "recurring = false\n[[child]]"), "Line 18 "),
    "a number without quotes": (WHOLE.replace(f'"{SECRET}"', SECRET), "Line 19 "),
    "a day with an hour": (WHOLE.replace("2014-05-04", "2014-05-04T09:00:00Z"), "Line 20 "),
    "words for true": (WHOLE.replace("recurring = false", 'recurring = "no"'), "Line 14 "),
    "a word that is none": (WHOLE.replace('"court_order"', '"decree"'), "Line 1 "),
    "a return that is none": (WHOLE.replace("SC/SPR/2026", "SPR/2026"), "Line 11 "),
    "a sign that nobody sees": (WHOLE.replace("court-7", "court\\u0000-7"), "Line 10 "),
    "one fact and no list": (WHOLE.replace('["nc_year"]', '"nc_year"'), "Line 12 "),
    "a list over lines": (WHOLE.replace('["nc_year"]', '["nc_year",\n]'), "Line 12 "),
    "another header": (WHOLE.replace("[[child]]", "[[person]]"), "Line 18 "),
    "one table": (WHOLE.replace("[[child]]", "[child]"), "Line 18 "),
    "a field inside a field": (WHOLE.replace("recurring = false", "recurring.is = false"), "Line 14 "),
    "no TOML": (WHOLE + f"{SECRET}\n", "Line 21 "),
    "no UTF-8": (WHOLE.encode() + b"# \xff\n", "Line 21 "),
    "a paper that lacks something": (WHOLE.replace("recurring = false\n", ""), "The paper lacks: recurring."),
    "a child without its day": (
        WHOLE.replace("born = 2014-05-04\n", ""),
        "What begins on line 18 lacks: born.",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_is_refused_with_its_line_and_without_what_stands_there(tmp_path, fault):
    """One key or value in the wrong place may be a child's number: neither is repeated, nor kept as a cause."""
    text, where = FAULTS[fault]
    with pytest.raises(Refusal) as no:
        read_order(written(tmp_path, text))
    assert no.value.code == "cli.paper"
    assert no.value.sentence.startswith(where)
    assert no.value.__cause__ is None
    said = f"{no.value} {no.value.next_step}"
    assert not any(secret in said for secret in (SECRET, "2014-05-04", "again", "decree", "A-1", "Ada"))


def test_no_file_is_refused_in_words(tmp_path):
    with pytest.raises(Refusal) as no:
        read_order(tmp_path / "none")
    assert (no.value.code, no.value.next_step[:13]) == ("cli.paper", "Name the file")
