# SPDX-License-Identifier: Apache-2.0
"""Decides who may write answers at one moment: one adult's one after another, and none while the gate reads."""

from django.db import connection

_EVERYBODY = 0x6265_686F_6C64_0001  # an advisory lock: shared by those who answer, held alone by the gate


def take_turns(adult: str) -> None:
    """Let one adult's answers be written one after another, so that a form sent twice at once is one answer."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [_EVERYBODY])
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"choices/{adult}"])


def hold_answers() -> None:
    """Wait for every answer that is being written, and let no other begin, until the caller's transaction ends.

    The gate calls this before it reads what families said: an answer is then either in what it reads, or begins after
    the decision is committed (D11).
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_EVERYBODY])
