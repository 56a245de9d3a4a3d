# SPDX-License-Identifier: Apache-2.0
"""Answers which pairs of a list of names wait for somebody, what was settled, and why a person was matched."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from beholden.gate import pairs
from beholden.gate.models import LinkedPair, Linking, PairOpinion, Roster
from beholden.gate.pair_rules import BLIND, agreement, is_looked_at, is_wanted, outcome
from beholden.gate.pairs import Sides, Why
from beholden.home import here, keys
from beholden.kinds import Actor, PersonId, UseRef
from beholden.ledger.vocabulary.terms import band
from beholden.linkage.deciding import LEAD, LIKELY, SURE
from beholden.linkage.explaining import Explanation
from beholden.linkage.sampling import Opinion
from beholden.refusals import Refusal
from beholden.uses.queries import asked
from beholden.uses.rules.life import OVER
from beholden.uses.voices import has_no_part

Said = Mapping[int, Sequence[Opinion]]
"""What was said of each pair, in the order in which it came."""

PAIR_OVER = "gate.pair_over"
"""The refusal of a pair that does not wait for an officer (any more)."""


@dataclass(frozen=True, slots=True)
class Waits:
    """One pair that waits for one officer: its number, of which use, and how many have looked."""

    number: int
    use: UseRef


def settled(roster: Roster) -> frozenset[PersonId] | None:
    """Return who of a list of names is taken for the person of a record; None for a list of numbers.

    Where one record comes to two people, or nobody can say, it is nobody. Refuses while somebody is waited for.
    """
    linking = Linking.objects.filter(roster=roster).first()
    if linking is None:
        return None
    if linking.outbox is None:
        raise Refusal(
            "gate.pairs_wait",
            "Pairs of this list wait for somebody to look at them, so nothing can be decided.",
            next_step="Ask the reviewers to look at the pairs that wait.",
            authority="D32: a person looks before anything is disclosed",
        )
    return taken(LinkedPair.objects.filter(roster=roster), said_of(roster))


def taken(rows: Iterable[LinkedPair], said: Said) -> frozenset[PersonId]:
    """Return whom the pairs of a list come to: accepted, or the same by what people said, and one for each record.

    What people said stands above what was accepted: whoever was drawn and is not the same is nobody. A record that came
    to nobody stays so, whatever they said of it: its row has no person.
    """
    same = [(row.person, row.reference) for row in rows if not row.known and _is_same(row, said)]
    times = Counter(reference for _, reference in same)
    return frozenset(PersonId(person) for person, reference in same if person and times[reference] == 1)


def _is_same(row: LinkedPair, said: Said) -> bool:
    return not is_looked_at(row) or outcome(said.get(row.pk, ())) is Opinion.SAME


def is_waited_for(row: LinkedPair, said: Said) -> bool:
    """Say whether one more person must look at a pair."""
    return is_looked_at(row) and is_wanted(said.get(row.pk, ()))


def said_of(roster: Roster) -> Said:
    """Return what was said of each pair of a list."""
    said: defaultdict[int, list[Opinion]] = defaultdict(list)
    rows = PairOpinion.objects.filter(pair__roster=roster).order_by("pk")
    for pair, says in rows.values_list("pair_id", "says"):
        said[pair].append(Opinion(says))
    return said


def running() -> Iterator[tuple[Linking, UseRef]]:
    """Yield every list of names that waits for people: the newest of its use, and the use is not over."""
    rows = Linking.objects.filter(outbox__isnull=True).select_related("roster").order_by("pk")
    for row in rows:
        use = UseRef(row.roster.use)
        newest = Roster.objects.filter(use=use, rule="").latest("pk")
        if newest.pk == row.roster.pk and asked(use).state not in OVER:
            yield row, use


def pairs_wait(use: UseRef) -> bool:
    """Say whether pairs of the newest list of a use wait for anybody."""
    return any(one == use for _, one in running())


def waiting(by: Actor) -> tuple[Waits, ...]:
    """Return the pairs that wait for one officer: of no use in which it has a part, and not looked at by it before."""
    found = []
    for linking, use in running():
        if not has_no_part(use, by):
            continue
        said = said_of(linking.roster)
        mine = set(
            PairOpinion.objects.filter(pair__roster=linking.roster, by=by.ref).values_list(
                "pair_id", flat=True
            )
        )
        rows = LinkedPair.objects.filter(roster=linking.roster).order_by("pk")
        found += [Waits(row.pk, use) for row in rows if row.pk not in mine and is_waited_for(row, said)]
    return tuple(found)


def looked_into(number: int, by: Actor) -> Why:
    """Open one pair for an officer for whom it waits, or refuse."""
    if all(one.number != number for one in waiting(by)):
        raise pair_over()
    return opened(LinkedPair.objects.get(pk=number))


def pair_over() -> Refusal:
    """Say that a pair does not wait for an officer, or not any more."""
    return Refusal(
        PAIR_OVER,
        "This pair does not wait for you any more.",
        next_step="Look at the next one.",
        authority="D32",
    )


def opened(row: LinkedPair) -> Why:
    """Open why one record may be somebody, or refuse: the key is gone, or it is not what was kept."""
    linking = Linking.objects.get(roster=row.roster_id)
    return pairs.unseal(key_of(linking), sides(row), bytes(row.why))


def key_of(linking: Linking) -> bytes:
    """Return the key of a list's pairs, or refuse."""
    return keys.load(here(), pairs.key_name(linking.key))


def sides(row: LinkedPair) -> Sides:
    """Return what a row says in the clear."""
    return Sides(row.roster_id, row.person, row.reference, row.accepted, row.known, row.sampled)


def why_matched(use: UseRef, person: PersonId) -> Explanation | None:
    """Return why somebody was found under a use, by the newest list of names; None where it was by number, or is over.

    For the family of the person alone: beside what was sent it tells what is held.
    """
    row = (
        LinkedPair.objects.filter(person=UUID(str(person)), known="", roster__use=use, roster__rule="")
        .order_by("-roster_id")
        .first()
    )
    if row is None:
        return None
    linking = Linking.objects.get(roster=row.roster_id)
    if not keys.exists(here(), pairs.key_name(linking.key)):
        return None
    return opened(row).explanation


def public_figures(linking: Linking, rows: list[LinkedPair], said: Said) -> Mapping[str, object]:
    """Return what the log says of a settled list, without its use: bands, and exact figures of made-up people alone."""
    figures = linking.figures
    truth = {one.pk: Opinion(one.known) for one in rows if one.known}
    answers = [(truth[pair], one) for pair, given in said.items() if pair in truth for one in given[:BLIND]]
    agree = agreement(list(said.values()))
    same = taken(rows, said)
    people = {one.pk for one in rows if not one.accepted and not one.known and one.person in same}
    looked = [one for one in rows if is_looked_at(one)]
    return {
        "agree_high": agree[1] if agree else None,
        "agree_low": agree[0] if agree else None,
        "by_number": band(figures["accepted_by_number"]),
        "by_people": band(len(people)),
        "by_values": band(figures["accepted_by_values"]),
        "decoys": figures["decoys"],
        "decoys_accepted": figures["decoys_accepted"],
        "known": len(answers),
        "known_right": sum(is_so is one for is_so, one in answers),
        "lead": int(LEAD),
        "likely": int(LIKELY * 1_000),
        "looked_at": band(len(looked)),
        "model": figures["model"],
        "sure": int(SURE * 1_000),
    }


def instant(at: datetime) -> str:
    """Return a moment as seals have it."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")
