# SPDX-License-Identifier: Apache-2.0
"""What may be asked, and what is said instead to each question that may not. D20, D24."""

import json

import pytest

from beholden.tables import answering, policy, question
from table_rows import POLICY, RULES, read


def refused(said):
    raw = said if isinstance(said, bytes) else json.dumps(said).encode()
    with pytest.raises(question.QuestionRefused) as no:
        question.read(raw, RULES)
    assert no.value.next_step
    return no.value


def test_two_orders_are_one_question():
    one = read(ask="count", by=["sex", "authority", "year"], show={"sex": ["M", "F"]})
    two = read(by=["year", "sex", "authority"], show={"sex": ["F", "M"]}, ask="count")
    assert one == two
    assert one.by == ("authority", "sex", "year")
    assert answering.written(one) == answering.written(two)


@pytest.mark.parametrize(
    "asked", ["count", {"rate": "yes", "of": "meals"}, {"mean": "absence"}], ids=["count", "rate", "mean"]
)
def test_a_question_is_written_as_it_is_read(asked):
    one = read(ask=asked, by=["sex", "region"], show={"sex": ["F"]})
    assert question.read(json.dumps(answering.written(one)).encode(), RULES) == one


BY = {"about": "roll", "ask": "count", "by": ["sex"]}


@pytest.mark.parametrize(
    ("said", "code", "instead"),
    [
        (BY | {"by": ["postcode"]}, "unknown", "Ask by one of these: region, authority, sex"),
        (BY | {"by": ["religion"]}, "withheld", "Ask for the number of pupils alone"),
        (BY | {"ask": {"mean": "religion"}}, "withheld", "Ask for the number of pupils alone"),
        (BY | {"ask": {"mean": "height"}}, "unknown", "absence, grant"),
        (BY | {"ask": {"rate": "yes", "of": "height"}}, "unknown", "Ask by one of these"),
        (BY | {"ask": {"rate": "perhaps", "of": "meals"}}, "category", "yes, no, missing"),
        (BY | {"ask": {"rate": ["yes", "no"], "of": "meals"}}, "union", "each category by itself"),
        (BY | {"where": {"meals": "yes"}}, "slice", "field by"),
        (BY | {"filter": "meals = 'yes'"}, "slice", "field by"),
        (BY | {"show": {"meals": ["yes"]}}, "slice", "field by"),
        (BY | {"show": {"sex": ["X"]}}, "category", "F, M, missing"),
        (BY | {"minus": {"release": "r0"}}, "two_releases", "release that stands"),
        (BY | {"since": "2024"}, "two_releases", "release that stands"),
        (BY | {"release": ["r1", "r2"]}, "two_releases", "without a release"),
        (BY | {"sql": "select 1"}, "code", "a count, a rate or a mean"),
        (BY | {"by": ["sex", "sex"]}, "twice", "once"),
        (BY | {"ask": {"rate": "F", "of": "sex"}}, "twice", "once"),
        (BY | {"by": ["region", "authority"]}, "two_areas", "region, authority"),
        (
            BY | {"by": ["authority", "sex", "meals", "year", "phase"], "ask": {"rate": "F", "of": "sex"}},
            "twice",
            "once",
        ),
        (BY | {"ask": "median"}, "question", "safe tables"),
        (BY | {"ask": {"mean": "absence", "of": "sex"}}, "question", "safe tables"),
        (BY | {"by": []}, "question", "safe tables"),
        (BY | {"by": "sex"}, "question", "safe tables"),
        (BY | {"by": [["sex"]]}, "question", "safe tables"),
        (BY | {"show": {"sex": []}}, "question", "safe tables"),
        (BY | {"show": ["sex"]}, "question", "safe tables"),
        (BY | {"extra": 1}, "question", "safe tables"),
        (BY | {"about": "other"}, "question", "safe tables"),
        ([BY], "question", "safe tables"),
        (b'{"about": "roll", "about": "roll", "ask": "count", "by": ["sex"]}', "question", "safe tables"),
        (b'{"about": "roll", "ask": NaN, "by": ["sex"]}', "question", "safe tables"),
        (b"\xff", "question", "safe tables"),
        (b"[" * 5_000, "question", "safe tables"),
        (b" " * (question.LONGEST + 1), "question", "safe tables"),
        (b"", "question", "safe tables"),
    ],
)
def test_what_is_refused_says_what_to_ask_instead(said, code, instead):
    no = refused(said)
    assert no.code == f"tables.{code}"
    assert instead in no.next_step


def test_a_name_that_is_not_ours_is_never_repeated():
    secret = "Ada Examplewood 2011-04-30"
    for said in (
        BY | {"by": [secret]},
        BY | {secret: 1},
        BY | {"show": {secret: ["F"]}},
        BY | {"ask": {"mean": secret}},
    ):
        no = refused(said)
        assert "Ada" not in f"{no.sentence} {no.next_step}"


def test_a_guarded_variable_stops_above_the_smallest_areas():
    deeper = policy.read(
        POLICY.replace('["region", "authority"]', '["region", "authority", "school"]').encode()
    )
    said = {"about": "roll", "by": ["school"], "ask": {"rate": "yes", "of": "meals"}}
    with pytest.raises(question.QuestionRefused, match="too_fine") as no:
        question.read(json.dumps(said).encode(), deeper)
    assert "region, authority" in no.value.next_step
    assert question.read(json.dumps(said | {"by": ["authority"]}).encode(), deeper)


def test_a_table_of_six_dimensions_or_of_ten_million_cells_is_refused():
    more = "\n".join(f'[variables.v{one}]\nsays = "V"\ncategories = ["a"]' for one in range(4))
    wide = policy.read(f"{POLICY}\n{more}".encode())
    six = {"about": "roll", "ask": {"rate": "yes", "of": "meals"}, "by": ["sex", "v0", "v1", "v2", "v3"]}
    with pytest.raises(question.QuestionRefused, match=r"tables\.dimensions"):
        question.read(json.dumps(six).encode(), wide)
    asked = read(ask="count", by=["authority", "sex"])
    with pytest.raises(question.QuestionRefused, match="10,000,000 cells") as no:
        question.check_size(asked, {"authority": 5_000_000, "sex": 2}, RULES)
    assert no.value.code == "tables.too_large"


def test_a_table_must_say_of_which_period_it_is():
    dated = policy.read(POLICY.replace('pupil = "pupil"', 'pupil = "pupil"\nperiod = "year"').encode())
    with pytest.raises(question.QuestionRefused, match=r"tables\.period") as no:
        question.read(json.dumps(BY).encode(), dated)
    assert "year" in no.value.next_step
