# SPDX-License-Identifier: Apache-2.0
"""What may be held, why, for how long, and by which way it may leave. The only room that knows a country."""

from beholden.catalogue.chosen import choose, in_force, in_force_here
from beholden.catalogue.consents import Consents, FaultNote, FormFault
from beholden.catalogue.counted import Column, DataSet, Share
from beholden.catalogue.deciders import (
    Able,
    Bar,
    BarNote,
    Biometrics,
    Evidence,
    Ground,
    GuardiansEnd,
    LifeEvent,
    PowerSays,
)
from beholden.catalogue.entries import Catalogue, CodeSet, Collection, Exit, Item, KeepUntil, Purpose
from beholden.catalogue.grades import Grades, Letter, Measure, MeasureName, Subject, SubjectNote
from beholden.catalogue.law import Authority, Basis, Checked, Instrument
from beholden.catalogue.limits import LimitNote, Limits
from beholden.catalogue.looks import Harm, LookReason, Looks
from beholden.catalogue.pack import SHIPPED, load, restore
from beholden.catalogue.plain import PackRefused
from beholden.catalogue.pointers import unread
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

__all__ = [
    "SHIPPED",
    "Able",
    "Answer",
    "Authority",
    "Bar",
    "BarNote",
    "Basis",
    "Biometrics",
    "Catalogue",
    "Checked",
    "CodeSet",
    "Collection",
    "Column",
    "Compartment",
    "Consents",
    "DataSet",
    "Effect",
    "Evidence",
    "Exit",
    "FamilySays",
    "FaultNote",
    "Flag",
    "FormFault",
    "Grades",
    "Ground",
    "GuardiansEnd",
    "Harm",
    "Instrument",
    "Item",
    "KeepUntil",
    "Keeper",
    "Kind",
    "Law",
    "Letter",
    "LifeEvent",
    "LimitNote",
    "Limits",
    "LookReason",
    "Looks",
    "Measure",
    "MeasureName",
    "PackRefused",
    "PowerSays",
    "Purpose",
    "Share",
    "Store",
    "Subject",
    "SubjectNote",
    "Told",
    "choose",
    "in_force",
    "in_force_here",
    "load",
    "restore",
    "unread",
]
