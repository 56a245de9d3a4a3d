# SPDX-License-Identifier: Apache-2.0
"""A request while it is being written: reads each answer, says at once what is against it, and makes it whole.

No clock, no database. What is kept is plain JSON, a value for each question that has an answer; what is typed wrong is
refused on its own page and is not kept. What the catalogue says is only said: what will be refused can be handed in.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from beholden.catalogue import Catalogue, Limits
from beholden.kinds import UseRef, typed_day
from beholden.refusals import Refusal
from beholden.uses.rules.application import (
    Access,
    Application,
    Draft,
    Linkage,
    Population,
    Processor,
    Recurrence,
    Setting,
    check_access,
    check_codes,
    check_inside,
    check_processors,
    check_territory,
    check_text,
    check_written,
    wrong,
)
from beholden.uses.rules.invitation import INVITES, Invitation, check_invitation
from beholden.uses.rules.questions import QUESTIONS, Asking, Form, asked_in
from beholden.uses.rules.triage import Asker, Remark, Verdict, remarks

Answers = Mapping[str, Any]
"""What has been answered, under the questions' names."""

Typed = Mapping[str, tuple[str, ...]]
"""What came with a form: for each field what was typed or chosen in it."""

_LEANS_ON: Mapping[str, tuple[str, ...]] = {
    "purpose": ("purpose",),
    "exit": ("exit", "purpose"),
    "population": ("collection",),
    "items": ("items", "collection", "purpose"),
    "gateway": ("gateway", "purpose"),
    "linkage": ("linkage",),
    "recurrence": ("recurrence", "exit", "purpose"),
    "over_time": ("over_time", "exit", "purpose"),
    "setting": ("setting", "exit"),
    "territory": ("territory",),
    "invitation": ("invitation", "exit"),
}
"""Which answers a remark of triage leans on: before they are all there, it says nothing."""

_PAGE_OF: Mapping[str, str] = {
    "uses.school_years": "school_years",
    "catalogue.unknown_collection": "collection",
}
"""On which page a remark is said, where triage's question is asked on two."""

_PARTS_OF_A_LINE = 3
_OF: Mapping[str, type[StrEnum]] = {"linkage": Linkage, "recurrence": Recurrence}


class Numbers(StrEnum):
    """Whether a child is named alike in every run, or anew in each."""

    APART = "apart"
    SAME = "same"


def asked_of(answers: Answers) -> Mapping[str, Asking]:
    """Return the questions that a request has as far as it is answered, in their order."""
    return asked_in(answers.get("exit", ""), answers.get("recurrence", ""))


def read(question: str, typed: Typed) -> Any:
    """Return one answer as it is kept, or refuse what is none, in the words of the question's own rule."""
    first = {name: values[0] if values else "" for name, values in typed.items()}
    reads: Mapping[Form, Callable[[], Any]] = {
        Form.TEXT: lambda: _text(question, first),
        Form.ONE: lambda: _chosen(first.get(question, ""), _OF.get(question)),
        Form.SOME: lambda: _some(typed.get(question, ())),
        Form.LINES: lambda: _lines(question, first.get(question, "")),
        Form.FACTS: lambda: _facts(typed, first),
        Form.PLACE: lambda: _place(first),
        Form.DAYS: lambda: _days(first),
        Form.LETTER: lambda: _letter(first),
        Form.REASON: lambda: _reason(question, first),
    }
    return reads[QUESTIONS[question].form]()


def _text(question: str, first: Mapping[str, str]) -> str:
    text = first.get(question, "").strip()
    check_text(QUESTIONS[question].words, text)
    return text


def _some(codes: tuple[str, ...]) -> list[str]:
    check_codes(codes)
    return sorted(set(codes))


def _chosen(code: str, among: type[StrEnum] | None) -> str:
    if not code or (among is not None and code not in {one.value for one in among}):
        raise wrong("unanswered", "Nothing is chosen.", "Choose one answer.", "D18")
    check_codes((code,))
    return code


def _lines(question: str, text: str) -> list[Any]:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if lines:
        check_text(QUESTIONS[question].words, text)
    if question == "territory":
        check_territory(tuple(lines))
        return list(lines)
    parts = [tuple(part.strip() for part in line.split(";")) for line in lines]
    if any(len(one) != _PARTS_OF_A_LINE or not all(one) for one in parts):
        raise wrong(
            "line",
            f"Line {next(n for n, one in enumerate(parts, 1) if len(one) != _PARTS_OF_A_LINE or not all(one))} "
            "does not have three parts.",
            "Put a semicolon after the first part and after the second.",
            "D25",
        )
    if question == "access":
        people = tuple(Access(*one) for one in parts)
        check_access(people)
        return [asdict(one) for one in people]
    processors = tuple(Processor(*one) for one in parts)
    check_processors(processors)
    return [asdict(one) for one in processors]


def _facts(typed: Typed, first: Mapping[str, str]) -> dict[str, str]:
    found = {item: first.get(f"why-{item}", "").strip() for item in typed.get("items", ())}
    if not found:
        raise wrong(
            "items", "No fact is ticked.", "Tick the facts that the question needs.", "UK GDPR Art 5(1)(c)"
        )
    if not all(found.values()):
        raise wrong(
            "item_unjustified",
            "Each fact has its own reason, and one that is ticked has none.",
            "Say for each fact why the question cannot be answered without it, or leave the fact out.",
            "UK GDPR Art 5(1)(c); D18: cut to the least that serves",
        )
    check_codes(found)
    for why in found.values():
        check_text("Why is it needed?", why)
    return dict(sorted(found.items()))


def _place(first: Mapping[str, str]) -> dict[str, str]:
    setting, why = _chosen(first.get("setting", ""), Setting), first.get("why_elsewhere", "").strip()
    if setting == Setting.ELSEWHERE.value:
        check_text("Why not in the reading room?", why)
    return {"setting": setting, "why": why if setting == Setting.ELSEWHERE.value else ""}


def _reason(question: str, first: Mapping[str, str]) -> dict[str, str]:
    numbers, why = _chosen(first.get(question, ""), Numbers), first.get(f"why_{question}", "").strip()
    if numbers == Numbers.APART.value:
        return {"numbers": numbers, "why": ""}
    check_text("Why must the same children be followed?", why)
    return {"numbers": numbers, "why": why}


def _days(first: Mapping[str, str]) -> dict[str, str]:
    days = []
    for end in ("starts_on", "ends_on"):
        found = typed_day(first, end)
        if found is None:
            raise wrong(
                "day", "One of these days is in no calendar.", "Write day, month and year in numbers.", "D25"
            )
        days.append(found)
    if days[1] <= days[0]:
        raise wrong("dates", "A use ends after it starts.", "Give a later last day.", "D25: a time limit")
    return {"starts_on": days[0].isoformat(), "ends_on": days[1].isoformat()}


def _letter(first: Mapping[str, str]) -> dict[str, str]:
    parts = {name: " ".join(first.get(name, "").split()) for name in ("who", "about", "part", "answer")}
    check_invitation(Invitation(**parts), INVITES)
    return parts


def early(answers: Answers, asker: Asker, catalogue: Catalogue) -> tuple[Remark, ...]:
    """Return what triage says to the answers that are there, each under the question on whose page it is said.

    What leans on an answer that is still missing is not said yet. One thing is said here that triage leaves to handing
    in: that somebody who sees or touches the records is outside the countries that are named.
    """
    found = [
        Remark(
            _PAGE_OF.get(one.code, one.question),
            *(one.about, one.verdict, one.code, one.sentence, one.next_step, one.authority),
        )
        for one in remarks(stand_in(answers), asker, catalogue)
        if set(_LEANS_ON[one.question]) <= set(answers)
    ]
    if "territory" in answers:
        touching = [one["country"] for name in ("access", "processors") for one in answers.get(name, ())]
        try:
            check_inside(touching, tuple(answers["territory"]))
        except Refusal as no:
            found.append(
                Remark("territory", "", Verdict.REFUSED, no.code, no.sentence, no.next_step, no.authority)
            )
    return tuple(found)


def whole(answers: Answers, *, amends: UseRef | None = None) -> Draft:
    """Return the request that these answers make, or refuse while one is missing or two cannot both be meant."""
    asked = asked_of(answers)
    missing = [one.words for one in asked.values() if one.name not in answers]
    if missing:
        raise wrong("unanswered", f"The question '{missing[0]}' has no answer.", "Answer it first.", "D18")
    made = stand_in(answers, amends=amends)
    check_written(made)
    return made


def stand_in(answers: Answers, *, amends: UseRef | None = None) -> Draft:
    """Return a request with these answers, and with nothing in the place of those that are missing."""
    collection, term, year = _census(answers.get("collection", ""))
    answers = {name: one for name, one in answers.items() if name in asked_of(answers)}
    facts, days = answers.get("items", {}), answers.get("dates", {})
    return Draft(
        title=answers.get("title", ""),
        why=answers.get("why", ""),
        what=answers.get("what", ""),
        where=answers.get("where", ""),
        purpose=answers.get("purpose", ""),
        exit=answers.get("exit", ""),
        items=tuple(facts),
        population=Population(collection, term, year, tuple(answers.get("school_years", ()))),
        starts_on=date.fromisoformat(days["starts_on"]) if days else date.min,
        ends_on=date.fromisoformat(days["ends_on"]) if days else date.max,
        application=_application(answers, facts),
        amends=amends,
    )


def _census(code: str) -> tuple[str, str, int]:
    """Return a return's code in its parts; what is none is a return that no catalogue holds."""
    collection, _, rest = code.partition("/")
    term, _, year = rest.partition("/")
    return collection, term, int(year) if year.isdecimal() else 0


def _application(answers: Answers, facts: Mapping[str, str]) -> Application:
    letter = answers.get("invitation")
    place = answers.get("setting", {"setting": Setting.ELSEWHERE.value, "why": ""})
    return Application(
        standing=answers.get("standing", ""),
        gateway=answers.get("gateway", ""),
        reasons=tuple(facts.items()),
        setting=Setting(place["setting"]),
        why_elsewhere=place["why"],
        outputs=answers.get("outputs", ""),
        benefit=answers.get("benefit", ""),
        access=tuple(Access(**one) for one in answers.get("access", ())),
        territory=tuple(answers.get("territory", ())),
        ethics=answers.get("ethics", ""),
        dpia=answers.get("dpia", ""),
        processors=tuple(Processor(**one) for one in answers.get("processors", ())),
        linkage=Linkage(answers.get("linkage", Linkage.NONE.value)),
        recurrence=Recurrence(answers.get("recurrence", Recurrence.ONCE.value)),
        invitation=None if letter is None else Invitation.from_json(letter),
        over_time=answers.get("over_time", {"why": ""})["why"],
    )


def answers_of(draft: Draft) -> dict[str, Any]:
    """Return the answers that make a request: what an amendment begins with."""
    said, asked = draft.application, draft.population
    answers = {
        **{name: getattr(draft, name) for name in ("title", "why", "what", "where", "purpose", "exit")},
        **{
            name: getattr(said, name)
            for name in ("standing", "gateway", "outputs", "benefit", "ethics", "dpia")
        },
        "collection": f"{asked.collection}/{asked.term}/{asked.year}",
        "school_years": sorted(asked.school_years),
        "items": {item: draft.reasons[item] for item in sorted(draft.items)},
        "access": [asdict(one) for one in said.access],
        "processors": [asdict(one) for one in said.processors],
        "territory": list(said.territory),
        "setting": {"setting": said.setting.value, "why": said.why_elsewhere},
        "linkage": said.linkage.value,
        "recurrence": said.recurrence.value,
        "over_time": {
            "numbers": (Numbers.SAME if said.over_time else Numbers.APART).value,
            "why": said.over_time,
        },
        "dates": {"starts_on": draft.starts_on.isoformat(), "ends_on": draft.ends_on.isoformat()},
        **({} if said.invitation is None else {"invitation": said.invitation.to_json()}),
    }
    return {name: one for name, one in answers.items() if name in asked_of(answers)}


def earliest(on: date, limits: Limits) -> date:
    """Return the first day on which records could leave, if it were handed in today and nothing took a day of its own.

    Two waits cannot be shortened: the time to comment, and the time that families have to answer; each is over
    only when its last day is.
    """
    return on + timedelta(days=limits.comment_days + 1 + limits.objection_window_days + 1)
