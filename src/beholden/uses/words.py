# SPDX-License-Identifier: Apache-2.0
"""What states, steps, purposes and facts are called in public. No clock, no database.

A refused request may name what the catalogue has never heard of; it stands in the register all the same.
"""

from beholden.catalogue import Catalogue
from beholden.kinds import ItemId
from beholden.uses.rules.application import Population
from beholden.uses.rules.invitation import INVITES
from beholden.uses.rules.life import State

STATE_LABELS = {
    State.DRAFT: "Being written",
    State.SUBMITTED: "To decide",
    State.TRIAGE: "To decide",
    State.COMMENT: "To decide",
    State.PANEL: "To decide",
    State.REFUSED: "Refused",
    State.APPROVED: "Agreed",
    State.AGREEMENT: "Agreed",
    State.PUBLISHED: "Open",
    State.NOTIFIED: "Open",
    State.WINDOW: "Open",
    State.CLEARED: "Open",
    State.RELEASED: "Running",
    State.IN_USE: "Running",
    State.EXPIRING: "Running",
    State.DESTROYED: "Ended",
    State.CLOSED: "Ended",
    State.SUSPENDED: "Ended",
    State.WITHDRAWN: "Ended",
    State.BREACHED: "Ended",
}
STEP_LABELS = {
    State.SUBMITTED: "Asked",
    State.COMMENT: "Open for comment",
    State.PANEL: "Before the panel",
    State.REFUSED: "Refused",
    State.APPROVED: "Agreed",
    State.PUBLISHED: "Put on this page",
    State.WINDOW: "Families told",
    State.CLEARED: "Time to answer over",
    State.RELEASED: "Used",
    State.IN_USE: "Arrived",
    State.EXPIRING: "Nearly over",
    State.DESTROYED: "Wiped",
    State.CLOSED: "Closed",
    State.SUSPENDED: "Stopped",
    State.WITHDRAWN: "Taken back",
    State.BREACHED: "Rules broken",
}

NOW_AND_NEXT = {
    State.DRAFT: ("It is being written.", "You hand it in."),
    State.SUBMITTED: ("The rules look at it.", "It is opened for comment."),
    State.TRIAGE: ("It is with the registrar.", "It is opened for comment, to everybody and to the schools."),
    State.COMMENT: ("Everybody can comment.", "It comes before two reviewers and the panel."),
    State.PANEL: ("It is with two reviewers and the panel.", "The panel decides, and says why in public."),
    State.REFUSED: ("It was refused.", "Nothing. New facts can bring a refusal of the panel back."),
    State.APPROVED: ("It was agreed.", "The registrar draws up the agreement."),
    State.AGREEMENT: ("The agreement waits for both signatures.", "It is published, before anybody is told."),
    State.PUBLISHED: ("It stands in the public register.", "Families are told."),
    State.NOTIFIED: ("Families are told.", "They get their time to answer."),
    State.WINDOW: ("Families can answer.", "When their time is over, it is decided child by child."),
    State.CLEARED: (
        "It is decided child by child.",
        "A second officer looks; then the records are handed over.",
    ),
    State.RELEASED: ("The records were handed over.", "Who got them checks the list, signs, and says so."),
    State.IN_USE: ("The records are in use.", "They are wiped by the end, and that is signed for."),
    State.EXPIRING: ("It is nearly over.", "Every copy is wiped, and that is signed for."),
    State.DESTROYED: ("The records are wiped, and that is signed for.", "The registrar closes it."),
    State.CLOSED: ("It is closed.", "Nothing."),
    State.SUSPENDED: ("It was stopped.", "Whatever was handed over is wiped, and that is signed for."),
    State.WITHDRAWN: ("It was taken back.", "Nothing."),
    State.BREACHED: ("Its rules were broken.", "Every copy is wiped, and that is signed for."),
}
"""What an officer reads of a state: with whom it is, and what comes next."""

_OF_A_LETTER = {
    State.CLEARED: ("It is decided child by child.", "A second officer looks; then the letter is passed on."),
    State.RELEASED: ("The letter is passed on.", "Families read it until the last day. Nobody gets a list."),
    State.EXPIRING: ("It is nearly over.", "After the last day nobody reads the letter any more."),
}


def now_and_next(state: State, exit_: str) -> tuple[str, str]:
    """Return what an officer reads of a state; of a letter that is passed on, that no record goes anywhere."""
    return _OF_A_LETTER.get(state, NOW_AND_NEXT[state]) if exit_ == INVITES else NOW_AND_NEXT[state]


def what_and_where(exit_: str, what: str, where: str) -> tuple[str, str]:
    """Return which facts a use has and where they will be, as families read it; of a letter, that none goes."""
    return _NOTHING_GOES if exit_ == INVITES else (what, where)


_NOTHING_GOES = (
    "Nothing from us: no fact, no name and no address.",
    "With us. A family reads the letter here, with its own code.",
)


def step_label(state: State, exit_: str) -> str | None:
    """Return what a station is called in public; None for one that is not shown."""
    if exit_ == INVITES and state is State.RELEASED:
        return "Passed on"
    return STEP_LABELS.get(state)


CHOICE_LABELS = {
    "none": "No",
    "inward": "Yes, with other records that come here",
    "outward": "Yes, with other records where they go",
    "once": "Once",
    "each_term": "Every term",
    "each_year": "Every year",
    "apart": "No, another number every time",
    "same": "Yes, the same number every time",
    "reading_room": "In the reading room",
    "elsewhere": "Elsewhere",
}
"""What the answers are called that are no codes of a catalogue."""

PUBLIC_PAPERS = (
    *("triage", "difference", "opening", "objection", "reply", "children", "hearing", "decision", "facts"),
    *("direction", "agreement", "stop", "recipient", "certificate", "breach", "run", "left_off", "table"),
)
"""What everybody may read. What each reviewer and member said stands in the decision, once all have said it."""


def purpose_label(code: str, catalogue: Catalogue) -> str:
    """Return what a purpose is called."""
    return (
        catalogue.purposes[code].label
        if code in catalogue.purposes
        else "A reason that this register does not know"
    )


def gateway(code: str, catalogue: Catalogue) -> str:
    """Return the law on which a purpose rests, in full."""
    return (
        catalogue.cite(catalogue.purposes[code].authority)
        if code in catalogue.purposes
        else "None was named."
    )


def instrument(name: str, catalogue: Catalogue) -> str:
    """Return a law in full, or nothing where none is named."""
    held = catalogue.law.get(name)
    return "" if held is None else f"{held.title} ({held.citation})"


def item_label(item: str, catalogue: Catalogue) -> str:
    """Return what a fact is called."""
    return (
        catalogue.items[ItemId(item)].label
        if item in catalogue.items
        else "A fact that this register does not keep"
    )


def population_words(asked_for: Population, catalogue: Catalogue) -> str:
    """Return whose records are asked for, in a sentence's part."""
    code = f"{asked_for.collection}/{asked_for.term}/{asked_for.year}"
    if code not in catalogue.collections:
        return "Children in a return that this register does not take"
    whole = catalogue.collections[code].label
    if not asked_for.school_years:
        return f"Every child in the {whole}"
    return f"Children in school years {', '.join(asked_for.school_years)} in the {whole}"
