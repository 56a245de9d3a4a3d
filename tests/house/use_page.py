# SPDX-License-Identifier: Apache-2.0
"""Writes the diagram and the tables in the page on the life of a use, from the rules; the prose is people's."""

from collections import defaultdict
from pathlib import Path

from beholden.kinds import Role
from beholden.ledger.vocabulary.terms import PAPERS
from beholden.uses.rules.life import AGREED, BEING_DECIDED, HELD, TRANSITIONS, State
from beholden.uses.words import PUBLIC_PAPERS
from house.catalogue_page import table
from house.gate_page import filled

PAGE = Path(__file__).resolve().parents[2] / "docs" / "explanation" / "life-of-a-use.md"

_GROUPS = {
    "while_it_is_decided": BEING_DECIDED,
    "while_it_is_agreed": AGREED,
    "while_records_are_held": HELD,
}
"""States that share their ways on; the diagram draws such a way once."""

Way = tuple[str, State, Role]


def page() -> str:
    """The page as it stands, with every generated part made anew."""
    return filled(PAGE, {"states": _states(), "verbs": _verbs(), "papers": _papers()})


def _ways() -> dict[Way, list[State]]:
    many = defaultdict(list)
    for step in TRANSITIONS:
        many[step.verb, step.target, step.role].append(step.source)
    return many


def _states() -> str:
    """The life of a use. A way that leads from every state of a group is drawn from the group."""
    lines = ["```mermaid", "stateDiagram-v2"]
    lines += [f'    state "{name.replace("_", " ")}" as {name}' for name in _GROUPS]
    lines += [f"    [*] --> {State.DRAFT.value}: draft (applicant)"]
    for (verb, target, role), sources in _ways().items():
        left, drawn = list(sources), []
        for name, group in _GROUPS.items():
            if set(group) <= set(left):
                drawn.append(name)
                left = [state for state in left if state not in group]
        for source in (*drawn, *(state.value for state in left)):
            lines.append(f"    {source} --> {target.value}: {verb} ({role.value})")
    ways_on = {step.source for step in TRANSITIONS}
    lines += [f"    {state.value} --> [*]" for state in State if state not in ways_on]
    return "\n".join([*lines, "```"])


def _verbs() -> str:
    rows = (
        (verb, ", ".join(state.value for state in sources), target.value, role.value)
        for (verb, target, role), sources in _ways().items()
    )
    return table(("verb", "from", "to", "by"), rows)


def _papers() -> str:
    rows = ((f"`{kind}`", "public" if kind in PUBLIC_PAPERS else "for officers") for kind in PAPERS)
    return table(("paper", "who reads it"), rows)
