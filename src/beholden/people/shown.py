# SPDX-License-Identifier: Apache-2.0
"""Tells the database, for the length of one transaction, what a reader has shown. Decides nothing itself.

Some rows are open to the doors only one at a time: an answer to whoever shows its number, a child's severed tie to
whoever names the child (`beholden.settings.grants`, `Rule`). The rule stands in the database; this hands it the value.
For the office and the keeper it means nothing: they see every row they may see at all.
"""

from django.db import connection

NUMBER, CHILDREN = "beholden.number", "beholden.children"


def show(name: str, value: str) -> None:
    """Show a value to the rules on rows; it is forgotten when the caller's transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, true)", [name, value])
