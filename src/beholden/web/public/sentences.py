# SPDX-License-Identifier: Apache-2.0
"""Says in one plain sentence what an entry of the log records. No clock, no database; adds nothing to the entry."""

from beholden.ledger import entries as e
from beholden.web.words import in_tens, number, short_day

_STATES = {
    "submitted": "was asked for",
    "refused": "was refused",
    "approved": "was agreed",
    "published": "was put in the public register",
    "notified": "was told to families",
    "window": "is open: families can answer",
    "cleared": "came to the end of the time to answer",
    "released": "began: the records were handed over",
    "withdrawn": "was taken back",
    "suspended": "was stopped for now",
    "closed": "ended",
}
_OUTCOMES = {
    "delivered": "arrived. Who got it says the list is the one in this log",
    "withdrawn": "did not happen: it was taken back",
    "unknown": "has no known end. It counts as arrived",
}


def sentence(entry: e.Entry) -> str:
    """Return one sentence for any kind of entry."""
    body = entry.body
    match body:
        case e.UseMoved():
            rule = f" by rule {body.rule}" if body.rule else ""
            return f"Use {body.use} {_STATES.get(body.state, f'came to the state {body.state}')}{rule}."
        case e.Decision():
            return f"The list for use {body.use} was settled{_figures(body)}."
        case e.NoticeGiven():
            return (
                f"Families were told about use {body.use}: {in_tens(body.told)} of {in_tens(body.audience)} children, "
                "in tens."
            )
        case e.ChoicesOfDay():
            return f"All answers of {short_day(body.day)} were sealed. How many is not told."
        case e.ReturnAccepted():
            return f"A school sent its return, and it was taken in: at most {number(body.band)} children."
        case e.CatalogueSet():
            return "The rules in force from now on were fixed."
        case e.Opened():
            return "A log was begun."
        case _:
            return _handover(body)


def _handover(body: e.Body) -> str:
    match body:
        case e.Registry():
            return f"The keys of {number(body.set.n)} children were fixed, for the handovers to come."
        case e.Intent():
            return f"Handover {body.seq}: a list for use {body.header.use} was sealed before it left."
        case e.Outcome():
            return f"Handover {body.seq} {_OUTCOMES[body.outcome]}."
        case _:
            return "Something was written down."


def _figures(body: e.Decision) -> str:
    if body.released is None or body.left_out is None:
        return f" from {number(body.scope)} children. How many were left out is not told for a list this small"
    return (
        f": about {number(body.released)} of {number(body.scope)} children, "
        f"about {number(body.left_out)} left out"
    )
