# SPDX-License-Identifier: Apache-2.0
"""Lets one person's own record out, to those who may see it: the exit *subject copy* (D30; UK GDPR Art 15).

Nothing takes this copy away: not an objection, not a window, not a restriction, which travels with it. Which fields are
in it, one function of `people` decides for each reader.
"""

from dataclasses import dataclass, field
from datetime import datetime

from beholden.catalogue import Catalogue
from beholden.gate.actions.empowering import powers_about
from beholden.gate.actions.opening import Fact, Told, open_record
from beholden.gate.actions.safety import restricted
from beholden.gate.actions.singles import write_down
from beholden.gate.rules import not_yours
from beholden.home import here
from beholden.home.keys import load
from beholden.kinds import Actor, PersonId
from beholden.people.mandate import check, check_record
from beholden.people.rules import SHOWN_AT_THE_DOOR, may_see
from beholden.refusals import Refusal

EXIT = "subject_copy"


@dataclass(frozen=True, slots=True)
class Copy:
    """One person's record, as one reader may see it. `not_shown`: items that are held and not in it."""

    person: PersonId
    known: tuple[Fact, ...] = field(repr=False)
    told: tuple[Told, ...]
    not_shown: tuple[str, ...]
    restricted: bool


def copy(person: PersonId, *, mandate: str, what: str, catalogue: Catalogue, by: Actor, at: datetime) -> Copy:
    """Return one person's record for the adult of a mandate that reaches it.

    The plan: 1 the mandate is ours, fresh, of the second step, and names this person; 2 the exit lets one person's copy
    go, whatever speaks against other uses; 3 it stands in the journal, on the disk, before anything is read; 4 only
    those groups are opened that this reader may see, and nobody may see nothing; 5 rows of every return in force, each
    file checked before it is used; 6 without what is an able child's alone, from her guardians too. What one reader
    may not see is not named either: nothing says that something is hidden. Refuses with `people.mandate`,
    `people.no_record`, `gate.not_yours`, `gate.journal_damaged`, `register.file_changed`.
    """
    held = check(mandate, key=load(here(), "letters"), at=at)  # 1
    check_record(held, person)
    _check_exit(catalogue)  # 2
    write_down(EXIT, what, person, reader=held.adult, by=by, at=at)  # 3
    pair = (person, held.adult)
    power = powers_about([pair], catalogue=catalogue, by=by, at=at)[pair]
    stores = may_see(held.reach, power)
    if not stores:
        raise not_yours()
    found = open_record(
        person, stores, born=None, without=power.kept, catalogue=catalogue, by=by, at=at
    )  # 4, 5, 6
    not_shown = (item.id for item in catalogue.items.values() if item.store not in SHOWN_AT_THE_DOOR)
    is_restricted = person in restricted(by=by, at=at)
    return Copy(person, found.known, found.told, tuple(sorted(not_shown)), is_restricted)


def _check_exit(catalogue: Catalogue) -> None:
    """Refuse a catalogue under which a family's own copy could be taken away by anything but who may see what."""
    exit_ = catalogue.exit(EXIT)
    if exit_.removes or exit_.most_children != 1:
        raise Refusal(
            "gate.copy_exit",
            "This catalogue would take a person's own copy away, or give more than one person's.",
            next_step="Put the row of subject_copy in the catalogue's exits right.",
            authority="D30; UK GDPR Art 15",
        )
