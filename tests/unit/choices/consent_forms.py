# SPDX-License-Identifier: Apache-2.0
"""A good consent form and the ways in which one can be bad, for the tests that mutate it. D12."""

from pathlib import Path

from beholden.catalogue import FormFault, load

FORMS = Path(__file__).parent / "forms"
GOOD = (FORMS / "good.toml").read_text("utf-8")
BLANKET = (FORMS / "blanket.toml").read_text("utf-8")
CATALOGUE = load()
WORDS = "words = [\n"

FAULTY = {
    # what: (what stood there, what stands there now, the fault, a text on the line that must be named)
    "a key that no form has": ("asks_for = []", "asks_for = []\ncolour = 1", FormFault.FORM, "colour = 1"),
    "a table that no form has": ("[recipient.", "[friend.x]\n[recipient.", FormFault.FORM, "[friend.x]"),
    "a text for a list": ('["letter", "page", "phone"]', '"any way"', FormFault.FORM, 'say_yes_by = "any'),
    "no way to say yes": (
        'say_yes_by = ["letter", "page", "phone"]',
        "say_yes_by = []",
        FormFault.FORM,
        "say_yes_by = []",
    ),
    "a fact twice": (
        'items = ["nc_year", "session_details"]',
        'items = ["nc_year", "nc_year"]',
        FormFault.FORM,
        "[question.sleep]",
    ),
    "two purposes": (
        'purpose = "health-linkage-study"',
        'purpose = ["health-linkage-study", "research-contact"]',
        FormFault.TWO_PURPOSES,
        "purpose = [",
    ),
    "two purposes in words": (
        'purpose = "health-linkage-study"',
        'purpose = "research and marketing"',
        FormFault.TWO_PURPOSES,
        "research and marketing",
    ),
    "a purpose nobody knows": (
        '"health-linkage-study"',
        '"curiosity"',
        FormFault.UNKNOWN_PURPOSE,
        '"curiosity"',
    ),
    "no purpose": (
        'purpose = "health-linkage-study"\n',
        "",
        FormFault.UNKNOWN_PURPOSE,
        "[question.sleep]",
    ),
    "a purpose that the keeper refuses": (
        '"health-linkage-study"',
        '"marketing"',
        FormFault.REFUSED_PURPOSE,
        '"marketing"',
    ),
    "a purpose that waits for an order": (
        '"health-linkage-study"',
        '"policing"',
        FormFault.REFUSED_PURPOSE,
        '"policing"',
    ),
    "a purpose that families can only stop": (
        '"health-linkage-study"',
        '"public-interest-study"',
        FormFault.NOT_BY_CONSENT,
        '"public-interest-study"',
    ),
    "a duty dressed as a choice": (
        '"health-linkage-study"',
        '"statutory-return"',
        FormFault.NOT_BY_CONSENT,
        '"statutory-return"',
    ),
    "nobody named": (
        'recipients = ["northford"]',
        "recipients = []",
        FormFault.NO_RECIPIENT,
        "recipients = []",
    ),
    "somebody who is not described": (
        'recipients = ["northford"]',
        'recipients = ["northford", "eastford"]',
        FormFault.NO_RECIPIENT,
        '"eastford"',
    ),
    "a firm that works for nobody": (
        'works_for = "northford"',
        'works_for = "eastford"',
        FormFault.NO_RECIPIENT,
        '"eastford"',
    ),
    "partners": (
        'recipients = ["northford"]',
        'recipients = ["northford", "our partners"]',
        FormFault.OPEN_RECIPIENT,
        '"our partners"',
    ),
    "a recipient without a country": ('country = "England"\n', "", FormFault.NO_COUNTRY, "[recipient."),
    "a firm without a country": ('country = "Ireland"\n', "", FormFault.NO_COUNTRY, "[sub_processor."),
    "a recipient in no country": ('"England"', '"Atlantis"', FormFault.COUNTRY, '"Atlantis"'),
    "a region for a country": ('"Ireland"', '"Europe"', FormFault.COUNTRY, '"Europe"'),
    "a fact nobody knows": ('"session_details"]', '"shoe_size"]', FormFault.UNKNOWN_ITEM, '"shoe_size"'),
    "any information": (
        '"session_details"]',
        '"any information"]',
        FormFault.OPEN_ITEMS,
        '"any information"',
    ),
    "no facts": ('items = ["nc_year", "session_details"]\n', "", FormFault.OPEN_ITEMS, "[question.sleep]"),
    "a fact that the law demands": (
        "asks_for = []",
        'asks_for = ["birth_date"]',
        FormFault.COMPULSORY_ITEM,
        '"birth_date"',
    ),
    "a fact in the form that nobody knows": (
        "asks_for = []",
        'asks_for = ["shoe_size"]',
        FormFault.UNKNOWN_ITEM,
        '"shoe_size"',
    ),
    "no last day": ("to = 2027-08-31\n", "", FormFault.NO_END, "[question.sleep]"),
    "no first day": ("from = 2027-05-01\n", "", FormFault.NO_END, "[question.sleep]"),
    "an end before the beginning": ("to = 2027-08-31", "to = 2026-08-31", FormFault.DATES, "to = 2026"),
    "longer than a yes may last": ("to = 2027-08-31", "to = 2029-08-31", FormFault.TOO_LONG, "to = 2029"),
    "a box that is ticked": ('ticked = "none"', 'ticked = "yes"', FormFault.SILENCE, 'ticked = "yes"'),
    "nothing said of boxes": ('ticked = "none"\n', "", FormFault.SILENCE, "[form.sleep-study]"),
    "silence that is a yes": (
        'no_answer_means = "no"',
        'no_answer_means = "yes"',
        FormFault.SILENCE,
        "no_answer_means",
    ),
    "a signature for an answer": (
        '["Yes", "No"]',
        '["I agree"]',
        FormFault.ONE_ANSWER,
        "answers = ",
    ),
    "three answers": ('["Yes", "No"]', '["Yes", "No", "Later"]', FormFault.ONE_ANSWER, "answers = "),
    "one answer for all": (
        '"one child"',
        '"one family"',
        FormFault.SEVERAL_CHILDREN,
        "one_answer_for",
    ),
    "nobody may give it": ('who = "guardian"\n', "", FormFault.WHO, "[question.sleep]"),
    "the school may give it": ('who = "guardian"', 'who = "school"', FormFault.WHO, 'who = "school"'),
    "no way for the child": (
        'child_answers_by = ["own letter", "own page"]',
        "child_answers_by = []",
        FormFault.NO_CHILD,
        "child_answers_by",
    ),
    "said by phone, taken back by letter": (
        'take_back_by = ["letter", "page", "phone"]',
        'take_back_by = ["letter"]',
        FormFault.WITHDRAWAL,
        "take_back_by",
    ),
    "nothing said of taking it back": (
        'take_back_by = ["letter", "page", "phone"]\n',
        "",
        FormFault.WITHDRAWAL,
        "[form.sleep-study]",
    ),
    "a long sentence": (
        WORDS,
        WORDS
        + '  "We want to see how it goes at home and at school and on the way and in the yard and when you '
        'sleep or eat or play with your friends.",\n',
        FormFault.HARD_WORDS,
        "in the yard",
    ),
    "other days in the question than in its fields": (
        "from 1 May 2027",
        "from 2 May 2027",
        FormFault.OTHER_WORDS,
        "from 2 May 2027",
    ),
    "a second purpose that no list knows": (
        "to study school and health:",
        "to study school and health and to sell shoes:",
        FormFault.OTHER_WORDS,
        "to sell shoes",
    ),
    "another who gives it": ('who = "guardian"', 'who = "both"', FormFault.OTHER_WORDS, "asks = "),
    "a firm that the question leaves out": (
        "Rowan Hosting, Ireland, works on them for the University of Northford. ",
        "",
        FormFault.OTHER_WORDS,
        "asks = ",
    ),
    "a no that costs something": (
        "nothing changes for your child",
        "your child waits longer",
        FormFault.OTHER_WORDS,
        "waits longer",
    ),
}
"""A form that differs from the good one by one fault."""


def spoilt(name: str) -> tuple[str, FormFault, int]:
    """Return a spoilt form, the fault that must be found, and its line."""
    old, new, fault, marker = FAULTY[name]
    assert GOOD.count(old) >= 1, "the test would spoil nothing"
    text = GOOD.replace(old, new, 1)
    line = next(number for number, line in enumerate(text.split("\n"), start=1) if marker in line)
    return text, fault, line


def with_line(words: str) -> tuple[str, int]:
    """Return the good form with one more line for families to read, and where that line stands."""
    text = GOOD.replace(WORDS, f'{WORDS}  "{words}",\n', 1)
    return text, text[: text.index(words)].count("\n") + 1
