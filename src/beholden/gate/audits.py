# SPDX-License-Identifier: Apache-2.0
"""Answers what is kept and what is public of the pairs that were drawn of lists of names: of a list, and of a year."""

from collections.abc import Iterable, Mapping
from datetime import date

from beholden.gate import error_rates
from beholden.gate.error_rates import OfBody, OfGroup, OfLists, Seen
from beholden.gate.linked_pairs import Said, opened
from beholden.gate.models import LinkedPair, LinkedYear, Linking
from beholden.gate.months import start
from beholden.gate.pair_rules import outcome
from beholden.gate.sampled import EACH, Stratum
from beholden.kinds import UseRef
from beholden.ledger.canonical import Json
from beholden.ledger.vocabulary.terms import band, tens
from beholden.linkage.deciding import Reason
from beholden.linkage.sampling import Opinion
from beholden.uses.queries import asked

_TENTHS = 10


def audited(linking: Linking, rows: Iterable[LinkedPair], said: Said) -> dict[str, Json]:
    """Return what is kept of a list's drawn pairs once people have looked at all: counts, and nobody's name or id."""
    seen, looked_same = [], 0
    for row in rows:
        holds = outcome(said.get(row.pk, ()))
        if holds is None or row.known:
            continue
        why = opened(row)
        by_rule = (
            why.explanation.reason is Reason.PURPOSE
        )  # then the drawn ones stand for all that the rules took
        if row.sampled:
            seen.append(Seen(Stratum(row.sampled), holds, why.groups))
        elif not by_rule:
            looked_same += holds is Opinion.SAME
    return error_rates.plain(error_rates.tally(linking.figures.get("strata", {}), seen, looked_same))


def public_audit(linking: Linking) -> dict[str, Json]:
    """Return what the log says of how a settled list was audited, without its use."""
    figures = linking.figures
    taken = (
        band(figures[name]) for name in ("accepted_by_number", "accepted_by_values")
    )  # as `linked` says them
    false = error_rates.of_list(error_rates.read(linking.audited), taken)
    records = figures["records"]

    def share(name: str) -> int | None:
        """Return how many of a hundred records have something, in tens; of a short list nothing is said."""
        return figures[name] * _TENTHS // records * _TENTHS if records >= EACH else None

    return {
        "cut_short": tens(figures["cut_short"]),
        "false_high": false[1] if false else None,
        "false_low": false[0] if false else None,
        "several": tens(figures["several"]),
        "unread": tens(figures["unread"]),
        "with_birth_date": share("with_birth_date"),
        "with_number": share("with_number"),
        "with_postcode": share("with_postcode"),
    }


def tallies(since: date, until: date) -> tuple[OfBody, ...]:
    """Return what is kept of every list that was settled and audited from one day on and before another."""
    rows = Linking.objects.filter(
        audited__isnull=False, settled_at__gte=start(since), settled_at__lt=start(until)
    ).order_by("pk")
    return tuple(
        OfBody(asked(UseRef(use)).recipient.ref, error_rates.read(kept))
        for use, kept in rows.values_list("roster__use", "audited")
    )


def is_due(since: date, until: date) -> bool:
    """Say whether the figures of a year are to be said: they were not, and there is one to say."""
    if LinkedYear.objects.filter(until__gte=until).exists():
        return False
    found = _of_year(since, until)
    return found.false is not None or found.missed is not None


def _of_year(since: date, until: date) -> OfLists:
    before = LinkedYear.objects.filter(until__lt=until).order_by("until").last()
    begins = since if before is None else max(since, before.until)
    return error_rates.of_year(tallies(since, until), tallies(begins, until))


def public_year(since: date, until: date) -> Mapping[str, Json]:
    """Return what the log says of all lists of a year."""
    found = _of_year(since, until)
    return {
        **_ends(found, ("false", "missed", "lost")),
        "groups": [
            {"column": one.column, "group": one.group, **_ends(one, ("false", "missed"))}
            for one in found.groups
        ],
        "lists": len(tallies(since, until)),
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
