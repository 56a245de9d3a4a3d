# SPDX-License-Identifier: Apache-2.0
"""Decides who may bring a catalogue into force at one moment: one at a time."""

from django.db import connection

_GOVERNING = 0x6265_686F_6C64_0003  # an advisory lock


def govern_alone() -> None:
    """Wait until nobody else sets or announces a catalogue; nobody else will until the caller's transaction ends.

    Two that came at once would each be held against the same one, and the second could loosen what the first tightened.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_GOVERNING])
