# SPDX-License-Identifier: Apache-2.0
"""What the events log may say of putting right: each day, each step of an incident, each month of a matching use.

Nothing here moves with one child: messages go to every recipient each day, full or empty, so they can be counted
exactly; corrections stand under a root that is padded to a band (docs/adr/0020).
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, ClassVar

from beholden.ledger.shapes import Day, Maybe, Moment, OneOf, Shaped, Word
from beholden.ledger.vocabulary.terms import EVENTS, Band, Code, Hash, Position, Tens

INCIDENT_STATES = ("opened", "regulator_told", "high_risk", "people_told", "closed")
"""`high_risk`: the keeper says that the risk to those whom it is about is high, so that they are to be told of it."""


@dataclass(frozen=True, slots=True)
class RedressOfDay(Shaped):
    """One day of putting right (D31).

    `corrections` is a root over salted commitments, padded to `band`; `messages` a root over what stands in the rows of
    the `sent` messages. `due` is how many messages had this day as their last, `kept` how many of them were signed for
    by then, or had their copy certified wiped. `key` is the Ed25519 key under which the keeper signs messages.
    """

    kind: ClassVar[str] = "redress"
    log: ClassVar[str] = EVENTS
    band: Band
    corrections: Hash
    day: Annotated[date, Day()]
    due: Position
    kept: Position
    key: Hash
    messages: Hash
    sent: Position


@dataclass(frozen=True, slots=True)
class IncidentMoved(Shaped):
    """An incident came to a state (D34). `band` is how many people it is about, `tell_by` the end of the 72 hours.

    The commitment of *high_risk* covers what their families were told, too.
    """

    kind: ClassVar[str] = "incident"
    log: ClassVar[str] = EVENTS
    band: Band
    commitment: Hash
    incident: Code
    state: Annotated[str, OneOf(INCIDENT_STATES)]
    tell_by: Annotated[datetime, Moment()]
    use: Annotated[str | None, Maybe(Word())]


@dataclass(frozen=True, slots=True)
class ContestsOfMonth(Shaped):
    """How many matches of one use were contested by the end of a month, and how they stood then, in tens (D21).

    `contested`, `reversed` and `upheld` count people since the use began; *cannot tell* is counted as reversed. `late`
    are those about which nobody had decided by the last day for it. `root` binds what was said and decided in the
    month, padded to `band`. Every use that has matched has one each month, so none tells by coming.
    """

    kind: ClassVar[str] = "contests"
    log: ClassVar[str] = EVENTS
    band: Band
    contested: Tens
    late: Tens
    month: Annotated[date, Day()]
    reversed: Tens
    root: Hash
    upheld: Tens
    use: Code
