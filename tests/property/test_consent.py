# SPDX-License-Identifier: Apache-2.0
"""A consent and its sentence are inverses; a form with one fault has one finding; phrases are found as a reader would. D12."""

from datetime import date, timedelta

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from beholden.catalogue import FormFault, load
from beholden.catalogue.consents import MOST_BETWEEN, folded
from beholden.choices.consent.rules import check_form
from beholden.choices.consent.sentence import Body, Consent, Recipient, Who, parse, sentence
from beholden.refusals import Refusal
from unit.choices.consent_forms import CATALOGUE, GOOD, with_line

PACKS = {name: load(name) for name in ("england", "us")}
PHRASES = [(note.fault, words) for note in CATALOGUE.consents.faults.values() for words in note.phrases]

plain_words = st.text("abzABéß9-'&€", min_size=1, max_size=4)
tricky = st.sampled_from(
    [
        "and",
        "the",
        "see",
        "these",
        "facts",
        "about",
        "from",
        "to",
        "works",
        "on",
        "them",
        "for",
        "May",
        "Nobody",
        "Sam",
    ]
)


@st.composite
def names(draw):
    first = draw(st.sampled_from(["Ash", "Éire", "9", "May", "Nobody", "And", "See"]))
    rest = draw(st.lists(plain_words | tricky, max_size=4))
    return draw(st.sampled_from(["", "the "])) + " ".join([first, *rest])


bodies = st.builds(Body, names(), names().map(lambda name: name.removeprefix("the ")))
recipients = st.builds(Recipient, bodies, st.lists(bodies, max_size=2, unique=True).map(tuple))


@st.composite
def consents(draw):
    pack = draw(st.sampled_from(sorted(PACKS)))
    catalogue = PACKS[pack]
    first = draw(st.dates(date(2000, 1, 1), date(2100, 1, 1)))
    items = draw(st.lists(st.sampled_from(sorted(catalogue.items)), max_size=6, unique=True))
    who = (
        st.builds(Recipient, bodies) if not items else recipients
    )  # without facts it is a letter: nobody helps
    return pack, Consent(
        draw(st.sampled_from(sorted(catalogue.consents.asks))),
        tuple(draw(st.lists(who, min_size=1, max_size=3, unique_by=lambda one: one.body.name))),
        tuple(items),
        first,
        first + timedelta(days=draw(st.integers(0, 800))),
        draw(st.sampled_from(list(Who))),
    )


children = st.sampled_from(["Sam", "your child", "Zoë", "May", "Ann-Marie", "J.R."])


@settings(max_examples=150)
@given(made=consents(), child=children)
def test_a_consent_is_read_back_from_its_sentence(made, child):
    pack, consent = made
    catalogue = PACKS[pack]
    assert parse(sentence(consent, catalogue, child=child), catalogue, child=child) == consent


@settings(max_examples=150)
@given(made=consents(), data=st.data())
def test_a_changed_sentence_is_another_consent_or_none(made, data):
    """Whatever is read prints back to the very words it was read from; so no two sentences say one consent."""
    pack, consent = made
    catalogue = PACKS[pack]
    said = sentence(consent, catalogue, child="Sam")
    at = data.draw(st.integers(0, len(said) - 1))
    changed = (
        said[:at]
        + data.draw(st.sampled_from(["", "a", " ", ",", ";", "?", ".", "the ", "and "]))
        + said[at + 1 :]
    )
    assume(changed != said)
    try:
        other = parse(changed, catalogue, child="Sam")
    except Refusal as no:
        assert no.code.startswith("consent.")
        return
    assert other != consent
    assert sentence(other, catalogue, child="Sam") == changed


@settings(max_examples=300)
@given(which=st.sampled_from(PHRASES), between=st.sampled_from(["come", "sign here", "say yes to it"]))
def test_one_phrase_in_a_good_form_is_one_fault_and_no_other(which, between):
    """Every phrase of the pack, in a line of its own."""
    fault, words = which
    text, line = with_line(f"Mum said {words.replace('…', between)} it.")
    held = check_form("form.toml", text.encode(), CATALOGUE)
    found = {(one.code, one.line) for one in held.findings} - {
        (f"consent.{FormFault.HARD_WORDS.value}", line)
    }
    assert found == {(f"consent.{fault.value}", line)}


# --- the naive twin of looking for phrases ---


def naive(text, words):
    """Say whether a phrase stands in a text: sign by sign, without a pattern."""
    text = " ".join(folded(text).split())
    parts = [part.strip() for part in words.split("…")]

    def edge(at):
        return at < 0 or at >= len(text) or not (text[at].isalnum() or text[at] == "_")

    def rest(at, left):
        if not left:
            return edge(at) or not words[-1].isalnum()
        for gap in range(1, MOST_BETWEEN + 1):
            if at + gap > len(text) or text[at + gap - 1] in ".?!":
                return False
            if text.startswith(left[0], at + gap) and rest(at + gap + len(left[0]), left[1:]):
                return True
        return False

    return any(
        text.startswith(parts[0], at)
        and (edge(at - 1) or not words[0].isalnum())
        and rest(at + len(parts[0]), parts[1:])
        for at in range(len(text))
    )


pieces = st.sampled_from([part.strip() for _, words in PHRASES for part in words.split("…")])
fillers = st.sampled_from(
    ["we", "x", ".", "?", ",", "a very long word here", "s", "un", "PARTNERS", "’", "-", "_"]
)


@settings(max_examples=400)
@given(
    text=st.lists(st.tuples(pieces | fillers, st.sampled_from(["", " "])), max_size=8).map(
        lambda parts: "".join(piece + blank for piece, blank in parts)
    )
)
@example("if you do not" + " x" * 28 + " cannot")
@example("if you do not" + " x" * 29 + " cannot")
@example("If you don’t sign it, he CANNOT come")
def test_phrases_are_found_as_the_naive_twin_finds_them(text):
    text = " ".join(text.split())
    found = {
        (fault, phrase.words)
        for phrase in CATALOGUE.consents.phrases
        for fault in [phrase.fault]
        if naive(text, phrase.words)
    }
    quick = {
        (phrase.fault, phrase.words)
        for phrase in CATALOGUE.consents.phrases
        if phrase.pattern.search(folded(text))
    }
    assert quick == found
    assert {fault for fault, _ in CATALOGUE.consents.given_away(text)} == {fault for fault, _ in found}


# --- whatever comes ---


@settings(max_examples=150)
@given(
    at=st.integers(0, len(GOOD) - 1),
    sign=st.sampled_from(["", "x", '"', "[", "]", "\n", "#", "=", "é", "0", " "]),
)
def test_a_form_with_a_changed_sign_is_judged_and_passes_only_if_it_asks_what_it_says(at, sign):
    """No input ends in an error; and whatever passes asks in the words of its own fields."""
    text = GOOD[:at] + sign + GOOD[at + 1 :]
    held = check_form("form.toml", text.encode(), CATALOGUE)
    assert held.passes == (not held.findings)
    if held.passes:
        assert held.questions == len(held.sentences) == 1
        assert f'asks = "{held.sentences[0]}"' in text


@settings(max_examples=100)
@given(
    raw=st.binary(max_size=200)
    | st.text(st.sampled_from("[]form.question=\"'\n {}x1,\\#"), max_size=80).map(str.encode)
)
def test_any_bytes_are_judged_and_nothing_that_is_no_form_passes(raw):
    held = check_form("form.toml", raw, CATALOGUE)
    assert not held.passes
    assert all(one.line >= 1 for one in held.findings)
