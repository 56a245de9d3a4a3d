# SPDX-License-Identifier: Apache-2.0
"""One consent is one sentence that holds one purpose, named recipients, facts and days, and no threat. D12, D13, D14."""

from dataclasses import fields, replace
from datetime import date

import pytest

from beholden.catalogue import FamilySays, load
from beholden.catalogue.reading import FAMILY, reading
from beholden.choices.consent.sentence import (
    Body,
    Consent,
    Recipient,
    Who,
    parse,
    sentence,
    to_herself,
)
from beholden.refusals import Refusal

CATALOGUE = load()
NORTHFORD = Recipient(Body("the University of Northford", "England"), (Body("Rowan Hosting", "Ireland"),))
SLEEP = Consent(
    "health-linkage-study",
    (NORTHFORD,),
    ("nc_year", "session_details"),
    date(2027, 5, 1),
    date(2027, 8, 31),
    Who.GUARDIAN,
)
LETTERS = replace(SLEEP, purpose="research-contact", recipients=(Recipient(NORTHFORD.body),), items=())
SAID = (
    "May the University of Northford, England, see these facts about Sam from 1 May 2027 to 31 August 2027, to study "
    "school and health: school year; and days at school and days away? Rowan Hosting, Ireland, works on them for the "
    "University of Northford. Nobody else gets them. If you say no, nothing changes for Sam. An adult answers until Sam "
    "can decide."
)


def test_it_reads_so():
    """D12."""
    assert sentence(SLEEP, CATALOGUE, child="Sam") == SAID


def test_it_is_read_back():
    assert parse(SAID, CATALOGUE, child="Sam") == SLEEP


def test_it_has_no_field_for_what_happens_after_a_no():
    """D13. Nothing happens, and nobody can fill in anything else."""
    assert "if_no" not in {field.name for field in fields(Consent)}
    with pytest.raises((AttributeError, TypeError)):
        SLEEP.if_no = "no school trip"


def test_it_cannot_hold_two_purposes():
    """D12. A purpose is one code; two codes are no purpose, and so no sentence."""
    for two in ("health-linkage-study, research-contact", "health-linkage-study and research-contact"):
        with pytest.raises(Refusal):
            sentence(replace(SLEEP, purpose=two), CATALOGUE, child="Sam")


@pytest.mark.parametrize(
    ("who", "line"),
    [
        (Who.GUARDIAN, "An adult answers until Sam can decide."),
        (Who.CHILD, "Only Sam answers."),
        (Who.BOTH, "An adult and Sam both answer."),
    ],
)
def test_it_says_who_may_give_it(who, line):
    """D14, D15. A guardian's yes ends when the child can decide; an able child's is her own."""
    said = sentence(replace(SLEEP, who=who), CATALOGUE, child="Sam")
    assert said.endswith(line)
    assert parse(said, CATALOGUE, child="Sam").who is who


@pytest.mark.parametrize(
    ("who", "line"),
    [
        (Who.GUARDIAN, "You answer this yourself."),
        (Who.CHILD, "You answer this yourself."),
        (Who.BOTH, "An adult and you both answer."),
    ],
)
@pytest.mark.parametrize("asks", [SLEEP, LETTERS], ids=["facts", "letters"])
def test_whoever_answers_for_herself_reads_it_as_you(asks, who, line):
    """D14, D15. Nothing of the words that were fixed for adults is left, and nothing else is changed."""
    fixed = sentence(replace(asks, who=who), CATALOGUE, child="your child")
    said = to_herself(fixed, child="your child")
    about = "see these facts about you from" if asks.items else "May we pass letters on to you, from"
    assert about in said
    assert said.endswith(f"If you say no, nothing changes for you. {line}")
    assert "child" not in said
    assert said.split(", to ")[1].split("If you")[0] == fixed.split(", to ")[1].split("If you")[0]


@pytest.mark.parametrize(
    "make",
    [
        lambda: replace(SLEEP, recipients=()),
        lambda: replace(SLEEP, recipients=(NORTHFORD, NORTHFORD)),
        lambda: replace(SLEEP, items=()),
        lambda: replace(SLEEP, items=("nc_year", "nc_year")),
        lambda: replace(SLEEP, last_on=date(2027, 4, 30)),
        lambda: Body("", "England"),
        lambda: Body("our partners", "England"),
        lambda: Body("Northford, and others", "England"),
        lambda: Body("Northford. Nobody else gets them", "England"),
        lambda: Body("Northford\nand others", "England"),
        lambda: Body("The University of Northford", "England"),
        lambda: Body("Northford", ""),
        lambda: Body("Northford", "somewhere"),
        lambda: (
            Recipient(Body("Northford", "England"), (Body("A", "Wales"), Body("A", "Wales")))
            and replace(
                SLEEP, recipients=(Recipient(Body("N", "Wales"), (Body("A", "Wales"), Body("A", "Wales"))),)
            )
        ),
    ],
)
def test_what_is_open_empty_or_over_cannot_be_made(make):
    """D12. The wrong combination cannot be built."""
    with pytest.raises(Refusal) as no:
        make()
    assert no.value.code.startswith("consent.")


@pytest.mark.parametrize("code", ["press", "public-interest-study", "curiosity"])
def test_no_sentence_asks_for_what_a_yes_does_not_open(code):
    with pytest.raises(Refusal):
        sentence(replace(SLEEP, purpose=code), CATALOGUE, child="Sam")


@pytest.mark.parametrize(
    "text",
    [
        "",
        SAID[:-1],
        SAID + " ",
        SAID.replace("Nobody else", "Somebody else"),
        SAID.replace("nothing changes", "something changes"),
        SAID.replace("1 May 2027", "01 May 2027"),
        SAID.replace("31 August 2027", "32 August 2027"),
        SAID.replace("31 August 2027", "31 April 2027"),
        SAID.replace("31 August 2027", "31 August 2026"),
        SAID.replace("to study school and health", "to study school and health and sell shoes"),
        SAID.replace("school year; and", "school year, and"),
        SAID.replace("school year", "School year"),
        SAID.replace("school year", "shoe size"),
        SAID.replace(", Ireland", ""),
        SAID.replace("Rowan Hosting, Ireland, works on them for the University of Northford.", "Firms help."),
        SAID.replace("for the University of Northford.", "for Eastford."),
        SAID.replace("Sam", "Max", 1),
    ],
)
def test_other_words_are_no_consent(text):
    """What does not print back to itself is refused."""
    with pytest.raises(Refusal) as no:
        parse(text, CATALOGUE, child="Sam")
    assert no.value.code in ("consent.words", "consent.dates")


@pytest.mark.parametrize("pack", ["england", "us"])
def test_every_purpose_that_needs_a_yes_is_asked_for_in_words_that_can_be_read_at_nine(pack):
    """D12, D48. Names and the names of facts are one short word each; the rest is measured as it stands."""
    catalogue = load(pack)
    wanted = {
        code
        for code, one in catalogue.purposes.items()
        if one.allowed and one.family_says is FamilySays.MUST_AGREE
    }
    assert set(catalogue.consents.asks) == wanted
    for code in wanted:
        said = sentence(
            replace(SLEEP, purpose=code, items=(next(iter(catalogue.items)),)), catalogue, child="Ann"
        )
        label = next(iter(catalogue.items.values())).label
        plain = said.replace("the University of Northford, England", "Ann").replace(
            "Rowan Hosting, Ireland", "Ann"
        )
        plain = plain.replace("the University of Northford", "Ann").replace(
            label[0].lower() + label[1:], "facts"
        )
        held = reading(plain)
        print(code, held)
        assert held.within(**FAMILY)
