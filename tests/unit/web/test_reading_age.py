# SPDX-License-Identifier: Apache-2.0
"""A tired parent can read it: the four figures of notes/ux.md 5.3 on every page of the family's door, as rendered (D6, D48)."""

import re

import pytest

from beholden.catalogue import FamilySays
from beholden.ledger.page import joined
from beholden.web.present import catalogue
from unit.web import doubles
from unit.web.doubles import CODE, notice
from unit.web.reading_age import CHILD, FAMILY, Reading, reading, syllables

NAMES = (
    "University of Northford",
    "Datahouse",
    "Wales",
    "Maya",
    "Sam",
    "England",
    "March",
    "April",
    "Friday",
    "Wednesday",
    "School Records Register",
    "Freepost SCHOOL RECORDS",
    CODE,
)
FACTS = (
    "University of Northford, England",  # who gets it and where is one name to a reader, as the form's checker has it
    *doubles.asking().yes.facts,
    *doubles.USES[1].items,
    doubles.USES[1].gateway,
    doubles.USES[1].population_words,
    doubles.USES[1].purpose_label,
    doubles.published_key("handovers"),
    *(read.key for read in doubles.report_card(catalogue=None, on=doubles.NOW.date()).logs),
)
"""What the catalogue and the law call a thing is measured where it is written, not on every page that names it. A key
is copied, not read."""

BLOCKS = r"</(?:p|li|h[1-6]|dt|dd|label|legend|button|th|td|summary|div|a|span|caption)>"


def words_of(page: str) -> str:
    """Return the text of a page's main part, a line for each block."""
    main = re.search(r"<main\b[^>]*>(.*)</main>", page, flags=re.DOTALL).group(1)
    main = re.sub(r'<(\w+)[^>]*\baria-hidden="true"[^>]*>.*?</\1>', " ", main, flags=re.DOTALL)
    for fact in FACTS:
        main = main.replace(fact, "Facts")
    lines = re.sub(r"<[^>]+>", " ", re.sub(BLOCKS, "\n", main)).split("\n")
    return "\n".join(" ".join(line.split()) for line in lines)


def figures(page: str) -> Reading:
    return reading(words_of(page), names=NAMES)


def permission_pages(see, go, box):
    """See every page of *yes or no*."""
    box.notices = (doubles.asking(),)
    see("yes or no, told", go("/letter/use/1"))
    see("yes or no", go("/letter/permission/1"))
    see("yes or no, nothing pressed", go("/letter/permission/1", {}))
    see("a yes", go("/letter/permission/1", {"answer": "agree"}))
    see("mine, a yes", go("/letter/mine", {"number": doubles.LetterBox.number(len(box.answers) - 1)}))
    see("a no", go("/letter/permission/2", {"answer": "keep_out"}))
    box.notices = (doubles.writing(letter_is_here=True),)
    see("a letter, told", go("/letter/use/1"))
    box.notices = (doubles.asking(),)
    see("no invitations", go("/letter/wider", {"scope": "contact"}))
    see(
        "mine, no invitations", go("/letter/mine", {"number": doubles.LetterBox.number(len(box.answers) - 1)})
    )


def record_pages(see, go, box, keeper):
    """See every page behind the second step, in every state."""
    box.notices = (notice(),)
    go("/letter", {"code": CODE})
    go("/letter/check", {"day": "27", "month": "3", "year": "2015"})
    see("second", go("/family"))
    see("second, empty", go("/family/second", {"second": ""}))
    see("second, a slip", go("/family/second", {"second": "K"}))
    see("second, wrong", go("/family/second", {"second": "CDFG HJKX"}))
    keeper.used_up = True
    see("second, used before", go("/family/second", {"second": doubles.SECOND}))
    keeper.used_up = False
    see("own", go("/family/second", {"second": doubles.SECOND}))
    see("overview", go("/family"))
    see("record", go(f"/family/{doubles.MAYA}/record"))
    see("used", go(f"/family/{doubles.MAYA}/used"))
    see("letters", go(f"/family/{doubles.MAYA}/letters"))
    keeper.restricted = keeper.empty = True
    see("overview, nothing", go("/family"))
    see("record, restricted", go(f"/family/{doubles.MAYA}/record"))
    see("used, nothing", go(f"/family/{doubles.MAYA}/used"))
    keeper.refusing = "hatch.silent"
    see("not now", go("/family"))


@pytest.fixture
def pages(reader, box, keeper):
    """Every page of the letter that a family can meet, by name."""
    seen = {}

    def see(name, answer):
        seen[name] = answer.content.decode()

    def go(address, said=None):
        return reader.get(address, follow=True) if said is None else reader.post(address, said, follow=True)

    see("code", go("/letter"))
    see("code, a slip", go("/letter", {"code": "K"}))
    see("birth date", go("/letter", {"code": CODE}))
    see("birth date, wrong", go("/letter/check", {"day": "1", "month": "1", "year": "2001"}))
    box.refusing = "notices.too_many_tries"
    see("locked", go("/letter/check", {"day": "27", "month": "3", "year": "2015"}))
    box.refusing = "notices.ring_us"
    see("ring us", go("/letter/check", {"day": "27", "month": "3", "year": "2015"}))
    box.refusing = ""
    see("use", go("/letter/check", {"day": "27", "month": "3", "year": "2015"}))
    see("use, nothing chosen", go("/letter/use/1", {}))
    see("child", go("/letter/use/1", {"answer": "each"}))
    go("/letter/child/1", {"answer": "keep_out"})
    see("review", go("/letter/child/2", {"answer": "leave_in"}))
    see("saved", go("/letter/review", {}))
    see("wider", go("/letter/wider"))
    see("saved for all", go("/letter/wider", {"scope": "all"}))
    see("more", go("/letter/more"))
    see("mine", go("/letter/mine"))
    see("mine, unknown", go("/letter/mine", {"number": "CCCC CCCC"}))
    see("mine, a no", go("/letter/mine", {"number": doubles.LetterBox.number(0)}))
    see("mine, nothing ticked", go("/letter/mine/answer", {}))
    see("mine, taken back", go("/letter/mine/answer", {"back": "1"}))
    see("mine, all", go("/letter/mine", {"number": doubles.LetterBox.number(1)}))
    see("mine, once more", go("/letter/mine", {"number": doubles.LetterBox.number(0)}))
    see("mine, a leave in", go("/letter/mine", {"number": doubles.LetterBox.number(2)}))
    go("/letter/use/1", {"answer": "leave_in"})
    see("saved, leave in", go("/letter/review", {}))
    box.notices = (notice(window_open=False),)
    see("after the day", go("/letter/use/1"))
    for name, says in (("told: yes", FamilySays.MUST_AGREE), ("told: compulsory", FamilySays.NOTHING)):
        code = next(code for code, one in catalogue().purposes.items() if one.family_says is says)
        box.notices = (notice(purpose=code),)
        see(name, go("/letter/use/1"))
    permission_pages(see, go, box)
    record_pages(see, go, box, keeper)
    see("left", go("/letter/left"))
    see("not for me", go("/letter/not-me"))
    see("not for me, thanks", go("/letter/not-me/thanks"))
    see("lost", go("/letter/lost"))
    see("cold", reader.get("/letter/nowhere"))
    for name in (
        "help",
        "words",
        "check",
        "cannot",
        "privacy",
        "accessibility",
        "report-card",
        "uses/numbers",
    ):
        see(name, go(f"/{name}"))
    return seen


def test_family_pages_are_readable_at_nine(pages):
    found = {name: figures(page) for name, page in pages.items()}
    for name, held in found.items():
        print(f"{name:22} {held}")
    assert not {name: held for name, held in found.items() if not held.within(**FAMILY)}


BANNED = (
    "process",
    "data subject",
    "dataset",
    "opt-out",
    "opt out",
    "consent",
    "disclos",
    "enclave",
    "gateway",
    "hash",
    "Merkle",
    "ledger",
    "cryptograph",
    "pseudonym",
    "retention",
    "erasure",
    "rectif",
    "invalid",
    "please note",
    "simply",
    "just ",
    "don't worry",
    "help us",
    "important",
)


def test_no_page_uses_a_word_of_ours(pages):
    """Left column on pages, right column in code (notes/ux.md 5.1); no praise, no worry, no selling (5.2)."""
    for name, page in pages.items():
        said = words_of(page).lower()
        assert not [word for word in BANNED if word.lower() in said], name


def test_keep_out_and_yes_are_never_mixed(pages):
    for name, page in pages.items():
        said = words_of(page)
        if "Keep them out" in said or "Keep it out" in said:
            assert not re.search(r"\b(permission|agree)\b", said), name


def test_the_page_that_checks_a_proof_is_read_as_easily():
    """What it says by itself; of a file it says what the command says, and in its words."""
    said = re.sub(r"\bJavaScript\b|<code>.*?</code>", "Facts", joined.page().decode())
    assert figures(said).within(**FAMILY), figures(said)


LEARN = (
    "A university wants to learn from facts about you. They want to find out what helps children come back to "
    "school after being ill. They will not see your name. They will not see where you live. They can look in a "
    "locked room. They cannot take anything away. It is fine to say no. Nobody at school will know what you "
    "said. You can change your mind later. Ask a grown-up you trust if you are not sure."
)
CANNOT = (
    "There is one thing this check cannot show. Someone could break the rules and send a list that was never "
    "written down. So each person who gets a list must check every record against the seal before they use it. "
    "Our auditor does the same. If one record does not fit, we tell you."
)


@pytest.mark.parametrize(
    ("text", "figures"), [(LEARN, Reading(1.5, 7.9, 15, 3.8)), (CANNOT, Reading(3.3, 10.8, 18, 3.7))]
)
def test_the_measure_itself(text, figures):
    """Two sample texts that were measured when the limits were set."""
    assert reading(text) == figures


def test_the_measure_sees_a_hard_text():
    hard = (
        "Personal data will be processed in accordance with the applicable legal gateway, notwithstanding any objection "
        "communicated subsequently to the determination of the relevant population by the controller."
    )
    held = reading(hard)
    assert not held.within(**FAMILY)
    assert held.grade > 12
    assert not held.within(**CHILD)


@pytest.mark.parametrize(
    ("word", "count"),
    [("different", 3), ("university", 5), ("used", 1), ("names", 1), ("the", 1), ("2027", 1)],
)
def test_syllables(word, count):
    assert syllables(word) == count
