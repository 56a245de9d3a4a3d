# SPDX-License-Identifier: Apache-2.0
"""Judges a whole consent form: every fault, on its line, with what to change and the law behind it. No clock, no files.

What must hold for a form to pass:

1. Everything in the file could be read.
2. Each question has one purpose, which the keeper allows and which is done with a yes (D11, D12).
3. Each recipient, and each who works for one, is named with a country where facts may go; no list is open.
4. Each fact is of the catalogue, and none that the law demands is asked for as if there were a choice.
5. A first and a last day, in order, and no further apart than a yes may last.
6. Nothing depends on the answer; doing nothing is no; yes and no stand alike; one answer for one child (D13).
7. The child who can decide can answer; a yes is taken back as easily as it is given (D14, D15).
8. Nothing is kept behind a link; it can be read at nine (D12, D48).
9. Each question reads exactly as its own fields print.

The words by which 2, 3, 4, 5, 6, 7 and 8 are found are a country's list, and a list has holes. 9 has none: whatever a
question says beside its fields is found, even if no list knows it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from beholden.catalogue import Answer, Catalogue, FamilySays, FormFault, Purpose
from beholden.catalogue.reading import FAMILY, reading
from beholden.choices.consent.form import Form, Part, Said, read_form
from beholden.choices.consent.sentence import Body, Consent, Recipient, Who, label, sentence
from beholden.kinds import ItemId
from beholden.refusals import Refusal

CHILD = "your child"
"""How a form speaks of whom it is about, before there is a name to put in."""

_MOST_QUOTED = 70
_SEVERAL = r"Ann(?:[,;]? (?:and )?Ann)+"  # a list of names is one name to a reader who knows none of them


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault at one place of a form. It quotes the form, which is about nobody."""

    code: str
    line: int
    found: str
    sentence: str
    change: str
    authority: str


@dataclass(frozen=True, slots=True)
class Report:
    """What became of a form: its findings in the order of its lines, and how each sound question is asked."""

    form: str
    questions: int
    findings: tuple[Finding, ...]
    sentences: tuple[str, ...]

    @property
    def passes(self) -> bool:
        """Whether the form may be used."""
        return not self.findings


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault before it is put into words: which, on which line, and what stands there."""

    fault: FormFault
    line: int
    found: str = ""


Faults = Iterator[Fault]


def check_form(file: str, raw: bytes, catalogue: Catalogue) -> Report:
    """Judge a drafted form under a catalogue. Never refuses: what cannot be read is a finding."""
    form = read_form(file, raw)
    faults = [Fault(FormFault.FORM, slip.line, slip.what) for slip in form.slips]
    faults += _words(form, catalogue)
    faults += _whole(form, catalogue)
    bodies = [*_bodies(form, catalogue)]
    faults += bodies
    asked: dict[str, str] = {}
    for question in form.questions:
        own = [*_question(question, form, catalogue)]
        faults += own
        if not (own or bodies or _has_fault(question, form, faults)):
            one = _asked(question, form, catalogue)
            if isinstance(one, Fault):
                faults.append(one)
            else:
                asked[question.name] = one
                faults += _other_words(question, one, faults)
    faults += _hard_words(form, asked, catalogue)
    if not faults and (not asked or len(asked) < len(form.questions)):
        faults.append(
            Fault(FormFault.FORM, 1, "A question could not be weighed.")
        )  # whatever else is missed, no pass
    unique = {
        (one.line, one.fault): one for one in reversed(faults)
    }  # the first of a kind on a line speaks for it
    findings = (_finding(one, catalogue) for _, one in sorted(unique.items(), key=_by_line))
    return Report(form.name, len(form.questions), tuple(findings), tuple(asked.values()))


def _by_line(item: tuple[tuple[int, FormFault], Fault]) -> tuple[int, int]:
    (line, fault), _ = item
    return line, tuple(FormFault).index(fault)


def _finding(one: Fault, catalogue: Catalogue) -> Finding:
    note = catalogue.consents.note(one.fault)
    shown = "".join(sign if sign.isprintable() else "?" for sign in one.found)
    if one.fault is not FormFault.OTHER_WORDS and len(shown) > _MOST_QUOTED:
        shown = f"{shown[:_MOST_QUOTED]}…"
    return Finding(
        code=f"consent.{one.fault.value}",
        line=one.line,
        found=shown,
        sentence=note.says,
        change=note.change,
        authority=catalogue.cite(note.authority),
    )


# --- 3, 4, 5, 6, 7, 8: words that give a fault away ---


def _words(form: Form, catalogue: Catalogue) -> Faults:
    for said in _read_by_families(form):
        for fault, words in catalogue.consents.given_away(said.text):
            yield Fault(fault, said.line, words)


def _read_by_families(form: Form) -> Iterator[Said]:
    """Yield every text of a form but those that name something of the catalogue or of the form itself."""
    for key in ("title", "words", "answers", "asks_for"):
        yield from form.form.all(key)
    for part in (*form.recipients.values(), *form.sub_processors.values()):
        yield from part.all("name")
    for part in form.questions:
        for key in ("asks", "purpose", "recipients", "items"):
            yield from part.all(key)


def _gives_away(text: str, fault: FormFault, catalogue: Catalogue) -> bool:
    return any(found is fault for found, _ in catalogue.consents.given_away(text))


# --- 6, 7: what the form as a whole says of answering ---


def _whole(form: Form, catalogue: Catalogue) -> Faults:
    if not form.name:
        return
    for key in ("title", "words", "say_yes_by"):
        if not form.form.all(key):
            yield Fault(FormFault.FORM, form.form.at(key), f"{key} is missing, or empty.")
    yield from _answers(form.form, catalogue)
    yield from _taking_back(form.form)
    for said in form.form.all("asks_for"):
        yield from _item(said, catalogue)
        item = catalogue.items.get(said.text)
        if item is not None and item.answer is Answer.COMPULSORY:
            yield Fault(FormFault.COMPULSORY_ITEM, said.line, said.text)


def _answers(part: Part, catalogue: Catalogue) -> Faults:
    answers = sorted(said.text for said in part.all("answers"))
    if answers != sorted((catalogue.consents.yes, catalogue.consents.no)):
        yield Fault(FormFault.ONE_ANSWER, part.at("answers"), ", ".join(answers))
    for key, wanted, fault in (
        ("ticked", "none", FormFault.SILENCE),
        ("no_answer_means", "no", FormFault.SILENCE),
        ("one_answer_for", "one child", FormFault.SEVERAL_CHILDREN),
    ):
        said = part.one(key)
        if said is None or said.text != wanted:
            yield Fault(fault, part.at(key), f"{key}: {said.text if said else 'not said'}")
    if not part.all("child_answers_by"):
        yield Fault(FormFault.NO_CHILD, part.at("child_answers_by"), "child_answers_by: nothing")


def _taking_back(part: Part) -> Faults:
    back = {said.text for said in part.all("take_back_by")}
    harder = [said.text for said in part.all("say_yes_by") if said.text not in back]
    if harder:
        yield Fault(FormFault.WITHDRAWAL, part.at("take_back_by"), f"not by {', '.join(harder)}")


def _item(said: Said, catalogue: Catalogue) -> Faults:
    if said.text not in catalogue.items and not _gives_away(said.text, FormFault.OPEN_ITEMS, catalogue):
        yield Fault(FormFault.UNKNOWN_ITEM, said.line, said.text)


# --- 3: who gets it ---


def _bodies(form: Form, catalogue: Catalogue) -> Faults:
    for part in (*form.recipients.values(), *form.sub_processors.values()):
        name, country = part.one("name"), part.one("country")
        if name is None:
            yield Fault(FormFault.NO_RECIPIENT, part.at("name"), part.name)
        elif not _gives_away(name.text, FormFault.OPEN_RECIPIENT, catalogue) and not _is_name(name.text):
            yield Fault(FormFault.NO_RECIPIENT, name.line, name.text)
        if country is None:
            yield Fault(FormFault.NO_COUNTRY, part.at("country"), part.name)
        elif country.text not in catalogue.consents.countries:
            yield Fault(FormFault.COUNTRY, country.line, country.text)
    for part in form.sub_processors.values():
        works_for = part.one("works_for")
        if works_for is None or works_for.text not in form.recipients:
            yield Fault(FormFault.NO_RECIPIENT, part.at("works_for"), f"{part.name}: works_for")


def _is_name(text: str) -> bool:
    try:
        Body(text, "Wales")
    except Refusal:
        return False
    return True


# --- 2, 3, 4, 5, 7: one question ---


def _question(part: Part, form: Form, catalogue: Catalogue) -> Faults:
    yield from _purpose(part, catalogue)
    for said in part.all("recipients"):
        if said.text not in form.recipients and not _gives_away(
            said.text, FormFault.OPEN_RECIPIENT, catalogue
        ):
            yield Fault(FormFault.NO_RECIPIENT, said.line, said.text)
    if not part.all("recipients"):
        yield Fault(FormFault.NO_RECIPIENT, part.at("recipients"), "recipients: nobody")
    for said in part.all("items"):
        yield from _item(said, catalogue)
    if not part.all("items"):
        yield Fault(FormFault.OPEN_ITEMS, part.at("items"), "items: nothing named")
    yield from _days(part, catalogue)
    who = part.one("who")
    if who is None or who.text not in tuple(Who):
        yield Fault(FormFault.WHO, part.at("who"), f"who: {who.text if who else 'not said'}")


def _purpose(part: Part, catalogue: Catalogue) -> Faults:
    named, line = part.all("purpose"), part.at("purpose")
    if len(named) > 1:
        yield Fault(FormFault.TWO_PURPOSES, line, ", ".join(said.text for said in named))
    for said in named:
        purpose = catalogue.purposes.get(said.text)
        if purpose is not None:
            yield from _weigh_purpose(purpose, said.line)
        elif not _gives_away(said.text, FormFault.TWO_PURPOSES, catalogue):
            yield Fault(FormFault.UNKNOWN_PURPOSE, said.line, said.text)
    if not named:
        yield Fault(FormFault.UNKNOWN_PURPOSE, line, "purpose: not said")


def _weigh_purpose(purpose: Purpose, line: int) -> Faults:
    if not purpose.allowed:
        yield Fault(FormFault.REFUSED_PURPOSE, line, f"{purpose.code} (rule {purpose.rule})")
    elif purpose.family_says is not FamilySays.MUST_AGREE:
        yield Fault(FormFault.NOT_BY_CONSENT, line, purpose.code)


def _days(part: Part, catalogue: Catalogue) -> Faults:
    first, last = part.days.get("from"), part.days.get("to")
    if first is None or last is None:
        yield Fault(FormFault.NO_END, part.at("to" if last is None else "from"), f"{part.name}: no day")
    elif last < first:
        yield Fault(FormFault.DATES, part.at("to"), f"{first.isoformat()} to {last.isoformat()}")
    elif (days := (last - first).days + 1) > (most := catalogue.limits.consent_days):
        yield Fault(FormFault.TOO_LONG, part.at("to"), f"{days:,} days; at most {most:,}")


# --- 9: the words of a question are those of its fields ---


def _has_fault(part: Part, form: Form, found: list[Fault]) -> bool:
    """Say whether the words of a question's fields, or of a recipient's name, were found fault with already."""
    said = [one for key in ("purpose", "recipients", "items") for one in part.all(key)]
    said += [
        one for body in (*form.recipients.values(), *form.sub_processors.values()) for one in body.all("name")
    ]
    return bool({one.line for one in said} & {one.line for one in found})


def _asked(part: Part, form: Form, catalogue: Catalogue) -> str | Fault:
    """Return how a question is asked whose fields are sound; what can be no consent all the same is a fault."""
    try:
        consent = Consent(
            purpose=part.all("purpose")[0].text,
            recipients=tuple(_recipient(form.recipients[said.text], form) for said in part.all("recipients")),
            items=tuple(ItemId(said.text) for said in part.all("items")),
            first_on=part.days["from"],
            last_on=part.days["to"],
            who=Who(part.all("who")[0].text),
        )
        return sentence(consent, catalogue, child=CHILD)
    except Refusal as no:
        return Fault(FormFault.FORM, part.line, no.sentence)


def _recipient(part: Part, form: Form) -> Recipient:
    helpers = [one for one in form.sub_processors.values() if one.all("works_for")[0].text == part.name]
    return Recipient(_body(part), tuple(_body(one) for one in helpers))


def _body(part: Part) -> Body:
    return Body(part.all("name")[0].text, part.all("country")[0].text)


def _other_words(part: Part, asked: str, found: list[Fault]) -> Faults:
    """Say where a question does not read as it is asked, unless its words were found fault with already."""
    asks = part.one("asks")
    if asks is None:
        yield Fault(FormFault.OTHER_WORDS, part.at("asks"), asked)
    elif asks.text != asked and not any(one.line == asks.line for one in found):
        yield Fault(FormFault.OTHER_WORDS, asks.line, asked)


# --- 8: how hard it is to read ---


def _hard_words(form: Form, asked: Mapping[str, str], catalogue: Catalogue) -> Faults:
    """Measure all that a family reads, as one text; names and the names of facts are read as one short word.

    A question counts where it is asked as it must be; where it is not, it has to be changed anyway.
    """
    said = [*form.form.all("title"), *form.form.all("words")]
    for part in form.questions:
        one = part.one("asks")
        if one is not None and one.text == asked.get(part.name):
            said.append(Said(one.text.replace(CHILD, "Ann"), one.line))
    names = _stand_ins(form, catalogue)
    plain = [(re.sub(_SEVERAL, "Ann", names.sub("Ann", one.text)), one.line) for one in said]
    above = reading("\n".join(text for text, _ in plain)).above(FAMILY)
    if above:
        _, line = max(plain, key=lambda one: (reading(one[0]).longest, reading(one[0]).grade))
        yield Fault(FormFault.HARD_WORDS, line, "; ".join(above))


def _stand_ins(form: Form, catalogue: Catalogue) -> re.Pattern[str]:
    bodies = (*form.recipients.values(), *form.sub_processors.values())
    names = {
        said.text for part in bodies for key in ("name", "country") for said in part.all(key) if said.text
    }
    names |= {f"The {name.removeprefix('the ')}" for name in names if name.startswith("the ")}
    names |= {label(item, catalogue) for item in catalogue.items}
    longest_first = sorted(names, key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)")
