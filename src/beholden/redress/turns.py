# SPDX-License-Identifier: Apache-2.0
"""Lets one process at a time write messages or bind a day of them. Knows nothing of either."""

from django.db import connection

_WRITING = 0x6265_686F_6C64_7264  # "beholdrd": the advisory lock of whoever writes or binds messages


def one_at_a_time() -> None:
    """Wait until nobody else writes or binds messages; nobody else will until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_WRITING])
