# SPDX-License-Identifier: Apache-2.0
"""A town that does not exist, for the demonstration, the tests and the measurements.

From one seed come families, adults, children and schools, and what the schools' own systems would send: a
School Census return each (spring 2026, census day 15 January 2026) and, apart, the contacts that only a
school holds. The same seed gives the same bytes on every machine. This room decides what the town is like.
It refuses to know what the register does with a return: it imports nothing of the register, no Django, no
clock.

    town = build(pupils=1_500, seed=1)
    returns = write(town, folder)  # folder/0012001_SPR_2026.xml …, folder/contacts/0012001.json …
    planted = broken(town, elsewhere / return_name(town.schools[4]))  # one school's return, with faults

Invented by construction: authority 001 (which rule 1530 allows and no authority of England bears), schools
numbered from 999001, postcodes in an area that is not in use, mail to `example.invalid`. A learner number
(ULN) has no such reserve; those of the town count from 999 000 000, and that none is a living person's
cannot be promised.
"""

from beholden.town.folk import Address, Adult, Child, Family, Stay
from beholden.town.plan import Town, build
from beholden.town.schools import School
from beholden.town.spoiling import Planted, broken
from beholden.town.writing import contacts_path, return_name, write

__all__ = [
    "Address",
    "Adult",
    "Child",
    "Family",
    "Planted",
    "School",
    "Stay",
    "Town",
    "broken",
    "build",
    "contacts_path",
    "return_name",
    "write",
]
