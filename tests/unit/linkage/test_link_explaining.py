# SPDX-License-Identifier: Apache-2.0
"""Why a pair was decided as it was: kept whole, drawn, and said to a family without the other side's data. D21, D32."""

import json
from dataclasses import FrozenInstanceError, asdict, replace
from pathlib import Path

import pytest
from lxml import etree

from beholden.linkage import linking, model
from beholden.linkage.comparing import COMPARISONS
from beholden.linkage.explaining import explain, sentence
from beholden.linkage.waterfall import draw
from linking_twin import somebody

MODEL = model.shipped()
HELD = somebody("held", "Clementine", "Fairweather", "2011-04-30", "ZZ1 1ZZ", "F")
TWIN = somebody("twin", "Barnaby", "Fairweather", "2011-04-30", "ZZ1 1ZZ", "M")
ASKED = somebody("asked", "Clementina", "Fairweather", "2011-04-30", "ZZ2 2YY", "")
VALUES = ("clementin", "fairweather", "barnaby", "2011", "0430", "ZZ1", "ZZ2")


@pytest.fixture(scope="module")
def why():
    register = linking.register_of([(HELD,), (TWIN,)], bytes(32))
    (answer,) = linking.answer([ASKED], register, MODEL, prior=0.4, adverse=False)
    return explain(answer, 0, MODEL, people=2)


def test_it_holds_every_figure_of_the_sum(why):
    assert (why.left, why.right, why.rule) == ("asked", "held", "birth date and surname")
    assert [line.field for line in why.lines] == [one.field for one in COMPARISONS]
    assert why.prior_bits + why.weight + why.rivals_bits == pytest.approx(why.odds)
    assert 1 / (1 + 2**-why.odds) == pytest.approx(why.posterior)
    assert why.rivals_bits < 0 < why.runner_up < why.posterior
    assert why.lead_bits > 0
    assert (why.model, why.sha256) == (MODEL.version, MODEL.sha256)
    assert len(why.sha256) == 64


def test_it_is_frozen_and_goes_into_json_and_holds_no_value(why):
    with pytest.raises(FrozenInstanceError):
        why.prior = 0.1
    text = json.dumps(asdict(why))
    assert not any(value in text for value in VALUES)


def test_the_picture_draws_each_step_and_no_value(why):
    picture = draw(why)
    root = etree.fromstring(picture)
    bars = root.findall("{http://www.w3.org/2000/svg}rect")[1:]
    steps = sum(line.level != "missing" for line in why.lines) + sum(
        bool(line.frequency_bits) for line in why.lines
    )
    assert len(bars) == 1 + steps + 1 + 1  # the prior, the fields, others who come near, the odds
    assert not any(value in picture for value in VALUES)
    assert "style" not in picture
    assert "script" not in picture
    assert root.find("{http://www.w3.org/2000/svg}title") is not None
    assert draw(why) == picture


def test_the_picture_in_the_documents_is_this_one(why):
    """`docs/pictures/waterfall.svg` is drawn by the code that it explains, of the model that is shipped."""
    assert (Path(__file__).parents[3] / "docs/pictures/waterfall.svg").read_text("utf-8") == draw(why)


def test_a_family_reads_how_it_agrees_and_nothing_else(why):
    said = sentence(why)
    assert "The birth date that they sent is the same." in said
    assert "The given name that they sent is another spelling, or a short form." in said
    assert "The postcode that they sent is different." in said
    assert "Not compared, because one side did not have it: the sex, the pupil number." in said
    assert not any(value in said for value in VALUES)


def test_another_value_of_the_other_side_that_agrees_alike_reads_alike(why):
    """What they sent about somebody else than this child cannot be read out of the sentence."""
    register = linking.register_of([(HELD,), (TWIN,)], bytes(32))
    other = replace(ASKED, postcode="ZZ77XX")
    (answer,) = linking.answer([other], register, MODEL, prior=0.4, adverse=False)
    assert sentence(explain(answer, 0, MODEL, people=2)) == sentence(why)


@pytest.mark.parametrize("comparison", COMPARISONS, ids=lambda one: one.field)
def test_every_level_has_words(comparison):
    assert all(level.says for level in comparison.levels)
    assert len({level.name for level in comparison.levels}) == len(comparison.levels)
