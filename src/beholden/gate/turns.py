# SPDX-License-Identifier: Apache-2.0
"""Decides who may do at one moment what two at once would do wrong: one at a time."""

from django.db import connection

_GOVERNING = 0x6265_686F_6C64_0003  # an advisory lock
_JOINING = 0x6265_686F_6C64_0004  # another
_FREEZING = 0x6265_686F_6C64_0005


def govern_alone() -> None:
    """Wait until nobody else sets or announces a catalogue; nobody else will until the caller's transaction ends.

    Two that came at once would each be held against the same one, and the second could loosen what the first tightened.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_GOVERNING])


def join_alone() -> None:
    """Wait until nobody else decides which records are one child, or raises a flag, till the caller's transaction ends.

    A flag that is raised while two records become one child would else stand about the one alone.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_JOINING])


def freeze_alone() -> None:
    """Wait until nobody else freezes or withdraws a table; nobody else will until the caller's transaction ends.

    Two cubes of one moment would tell, by their difference, who came between.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_FREEZING])


def take_paper(digest: str) -> None:
    """Wait until nobody else does anything by one paper; nobody else will until the caller's transaction ends.

    What a paper compels and what it keeps secret longer stand in two tables, so no constraint sees both.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"paper/{digest}"])
