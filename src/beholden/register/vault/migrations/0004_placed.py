# SPDX-License-Identifier: Apache-2.0
"""Marks who was looked at for a place, so that a registry unseals nobody twice."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("vault", "0003_suggestions")]

    operations = [
        migrations.AddField(
            model_name="person",
            name="placed",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(
                condition=models.Q(("placed", False)), fields=["id"], name="vault_person_waiting"
            ),
        ),
    ]
