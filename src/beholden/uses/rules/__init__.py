# SPDX-License-Identifier: Apache-2.0
"""What decides about uses, one file a question: life, application, triage, panel, agreement, amending, ending."""

from beholden.uses.rules.agreement import Party, Terms
from beholden.uses.rules.application import (
    Access,
    Application,
    Draft,
    Linkage,
    Population,
    Processor,
    Recurrence,
    Setting,
)
from beholden.uses.rules.ending import Certificate
from beholden.uses.rules.life import HELD, LIVE, OVER, TRANSITIONS, State, Transition, move
from beholden.uses.rules.panel import QUESTIONS, Mark, Says, Seat
from beholden.uses.rules.triage import ALONE, BUILT, OPEN, Proposal, Remark, Verdict, triage

__all__ = [
    "ALONE",
    "BUILT",
    "HELD",
    "LIVE",
    "OPEN",
    "OVER",
    "QUESTIONS",
    "TRANSITIONS",
    "Access",
    "Application",
    "Certificate",
    "Draft",
    "Linkage",
    "Mark",
    "Party",
    "Population",
    "Processor",
    "Proposal",
    "Recurrence",
    "Remark",
    "Says",
    "Seat",
    "Setting",
    "State",
    "Terms",
    "Transition",
    "Verdict",
    "move",
    "triage",
]
