# SPDX-License-Identifier: Apache-2.0
"""A fact that is granted less exactly leaves in its coarser form, or not at all. D18."""

import pytest

from beholden.catalogue import load
from beholden.uses.rules import Population
from beholden.uses.rules.least import less_exact

CATALOGUE = load()
ASKED = Population("SC", "SPR", 2026)


@pytest.mark.parametrize(
    ("items", "coarser", "left", "months"),
    [
        (("nc_year", "sex"), (), {"nc_year", "sex"}, ()),
        (("sen_primary_need",), ("sen_primary_need",), {"sen_provision"}, ()),
        (("sen_primary_need", "sen_provision"), ("sen_primary_need",), {"sen_provision"}, ()),
        (("entry_date", "sex"), ("entry_date",), {"entry_date", "sex"}, ("entry_date",)),
        (("sex", "nc_year"), ("sex",), {"nc_year"}, ()),
        (("sex",), ("nc_year",), {"sex"}, ()),
    ],
    ids=("nothing", "another item", "both were asked for", "a day", "no coarser form", "not granted"),
)
def test_each_kind_of_fact_has_its_coarser_form(items, coarser, left, months):
    found, by_month = less_exact(dict.fromkeys(items, "Because."), coarser, ASKED, CATALOGUE)
    assert (set(found), by_month) == (left, months)
    assert set(found.values()) == {"Because."}
