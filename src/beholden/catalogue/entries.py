# SPDX-License-Identifier: Apache-2.0
"""The frozen values a catalogue is made of. They say what a rule is; they do not read files, and know no country."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from beholden.catalogue.consents import Consents
from beholden.catalogue.counted import DataSet
from beholden.catalogue.deciders import Able, Biometrics, Evidence, GuardiansEnd
from beholden.catalogue.grades import Grades
from beholden.catalogue.law import Authority, Basis, Checked, Instrument
from beholden.catalogue.limits import LimitNote, Limits
from beholden.catalogue.looks import Looks
from beholden.catalogue.words import (
    Answer,
    Compartment,
    Effect,
    FamilySays,
    Flag,
    Keeper,
    Kind,
    Law,
    Store,
    Told,
)
from beholden.kinds import ItemId, day
from beholden.refusals import Refusal


@dataclass(frozen=True, slots=True)
class KeepUntil:
    """How long a value is kept: until its pupil reaches an age, or for some years after it was taken."""

    unit: str  # "age" | "years"
    amount: int

    def until(self, *, born_on: date, taken_on: date) -> date:
        """Return the first day on which the value is no longer kept."""
        start = born_on if self.unit == "age" else taken_on
        try:
            return start.replace(year=start.year + self.amount)
        except ValueError:  # 29 February has no anniversary in a common year: it falls on 1 March
            return date(start.year + self.amount, 3, 1)


@dataclass(frozen=True, slots=True)
class CodeSet:
    """The codes a coded item may hold. `retired` ones stand in older returns and are not taken any more."""

    name: str
    values: tuple[str, ...]
    retired: tuple[str, ...]
    source: str
    labels: Mapping[str, str]  # what a code means, in words for its family; some codes have none


@dataclass(frozen=True, slots=True)
class Item:
    """One fact that is held about a pupil (D4)."""

    id: ItemId
    label: str
    child_label: str
    why: str
    collections: tuple[str, ...]
    answer: Answer
    refused: tuple[str, ...]  # codes that say "we would rather not": an answer, never a finding
    unanswered: tuple[str, ...]  # codes that say "not asked yet" or "not known"
    authority: Authority
    identifiability: int  # 1 names a child at once … 5 does not
    sensitivity: str  # A most … E least
    rating: str  # the row of the national rating it was read from, or "keeper"
    since: int
    since_checked: Checked
    keep_until: KeepUntil
    store: Store
    type: Kind
    codes: tuple[str, ...]  # empty when the item is not coded
    coarser: tuple[str, ...]  # items that say the same less exactly: what an applicant is offered instead
    labels: Mapping[str, str]  # what its codes mean, as far as the pack says
    hers_alone: bool = False  # an able child's own, from her guardians too (D15)
    tells_where: bool = False  # says where a child is or may be found: it leaves without what is hidden (D35)
    shows_missing: bool = False  # a release says, by it, who of the scope is missing

    def said(self, code: str) -> str:
        """Return what a code means in plain words, or the code itself."""
        return self.labels.get(code, code)

    @property
    def no_answer(self) -> tuple[str, ...]:
        """Every code that is a lawful way of not answering."""
        return self.refused + self.unanswered


@dataclass(frozen=True, slots=True)
class Collection:
    """One return that schools send on one day, and the items it may hold."""

    collection: str
    term: str
    year: int
    label: str
    child_label: str
    authority: Authority
    reference_date: date
    items: tuple[ItemId, ...]
    review_on: date

    @property
    def code(self) -> str:
        """Its name, like `SC/SPR/2026`."""
        return f"{self.collection}/{self.term}/{self.year}"


@dataclass(frozen=True, slots=True)
class Purpose:
    """What records may, or may not, be used for: law, ground, keeper and family kept apart (ARCHITECTURE section 4)."""

    code: str
    label: str
    child_label: str
    covers: str
    compartment: Compartment
    law: Law
    authority: Authority
    lawful_basis: tuple[str, ...]
    keeper: Keeper
    decided_by: str
    decided_on: date
    rule: str  # like `P7`; empty when the keeper allows
    reason: str  # said in public; empty when the keeper allows
    what_instead: str
    family_says: FamilySays
    told: Told
    compatible_with: tuple[str, ...]
    exits: tuple[str, ...]
    items: tuple[
        str, ...
    ]  # what such a use may need; whatever else is asked for needs a panel that grants it
    review_on: date
    only_items: tuple[ItemId, ...] = ()  # the only facts that may be used for it; empty: any
    hers_alone: bool = False  # an able child's word alone counts, once she has given it (D15)
    untold_under: tuple[
        str, ...
    ] = ()  # instruments under which the untold may be in, in the safe setting (D6)
    orders_reach: tuple[str, ...] = ()  # groups of the vault that an order heard under it may name (D22)
    over_time: bool = False  # what recurs may ask that each child keeps one made-up number (D15)

    @property
    def allowed(self) -> bool:
        """Whether the keeper allows it without an order."""
        return self.keeper is Keeper.ALLOWS

    @property
    def refusal_sentence(self) -> str:
        """The public reason, with the name of the rule; empty when the purpose is allowed."""
        return "" if self.allowed else f"{self.reason} The rule is {self.rule}."

    @property
    def refused_by(self) -> str:
        """Who refused it and when; empty when the purpose is allowed. Not the law: the keeper's own choice."""
        if self.allowed:
            return ""
        return f"Rule {self.rule}, decided by {self.decided_by} on {day(self.decided_on)}"


@dataclass(frozen=True, slots=True)
class Exit:
    """One way out, as a row of data: what each flag does there, and what leaves (D18)."""

    name: str
    label: str
    child_label: str
    effects: tuple[tuple[Flag, Effect], ...]
    commits_tags: bool  # a tag tree of its set stands in the public log
    carries_tags: bool  # each row that leaves carries its tag
    needs_recipient_key: bool
    personal_rows_leave: bool
    most_children: int | None

    def effect(self, flag: Flag | str) -> Effect:
        """Return what a flag does here; an unknown flag is refused, never ignored."""
        for known, effect in self.effects:
            if known == flag:
                return effect
        raise _unknown("flag", "This reason for leaving a child out is not in the catalogue.")

    @property
    def removes(self) -> tuple[Flag, ...]:
        """The flags that take a child out of a release here, where no named authority says otherwise."""
        return tuple(
            flag for flag, effect in self.effects if effect in (Effect.OUT, Effect.OUT_UNLESS_AUTHORITY)
        )

    @property
    def removes_under_authority(self) -> tuple[Flag, ...]:
        """The flags that take a child out even under a named authority (D6: those are counted apart)."""
        return tuple(flag for flag, effect in self.effects if effect is Effect.OUT)

    def removes_for(self, authority: str) -> tuple[Flag, ...]:
        """The flags that take a child out, where a use names this authority, or none (empty)."""
        return self.removes_under_authority if authority else self.removes

    @property
    def marks(self) -> tuple[Flag, ...]:
        """The flags that change a row that goes: some of its fields stay behind, or the flag travels with it."""
        marking = (Effect.FIELDS_OUT, Effect.FIELDS_PER_VIEWER, Effect.FLAG_TRAVELS)
        return tuple(flag for flag, effect in self.effects if effect in marking)


_Entry = TypeVar("_Entry")


@dataclass(frozen=True, slots=True)
class Catalogue:
    """One pack, whole and checked. Every decision cites its `hash` (D41), which is the SHA-256 of its `content`."""

    items: Mapping[str, Item]
    codes: Mapping[str, CodeSet]
    collections: Mapping[str, Collection]
    law: Mapping[str, Instrument]
    bases: Mapping[str, Basis]
    purposes: Mapping[str, Purpose]
    exits: Mapping[str, Exit]
    limits: Limits
    limit_notes: Mapping[str, LimitNote]
    grades: Grades
    consents: Consents
    guardians_end: GuardiansEnd
    able: Able | None
    evidence: Mapping[str, Evidence]
    biometrics: Biometrics | None
    looks: Looks
    data_sets: Mapping[str, DataSet]
    hash: str
    content: bytes = field(repr=False)  # what the pack says, as canonical JSON (RFC 8785)

    def item(self, item_id: str) -> Item:
        """Return one item; what the catalogue does not hold may not be held."""
        return _found(self.items, item_id, "item", "This fact is not in the catalogue.")

    def purpose(self, code: str) -> Purpose:
        """Return one purpose; an unknown one is refused."""
        return _found(self.purposes, code, "purpose", "This reason is not in the catalogue.")

    def check_items(self, code: str, items: Iterable[str]) -> None:
        """Refuse a fact that may not be used for a purpose, where the purpose names the only ones that may."""
        only = self.purpose(code).only_items
        if only and not set(items) <= set(only):
            raise Refusal(
                "catalogue.item_not_for_purpose",
                "One of these facts may not be used for this reason.",
                next_step="Ask only for the facts that the catalogue page names with the reason.",
                authority="D18; the catalogue's list of facts for this purpose",
            )

    @property
    def hers_alone(self) -> frozenset[str]:
        """Every item and purpose that is an able child's own, from her guardians too (D15)."""
        items = (name for name, one in self.items.items() if one.hers_alone)
        return frozenset((*items, *(code for code, one in self.purposes.items() if one.hers_alone)))

    def exit(self, name: str) -> Exit:
        """Return one way out; there is no other."""
        return _found(self.exits, name, "exit", "This way out is not in the catalogue.")

    def data_set(self, name: str) -> DataSet:
        """Return one data set of tables; of nothing else is a table made."""
        return _found(self.data_sets, name, "data_set", "This data set is not in the catalogue.")

    def collection(self, collection: str, term: str, year: int) -> Collection:
        """Return one return; what is not collected may not be sent in."""
        return _found(
            self.collections,
            f"{collection}/{term}/{year}",
            "collection",
            "This return is not in the catalogue.",
        )

    def cite(self, authority: Authority) -> str:
        """Return an authority in full, like a lawyer would write it."""
        instrument = self.law[authority.instrument]
        return f"{instrument.title} ({instrument.citation}), {authority.paragraph}"

    def overdue(self, *, on: date) -> tuple[str, ...]:
        """Return the names of everything whose review date has come (D39)."""
        dated = [(f"instrument {name}", one.review_on) for name, one in self.law.items()]
        dated += [(f"collection {name}", one.review_on) for name, one in self.collections.items()]
        dated += [(f"purpose {name}", one.review_on) for name, one in self.purposes.items()]
        return tuple(sorted(name for name, review_on in dated if review_on <= on))


def _found(held: Mapping[str, _Entry], key: str, noun: str, sentence: str) -> _Entry:
    if key not in held:  # the key itself is left out of the sentence: it may come from anybody
        raise _unknown(noun, sentence)
    return held[key]


def _unknown(noun: str, sentence: str) -> Refusal:
    return Refusal(
        f"catalogue.unknown_{noun}",
        sentence,
        next_step=f"Name the {noun} as the catalogue page names it.",
        authority="D4, D18",
    )
