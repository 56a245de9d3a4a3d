# SPDX-License-Identifier: Apache-2.0
"""The closed lists of words that a catalogue's entries are written in. They decide nothing, and know no country."""

from enum import StrEnum


class Answer(StrEnum):
    """What a family owes to the question: an answer, perhaps an answer, or an answer that may be *no*."""

    COMPULSORY = "compulsory"
    OPTIONAL = "optional"
    REFUSABLE = "refusable"


class Store(StrEnum):
    """Where a value lives: in one of the vault's groups (who) or in the rows (what)."""

    NUMBERS = "numbers"
    NAMES = "names"
    BIRTH = "birth"
    ADDRESS = "address"
    ROWS = "rows"


class Kind(StrEnum):
    """The type of an item's column. It never changes under the same id."""

    STRING = "string"
    DATE = "date32"
    BOOL = "bool"
    WHOLE = "int32"
    SESSIONS = "list<struct<code:string,sessions:int32>>"


class Law(StrEnum):
    """What the law says about a purpose. Not what the keeper does about it (ARCHITECTURE section 4)."""

    REQUIRES = "requires"
    PERMITS = "permits"
    FORBIDS = "forbids"


class Keeper(StrEnum):
    """What the keeper decided. `waits`: a letter asks, only an order compels (D22)."""

    ALLOWS = "allows"
    WAITS = "waits"
    REFUSES = "refuses"


class FamilySays(StrEnum):
    """What a family's word does to a purpose."""

    NOTHING = "nothing"
    HEARD = "heard"
    STOPS = "stops"
    MUST_AGREE = "must_agree"


class Told(StrEnum):
    """When families are told."""

    BEFORE = "before"
    AT = "at"
    AFTER = "after"
    SEALED = "sealed"


class Compartment(StrEnum):
    """Purposes that punish and purposes that care do not mix: this is the unit, not the organisation (D19)."""

    LEARNING = "learning"
    CARE = "care"
    RIGHTS = "rights"
    DUTY = "duty"
    ENFORCEMENT = "enforcement"
    GAIN = "gain"


class Flag(StrEnum):
    """Why a child may be left out of one release. The gate computes each; a missing one refuses."""

    NOT_TOLD = "not_told"
    OBJECTED = "objected"
    NOT_AGREED = "not_agreed"
    HIDDEN = "hidden"
    RESTRICTED = "restricted"
    NO_KEY = "no_key"
    PAST_RETENTION = "past_retention"


class Effect(StrEnum):
    """What a flag does to a row at one exit, strictest first."""

    OUT = "out"
    OUT_UNLESS_AUTHORITY = (
        "out_unless_authority"  # in only under a named authority, counted apart and told in public
    )
    FIELDS_OUT = "fields_out"  # the row goes in, the hidden fields do not
    FIELDS_PER_VIEWER = "fields_per_viewer"
    FLAG_TRAVELS = "flag_travels"
    IN = "in"
