# SPDX-License-Identifier: Apache-2.0
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('gate', '0008_what_was_read'),
    ]

    operations = [
        migrations.AlterField(
            model_name='urgentreview',
            name='line',
            field=models.BigIntegerField(),
        ),
        migrations.AlterField(
            model_name='urgentreview',
            name='digest',
            field=models.CharField(db_collation='C', max_length=64, primary_key=True, serialize=False),
        ),
    ]
