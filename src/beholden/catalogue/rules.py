# SPDX-License-Identifier: Apache-2.0
"""Decides whether one catalogue is tighter than, or equal to, another: the ratchet (D41). No clock, no file.

Tighter takes effect at once; looser only after its own published notice. What cannot be shown to be tighter counts as
looser: an added purpose, a reworded one, a later day of review. Names and explanations (labels, reasons) are not judged
here: the catalogue's hash sees them, and every difference is published.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import TypeVar

from beholden.catalogue.consents import Consents
from beholden.catalogue.counted import DataSet
from beholden.catalogue.deciders import Able, Biometrics, Evidence, GuardiansEnd
from beholden.catalogue.entries import Catalogue, CodeSet, Collection, Exit, Item, KeepUntil, Purpose
from beholden.catalogue.grades import Grades, Letter, Measure
from beholden.catalogue.law import Authority, Basis, Checked, Instrument
from beholden.catalogue.limits import Limits
from beholden.catalogue.looks import Harm, LookReason
from beholden.catalogue.words import Answer, Compartment, Effect, FamilySays, Keeper, Law, Store, Told

HIGHER_IS_TIGHTER = frozenset(
    {
        "objection_window_days",
        "told_floor_percent",
        "smallest_count",
        "left_out_rounding",
        "left_out_blur_percent",
        "left_out_scope_floor",
        "letter_wait_minutes",
        "undo_days",
        "letter_code_length",
        "reviewers",
        "rules_notice_days",
        "comment_days",
        "panel_quorum",
        "expiring_days",
        "statement_signs",
    }
)
LOWER_IS_TIGHTER = frozenset(
    {
        "letter_tries",
        "intent_max_age_hours",
        "consent_days",
        "urgent_per_day",
        "looks_per_day",
        "look_shown_days",
        "look_held_days",
        "transfer_days",
        "school_objection_percent",
        "destruction_days",
        "recipient_key_days",
        "match_rows",
        "match_run",
        "match_same_birth_percent",
        "sealed_days",
        "sealed_longer_days",
        "sealed_seen_days",
        "sealed_school_percent",
        "message_days",
        "contest_days",
        "incident_hours",
    }
)

# Each from the tightest to the loosest.
_KEEPER = (Keeper.REFUSES, Keeper.WAITS, Keeper.ALLOWS)
_FAMILY = (FamilySays.MUST_AGREE, FamilySays.STOPS, FamilySays.HEARD, FamilySays.NOTHING)
_TOLD = (Told.BEFORE, Told.AT, Told.AFTER, Told.SEALED)
_LAW = (Law.FORBIDS, Law.PERMITS, Law.REQUIRES)
_EFFECT = tuple(Effect)
_ANSWER = (Answer.OPTIONAL, Answer.REFUSABLE, Answer.COMPULSORY)
_CHECKED = (Checked.SOURCE, Checked.RECALLED)
_LETTER = tuple(Letter)[::-1]  # the worse the best grade left after a miss, the tighter
_SERVES_FAMILIES = (Compartment.RIGHTS, Compartment.CARE)
"""Where a *no* hurts the child: refusing somebody their own record is no tightening."""

_Entry = TypeVar("_Entry")
_Rank = TypeVar("_Rank")


@dataclass(frozen=True, slots=True)
class Loosening:
    """One change that lets more out, keeps longer, asks more, or gives a family less say."""

    where: str  # like `purpose press`
    what: str  # like `keeper`
    before: str
    after: str

    @property
    def sentence(self) -> str:
        """The change in words, for the notice that it needs."""
        return f"{self.where}, {self.what}: was {self.before or 'nothing'}, is {self.after or 'nothing'}."


def tighter_or_equal(old: Catalogue, new: Catalogue) -> tuple[Loosening, ...]:
    """Return every change from old to new that loosens; empty if the new one may take effect at once."""
    return (
        *_limits(old.limits, new.limits),
        *_paired(
            "purpose", old.purposes, new.purposes, _purpose, adds=_added_purpose, drops=_dropped_purpose
        ),
        *_paired("exit", old.exits, new.exits, _exit),
        *_paired("item", old.items, new.items, _item),
        *_paired("collection", old.collections, new.collections, _collection),
        *_paired("codes", old.codes, new.codes, _codes, adds=_harmless),
        *_paired("instrument", old.law, new.law, _instrument, adds=_harmless),
        *_paired("basis", old.bases, new.bases, _basis, adds=_harmless),
        *_grades(old.grades, new.grades),
        *_consents(old.consents, new.consents),
        *_guardians_end(old.guardians_end, new.guardians_end),
        *_able(old.able, new.able),
        *_paired("evidence", old.evidence, new.evidence, _evidence, drops=_dropped),
        *_biometrics(old.biometrics, new.biometrics),
        *_paired("look", old.looks.reasons, new.looks.reasons, _look),
        *_paired("harm", old.looks.harms, new.looks.harms, _harm),
        *_paired("data set", old.data_sets, new.data_sets, _data_set),
    )


def _limits(old: Limits, new: Limits) -> Iterator[Loosening]:
    for field in fields(Limits):
        before, after = getattr(old, field.name), getattr(new, field.name)
        looser = after < before if field.name in HIGHER_IS_TIGHTER else after > before
        if looser:
            yield Loosening("limit", field.name, str(before), str(after))


def _added(where: str, _: object) -> Iterator[Loosening]:
    yield Loosening(where, "added", "", "there")


def _harmless(_: str, __: object) -> Iterator[Loosening]:
    """Nothing can be done with it until an item or a purpose points at it, and that is seen there."""
    return iter(())


def _added_purpose(where: str, purpose: Purpose) -> Iterator[Loosening]:
    # An unknown purpose is refused already, so to name a refusal loosens nothing.
    if purpose.keeper is not Keeper.REFUSES:
        yield Loosening(where, "added", "", purpose.keeper.value)


def _dropped_purpose(where: str, purpose: Purpose) -> Iterator[Loosening]:
    if purpose.keeper is not Keeper.ALLOWS:
        yield Loosening(where, "rule", purpose.rule, "")  # the answer stays no, but the public loses its name
    elif purpose.compartment in _SERVES_FAMILIES:
        yield Loosening(where, "keeper", purpose.keeper.value, "")


def _paired(
    kind: str,
    old: Mapping[str, _Entry],
    new: Mapping[str, _Entry],
    compare: Callable[[str, _Entry, _Entry], Iterable[Loosening]],
    *,
    adds: Callable[[str, _Entry], Iterable[Loosening]] = _added,
    drops: Callable[[str, _Entry], Iterable[Loosening]] = _harmless,
) -> Iterator[Loosening]:
    for name in sorted(old.keys() | new.keys()):
        where = f"{kind} {name}"
        if name not in old:
            yield from adds(where, new[name])
        elif name not in new:
            yield from drops(where, old[name])
        else:
            yield from compare(where, old[name], new[name])


def _ranked(
    where: str, what: str, before: _Rank, after: _Rank, order: Sequence[_Rank]
) -> Iterator[Loosening]:
    if order.index(after) > order.index(before):
        yield Loosening(where, what, str(before), str(after))


def _grown(where: str, what: str, before: Iterable[str], after: Iterable[str]) -> Iterator[Loosening]:
    for name in sorted(set(after) - set(before)):
        yield Loosening(where, what, "", name)


def _lost(where: str, what: str, before: Iterable[str], after: Iterable[str]) -> Iterator[Loosening]:
    for name in sorted(set(before) - set(after)):
        yield Loosening(where, what, name, "")


def _changed(where: str, what: str, before: object, after: object) -> Iterator[Loosening]:
    if before != after:
        yield Loosening(where, what, str(before), str(after))


def _purpose(where: str, old: Purpose, new: Purpose) -> Iterator[Loosening]:
    order = _KEEPER
    if old.compartment in _SERVES_FAMILIES:
        order = _KEEPER[::-1]
        yield from _lost(where, "exits", old.exits, new.exits)
    yield from _ranked(where, "keeper", old.keeper, new.keeper, order)
    yield from _ranked(where, "law", old.law, new.law, _LAW)
    yield from _ranked(where, "family_says", old.family_says, new.family_says, _FAMILY)
    yield from _ranked(where, "told", old.told, new.told, _TOLD)
    yield from _grown(where, "lawful_basis", old.lawful_basis, new.lawful_basis)
    yield from _grown(where, "compatible_with", old.compatible_with, new.compatible_with)
    yield from _grown(where, "exits", old.exits, new.exits)
    yield from _only_items(where, old.only_items, new.only_items)
    yield from _grown(where, "items", old.items, new.items)
    yield from _grown(where, "untold_under", old.untold_under, new.untold_under)
    yield from _grown(where, "orders_reach", old.orders_reach, new.orders_reach)
    yield from _ranked(where, "over_time", old.over_time, new.over_time, (False, True))
    yield from _changed(where, "covers", old.covers, new.covers)
    yield from _changed(where, "compartment", old.compartment, new.compartment)
    yield from _changed(where, "hers_alone", old.hers_alone, new.hers_alone)
    yield from _authority(where, old.authority, new.authority)
    yield from _later(where, old, new)


def _only_items(where: str, old: Sequence[str], new: Sequence[str]) -> Iterator[Loosening]:
    """No list means any fact, so the first list is tighter, and the end of it is not."""
    if old and not new:
        yield Loosening(where, "only_items", "a closed list", "any fact")
    elif old:
        yield from _grown(where, "only_items", old, new)


def _exit(where: str, old: Exit, new: Exit) -> Iterator[Loosening]:
    for flag, effect in old.effects:
        yield from _ranked(where, flag.value, effect, new.effect(flag), _EFFECT)
    for what in ("commits_tags", "carries_tags", "needs_recipient_key"):
        yield from _ranked(where, what, getattr(old, what), getattr(new, what), (True, False))
    yield from _ranked(
        where, "personal_rows_leave", old.personal_rows_leave, new.personal_rows_leave, (False, True)
    )
    if old.most_children is not None and (new.most_children is None or new.most_children > old.most_children):
        after = "any number" if new.most_children is None else str(new.most_children)
        yield Loosening(where, "most_children", str(old.most_children), after)


def _item(where: str, old: Item, new: Item) -> Iterator[Loosening]:
    yield from _ranked(where, "answer", old.answer, new.answer, _ANSWER)
    yield from _lost(where, "refused", old.refused, new.refused)
    yield from _lost(where, "unanswered", old.unanswered, new.unanswered)
    yield from _grown(where, "collections", old.collections, new.collections)
    yield from _grown(where, "codes", old.codes, new.codes)
    yield from _lost(where, "coarser", old.coarser, new.coarser)
    yield from _ranked(where, "identifiability", old.identifiability, new.identifiability, range(1, 6))
    yield from _ranked(where, "sensitivity", old.sensitivity, new.sensitivity, "ABCDE")
    yield from _ranked(where, "tells_where", old.tells_where, new.tells_where, (True, False))
    yield from _ranked(where, "shows_missing", old.shows_missing, new.shows_missing, (True, False))
    yield from _changed(where, "why", old.why, new.why)
    yield from _changed(where, "type", old.type, new.type)
    yield from _changed(where, "hers_alone", old.hers_alone, new.hers_alone)
    yield from _authority(where, old.authority, new.authority)
    if old.codes and not new.codes:
        yield Loosening(where, "codes", "a closed list", "any text")
    if old.store not in (
        new.store,
        Store.ROWS,
    ):  # from the rows into the vault is tighter; nothing else is known to be
        yield Loosening(where, "store", old.store.value, new.store.value)
    yield from _kept(where, old.keep_until, new.keep_until)


def _kept(where: str, old: KeepUntil, new: KeepUntil) -> Iterator[Loosening]:
    if old.unit != new.unit or new.amount > old.amount:
        yield Loosening(where, "keep_until", f"{old.unit} {old.amount}", f"{new.unit} {new.amount}")


def _collection(where: str, old: Collection, new: Collection) -> Iterator[Loosening]:
    yield from _grown(where, "items", old.items, new.items)
    yield from _changed(where, "reference_date", old.reference_date, new.reference_date)
    yield from _authority(where, old.authority, new.authority)
    yield from _later(where, old, new)


def _codes(where: str, old: CodeSet, new: CodeSet) -> Iterator[Loosening]:
    yield from _grown(where, "values", old.values, new.values)


def _instrument(where: str, old: Instrument, new: Instrument) -> Iterator[Loosening]:
    yield from _changed(where, "citation", old.citation, new.citation)
    yield from _later(where, old, new)


def _basis(where: str, old: Basis, new: Basis) -> Iterator[Loosening]:
    yield from _authority(where, old.authority, new.authority)


def _grades(old: Grades, new: Grades) -> Iterator[Loosening]:
    """A grade may be made harder to reach at once; what a sum counts changes only after its own notice (D38)."""
    for letter in sorted(old.least):
        before, after = old.least[letter], new.least.get(letter, 0)
        if after < before:
            yield Loosening(f"grade {letter}", "least", str(before), str(after))
    yield from _paired("measure", old.measures, new.measures, _measure, drops=_dropped)


def _dropped(where: str, _: object) -> Iterator[Loosening]:
    yield Loosening(where, "dropped", "there", "")


def _measure(where: str, old: Measure, new: Measure) -> Iterator[Loosening]:
    for what in ("subject", "counted", "out_of", "points"):
        yield from _changed(where, what, getattr(old, what), getattr(new, what))
    yield from _ranked(where, "if_missed", old.if_missed, new.if_missed, _LETTER)
    if (new.within_days or 0) > (old.within_days or 0):
        yield Loosening(where, "within_days", str(old.within_days), str(new.within_days))


def _consents(old: Consents, new: Consents) -> Iterator[Loosening]:
    """A phrase more finds more; one less lets a form through. A country more lets facts go further (D12, D25)."""
    for name, note in old.faults.items():
        where = f"consent fault {name}"
        yield from _lost(where, "phrases", note.phrases, new.faults[name].phrases)
        yield from _authority(where, note.authority, new.faults[name].authority)
    yield from _grown("consent", "countries", old.countries, new.countries)
    for code in sorted(old.asks.keys() & new.asks.keys()):
        yield from _changed(f"consent ask {code}", "to", old.asks[code], new.asks[code])
    yield from _changed("consent", "answers", f"{old.yes}, {old.no}", f"{new.yes}, {new.no}")


def _guardians_end(old: GuardiansEnd, new: GuardiansEnd) -> Iterator[Loosening]:
    """Neither earlier nor later is tighter: somebody loses a say either way (D14)."""
    yield from _changed("guardians end", "age", old.age, new.age)
    yield from _changed("guardians end", "events", ", ".join(old.events), ", ".join(new.events))
    yield from _authority("guardians end", old.authority, new.authority)


def _able(old: Able | None, new: Able | None) -> Iterator[Loosening]:
    """Neither way is tighter: what a child gains in say her guardians lose (D14, D15)."""
    before, after = (None if one is None else one.from_age for one in (old, new))
    yield from _changed("able", "from_age", before, after)
    if old is not None and new is not None:
        yield from _authority("able", old.authority, new.authority)


def _evidence(where: str, old: Evidence, new: Evidence) -> Iterator[Loosening]:
    """As of who decides: evidence that opens more, or less, gives or takes somebody's say."""
    yield from _changed(where, "supports", ", ".join(old.supports), ", ".join(new.supports))
    yield from _changed(where, "of_body", old.of_body, new.of_body)
    yield from _changed(where, "bodies", ", ".join(old.bodies), ", ".join(new.bodies))
    yield from _authority(where, old.authority, new.authority)


def _biometrics(old: Biometrics | None, new: Biometrics | None) -> Iterator[Loosening]:
    """A pack without this law allows no biometrics, so taking it away is tighter, and bringing it is not (D17)."""
    if new is None:
        return
    if old is None:
        yield Loosening("biometrics", "added", "", "there")
        return
    yield from _changed("biometrics", "until_age", old.until_age, new.until_age)
    yield from _authority("biometrics", old.authority, new.authority)
    yield from _grown("biometrics", "grounds", old.grounds, new.grounds)
    for name in old.bars:
        yield from _authority(f"bar {name}", old.bars[name].authority, new.bars[name].authority)
    for name in sorted(old.grounds.keys() & new.grounds.keys()):
        yield from _authority(f"ground {name}", old.grounds[name].authority, new.grounds[name].authority)


def _look(where: str, old: LookReason, new: LookReason) -> Iterator[Loosening]:
    yield from _grown(where, "groups", old.groups, new.groups)
    yield from _authority(where, old.authority, new.authority)


def _harm(where: str, old: Harm, new: Harm) -> Iterator[Loosening]:
    yield from _authority(where, old.authority, new.authority)


def _data_set(where: str, old: DataSet, new: DataSet) -> Iterator[Loosening]:
    """Which policy of two is tighter cannot be told from their texts, so every change has its notice (D24)."""
    before, after = (hashlib.sha256(one.policy.encode()).hexdigest() for one in (old, new))
    yield from _changed(where, "policy", before, after)
    yield from _changed(where, "collection", old.collection, new.collection)
    for one in new.columns:
        if one not in old.columns:
            yield Loosening(where, f"column {one.name}", "", "another, or made otherwise")
    for share in new.shares:
        if share not in old.shares:
            yield Loosening(where, f"share {share.name}", "", "another, or made otherwise")
    yield from _changed(where, "purpose", old.purpose, new.purpose)


def _authority(where: str, old: Authority, new: Authority) -> Iterator[Loosening]:
    yield from _changed(where, "authority", old.instrument, new.instrument)
    yield from _changed(where, "paragraph", old.paragraph, new.paragraph)
    yield from _ranked(where, "checked", old.checked, new.checked, _CHECKED)


def _later(
    where: str, old: Purpose | Collection | Instrument, new: Purpose | Collection | Instrument
) -> Iterator[Loosening]:
    if new.review_on > old.review_on:
        yield Loosening(where, "review_on", old.review_on.isoformat(), new.review_on.isoformat())
