# SPDX-License-Identifier: Apache-2.0
"""One sound request, for tests that change one answer of it."""

from dataclasses import replace
from datetime import date

from beholden.uses.rules import Access, Application, Draft, Population, Processor, Setting
from beholden.uses.rules.triage import Asker

APPLICATION = Application(
    standing="A university with a charter.",
    gateway="si-2009-1563",
    reasons=(("nc_year", "The question is about age."), ("session_details", "It is about coming back.")),
    setting=Setting.ELSEWHERE,
    why_elsewhere="The reading room has no place yet.",
    outputs="One report, open to all.",
    benefit="Schools learn how to help children back.",
    access=(Access("researcher-1", "counts", "England"),),
    territory=("England", "Wales"),
    ethics="NF-2026-14",
    dpia="DPIA-2026-3",
    processors=(Processor("Northford Computing", "keeps the disks", "Wales"),),
)
DRAFT = Draft(
    title="Coming back to school after illness",
    why="To learn what helps children come back to school after being ill.",
    what="Days at school, days away, school year.",
    where="In the university.",
    purpose="public-interest-study",
    exit="extract",
    items=("nc_year", "session_details"),
    population=Population("SC", "SPR", 2026),
    starts_on=date(2026, 3, 1),
    ends_on=date(2027, 3, 1),
    application=APPLICATION,
)
ASKER = Asker("England", "age1example", "ab" * 32)


def draft(**changes):
    """The sound request with some answers changed: the draft's own, or its application's."""
    own = {name: value for name, value in changes.items() if name in Draft.__slots__}
    typed = {name: value for name, value in changes.items() if name not in Draft.__slots__}
    return replace(DRAFT, **own, application=replace(own.get("application", APPLICATION), **typed))


def asking(*items):
    """The sound request for other items, each with its reason."""
    return draft(items=items, reasons=tuple((item, "It is needed.") for item in items))
