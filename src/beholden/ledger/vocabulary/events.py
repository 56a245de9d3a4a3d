# SPDX-License-Identifier: Apache-2.0
"""What the events log may say of everything that is no handover."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, ClassVar

from beholden.ledger.shapes import (
    BANDS,
    Day,
    Many,
    Maybe,
    Moment,
    OneOf,
    Part,
    Shaped,
    Whole,
    Word,
)
from beholden.ledger.tags import MAX_SIZE
from beholden.ledger.vocabulary.terms import (
    EVENTS,
    PAPERS,
    USE_STATES,
    Band,
    Code,
    Hash,
    LogState,
    Scope,
    Tens,
)


@dataclass(frozen=True, slots=True)
class CatalogueSet(Shaped):
    """The catalogue in force from now on (D41)."""

    kind: ClassVar[str] = "catalogue"
    log: ClassVar[str] = EVENTS
    hash: Hash


@dataclass(frozen=True, slots=True)
class CatalogueAnnounced(Shaped):
    """A looser catalogue is published, and may come into force at a moment, not before (D41).

    `base` is the catalogue in force, `hash` the new one; `difference` is SHA-256(JCS(sentences)) of every change from
    one to the other that loosens. All three can be made anew from the published contents of the two.
    """

    kind: ClassVar[str] = "announced"
    log: ClassVar[str] = EVENTS
    base: Hash
    difference: Hash
    hash: Hash
    not_before: Annotated[datetime, Moment()]


@dataclass(frozen=True, slots=True)
class ReturnAccepted(Shaped):
    """A school's return was taken in; how many pupils, as a band."""

    kind: ClassVar[str] = "return"
    log: ClassVar[str] = EVENTS
    band: Band
    commitment: Hash
    school: Code


@dataclass(frozen=True, slots=True)
class UseMoved(Shaped):
    """A use came to a state; its texts are committed (D26). `rule` names the rule that refused it."""

    kind: ClassVar[str] = "use"
    log: ClassVar[str] = EVENTS
    commitment: Hash
    exit: Code
    purpose: Code
    rule: Annotated[str | None, Maybe(Word())]
    state: Annotated[str, OneOf(USE_STATES)]
    use: Code


@dataclass(frozen=True, slots=True)
class PaperFiled(Shaped):
    """A text about a use was filed, like an agreement or a minister's direction: committed, and never sealed."""

    kind: ClassVar[str] = "paper"
    log: ClassVar[str] = EVENTS
    commitment: Hash
    paper: Annotated[str, OneOf(PAPERS)]
    use: Code


@dataclass(frozen=True, slots=True)
class NoticeGiven(Shaped):
    """A telling was ended: how many were to be told and how many were, in tens (D9)."""

    kind: ClassVar[str] = "notice"
    log: ClassVar[str] = EVENTS
    audience: Tens
    told: Tens
    use: Code


@dataclass(frozen=True, slots=True)
class ChoicesOfDay(Shaped):
    """One day's answers, committed under a root that is padded to a band (D13)."""

    kind: ClassVar[str] = "choices"
    log: ClassVar[str] = EVENTS
    band: Band
    day: Annotated[date, Day()]
    root: Hash


@dataclass(frozen=True, slots=True)
class SingleExits(Shaped):
    """Everything that left about one person at a time until a moment, committed under a root padded to a band.

    Not in the handovers log, which every family's file carries whole (docs/adr/0013).
    """

    kind: ClassVar[str] = "singles"
    log: ClassVar[str] = EVENTS
    band: Band
    root: Hash
    until: Annotated[datetime, Moment()]


@dataclass(frozen=True, slots=True)
class UrgentMonth(Shaped):
    """How often a record was opened for a child in danger in one month, and how many reviews were late (D46).

    Both in bands, so that no single child shows; `late` is 0 where every review came in time. `month` is its first day.
    """

    kind: ClassVar[str] = "urgent"
    log: ClassVar[str] = EVENTS
    band: Band
    late: Annotated[int, OneOf((0, *BANDS))]
    month: Annotated[date, Day()]


@dataclass(frozen=True, slots=True)
class Decision(Shaped):
    """The gate decided a release. `scope` is the padded n, the rest in tens; exact figures are committed."""

    kind: ClassVar[str] = "decision"
    log: ClassVar[str] = EVENTS
    catalogue: Hash
    commitment: Hash
    left_out: Annotated[int | None, Maybe(Whole(step=10, high=MAX_SIZE))]
    released: Annotated[int | None, Maybe(Whole(step=10, high=MAX_SIZE))]
    scope: Scope
    use: Code


@dataclass(frozen=True, slots=True)
class UntoldIn(Shaped):
    """Children who could not be told are in a use all the same, under a law that is named: how many, in tens (D6).

    `count` bears a random error like *left out* does, and is None where the scope is too small for it to be said.
    """

    kind: ClassVar[str] = "untold"
    log: ClassVar[str] = EVENTS
    count: Annotated[int | None, Maybe(Whole(step=10, high=MAX_SIZE))]
    under: Code
    use: Code


@dataclass(frozen=True, slots=True)
class RosterHanded(Shaped):
    """A recipient handed in a list to be matched: of how many rows; refused, `rule` says by which rule (D21)."""

    kind: ClassVar[str] = "roster"
    log: ClassVar[str] = EVENTS
    commitment: Hash
    rows: Scope
    rule: Annotated[str | None, Maybe(Word())]
    use: Code


_PERCENT = Maybe(Whole(high=100, step=5))


@dataclass(frozen=True, slots=True)
class ListLinked(Shaped):
    """How a list of names was matched, once nothing of it waits for a person (D21, D32).

    Records in bands: accepted by the pupil number, by what is known of the person, or after people looked; and how many
    people looked at. `decoys` were mixed in, of whom nobody is held, and `decoys_accepted` of them were taken for
    somebody; of `known` answers about pairs whose truth is known `known_right` were right. `agree_low` to `agree_high`
    per cent of the time two people say the same (95 of 100, widened to fives). `sure` and `likely` are probabilities
    in thousandths, `lead` is in bits; `model` is the SHA-256 of the weights. No probability is summed.
    """

    kind: ClassVar[str] = "linked"
    log: ClassVar[str] = EVENTS
    agree_high: Annotated[int | None, _PERCENT]
    agree_low: Annotated[int | None, _PERCENT]
    by_number: Band
    by_people: Band
    by_values: Band
    decoys: Annotated[int, Whole(high=MAX_SIZE)]
    decoys_accepted: Annotated[int, Whole(high=MAX_SIZE)]
    known: Annotated[int, Whole(high=MAX_SIZE)]
    known_right: Annotated[int, Whole(high=MAX_SIZE)]
    lead: Annotated[int, Whole(high=1_000)]
    likely: Annotated[int, Whole(high=1_000)]
    looked_at: Band
    model: Hash
    sure: Annotated[int, Whole(high=1_000)]
    use: Code


@dataclass(frozen=True, slots=True)
class ListAudited(Shaped):
    """How often a list of names was matched wrongly, from what two people said of drawn pairs, unseen (D32).

    Of a hundred records that the rules took for somebody, `false_low` to `false_high` are somebody else (95 of 100,
    widened to fives; null unless `linked` has `by_number` or `by_values` above its least band). `several` records came
    near more than one person, for `cut_short` not everybody was compared, and `unread` values could not be read, in
    tens; of a hundred records so many have a birth date, a number, a postcode, in tens.
    """

    kind: ClassVar[str] = "linked_audit"
    log: ClassVar[str] = EVENTS
    cut_short: Tens
    false_high: Annotated[int | None, _PERCENT]
    false_low: Annotated[int | None, _PERCENT]
    several: Tens
    unread: Tens
    use: Code
    with_birth_date: Annotated[int | None, _PERCENT]
    with_number: Annotated[int | None, _PERCENT]
    with_postcode: Annotated[int | None, _PERCENT]


_THOUSANDTHS = Maybe(Whole(high=1_000))


@dataclass(frozen=True, slots=True)
class AuditedGroup(Shaped):
    """The two figures of one group of children over a year, in thousandths; the group by column and name."""

    column: Code
    false_high: Annotated[int | None, _THOUSANDTHS]
    false_low: Annotated[int | None, _THOUSANDTHS]
    group: Code
    missed_high: Annotated[int | None, _THOUSANDTHS]
    missed_low: Annotated[int | None, _THOUSANDTHS]


@dataclass(frozen=True, slots=True)
class ListsAudited(Shaped):
    """How often lists of names were matched wrongly, of all that were settled from a day on and before another (D32).

    *False* as `linked_audit` has it, in thousandths, from all pairs that were drawn of these lists. Of a thousand
    records that came to nobody, though somebody was compared, `missed_low` to `missed_high` are that person; of a
    thousand who are one person among those compared, `lost_low` to `lost_high` were found by nobody. Null, or no group,
    where too few were drawn, or since the last such entry, or they are of the lists of fewer than three bodies.
    """

    kind: ClassVar[str] = "linked_year"
    log: ClassVar[str] = EVENTS
    false_high: Annotated[int | None, _THOUSANDTHS]
    false_low: Annotated[int | None, _THOUSANDTHS]
    groups: Annotated[tuple[AuditedGroup, ...], Many(Part(AuditedGroup), 200)]
    lists: Annotated[int, Whole(high=MAX_SIZE)]
    lost_high: Annotated[int | None, _THOUSANDTHS]
    lost_low: Annotated[int | None, _THOUSANDTHS]
    missed_high: Annotated[int | None, _THOUSANDTHS]
    missed_low: Annotated[int | None, _THOUSANDTHS]
    since: Annotated[date, Day()]
    until: Annotated[date, Day()]


@dataclass(frozen=True, slots=True)
class Opened(Shaped):
    """A new log begins, or an old one is closed and goes on here: the last checkpoint of the other."""

    kind: ClassVar[str] = "opened"
    log: ClassVar[str] = EVENTS
    before: Annotated[LogState | None, Maybe(Part(LogState))]
    handovers: LogState
