# SPDX-License-Identifier: Apache-2.0
"""A consent form passes, or is refused fault by fault, each on its line, with what to change and the law. D12, D13."""

import json

import pytest

from beholden.catalogue import FormFault, load
from beholden.choices.consent.rules import check_form
from beholden.cli.consent import check_file
from beholden.refusals import Refusal
from unit.choices.consent_forms import BLANKET, CATALOGUE, FAULTY, FORMS, GOOD, spoilt, with_line


def report(text, catalogue=CATALOGUE):
    return check_form("form.toml", text.encode(), catalogue)


def found(text, catalogue=CATALOGUE):
    return [(one.code, one.line) for one in report(text, catalogue).findings]


def test_a_good_form_passes_and_says_how_it_is_asked():
    """D12. What it is asked in is what it asks."""
    held = report(GOOD)
    assert held.passes
    assert held.findings == ()
    (asked,) = held.sentences
    assert f'asks = "{asked}"' in GOOD


@pytest.mark.parametrize("name", FAULTY)
def test_one_fault_is_found_alone_and_on_its_line(name):
    """D12, D13, D14, D15."""
    text, fault, line = spoilt(name)
    assert found(text) == [(f"consent.{fault.value}", line)]


def test_every_fault_there_is_is_reached():
    by_words = {fault for fault in FormFault if CATALOGUE.consents.note(fault).phrases}
    assert {fault for _, _, fault, _ in FAULTY.values()} | by_words == set(FormFault)


def test_each_finding_says_what_to_change_and_under_which_law():
    """D12. A refusal that a drafter can act on."""
    for one in report(BLANKET).findings:
        note = CATALOGUE.consents.note(FormFault(one.code.removeprefix("consent.")))
        assert one.sentence == note.says
        assert one.change == note.change
        assert one.authority == CATALOGUE.cite(note.authority)
        assert one.authority.endswith(note.authority.paragraph)


def test_a_blanket_signature_is_refused_for_nearly_everything():
    """D12, D13. The dentist's round: bundle, open list, no end, condition, silence, link, no child, no way back."""
    faults = {code.removeprefix("consent.") for code, _ in found(BLANKET)}
    assert faults >= {
        *("two-purposes", "refused-purpose", "open-recipient", "no-country", "country", "open-items"),
        *(
            "unknown-item",
            "compulsory-item",
            "no-end",
            "service",
            "silence",
            "one-answer",
            "several-children",
        ),
        *("who", "no-child", "withdrawal", "layer", "hard-words"),
    }
    assert report(BLANKET).sentences == ()


def test_what_no_word_list_knows_is_found_because_the_question_is_not_its_own_fields():
    """The last net has no holes: any word beside the fields is a fault, and the right words are given."""
    text = GOOD.replace("Nobody else gets them.", "The shoe shop gets them too.", 1)
    (one,) = report(text).findings
    assert one.code == "consent.other-words"
    assert one.found == report(GOOD).sentences[0]


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        ("We share it with our partners.", "open-recipient"),
        ("We share it with firms such as shops.", "open-recipient"),
        ("If you do not sign, we cannot take your child.", "service"),
        ("It is used unless you tell us to stop.", "silence"),
        ("See our website.", "layer"),
        ("We keep it as long as we need it.", "no-end"),
        ("A yes cannot be withdrawn.", "withdrawal"),
        ("I sign for all my children.", "several-children"),
        ("It is used for sport and research.", "two-purposes"),
        ("Pupils may not answer.", "no-child"),
        ("We ask for any details.", "open-items"),
        ("IF YOU DON’T SIGN, YOUR CHILD CANNOT COME.", "service"),
    ],
)
def test_a_sentence_gives_itself_away(words, fault):
    text, line = with_line(words)
    assert (f"consent.{fault}", line) in found(text)


@pytest.mark.parametrize(
    "words",
    [
        "We will ask again in two years.",
        "We ask for no reason.",
        "If you do not want to, say no.",
        "Each child gets a letter.",
    ],
)
def test_plain_words_give_nothing_away(words):
    text, _ = with_line(words)
    assert found(text) == []


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe",
        b"[form.x]\n",
        b"[question.x]\n",
        b"hello",
        b"[form.x]\ntitle = 'a'\n[form.x]\n",
        b"#" * (256 * 1024 + 1),
    ],
)
def test_what_is_no_form_does_not_pass(raw):
    """Fail closed: nothing that was not read counts as good."""
    held = check_form("form.toml", raw, CATALOGUE)
    assert not held.passes
    assert held.findings


def test_a_finding_on_a_list_names_the_line_of_the_text_and_not_of_the_list():
    text, line = with_line("Ask our partners.")
    assert text.split("\n")[line - 1].strip() == '"Ask our partners.",'
    assert found(text) == [("consent.open-recipient", line)]


def test_a_quoted_finding_carries_no_control_character():
    """What a form says is printed on somebody's screen."""
    text = GOOD.replace('country = "England"', 'country = "Eng\\u001b[31mland"')
    assert all("\x1b" not in one.found for one in report(text).findings)


def test_another_countrys_pack_judges_by_its_own_law():
    """D2. The same form, under the law of the second pack: other purposes, other facts, another country."""
    us = load("us")
    text = (
        GOOD.replace("England", "United States")
        .replace("Ireland", "United States")
        .replace("health-linkage-study", "agreed-study")
        .replace('"nc_year", "session_details"', '"grade_level", "days_absent"')
        .replace("to study school and health", "to study home and school")
        .replace(
            "school year; and days at school and days away", "grade in school; and days away from school"
        )
    )
    assert found(text, us) == []
    (one,) = report(text.replace('"United States"', '"England"', 1), us).findings
    assert "34 CFR Part 99" in one.authority


def test_the_command_ends_with_0_or_1(tmp_path, capsys):
    assert check_file(FORMS / "good.toml", root=None, pack="", as_json=False) == 0
    assert "may be used: 1 question, and nothing found." in capsys.readouterr().out
    assert check_file(FORMS / "blanket.toml", root=None, pack="", as_json=False) == 1
    assert "may not be used: " in capsys.readouterr().out
    with pytest.raises(Refusal) as no:
        check_file(tmp_path / "nothing.toml", root=None, pack="", as_json=False)
    assert no.value.code == "cli.no_form"


def test_the_command_answers_programs(capsys):
    assert check_file(FORMS / "blanket.toml", root=None, pack="", as_json=True) == 1
    said = json.loads(capsys.readouterr().out)
    assert not said["passes"]
    assert said["catalogue"] == CATALOGUE.hash
    assert {"code", "line", "found", "sentence", "change", "authority"} == set(said["findings"][0])
