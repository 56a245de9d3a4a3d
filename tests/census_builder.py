# SPDX-License-Identifier: Apache-2.0
"""Small School Census returns for tests: sound by default, broken on purpose by what a test asks for."""

from collections.abc import Mapping
from xml.sax.saxutils import escape

from beholden.intake.numbers import upn_check_letter

HEADER = """\
  <Header>
    <CollectionDetails>
      <Collection>School Census</Collection>
      <Term>SPR</Term>
      <Year>2026</Year>
      <ReferenceDate>2026-01-15</ReferenceDate>
    </CollectionDetails>
    <Source>
      <SourceLevel>S</SourceLevel>
      <LEA>001</LEA>
      <Estab>4001</Estab>
      <URN>999005</URN>
      <SoftwareCode>TestMIS</SoftwareCode>
      <SerialNo>001</SerialNo>
      <DateTime>2026-01-15T10:36:42</DateTime>
    </Source>
  </Header>
"""

SOUND: Mapping[str, str] = {
    "UPN": "",
    "Surname": "Example",
    "Forename": "Ada",
    "DOB": "2014-05-10",
    "Sex": "F",
    "Ethnicity": "WBRI",
    "Language": "ENG",
    "ServiceChild": "N",
    "PLAA": "N",
    "YoungCarer": "N",
    "EnrolStatus": "C",
    "EntryDate": "2023-09-05",
    "PartTime": "false",
    "Boarder": "N",
    "NCyearActual": "7",
    "SENprovision": "N",
    "SessionsPossible": "140",
}

_GROUPS = {
    "PupilIdentifiers": "UPN FormerUPN UniqueLearnerNumber Surname Forename MiddleNames PreferredSurname DOB Sex",
    "PupilCharacteristics": "Ethnicity FSMeligibility ServiceChild Language YSSA PLAA YoungCarer",
    "PupilStatus": "EnrolStatus EntryDate LeavingDate PartTime Boarder NCyearActual",
    "SpecialEducationalNeeds": "SENprovision SENneeds",
    "HomeInformation": "Addresses",
    "Exclusions": "TermlyExclusion",
    "Attendance": "SessionsPossible SessionDetails",
}


def upn(place: int) -> str:
    """Return a sound pupil number, another for each place."""
    body = f"00140012{place:04}"
    return upn_check_letter(body) + body


def record(
    place: int = 1,
    *,
    name: str = "PupilOnRoll",
    inside: Mapping[str, str] | None = None,
    **leaves: str | None,
) -> str:
    """Return one record, one leaf a line. `None` leaves a leaf out; `inside` gives lists as XML of their own."""
    texts = {**SOUND, "UPN": upn(place), **leaves}
    if name == "PupilNoLongerOnRoll":
        texts.setdefault("LeavingDate", "2025-11-21")
    lines = [f"      <{name}>"]
    for group, members in _GROUPS.items():
        within = []
        for member in members.split():
            if inside and member in inside:
                within.append(f"          {inside[member]}")
            elif texts.get(member) is not None:
                within.append(f"          <{member}>{escape(texts[member] or '')}</{member}>")
        if group == "Attendance" and within:
            within = ["        <TermlyAttendance>", *within, "        </TermlyAttendance>"]
        if within:
            lines += [f"        <{group}>", *within, f"        </{group}>"]
    return "\n".join([*lines, f"      </{name}>", ""])


def message(*on_roll: str, off_roll: tuple[str, ...] = (), header: str = HEADER) -> bytes:
    """Return a whole return; the header ends on line 19, the first record starts on line 22."""
    gone = f"    <PupilsNoLongerOnRoll>\n{''.join(off_roll)}    </PupilsNoLongerOnRoll>\n" if off_roll else ""
    on = f"    <PupilsOnRoll>\n{''.join(on_roll)}    </PupilsOnRoll>\n"
    frame = f"<Message>\n{header}  <Pupils>\n{on}{gone}  </Pupils>\n</Message>\n"
    return f'<?xml version="1.0" encoding="utf-8"?>\n{frame}'.encode()


def element(name: str, *inside: str, **leaves: str) -> str:
    """Return an element with leaves and then others in it, each on a line of its own."""
    texts = [f"<{leaf}>{escape(text)}</{leaf}>" for leaf, text in leaves.items()]
    return "\n".join([f"<{name}>", *texts, *inside, f"</{name}>"])


def sessions(*marks: tuple[str, str | int]) -> str:
    """Return the counts of sessions by code."""
    details = (
        element("SessionDetail", AttendanceReason=code, AbsenceSessions=str(count)) for code, count in marks
    )
    return element("SessionDetails", *details)


def free_meals(*periods: tuple[str, str]) -> str:
    """Return periods of free meals by their first and last days; no last day leaves one open."""
    ends = ({"FSMstartDate": start, **({"FSMendDate": end} if end else {})} for start, end in periods)
    return element("FSMeligibility", *(element("FSMperiod", **days) for days in ends))


def needs(*kinds: tuple[str, str]) -> str:
    """Return special educational needs by rank and type."""
    return element("SENneeds", *(element("SENneed", SENtypeRank=rank, SENtype=kind) for rank, kind in kinds))


def addresses(*homes: tuple[dict[str, str], str]) -> str:
    """Return addresses: the leaves of a BS7666 address, and a postcode."""
    return element(
        "Addresses",
        *(element("Address", element("BS7666Address", **lines), PostCode=code) for lines, code in homes),
    )


def line_of(sent: bytes, text: str, *, nth: int = 1) -> int:
    """Return the line on which a text stands for the nth time."""
    at = -1
    for _ in range(nth):
        at = sent.index(text.encode(), at + 1)
    return sent.count(b"\n", 0, at) + 1
