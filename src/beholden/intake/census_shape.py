# SPDX-License-Identifier: Apache-2.0
"""The elements of a School Census return and how they nest, as one value; the XSD is printed from it.

It decides which element may stand where and how often, and nothing about what stands inside a leaf: values are
rules with numbers (`census_rules`). No file is opened here.

The order of elements inside a group is left free, because the order in the public sources is partly recalled
(domain notes 1.2); a name that is not in the sources is refused rather than skipped, so that nothing a school
sends is lost in silence. Element names: DfE Common Basic Data Set and the COLLECT export of 2026.
"""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Element:
    """One element: a leaf of text if it has no children. `most` is how often it may stand, `needed` that it must.

    `ordered` children keep their order. `record` names the type of an element that is checked one at a time.
    """

    name: str
    children: tuple["Element", ...] = ()
    most: int = 1
    needed: bool = False
    ordered: bool = False
    record: str = ""

    @property
    def in_order(self) -> bool:
        """Say whether the schema has to keep the children in order (a list does: xs:all cannot repeat)."""
        return self.ordered or any(child.most > 1 for child in self.children)


def _leaves(names: str) -> tuple[Element, ...]:
    return tuple(Element(name) for name in names.split())


def _rows(name: str, of: str, *children: Element, most: int) -> Element:
    """Return a list: an element that holds one kind of child, up to far more of them than any pupil has."""
    return Element(name, (Element(of, children, most=most),))


_HEADER = Element(
    "Header",
    (
        Element("CollectionDetails", _leaves("Collection Term Year ReferenceDate"), needed=True),
        Element(
            "Source",
            _leaves("SourceLevel LEA Estab URN SoftwareCode Release Xversion SerialNo DateTime"),
            needed=True,
        ),
        Element("Content", (_rows("CBDSLevels", "CBDSLevel", most=10),)),
    ),
    needed=True,
)

_SCHOOL = Element(
    "School",
    (
        Element(
            "SchoolCharacteristics",
            _leaves(
                "SchoolName Phase Type HighestNCyearGroup LowestNCyearGroup Intake Governance Phone Email "
                "Accommodation MaxDayPupils MaxBoarders"
            ),
        ),
    ),
)

_IDENTIFIERS = Element(
    "PupilIdentifiers",
    _leaves(
        "UPN FormerUPN UniqueLearnerNumber Surname Forename MiddleNames PreferredSurname FormerSurname DOB Sex"
    ),
)

_CHARACTERISTICS = Element(
    "PupilCharacteristics",
    (
        *_leaves("Ethnicity Language ServiceChild YSSA PLAA YoungCarer SchoolLunchTaken TopUpFunding"),
        *_leaves("DAFIndicator EYPPR EYPPBF FundedHours ExtendedHours HoursAtSetting EligibilityCode"),
        _rows("FSMeligibility", "FSMperiod", *_leaves("FSMstartDate FSMendDate UKcountry"), most=50),
        _rows("FundingBasisItems", "FundingBasis", most=10),
    ),
)

_STATUS = Element(
    "PupilStatus",
    _leaves("EnrolStatus EntryDate LeavingDate PartTime Boarder NCyearActual ClassType UnitContactTime"),
)

_NEEDS = Element(
    "SpecialEducationalNeeds",
    (
        *_leaves("SENprovision SENunitIndicator ResourcedProvisionIndicator"),
        _rows("SENneeds", "SENneed", *_leaves("SENtypeRank SENtype"), most=20),
    ),
)

_HOME = Element(
    "HomeInformation",
    (
        _rows(
            "Addresses",
            "Address",
            Element(
                "BS7666Address",
                _leaves(
                    "SAON PAON Street Locality Town AdministrativeArea PostTown UniquePropertyReferenceNumber"
                ),
            ),
            Element(
                "AddressLines",
                _leaves("AddressLine1 AddressLine2 AddressLine3 AddressLine4 AddressLine5"),
            ),
            *_leaves("County PostCode"),
            most=5,
        ),
    ),
)

_EXCLUSIONS = _rows(
    "Exclusions",
    "TermlyExclusion",
    *_leaves("Category ExclusionStartDate SENprovision ActualNoofSessions"),
    _rows("Reasons", "Reason", most=10),
    most=100,
)

_ATTENDANCE = Element(
    "Attendance",
    (
        Element(
            "TermlyAttendance",
            (
                Element("SessionsPossible"),
                _rows(
                    "SessionDetails", "SessionDetail", *_leaves("AttendanceReason AbsenceSessions"), most=100
                ),
            ),
        ),
    ),
)

_SUPPORT = _rows("LearnerSupport", "SupportCode", most=20)

_GROUPS = (_IDENTIFIERS, _CHARACTERISTICS, _STATUS, _NEEDS, _HOME, _EXCLUSIONS, _ATTENDANCE, _SUPPORT)

MOST_PUPILS = 40_000  # ten times the largest school's; a file of a whole authority is not one school's return
"""More pupils than this are no school's. This and the lengths of the lists bound the memory that a file can ask for."""

PUPIL_ON_ROLL = Element("PupilOnRoll", _GROUPS, most=MOST_PUPILS, record="Pupil")
PUPIL_OFF_ROLL = Element("PupilNoLongerOnRoll", _GROUPS, most=MOST_PUPILS, record="Pupil")

MESSAGE = Element(
    "Message",
    (
        _HEADER,
        _SCHOOL,
        Element(
            "Pupils",
            (
                Element("PupilsOnRoll", (PUPIL_ON_ROLL,)),
                Element("PupilsNoLongerOnRoll", (PUPIL_OFF_ROLL,)),
            ),
            needed=True,
        ),
    ),
    ordered=True,
)
"""The whole message, root first."""

ROLLS = ("/Message/Pupils/PupilsOnRoll", "/Message/Pupils/PupilsNoLongerOnRoll")
"""The two lists of pupils, in the order in which their rows are kept."""


def print_xsd() -> str:
    """Return the structure as a W3C XML Schema 1.0 in which every leaf is an xs:string.

    The pupil records are global elements too, because each is checked by itself as it comes.
    """
    return "\n".join(
        (
            '<?xml version="1.0" encoding="utf-8"?>',
            "<!-- SPDX-License-Identifier: Apache-2.0 -->",
            "<!-- Printed from census_shape.py; a test compares the two. Structure only: every leaf is a string,",
            "     because a schema's message about a value would carry the value. -->",
            '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">',
            *_element(MESSAGE, depth=1, top=True),
            *(line for one in (PUPIL_ON_ROLL, PUPIL_OFF_ROLL) for line in _element(one, depth=1, top=True)),
            *_type(PUPIL_ON_ROLL, depth=1, name=PUPIL_ON_ROLL.record),
            "</xs:schema>",
            "",
        )
    )


def _element(element: Element, *, depth: int, top: bool = False) -> Iterator[str]:
    pad = "  " * depth
    often = "" if top else f' minOccurs="{int(element.needed)}"'
    if element.most > 1 and not top:
        # The walk counts the records itself: a schema that counts so far is slow to compile.
        often += f' maxOccurs="{"unbounded" if element.record else element.most}"'
    kind = element.record or ("" if element.children else "xs:string")
    if kind:
        yield f'{pad}<xs:element name="{element.name}" type="{kind}"{often}/>'
        return
    yield f'{pad}<xs:element name="{element.name}"{often}>'
    yield from _type(element, depth=depth + 1)
    yield f"{pad}</xs:element>"


def _type(element: Element, *, depth: int, name: str = "") -> Iterator[str]:
    pad = "  " * depth
    named = f' name="{name}"' if name else ""
    group = "sequence" if element.in_order else "all"
    yield f"{pad}<xs:complexType{named}><xs:{group}>"
    for child in element.children:
        yield from _element(child, depth=depth + 1)
    yield f"{pad}</xs:{group}></xs:complexType>"
