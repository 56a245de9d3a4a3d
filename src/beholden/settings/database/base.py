# SPDX-License-Identifier: Apache-2.0
"""The database engine that Django loads. This decides where a connection goes and which role it begins in.

Home, login and password are asked for when a connection is opened, not when settings are read: so settings
can be read without a home, no password stands in a setting, and without a home nothing is ever opened.
"""

from typing import Any

from django.db.backends.postgresql import base

from beholden.home import roles
from beholden.settings import place


class DatabaseWrapper(base.DatabaseWrapper):
    """One connection of this process."""

    def get_connection_params(self) -> dict[str, Any]:
        return {**super().get_connection_params(), **place.connection()}

    def init_connection_state(self) -> None:
        """Begin as `doors`, or as `office` under the keeper's login: the vault opens only inside `wall.keeper()`."""
        super().init_connection_state()
        role = {"web": roles.DOORS, "keeper": roles.OFFICE, "owner": None}[place.login()]
        if role is not None:
            with self.cursor() as cursor:
                cursor.execute(f"SET ROLE {role}")
