# SPDX-License-Identifier: Apache-2.0
"""The model's file: refused unless it is one for these comparisons, named by version and hash. D32."""

import hashlib
import json
from importlib import resources

import pytest

from beholden.linkage import model
from beholden.linkage.comparing import COMPARISONS
from linking_twin import somebody

RAW = (resources.files("beholden.linkage") / "model.json").read_bytes()


def test_the_shipped_model_is_named_by_its_version_and_its_hash():
    shipped = model.shipped()
    assert shipped.sha256 == hashlib.sha256(RAW).hexdigest()
    assert shipped.version == json.loads(RAW)["linker_uid"]
    about = (resources.files("beholden.linkage") / "model.md").read_text("utf-8")
    assert shipped.version in about
    assert shipped.sha256 in about


def test_a_better_agreement_never_weighs_less_than_none():
    for comparison, weights in zip(COMPARISONS, model.shipped().fields, strict=True):
        assert weights.bits[0] == 0
        assert weights.bits[1] == max(weights.bits) or comparison.field in {"given_name", "surname"}
        assert weights.bits[-1] == min(weights.bits[1:]) < 0


def spoilt(change):
    said = json.loads(RAW)
    change(said)
    return json.dumps(said).encode()


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b"{}",
        spoilt(lambda said: said.pop("linker_uid")),
        spoilt(lambda said: said["comparisons"].pop()),
        spoilt(lambda said: said["comparisons"][0]["comparison_levels"].pop()),
        spoilt(lambda said: said["comparisons"][0]["comparison_levels"][1].update(m_probability=0)),
        spoilt(lambda said: said["comparisons"][0]["comparison_levels"][1].update(u_probability=1.5)),
        spoilt(lambda said: said["comparisons"][0]["comparison_levels"][1].pop("m_probability")),
        spoilt(lambda said: said["comparisons"][0]["comparison_levels"][1].update(sql_condition="1=1")),
    ],
)
def test_another_model_is_refused(raw):
    with pytest.raises(model.ModelRefused):
        model.read(raw)


def test_a_rare_name_says_more_than_a_frequent_one_and_in_a_short_list_little_more():
    held = [somebody(str(n), "Ada" if n % 2 else "Bo") for n in range(10_000)] + [somebody("x", "Zubeida")]
    counted = model.frequencies(held)
    u = model.shipped().fields[0].u_exact
    assert counted.share("given_name", "zubeida", u) < u < counted.share("given_name", "ada", u)
    short = model.frequencies(held[:5] + held[-1:])
    assert short.share("given_name", "zubeida", u) == pytest.approx(u, rel=0.5)
    assert counted.totals["given_name"] == 10_001
