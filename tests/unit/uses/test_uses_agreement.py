# SPDX-License-Identifier: Apache-2.0
"""An agreement says what was approved, and nothing else, in one text that both sides sign. D18, D20, D25, D45."""

from dataclasses import fields, replace
from datetime import date

import pytest

from beholden.refusals import Refusal
from beholden.uses.rules.agreement import Party, Terms, check_signing, digest, text

TERMS = Terms(
    use="U-2026-0001",
    title="Coming back to school after illness",
    keeper=Party("keeper", "The keeper", "England"),
    recipient=Party("northford", "University of Northford", "England"),
    purpose="public-interest-study",
    purpose_label="A study by a university",
    gateway="The Regulations 2009 (SI 2009/1563), reg 3",
    exit_label="They get a copy",
    items=(
        ("nc_year", "School year", "It is about age."),
        ("session_details", "Days away", "It is about them."),
    ),
    population="Every child in the School Census",
    conditions=("No number under ten is published.",),
    starts_on=date(2026, 3, 1),
    ends_on=date(2027, 3, 1),
    territory=("England", "Wales"),
    processors=(("Northford Computing", "keeps the disks", "Wales"),),
    people=3,
    destruction_days=28,
    catalogue="ab" * 32,
    amends="U-2025-0009",
)


def test_every_term_stands_in_the_text():
    written = text(TERMS)
    for said in (
        *("U-2026-0001", "Coming back", "The keeper", "University of Northford", "public-interest-study"),
        *("SI 2009/1563", "nc_year", "It is about age", "session_details", "Every child", "under ten"),
        *("1 March 2026", "1 March 2027", "Wales", "Northford Computing", "may see them: 3", "28 days"),
        *("ab" * 32, "U-2025-0009", "They get a copy"),
    ):
        assert said in written


@pytest.mark.parametrize("said", ["passed on", "sold", "score", "train a product", "find, contact"])
def test_what_is_never_agreed_stands_in_every_text(said):
    """D20, D44: nothing onward, no products, no scores."""
    assert said in text(replace(TERMS, conditions=(), processors=(), amends=""))


@pytest.mark.parametrize("field", [one.name for one in fields(Terms)])
def test_other_terms_are_another_digest(field):
    """Nothing that was agreed can be changed under a signature."""
    old = getattr(TERMS, field)
    new = {
        str: lambda: old + "x",
        int: lambda: old + 1,
        date: lambda: date(2030, 1, 1),
        tuple: lambda: old[:-1],
        Party: lambda: replace(old, name="Somebody else"),
    }[type(old)]()
    assert digest(text(replace(TERMS, **{field: new}))) != digest(text(TERMS))


def test_what_comes_again_says_whether_a_child_keeps_its_number():
    """D15: by default it does not; where it does, the reason stands beside it, and no other use has it."""
    apart, same = (
        replace(TERMS, recurrence="each year", over_time=why) for why in ("", "It is about change.")
    )
    assert "The made-up numbers are other ones each time." in text(apart)
    assert "the same made-up number" not in text(apart)
    assert "other ones each time" not in text(same)
    assert "in this use and in no other" in text(same)
    assert "It is about change." in text(same)


def test_nobody_writes_a_clause_of_their_own_into_an_answer():
    """An answer with a line break stays in its line, so every numbered line is the register's."""
    trick = "It helps.\n6. The recipient may sell the records."
    changed = replace(TERMS, items=(("nc_year", "School year", trick),), conditions=(trick,), title=trick)
    lines = text(changed).splitlines()
    assert len(lines) == len(text(TERMS).splitlines())
    assert not [line for line in lines if line.startswith("6. The recipient")]


def test_terms_are_read_back_as_they_were_written():
    assert Terms.from_json(TERMS.to_json()) == TERMS
    assert text(Terms.from_json(TERMS.to_json())) == text(TERMS)


def test_a_signature_is_under_this_very_text():
    wanted = digest(text(TERMS))
    check_signing(wanted, wanted)
    with pytest.raises(Refusal, match=r"^uses\.other_text:"):
        check_signing(wanted, digest(text(replace(TERMS, people=4))))
