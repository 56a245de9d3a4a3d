# SPDX-License-Identifier: Apache-2.0
"""What is still secret, and what was opened or seen too late, on the page of the report card (D22)."""

from dataclasses import replace
from datetime import date

import pytest

from beholden.reportcard.standing import Standing
from unit.web import doubles
from unit.web.test_letter_pages import go, words

SEAL = Standing(
    seq=7,
    entry=31,
    band=64,
    opens_by=date(2027, 6, 1),
    longer=False,
    opened_on=None,
    overdue=False,
    unseen=False,
)

SAID = {
    "in its time": ({}, "Handover 7, at most 64 children: it opens by 1 June 2027."),
    "longer": ({"longer": True}, "it opens by 1 June 2027, which is longer than it was to be at first."),
    "overdue": ({"overdue": True}, "it was to open by 1 June 2027, and it has not."),
    "opened too late": (
        {"overdue": True, "opened_on": date(2027, 6, 9)},
        "opened on 9 June 2027, and that was too late: the day was 1 June 2027.",
    ),
    "not seen": ({"unseen": True}, "The regulator did not say in time that it has seen what is in it."),
}


@pytest.mark.parametrize("why", SAID)
def test_each_seal_says_what_is_the_matter_with_it(reader, box, monkeypatch, why):
    from beholden.web.public import report

    changed, sentence = SAID[why]

    def card(**given):
        return replace(doubles.report_card(**given), seals=(replace(SEAL, **changed),))

    monkeypatch.setattr(report, "report_card", card)
    assert sentence in words(go(reader, "/report-card"))


def test_nothing_secret_is_said_too(reader, box):
    assert "Nothing is secret now, and nothing was opened too late." in words(go(reader, "/report-card"))
