# SPDX-License-Identifier: Apache-2.0
"""The application as a list of questions: in which order, in which words, what kind each is, and what it waits for.

No clock, no database, no catalogue. A page asks one of them; what is chosen is chosen from the catalogue by its code.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from beholden.uses.rules.invitation import INVITES


class Form(StrEnum):
    """How a question is answered."""

    TEXT = "text"
    ONE = "one"  # one of several
    SOME = "some"  # any number of several, or none
    LINES = "lines"  # a line for each, its parts apart by semicolons
    FACTS = "facts"  # facts of the catalogue, each with a reason
    PLACE = "place"  # one of two, and a reason for the second
    DAYS = "days"  # a first day and a last
    LETTER = "letter"  # the parts of a letter that is passed on
    REASON = "reason"  # no, or yes with a reason


@dataclass(frozen=True, slots=True)
class Asking:
    """One question. `after` are those that must be answered first; `read_by_family`: it stands in the letter."""

    name: str
    words: str
    hint: str
    form: Form
    after: tuple[str, ...] = ()
    read_by_family: bool = False


_NOT_AGAIN = frozenset({"", "once"})
_LINE_EACH = "One a line, in three parts with a semicolon between:"

PARTS: Mapping[str, tuple[Asking, ...]] = {
    "You": (
        Asking(
            "standing",
            "What is your organisation, and why is this its business?",
            "For example: a university with a charter, for its own research.",
            Form.TEXT,
        ),
        Asking(
            "access",
            "Who will see the records?",
            f"{_LINE_EACH} your own reference for the person, never a name; what they do; in which country.",
            Form.LINES,
        ),
        Asking(
            "processors",
            "Does any other organisation touch the records?",
            f"{_LINE_EACH} its name; what it does; in which country. Leave this empty if there is none.",
            Form.LINES,
        ),
    ),
    "Why": (
        Asking(
            "title",
            "What is this use called, in one line?",
            "Say who wants to use school records, and for what.",
            Form.TEXT,
            read_by_family=True,
        ),
        Asking(
            "why",
            "What will you find out?",
            "In two sentences that a parent would understand.",
            Form.TEXT,
            read_by_family=True,
        ),
        Asking("benefit", "How does it help children?", "Be plain, and promise nothing.", Form.TEXT),
        Asking(
            "outputs", "What will you publish, and when?", "Everything that will come out of it.", Form.TEXT
        ),
    ),
    "The law": (
        Asking("purpose", "What kind of use is it?", "One kind. Another kind is another request.", Form.ONE),
        Asking(
            "gateway",
            "Which law lets you have this?",
            "The law on which this kind of use rests.",
            Form.ONE,
            after=("purpose",),
        ),
        Asking("ethics", "Which ethics committee agreed?", "Its name, and its number for this.", Form.TEXT),
        Asking("dpia", "Which impact assessment is it?", "Its number, and where it can be read.", Form.TEXT),
    ),
    "Which children": (
        Asking("collection", "Which children?", "Everybody in one return that schools sent.", Form.ONE),
        Asking(
            "school_years",
            "Only some school years?",
            "Tick those you need. With none ticked it is all of them.",
            Form.SOME,
            after=("collection",),
        ),
    ),
    "Which facts": (
        Asking(
            "items",
            "Which facts?",
            "Tick a fact only if the question cannot be answered without it, and say why not.",
            Form.FACTS,
            after=("purpose", "collection"),
        ),
        Asking(
            "what",
            "Which facts, in words that a family reads?",
            "Say too what is not in it. For example: days at school, school year. No names.",
            Form.TEXT,
            after=("items",),
            read_by_family=True,
        ),
    ),
    "Joining": (
        Asking("linkage", "Will you join them with other records?", "Here, or where they go.", Form.ONE),
        Asking("recurrence", "Once, or again and again?", "", Form.ONE),
        Asking(
            "over_time",
            "Must each child have the same made-up number every time?",
            "Only if the question is how the same children change. The panel weighs it, and every family is told.",
            Form.REASON,
            after=("recurrence",),
        ),
    ),
    "Where": (
        Asking(
            "exit", "How do you need the records?", "Choose the least that serves.", Form.ONE, ("purpose",)
        ),
        Asking("setting", "Where will the work be done?", "", Form.PLACE, after=("exit",)),
        Asking(
            "where",
            "Where will they be, in words that a family reads?",
            "For example: on one locked computer in the university.",
            Form.TEXT,
            read_by_family=True,
        ),
        Asking("territory", "In which countries will the records be?", "One a line.", Form.LINES),
    ),
    "The letter": (
        Asking(
            "invitation",
            "What stands in the letter?",
            "We pass it on. You get no name and no address. It asks, and demands and promises nothing.",
            Form.LETTER,
            after=("exit",),
            read_by_family=True,
        ),
    ),
    "How long": (
        Asking(
            "dates",
            "When does it start, and when does it end?",
            "After the last day every copy is wiped, and you sign for it.",
            Form.DAYS,
            read_by_family=True,
        ),
    ),
}
"""The application, part by part."""

QUESTIONS: Mapping[str, Asking] = {one.name: one for part in PARTS.values() for one in part}


def not_asked(exit_: str, recurrence: str = "") -> frozenset[str]:
    """Return the questions that a request by this way out, so often, does not have.

    For a letter no fact goes anywhere; what is done once, or not said to come again, has no next time.
    """
    of_facts = {"items", "what", "where"} if exit_ == INVITES else {"invitation"}
    return frozenset({*of_facts, "over_time"} if recurrence in _NOT_AGAIN else of_facts)


def asked_in(exit_: str, recurrence: str = "") -> Mapping[str, Asking]:
    """Return the questions that a request by this way out, so often, has, in their order."""
    return {name: one for name, one in QUESTIONS.items() if name not in not_asked(exit_, recurrence)}


class Mark(StrEnum):
    """Where one question stands."""

    DONE = "done"
    LOOK = "look"  # answered, and something is said against the answer
    OPEN = "open"
    WAITS = "waits"  # another question comes first


def mark(question: Asking, answered: frozenset[str], refused: frozenset[str]) -> Mark:
    """Say where a question stands, from what is answered and what is refused."""
    if question.name in answered:
        return Mark.LOOK if question.name in refused else Mark.DONE
    return Mark.OPEN if set(question.after) <= answered else Mark.WAITS
