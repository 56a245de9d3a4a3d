# SPDX-License-Identifier: Apache-2.0
"""Remembers what the gate decided, fixed and let go. Fields and constraints only; Django finds every model here."""

from beholden.gate.models.handovers import Compulsion, Decision, Disclosure, Lengthening
from beholden.gate.models.lists import LinkedPair, LinkedYear, Linking, PairOpinion, Roster
from beholden.gate.models.searches import Search
from beholden.gate.models.sets import Registry, SetFile
from beholden.gate.models.singles import LookConflict, LookHold, SingleBatch, SingleExit, UrgentReview
from beholden.gate.models.tables import TableAsked, TableRelease

__all__ = [
    "Compulsion",
    "Decision",
    "Disclosure",
    "Lengthening",
    "LinkedPair",
    "LinkedYear",
    "Linking",
    "LookConflict",
    "LookHold",
    "PairOpinion",
    "Registry",
    "Roster",
    "Search",
    "SetFile",
    "SingleBatch",
    "SingleExit",
    "TableAsked",
    "TableRelease",
    "UrgentReview",
]
