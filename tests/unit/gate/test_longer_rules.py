# SPDX-License-Identifier: Apache-2.0
"""What may keep a secret longer, as a table that a lawyer can read (D22)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from beholden.catalogue import load
from beholden.gate.longer import Further, Standing, check_longer
from beholden.gate.orders import Issuer, Shown
from beholden.refusals import Refusal

ENGLAND = load()
LIMITS = ENGLAND.limits
SEALED = date(2027, 1, 10)
TODAY = date(2027, 3, 1)
STANDS = {"longer": False, "opened": False, "called_off": False}
SEAL = Standing("court_order", "court-order", SEALED, SEALED + timedelta(days=90), **STANDS)
PAPER = Further(
    shown=Shown.COURT_ORDER,
    issuer=Issuer.FAMILY_COURT,
    instrument="dpa-2018",
    paragraph="Sch 2 Part 1 para 5(2)",
    reference="ORDER-2",
    made_on=date(2027, 2, 20),
    ground="The hearing was moved to the summer.",
    opens_by=SEAL.opens_by + timedelta(days=30),
)
NOTICE = {"shown": Shown.STATUTORY_NOTICE, "issuer": Issuer.PUBLIC_OFFICER}

REFUSED = {
    "its day has come": ({}, {}, SEAL.opens_by, "longer_closed"),
    "it is open": ({}, {"opened": True}, TODAY, "longer_closed"),
    "it was made longer before": ({}, {"longer": True}, TODAY, "longer_closed"),
    "it was called off": ({}, {"called_off": True}, TODAY, "longer_closed"),
    "a letter asks": ({"shown": Shown.LETTER}, {}, TODAY, "only_asked"),
    "a minister directs": ({"shown": Shown.DIRECTION}, {}, TODAY, "direction_is_public"),
    "the police give notice": (
        {"shown": Shown.STATUTORY_NOTICE, "issuer": Issuer.POLICE},
        {"power": "statutory_power"},
        TODAY,
        "not_an_order",
    ),
    "no law of the catalogue": ({"instrument": "a-law"}, {}, TODAY, "not_an_order"),
    "no number": ({"reference": ""}, {}, TODAY, "not_an_order"),
    "a purpose that is merely permitted": (
        {},
        {"purpose": "public-interest-study"},
        TODAY,
        "merely_permitted",
    ),
    "it does not say why": ({"ground": "  "}, {}, TODAY, "longer_ground"),
    "it is older than the secret": ({"made_on": SEALED - timedelta(days=1)}, {}, TODAY, "longer_made"),
    "it is dated after today": ({"made_on": TODAY + timedelta(days=1)}, {}, TODAY, "longer_made"),
    "an officer's notice for a court's secret": (NOTICE, {}, TODAY, "longer_court"),
    "the same day": ({"opens_by": SEAL.opens_by}, {}, TODAY, "longer_days"),
    "an earlier day": ({"opens_by": SEAL.opens_by - timedelta(days=1)}, {}, TODAY, "longer_days"),
    "a day too long": (
        {"opens_by": SEAL.opens_by + timedelta(days=LIMITS.sealed_longer_days + 1)},
        {},
        TODAY,
        "longer_days",
    ),
}


def test_a_further_order_in_time_is_heard():
    assert check_longer(PAPER, SEAL, ENGLAND, on=TODAY) == "court_order"


def test_to_the_last_day_that_is_allowed_and_on_the_last_day_before_it_opens():
    longest = replace(PAPER, opens_by=SEAL.opens_by + timedelta(days=LIMITS.sealed_longer_days))
    assert check_longer(longest, SEAL, ENGLAND, on=SEAL.opens_by - timedelta(days=1))


def test_in_all_no_longer_than_both_limits_together():
    """A seal that already stands its whole year gets no day more than the catalogue's most in all."""
    whole = replace(SEAL, opens_by=SEALED + timedelta(days=LIMITS.sealed_days))
    most = SEALED + timedelta(days=LIMITS.sealed_days + LIMITS.sealed_longer_days)
    assert check_longer(replace(PAPER, opens_by=most), whole, ENGLAND, on=TODAY)
    with pytest.raises(Refusal, match=r"^gate\.longer_days:"):
        check_longer(replace(PAPER, opens_by=most + timedelta(days=1)), whole, ENGLAND, on=TODAY)


def test_a_court_may_keep_longer_what_a_notice_kept_secret():
    assert check_longer(PAPER, replace(SEAL, power="statutory_power"), ENGLAND, on=TODAY) == "court_order"


@pytest.mark.parametrize("why", REFUSED)
def test_everything_else_is_refused(why):
    paper, seal, on, code = REFUSED[why]
    with pytest.raises(Refusal, match=rf"^gate\.{code}:"):
        check_longer(replace(PAPER, **paper), replace(SEAL, **seal), ENGLAND, on=on)


def test_a_paper_shows_neither_its_number_nor_its_ground_by_accident():
    assert "ORDER-2" not in repr(PAPER)
    assert "hearing" not in repr(PAPER)
