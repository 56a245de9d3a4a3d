# SPDX-License-Identifier: Apache-2.0
"""What an application's page offers to choose from, by the catalogue's names, and answers as fields and as lines.

No database, no clock: a catalogue and the answers so far give what a page shows.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from enum import StrEnum

from beholden.catalogue import Catalogue, Item, Store
from beholden.kinds import ItemId, day
from beholden.rights.applicant.asked import Option
from beholden.rights.typed import Field
from beholden.uses import words
from beholden.uses.rules.application import Linkage, Recurrence, Setting
from beholden.uses.rules.invitation import Invitation
from beholden.uses.rules.questions import QUESTIONS, Form
from beholden.uses.rules.sketch import Answers, Numbers

_SCHOOL_YEAR = ItemId("nc_year")
_CHOICES: Mapping[str, type[StrEnum]] = {
    "linkage": Linkage,
    "over_time": Numbers,
    "recurrence": Recurrence,
    "setting": Setting,
}


def options(question: str, answers: Answers, catalogue: Catalogue) -> tuple[Option, ...]:
    """Return what can be chosen, what is chosen marked; of a question that is answered in words, nothing."""
    chosen = _chosen(question, answers)
    match question:
        case "purpose":
            found = ((code, one.label, one.covers) for code, one in catalogue.purposes.items())
        case "gateway":
            found = ((code, one.title, one.citation) for code, one in catalogue.law.items())
        case "collection":
            found = (
                (code, f"Every child in the {one.label}", "") for code, one in catalogue.collections.items()
            )
        case "school_years":
            held = catalogue.items.get(_SCHOOL_YEAR)
            found = ((code, f"School year {code}", "") for code in (held.codes if held else ()))
        case "exit":
            found = ((code, one.label, "") for code, one in catalogue.exits.items())
        case "items":
            return tuple(_facts(answers, catalogue))
        case "linkage" | "over_time" | "recurrence" | "setting":
            among = _CHOICES[question]
            found = ((one.value, words.CHOICE_LABELS[one.value], "") for one in among)
        case _:
            return ()
    return tuple(Option(code, label, about, code in chosen) for code, label, about in found)


def _chosen(question: str, answers: Answers) -> frozenset[str]:
    if question not in answers or question == "invitation":
        return frozenset()
    said = answers[question]
    if isinstance(said, dict):
        among = next((said[name] for name in ("setting", "numbers") if name in said), None)
        return frozenset(said) if among is None else frozenset({among})
    return frozenset({said}) if isinstance(said, str) else frozenset(map(str, said))


def _facts(answers: Answers, catalogue: Catalogue) -> Iterator[Option]:
    """Yield the facts of the chosen return that are no names or numbers, those that the purpose may need first."""
    asked_for, given = catalogue.collections.get(answers.get("collection", "")), answers.get("items", {})
    purpose = catalogue.purposes.get(answers.get("purpose", ""))
    needed = purpose.items if purpose else ()
    held = [catalogue.items[item] for item in (asked_for.items if asked_for else ())]
    rows = [item for item in held if item.store is Store.ROWS]
    for item in sorted(rows, key=lambda one: one.id not in needed):
        yield Option(
            item.id, item.label, _about(item, item.id in needed), item.id in given, given.get(item.id, "")
        )


def _about(item: Item, needed: bool) -> str:  # noqa: FBT001  a word of the sentence, not a switch
    owed = {"compulsory": "Families must answer it", "optional": "Families may answer it"}.get(
        item.answer.value, "Families may refuse it"
    )
    return f"{owed}. {'This kind of use may need it' if needed else 'This kind of use does not usually need it'}."


def given(question: str, answers: Answers) -> tuple[Field, ...]:
    """Return the answer as its form's fields would hold it, so that it can be changed; empty while there is none."""
    if question not in answers:
        return ()
    said, form = answers[question], QUESTIONS[question].form
    if form is Form.FACTS:
        return (
            Field("items", tuple(said)),
            *(Field(f"why-{item}", (why,)) for item, why in said.items()),
        )
    if form in {Form.PLACE, Form.LETTER, Form.REASON}:
        # The others are called in the form as they are kept.
        named = {"why": "why_elsewhere" if form is Form.PLACE else f"why_{question}", "numbers": question}
        return tuple(Field(named.get(name, name), (text,)) for name, text in said.items())
    if form is Form.DAYS:
        return tuple(
            Field(f"{end}-{part}", (str(getattr(date.fromisoformat(said[end]), part)),))
            for end in ("starts_on", "ends_on")
            for part in ("day", "month", "year")
        )
    if form is Form.SOME:
        return (Field(question, tuple(said)),)
    return (Field(question, ("\n".join(_rows(said)) if form is Form.LINES else said,)),)


def _rows(said: list[dict[str, str] | str]) -> Iterator[str]:
    for one in said:
        yield one if isinstance(one, str) else "; ".join(one.values())


def lines(question: str, answers: Answers, catalogue: Catalogue) -> tuple[str, ...]:
    """Return the answer in words, a line for each thing that was said."""
    said = answers[question]
    match QUESTIONS[question].form:
        case Form.TEXT | Form.LETTER as form:
            return (said,) if form is Form.TEXT else tuple(Invitation.from_json(said).whole.splitlines())
        case Form.LINES:
            return tuple(_rows(said)) or ("None.",)
        case Form.FACTS:
            return tuple(f"{words.item_label(item, catalogue)}: {why}" for item, why in said.items())
        case Form.PLACE | Form.REASON as form:
            chosen = said["setting" if form is Form.PLACE else "numbers"]
            return tuple(filter(None, (words.CHOICE_LABELS[chosen], said["why"])))
        case Form.DAYS:
            return (f"From {_day(said['starts_on'])} to {_day(said['ends_on'])}",)
        case _:
            labels = [one.label for one in options(question, answers, catalogue) if one.chosen]
            return tuple(labels) or (("All of them",) if question == "school_years" else (str(said),))


def _day(text: str) -> str:
    return day(date.fromisoformat(text))
