# SPDX-License-Identifier: Apache-2.0
"""A letter that is passed on asks, says who asks and how to answer, and neither presses nor pays. D13, D16."""

from dataclasses import fields, replace
from datetime import date

import pytest

from beholden.catalogue import load
from beholden.choices.consent.asking import consent_of
from beholden.choices.consent.sentence import parse, sentence
from beholden.refusals import Refusal
from beholden.uses.rules.agreement import text
from beholden.uses.rules.application import check_written
from beholden.uses.rules.invitation import LAST_LINE, LONGEST, Invitation, check_fair, check_invitation
from beholden.uses.rules.questions import asked_in
from beholden.uses.rules.sketch import answers_of, early, read, whole
from beholden.uses.rules.triage import remarks
from unit.uses.asked import ASKER, draft
from unit.uses.test_uses_agreement import TERMS

CATALOGUE = load()
LETTER = Invitation(
    "We are the University of Northford. We study what young people do after school.",
    "We would like to ask you how you spend your free time.",
    "You fill in a form once. It takes a quarter of an hour. You can stop at any question.",
    "Write to survey@northford.example, and we send you the form.",
)
NAMED = replace(ASKER, name="University of Northford")


def refused(code):
    return pytest.raises(Refusal, match=rf"^uses\.{code}:")


def asked(**changes):
    given = {
        "purpose": "research-contact",
        "exit": "contact",
        "items": (),
        "reasons": (),
        "gateway": "uk-gdpr",
        "invitation": LETTER,
        "what": "",
        "where": "",
    }
    return draft(**(given | changes))


def test_a_letter_is_asked_for_without_any_fact_and_nothing_is_remarked():
    check_written(asked())
    assert remarks(asked(), NAMED, CATALOGUE) == ()


def test_a_letter_with_a_fact_beside_it_is_refused():
    """D16: no contact detail leaves, and no fact either."""
    with refused("items_with_invitation"):
        check_written(asked(items=("nc_year",), reasons=(("nc_year", "To choose."),)))


@pytest.mark.parametrize("exit_", ["contact", "extract"])
def test_exactly_what_is_passed_on_has_a_letter(exit_):
    with refused("invitation"):
        check_invitation(None if exit_ == "contact" else LETTER, exit_)


@pytest.mark.parametrize("part", [one.name for one in fields(Invitation)])
@pytest.mark.parametrize("said", ["", "Too short.", "x" * (LONGEST + 1), "A sentence with a bell \a in it."])
def test_each_part_can_be_read_on_a_telephone(part, said):
    with refused("invitation_length"):
        check_invitation(replace(LETTER, **{part: said}), "contact")


@pytest.mark.parametrize(
    "way",
    [
        "Write to survey@northford.example please.",
        "Ring us on 0800 123 4567.",
        "See https://northford.example",
    ],
)
def test_a_letter_says_how_to_answer(way):
    check_invitation(replace(LETTER, answer=way), "contact")
    with refused("invitation_answer"):
        check_invitation(replace(LETTER, answer="Tell your teacher that you will."), "contact")


def test_a_letter_names_who_asks():
    with refused("invitation_asker"):
        check_fair(
            replace(LETTER, who="We are a team of friendly researchers."),
            asker="University of Northford",
            consents=CATALOGUE.consents,
        )
    with refused("invitation_asker"):
        check_fair(LETTER, asker="", consents=CATALOGUE.consents)


@pytest.mark.parametrize(
    "words",
    [
        "You must answer within a week.",
        "Everybody who answers gets a voucher.",
        "You can win a prize.",
        "We will tell your school who took part.",
        "It is good for your school.",
        "Without your consent your child may lose it.",
        "Unless you tell us, you take part.",
        "Whatever your child says, it counts.",
    ],
)
@pytest.mark.parametrize("part", [one.name for one in fields(Invitation)])
def test_a_letter_demands_and_promises_nothing(words, part):
    """D13: a refusal costs the child nothing; and nobody pays for an answer."""
    changed = replace(LETTER, **{part: f"{getattr(LETTER, part)} {words}"})
    with refused("invitation_presses"):
        check_fair(changed, asker=NAMED.name, consents=CATALOGUE.consents)
    assert [one.code for one in remarks(asked(invitation=changed), NAMED, CATALOGUE)] == [
        "uses.invitation_presses"
    ]


def test_that_saying_nothing_is_fine_stands_under_every_letter():
    assert LETTER.whole.endswith(LAST_LINE)
    assert Invitation.from_json(LETTER.to_json()) == LETTER


def test_the_agreement_holds_the_whole_letter_and_says_that_nothing_leaves():
    agreed = text(replace(TERMS, items=(), invitation=LETTER.whole))
    for part in (*LETTER.parts, LAST_LINE):
        assert part in agreed
    assert "receives none of them" in agreed
    assert "No fact about anybody leaves, and no address." in agreed
    assert "receives none of them" not in text(TERMS)


def test_a_yes_to_a_letter_is_a_sentence_of_its_own():
    """D12, D16: nobody is said to see facts that nobody gets, and who works for the writer is not named."""
    one = {
        "purpose": "research-contact",
        "recipient": ("University of Northford", "England"),
        "processors": (("Printers", "Wales"),),
        "first_on": date(2027, 5, 1),
        "last_on": date(2027, 7, 31),
        "catalogue": CATALOGUE,
    }
    made = consent_of(items=(), letter=True, **one)
    said = sentence(made, CATALOGUE, child="Ann")
    assert said == (
        "May we pass letters about Ann on to you, from 1 May 2027 to 31 July 2027, to invite you to studies, "
        "from University of Northford, England? Nobody gets a fact or an address from us. "
        "If you say no, nothing changes for Ann. An adult answers until Ann can decide."
    )
    assert parse(said, CATALOGUE, child="Ann") == made
    for items, letter in (((), False), (("nc_year",), True)):
        with pytest.raises(Refusal, match=r"^consent\.items:"):
            consent_of(items=items, letter=letter, **one)


def test_a_request_for_a_letter_is_written_without_the_question_for_facts():
    typed = {name: (text,) for name, text in LETTER.to_json().items()}
    said = read("invitation", typed)
    made = asked()
    answers = answers_of(made)
    assert said == LETTER.to_json() == answers["invitation"]
    assert not {"items", "what", "where"} & {*asked_in("contact"), *answers}
    assert "invitation" not in asked_in("extract")
    assert whole(answers) == made
    assert (
        whole(answers | {"items": {"nc_year": "To choose."}, "what": "School year.", "where": "There."})
        == made
    )
    assert early(answers, NAMED, CATALOGUE) == ()
    with refused("unanswered"):
        whole({name: one for name, one in answers.items() if name != "invitation"})
    with refused("invitation_length"):
        read("invitation", typed | {"part": ("",)})
