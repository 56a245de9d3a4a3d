# SPDX-License-Identifier: Apache-2.0
"""The one way through the wall round the vault. This decides as whom a transaction speaks, and nothing else.

Every connection of ours begins as `doors` or `office`, who cannot see the vault. Only the keeper's login may become
`keeper`, and only for the length of a transaction: PostgreSQL takes the role back when that ends.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction
from django.db.utils import ProgrammingError
from psycopg.errors import InsufficientPrivilege

from beholden.home import roles
from beholden.refusals import Refusal

_ENTERING = 0x6265_686F_6C64_7661  # "beholdva": the advisory lock of whoever enters people
_COMPARING = 0x6265_686F_6C64_6C69  # "beholdli": that of whoever compares a list with everybody


@contextmanager
def keeper() -> Iterator[None]:
    """Open the vault for the block, which is one transaction or a savepoint in one.

    1. The role is set with SET LOCAL inside the atomic block, so commit or rollback of that transaction ends
       it, also after a crash between two statements.
    2. At the block's end the role that was before is set again: an outer transaction goes on as it was.
    3. When the block fails, nothing is set: rolling back to its savepoint restores the role by itself, and in
       a broken transaction no statement would run anyway.
    """
    with transaction.atomic():
        before = _current()
        if before not in {roles.KEEPER, roles.OFFICE, roles.DOORS}:  # the owner migrates and looks at nothing
            raise _closed()
        _become(roles.KEEPER)
        yield
        _become(before)


def one_at_a_time() -> None:
    """Wait until nobody else enters people; nobody else will until this transaction ends.

    Two returns that meet a child for the first time at the same moment would each find nobody, and make two people.
    """
    _wait_for(_ENTERING)


def one_list_at_a_time() -> None:
    """Wait until nobody else compares a list; nobody else makes the index anew until this transaction ends."""
    _wait_for(_COMPARING)


def _wait_for(lock: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [lock])


def _current() -> str:
    with connection.cursor() as cursor:
        cursor.execute("select current_setting('role')")
        (role,) = cursor.fetchone()
    return str(role)


def _become(role: str) -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL ROLE {role}")
    except ProgrammingError as denied:
        if isinstance(denied.__cause__, InsufficientPrivilege):
            raise _closed() from denied
        raise


def _closed() -> Refusal:
    return Refusal(
        "vault.closed",
        "This process may not open the vault.",
        next_step="Run it as the keeper: BEHOLDEN_LOGIN=keeper. A door asks the keeper instead.",
        authority="D36: least access; ARCHITECTURE section 3",
    )
