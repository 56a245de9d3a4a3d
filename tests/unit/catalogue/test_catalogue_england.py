# SPDX-License-Identifier: Apache-2.0
"""What England's pack promises: each item, purpose and number, in words and under a law (D4, D11, D19, D20, D39)."""

import csv
import re
from datetime import date
from fractions import Fraction

import pytest

from beholden.catalogue import (
    Answer,
    Checked,
    Compartment,
    FamilySays,
    Keeper,
    KeepUntil,
    Law,
    Store,
    Told,
    load,
    unread,
)

ENGLAND = load()

VAULT = {
    "numbers": {"upn", "former_upn", "uln"},
    "names": {"surname", "forename", "middle_names", "preferred_surname"},
    "birth": {"birth_date"},
    "address": {"address_lines", "postcode"},
}
ROWS = {
    "sex": "string",
    "ethnicity": "string",
    "language": "string",
    "enrol_status": "string",
    "entry_date": "date32",
    "leaving_date": "date32",
    "part_time": "bool",
    "boarder": "string",
    "nc_year": "string",
    "fsm_eligible": "bool",
    "service_child": "string",
    "previously_looked_after": "string",
    "young_carer": "string",
    "sen_provision": "string",
    "sen_primary_need": "string",
    "sessions_possible": "int32",
    "session_details": "list<struct<code:string,sessions:int32>>",
}


def test_the_items_are_these_and_lie_where_they_belong():
    found = {group: {one.id for one in ENGLAND.items.values() if one.store == group} for group in VAULT}
    assert found == VAULT
    assert {one.id: one.type.value for one in ENGLAND.items.values() if one.store is Store.ROWS} == ROWS


@pytest.mark.parametrize("item", ENGLAND.items.values(), ids=lambda item: item.id)
def test_every_item_says_what_why_under_which_law_and_how_long(item):
    """D4."""
    assert item.label
    assert item.child_label
    assert item.why.startswith("So that ")
    assert item.why.endswith(".")
    assert ENGLAND.cite(item.authority).endswith(item.authority.paragraph)
    assert "SI 2013/2094" in ENGLAND.cite(item.authority)
    assert item.since <= 2026
    assert item.keep_until.amount <= 25
    assert item.collections == ("SC/SPR/2026",)


def test_what_may_be_refused_has_a_code_for_no_and_the_rest_has_none():
    """D1: a refused answer is a lawful answer."""
    refusable = {one.id: one.refused for one in ENGLAND.items.values() if one.answer is Answer.REFUSABLE}
    assert refusable == {"ethnicity": ("REFU",), "language": ("REF",), "service_child": ("R",)}
    assert ENGLAND.item("ethnicity").no_answer == ("REFU", "NOBT")
    assert ENGLAND.item("previously_looked_after").answer is Answer.OPTIONAL


def test_the_ratings_are_the_departments_own_where_we_say_so(shared):
    """Each cited row exists and gives these two letters; where we differ, we say "keeper" and are stricter."""
    with (shared / "data" / "npd_items_rated.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    rated = {row["npd_alias"]: (int(row["identifiability"]), row["sensitivity"]) for row in rows}
    for item in ENGLAND.items.values():
        if item.rating != "keeper":
            assert rated[item.rating] == (item.identifiability, item.sensitivity), item.id
    stricter = {"birth_date": "KS4_DOB", "postcode": "Postcode_[term][yy]"}
    stricter["previously_looked_after"] = "KS4_ADOPTEDFROMCARE_ALLYEARS"
    for name, alias in stricter.items():
        theirs, ours = rated[alias], ENGLAND.item(name)
        assert ours.rating == "keeper"
        assert ours.identifiability <= theirs[0]
        assert ours.sensitivity <= theirs[1]
        assert (ours.identifiability, ours.sensitivity) != theirs


def test_the_codes_are_those_of_the_2026_tables(shared):
    with (shared / "data" / "school_census_tables_2026.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["term"] == "spring"]
    columns = {f"{row['table']}.{row['column']}": set(row["codes"].split("|")) for row in rows}
    compared = 0
    for held in ENGLAND.codes.values():
        named = re.search(r"spring, (\w+\.\w+)\)", held.source)
        if named:
            compared += 1
            assert set(held.values) | set(held.retired) == columns[named.group(1)], held.name
    assert compared == len(ENGLAND.codes) - 1
    need = set(ENGLAND.codes["sen_need"].values)
    assert need - columns["provisions.specialschooltype"] == {"NSA"}


@pytest.mark.parametrize("purpose", ENGLAND.purposes.values(), ids=lambda purpose: purpose.code)
def test_every_purpose_is_complete(purpose):
    """Law, ground, keeper and family are kept apart, and each is said (ARCHITECTURE section 4; D39)."""
    assert purpose.label
    assert purpose.child_label
    assert purpose.covers.endswith(".")
    assert ENGLAND.cite(purpose.authority)
    assert purpose.decided_by
    assert purpose.decided_on < purpose.review_on
    if purpose.allowed:
        assert purpose.exits
        assert purpose.lawful_basis
        assert (purpose.rule, purpose.refusal_sentence, purpose.refused_by) == ("", "", "")
    else:
        assert re.fullmatch(r"P[1-9][0-9]?", purpose.rule)
        assert purpose.refusal_sentence.endswith(f"The rule is {purpose.rule}.")
        assert purpose.what_instead.endswith(".")


def test_only_education_study_duty_rights_and_care_are_allowed():
    """D11: outside education the default is no."""
    allowed = {purpose.code for purpose in ENGLAND.purposes.values() if purpose.allowed}
    assert allowed == {
        "education-statistics",
        "public-interest-study",
        "school-improvement",
        "health-linkage-study",
        "research-contact",
        "statutory-return",
        "school-transfer",
        "subject-access",
        "record-care",
        "child-in-danger",
        "youth-support",
    }


def test_what_the_articles_attack_is_refused_by_a_rule_with_a_name():
    """D20, D21, D44. Refused means: no way out at all."""
    refused = {one.code: one.rule for one in ENGLAND.purposes.values() if one.keeper is Keeper.REFUSES}
    assert refused == {
        "commercial-reuse": "P1",
        "marketing": "P2",
        "press": "P3",
        "immigration-enforcement": "P5",
        "welfare-fraud": "P7",
        "product-training": "P8",
        "scoring": "P9",
        "identity-checks": "P10",
        "armed-forces": "P11",
    }
    assert all(ENGLAND.purpose(code).exits == () for code in refused)


def test_a_letter_asks_and_only_an_order_compels():
    """D22. What waits for an order is not allowed without one; only what an order compels can be sealed."""
    waits = {one.code: one.rule for one in ENGLAND.purposes.values() if one.keeper is Keeper.WAITS}
    assert waits == {"policing": "P4", "court-order": "P6", "statutory-notice": "P12"}
    assert not any(ENGLAND.purpose(code).allowed for code in waits)
    sealed = [one.code for one in ENGLAND.purposes.values() if one.told is Told.SEALED]
    assert sealed == ["court-order", "statutory-notice"]


def test_the_public_words_of_the_two_refusals_everybody_will_read():
    """The texts T6 and 4.3 of the pages."""
    fraud, press = ENGLAND.purpose("welfare-fraud"), ENGLAND.purpose("press")
    assert fraud.refusal_sentence == (
        "Records that are taken for school must not be used to punish families. The rule is P7."
    )
    assert fraud.what_instead == "They can have a table of counts. It shows no child."
    assert fraud.law is Law.PERMITS  # the law allowed it; the keeper does not
    assert fraud.refused_by == "Rule P7, decided by the registrar on 1 September 2026"
    assert press.refusal_sentence == "Newspapers cannot have records of children. The rule is P3."
    assert press.what_instead == "You can make a table now, and you can quote it."


def test_purposes_that_punish_and_purposes_that_care_do_not_mix():
    """D19: the compartment is the unit."""
    for purpose in ENGLAND.purposes.values():
        for other in purpose.compatible_with:
            assert ENGLAND.purpose(other).compartment is purpose.compartment is Compartment.LEARNING
    assert ENGLAND.purpose("child-in-danger").compatible_with == ()


def test_a_family_can_stop_every_use_that_looks_at_children_by_choice():
    """D11, D12, D15, D16."""
    says = {one.code: one.family_says for one in ENGLAND.purposes.values() if one.allowed}
    assert says["public-interest-study"] is says["school-improvement"] is FamilySays.STOPS
    assert says["health-linkage-study"] is says["research-contact"] is FamilySays.MUST_AGREE
    for purpose in ENGLAND.purposes.values():
        looks_at_children = set(purpose.exits) - {"table"}
        if purpose.allowed and looks_at_children and purpose.family_says is FamilySays.NOTHING:
            assert purpose.law is Law.REQUIRES or purpose.code == "child-in-danger"


def test_the_numbers_under_the_ratchet():
    """D41. Each has words for the catalogue page."""
    limits = ENGLAND.limits
    assert (limits.objection_window_days, limits.told_floor_percent, limits.reviewers) == (28, 80, 2)
    assert (limits.smallest_count, limits.left_out_rounding, limits.left_out_scope_floor) == (10, 10, 1000)
    assert (limits.letter_tries, limits.letter_wait_minutes, limits.letter_code_length) == (5, 15, 12)
    assert limits.intent_max_age_hours == 24
    assert limits.undo_days == 7
    for note in ENGLAND.limit_notes.values():
        assert note.label
        assert note.why.endswith(".")


def test_an_old_law_is_flagged_on_its_day():
    """D39."""
    assert ENGLAND.overdue(on=date(2026, 11, 23)) == ()
    assert "instrument si-2013-2094" in ENGLAND.overdue(on=date(2027, 4, 1))
    everything = len(ENGLAND.law) + len(ENGLAND.purposes) + len(ENGLAND.collections)
    assert len(ENGLAND.overdue(on=date(2100, 1, 1))) == everything


def test_what_was_recalled_and_not_read_is_said():
    """An authority that nobody looked up is marked, and the list of them can be printed."""
    not_read = unread(ENGLAND)
    assert "item young_carer" in not_read
    assert "item upn" not in not_read
    assert ENGLAND.item("young_carer").authority.checked is Checked.RECALLED


@pytest.mark.parametrize(
    ("kept", "until"),
    [
        (KeepUntil("age", 25), date(2040, 5, 10)),
        (KeepUntil("years", 6), date(2032, 1, 15)),
    ],
)
def test_how_long_is_a_day_one_can_name(kept, until):
    """D33."""
    assert kept.until(born_on=date(2015, 5, 10), taken_on=date(2026, 1, 15)) == until


def test_a_child_born_on_29_february_has_a_day_too():
    assert KeepUntil("age", 25).until(born_on=date(2012, 2, 29), taken_on=date(2026, 1, 15)) == date(
        2037, 3, 1
    )


def test_the_return_lists_every_item_and_its_day():
    spring = ENGLAND.collection("SC", "SPR", 2026)
    assert set(spring.items) == set(ENGLAND.items)
    assert spring.reference_date == date(2026, 1, 15)
    assert spring.code == "SC/SPR/2026"


def syllables(word: str) -> int:
    """Groups of vowels, without a silent e at the end. Coarse, and the same for every text."""
    word = re.sub(r"[^a-z]", "", word.lower())
    groups = len(re.findall(r"[aeiouy]+", word))
    silent = word.endswith("e") and not word.endswith(("le", "ee", "ye")) and groups > 1
    past = word.endswith("ed") and not word.endswith(("ted", "ded")) and groups > 1
    return max(1, groups - silent - past)


def measure(sentences: list[str]) -> tuple[float, float, int, float]:
    """Flesch-Kincaid grade (1975), mean and longest sentence, share of words of three or more syllables."""
    words = [re.findall(r"[A-Za-z']+", sentence) for sentence in sentences]
    flat = [word for sentence in words for word in sentence]
    mean = Fraction(len(flat), len(words))
    beats = Fraction(sum(map(syllables, flat)), len(flat))
    grade = 0.39 * float(mean) + 11.8 * float(beats) - 15.59
    longest = max(map(len, words))
    return grade, float(mean), longest, sum(syllables(word) >= 3 for word in flat) / len(flat)


def split(texts: list[str]) -> list[str]:
    return [part for text in texts for part in re.split(r"(?<=[.:?])\s+", text) if part]


def test_families_can_read_it_at_nine():
    """D4, D48: the four figures that the pages are measured by."""
    texts = [text for one in ENGLAND.items.values() for text in (one.label, one.why)]
    texts += [one.label for one in ENGLAND.purposes.values()]
    texts += [
        text for one in ENGLAND.purposes.values() for text in (one.covers, one.reason, one.what_instead)
    ]
    texts += [text for one in ENGLAND.limit_notes.values() for text in (one.label, one.why)]
    grade, mean, longest, long_words = measure(split(texts))
    print(f"family: grade {grade:.2f}, mean {mean:.1f}, longest {longest}, long words {long_words:.1%}")
    assert grade <= 4.0
    assert mean <= 12
    assert longest <= 20
    assert long_words <= 0.08


def test_a_child_can_read_its_labels():
    texts = [one.child_label for one in ENGLAND.items.values()]
    texts += [one.child_label for one in ENGLAND.purposes.values()]
    texts += [one.child_label for one in ENGLAND.exits.values()]
    grade, mean, longest, long_words = measure(split(texts))
    print(f"child: grade {grade:.2f}, mean {mean:.1f}, longest {longest}, long words {long_words:.1%}")
    assert grade <= 2.5
    assert mean <= 10
    assert longest <= 15
    assert long_words <= 0.05


def test_what_a_code_means_agrees_with_the_published_code_sets(shared):
    """D4: our own words for a code may be plainer than the national ones, and never mean another code."""
    with (shared / "data/codesets_characteristics.csv").open(newline="", encoding="utf-8-sig") as file:
        rows = list(csv.reader(file))
    published = {
        "language": {row[0].strip(): row[1] for row in rows if row[0].strip()},
        "ethnicity": {row[3].strip(): row[4] for row in rows if len(row) > 4 and row[3].strip()},
    }
    loose = {"NOBT", "REFU", "NOT", "REF", "MOTM", "WOTW", "OOTH", "OOEG", "WROM", "CTWN"}
    compared = 0
    for name, theirs in published.items():
        for code, ours in load().codes[name].labels.items():
            if code in theirs and code not in loose:
                words = set(re.findall(r"[a-z]{4,}", ours.lower())) - {"background", "another", "other"}
                assert all(word[:4] in theirs[code].lower() for word in words), code
                compared += 1
    assert compared > 120


def test_every_code_of_a_short_set_has_words():
    """A family reads words; a code alone is left to the two longest sets."""
    for item in load().items.values():
        if item.codes and item.id not in {"language", "ethnicity"}:
            assert set(item.codes) <= set(item.labels), item.id
