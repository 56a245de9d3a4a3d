# SPDX-License-Identifier: Apache-2.0
"""Keeps the salt of each return's commitment, and which entry of the log speaks of it.

A return that was taken in before has a commitment whose salt nobody kept, under a name that anybody could guess; both
stand in a log that cannot be changed. So a home that holds one is not brought up to this version: it is refused whole.
"""

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from beholden.refusals import Refusal


def refuse_returns_without_salt(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    with editor.connection.cursor() as cursor:
        cursor.execute("select exists (select from rows_return where status <> 'refused')")
        (is_there,) = cursor.fetchone()
    if is_there:
        raise Refusal(
            "register.home_too_old",
            "This home holds returns from before their salts were kept, so what the log says of them binds nobody.",
            next_step="Nothing was changed. Found a new home with this version, and take the schools' files in there.",
            authority="D27; EDPB Guidelines 02/2025: a commitment binds by its salt",
        )


class Migration(migrations.Migration):
    dependencies = [("rows", "0002_sent_by")]

    operations = [
        migrations.RunPython(refuse_returns_without_salt, migrations.RunPython.noop),
        migrations.AddField("return", "salt", models.BinaryField(null=True)),
        migrations.AddField("return", "outbox", models.BigIntegerField(null=True)),
        migrations.AddConstraint(
            "return",
            models.CheckConstraint(
                condition=models.Q(status="refused", salt__isnull=True, outbox__isnull=True)
                | (~models.Q(status="refused") & models.Q(salt__isnull=False, outbox__isnull=False)),
                name="rows_return_said_exactly_if_taken_in",
            ),
        ),
    ]
