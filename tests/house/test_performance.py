# SPDX-License-Identifier: Apache-2.0
"""What the documents say of speed was measured: the page is what the figures say, and each claim has its limit."""

import json
import re
from itertools import chain, combinations

import pytest

import measuring
from beholden.linkage import model, names
from beholden.linkage.names import given_keys, surname_keys
from beholden.town.names import COMMUNITIES
from matching import crowd
from matching import page as accuracy
from measuring import page

CLAIMS = {
    *(
        "append",
        "append.alone",
        "append.check",
        "commit",
        "commit.whole",
        "extract",
        "gate",
        "gate.memory",
        "history",
    ),
    *(
        "intake.again",
        "intake.many",
        "intake.many_again",
        "intake.one",
        "letters",
        "linkage.making",
        "linkage.country",
        "linkage.few",
        "linkage.one",
        "linkage.large",
        "linkage.whole",
        "page",
        "places",
        "places.proof",
        "policy",
        "prove",
    ),
    *(
        "registry",
        "registry.whole",
        "start",
        "subject_copy",
        "tables.ask",
        "tables.build",
        "tables.counts",
        "tables.means",
        "tables.memory",
        "verify",
        "verify.command",
    ),
}


GIVEN, SURNAMES = crowd._names()


@pytest.mark.parametrize(
    ("ours", "of_town", "keys"),
    [
        (GIVEN, [one.girls + one.boys for one in COMMUNITIES], lambda name: given_keys(names.given(name))),
        (SURNAMES, [one.surnames for one in COMMUNITIES], lambda name: surname_keys(names.surname(name))),
    ],
    ids=["given names", "surnames"],
)
def test_names_of_the_bench_have_one_key_as_rarely_as_those_of_the_town(ours, of_town, keys):
    """The most frequent above all: else blocks, and what they cost, would be of no register there is."""
    theirs = _share(map(keys, dict.fromkeys(chain.from_iterable(of_town))))
    assert theirs / 2 < _share(map(keys, ours[:500])) < theirs * 2


def _share(keys):
    """Return of all pairs of names the share that have a key in common."""
    pairs = [not set(one).isdisjoint(other) for one, other in combinations(keys, 2)]
    return sum(pairs) / len(pairs)


def test_the_page_is_what_the_figures_say():
    assert page.PAGE.read_text("utf-8") == page.written(measuring.stored()), "say `make bench`"


def test_the_page_of_accuracy_is_what_its_figures_say():
    figures = json.loads(accuracy.FIGURES.read_text("utf-8"))
    assert accuracy.PAGE.read_text("utf-8") == accuracy.written(figures), "say `make bench-linkage`"


def test_the_accuracy_that_is_shown_is_of_the_model_that_is_shipped():
    figures = json.loads(accuracy.FIGURES.read_text("utf-8"))
    assert figures["model"]["sha256"] == model.shipped().sha256, "say `make bench-linkage`"


def test_each_claim_was_measured_or_the_page_says_that_it_was_not():
    assert page.claims().keys() == CLAIMS
    assert {path.name for path in measuring.BENCH.glob("[a-z]*.py")} == set(page.claims().values())
    measured = {result["name"] for result in measuring.stored()}
    _, _, waiting = page.PAGE.read_text("utf-8").partition("so nothing is claimed: ")
    said = set(re.findall(r"`([a-z_.]+)` \(", waiting.partition("\n")[0]))
    assert measured | said == CLAIMS
    assert not measured & said


@pytest.mark.parametrize("result", measuring.stored(), ids=lambda result: result["name"])
def test_each_result_has_three_sizes_a_peer_and_a_stated_machine(result):
    assert len(measuring.ours(result)) >= 3
    assert measuring.peers(result)
    assert result["machine"]
    assert len(result["load"]) == 2


def result(limit, *figures):
    return {
        "name": "invented",
        "says": "An invented claim",
        "unit": "things",
        "note": "",
        "limit": {"peer": "", **limit},
        "figures": [
            {"way": way, "size": size, "seconds": seconds, "core": core, "memory": 2**20, "slowest": seconds}
            for way, size, seconds, core in figures
        ],
        "machine": "paper",
        "load": [0.0, 0.0],
        "on": "2026-11-23",
    }


TWICE = (("ours", 10, 1.0, 0.5), ("ours", 100, 10.0, 5.0), ("bare", 10, 0.5, 0.1), ("bare", 100, 5.0, 1.0))


@pytest.mark.parametrize(
    ("limit", "reached", "kept"),
    [
        ({"kind": "rate", "value": 20}, 20, True),
        ({"kind": "rate", "value": 21}, 20, False),
        ({"kind": "ratio", "value": 2, "peer": "bare"}, 2, True),
        ({"kind": "ratio", "value": 1.9, "peer": "bare"}, 2, False),
        ({"kind": "each", "value": 0.1}, 0.1, True),
        ({"kind": "each", "value": 0.09}, 0.1, False),
        ({"kind": "whole", "value": 10}, 10, True),
        ({"kind": "whole", "value": 9.9}, 10, False),
        ({"kind": "memory", "value": 2**20}, 2**20, True),
        ({"kind": "memory", "value": 2**20 - 1}, 2**20, False),
    ],
)
def test_a_limit_is_held_against_the_largest_size(limit, reached, kept):
    """A rate is per core; a ratio and seconds are by the wall. A missed limit reads as missed."""
    made = result(limit, *TWICE)
    assert measuring.reached(made) == pytest.approx(reached)
    assert measuring.kept(made) is kept
    assert ("**missed**" in page.written([made])) is not kept


def test_what_a_way_says_of_its_parts_stands_on_the_page():
    made = result({"kind": "rate", "value": 1}, *TWICE)
    made["figures"][1]["said"] = "1 ms in the middle"
    assert "ours: 1 ms in the middle.\n" in page.written([made])


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.0691, "69.1 ms"),
        (0.9994, "999 ms"),
        (1.12, "1.12 s"),
        (23.4, "23.4 s"),
        (74.96, "75 s"),
        (3_723, "3,723 s"),
    ],
)
def test_a_time_is_said_as_a_person_says_it(seconds, said):
    assert measuring.time(seconds) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        ([0.001] * 19 + [1.0], "1 ms in the middle, 1 s or less for 95 of 100"),
        ([0.002], "2 ms in the middle, 2 ms or less for 95 of 100"),
    ],
)
def test_spread_names_the_middle_and_the_worst_but_few(seconds, said):
    assert measuring.spread(seconds) == said


def test_what_95_of_100_parts_keep_to_is_held_against_its_limit():
    parts = measuring.parts([0.1] * 18 + [0.4, 0.6])
    assert parts == measuring.spread([0.1] * 18 + [0.4, 0.6])
    made = result({"kind": "late", "value": 0.5}, *TWICE)
    for late, kept in ((0.4, True), (parts.late, False)):
        made["figures"][1]["late"] = late
        assert measuring.kept(made) is kept
    assert measuring.said_limit(made) == "95 of 100 take 600 ms or less, at most 500 ms"


def test_a_claim_with_large_sizes_alone_waits_until_asked_for(monkeypatch, capsys):
    """A quarter of an hour for 25 million is nobody's surprise, and the figure that was kept stays."""
    claim = measuring.Claim("big", "A big claim", "things", {}, (), measuring.Limit("memory", 1), large=(9,))
    monkeypatch.setattr("sys.argv", ["big.py"])
    with pytest.raises(SystemExit) as ended:
        measuring.main(claim)
    assert not ended.value.code
    assert "only with --large" in capsys.readouterr().out


@pytest.mark.parametrize(("power", "slope"), [(1, 1.0), (2, 2.0), (0, 0.0)])
def test_slope_says_how_time_grows(power, slope):
    made = result(
        {"kind": "rate", "value": 1}, *(("ours", size, 1.0, float(size) ** power) for size in (1, 4, 16))
    )
    assert measuring.slope(made) == pytest.approx(slope)


def test_figures_of_one_claim_take_the_place_of_its_own_alone(tmp_path, monkeypatch):
    monkeypatch.setattr(measuring, "FIGURES", tmp_path / "figures.json")
    for value in (1, 2):
        measuring.keep(result({"kind": "rate", "value": value}, *TWICE))
    measuring.keep(result({"kind": "rate", "value": 3}, *TWICE) | {"name": "other"})
    assert [(one["name"], one["limit"]["value"]) for one in measuring.stored()] == [
        ("invented", 2),
        ("other", 3),
    ]
