# SPDX-License-Identifier: Apache-2.0
"""What is held of lists of names, beside what the log must say of them: for fsck, which only compares."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from beholden.gate import audits, pairs
from beholden.gate.linked_pairs import Said, instant, key_of, opened, public_figures, said_of
from beholden.gate.models import LinkedPair, LinkedYear, Linking, PairOpinion
from beholden.home import here, keys
from beholden.kinds import UseRef
from beholden.refusals import Refusal
from beholden.uses.queries import asked
from beholden.uses.rules.life import OVER


@dataclass(frozen=True, slots=True)
class HeldLinking:
    """One list of names as it stands here: its key's file, the entry that the log must have, and what does not fit.

    `entry` is what the log must have of it once nobody is waited for, and `audit` what it must have of the pairs that
    were drawn, if any were. `settled_at` decides in which year it counts. `broken` names figures, pairs, opinions or
    counts that do not open or fit.
    """

    roster: int
    use: str
    key: str
    has_key: bool
    is_over: bool
    outbox: int | None
    entry: Mapping[str, object]
    audit_outbox: int | None
    audit: Mapping[str, object]
    settled_at: datetime | None
    broken: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HeldYear:
    """The figures of one year as they follow from what is kept of its lists."""

    until: date
    outbox: int
    entry: Mapping[str, object]


def held_linkings() -> Iterator[HeldLinking]:
    """Yield every list of names, oldest first."""
    for row in Linking.objects.select_related("roster").order_by("pk"):
        name = pairs.key_name(row.key)
        has_key = keys.exists(here(), name)
        rows = list(LinkedPair.objects.filter(roster=row.roster).order_by("pk"))
        said = said_of(row.roster)
        yield HeldLinking(
            row.roster.pk,
            row.roster.use,
            name,
            has_key,
            asked(UseRef(row.roster.use)).state in OVER,
            row.outbox,
            {**public_figures(row, rows, said), "use": row.roster.use},
            row.audit_outbox,
            {} if row.audited is None else {**audits.public_audit(row), "use": row.roster.use},
            row.settled_at,
            tuple(_broken(row, rows, said)) if has_key else (),
        )


def held_years() -> Iterator[HeldYear]:
    """Yield every year of which the log must say how often lists were matched wrongly, oldest first."""
    for row in LinkedYear.objects.order_by("until"):
        yield HeldYear(row.until, row.outbox, audits.public_year(row.since, row.until))


def _broken(linking: Linking, rows: list[LinkedPair], said: Said) -> Iterator[str]:
    try:
        key = key_of(linking)
    except Refusal:
        return  # said where keys are looked at
    figures = linking.figures
    if pairs.of_figures(key, linking.roster.pk, figures) != bytes(linking.seal):
        yield "figures"
    if figures.get("pairs") != len(rows) or not all(map(_opens, rows)):
        yield "pairs"
    elif linking.audited is not None and audits.audited(linking, rows, said) != linking.audited:
        yield "counts"
    for one in PairOpinion.objects.filter(pair__roster=linking.roster):
        if pairs.of_opinion(key, one.pair_id, one.says, one.by, instant(one.at)) != bytes(one.seal):
            yield "opinions"
            return


def _opens(row: LinkedPair) -> bool:
    try:
        opened(row)
    except Refusal:
        return False
    return True
