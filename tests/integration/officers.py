# SPDX-License-Identifier: Apache-2.0
"""Officers with keys: what each of them shows at the officers' entrance."""

from beholden.rights.shown import Shown
from integration.world import REGISTRAR


def shown(actor, *, at):
    """Give an officer who is appointed a key, and return what they show."""
    from beholden.people import actions as people

    return Shown(actor.ref, people.give_key(actor.ref, by=REGISTRAR, at=at))


ANSWERS = {
    "standing": "A university with a charter, for its own research.",
    "access": "researcher-1; counts; England",
    "processors": "",
    "title": "A university wants to learn how children come back",
    "why": "To learn what helps children come back to school after being ill.",
    "benefit": "Schools learn how to help children back.",
    "outputs": "One report, open to all.",
    "purpose": "public-interest-study",
    "gateway": "si-2009-1563",
    "ethics": "NF-2026-14",
    "dpia": "DPIA-2026-3",
    "collection": "SC/SPR/2026",
    "school_years": "",
    "items": {"nc_year": "To compare years.", "session_details": "It is the question."},
    "what": "Days at school, days away, school year. No names.",
    "linkage": "none",
    "recurrence": "once",
    "exit": "extract",
    "setting": {"setting": "elsewhere", "why_elsewhere": "The reading room has no place yet."},
    "where": "On one locked computer in the university.",
    "territory": "England",
    "dates": {
        "starts_on-day": "1",
        "starts_on-month": "6",
        "starts_on-year": "2027",
        "ends_on-day": "31",
        "ends_on-month": "5",
        "ends_on-year": "2028",
    },
}
"""One whole application, as it is typed."""


def fields(question, answer):
    """Return an answer as the fields of its form."""
    from beholden.rights.typed import Field

    if question == "items":
        whys = (Field(f"why-{item}", (why,)) for item, why in answer.items())
        return (Field("items", tuple(answer)), *whys)
    if isinstance(answer, dict):
        return tuple(Field(name, (value,)) for name, value in answer.items())
    return (Field(question, (answer,)),) if answer or question != "school_years" else ()
