# SPDX-License-Identifier: Apache-2.0
"""Write one school's return with planted faults, and say which rule each of them breaks and on which line.

Every fault stands with a pupil of its own, and breaks one rule of the Department's list. The whole file of
the same school, as `write` writes it, is the corrected return.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from beholden.intake import numbers
from beholden.town import census
from beholden.town.folk import Child, Stay
from beholden.town.plan import Town
from beholden.town.record import Record, record
from beholden.town.schools import Phase, School
from beholden.town.writing import Growing


@dataclass(frozen=True, slots=True)
class Planted:
    """One fault in the file: the rule it breaks, and the line and name of the element where it stands."""

    rule: str
    line: int
    element: str


@dataclass(frozen=True, slots=True)
class _Entry:
    """One pupil's entry before it is written, beside an earlier pupil whose entry is sound."""

    child: Child
    stay: Stay
    record: Record
    before: Child

    def as_upn(self, upn: str) -> "_Entry":
        return replace(self, child=replace(self.child, upn=upn))


@dataclass(frozen=True, slots=True)
class _Fault:
    """How to break one rule: which entry it fits, and what becomes of that entry."""

    rule: str
    element: str
    spoil: Callable[[_Entry], _Entry]
    fits: Callable[[_Entry], bool] = lambda _: True


def broken(town: Town, path: Path, *, school: School | None = None) -> tuple[Planted, ...]:
    """Write the school's return with one fault of each kind that fits it; return them in the order of the
    file.

    The school is the first secondary unless given: its pupils are old enough for every kind. A small school
    may have no pupil that a fault fits (a suspension, a leaver); that fault is then not planted and not
    returned.
    """
    school = school or next((s for s in town.schools if s.phase is Phase.SECONDARY), town.schools[0])
    file = Growing(path)
    file.add(census.head(school, town.schools.index(school)))
    planted: list[Planted] = []
    waiting = list(_FAULTS)
    before: Child | None = None
    leavers: list[tuple[Child, Stay]] = []
    for child in town.children():
        for stay in (stay for stay in child.stays if stay.laestab == school.laestab):
            if stay.left is not None:
                leavers.append((child, stay))
                continue
            entry = _Entry(child, stay, record(child, stay, seed=town.seed), before or child)
            fault = next((f for f in waiting if f.fits(entry)), None) if before else None
            if fault is None:
                before = child
            else:
                waiting.remove(fault)
                entry = fault.spoil(entry)
            text = census.on_roll(entry.child, entry.stay, entry.record)
            if fault is not None:
                planted.append(Planted(fault.rule, _line(file.lines, text, fault.element), fault.element))
            file.add(text)
    gone = _leavers(leavers)
    if gone:
        # The two lines before the first leaver close the pupils on roll and open those who left.
        planted.append(Planted("1920", _line(file.lines + 2, gone, "LeavingDate"), "LeavingDate"))
    file.add(census.tail(gone))
    file.finish()
    return tuple(planted)


def _leavers(leavers: list[tuple[Child, Stay]]) -> str:
    """Return the entries of those who left; the first of them left before he came (rule 1920)."""
    texts = []
    for place, (child, stay) in enumerate(leavers):
        left = stay.left if place else stay.entered - timedelta(days=1)
        texts.append(census.off_roll(child, replace(stay, left=left)))
    return "".join(texts)


def _line(before: int, text: str, element: str) -> int:
    return before + 1 + text[: text.index(f"<{element}>")].count("\n")


def _wrong_letter(entry: _Entry) -> _Entry:
    letters = numbers.CHECK_LETTERS
    upn = entry.child.upn
    return entry.as_upn(letters[(letters.index(upn[0]) + 1) % len(letters)] + upn[1:])


def _no_authority(entry: _Entry) -> _Entry:
    body = "999" + entry.child.upn[4:]
    return entry.as_upn(numbers.upn_check_letter(body) + body)


def _wrong_uln(entry: _Entry) -> _Entry:
    uln = entry.child.uln
    return replace(entry, child=replace(entry.child, uln=uln[:9] + str((int(uln[9]) + 1) % 10)))


def _without_marks(entry: _Entry) -> _Entry:
    sessions = tuple(mark for mark in entry.record.sessions if mark[0] != "E")
    return replace(entry, record=replace(entry.record, sessions=sessions))


def _early_suspension(entry: _Entry) -> _Entry:
    first = replace(entry.record.suspensions[0], began=date(2024, 10, 7))
    return replace(entry, record=replace(entry.record, suspensions=(first, *entry.record.suspensions[1:])))


_FAULTS = (
    # The rarest kinds of pupil come first, so that none is spent on a fault that fits everybody.
    _Fault("2290", "ExclusionStartDate", _early_suspension, lambda e: bool(e.record.suspensions)),
    _Fault("2485", "TermlyExclusion", _without_marks, lambda e: bool(e.record.suspensions)),
    _Fault(
        "1762",
        "FSMstartDate",
        lambda e: replace(e, child=replace(e.child, fsm_since=date(2026, 2, 2), fsm_until=None)),
        lambda e: e.child.fsm_since is not None,
    ),
    _Fault("1575", "UniqueLearnerNumber", _wrong_uln, lambda e: bool(e.child.uln)),
    _Fault(
        "1570",
        "PupilIdentifiers",
        lambda e: replace(e, child=replace(e.child, uln="")),
        lambda e: bool(e.child.uln),
    ),
    _Fault(
        "2400",
        "SessionsPossible",
        lambda e: replace(e, record=replace(e.record, sessions_possible=-1)),
        lambda e: e.record.sessions_possible is not None,
    ),
    _Fault("1500", "UPN", lambda e: e.as_upn("")),
    _Fault("1510", "UPN", _wrong_letter),
    _Fault("1520", "UPN", lambda e: e.as_upn(e.before.upn)),
    _Fault("1530", "UPN", _no_authority),
    _Fault("1540", "UPN", lambda e: e.as_upn(e.child.upn[:8] + "X" + e.child.upn[9:])),
    _Fault("1550", "UPN", lambda e: e.as_upn(e.child.upn[:12] + "S")),
    _Fault(
        "1741", "ServiceChild", lambda e: replace(e, child=replace(e.child, service_child="Q"))
    ),  # a code that no list holds
    _Fault("1880", "EntryDate", lambda e: replace(e, stay=replace(e.stay, entered=date(2026, 3, 2)))),
)
