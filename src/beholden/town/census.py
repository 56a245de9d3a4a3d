# SPDX-License-Identifier: Apache-2.0
"""Write a pupil, a school and a whole message as School Census XML. Text in, text out: no file, no chance.

Element names and their order are those of the reconstructed spring sample (the Department's own schema is not
public in full). Each leaf stands on a line of its own, so that a finding can name the line.
"""

import re

from beholden.refusals import Refusal
from beholden.town.calendar import REFERENCE_DATE
from beholden.town.folk import Address, Child, Stay
from beholden.town.record import Record, Suspension
from beholden.town.schools import LA, School

_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no XML 1.0 document may hold, escaped or not (XML 1.0, section 2.2, production 2)."""


class Sheet:
    """Elements collected as text. Names come from our code; only the text of leaves comes from values."""

    __slots__ = ("_lines", "_open")

    def __init__(self, *, depth: int = 0) -> None:
        self._lines: list[str] = []
        self._open: list[str] = [""] * depth

    def open(self, name: str) -> None:
        self._lines.append(f"{'  ' * len(self._open)}<{name}>")
        self._open.append(name)

    def close(self) -> None:
        name = self._open.pop()
        self._lines.append(f"{'  ' * len(self._open)}</{name}>")

    def leaf(self, name: str, text: str) -> None:
        """Add one element with text, escaped; a character that no XML can hold is refused, never dropped."""
        if _FORBIDDEN.search(text):
            raise Refusal(
                "town.character",
                f"The text of {name} holds a character that XML cannot carry.",
                next_step="Take the character out of the word list it comes from.",
                authority="XML 1.0 (Fifth Edition), section 2.2",
            )
        self._lines.append(f"{'  ' * len(self._open)}<{name}>{text.translate(_ESCAPES)}</{name}>")

    def answer(self, name: str, *, yes: bool) -> None:
        self.leaf(name, "true" if yes else "false")

    def text(self) -> str:
        return "".join(f"{line}\n" for line in self._lines)


def head(school: School, place: int) -> str:
    """Return everything before the first pupil. `place` in the plan staggers the hour at which schools send."""
    sheet = Sheet()
    sheet.open("Message")
    sheet.open("Header")
    _collection(sheet)
    _source(sheet, school, place)
    sheet.open("Content")
    sheet.open("CBDSLevels")
    sheet.leaf("CBDSLevel", "School")
    sheet.leaf("CBDSLevel", "Pupil")
    for _ in range(3):
        sheet.close()
    _school(sheet, school)
    sheet.open("Pupils")
    sheet.open("PupilsOnRoll")
    return '<?xml version="1.0" encoding="utf-8"?>\n' + sheet.text()


def tail(leavers: str) -> str:
    """Return everything after the last pupil on roll; `leavers` are the entries of those who left."""
    gone = f"    <PupilsNoLongerOnRoll>\n{leavers}    </PupilsNoLongerOnRoll>\n" if leavers else ""
    return f"    </PupilsOnRoll>\n{gone}  </Pupils>\n</Message>\n"


def on_roll(child: Child, stay: Stay, record: Record) -> str:
    """Return the entry of a pupil who is on the school's roll on census day."""
    sheet = Sheet(depth=3)
    sheet.open("PupilOnRoll")
    _identifiers(sheet, child)
    _characteristics(sheet, child, record)
    sheet.open("PupilStatus")
    sheet.leaf("EnrolStatus", record.status)
    sheet.leaf("EntryDate", stay.entered.isoformat())
    sheet.answer("PartTime", yes=False)
    sheet.leaf("Boarder", "N")
    sheet.leaf("NCyearActual", child.year)
    sheet.leaf("ClassType", "O")
    sheet.close()
    _special_needs(sheet, record)
    _home(sheet, child.address)
    if record.suspensions:
        sheet.open("Exclusions")
        for suspension in record.suspensions:
            _suspension(sheet, suspension)
        sheet.close()
    if record.sessions_possible is not None:
        _attendance(sheet, record)
    sheet.close()
    return sheet.text()


def off_roll(child: Child, stay: Stay) -> str:
    """Return the entry of a pupil who left the school within the term."""
    if stay.left is None:
        raise ValueError("a pupil who has not left is on the roll")
    sheet = Sheet(depth=3)
    sheet.open("PupilNoLongerOnRoll")
    _identifiers(sheet, child)
    sheet.open("PupilStatus")
    sheet.leaf("EntryDate", stay.entered.isoformat())
    sheet.leaf("LeavingDate", stay.left.isoformat())
    sheet.leaf("Boarder", "N")
    sheet.close()
    sheet.close()
    return sheet.text()


def _collection(sheet: Sheet) -> None:
    sheet.open("CollectionDetails")
    sheet.leaf("Collection", "School Census")
    sheet.leaf("Term", "SPR")
    sheet.leaf("Year", f"{REFERENCE_DATE.year}")
    sheet.leaf("ReferenceDate", REFERENCE_DATE.isoformat())
    sheet.close()


def _source(sheet: Sheet, school: School, place: int) -> None:
    sheet.open("Source")
    sheet.leaf("SourceLevel", "S")
    sheet.leaf("LEA", LA)
    sheet.leaf("Estab", school.estab)
    sheet.leaf("URN", school.urn)
    sheet.leaf("SoftwareCode", "BeholdenTown")
    sheet.leaf("Release", "1.0")
    sheet.leaf("Xversion", "1.0")
    sheet.leaf("SerialNo", "001")
    sheet.leaf("DateTime", f"2026-01-15T{9 + place // 60 % 8:02}:{place % 60:02}:42")
    sheet.close()


def _school(sheet: Sheet, school: School) -> None:
    sheet.open("School")
    sheet.open("SchoolCharacteristics")
    sheet.leaf("SchoolName", school.name)
    sheet.leaf("Phase", school.phase)
    sheet.leaf("Type", "44")
    sheet.leaf("HighestNCyearGroup", school.highest)
    sheet.leaf("LowestNCyearGroup", school.lowest)
    sheet.leaf("Intake", "COMP")
    sheet.leaf("Governance", "CA")
    sheet.leaf("Phone", "0000")
    sheet.leaf("Email", f"office.{school.estab}@example.invalid")
    sheet.close()
    sheet.close()


def _identifiers(sheet: Sheet, child: Child) -> None:
    sheet.open("PupilIdentifiers")
    sheet.leaf("UPN", child.upn)
    _given(sheet, "FormerUPN", child.former_upn)
    _given(sheet, "UniqueLearnerNumber", child.uln)
    sheet.leaf("Surname", child.surname)
    sheet.leaf("Forename", child.forename)
    _given(sheet, "MiddleNames", child.middle_names)
    _given(sheet, "PreferredSurname", child.preferred_surname)
    sheet.leaf("DOB", child.born.isoformat())
    sheet.leaf("Sex", child.sex)
    sheet.close()


def _characteristics(sheet: Sheet, child: Child, record: Record) -> None:
    sheet.open("PupilCharacteristics")
    sheet.leaf("Ethnicity", child.ethnicity)
    if child.fsm_since:
        sheet.open("FSMeligibility")
        sheet.open("FSMperiod")
        sheet.leaf("FSMstartDate", child.fsm_since.isoformat())
        _given(sheet, "FSMendDate", child.fsm_until.isoformat() if child.fsm_until else "")
        sheet.leaf("UKcountry", "ENG")
        sheet.close()
        sheet.close()
    sheet.leaf("ServiceChild", child.service_child)
    sheet.leaf("Language", child.language)
    _given(sheet, "YSSA", record.yssa)
    sheet.leaf("PLAA", record.previously_looked_after)
    sheet.leaf("YoungCarer", record.young_carer)
    if record.lunch is not None:
        sheet.answer("SchoolLunchTaken", yes=record.lunch)
    sheet.answer("TopUpFunding", yes=record.top_up)
    sheet.close()


def _special_needs(sheet: Sheet, record: Record) -> None:
    sheet.open("SpecialEducationalNeeds")
    sheet.leaf("SENprovision", record.sen)
    if record.needs:
        sheet.open("SENneeds")
        for rank, need in enumerate(record.needs, start=1):
            sheet.open("SENneed")
            sheet.leaf("SENtypeRank", f"{rank}")
            sheet.leaf("SENtype", need)
            sheet.close()
        sheet.close()
    sheet.answer("SENunitIndicator", yes=record.unit)
    sheet.answer("ResourcedProvisionIndicator", yes=record.resourced)
    sheet.close()


def _home(sheet: Sheet, address: Address) -> None:
    sheet.open("HomeInformation")
    sheet.open("Addresses")
    sheet.open("Address")
    sheet.open("BS7666Address")
    sheet.leaf("SAON", address.saon)
    sheet.leaf("PAON", address.paon)
    sheet.leaf("Street", address.street)
    sheet.leaf("Town", address.town)
    sheet.leaf("UniquePropertyReferenceNumber", address.uprn)
    sheet.close()
    sheet.leaf("PostCode", address.postcode)
    for _ in range(3):
        sheet.close()


def _suspension(sheet: Sheet, suspension: Suspension) -> None:
    sheet.open("TermlyExclusion")
    sheet.leaf("Category", suspension.category)
    sheet.open("Reasons")
    for reason in suspension.reasons:
        sheet.leaf("Reason", reason)
    sheet.close()
    sheet.leaf("ExclusionStartDate", suspension.began.isoformat())
    sheet.leaf("SENprovision", suspension.sen)
    sheet.leaf("ActualNoofSessions", f"{suspension.sessions}")
    sheet.close()


def _attendance(sheet: Sheet, record: Record) -> None:
    sheet.open("Attendance")
    sheet.open("TermlyAttendance")
    sheet.leaf("SessionsPossible", f"{record.sessions_possible}")
    sheet.open("SessionDetails")
    for code, count in record.sessions:
        sheet.open("SessionDetail")
        sheet.leaf("AttendanceReason", code)
        # The collection's name since absences were all it counted; since 2020 it counts every code.
        sheet.leaf("AbsenceSessions", f"{count}")
        sheet.close()
    for _ in range(3):
        sheet.close()


def _given(sheet: Sheet, name: str, text: str) -> None:
    if text:
        sheet.leaf(name, text)
