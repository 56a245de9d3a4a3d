# SPDX-License-Identifier: Apache-2.0
"""Builds lines of power in few words, for the table and for the twin. Times are days of one year."""

from datetime import UTC, datetime, timedelta

from beholden.catalogue import PowerSays
from beholden.people.power import Line, Reader, power_of

HERS = frozenset({"young_carer", "health-linkage-study"})
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
MOTHER, FATHER, COUNCIL, STRANGER, HERSELF = (sign * 64 for sign in "abcde")


def day(number):
    return NEW_YEAR + timedelta(days=number)


def holds(who, evidence="birth-entry", since=0, until=None, body=""):
    return Line(who, PowerSays.HOLDS, evidence, day(since), until and day(until), body)


def restricted(who, *takes, since=0, until=None):
    return Line(who, PowerSays.RESTRICTED, "court-order", day(since), until and day(until), takes=takes)


def lifted(who, since=0, until=None):
    return Line(who, PowerSays.LIFTED, "order-over", day(since), until and day(until))


def ended(who, evidence="discharge", since=0):
    return Line(who, PowerSays.ENDED, evidence, day(since))


def able(since=0, *about):
    return Line(HERSELF, PowerSays.ABLE, "understands", day(since), about=about)


def not_able(since=0):
    return Line(HERSELF, PowerSays.NOT_ABLE, "understands", day(since))


def power(lines, who, *, of_age=False, at=None):
    reader = Reader(who, is_child=who == HERSELF)
    return power_of(reader, lines, of_age=of_age, hers=HERS, at=at or day(60))
