# SPDX-License-Identifier: Apache-2.0
"""Answers what is kept and what is public of the pairs that were drawn of lists of names: of a list, and of a year."""

from collections.abc import Iterable, Mapping
from datetime import date

from beholden.gate import error_rates
from beholden.gate.error_rates import OfGroup, OfLists, Seen, Tally
from beholden.gate.linked_pairs import Said, opened
from beholden.gate.models import LinkedPair, LinkedYear, Linking
from beholden.gate.months import start
from beholden.gate.pair_rules import outcome
from beholden.gate.sampled import EACH, Stratum
from beholden.ledger.canonical import Json
from beholden.ledger.vocabulary.terms import tens
from beholden.linkage.deciding import Reason
from beholden.linkage.sampling import Opinion

_TENTHS = 10
_QUARTER = 3


def audited(linking: Linking, rows: Iterable[LinkedPair], said: Said) -> dict[str, Json]:
    """Return what is kept of a list's drawn pairs once people have looked at all: counts, and nobody's name or id."""
    seen, looked_same = [], 0
    for row in rows:
        holds = outcome(said.get(row.pk, ()))
        if holds is None or row.known:
            continue
        why = opened(row)
        if row.sampled:
            seen.append(Seen(Stratum(row.sampled), holds, why.groups))
        elif (
            why.explanation.reason is not Reason.PURPOSE
        ):  # of those that were taken, the drawn ones stand for all
            looked_same += holds is Opinion.SAME
    return error_rates.plain(error_rates.tally(linking.figures.get("strata", {}), seen, looked_same))


def public_audit(linking: Linking) -> dict[str, Json]:
    """Return what the log says of how a settled list was audited, without its use."""
    figures = linking.figures
    false, missed = error_rates.of_list(error_rates.read(linking.audited))
    records = figures["records"]

    def share(name: str) -> int | None:
        """Return how many of a hundred records have something, in tens; of a short list nothing is said."""
        return figures[name] * _TENTHS // records * _TENTHS if records >= EACH else None

    return {
        "cut_short": tens(figures["cut_short"]),
        "false_high": false[1] if false else None,
        "false_low": false[0] if false else None,
        "missed_high": missed[1] if missed else None,
        "missed_low": missed[0] if missed else None,
        "several": tens(figures["several"]),
        "unread": tens(figures["unread"]),
        "with_birth_date": share("with_birth_date"),
        "with_number": share("with_number"),
        "with_postcode": share("with_postcode"),
    }


def year_until(day: date) -> tuple[date, date]:
    """Return the year that was over when the quarter of a day began: its first day, and the day after its last."""
    until = day.replace(month=(day.month - 1) // _QUARTER * _QUARTER + 1, day=1)
    return until.replace(year=until.year - 1), until


def tallies(since: date, until: date) -> tuple[Tally, ...]:
    """Return what is kept of every list that was settled and audited from one day on and before another."""
    rows = Linking.objects.filter(
        audited__isnull=False, settled_at__gte=start(since), settled_at__lt=start(until)
    ).order_by("pk")
    return tuple(error_rates.read(kept) for kept in rows.values_list("audited", flat=True))


def is_due(since: date, until: date) -> bool:
    """Say whether the figures of a year are to be said: they were not, and there are enough new lists in them."""
    last = LinkedYear.objects.order_by("until").last()
    begins = since if last is None else max(since, last.until)
    return begins < until and len(tallies(begins, until)) >= error_rates.LISTS


def public_year(since: date, until: date) -> Mapping[str, Json]:
    """Return what the log says of all lists of a year."""
    kept = tallies(since, until)
    found = error_rates.of_year(kept)
    return {
        **_ends(found, ("false", "missed", "lost")),
        "groups": [
            {"column": one.column, "group": one.group, **_ends(one, ("false", "missed"))}
            for one in found.groups
        ],
        "lists": len(kept),
        "since": since.isoformat(),
        "until": until.isoformat(),
    }


def _ends(of: OfLists | OfGroup, names: Iterable[str]) -> dict[str, Json]:
    ends: dict[str, Json] = {}
    for name in names:
        found = getattr(of, name)
        ends[f"{name}_low"] = found[0] if found else None
        ends[f"{name}_high"] = found[1] if found else None
    return ends
